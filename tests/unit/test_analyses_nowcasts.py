"""What the last months become, and signals in them: on the estimate, never on what is in so far."""

from collections.abc import Iterator
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
from lib.told_shares import MONTHS, draw_shares, tell
from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.completing import Completing
from regiebeeld.pipeline.analyses.nowcasts import find_nowcasts
from regiebeeld.pipeline.analyses.series import ReleasedIndicator, Series
from regiebeeld.pipeline.analyses.signals import find_unusual
from regiebeeld.pipeline.analyses.sliding import judge_last
from regiebeeld.pipeline.analyses.thinning import judge_thinned
from regiebeeld.releases.findings import Signal, SignalFamily, Unjudged
from regiebeeld.statistics.delay import WHOLE, ToldShare
from regiebeeld.statistics.signals import FarringtonPlan

AROUND = make_grid()
GEMEENTEN = tuple(a.code for a in AROUND.areas if a.level is AreaLevel.GEMEENTE)
BOTH = read_indicator(analyses=(Analysis.TREND, Analysis.SIGNALS))
SIZE = 96  # months, up to and including December 2025
LAST = 2025 * 12 + 11
LATE = Completing({LAST: ToldShare(0.7, 0.03), LAST - 1: ToldShare(0.9, 0.02)})


def draw(areas: int, mean: float, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (areas, SIZE)).astype(float)


def gemeenten(value: np.ndarray) -> Series:
    return make_series(AreaLevel.GEMEENTE, GEMEENTEN, months(SIZE), value)


def monthly(value: np.ndarray) -> ReleasedIndicator:
    whole = make_series(AreaLevel.REGIO, (REGION,), months(SIZE), value.sum(axis=0)[None])
    return make_released(BOTH, whole, gemeenten(value))


def found_in(
    one: ReleasedIndicator, completing: Completing, area: str = ""
) -> Iterator[tuple[str, Signal]]:
    for each in find_unusual(one, AROUND, completing):
        if isinstance(each.content, Signal) and area in ("", each.area):
            yield each.period or "", each.content


def test_every_late_month_of_region_and_gemeenten_has_an_estimate() -> None:
    value = draw(4, 30.0)
    value[2, 95] = np.nan

    found = {(f.area, f.period): f for f in find_nowcasts(monthly(value), LATE)}

    assert set(found) == {
        (area, period)
        for area in (REGION, *GEMEENTEN)
        for period in ("2025-11", "2025-12")
        if (area, period) not in {(GEMEENTEN[2], "2025-12"), (REGION, "2025-12")}
    }
    told = found[GEMEENTEN[0], "2025-12"]
    assert (told.level, told.indicator) == (AreaLevel.GEMEENTE, "woninginbraken")
    content = told.content
    assert content.observed == value[0, 95] == content.observed_lower == content.observed_upper
    assert content.share == 0.7
    assert content.estimate == round(value[0, 95] / 0.7)
    assert content.observed <= content.lower < content.estimate < content.upper


def test_an_estimate_of_a_rounded_figure_knows_its_rounding() -> None:
    value = draw(4, 60.0)
    exact, rounded = gemeenten(value), round_series(gemeenten(value))

    def width(series: Series) -> float:
        told = list(find_nowcasts(make_released(BOTH, series), LATE))
        assert all(f.content.lower >= f.content.observed_lower for f in told)
        return float(np.mean([f.content.upper - f.content.lower for f in told]))

    assert width(rounded) > width(exact)


def test_nothing_is_estimated_of_what_is_unknown_or_not_allowed() -> None:
    one = monthly(draw(4, 30.0))
    few = Completing({LAST: ToldShare(0.4, 0.03)})
    assert list(find_nowcasts(one, few)) == []
    assert list(find_nowcasts(one, Completing({}, LAST))) == []
    assert list(find_nowcasts(one, Completing({LAST: ToldShare(0.95, 0.02)}))) == []
    closed = replace(one, indicator=read_indicator(analyses=(Analysis.RANKING,)))
    assert list(find_nowcasts(closed, LATE)) == []


def test_what_is_still_to_come_is_no_fall_and_a_rise_is_seen_through_it() -> None:
    value = draw(4, 60.0)
    thinned = np.random.default_rng(8).binomial(value[:, 95].astype(int), 0.7)
    value[:, 95] = thinned
    raw = {(p, s.direction) for p, s in found_in(monthly(value), Completing())}
    assert ("2025-12", "fall") in raw

    value[1, 95] = 84  # 120 when all is in

    part = Completing({LAST: ToldShare(0.7, 0.02)})
    told = {(p, s.direction) for p, s in found_in(monthly(value), part)}
    assert ("2025-12", "fall") not in told
    told = dict(found_in(monthly(value), part, GEMEENTEN[1]))["2025-12"]
    assert (told.direction, told.observed, told.share) == ("rise", 84, 0.7)
    assert told.estimate == 120
    assert told.estimate_lower is not None
    assert told.estimate_upper is not None
    assert told.estimate_lower < 120 < told.estimate_upper
    assert 50 < told.expected < 70  # of the whole month
    assert told.usual_upper < 120


