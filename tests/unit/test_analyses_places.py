"""Where it concentrates, what goes with it and who is alike, from released cells."""

from dataclasses import replace

import numpy as np
import pytest

from lib.released_series import (
    make_grid,
    make_released,
    make_series,
    months,
    read_indicator,
    round_series,
)
from regiebeeld.catalogue import Analysis, Figure
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.levels import align_levels
from regiebeeld.pipeline.analyses.peers import find_peers
from regiebeeld.pipeline.analyses.places import find_places
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.seasons import find_seasons
from regiebeeld.releases.findings import (
    Cluster,
    Concentration,
    HotSpot,
    SmoothedRate,
)

AROUND = make_grid(side=12, wijk=3)
CODES = {level: tuple(a.code for a in AROUND.areas if a.level is level) for level in AreaLevel}
BUURTEN = CODES[AreaLevel.BUURT]
PLACES = read_indicator(analyses=(Analysis.HOT_SPOTS, Analysis.SMALL_AREAS))
YEARS = ("2024", "2025")


def counts(mean: float = 10.0, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (len(BUURTEN), 2)).astype(float)


def corner(value: np.ndarray, times: float) -> np.ndarray:
    """Raise the four buurten around one crossing, all in one wijk."""
    for b in (0, 1, 3, 4):
        value[b] *= times
    return value


def found(kind: type, value: np.ndarray, **changed: object) -> list:
    series = replace(make_series(AreaLevel.BUURT, BUURTEN, YEARS, value), **changed)
    return [f for f in find_places(make_released(PLACES, series), AROUND)
            if isinstance(f.content, kind)]  # fmt: skip


def test_a_hot_spot_is_found_as_a_circle_and_as_areas() -> None:
    value = corner(counts(), 4)

    circle = found(Cluster, value)[0]

    assert set(circle.content.areas) == {BUURTEN[b] for b in (0, 1, 3, 4)} == set(circle.also)
    assert circle.content.observed == value[[0, 1, 3, 4], 1].sum()
    assert circle.period == "2025"
    high = {f.area for f in found(HotSpot, value) if f.content.kind == "high"}
    assert BUURTEN[0] in high


def test_an_even_spread_has_no_circle_and_no_hot_spot() -> None:
    value = counts(20.0)

    assert found(Cluster, value) == []
    assert found(HotSpot, value) == []
    (even,) = found(Concentration, value)
    assert even.content.gini <= even.content.by_chance


def test_small_areas_are_drawn_towards_the_others() -> None:
    value = counts()
    value[7] = 40

    rates = {f.area: f.content for f in found(SmoothedRate, value)}

    one = rates[BUURTEN[7]]
    assert one.raw == pytest.approx(40.0)
    assert 10 < one.rate < 40
    assert one.lower < one.rate < one.upper


def test_areas_without_a_base_or_a_figure_are_left_out() -> None:
    value, base = corner(counts(), 4), np.full(len(BUURTEN), 1000.0)
    value[10], base[11] = np.nan, np.nan

    (told,) = found(Concentration, value, base=base)

    assert told.content.areas == len(BUURTEN) - 2


def test_fewer_than_ten_events_say_nothing() -> None:
    value = np.zeros((len(BUURTEN), 2))
    value[:9] = 1

    assert list(find_places(make_released(
        PLACES, make_series(AreaLevel.BUURT, BUURTEN, YEARS, value)), AROUND)) == []  # fmt: skip


def test_of_rounded_figures_whole_years_are_looked_at() -> None:
    ends = ("2025-11/P12M", "2025-12/P12M")
    rolling = round_series(make_series(AreaLevel.BUURT, BUURTEN, ends, counts()))
    year = round_series(make_series(AreaLevel.BUURT, BUURTEN, YEARS, counts(seed=6)))

    told = list(find_places(make_released(PLACES, rolling, year), AROUND))

    assert {f.period for f in told} == {"2025"}
    # The raw rate of a rounded count is a range, so none is told.
    assert {f.content.raw for f in told if isinstance(f.content, SmoothedRate)} == {None}


