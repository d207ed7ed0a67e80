"""The signals of a release: what stands out is found, and what may not be said is not said."""

from dataclasses import replace

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
from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.pipeline.analyses.signals import MONTHS_TOLD, find_unusual
from regiebeeld.releases.findings import Finding, Signal, SignalFamily

AROUND = make_grid()
GEMEENTEN = tuple(a.code for a in AROUND.areas if a.level is AreaLevel.GEMEENTE)
WIJKEN = tuple(a.code for a in AROUND.areas if a.level is AreaLevel.WIJK)
BUURTEN = tuple(a.code for a in AROUND.areas if a.level is AreaLevel.BUURT)
ALLOWED = read_indicator(analyses=(Analysis.SIGNALS,))
SIZE = 96


def draw(areas: int, mean: float, size: int = SIZE, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (areas, size)).astype(float)


def monthly(value: np.ndarray, **planted: float) -> ReleasedIndicator:
    periods = months(value.shape[1])
    whole = make_series(AreaLevel.REGIO, (REGION,), periods, value.sum(axis=0)[None])
    return make_released(ALLOWED, whole, make_series(AreaLevel.GEMEENTE, GEMEENTEN, periods, value))


def signals(one: ReleasedIndicator, level: AreaLevel) -> list[Finding[Signal]]:
    found = find_unusual(one, AROUND)
    return [f for f in found if isinstance(f.content, Signal) and f.level is level]


def families(one: ReleasedIndicator) -> list[Finding[SignalFamily]]:
    return [f for f in find_unusual(one, AROUND) if isinstance(f.content, SignalFamily)]


def test_an_outbreak_is_found_in_its_first_month_and_says_since_when() -> None:
    value = draw(4, 30.0)
    value[2, 90:93] *= 3

    found = [s for s in signals(monthly(value), AreaLevel.GEMEENTE) if s.area == GEMEENTEN[2]]

    told = {s.period: s.content for s in found}
    assert {"2025-07", "2025-08", "2025-09"} <= set(told)
    assert told["2025-09"].since == "2025-07"
    assert told["2025-09"].direction == "rise"
    assert told["2025-09"].observed == value[2, 92]
    assert told["2025-09"].usual_lower <= told["2025-09"].expected <= told["2025-09"].usual_upper
    assert told["2025-09"].above is True  # the region rises with it


def test_a_notable_fall_is_told_as_well() -> None:
    value = draw(4, 40.0)
    value[1, 94] = 6

    found = signals(monthly(value), AreaLevel.GEMEENTE)

    assert ("2025-11", GEMEENTEN[1], "fall") in {
        (s.period, s.area, s.content.direction) for s in found
    }


def test_what_the_catalogue_does_not_allow_gets_no_signal() -> None:
    value = draw(4, 30.0)
    value[2, 90:] *= 4
    closed = replace(monthly(value), indicator=read_indicator(analyses=(Analysis.TREND,)))

    assert list(find_unusual(closed, AROUND)) == []


def test_every_month_says_how_many_series_were_looked_at() -> None:
    told = families(monthly(draw(4, 30.0)))

    mine = [f for f in told if f.level is AreaLevel.GEMEENTE]
    assert len({f.period for f in mine}) == MONTHS_TOLD == len(mine)
    assert all(f.content.tested == 4 and f.content.skipped == 0 for f in mine)


def test_a_month_that_is_missing_is_skipped_and_not_taken_for_zero() -> None:
    value = draw(4, 30.0)
    value[3, 95] = np.nan

    one = monthly(value)

    assert (GEMEENTEN[3], "2025-12") not in {
        (s.area, s.period) for s in signals(one, AreaLevel.GEMEENTE)
    }
    last = [f for f in families(one) if f.level is AreaLevel.GEMEENTE and f.period == "2025-12"]
    assert [(f.content.tested, f.content.skipped) for f in last] == [(3, 1)]


