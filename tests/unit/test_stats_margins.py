"""Rates and ratios: the e-test against its paper and plain sums; intervals hold the rounding."""

from math import inf, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import nbinom, norm, poisson
from statsmodels.stats import rates as peer_rates

from regiebeeld.statistics import Verdict, compute_poisson_interval
from regiebeeld.statistics.margins import (
    Observed,
    compare_rates,
    compare_with_parent,
    compute_expected_counts,
    compute_funnel_limits,
    compute_rate_intervals,
    compute_standardised_ratios,
    estimate_funnel_dispersion,
)

Floats = NDArray[np.float64]
CLEAR = [Verdict.HIGHER, Verdict.LOWER]


def round_published(counts: Floats, draws: np.random.Generator) -> Floats:
    rest = counts % 5
    rounded: Floats = counts - rest + 5 * (draws.random(counts.shape) < rest / 5)
    return rounded


def share_clear(verdicts: NDArray[np.object_]) -> float:
    return float(np.isin(verdicts, CLEAR).mean())


def sum_plainly(
    one: int, two: int, exposed: float, exposed_two: float, *, wide: float = 1.0, noise: float = 0.0
) -> float:
    """The e-test as it is defined: a double sum over all pairs of counts."""
    rate = (one + two) / (exposed + exposed_two)
    counts = np.arange(int((one + two) * 4 + (900 if noise else 150)))
    chances = []
    for mean in (rate * exposed, rate * exposed_two):
        extra = wide * (mean + noise) - mean
        law = nbinom(mean**2 / extra, mean / (mean + extra)) if extra > 0 else poisson(mean)
        chances.append(law.pmf(counts))

    scale = exposed / exposed_two

    def distance(x: Floats, y: Floats) -> Floats:
        variance = wide * (scale * (x + y) + noise + scale**2 * noise)
        away = np.abs(x - scale * y)
        return np.where(variance > 0, away / np.sqrt(np.where(variance > 0, variance, 1)), 0.0)

    seen = distance(np.array(float(one)), np.array(float(two)))
    if noise:  # a quarter of the grid is given away
        away = abs(one - scale * two)
        seen = seen * max(1 - min(0.5 * sqrt(noise * (1 + scale**2)), 1.0) / away, 0.0)
    beyond = distance(counts[:, None] + 0.0, counts + 0.0) >= seen * (1 - 1e-10)
    return float((np.outer(*chances) * beyond).sum())


def test_the_dodder_seeds_of_the_paper() -> None:
    # Krishnamoorthy and Thomson (2004), section 5, as SciPy's documentation of
    # poisson_means_test gives it: 0 seeds in 100 g against 3 in 100 g.
    found = compare_rates(Observed(0, 100), Observed(3, 100))
    assert found.p == pytest.approx(0.08837900929018157, abs=1e-8)
    assert found.verdict == Verdict.TOO_FEW


PAIRS = [
    (0, 1, 1, 4),
    (2, 1, 3, 1.4),
    (6, 8, 4, 2.5),
    (30, 33, 1, 1),
    (44, 23, 3.6, 4.9),
    (5, 0, 1, 1),
]


@pytest.mark.parametrize(("one", "two", "exposed", "exposed_two"), PAIRS)
@pytest.mark.parametrize(("wide", "noise"), [(1.0, 0.0), (2.0, 0.0), (1.0, 4.0), (1.7, 4.0)])
def test_p_is_the_plain_double_sum(
    one: int, two: int, exposed: float, exposed_two: float, wide: float, noise: float
) -> None:
    found = compare_rates(
        Observed(one, exposed, noise), Observed(two, exposed_two, noise), dispersion=wide
    )
    plain = sum_plainly(one, two, exposed, exposed_two, wide=wide, noise=noise)
    assert found.p == pytest.approx(plain, abs=2e-6)


@pytest.mark.parametrize(("one", "two", "exposed"), [(60, 30, 51.5), (3, 9, 1.0), (0, 4, 2.0)])
def test_p_equals_the_score_e_test_of_statsmodels(one: int, two: int, exposed: float) -> None:
    peer = peer_rates.test_poisson_2indep(
        one, exposed, two, 2.0, method="etest-score", compare="ratio"
    )
    found = compare_rates(Observed(one, exposed), Observed(two, 2.0))
    assert found.p == pytest.approx(peer.pvalue, abs=1e-7)


@pytest.mark.parametrize(("one", "two"), [(12, 30), (3, 9), (140, 100)])
def test_the_interval_ends_where_the_test_rejects(one: int, two: int) -> None:
    found = compare_rates(Observed(one, 2.0), Observed(two, 3.0))
    for limit in (found.lower, found.upper):
        just_inside = limit ** (1 - 1e-3) * found.ratio**1e-3
        just_outside = limit ** (1 + 1e-3) * found.ratio**-1e-3
        assert sum_plainly(one, two, 2.0 * float(just_inside), 3.0) >= 0.05
        assert sum_plainly(one, two, 2.0 * float(just_outside), 3.0) < 0.05


