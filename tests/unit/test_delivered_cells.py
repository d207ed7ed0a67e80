"""0 stands only where a gemeente told the period; weeks become months by their Thursday."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.count_store import REGION, areas
from regiebeeld.catalogue import Source, read_catalogue
from regiebeeld.catalogue.fields import Field, FieldType, Role
from regiebeeld.catalogue.models import SourceTerms
from regiebeeld.domain import PeriodKind
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.indicators import Matrix, read_matrices
from regiebeeld.pipeline.indicators.matrices import NOT_IN_TABLE, PART_MISSING, Reasons
from regiebeeld.pipeline.intake.counts import NOWHERE
from regiebeeld.pipeline.intake.history import REST, State, StateFacts
from regiebeeld.pipeline.run.delivered_cells import (
    NOT_DELIVERED,
    NOT_KNOWN,
    Told,
    add_unsaid,
    add_weeks_up,
    lay_out_counts,
    month_of,
    read_told,
    weeks_of,
)
from regiebeeld.pipeline.run.delivering import add_margins, without_keys
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.store import StoredDelivery, StoredObservations, build_store
from regiebeeld.settings import Settings

A, B = "GM0153", "GM0164"
ON = areas(A, B, "WK015300", "WK016400", "BU01530000", "BU01530001", "BU01640000")
ROW = {area.code: i for i, area in enumerate(ON)}
SHOWN = RegionAreas(Layout(2024, tuple(ON[1:]), {}), {}, {}, {}, {}, {})
Count = tuple[str, str, int | None]


def a_source(
    level: str = "buurt",
    period: str = "month",
    finest: str | None = None,
    grain: str = "event",
) -> Source:
    terms = {
        "kind": "delivery", "table": "x", "publisher": "Gemeente", "content": "counts",
        "grain": grain, "event_set": "overlast", "atom": {"level": level, "period": period},
        "finest": [{"level": "gemeente", "period": finest or period}], "due_days": 10,
    }  # fmt: skip
    fields = (Field("aantal", Role.COUNT, FieldType.INTEGER),)
    return Source("x", "X", "", "", "1", (), SourceTerms.model_validate(terms), fields=fields)


def told(delivery: int, *gemeenten: str, as_of: str = "2026-01-01") -> StateFacts:
    return StateFacts(
        "x", delivery, as_of, f"{as_of}T08:00:00+00:00", "h", (), "melding", "1", "a",
        gemeenten=gemeenten,
    )  # fmt: skip


def rows_of(*counts: Count) -> pa.Table:
    sets = ["overlast"] * len(counts)
    columns = zip(*counts, strict=True) if counts else ((), (), ())
    area, period, count = (list(column) for column in columns)
    return pa.table(
        {
            "event_set": pa.array(sets, pa.string()),
            "area": pa.array(area, pa.string()),
            "period": pa.array(period, pa.string()),
            "count": pa.array(count, pa.int64()),
            "units": pa.array(np.zeros(len(counts))),
            "event_key": pa.array(range(1, len(counts) + 1), pa.uint64()),
        }
    )


def lay_out(
    told_by: dict[str, dict[str, StateFacts]], *counts: Count, source: Source | None = None
) -> StoredObservations:
    state = State("x", pa.table({}), told_by)
    seen, _ = lay_out_counts(rows_of(*counts), state, source or a_source(), SHOWN)
    return seen


@contextmanager
def matrices_of(seen: StoredObservations) -> Iterator[tuple[list[Matrix], Reasons]]:
    reasons = Reasons()
    with (
        tempfile.TemporaryDirectory() as folder,
        build_store(Path(folder) / "store.duckdb", Settings(threads=1)) as store,
    ):
        store.add(StoredDelivery("x", "s", "2026-01-01", 2024, "melding"), seen)
        yield read_matrices(store, "x", ["overlast"], areas=ON, reasons=reasons), reasons


def values(seen: StoredObservations, column: int = 0) -> dict[str, tuple[int, str | None]]:
    """Each area's value in one period, with why it has none."""
    with matrices_of(seen) as ((matrix,), reasons):
        why = [*reasons.texts, None]
        return {
            code: (int(matrix.value[i, column]), why[matrix.reason[i, column]])
            for code, i in ROW.items()
        }


