"""Keys of delivered events, the atoms they make up, and what is told of estimates."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from regiebeeld.disclosure import Secret
from regiebeeld.domain import Area, AreaLevel, read_period
from regiebeeld.pipeline.areas import Crosswalk, restate_counts
from regiebeeld.pipeline.areas.crosswalk import SHARE_UNITS, CrosswalkRow, Kind
from regiebeeld.pipeline.gate.nodes import hold_areas
from regiebeeld.pipeline.indicators import Cells
from regiebeeld.pipeline.run.estimates import Estimates, find_changed
from regiebeeld.pipeline.run.event_keys import (
    EventKeys,
    Frame,
    find_sets,
    list_event_sets,
    make_atoms,
    name_unplaced,
)

SECRET = Secret(b"a secret for tests, of some length")
OTHER = Secret(b"another secret that is long enough.")
KEYS = EventKeys(SECRET, "bron")
OLD, NEW = 2020, 2025
A, B, C = "BU99010001", "BU99010002", "BU99020001"
Row = tuple[str, int | None]


def rows(*told: Row, breakdown: str = "total", event_set: str = "x", period: str = "2020-01"):
    return pa.table(
        {
            "source": ["bron"] * len(told),
            "event_set": [event_set] * len(told),
            "breakdown": [breakdown] * len(told),
            "area": [area for area, _ in told],
            "period": [period] * len(told),
            "count": pa.array([number for _, number in told], pa.int64()),
        }
    )


def keys_of(table: pa.Table, vintage: int = OLD, keys: EventKeys = KEYS) -> list[int]:
    return keys.add_keys(table, vintage)["event_key"].to_pylist()


def test_a_revised_count_keeps_the_keys_of_its_first_events() -> None:
    few, more = (KEYS.unit_keys(rows((A, number)), OLD)(0) for number in (5, 8))
    assert more[:5].tolist() == few.tolist()
    assert len(set(more.tolist())) == 8
    for number in (0, 1, 5, 8):
        (key,) = keys_of(rows((A, number)))
        assert key == sum(more[:number].tolist()) % (1 << 64)


def test_a_count_that_is_not_known_has_no_events() -> None:
    assert keys_of(rows((A, None), (B, 0))) == [0, 0]


def test_every_part_of_a_name_makes_other_events() -> None:
    (plain,) = keys_of(rows((A, 3)))
    others = [
        keys_of(rows((B, 3))),
        keys_of(rows((A, 3), breakdown="kind=a")),
        keys_of(rows((A, 3), event_set="y")),
        keys_of(rows((A, 3), period="2020-02")),
        keys_of(rows((A, 3)), NEW),
        keys_of(rows((A, 3)), keys=EventKeys(SECRET, "andere")),
        keys_of(rows((A, 3)), keys=EventKeys(OTHER, "bron")),
    ]  # fmt: skip
    assert len({plain, *(key for (key,) in others)}) == 8


def test_a_key_does_not_depend_on_the_rows_around_it() -> None:
    table = rows((A, 3), (B, 4), (C, 5))
    assert keys_of(table)[1:] == keys_of(table.slice(1))
    assert keys_of(table)[::-1] == keys_of(table.take([2, 1, 0]))


def crosswalk(*parts: tuple[str, str, float]) -> Crosswalk:
    """Parts of old areas in new ones; a part of 1 goes along whole."""
    found = tuple(
        CrosswalkRow(
            old, new, round(share * SHARE_UNITS), Kind.SAME if share == 1 else Kind.SPLIT,
            share, 1.0, "geheel" if share == 1 else "oppervlakte", None, None,
        )
        for old, new, share in parts
    )  # fmt: skip
    return Crosswalk(AreaLevel.BUURT, OLD, NEW, found, 0.01, (), {}, (), ())


def test_after_an_area_change_the_keys_add_up_to_the_same_sum() -> None:
    """Events that move take their keys along, so a whole that did not change reads the same."""
    table = rows((A, 40), (B, 25), (C, 3))
    change = crosswalk((A, A, 0.5), (A, B, 0.3), (A, C, 0.2), (B, B, 1), (C, C, 1))
    moved = restate_counts(
        KEYS.add_keys(table, OLD), change, key=b"a key of sixteen",
        unit_keys=KEYS.unit_keys(table, OLD),
    )  # fmt: skip
    found = {row["area"]: row for row in moved.to_pylist()}
    assert sum(row["count"] for row in found.values()) == 68
    before = sum(keys_of(table)) % (1 << 64)
    assert sum(row["event_key"] for row in found.values()) % (1 << 64) == before
    # And each part has the keys of just as many of its events.
    assert 0 < found[A]["count"] < 40
    units = KEYS.unit_keys(table, OLD)(0).tolist()
    assert found[A]["event_key"] != sum(units[: found[A]["count"]]) % (1 << 64)
    other = {row["area"]: row for row in restate_counts(
        KEYS.add_keys(table, OLD), crosswalk((A, A, 1), (B, B, 1), (C, C, 1)),
        key=b"a key of sixteen", unit_keys=KEYS.unit_keys(table, OLD)).to_pylist()}  # fmt: skip
    assert [other[code]["event_key"] for code in (A, B, C)] == keys_of(table)


# --- atoms ------------------------------------------------------------------------------------

DRAWN = frozenset({"REGIO", "GM9901", "GM9902", "WK990100", A, B, C})


def frame(*sets: str, periods: Sequence[str] = ("2020-01",)) -> Frame:
    return Frame(DRAWN, [A, B, C], list(periods), sets, NEW)


def test_atoms_hold_every_count_once_and_name_what_is_not_drawn() -> None:
    parts = [
        rows((A, 3), ("BU99019999", 2), ("BU12340000", 4), ("BU00000000", 1), breakdown="kind=a"),
        rows((A, 1), (B, None), breakdown="kind=b"),
        rows((A, 5), event_set="y"),
        rows((A, 6), breakdown="kind=a"),
    ]
    atoms = make_atoms(pa.concat_tables(parts), frame())
    assert atoms.counts.sum() == 3 + 2 + 4 + 1 + 1 + 5 + 6
    assert (atoms.vintage, atoms.sets) == (NEW, ("x/kind=a", "x/kind=b", "y/total"))
    assert C in atoms.areas
    at = {name: i for i, name in enumerate(atoms.areas)}
    assert atoms.counts[at[A], 0].tolist() == [9, 1, 5]
    assert atoms.counts[at[B], 0].tolist() == [0, 0, 0]
    # What is not drawn lies in its gemeente, in the region and in nothing smaller.
    (unknown,) = [name for name in at if name.endswith("BU99019999")]
    holds = hold_areas(("GM9901", "WK990199", "WK990100", "GM9902", "REGIO"), atoms.areas)
    assert [at[unknown] in held for held in holds] == [True, False, False, False, True]
    nowhere = [at[name] for name in at if name not in (A, B, C, unknown)]
    assert len(nowhere) == 2
    assert [len(set(nowhere) & set(held)) for held in holds] == [0, 0, 0, 0, 2]


def test_what_never_happened_is_counted_too_as_nothing() -> None:
    """Or a figure of 0 would be a sum of no atoms, and no gate could judge it."""
    known = frame("x", "x:kind=a", "x:kind=b", "y", periods=("2020-01", "2020-02"))
    atoms = make_atoms(rows((A, 3), breakdown="kind=a"), known)
    assert {period.id for period in atoms.periods} == {"2020-01", "2020-02"}
    assert atoms.areas == (A, B, C)
    assert atoms.counts.sum() == 3
    assert find_sets(atoms, ["x"]) == {"x/kind=a", "x/kind=b"}
    for name in ("x:kind=b", "y"):
        (empty,) = find_sets(atoms, [name])
        assert not atoms.counts[:, :, atoms.sets.index(empty)].any()


def test_a_place_in_no_gemeente_of_ours_is_nowhere() -> None:
    assert name_unplaced("BU99019999", {"9901"}) == "BU9901?BU99019999"
    assert name_unplaced("BU12340000", {"9901"}) == "BU0000?BU12340000"
    assert name_unplaced("", {"9901"}) == "0000?"
    assert len({name_unplaced(code, {"9901"}) for code in ("BU99019999", "BU99018888")}) == 2


@pytest.mark.parametrize(
    ("event_sets", "found"),
    [
        (["x"], {"x/a=1;b=1", "x/a=2;b=1"}),
        (["x:a=1"], {"x/a=1;b=1"}),
        (["x:b=1"], {"x/a=1;b=1", "x/a=2;b=1"}),
        (["x:a=1", "y"], {"x/a=1;b=1", "y/total"}),
        (["y:total"], set()),  # a total is no part
        (["xx", "x:a"], set()),
    ],
)
def test_event_sets_are_added_up_of_whole_atoms(event_sets: Sequence[str], found: set[str]) -> None:
    atoms = make_atoms(
        pa.concat_tables([
            rows((A, 1), breakdown="a=1;b=1"), rows((A, 1), breakdown="a=2;b=1"),
            rows((A, 1), event_set="y"), rows((A, 1), event_set="xy"),
        ]), frame(),
    )  # fmt: skip
    assert find_sets(atoms, event_sets) == found
    assert sorted(list_event_sets(atoms)) == ["x", "xy", "y"]


# --- what is told of estimates ----------------------------------------------------------------


def test_the_areas_that_a_divided_one_may_have_reached_are_marked() -> None:
    within = crosswalk((A, A, 0.5), (A, B, 0.5), (C, C, 1))  # in one wijk: no wijk changes
    assert find_changed(within) == {A, B}
    across = crosswalk((A, A, 0.5), (A, "BU99010101", 0.5), (B, B, 1), (C, C, 1))
    assert find_changed(across) == {A, "BU99010101", "WK990100", "WK990101"}
    border = crosswalk((A, A, 0.9), (A, C, 0.1), (B, B, 1))
    assert find_changed(border) == {A, C, "WK990100", "WK990200", "GM9901", "GM9902"}


def test_a_part_that_gets_nothing_and_an_area_that_moves_whole_are_not_marked() -> None:
    assert find_changed(crosswalk((A, B, 1), (B, B, 1))) == frozenset()
    assert find_changed(crosswalk((A, A, 0.5), (A, B, 0.5), (A, C, 0.0))) == {A, B}


AREAS = [Area(code, AreaLevel.BUURT, code, NEW) for code in (A, B, C)]


def cells_of(*periods: str, value: int) -> Cells:
    area, period = (index.ravel() for index in np.indices((len(AREAS), len(periods))))
    size = len(area)
    return Cells(
        tuple(map(read_period, periods)), area.astype(np.int32), period.astype(np.int32),
        np.full(size, value), np.zeros(size, np.uint8), np.full(size, -1, np.int16),
        np.full(size, 0.25, np.float32), np.zeros(size, np.bool_), np.zeros(size, np.uint64),
    )  # fmt: skip


def test_a_mark_follows_from_layouts_and_never_from_a_count() -> None:
    layouts = {read_period(f"{year}-{m:02d}"): year for year in (2020, 2021) for m in range(1, 13)}
    estimates = Estimates(layouts, {2020: frozenset({A, C}), 2021: frozenset()})
    names = ("2020", "2021", "2020-12", "2021-03/P12M", "2019")
    found = [estimates.mark(cells_of(*names, value=v), AREAS).reshape(3, 5) for v in (0, 1, 999)]
    assert (found[0] == found[1]).all()
    assert (found[0] == found[2]).all()
    moved = [True, False, True, True, False]
    assert found[0].tolist() == [moved, [False] * 5, moved]
    assert not Estimates({}, {}).mark(cells_of("2020", value=3), AREAS).any()
