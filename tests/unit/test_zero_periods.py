"""A zero is a number, unless the period was never filled or the offence never collected."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from lib.count_tables import Row, cells, conform, months
from regiebeeld.domain import Status
from regiebeeld.pipeline.sources.conform_counts import STATUS_CODES, Note, Observations
from regiebeeld.pipeline.sources.zero_periods import tell_empty_periods

TOTAL, COMMON, RARE = "0.0.0", "1.1.1", "1.4.2"
MONTHS = months(2022, 2024)
Plan = Callable[[str, str, str], int | None]


def told(
    plan: Plan,
    *,
    sets: tuple[str, ...] = (TOTAL, COMMON, RARE),
    areas: tuple[str, ...] = ("GM0141", "GM0153"),
    keys: list[str] = MONTHS,
    total: str | None = TOTAL,
) -> tuple[Observations, list[Note]]:
    """Judge a table of areas x offences x periods; None leaves the row out."""
    rows: list[Row] = [
        (area, event_set, key, str(count))
        for event_set in sets
        for area in areas
        for key in keys
        if (count := plan(area, event_set, key)) is not None
    ]
    return tell_empty_periods(conform(rows)[0], total=total, rare=[RARE])


def usual(area: str, event_set: str, key: str) -> int:
    """About 40 a month in all, 12 of the common offence and none of the rare one."""
    month = int(key[-2:]) if "MM" in key else 0
    return {TOTAL: 40 + month % 3, COMMON: 12 + month % 3, RARE: 0}[event_set]


def zero_when(*keys: str, of: tuple[str, ...] = (TOTAL, COMMON, RARE), area: str = "") -> Plan:
    def plan(where: str, event_set: str, key: str) -> int:
        hit = key in keys and event_set in of and (not area or area == where)
        return 0 if hit else usual(where, event_set, key)

    return plan


def hidden(seen: Observations) -> set[tuple[str, str, str]]:
    return {key for key, count in cells(seen).items() if count is None}


def every(period: str, *, area: str = "", of: tuple[str, ...] = (TOTAL, COMMON, RARE)):
    return {(e, a, period) for e in of for a in ("GM0141", "GM0153") if area in ("", a)}


def test_a_filled_table_is_left_alone():
    seen, notes = told(usual)
    assert hidden(seen) == set()
    assert notes == []


@pytest.mark.parametrize("key", ["2022MM01", "2023MM06", "2024MM12"])
def test_a_month_of_zeros_with_a_zero_total_is_missing(key: str):
    seen, notes = told(zero_when(key))
    assert hidden(seen) == every(f"{key[:4]}-{key[-2:]}")
    assert {STATUS_CODES[Status.MISSING]} == set(seen.status[seen.count < 0].tolist())
    assert len(notes) == 3  # one an offence
    assert "2 gemeenten: in de hele regio is alles nul, ook het totaal" in notes[0].text


@pytest.mark.parametrize("key", ["2022MM01", "2023MM06", "2024MM12"])
def test_without_a_total_the_common_offences_tell(key: str):
    other = "2.2.1"

    def plan(area: str, event_set: str, month: str) -> int:
        return (
            0 if month == key else usual(area, COMMON if event_set == other else event_set, month)
        )

    seen, _ = told(plan, sets=(COMMON, other, RARE), total=None)
    assert hidden(seen) == every(f"{key[:4]}-{key[-2:]}", of=(COMMON, other, RARE))


def test_two_sparse_offences_can_both_be_zero_by_chance_without_a_total():
    """Means of one and one: both zero has a chance of about one in seven, so it is believed."""
    pattern = [1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2]

    def plan(_area: str, event_set: str, key: str) -> int:
        month = int(key[-2:]) - 1
        return pattern[month] if key != "2023MM06" else 0

    seen, _ = told(plan, sets=("1.4.6", "1.4.7"), areas=("GM0141",), total=None)
    assert hidden(seen) == set()


def test_rare_offences_alone_never_make_a_month_missing():
    def plan(_area: str, _event_set: str, key: str) -> int:
        return int(key == "2022MM03")

    seen, _ = told(plan, sets=(RARE,), total=None)
    assert hidden(seen) == set()


def test_with_hardly_any_history_and_no_total_all_zeros_are_missing():
    keys = months(2024, 2024)[:3]
    seen, _ = told(zero_when(keys[2]), sets=(COMMON, TOTAL), keys=keys, total=None)
    assert hidden(seen) == every("2024-03", of=(COMMON, TOTAL))


def test_one_common_offence_at_zero_while_the_total_is_not_is_implausible():
    seen, notes = told(zero_when("2023MM06", of=(COMMON,)))
    assert hidden(seen) == every("2023-06", of=(COMMON,))
    assert "onwaarschijnlijk" in notes[0].text


def test_a_rare_offence_is_truly_zero_all_year():
    seen, _ = told(usual)
    assert all(count == 0 for key, count in cells(seen).items() if key[0] == RARE)


def test_a_common_offence_that_is_zero_everywhere_and_always_was_not_collected():
    seen, notes = told(lambda area, e, key: 0 if e == COMMON else 50 * usual(area, e, key))
    mine = seen.event_set == seen.event_sets.index(COMMON)
    assert {STATUS_CODES[Status.NOT_COLLECTED]} == set(seen.status[mine].tolist())
    assert {STATUS_CODES[Status.SHOWN]} == set(seen.status[~mine].tolist())
    assert [n.text.split(": ")[1] for n in notes] == ["overal en altijd nul"]


def test_a_table_that_counts_little_proves_nothing_about_an_offence():
    seen, _ = told(lambda _a, e, _k: 1 if e == TOTAL else 0)
    assert hidden(seen) == set()


def test_a_late_gemeente_is_missing_and_the_other_is_not():
    seen, notes = told(zero_when("2024MM11", "2024MM12", area="GM0141"))
    assert hidden(seen) == every("2024-11", area="GM0141") | every("2024-12", area="GM0141")
    assert "GM0141: in deze gemeente is alles nul" in notes[0].text
    assert "2 perioden, 2024-11 tot en met 2024-12" in notes[0].text


def test_a_small_gemeente_can_truly_have_an_empty_month():
    """A mean of two a month makes zero a chance of one in seven."""

    def plan(area: str, event_set: str, key: str) -> int:
        if area == "GM0141":
            return 0 if key == "2023MM06" or event_set == RARE else 1 + int(key[-2:]) % 3
        return usual(area, event_set, key)

    seen, _ = told(plan)
    assert hidden(seen) == set()


def test_the_zeros_of_buurten_go_with_their_gemeente():
    def plan(area: str, event_set: str, key: str) -> int:
        if key == "2024MM12":
            return 0
        return usual(area, event_set, key) if area.startswith("GM") else 0

    seen, _ = told(plan, areas=("GM0141", "GM0153", "BU01410101"))
    december = {key for key in cells(seen) if key[2] == "2024-12"}
    assert hidden(seen) == december
    assert ("1.1.1", "BU01410101", "2024-12") in december


def test_a_table_of_buurten_only_is_judged_by_their_sum():
    def plan(area: str, event_set: str, key: str) -> int:
        return 0 if key == "2024MM12" else usual(area, event_set, key)

    seen, _ = told(plan, areas=("BU01410101", "BU01410102", "BU01530101"))
    assert {key[2] for key in hidden(seen)} == {"2024-12"}
    assert len(hidden(seen)) == 9


def test_years_and_months_are_judged_apart():
    years = [f"{year}JJ00" for year in range(2015, 2025)]

    def plan(area: str, event_set: str, key: str) -> int:
        if "JJ" in key:
            return 0 if key == "2024JJ00" else 12 * usual(area, event_set, "MM01")
        return usual(area, event_set, key)

    seen, _ = told(plan, keys=[*MONTHS, *years])
    assert hidden(seen) == every("2024")


def test_a_period_that_one_gemeente_does_not_have_is_no_zero():
    seen, _ = told(
        lambda area, e, key: None if (area, key) == ("GM0141", "2024MM12") else usual(area, e, key)
    )
    assert hidden(seen) == set()


def test_markers_are_left_as_they_are():
    rows: list[Row] = [("GM0141", TOTAL, "2024MM01", "."), ("GM0141", TOTAL, "2024MM02", "5")]
    before, _ = conform(rows)
    after, _ = tell_empty_periods(before, total=TOTAL, rare=())
    assert after.reasons[after.reason[0]].endswith("geheim")


def test_a_large_table_is_judged_in_seconds():
    """Fourteen gemeenten, forty offences of which half are mostly zero, fourteen years."""
    keys = months(2011, 2024)
    areas, sets = 14, 40
    shape = (areas, sets, len(keys))
    count = np.random.default_rng(5).poisson(20, shape)
    count[:, sets // 2 :] = 0
    count[:, sets // 2 :, 0] = 1
    seen, _ = conform([("GM0141", "0.0.0", key, "1") for key in keys])
    at = np.indices(shape).reshape(3, -1).astype(np.int32)
    large = Observations(
        areas=tuple(f"GM{i:04d}" for i in range(1, areas + 1)),
        event_sets=tuple(map(str, range(sets))),
        periods=seen.periods,
        area=at[0],
        event_set=at[1],
        period=at[2],
        count=count.ravel().astype(np.int64),
        status=np.zeros(count.size, dtype=np.uint8),
        reason=np.full(count.size, -1, dtype=np.int16),
        provisional=np.zeros(count.size, dtype=np.bool_),
        placed=np.ones(areas, dtype=np.bool_),
    )
    started = time.perf_counter()
    tell_empty_periods(large, total=None, rare=())
    assert time.perf_counter() - started < 5