@pytest.mark.parametrize(("mean", "says"), [(4.0, False), (40.0, True)])
def test_rounded_figures_speak_from_an_expected_ten(mean: float, says: bool) -> None:
    value = draw(4, mean)
    value[0, 94] = mean * 6
    exact = monthly(value)
    rounded = ReleasedIndicator(
        exact.indicator,
        exact.theme,
        exact.source,
        {key: round_series(series) for key, series in exact.series.items()},
    )

    found = {(s.area, s.period) for s in signals(rounded, AreaLevel.GEMEENTE)}

    assert ((GEMEENTEN[0], "2025-11") in found) is says
    assert (GEMEENTEN[0], "2025-11") in {
        (s.area, s.period) for s in signals(exact, AreaLevel.GEMEENTE)
    }


def test_a_rounded_signal_tells_its_range() -> None:
    value = draw(4, 40.0)
    value[0, 94] = 240
    exact = monthly(value)
    series = {key: round_series(each) for key, each in exact.series.items()}
    one = ReleasedIndicator(exact.indicator, exact.theme, exact.source, series)

    told = [s.content for s in signals(one, AreaLevel.GEMEENTE) if s.period == "2025-11"]

    assert (told[0].observed_lower, told[0].observed_upper) == (236, 244)


def test_too_short_a_history_says_nothing() -> None:
    assert list(find_unusual(monthly(draw(4, 30.0, size=40)), AROUND)) == []


def test_below_the_gemeente_sliding_years_are_compared() -> None:
    per = 9
    ends = tuple(f"{text}/P12M" for text in months(SIZE - 11 + 11)[11:])
    buurt = draw(len(BUURTEN), 6.0)
    buurt[5, 84:] *= 5
    value = np.stack([buurt[:, i : i + 12].sum(axis=1) for i in range(SIZE - 11)], axis=1)
    wijk = value.reshape(len(WIJKEN), per, -1).sum(axis=1)
    one = make_released(
        ALLOWED,
        make_series(AreaLevel.GEMEENTE, GEMEENTEN, ends, wijk),
        make_series(AreaLevel.WIJK, WIJKEN, ends, wijk),
        make_series(AreaLevel.BUURT, BUURTEN, ends, value),
    )

    found = [s for s in signals(one, AreaLevel.BUURT) if s.content.direction == "rise"]

    assert [(s.area, s.period) for s in found] == [(BUURTEN[5], "2025-12/P12M")]
    assert found[0].content.above is True


def test_constant_zero_and_huge_series_say_nothing_and_raise_nothing() -> None:
    value = np.zeros((4, SIZE))
    value[1] = 7
    value[2] = 3e9
    value[3] = np.nan

    assert signals(monthly(np.nan_to_num(value, nan=0.0)), AreaLevel.GEMEENTE) == []
    assert signals(monthly(value), AreaLevel.GEMEENTE) == []


def test_where_gemeenten_have_no_months_sliding_years_are_followed() -> None:
    ends = tuple(f"{text}/P12M" for text in months(SIZE)[11:])
    value = draw(4, 30.0)
    value[2, 88:] *= 3
    years = np.stack([value[:, i : i + 12].sum(axis=1) for i in range(SIZE - 11)], axis=1)
    rounded = round_series(make_series(AreaLevel.GEMEENTE, GEMEENTEN, ends, years))
    one = make_released(
        ALLOWED,
        make_series(AreaLevel.REGIO, (REGION,), months(SIZE), value.sum(axis=0)[None]),
        rounded,
    )

    found = {s.period: s for s in signals(one, AreaLevel.GEMEENTE) if s.area == GEMEENTEN[2]}

    last = found["2025-12/P12M"].content
    assert last.direction == "rise"
    assert last.observed_lower < last.observed < last.observed_upper
    # It took some months before the sum of a year stood out.
    assert "2025-05/P12M" <= last.since <= "2025-08/P12M"
    assert {s.period for s in signals(one, AreaLevel.REGIO)} >= {"2025-12"}