def test_empty_sides_have_a_defined_answer() -> None:
    found = compare_rates(Observed([0, 0, 20]), Observed([0, 20, 0]))
    assert found.ratio.tolist() == [1, 0, inf]
    assert found.lower[:2].tolist() == [0, 0]
    assert found.upper[[0, 2]].tolist() == [inf, inf]
    assert 0 < found.upper[1] < 1 < found.lower[2] < inf
    assert found.p[0] == 1
    assert found.verdict.tolist() == [Verdict.TOO_FEW, Verdict.LOWER, Verdict.HIGHER]


def test_huge_counts_follow_the_normal_law() -> None:
    found = compare_rates(Observed(3_000_000_000.0), Observed(3_000_200_000.0))
    expected = 2 * norm.sf(200_000 / sqrt(6_000_200_000))
    assert found.p == pytest.approx(expected, rel=1e-6)
    near, beyond = (compare_rates(Observed(n), Observed(n * 1.02)) for n in (19_999.0, 20_001.0))
    assert near.p == pytest.approx(beyond.p, rel=0.01)
    assert near.lower == pytest.approx(beyond.lower, rel=1e-3)


@pytest.mark.parametrize("mean", [6, 20, 80])
@pytest.mark.parametrize("kind", ["poisson", "double", "rounded"])
def test_equal_rates_are_seldom_called_different(mean: float, kind: str) -> None:
    draws = np.random.default_rng(11)
    means = np.broadcast_to([mean, 2.0 * mean], (1500, 2))
    counts = draws.poisson(means).astype(float)
    noise, wide = 0.0, 1.0
    if kind == "double":
        counts, wide = draws.negative_binomial(means, 0.5).astype(float), 2.0
    if kind == "rounded":
        counts, noise = round_published(counts, draws), 4.0
    now, before = Observed(counts[:, 0], 1, noise), Observed(counts[:, 1], 2, noise)
    found = compare_rates(now, before, dispersion=wide)
    assert share_clear(found.verdict) < 0.067
    assert ((found.lower <= 1) & (found.upper >= 1)).mean() > 0.925


def test_no_pairs_give_no_answers() -> None:
    assert compare_rates(Observed([]), Observed([])).p.shape == (0,)


def test_percent_always_carries_its_interval() -> None:
    found = compare_rates(Observed(30), Observed(20))
    change, lower, upper = found.percent
    assert change == pytest.approx(50)
    assert lower < 0 < 100 < upper
    assert found.verdict == Verdict.WITHIN_CHANCE


@pytest.mark.parametrize(
    ("count", "exposure", "noise"), [(-1, 1, 0), (np.nan, 1, 0), (1, 0, 0), (1, 1, -1)]
)
def test_impossible_counts_are_refused(count: float, exposure: float, noise: float) -> None:
    with pytest.raises(ValueError, match=r"expected 0 or more|not above 0|below 0"):
        compare_rates(Observed(count, exposure, noise), Observed(3))


def test_a_dispersion_under_one_is_refused() -> None:
    with pytest.raises(ValueError, match="under 1"):
        compare_rates(Observed(1), Observed(3), dispersion=0.5)
    with pytest.raises(ValueError, match="under 1"):
        compute_standardised_ratios(Observed(1, 3), dispersion=np.nan)
    with pytest.raises(ValueError, match="under 1"):
        compare_with_parent(Observed(1), Observed(9, 4), exact=False, dispersion=0)


def test_rates_without_rounding_have_the_exact_interval() -> None:
    counts = np.array([0, 1, 5, 20, 400, 3_000_000_000])
    rates = compute_rate_intervals(Observed(counts, 2000.0), per=1000)
    lower, upper = compute_poisson_interval(counts)
    assert rates.lower == pytest.approx(lower / 2, rel=1e-6, abs=1e-6)
    assert rates.upper == pytest.approx(upper / 2, rel=1e-6)


@pytest.mark.parametrize("mean", [0.5, 3.7, 5.0, 12.0, 40.0, 90.0, 200.0])
def test_the_interval_of_a_rounded_rate_holds_its_mean(mean: float) -> None:
    # Summed over every count and every way it may be rounded: no chance in this test.
    counts = np.arange(500)
    low, rest = counts - counts % 5, counts % 5
    held = []
    for rounded in (low, low + 5):
        found = compute_rate_intervals(Observed(rounded, 1, 4.0))
        held.append((found.lower <= mean) & (mean <= found.upper))
    inside = held[0] * (1 - rest / 5) + held[1] * rest / 5
    assert (poisson.pmf(counts, mean) * inside).sum() >= 0.95


@pytest.mark.parametrize("mean", [0.5, 2.0, 5.0, 12.0, 40.0, 200.0])
def test_the_interval_of_an_overdispersed_rate_holds_its_mean(mean: float) -> None:
    counts = np.arange(800)
    found = compute_rate_intervals(Observed(counts), dispersion=2.0)
    inside = (found.lower <= mean) & (mean <= found.upper)
    # Negative binomial with twice the variance of Poisson; the scaled law only resembles it.
    assert (nbinom.pmf(counts, mean, 0.5) * inside).sum() >= 0.94