def test_of_a_month_that_is_nearly_whole_no_estimate_is_told() -> None:
    value = draw(4, 60.0)
    value[1, 95] = 130
    part = Completing({LAST: ToldShare(0.95, 0.02)})

    told = dict(found_in(monthly(value), part, GEMEENTEN[1]))["2025-12"]

    assert (told.share, told.estimate) == (1.0, None)
    whole = dict(found_in(monthly(value), Completing(), GEMEENTEN[1]))["2025-12"]
    assert told.expected == pytest.approx(0.95 * whole.expected, abs=0.02)


def test_months_of_which_too_little_is_known_are_told_and_not_judged() -> None:
    value = draw(4, 40.0)
    value[1, 94:] = 6
    unknown, few = Completing({}, LAST - 1), Completing({LAST: ToldShare(0.3, 0.05)})

    def told(part: Completing) -> tuple[set[str | None], list[Unjudged]]:
        found = list(find_unusual(monthly(value), AROUND, part))
        looked = {f.period for f in found if isinstance(f.content, SignalFamily)}
        return looked, [f.content for f in found if isinstance(f.content, Unjudged)]

    assert {"2025-11", "2025-12"} & told(Completing())[0] == {"2025-11", "2025-12"}
    looked, why = told(unknown)
    assert not {"2025-11", "2025-12"} & looked
    assert why == [Unjudged("2025-11", "2025-12", "not_known")]
    looked, why = told(few)
    assert {"2025-11", "2025-12"} & looked == {"2025-11"}
    assert why == [Unjudged("2025-12", "2025-12", "too_little")]


PLAN = FarringtonPlan()


def judge_falsely(mean: float, varies: float, seed: int) -> tuple[float, float]:
    """Give in which part of 200 series without any change the last month is called rare.

    Its share is that of one month, alike in all series; what is told is estimated from 14 others.
    """
    draws = np.random.default_rng([seed, 5])
    part = draw_shares(0.72, varies, MONTHS + 1, draws)
    finals = draws.poisson(400, MONTHS)
    told = tell(draws.binomial(finals, part[:-1]), finals)
    value = draws.poisson(mean, (200, SIZE)).astype(float)
    value[:, -1] = draws.binomial(value[:, -1].astype(int), part[-1])
    codes = tuple(f"GM{i:04d}" for i in range(len(value)))
    series = make_series(AreaLevel.GEMEENTE, codes, months(SIZE), value)
    broken = np.zeros(SIZE, dtype=np.bool_)
    found = judge_thinned(series, ([SIZE - 1], PLAN), broken, [WHOLE] * (SIZE - 1) + [told])
    return float(np.mean(found.p_rise <= 0.025)), float(np.mean(found.p_fall <= 0.025))


@pytest.mark.parametrize("varies", [0.0, 0.05])
@pytest.mark.parametrize("mean", [15.0, 80.0])
def test_false_alarms_keep_their_rate_when_the_share_is_estimated(
    mean: float, varies: float
) -> None:
    rises, falls = np.array([judge_falsely(mean, varies, seed) for seed in range(40)]).T
    # Rare on each side is 2.5 %; months differ, so the mean of 40 has a standard error.
    for part in (rises, falls):
        assert part.mean() <= 0.025 + 2 * part.std() / np.sqrt(len(part))


def test_without_the_doubt_about_the_share_there_would_be_too_many() -> None:
    draws = np.random.default_rng(2)
    value = draws.poisson(80, (400, SIZE)).astype(float)
    value[:, -1] = draws.binomial(value[:, -1].astype(int), 0.8)  # told is 0.7
    codes = tuple(f"GM{i:04d}" for i in range(len(value)))
    series = make_series(AreaLevel.GEMEENTE, codes, months(SIZE), value)

    def rate(error: float) -> float:
        shares = [WHOLE] * (SIZE - 1) + [ToldShare(0.7, error)]
        found = judge_thinned(series, ([SIZE - 1], PLAN), np.zeros(SIZE, dtype=np.bool_), shares)
        return float(np.mean(found.p_rise <= 0.025))

    assert rate(0.0) > 0.05
    assert rate(0.12) <= 0.025


def test_a_sliding_year_is_held_against_the_part_of_it_that_is_in() -> None:
    draws = np.random.default_rng(6)
    years = tuple(f"{year}-12/P12M" for year in range(2018, 2026))
    value = draws.poisson(400, (60, len(years))).astype(float)
    value[:, -1] = draws.binomial(value[:, -1].astype(int), 0.9)
    codes = tuple(f"GM{i:04d}" for i in range(len(value)))
    series = make_series(AreaLevel.GEMEENTE, codes, years, value)
    skipped = np.zeros(len(years), dtype=np.bool_)

    raw = judge_last(series, skipped)
    thinned = judge_last(series, skipped, ToldShare(0.9, 0.01))

    assert (raw.p_fall < 0.025).mean() > 0.3
    assert (thinned.p_fall < 0.025).mean() <= 0.05
    assert thinned.expected.mean() == pytest.approx(0.9 * raw.expected.mean(), rel=1e-6)
    wide = judge_last(series, skipped, ToldShare(0.9, 0.05))
    assert ((wide.upper - wide.lower) > (thinned.upper - thinned.lower)).all()