def test_zero_is_only_filled_in_where_the_gemeente_delivered() -> None:
    """The slow version is a look at the map: B has told nothing, so nothing above B is known."""
    found = values(lay_out({"2025-01": {A: told(1, A)}}, ("BU01530000", "2025-01", 3)))
    assert found == {
        "BU01530000": (3, None),
        "BU01530001": (0, None),
        "WK015300": (3, None),
        A: (3, None),
        "BU01640000": (-1, NOT_DELIVERED),
        "WK016400": (-1, NOT_DELIVERED),
        B: (-1, NOT_DELIVERED),
        REGION: (-1, PART_MISSING),
    }


def test_the_region_is_whole_when_all_delivered_and_unknown_places_count() -> None:
    by = {A: told(1, A), B: told(2, B)}
    counts = (("BU01530000", "2025-01", 3), ("BU01649999", "2025-01", 2))
    found = values(lay_out({"2025-01": by}, *counts))
    assert [found[code] for code in (A, B, REGION)] == [(3, None), (2, None), (5, None)]
    assert found["BU01640000"] == (0, None)


def test_each_period_by_itself() -> None:
    by = {"2025-01": {A: told(1, A), B: told(2, B)}, "2025-02": {B: told(3, B)}}
    counts = (("BU01530000", "2025-01", 3), ("BU01649999", "2025-01", 2))
    seen = lay_out(by, *counts)
    assert values(seen, 0)[REGION] == (5, None)
    february = values(seen, 1)
    assert february[A] == (-1, NOT_DELIVERED)
    assert february[B] == (0, None)
    assert february[REGION] == (-1, PART_MISSING)


def test_a_whole_region_tells_every_gemeente_also_beside_a_newer_one_of_its_own() -> None:
    by = {"2025-01": {REST: told(1), A: told(2, A)}}
    counts = (("BU01530000", "2025-01", 3), ("BU00000000", "2025-01", 4))
    found = values(lay_out(by, *counts))
    assert [found[code] for code in (A, B, REGION)] == [(3, None), (0, None), (7, None)]


def test_events_of_nowhere_are_told_by_the_region_or_by_all_together() -> None:
    """In February all gemeenten told their own; that there are none of nowhere is then known."""
    by = {
        "2025-01": {REST: told(1)},
        "2025-02": {A: told(2, A), B: told(3, B)},
        "2025-03": {A: told(2, A)},
    }
    seen = lay_out(by, ("BU00000000", "2025-01", 4), ("BU01530000", "2025-02", 1))
    found = [values(seen, column)[REGION] for column in range(3)]
    assert found == [(4, None), (1, None), (-1, PART_MISSING)]


def test_some_gemeenten_do_not_tell_what_happened_nowhere() -> None:
    by = {"2025-01": {A: told(1, A), B: told(2, B)}, "2025-02": {A: told(1, A)}}
    found = read_told(State("x", pa.table({}), by), a_source(), [A, B], [A, B, NOWHERE])
    assert found.told.tolist() == [[True, True], [True, False], [True, False]]


def test_not_known_and_not_delivered_are_two_reasons() -> None:
    found = values(lay_out({"2025-01": {A: told(1, A)}}, ("BU01530000", "2025-01", None)))
    assert found["BU01530000"] == (-1, NOT_KNOWN)
    assert found["BU01530001"] == (0, None)
    assert found[A] == (-1, PART_MISSING)
    assert found["BU01640000"] == (-1, NOT_DELIVERED)


