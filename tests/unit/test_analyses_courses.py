"""Trends, dark months and funnels are found in released months and rates, where that is allowed."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from lib.released_series import (
    REGION,
    make_grid,
    make_released,
    make_series,
    months,
    read_indicator,
    round_series,
)
from regiebeeld.catalogue import Analysis, Indicator
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.courses import find_trends
from regiebeeld.pipeline.analyses.funnels import find_funnels
from regiebeeld.pipeline.analyses.seasons import find_dark_halves
from regiebeeld.pipeline.analyses.series import ReleasedIndicator, Series
from regiebeeld.pipeline.analyses.signals import find_unusual
from regiebeeld.releases.drawn_findings import DarkHalf, Funnel
from regiebeeld.releases.findings import Signal, SignalFamily
from regiebeeld.statistics.breaks import NATIONAL_BREAKS, SeriesBreak

CODES = tuple(f"GM90{g:02d}" for g in range(14))
BURGLARY = read_indicator(analyses=(Analysis.TREND, Analysis.RANKING))
YEAR = "2025-12/P12M"
PLACE = np.arange(96) % 12
SEASON = 1 + 0.4 * np.cos(2 * np.pi * PLACE / 12)


def monthly(indicator: Indicator, level: float = 50.0, **changed: Any) -> ReleasedIndicator:
    """One gemeente and the region from January 2018 to December 2025, with a season."""
    value = np.random.default_rng(2).poisson(level * SEASON, (1, 96))
    series = [
        make_series(AreaLevel.REGIO, (REGION,), months(96), 5 * value),
        make_series(AreaLevel.GEMEENTE, CODES[:1], months(96), value),
        make_series(AreaLevel.WIJK, ("WK900000",), months(96), value),
    ]
    return replace(make_released(indicator, *series), breaks=(), **changed)


def test_each_gemeente_and_the_region_get_a_trend_and_finer_areas_do_not() -> None:
    told = list(find_trends(monthly(BURGLARY)))

    assert [(f.level, f.area) for f in told] == [
        (AreaLevel.REGIO, REGION),
        (AreaLevel.GEMEENTE, CODES[0]),
    ]
    line = told[1].content
    assert (line.first, line.method, len(line.values)) == ("2018-01", "stl", 96)
    assert [v for v in line.values if v is not None][40] == pytest.approx(50, rel=0.15)


def test_months_that_are_not_in_yet_do_not_pull_the_line_down() -> None:
    assert [len(f.content.values) for f in find_trends(monthly(BURGLARY), late=2)] == [94, 94]


def test_no_trend_runs_over_a_lasting_break_of_police_figures() -> None:
    broken = monthly(BURGLARY)
    told = list(find_trends(replace(broken, breaks=NATIONAL_BREAKS)))

    # Half a year before July 2018 is too short for a line of its own.
    assert all(value is None for value in told[0].content.values[:6])
    assert told[0].content.values[6] is not None
    # What others than the police register did not change in July 2018.
    others = BURGLARY.model_copy(update={"police_codes": ()})
    (line, _) = find_trends(replace(monthly(others), breaks=NATIONAL_BREAKS))
    assert line.content.values[0] is not None


@pytest.mark.parametrize("find", [find_trends, find_dark_halves])
def test_what_may_not_be_followed_has_no_line(find: Any) -> None:
    closed = read_indicator(analyses=(Analysis.COMPARISON,))

    assert list(find(monthly(closed))) == []


def halves(one: ReleasedIndicator, **how: Any) -> list[DarkHalf]:
    return [f.content for f in find_dark_halves(one, **how) if f.area == CODES[0]]


def test_the_dark_half_is_told_year_by_year_with_its_margin() -> None:
    told = halves(monthly(BURGLARY))

    assert [half.year for half in told] == list(range(2018, 2025))
    for half in told:
        assert half.dark[0] == half.dark[1] > half.light[0]
        assert half.ratio == pytest.approx(half.dark[0] / half.light[0], rel=0.02)
        # Planted: 1.249 in the dark half and 0.751 in the light one.
        assert half.lower < 1.66 < half.upper
        assert half.verdict == "higher"


def test_without_a_season_the_dark_half_is_told_only_where_the_definition_says_so() -> None:
    plain = BURGLARY.model_copy(update={"dark_months": False})
    value = np.random.default_rng(3).poisson(50, (1, 96))
    flat = make_series(AreaLevel.GEMEENTE, CODES[:1], months(96), value)

    assert not halves(make_released(plain, flat))
    told = halves(replace(make_released(BURGLARY, flat), breaks=()))
    assert len(told) == 7
    assert {half.verdict for half in told} <= {"within_chance", "higher", "lower"}
    assert sum(half.verdict == "within_chance" for half in told) >= 5


def test_a_year_that_a_lasting_break_cuts_is_left_out() -> None:
    moved = SeriesBreak(date(2021, 8, 1), None, "Er wordt anders geteld.")

    years = [half.year for half in halves(replace(monthly(BURGLARY), breaks=(moved,)))]

    assert years == [2018, 2019, 2020, 2022, 2023, 2024]


def test_of_rounded_months_the_sums_are_ranges() -> None:
    one = monthly(BURGLARY)
    rounded = [round_series(series) for series in one.series.values()]

    told = halves(replace(make_released(BURGLARY, *rounded), breaks=()))

    exact = halves(one)
    for half, true in zip(told, exact, strict=True):
        assert half.dark[0] <= true.dark[0] <= half.dark[1]
        assert half.dark[0] < half.dark[1]


def rates(value: Any, base: Any, *, level: AreaLevel = AreaLevel.GEMEENTE) -> Series:
    codes = tuple(f"{'GM90' if level is AreaLevel.GEMEENTE else 'WK9000'}{g:02d}"
                  for g in range(len(value)))  # fmt: skip
    series = make_series(level, codes, (YEAR,), np.array(value, dtype=float)[:, None])
    return replace(series, base=np.array(base, dtype=float))


def funnel(series: Series, indicator: Indicator = BURGLARY) -> Funnel:
    (found,) = find_funnels(make_released(indicator, series))
    assert found.also == found.content.areas
    return found.content


def test_areas_that_differ_by_chance_lie_between_the_limits() -> None:
    base = np.geomspace(2_000, 60_000, 14)
    value = np.random.default_rng(4).poisson(base * 0.01)

    told = funnel(rates(value, base))

    assert told.rate == pytest.approx(1000 * value.sum() / base.sum(), rel=1e-3)
    assert told.dispersion == 1.0
    assert sum(place != "within" for place in told.places) <= 2
    sizes = [line[0] for line in told.curve]
    assert sizes == sorted(sizes)
    for _, lowest, low, high, highest in told.curve:
        assert lowest <= low < told.rate < high <= highest


def test_an_area_with_far_more_or_fewer_lies_outside_and_small_areas_need_more() -> None:
    base = np.full(14, 20_000.0)
    base[2] = 200.0
    value = np.full(14, 200.0)
    value[0], value[1], value[2] = 300, 120, 4  # the last is twice the rate, on 2 expected

    told = funnel(rates(value, base))

    assert told.places[:3] == ("high_sure", "low_sure", "within")
    assert set(told.places[3:]) == {"within"}


def test_areas_that_all_differ_widen_the_limits() -> None:
    generator = np.random.default_rng(5)
    base = np.full(60, 20_000.0)
    value = generator.poisson(200 * generator.gamma(12, 1 / 12, 60))

    told = funnel(rates(value, base, level=AreaLevel.WIJK))

    # 200 expected, variance 200 + 200^2 / 12: 17.7 times chance. With a tenth on each side drawn
    # in, the mean square of a normal law is 0.678.
    assert told.dispersion == pytest.approx(0.678 * (1 + 200 / 12), rel=0.35)
    assert np.mean([place != "within" for place in told.places]) <= 0.15


def test_of_too_few_areas_it_is_not_known_how_much_they_differ() -> None:
    assert funnel(rates([100] * 6, [9_000] * 6)).dispersion is None
    assert not list(find_funnels(make_released(BURGLARY, rates([100] * 4, [9_000] * 4))))


def test_what_rounding_leaves_open_is_not_called_out() -> None:
    value, base = np.full(14, 40.0), np.full(14, 4_000.0)
    value[0] = 75.0
    exact = rates(value, base)
    open_ended = replace(exact, lower=exact.value - 30, upper=exact.value + 30)

    assert funnel(exact).places[0] == "high_sure"
    assert funnel(open_ended).places[0] == "unclear"


def test_no_funnel_where_areas_may_not_be_ranked() -> None:
    closed = read_indicator(analyses=(Analysis.TREND,))

    assert not list(find_funnels(make_released(closed, rates([100] * 14, [9_000] * 14))))


def test_areas_without_a_denominator_or_below_its_least_are_left_out() -> None:
    base = [9_000.0] * 12 + [np.nan, 50.0]

    assert len(funnel(rates([90] * 14, base)).areas) == 12


def sliding(last: int) -> ReleasedIndicator:
    """Sliding years of four gemeenten from 2012 to December of `last`; another count since 2018."""
    around = make_grid()
    codes = tuple(a.code for a in around.areas if a.level is AreaLevel.GEMEENTE)
    size = (last - 2011) * 12
    names = months(size, 2012)
    level = np.where(np.array([name >= "2018-07" for name in names]), 60.0, 20.0)
    value = np.random.default_rng(6).poisson(level, (4, size))
    years = np.stack([value[:, i : i + 12].sum(axis=1) for i in range(size - 11)], axis=1)
    ends = tuple(f"{name}/P12M" for name in names[11:])
    allowed = read_indicator(analyses=(Analysis.SIGNALS,))
    return make_released(allowed, make_series(AreaLevel.GEMEENTE, codes, ends, years))


@pytest.mark.parametrize(("last", "judged"), [(2019, False), (2025, True)])
def test_sliding_years_are_not_laid_beside_those_that_cross_july_2018(
    last: int, judged: bool
) -> None:
    one = sliding(last)
    end = f"{last}-12/P12M"

    def told(source: ReleasedIndicator) -> list[Any]:
        found = find_unusual(source, make_grid())
        return [each.content for each in found if each.period == end]

    (family,) = (each for each in told(one) if isinstance(each, SignalFamily))
    assert (family.tested > 0) is judged
    rises = [
        [each for each in told(source) if isinstance(each, Signal) and each.direction == "rise"]
        for source in (one, replace(one, breaks=()))
    ]
    # Blind to the break, the other way of counting would be told as a rise of all four.
    assert [len(each) for each in rises] == ([0, 0] if judged else [0, 4])
