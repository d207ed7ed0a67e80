"""Intervals, rates and comparisons against published numbers and slow obvious versions."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest, poisson

from regiebeeld.statistics import Verdict, compare_counts, compute_poisson_interval, compute_rates

# Exact 95 % limits of a Poisson mean, as tabulated (K. Ulm, Am J Epidemiol 131 (1990) 373-375;
# E. S. Pearson and H. O. Hartley, Biometrika Tables, table 40).
PUBLISHED = {
    0: (0.0, 3.689),
    1: (0.0253, 5.572),
    5: (1.623, 11.668),
    10: (4.795, 18.390),
    20: (12.217, 30.888),
}


@pytest.mark.parametrize(("count", "limits"), PUBLISHED.items())
def test_limits_equal_the_published_table(count: int, limits: tuple[float, float]) -> None:
    lower, upper = compute_poisson_interval([count])
    assert (lower[0], upper[0]) == pytest.approx(limits, abs=6e-4)


def test_limits_solve_their_definition() -> None:
    counts = np.array([[1, 7], [7, 400]])
    lower, upper = compute_poisson_interval(counts)
    assert poisson.sf(counts - 1, lower) == pytest.approx(np.full((2, 2), 0.025))
    assert poisson.cdf(counts, upper) == pytest.approx(np.full((2, 2), 0.025))


def test_coverage_is_at_least_what_it_says() -> None:
    for mean in (0.4, 2.0, 9.5):
        counts = np.arange(0, 80)
        lower, upper = compute_poisson_interval(counts)
        covered = (lower <= mean) & (mean <= upper)
        assert poisson.pmf(counts[covered], mean).sum() >= 0.95


@pytest.mark.parametrize("wrong", [[-1], [3, -2]])
def test_negative_counts_are_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="expected 0 or more"):
        compute_poisson_interval(wrong)


def test_an_impossible_confidence_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        compute_poisson_interval([1], confidence=95)


def test_rate_of_ten_burglaries_in_five_thousand_homes() -> None:
    rates = compute_rates([10], [10], [10], base=[5000], per=[1000])
    assert rates.rate[0] == pytest.approx(2.0)
    assert (rates.lower[0], rates.upper[0]) == pytest.approx((4.795 / 5, 18.390 / 5), abs=2e-4)


def test_a_rounded_count_widens_the_interval() -> None:
    rates = compute_rates([10, 10], [10, 6], [10, 14], base=[1000, 1000], per=[1000, 1000])
    assert rates.lower[1] < rates.lower[0]
    assert rates.upper[1] > rates.upper[0]


def test_no_base_gives_no_rate() -> None:
    rates = compute_rates([3, -1], [3, -1], [3, -1], base=[0, 100], per=1000)
    assert not rates.usable.any()
    assert np.isnan(rates.rate).all()


@pytest.mark.parametrize(
    ("now", "before", "exposure"),
    [(34, 48, 1.0), (3, 0, 1.0), (0, 12, 1.0), (60, 30, 2.0), (23, 9, 31 / 28)],
)
def test_comparison_agrees_with_the_binomial_test(now: int, before: int, exposure: float) -> None:
    share = exposure / (1 + exposure)
    found = compare_counts(now, before, exposure)
    limits = binomtest(now, now + before, share).proportion_ci(0.95, method="exact")
    assert found.lower == pytest.approx(limits.low / (1 - limits.low) / exposure)
    if before:
        assert found.upper == pytest.approx(limits.high / (1 - limits.high) / exposure)
    one_sided = min(
        binomtest(now, now + before, share, alternative=a).pvalue for a in ("less", "greater")
    )
    assert found.p == pytest.approx(min(1, 2 * one_sided))


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        (48, 34, Verdict.WITHIN_CHANCE),
        (80, 34, Verdict.HIGHER),
        (34, 80, Verdict.LOWER),
        (5, 0, Verdict.TOO_FEW),
        (0, 0, Verdict.TOO_FEW),
    ],
)
def test_verdicts(now: int, before: int, verdict: Verdict) -> None:
    assert compare_counts(now, before).verdict is verdict


def test_equal_rates_are_called_different_at_most_one_time_in_twenty() -> None:
    draws = np.random.default_rng(5).poisson(30, size=(2000, 2))
    called = sum(
        compare_counts(int(a), int(b)).verdict in (Verdict.HIGHER, Verdict.LOWER) for a, b in draws
    )
    assert called / len(draws) <= 0.05


def test_counts_that_come_in_waves_are_worth_fewer_cases() -> None:
    # 160 against 120: chance alone gives that in 2 of 100 cases; with twice its variance in 10.
    alone, waves = compare_counts(160, 120), compare_counts(160, 120, dispersion=2.0)

    assert alone.verdict is Verdict.HIGHER
    assert waves.verdict is Verdict.WITHIN_CHANCE
    assert waves.ratio == alone.ratio
    # Quasi-Poisson: the margin of the logarithm is wider by the root of the dispersion.
    wide, narrow = (math.log(c.upper / c.lower) for c in (waves, alone))
    assert wide / narrow == pytest.approx(math.sqrt(2), rel=0.02)


def test_a_wave_is_called_a_change_as_rarely_as_promised() -> None:
    generator = np.random.default_rng(12)
    mean, growth = 80.0, 0.02  # variance = mean + growth mean^2
    draws = generator.negative_binomial(1 / growth, 1 / (1 + growth * mean), (4000, 2))
    spread = 1 + growth * mean

    called = [compare_counts(int(a), int(b)).p < 0.05 for a, b in draws]
    fewer = [compare_counts(int(a), int(b), dispersion=spread).p < 0.05 for a, b in draws]

    assert np.mean(called) > 0.15
    assert np.mean(fewer) <= 0.06


@pytest.mark.parametrize("dispersion", [0.5, float("nan")])
def test_a_dispersion_below_chance_is_refused(dispersion: float) -> None:
    with pytest.raises(ValueError, match="dispersion >= 1"):
        compare_counts(5, 5, dispersion=dispersion)