def test_early_figures_of_one_gemeente_do_not_make_another_provisional() -> None:
    # January is due on 10 February: A told it before, B after.
    by = {"2025-01": {A: told(1, A, as_of="2025-02-05"), B: told(2, B, as_of="2025-03-01")}}
    with matrices_of(lay_out(by)) as ((matrix,), _):
        provisional = {code: bool(matrix.provisional[i, 0]) for code, i in ROW.items()}
    assert [provisional[code] for code in (A, B, REGION)] == [True, False, True]


def test_gaps_are_told_per_gemeente() -> None:
    by = {"2025-01": {A: told(1, A), B: told(2, B)}, "2025-02": {B: told(2, B)}}
    _, notes = lay_out_counts(rows_of(), State("x", pa.table({}), by), a_source(), SHOWN)
    assert [note.text for note in notes] == [f"{A}: 1 van de 2 perioden {NOT_DELIVERED}"]


def test_an_empty_state_is_laid_out() -> None:
    seen = lay_out({"2025-01": {REST: told(1)}})
    assert values(seen)[REGION] == (0, None)


# Weeks. 2026 begins on a Thursday: week 1 runs from Monday 29 December 2025 to Sunday 4 January.


def test_the_weeks_of_a_month_are_those_of_its_thursdays() -> None:
    assert [week.id for week in weeks_of("2026-01")] == [f"2026-W0{n}" for n in range(1, 6)]
    assert [week.id for week in weeks_of("2025-12")] == [
        "2025-W49",
        "2025-W50",
        "2025-W51",
        "2025-W52",
    ]
    assert [month_of(week) for week in weeks_of("2027-01")] == ["2027-01"] * 4


@pytest.mark.parametrize("year", [2015, 2020, 2024, 2026, 2027])
def test_every_week_lies_in_one_month_as_a_walk_by_day_says(year: int) -> None:
    slow: dict[str, list[str]] = defaultdict(list)
    for n in range(-10, 400):
        day = date(year, 1, 1) + timedelta(days=n)
        if day.weekday() == 3:
            slow[f"{day:%Y-%m}"].append("{}-W{:02d}".format(*day.isocalendar()[:2]))
    for number in range(1, 13):
        month = f"{year}-{number:02d}"
        assert [week.id for week in weeks_of(month)] == slow[month]


WEEKS = a_source("gemeente", "week", "month")


def weekly(*ids: str, of: Sequence[str] = (A, B)) -> dict[str, dict[str, StateFacts]]:
    return {text: {code: told(i + 1, code) for i, code in enumerate(of)} for text in ids}


def test_weeks_are_added_up_to_whole_months_and_are_gone() -> None:
    """Five weeks of January, and one of February: that month is not whole."""
    ids = [f"2026-W{n:02d}" for n in range(1, 7)]
    counts = [(A, text, 10 ** min(i, 4)) for i, text in enumerate(ids)]
    seen = lay_out(weekly(*ids), *counts, (B, "2026-W05", 2), source=WEEKS)
    assert [period.id for period in seen.periods] == ["2026-01"]
    found = values(seen)
    assert [found[code] for code in (A, B, REGION)] == [(11111, None), (2, None), (11113, None)]
    assert found["BU01530000"] == (-1, NOT_IN_TABLE)


def test_a_month_is_whole_for_each_gemeente_by_itself() -> None:
    by = weekly(*(week.id for week in weeks_of("2026-01")))
    by["2026-W03"].pop(B)
    found = values(lay_out(by, (A, "2026-W01", 5), (B, "2026-W01", 7), source=WEEKS))
    assert [found[code] for code in (A, B, REGION)] == [
        (5, None),
        (-1, NOT_DELIVERED),
        (-1, PART_MISSING),
    ]


def test_a_month_with_a_week_that_is_not_known_is_not_known() -> None:
    by = weekly(*(week.id for week in weeks_of("2026-01")))
    found = values(lay_out(by, (A, "2026-W01", 5), (A, "2026-W02", None), source=WEEKS))
    assert [found[code] for code in (A, B)] == [(-1, NOT_KNOWN), (0, None)]


