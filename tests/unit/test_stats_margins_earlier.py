"""The same months of earlier years: how often the verdict cries wolf, and what is usual."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from regiebeeld.statistics import Verdict
from regiebeeld.statistics.margins import (
    Observed,
    compare_rates,
    compare_with_earlier_years,
    estimate_dispersion,
)
from regiebeeld.statistics.margins.limits import compute_count_quantile

SERIES, YEARS = 1500, 5
SEASON = 1 + 0.3 * np.cos(2 * np.pi * np.arange(12) / 12)
Floats = NDArray[np.float64]


def draw_years(kind: str, level: float) -> Floats:
    """Draw series x (five earlier years and this one) x months; nothing changes."""
    draws = np.random.default_rng(8)
    mean = np.broadcast_to(level * SEASON, (SERIES, YEARS + 1, 12))
    if kind == "double":
        return draws.negative_binomial(mean, 0.5).astype(float)
    if kind == "size 2":  # variance mean + mean^2 / 2
        return draws.negative_binomial(2, 2 / (2 + mean)).astype(float)
    counts = draws.poisson(mean).astype(float)
    rest = counts % 5
    return (
        counts - rest + 5 * (draws.random(counts.shape) < rest / 5) if kind == "rounded" else counts
    )


@pytest.mark.parametrize(
    ("kind", "level"),
    [("poisson", 8), ("double", 8), ("double", 30), ("size 2", 8), ("size 2", 30), ("rounded", 10)],
)
@pytest.mark.parametrize("month", [0, 6])  # the peak and the trough
def test_nothing_changed_is_called_a_change_in_about_one_of_twenty(
    kind: str, level: float, month: int
) -> None:
    counts, noise = draw_years(kind, level), 4.0 if kind == "rounded" else 0.0
    wide = estimate_dispersion(counts[:, :YEARS], noise=noise)
    found = compare_with_earlier_years(
        Observed(counts[:, YEARS, month], 31, noise),
        Observed(counts[:, :YEARS, month], 31, noise),
        dispersion=wide,
    )
    alarms = np.isin(found.comparison.verdict, [Verdict.HIGHER, Verdict.LOWER]).mean()
    # With 1,500 series chance alone moves this by 0.011; a long right tail takes the rest.
    assert 0.015 < alarms < (0.08 if kind == "size 2" else 0.065)
    now = counts[:, YEARS, month]
    usual = (found.usual_lower <= now) & (now <= found.usual_upper)
    assert usual.mean() > 0.92


def test_without_the_dispersion_the_verdict_would_be_too_eager() -> None:
    counts = draw_years("double", 30)
    found = compare_with_earlier_years(
        Observed(counts[:, YEARS, 0], 31), Observed(counts[:, :YEARS, 0], 31)
    )
    assert np.isin(found.comparison.verdict, [Verdict.HIGHER, Verdict.LOWER]).mean() > 0.12


def test_a_doubling_is_seen() -> None:
    counts = draw_years("double", 30)
    wide = estimate_dispersion(counts[:, :YEARS])
    found = compare_with_earlier_years(
        Observed(2 * counts[:, YEARS, 0], 31), Observed(counts[:, :YEARS, 0], 31), dispersion=wide
    )
    assert (found.comparison.verdict == Verdict.HIGHER).mean() > 0.7


@pytest.mark.parametrize(("kind", "value"), [("poisson", 1.0), ("double", 2.0)])
def test_the_dispersion_is_the_planted_one(kind: str, value: float) -> None:
    found = estimate_dispersion(draw_years(kind, 20))
    assert found.known.all()
    assert found.freedom[0] == 5 * 11  # six years, twelve months
    assert np.mean(found.value) == pytest.approx(value, abs=0.12)


def test_growth_is_the_planted_one() -> None:
    assert np.mean(estimate_dispersion(draw_years("size 2", 20)).growth) == pytest.approx(
        0.5, abs=0.1
    )


def test_an_exact_year_times_month_table_has_no_dispersion() -> None:
    history = np.outer([1.0, 2.0, 3.0], np.arange(1.0, 13.0))[None]
    history[0, 1, 4] = np.nan  # a missing month changes nothing
    found = estimate_dispersion(history)
    assert found.value[0] == 1
    assert found.growth[0] == pytest.approx(0, abs=1e-9)
    assert found.freedom[0] == 21


@pytest.mark.parametrize(
    "history", [np.ones((1, 1, 12)), np.zeros((1, 5, 12)), np.full((1, 5, 12), np.nan)]
)
def test_too_short_a_history_is_said(history: Floats) -> None:
    found = estimate_dispersion(history)
    assert not found.known[0]
    assert found.at(np.array([4.0])).tolist() == [1.0]


def test_days_are_counted_and_missing_years_left_out() -> None:
    found = compare_with_earlier_years(
        Observed([58], 29), Observed([[56, np.nan, 56]], [[28, 28, 28]])
    )
    assert found.expected == pytest.approx([58])
    assert found.years.tolist() == [2]
    assert found.comparison.ratio == pytest.approx([1])
    plain = compare_rates(Observed([58], 29), Observed([112], 56))
    assert found.comparison.lower == pytest.approx(plain.lower)


def test_last_year_is_one_earlier_year() -> None:
    found = compare_with_earlier_years(Observed([40], 31), Observed([[20]], 31))
    assert found.comparison.verdict.tolist() == [Verdict.HIGHER]
    assert found.usual_lower < 20 < found.usual_upper < 40


def test_zeros_all_along_are_too_few() -> None:
    found = compare_with_earlier_years(Observed([0], 31), Observed(np.zeros((1, 5)), 31))
    assert found.comparison.verdict.tolist() == [Verdict.TOO_FEW]
    assert found.usual_lower.tolist() == [0]
    assert found.usual_upper[0] < 3


def test_no_earlier_year_is_refused() -> None:
    with pytest.raises(ValueError, match="no earlier year"):
        compare_with_earlier_years(Observed([3], 31), Observed([[np.nan]], 31))
    with pytest.raises(ValueError, match="negative"):
        compare_with_earlier_years(Observed([3], 31), Observed([[4, -1]], 31))
    with pytest.raises(ValueError, match="of 0 or more"):
        estimate_dispersion(np.full((1, 3, 12), -1))


def test_quantiles_are_those_of_the_laws() -> None:
    mean = np.array([0.2, 3.0, 40.0, 1e6])
    for share in (0.025, 0.5, 0.975):
        assert compute_count_quantile(mean, mean, share) == pytest.approx(poisson.ppf(share, mean))
        wide = nbinom.ppf(share, mean / 2, 1 / 3)  # variance three times the mean
        assert compute_count_quantile(mean, 3 * mean, share) == pytest.approx(wide)
