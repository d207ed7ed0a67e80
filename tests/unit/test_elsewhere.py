"""What others tell about the same events: kept where they count alike, and only then."""

from collections.abc import Sequence

import numpy as np
import pytest

from lib.told_cases import Said, count, say
from regiebeeld.domain import Area, AreaLevel, PeriodKind, read_period
from regiebeeld.pipeline.gate.elsewhere import (
    Elsewhere,
    Outside,
    Shared,
    keep_fitting,
    tell_of_others,
    tell_of_public,
)
from regiebeeld.pipeline.gate.protecting import ReleasedCells
from regiebeeld.pipeline.gate.told import Figures
from regiebeeld.pipeline.gate.usefulness import is_useful, list_grains
from regiebeeld.pipeline.indicators import Cells

A, B, C = "BU99010101", "BU99010102", "BU99020101"
ONE, OTHER, REGION = "GM9901", "GM9902", "VR99"
JAN, FEB, NEXT, YEAR = "2024-01", "2024-02", "2025-01", "2024"
ATOMS = count(
    {(A, JAN, "x"): 3, (A, FEB, "x"): 2, (A, NEXT, "x"): 4, (B, JAN, "x"): 0, (C, JAN, "x"): 7,
     (A, JAN, "y"): 1}
)  # fmt: skip


def names(figures: Figures) -> set[tuple[str, str]]:
    return {
        (figures.areas[figures.area[row]], figures.periods[figures.period[row]].id)
        for row in range(len(figures))
    }


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        # Counted alike everywhere: all of it tells about ours.
        ([(ONE, JAN, "x", 3, 3), (ONE, FEB, "x", 2, 2)], {(ONE, JAN), (ONE, FEB)}),
        # One month differs: that year of that gemeente is counted otherwise.
        ([(ONE, JAN, "x", 4, 4), (ONE, FEB, "x", 2, 2)], set()),
        ([(ONE, JAN, "x", 4, 4), (ONE, YEAR, "x", 5, 5)], set()),
        # Another year, and another gemeente, are judged for themselves.
        ([(ONE, JAN, "x", 4, 4), (ONE, NEXT, "x", 4, 4)], {(ONE, NEXT)}),
        ([(ONE, JAN, "x", 4, 4), (OTHER, JAN, "x", 7, 7)], {(OTHER, JAN)}),
        # A whole of which a part differs is equal by chance.
        ([(ONE, JAN, "x", 4, 4), (REGION, JAN, "x", 10, 10), (REGION, NEXT, "x", 4, 4)],
         {(REGION, NEXT)}),
        # A range fits when it holds our number, at its ends too.
        ([(ONE, JAN, "x", 3, 9), (OTHER, JAN, "x", 0, 7)], {(ONE, JAN), (OTHER, JAN)}),
        ([(ONE, JAN, "x", 4, 9)], set()),
        # Of a place, a time or a kind that we do not count there is nothing to say.
        ([("GM9903", JAN, "x", 0, 0), (ONE, "2019", "x", 0, 0), (ONE, JAN, "z", 0, 0)], set()),
    ],
)  # fmt: skip
def test_figures_are_kept_where_all_of_them_fit(
    said: Sequence[Said], kept: set[tuple[str, str]]
) -> None:
    assert names(keep_fitting(ATOMS, say(said))) == kept


def test_another_kind_is_judged_for_itself() -> None:
    told = keep_fitting(ATOMS, say([(ONE, JAN, "x", 4, 4), (ONE, JAN, "y", 1, 1)]))
    assert [told.sets[kind] for kind in told.kind] == [frozenset({"y"})]


def test_a_public_table_is_cut_no_finer_than_what_we_ever_told() -> None:
    table = Outside(
        "Open tabel",
        say([(A, JAN, "x", 3, 3), (ONE, JAN, "x", 3, 3), (ONE, FEB, "x", 2, 2),
             (ONE, YEAR, "x", 5, 5), (REGION, YEAR, "x", 12, 12)]),
    )  # fmt: skip
    ours = say([(ONE, YEAR, "x", 1, 9)])
    (told,) = tell_of_public([table], ATOMS, [ours])
    assert names(told.figures) == {(ONE, YEAR), (REGION, YEAR)}
    # Once months were told, the table's months tell something; and so with buurten.
    (told,) = tell_of_public([table], ATOMS, [ours, say([(ONE, JAN, "x", 0, 4)])])
    assert names(told.figures) == {(ONE, JAN), (ONE, FEB), (ONE, YEAR), (REGION, YEAR)}
    (told,) = tell_of_public([table], ATOMS, [ours, say([(B, JAN, "x", 0, 4)])])
    assert len(told.figures) == 5
    assert told.atoms is ATOMS