def test_weeks_stay_beside_the_months_when_the_contract_shows_weeks() -> None:
    by = weekly(*(week.id for week in weeks_of("2026-01")))
    source = a_source("gemeente", "week", "week")
    with matrices_of(lay_out(by, (A, "2026-W01", 5), source=source)) as (found, _):
        kinds = {matrix.kind: matrix.value[ROW[A]].tolist() for matrix in found}
    assert kinds == {PeriodKind.WEEK: [5, 0, 0, 0, 0], PeriodKind.MONTH: [5]}


def test_without_a_whole_month_nothing_is_stored() -> None:
    seen = lay_out(weekly("2026-W01", "2026-W02"), (A, "2026-W01", 5), source=WEEKS)
    assert len(seen.count) == 0
    with matrices_of(seen) as (found, _):
        assert found == []


def test_weeks_that_wait_are_told() -> None:
    state = State("x", pa.table({}), weekly("2026-W01", "2026-W02"))
    _, notes = lay_out_counts(rows_of(), state, WEEKS, SHOWN)
    assert [note.text[:14] for note in notes] == ["2 weken vallen"]


@settings(max_examples=40, deadline=None)
@given(
    covered=st.sets(st.integers(0, 30)),
    counted=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9))),
)
def test_months_of_weeks_equal_a_slow_sum(
    covered: set[int], counted: list[tuple[int, int]]
) -> None:
    mondays = {i: date(2025, 12, 1) + timedelta(weeks=i) for i in range(31)}
    ids = {i: "{}-W{:02d}".format(*day.isocalendar()[:2]) for i, day in mondays.items()}
    inside = [(i, number) for i, number in counted if i in covered]
    slow: dict[str, int] = {}
    for month in {f"{day + timedelta(days=3):%Y-%m}" for day in mondays.values()}:
        mine = [i for i, day in mondays.items() if f"{day + timedelta(days=3):%Y-%m}" == month]
        after = mondays[mine[-1]] + timedelta(days=10)
        cut_off = f"{after:%Y-%m}" == month  # the list of Mondays ends within this month
        if not cut_off and all(i in covered for i in mine):
            slow[month] = sum(number for i, number in inside if i in mine)
    summed: dict[str, int] = defaultdict(int)
    for i, number in inside:
        summed[ids[i]] += number
    counts = [(A, text, number) for text, number in summed.items()]
    seen = lay_out(weekly(*(ids[i] for i in sorted(covered))), *counts, source=WEEKS)
    at = seen.areas.index(A)
    found = {
        seen.periods[p].id: int(count)
        for area, p, count in zip(seen.area, seen.period, seen.count, strict=True)
        if area == at
    }
    assert found == slow


def test_the_weekly_police_contract_asks_for_months() -> None:
    source = read_catalogue(Path("catalogue"), Path("regions")).sources["politie_weekcijfers"]
    assert source.terms.atom is not None
    assert source.terms.atom.period is PeriodKind.WEEK
    assert {finest.period for finest in source.terms.finest} == {PeriodKind.MONTH}


def test_what_is_told_of_months_needs_every_week() -> None:
    weeks = tuple(weeks_of("2026-01"))
    full = np.ones((1, 5), np.bool_)
    early = np.array([[False, False, True, False, False]])
    _, months, _ = add_weeks_up(rows_of(), Told(weeks, full, early), keep_weeks=False)
    assert (months.told.tolist(), months.early.tolist()) == ([[True]], [[True]])
    _, months, _ = add_weeks_up(rows_of(), Told(weeks, ~early, early), keep_weeks=False)
    assert months.periods == ()


