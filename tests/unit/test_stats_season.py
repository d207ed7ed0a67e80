"""STL against R and statsmodels; gaps are filled and flagged, or refused."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.tsa.seasonal import STL

from regiebeeld.statistics.season import (
    ROBUST,
    SeriesState,
    StlSettings,
    correct_month_length,
    decompose_counts,
    decompose_series,
    fill_gaps,
    list_months,
)

NOTTEM = Path(__file__).parents[1] / "fixtures/stats/nottem.csv"
FIRST = np.datetime64("2014-01", "M")
Floats = NDArray[np.float64]


def read_nottem() -> dict[str, Floats]:
    """R's nottem (mean monthly temperatures) and what R's stl makes of it."""
    lines = [line for line in NOTTEM.read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0]}


def months(count: int) -> NDArray[np.datetime64]:
    return FIRST + np.arange(count)


def test_periodic_season_of_nottem_is_the_published_one() -> None:
    # R: stl(nottem, "periodic")$time.series, first two rows.
    found = decompose_series(read_nottem()["value"], StlSettings(seasonal=None))
    assert found.seasonal[0, :2] == pytest.approx([-9.347198, -9.855250], abs=5e-7)
    assert found.trend[0, :2] == pytest.approx([49.68067, 49.54552], abs=5e-6)


@pytest.mark.parametrize(
    ("name", "settings", "count"),
    [
        ("periodic", StlSettings(seasonal=None), 240),
        ("windowed", StlSettings(seasonal=13), 240),
        ("robust", StlSettings(seasonal=7, inner=1, outer=15), 239),
    ],
)
def test_all_months_of_nottem_equal_those_of_r(
    name: str, settings: StlSettings, count: int
) -> None:
    known = read_nottem()
    found = decompose_series(known["value"][:count], settings)
    assert found.seasonal[0] == pytest.approx(known[f"{name}_seasonal"][:count], abs=1e-9)
    assert found.trend[0] == pytest.approx(known[f"{name}_trend"][:count], abs=1e-9)
    if found.weights is not None:
        assert found.weights[0] == pytest.approx(known["robust_weight"][:count], abs=1e-9)


PEERS = {
    "as R": (StlSettings(trend=21), {"seasonal": 13, "trend": 21, "seasonal_deg": 0}),
    "sloped": (
        StlSettings(seasonal=7, trend=23, seasonal_degree=1, jump=False),
        {"seasonal": 7, "trend": 23, "seasonal_deg": 1},
    ),
}


@pytest.mark.parametrize("months_", [36, 43, 120, 137])
@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("name", PEERS)
def test_every_series_equals_statsmodels(months_: int, robust: bool, name: str) -> None:
    settings, words = PEERS[name]
    jumps = {"seasonal_jump": 2, "trend_jump": 3, "low_pass_jump": 2} if settings.jump else {}
    inner, outer = (1, 15) if robust else (2, 0)
    chosen = StlSettings(
        trend=settings.trend,
        seasonal=settings.seasonal,
        seasonal_degree=settings.seasonal_degree,
        jump=settings.jump,
        inner=inner,
        outer=outer,
    )
    series = np.random.default_rng(months_).poisson(5, (3, months_)).astype(float)
    series[1, 5] = 200  # an outlier
    found = decompose_series(series, chosen)
    for row, values in enumerate(series):
        peer = STL(values, period=12, robust=robust, **words, **jumps).fit(inner, outer)
        assert found.seasonal[row] == pytest.approx(peer.seasonal, abs=1e-8)
        assert found.trend[row] == pytest.approx(peer.trend, abs=1e-8)


def test_a_series_that_fits_exactly_is_not_weighed_by_rounding_errors() -> None:
    two_years = np.random.default_rng(24).poisson(5, (3, 24))
    sloped = StlSettings(seasonal=7, seasonal_degree=1, jump=False, inner=1, outer=15)
    found = decompose_series(two_years, sloped)
    assert found.weights is not None
    assert found.weights == pytest.approx(np.ones((3, 24)))


def test_the_robust_loop_leaves_an_outlier_in_the_rest() -> None:
    month = np.arange(120)
    series = 100 + month / 10 + 20 * np.cos(2 * np.pi * month / 12)
    series[60] += 500
    robust = decompose_series(series, ROBUST)
    assert robust.weights is not None
    assert robust.weights[0, 60] == 0
    assert robust.remainder[0, 60] == pytest.approx(500, abs=5)
    assert decompose_series(series).remainder[0, 60] < 450


@pytest.mark.parametrize("settings", [StlSettings(), StlSettings(seasonal=None), ROBUST])
@pytest.mark.parametrize("value", [0.0, 7.0, 5e9])
def test_a_constant_series_has_no_season(settings: StlSettings, value: float) -> None:
    found = decompose_series(np.full((2, 60), value), settings)
    assert found.trend == pytest.approx(np.full((2, 60), value), rel=1e-9)
    assert found.seasonal == pytest.approx(np.zeros((2, 60)), abs=1e-9 * max(value, 1))


@pytest.mark.parametrize("wrong", [np.ones(23), np.ones((0, 5)), np.full(48, np.nan)])
def test_short_or_missing_series_are_refused(wrong: Floats) -> None:
    with pytest.raises(ValueError, match=r"expected two times|missing values"):
        decompose_series(wrong)


@pytest.mark.parametrize(
    "wrong", [{"period": 1}, {"seasonal": 8}, {"outer": -1}, {"seasonal_degree": 2}]
)
def test_impossible_settings_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        StlSettings(**wrong)


def test_counts_of_equal_days_have_no_season() -> None:
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 2 + [31, 29])
    at = list_months(FIRST.item(), 26)
    assert correct_month_length(2.0 * days, at) == pytest.approx(np.full(26, 2 * 365.2425 / 12))
    found = decompose_counts(2.0 * days, at)
    assert found.seasonal == pytest.approx(np.zeros((1, 26)), abs=1e-9)
    assert found.states == (SeriesState.COMPLETE,)


def test_a_short_gap_is_filled_and_flagged() -> None:
    series = np.tile(np.arange(12.0), 5)[None]
    series[0, 30] = np.nan
    found = fill_gaps(series)
    assert found.states == (SeriesState.FILLED,)
    assert found.values[0, 30] == 6  # the same month of the years beside it
    assert np.flatnonzero(found.filled[0]).tolist() == [30]


def with_hole(*places: int) -> Floats:
    series = np.ones(48)
    series[list(places)] = np.nan
    return series


@pytest.mark.parametrize(
    ("series", "state"),
    [
        (np.full(48, np.nan), SeriesState.ALL_MISSING),
        (with_hole(20, 21, 22, 23), SeriesState.TOO_MANY_GAPS),
        (with_hole(3, 9, 15, 22, 30), SeriesState.TOO_MANY_GAPS),
        (with_hole(47), SeriesState.GAP_AT_THE_END),
        (with_hole(0), SeriesState.GAP_AT_THE_END),
        (np.ones(1), SeriesState.TOO_SHORT),
        (np.ones(23), SeriesState.TOO_SHORT),
    ],
)
def test_other_gaps_are_a_reason_not_a_number(series: Floats, state: SeriesState) -> None:
    found = decompose_counts(series, months(series.size))
    assert found.states == (state,)
    assert np.isnan(found.trend).all()
    assert not found.filled.any()


def test_one_refused_series_leaves_the_others_alone() -> None:
    good = np.random.default_rng(1).poisson(9, 48).astype(float)
    both = decompose_counts([good, np.full(48, np.nan)], months(48))
    assert both.trend[0] == pytest.approx(decompose_counts(good, months(48)).trend[0])
    assert both.states == (SeriesState.COMPLETE, SeriesState.ALL_MISSING)


@pytest.mark.parametrize("wrong", [np.full(48, -1.0), np.ones(47), np.full(48, np.inf)])
def test_impossible_counts_are_refused(wrong: Floats) -> None:
    with pytest.raises(ValueError, match="expected"):
        decompose_counts(wrong, months(48))