def test_what_may_not_be_placed_is_not() -> None:
    series = make_series(AreaLevel.BUURT, BUURTEN, YEARS, corner(counts(), 4))
    closed = make_released(read_indicator(analyses=(Analysis.TREND,)), series)

    assert list(find_places(closed, AROUND)) == []


def bases(density: np.ndarray) -> Bases:
    """Dwellings of each area as given for the buurten, and an age of them."""
    key = {area.code: i for i, area in enumerate(AROUND.areas)}
    values = {figure: np.full((len(key), 1), np.nan) for figure in Figure}
    for b, code in enumerate(BUURTEN):
        values[Figure.WONINGEN][key[code]] = density[b]
        values[Figure.BOUWJAAR_VOOR_2000][key[code]] = 20 + b % 7 * 10
    return Bases((2025,), values)


def test_peers_are_the_nearest_by_key_figures() -> None:
    density = np.arange(1, len(BUURTEN) + 1) * 10.0

    peers = [f for f in find_peers(bases(density), AROUND) if f.area == BUURTEN[70]]

    assert [f.place for f in peers] == list(range(5))
    assert peers[0].content.distance <= peers[-1].content.distance
    # Seven further on homes of the same age, and nearly the same density.
    assert peers[0].content.code in {BUURTEN[63], BUURTEN[77]}


def test_a_season_is_found_with_its_factor() -> None:
    year = np.array([1.5, 1.5, 1, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 1, 1.4, 1.6])
    value = np.round(600 * np.tile(year, 8))[None]
    indicator = read_indicator(analyses=(Analysis.TREND,))
    series = make_series(AreaLevel.GEMEENTE, CODES[AreaLevel.GEMEENTE][:1], months(96), value)

    told = list(find_seasons(make_released(indicator, series)))

    days = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    daily = year / days / (year / days).mean()
    assert [f.content.month for f in told] == list(range(1, 13))
    assert [f.content.factor for f in told] == pytest.approx(daily.tolist(), rel=0.01)
    assert all(f.content.lower <= f.content.factor <= f.content.upper for f in told)


def test_no_season_is_told_where_there_is_none() -> None:
    value = np.random.default_rng(4).poisson(30, (1, 96)).astype(float)
    indicator = read_indicator(analyses=(Analysis.TREND,))
    series = make_series(AreaLevel.GEMEENTE, CODES[AreaLevel.GEMEENTE][:1], months(96), value)

    assert list(find_seasons(make_released(indicator, series))) == []


def test_levels_are_laid_side_by_side() -> None:
    gemeente = make_series(AreaLevel.GEMEENTE, CODES[AreaLevel.GEMEENTE][:1], ("2024", "2025"),
                           np.array([[5.0, 6.0]]))  # fmt: skip
    buurt = make_series(AreaLevel.BUURT, (BUURTEN[0], BUURTEN[-1]), ("2025",),
                        np.array([[2.0], [3.0]]))  # fmt: skip

    first, second = align_levels([gemeente, buurt], AROUND)

    assert first.periods == second.periods
    assert second.codes == (BUURTEN[0],)
    assert np.isnan(second.value[0, 0])
    assert second.value[0, 1] == 2


def test_without_any_base_only_the_concentration_is_told() -> None:
    value = corner(counts(), 4)

    told = found(object, value, base=np.full(len(BUURTEN), np.nan))

    assert {type(f.content) for f in told} == {Concentration}


@pytest.mark.parametrize(
    ("there", "filled"),
    [
        (("2024-01", "2024-02", "2024-04"), "2024-03"),
        (("2024-Q3", "2024-Q4", "2025-Q2"), "2025-Q1"),
        (("2024-11/P12M", "2024-12/P12M", "2025-02/P12M"), "2025-01/P12M"),
    ],
)
def test_a_period_that_nobody_has_is_missing_and_not_skipped(
    there: tuple[str, ...], filled: str
) -> None:
    value = np.arange(3.0)[None]
    series = make_series(AreaLevel.GEMEENTE, CODES[AreaLevel.GEMEENTE][:1], there, value)

    (laid,) = align_levels([series], AROUND)

    assert [p.id for p in laid.periods] == sorted([*there, filled])
    assert np.isnan(laid.value[0]).tolist() == [p.id == filled for p in laid.periods]