def test_a_count_that_the_file_does_not_name_is_not_known_and_no_zero() -> None:
    """Of events silence means none; of counts only what is named is a number."""
    by = {"2026-01": {REST: told(1)}}
    counts = [("BU01530000", "2026-01", 4), ("BU01640000", "2026-01", 0)]
    found = values(lay_out(by, *counts, source=a_source(grain="count")))
    assert [found[code] for code in ("BU01530000", "BU01530001", "BU01640000")] == [
        (4, None),
        (-1, NOT_KNOWN),
        (0, None),
    ]
    assert [found[code] for code in (A, B, REGION)] == [
        (-1, PART_MISSING),
        (0, None),
        (-1, PART_MISSING),
    ]
    assert values(lay_out(by, *counts))["BU01530001"] == (0, None)


def test_of_an_unknown_place_nobody_says_that_there_is_nothing() -> None:
    by = {text: {REST: told(1)} for text in ("2026-01", "2026-02")}
    drawn = [(area, text, 1) for area in ("BU01530000", "BU01530001") for text in by]
    seen = lay_out(by, *drawn, ("BU01539999", "2026-01", 5), source=a_source(grain="count"))
    assert [values(seen, column)[A] for column in (0, 1)] == [(7, None), (2, None)]


PARTS = pa.table(
    {
        "event_set": ["overlast"] * 3,
        "breakdown": ["leeftijd=jong", "leeftijd=oud", "leeftijd=jong"],
        "area": ["BU01530000", "BU01530000", "BU01530001"],
        "vintage": pa.array([2024] * 3, pa.int16()),
        "period": ["2026-01"] * 3,
        "count": [1, 2, 3],
    }
)


def test_what_is_not_named_is_added_as_not_known_for_every_part() -> None:
    unsaid = add_unsaid(PARTS, a_source(grain="count"), SHOWN).slice(3).to_pylist()
    found = {(row["area"], row["breakdown"], row["count"], row["vintage"]) for row in unsaid}
    assert found == {
        ("BU01530001", "leeftijd=oud", None, 2024),
        ("BU01640000", "leeftijd=oud", None, 2024),
        ("BU01640000", "leeftijd=jong", None, 2024),
    }
    assert len(unsaid) == 3
    assert add_unsaid(PARTS, a_source(), SHOWN) is PARTS


def test_a_part_without_a_name_is_asked_of_nobody() -> None:
    """One gemeente knows no age of some: that says nothing of the others."""
    rows = PARTS.set_column(1, "breakdown", pa.array(["leeftijd=onbekend", "total", "total"]))
    unsaid = add_unsaid(rows, a_source(grain="count"), SHOWN).slice(3).to_pylist()
    assert {(row["area"], row["breakdown"]) for row in unsaid} == {("BU01640000", "total")}


def test_a_total_with_a_part_not_named_is_not_known() -> None:
    rows = add_unsaid(PARTS, a_source(grain="count"), SHOWN)
    share = pa.array(np.zeros(rows.num_rows))
    added = add_margins(
        without_keys(rows.drop_columns("vintage").append_column("estimated_share", share))
    )
    found = {(r["event_set"], r["area"]): r["count"] for r in added.to_pylist()}
    assert found["overlast", "BU01530000"] == 3
    assert found["overlast", "BU01530001"] is None
    assert found["overlast:leeftijd=jong", "BU01530001"] == 3
    assert found["overlast:leeftijd=oud", "BU01530001"] is None


def test_two_breakdowns_with_an_equal_part_are_not_added_together() -> None:
    rows = pa.table(
        {
            "event_set": ["overlast"] * 2,
            "breakdown": ["leeftijd=onbekend;plaats=tuin", "leeftijd=jong;plaats=onbekend"],
            "area": ["BU01530000"] * 2,
            "period": ["2026-01"] * 2,
            "count": [5, 2],
            "estimated_share": [0.0, 0.0],
        }
    )
    found = {row["event_set"]: row["count"] for row in add_margins(without_keys(rows)).to_pylist()}
    assert found == {
        "overlast": 7,
        "overlast:leeftijd=onbekend": 5,
        "overlast:plaats=tuin": 5,
        "overlast:leeftijd=jong": 2,
        "overlast:plaats=onbekend": 2,
    }