@pytest.mark.parametrize(
    ("ours", "kept"),
    [
        ("2024-H1", {"2024-H1", "2024"}),
        ("2024-Q1", {"2024-Q1", "2024-H1", "2024"}),
        ("2024-03/P12M", {"2024-Q1", "2024-H1", "2024"}),  # its ends are ends of quarters
        ("2024-02/P12M", {"2024-01", "2024-Q1", "2024-H1", "2024"}),
        ("2024-W05", {"2024-01", "2024-Q1", "2024-H1", "2024"}),
    ],
)
def test_a_public_period_is_left_out_only_when_ours_hold_it_whole_or_not_at_all(
    ours: str, kept: set[str]
) -> None:
    atoms = count({(A, f"{year}-{m:02d}", "x"): 1 for year in (2023, 2024) for m in range(1, 13)})
    public = say(
        [(ONE, "2024-01", "x", 1, 1), (ONE, "2024-Q1", "x", 3, 3), (ONE, "2024-H1", "x", 6, 6),
         (ONE, "2024", "x", 12, 12)]
    )  # fmt: skip
    (told,) = tell_of_public([Outside("t", public)], atoms, [say([(ONE, ours, "x", 0, 99)])])
    assert {period for _, period in names(told.figures)} == kept


def test_a_public_table_that_counts_otherwise_tells_nothing() -> None:
    table = Outside("Open tabel", say([(ONE, YEAR, "x", 6, 6)]))
    assert tell_of_public([table], ATOMS, [say([(ONE, YEAR, "x", 1, 9)])]) == []


def test_another_source_tells_under_our_own_names() -> None:
    shared = Shared("mine", {"theirs": {frozenset({"u"}): frozenset({"x"})}, "gone": {}})
    drafted = {"theirs": say([(ONE, JAN, "u", 1, 9), (ONE, JAN, "v", 1, 9)])}
    (told,) = tell_of_others(shared, ATOMS, drafted)
    assert names(told.figures) == {(ONE, JAN)}
    assert told.figures.sets[told.figures.kind[0]] == frozenset({"x"})
    assert tell_of_others(None, ATOMS, drafted) == []
    # Where it cannot be ours, it tells nothing.
    assert tell_of_others(shared, ATOMS, {"theirs": say([(ONE, JAN, "u", 6, 14)])}) == []


def test_all_that_others_tell_is_told_together() -> None:
    public = {"mine": [Outside("Tabel", say([(ONE, YEAR, "x", 5, 5)]))] * 2}
    shared = {"mine": Shared("mine", {"theirs": {frozenset({"u"}): frozenset({"x"})}})}
    both = Elsewhere(public, shared)
    ours = [say([(ONE, YEAR, "x", 1, 9)])]
    told = both.tell("mine", ATOMS, ours, {"theirs": say([(ONE, YEAR, "u", 1, 9)])})
    assert [int(each.figures.lower[0]) for each in told] == [5, 5, 1]
    assert both.titles("mine") == ("Tabel",)
    assert both.tell("another", ATOMS, ours, {}) == []


# --- which levels are too fine ----------------------------------------------------------------

AREAS = [
    Area(REGION, AreaLevel.REGIO, "", 2024),
    *(Area(f"GM99{n:02d}", AreaLevel.GEMEENTE, "", 2024) for n in range(10)),
]


def released(values: dict[str, list[int]]) -> tuple[Cells, ReleasedCells]:
    """Cells of every area in each period, and what is released of them; -1 is no value."""
    periods = tuple(read_period(name) for name in values)
    area, period = (index.ravel() for index in np.indices((len(AREAS), len(periods))))
    value = np.array(list(values.values())).T.ravel()
    size = len(value)
    cells = Cells(
        periods, area.astype(np.int32), period.astype(np.int32), np.full(size, 77),
        np.zeros(size, np.uint8), np.full(size, -1, np.int16), np.zeros(size, np.float32),
        np.zeros(size, np.bool_), np.zeros(size, np.uint64),
    )  # fmt: skip
    return cells, ReleasedCells(value, value, value, cells.status)


def test_a_grain_is_judged_by_what_its_figures_read() -> None:
    low_year = [20, 0, 5, 10, 10, 10, 10, 10, 10, 10, 10]  # 2 of 10 gemeenten: just 20 %
    low_month = [5, 0, 5, 5, 10, 10, 10, 10, 10, 10, -1]  # 3 of 9 with a value
    cells, shown = released({"2024": low_year, "2024-01": low_month})
    grains = {(g.level, g.period): g for g in list_grains(cells, shown, AREAS)}
    assert {key: round(g.low, 3) for key, g in grains.items()} == {
        (AreaLevel.REGIO, PeriodKind.YEAR): 0.0,
        (AreaLevel.REGIO, PeriodKind.MONTH): 1.0,
        (AreaLevel.GEMEENTE, PeriodKind.YEAR): 0.2,
        (AreaLevel.GEMEENTE, PeriodKind.MONTH): 0.333,
    }
    assert [key for key, g in grains.items() if not is_useful(g)] == [
        (AreaLevel.REGIO, PeriodKind.MONTH), (AreaLevel.GEMEENTE, PeriodKind.MONTH),
    ]  # fmt: skip
    assert list(grains) == sorted(grains, key=lambda key: (key[0].depth, -key[1].days))
    rows = np.sort(np.concatenate([g.rows for g in grains.values()]))
    assert rows.tolist() == list(range(len(cells.value)))


def test_cells_without_a_value_are_no_reason_to_leave_a_level_out() -> None:
    cells, shown = released({"2024": [-1] * 11})
    assert all(is_useful(grain) for grain in list_grains(cells, shown, AREAS))