def test_expected_counts_are_strata_times_reference_rates() -> None:
    reference = Observed([10, 90], [1000, 3000])  # 0.01 and 0.03
    expected = compute_expected_counts([[100, 0], [200, 100]], reference)
    assert expected == pytest.approx([1, 5])


def test_a_standardised_ratio_and_its_published_interval() -> None:
    # K. Ulm, Am J Epidemiol 131 (1990) 373-375: limits of 10 cases are 4.795 and 18.390.
    found = compute_standardised_ratios(Observed([10, 10, 3], [4.0, 9.0, 40.0]))
    assert found.ratio == pytest.approx([2.5, 10 / 9, 0.075])
    assert found.lower[0] == pytest.approx(4.795 / 4, abs=2e-4)
    assert found.upper[0] == pytest.approx(18.390 / 4, abs=2e-4)
    assert found.p[0] == pytest.approx(2 * poisson.sf(9, 4.0), abs=1e-9)
    assert found.p[2] == pytest.approx(2 * poisson.cdf(3, 40.0), abs=1e-12)
    assert found.verdict.tolist() == [Verdict.HIGHER, Verdict.WITHIN_CHANCE, Verdict.LOWER]


def test_a_child_is_taken_out_of_an_exact_parent() -> None:
    child, parent = Observed(30, 100), Observed(130, 1100)
    found = compare_with_parent(child, parent, exact=True)
    plain = compare_rates(child, Observed(100, 1000))
    assert found.excludes_child
    assert found.correlation == 0
    assert found.comparison.ratio == pytest.approx(3.0)
    assert found.comparison.lower == plain.lower


@pytest.mark.parametrize("share", [0.05, 0.4])
@pytest.mark.parametrize("true", [1.0, 1.8])
def test_a_rounded_child_stays_in_and_the_overlap_is_counted(share: float, true: float) -> None:
    draws = np.random.default_rng(2)
    child = draws.poisson(np.full(4000, 40 * true)).astype(float)
    rest = draws.poisson(40 * (1 - share) / share, 4000)
    parent = round_published(child + rest, draws)
    found = compare_with_parent(
        Observed(round_published(child, draws), share, 4.0), Observed(parent, 1, 4.0), exact=False
    )
    assert not found.excludes_child
    assert found.correlation[0] == pytest.approx(sqrt(share))
    ratio = true / (true * share + 1 - share)
    held = (found.comparison.lower <= ratio) & (ratio <= found.comparison.upper)
    assert held.mean() == pytest.approx(0.95, abs=0.02)
    if true == 1:
        assert share_clear(found.comparison.verdict) == pytest.approx(0.05, abs=0.02)


def test_a_parent_smaller_than_its_child_is_refused() -> None:
    with pytest.raises(ValueError, match="not larger"):
        compare_with_parent(Observed(3, 10), Observed(5, 10), exact=False)
    with pytest.raises(ValueError, match="smaller than"):
        compare_with_parent(Observed(9, 1), Observed(5, 10), exact=True)
    nothing = compare_with_parent(Observed(0, 1), Observed(0, 10), exact=False).comparison
    assert nothing.verdict == Verdict.TOO_FEW
    assert (nothing.lower, nothing.upper) == (0, 10)


@pytest.mark.parametrize("mean", [0.3, 2.0, 8.0, 50.0])
def test_funnel_limits_interpolate_the_poisson_law(mean: float) -> None:
    found = compute_funnel_limits([mean], confidence=0.998)
    for limit, share in ((found.lower, 0.001), (found.upper, 0.999)):
        count = poisson.ppf(share, mean)
        part = (poisson.cdf(count, mean) - share) / poisson.pmf(count, mean)
        assert limit[0] == pytest.approx(max(count - part, 0) / mean, abs=1e-9)


def test_dispersion_widens_a_funnel_only_where_areas_differ_more_than_chance() -> None:
    draws = np.random.default_rng(4)
    expected = np.full(400, 30.0)
    calm = Observed(draws.poisson(expected), expected)
    wild = Observed(draws.negative_binomial(expected / 2, 1 / 3), expected)
    assert estimate_funnel_dispersion(calm) == 1
    wide = estimate_funnel_dispersion(wild, winsor=0)
    assert wide == pytest.approx(3, rel=0.2)
    narrow, broad = compute_funnel_limits([30.0]), compute_funnel_limits([30.0], dispersion=wide)
    assert broad.upper[0] - 1 == pytest.approx((narrow.upper[0] - 1) * sqrt(wide))
    assert estimate_funnel_dispersion(Observed([9, 1], 1.0)) == 1  # two areas tell nothing


@pytest.mark.parametrize("wrong", [[0.0], [-1.0], [np.nan]])
def test_a_funnel_needs_expected_counts(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="not above 0"):
        compute_funnel_limits(wrong)
