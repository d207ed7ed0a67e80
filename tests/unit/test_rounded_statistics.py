"""Rounded counts: intervals and verdicts hold for every count that the rounding leaves open."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import poisson

from regiebeeld.statistics import (
    Span,
    Verdict,
    compare_counts,
    compare_spans,
    compute_rates,
)
from regiebeeld.statistics.comparisons import FEWEST_TOGETHER

MEANS = (0.5, 1.0, 2.0, 3.7, 5.0, 8.0, 12.0, 20.0, 50.0, 100.0, 200.0)
CLEAR = (Verdict.HIGHER, Verdict.LOWER)
Ints = NDArray[np.int64]


def round_published(counts: Ints, draws: np.random.Generator) -> Ints:
    """The rule as it is published: 5q + r becomes 5q + 5 with probability r / 5, else 5q."""
    rest = counts % 5
    rounded: Ints = counts - rest + 5 * (draws.random(counts.shape) < rest / 5)
    return rounded


def span_of(rounded: int) -> Span:
    """What the issue says a rounded count can be: 0 is 0-4, 5 is 1-9, 10 is 6-14."""
    return Span(max(rounded - 4, 0), rounded + 4)


def rates_of(rounded: Ints, base: float = 1000.0) -> tuple[NDArray[np.float64], ...]:
    found = compute_rates(rounded, np.maximum(rounded - 4, 0), rounded + 4, base=base, per=1000)
    return found.lower, found.upper


@pytest.mark.parametrize("mean", MEANS)
def test_the_interval_of_a_rounded_rate_holds_the_true_rate(mean: float) -> None:
    draws = np.random.default_rng(20260)
    lower, upper = rates_of(round_published(draws.poisson(mean, 20_000), draws))
    covered = np.mean((lower <= mean) & (mean <= upper))
    assert covered >= 0.95


@pytest.mark.parametrize("mean", np.geomspace(0.5, 200, 40))
def test_the_coverage_summed_over_every_count_and_draw_is_at_least_95_percent(mean: float) -> None:
    counts = np.arange(0, int(mean + 12 * mean**0.5 + 20))
    covered = np.zeros(len(counts))
    rest = counts % 5
    for rounded, chance in ((counts - rest, 1 - rest / 5), (counts - rest + 5, rest / 5)):
        lower, upper = rates_of(rounded)
        covered += chance * ((lower <= mean) & (mean <= upper))
    assert (covered * poisson.pmf(counts, mean)).sum() >= 0.95


def test_an_interval_without_the_rounding_would_hold_the_rate_too_seldom() -> None:
    """Around a bare 0 the interval ends at 3.69, and a mean of 4 is rounded to 0 in 28 %:
    of 0 to 4 with chances 0.018, 0.073, 0.147, 0.195, 0.195 go 5, 4, 3, 2 and 1 in five."""
    draws = np.random.default_rng(20260)
    rounded = round_published(draws.poisson(4.0, 20_000), draws)
    bare = compute_rates(rounded, rounded, rounded, base=1000, per=1000)
    assert np.mean((bare.lower <= 4.0) & (bare.upper >= 4.0)) < 0.75


def test_the_interval_runs_from_the_lowest_to_the_highest_possible_count() -> None:
    """Published limits (Pearson and Hartley, table 40): 1 has 0.0253 from below, 9 has 17.085."""
    lower, upper = rates_of(np.array([5]))
    assert (lower[0], upper[0]) == pytest.approx((0.0253, 17.085), abs=6e-4)


def spans() -> list[Span]:
    exact = [Span(n, n) for n in (0, 3, 9, 10, 40)]
    return [span_of(value) for value in (0, 5, 10, 15, 25, 40, 60, 95)] + exact


@pytest.mark.parametrize("exposure", [1.0, 365 / 366, 28 / 31])
def test_a_verdict_is_that_of_every_pair_of_true_counts(exposure: float) -> None:
    """Beside the slow obvious version: compare each pair."""
    for now, before in product(spans(), spans()):
        pairs = [
            compare_counts(a, b, exposure)
            for a in range(now.lower, now.upper + 1)
            for b in range(before.lower, before.upper + 1)
        ]
        found = compare_spans(now, before, exposure)
        verdicts = {pair.verdict for pair in pairs}
        if found.verdict in CLEAR:
            assert verdicts == {found.verdict}
            assert found.p == pytest.approx(max(pair.p for pair in pairs))
        elif len(verdicts) == 1:
            assert found.verdict in verdicts
        elif Verdict.TOO_FEW in verdicts:
            assert found.verdict is Verdict.TOO_FEW
        else:
            assert found.verdict is Verdict.UNCLEAR
        assert found.lower <= min(pair.lower for pair in pairs)
        assert found.upper >= max(pair.upper for pair in pairs)


def test_exact_counts_are_compared_as_before() -> None:
    assert compare_spans(Span(80, 80), Span(34, 34), 0.5) == compare_counts(80, 34, 0.5)


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        # 116 beside 64 has a normal deviate of 52 / sqrt(180) = 3.9: every pair is clear.
        (120, 60, Verdict.HIGHER),
        (60, 120, Verdict.LOWER),
        # 76 beside 64: 12 / sqrt(140) = 1.0; 84 beside 56: 28 / sqrt(140) = 2.4: it depends.
        (80, 60, Verdict.UNCLEAR),
        # 104 beside 96: 8 / sqrt(200) = 0.6 either way.
        (100, 100, Verdict.WITHIN_CHANCE),
        (5, 0, Verdict.TOO_FEW),
        (10, 5, Verdict.TOO_FEW),  # 6 and 1 together are 7
    ],
)
def test_verdicts_on_rounded_counts(now: int, before: int, verdict: Verdict) -> None:
    found = compare_spans(span_of(now), span_of(before))
    assert found.verdict is verdict
    assert found.ratio is None


@pytest.mark.parametrize("mean", MEANS)
def test_equal_rates_are_called_different_at_most_one_time_in_twenty(mean: float) -> None:
    draws = np.random.default_rng(4)
    pairs = round_published(draws.poisson(mean, (2000, 2)), draws)
    called = [compare_spans(span_of(int(a)), span_of(int(b))).verdict in CLEAR for a, b in pairs]
    assert np.mean(called) <= 0.05


@pytest.mark.parametrize("mean", [5.0, 20.0, 60.0, 200.0])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
def test_the_interval_of_a_ratio_holds_the_true_ratio(mean: float, ratio: float) -> None:
    draws = np.random.default_rng(11)
    now = round_published(draws.poisson(mean * ratio, 1500), draws)
    before = round_published(draws.poisson(mean, 1500), draws)
    found = [
        compare_spans(span_of(int(a)), span_of(int(b))) for a, b in zip(now, before, strict=True)
    ]
    assert np.mean([one.lower <= ratio <= one.upper for one in found]) >= 0.95


def test_a_doubling_from_two_hundred_is_always_seen() -> None:
    """A guard that never calls anything would pass the others: 400 beside 200 lies 8 deviates."""
    draws = np.random.default_rng(3)
    now, before = (round_published(draws.poisson(m, 200), draws) for m in (400, 200))
    for a, b in zip(now, before, strict=True):
        assert compare_spans(span_of(int(a)), span_of(int(b))).verdict is Verdict.HIGHER


@pytest.mark.parametrize(("lower", "upper"), [(-1, 3), (5, 4)])
def test_an_impossible_span_is_refused(lower: int, upper: int) -> None:
    with pytest.raises(ValueError, match="expected 0 <= lower <= upper"):
        Span(lower, upper)


def test_the_fewest_together_counts_at_the_smallest_pair() -> None:
    smallest = span_of(10)  # 6 to 14
    assert compare_spans(smallest, Span(FEWEST_TOGETHER - 7, 40)).verdict is Verdict.TOO_FEW
    assert compare_spans(smallest, Span(FEWEST_TOGETHER - 6, 40)).verdict is not Verdict.TOO_FEW
