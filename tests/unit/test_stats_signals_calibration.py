"""How rare a month is: the distributions against scipy, the p-values against simulated nulls."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from regiebeeld.statistics.signals import (
    FarringtonPlan,
    PValues,
    find_discoveries,
    judge_series,
    read_series,
)
from regiebeeld.statistics.signals.overdispersed import (
    compute_lower_tail,
    compute_quantile,
    compute_upper_tail,
)

MEANS = [0.001, 0.4, 3.0, 47.5, 2e4]
SPREADS = [1.0, 1.3, 4.0, 60.0]


def theirs(mean, phi):
    return poisson(mean) if phi == 1 else nbinom(mean / (phi - 1), 1 / phi)


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("phi", SPREADS)
def test_tails_and_quantiles_equal_scipy(mean, phi):
    counts = np.unique(np.floor(mean * np.array([0, 0.3, 0.9, 1, 1.4, 3])))
    peer = theirs(mean, phi)
    assert compute_upper_tail(counts, mean, phi) == pytest.approx(peer.sf(counts - 1), rel=1e-7)
    assert compute_lower_tail(counts, mean, phi) == pytest.approx(peer.cdf(counts), rel=1e-7)
    parts = np.array([0.001, 0.05, 0.5, 0.95, 0.975, 0.9999])
    ours = compute_quantile(parts, mean, phi)
    assert (peer.cdf(ours) >= parts - 1e-9).all()
    assert (peer.cdf(ours - 1) < parts + 1e-9).all()


def test_tails_at_the_ends():
    assert compute_upper_tail(0, 3.0, 2.0) == 1
    assert compute_lower_tail(-1, 3.0, 2.0) == 0
    # Dispersion a hair above 1 is Poisson still: P(Y = 0) = exp(-3).
    assert compute_lower_tail(0, 3.0, 1 + 1e-12) == pytest.approx(np.exp(-3))


@pytest.mark.parametrize("wrong", [(0.5, np.nan, 1), (0.5, 0, 1), (0, 3, 1), (0.5, 3, np.inf)])
def test_quantiles_refuse_what_has_no_answer(wrong):
    with pytest.raises(ValueError, match="not"):
        compute_quantile(*wrong)


def simulate(rng, means, phi, *, months=78):
    """Null series: log-mean, a season of 20 %, a trend of -2 % a year, negative binomial."""
    t = np.arange(months)
    mu = means[:, None] * np.exp(0.2 * np.cos(2 * np.pi * t / 12) - 0.02 * t / 12)
    return rng.poisson(rng.gamma(mu / (phi - 1)) * (phi - 1) if phi > 1 else mu).astype(float)


def part_at_most(p, level):
    return float((p <= level).mean())


@pytest.mark.parametrize(("mean", "phi"), [(0.5, 2.0), (3, 1.5), (12, 1.0), (12, 3.0), (80, 2.0)])
def test_p_values_are_at_most_nominal_without_signals(mean, phi):
    rng = np.random.default_rng(5)
    series = simulate(rng, np.full(3000, float(mean)), phi)
    judged = judge_series(read_series(series), [77], FarringtonPlan())
    there = judged.possible[:, 0]
    for p in (judged.p_rise[there, 0], judged.p_fall[there, 0]):
        for level in (0.05, 0.01, 0.002):
            # Three standard errors of 3,000 draws above nominal is what chance allows.
            allowed = level + 3 * np.sqrt(level / 3000)
            assert part_at_most(p, level) <= allowed
    if mean >= 12:
        assert part_at_most(judged.p_rise[:, 0], 0.05) >= 0.03  # nor are they asleep
        assert part_at_most(judged.p_fall[:, 0], 0.05) >= 0.015


def test_plain_p_values_at_the_estimates_are_not_enough():
    rng = np.random.default_rng(6)
    series = simulate(rng, np.full(3000, 60.0), 2.0)
    judged = judge_series(read_series(series), [77], FarringtonPlan())
    plain = compute_upper_tail(judged.observed, judged.expected, judged.dispersion)
    assert part_at_most(plain, 0.002) > 0.004 > part_at_most(judged.p_rise, 0.002)


def test_null_regions_raise_at_most_seven_months_in_a_hundred():
    rng = np.random.default_rng(7)
    alarms = []
    for _ in range(60):
        means = np.clip(np.exp(rng.normal(2.5, 1.0, 14)), 0.5, 300)
        series = simulate(rng, means, float(rng.choice([1.0, 1.5, 3.0])))
        judged = judge_series(read_series(series), range(66, 78), FarringtonPlan())
        for month in range(12):
            tests = PValues(judged.p_rise[:, month], judged.p_fall[:, month], np.full(14, -1))
            alarms.append(find_discoveries([tests])[0].alarm.any())
    assert np.mean(alarms) <= 0.07


def round_to_five(rng, counts):
    rest = counts % 5
    return counts - rest + 5 * (rng.random(counts.shape) < rest / 5)


def test_usual_range_of_rounded_cells_holds_at_least_its_share():
    rng = np.random.default_rng(8)
    rounded = round_to_five(rng, simulate(rng, np.full(3000, 25.0), 1.5))
    judged = judge_series(read_series(rounded, noise=4.0), [77], FarringtonPlan())
    inside = (judged.observed >= judged.lower) & (judged.observed <= judged.upper)
    assert 0.95 <= inside[judged.possible].mean() <= 0.995
    for p in (judged.p_rise, judged.p_fall):
        assert part_at_most(p[judged.possible], 0.01) <= 0.01 + 3 * np.sqrt(0.01 / 3000)


def test_usual_range_of_a_nowcast_holds_at_least_its_share():
    rng = np.random.default_rng(12)
    series = simulate(rng, np.full(3000, 60.0), 1.5)
    # Only the last month is an estimate, with a standard error of 10 cases.
    series[:, 77] = np.maximum(series[:, 77] + rng.normal(0, 10, 3000), 0)
    variance = np.where(np.arange(78) == 77, 100.0, 0.0)
    told, untold = (
        judge_series(read_series(series, nowcast=given), [77], FarringtonPlan())
        for given in (variance, 0.0)
    )
    inside = [(one.observed >= one.lower) & (one.observed <= one.upper) for one in (told, untold)]
    assert inside[0].mean() >= 0.95 > 0.9 > inside[1].mean()


def test_a_range_and_its_p_agree():
    rng = np.random.default_rng(9)
    judged = judge_series(
        read_series(simulate(rng, np.full(2000, 20.0), 2.0)), [77], FarringtonPlan()
    )
    assert ((judged.observed > judged.upper) == (judged.p_rise <= 0.025)).mean() >= 0.999
    assert ((judged.observed < judged.lower) == (judged.p_fall <= 0.025)).mean() >= 0.999
    assert ((judged.score > 1) == (judged.observed > judged.upper)).all()


def test_two_and_a_half_times_as_many_and_a_third_of_sixty_cases_are_seen():
    rng = np.random.default_rng(10)
    series = simulate(rng, np.full(300, 60.0), 1.5)
    series[:150, 77] = np.round(series[:150, 77] * 2.5)
    series[150:, 77] = np.round(series[150:, 77] / 3)
    judged = judge_series(read_series(series), [77], FarringtonPlan())
    assert (judged.p_rise[:150] <= 0.0025).mean() >= 0.8
    assert (judged.p_fall[150:] <= 0.0025).mean() >= 0.8
