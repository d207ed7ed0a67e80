"""The union of everything told, against the obvious slow version with named unknowns."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.slow_union import SlowUnion, Unknown, slow_union
from regiebeeld.attack import Statements, join_equal_unknowns
from regiebeeld.domain import read_period
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, Pieces
from regiebeeld.pipeline.gate.union import Union, find_told, make_union

MONTHS = tuple(read_period(f"2024-{m:02d}") for m in (1, 2, 3, 4))
PERIODS = tuple(read_period(name) for name in ("2024-Q1", "2024-01", "2024-02", "2024-03", "2024"))
SETS = ("voltooid", "poging")
KINDS = (frozenset(SETS), frozenset(SETS[:1]), frozenset(SETS[1:]))
OLD = ("BU00010101", "BU00010102", "BU00020101")
OLD_AREAS = ("VR01", "GM0001", "GM0002", *OLD)
# The second buurt falls apart: half of it goes to the other gemeente.
CUT = {
    2018: ("BU00010101", "BU00010102", "BU00010102", "BU00020101"),
    2025: ("BU00010101", "BU00010103", "BU00020103", "BU00020101"),
}
NEW = ("BU00010101", "BU00010103", "BU00020101", "BU00020103")
NEW_AREAS = ("VR01", "GM0001", "GM0002", *NEW)


def round_to_five(count: int, up: bool) -> tuple[int, int]:
    value = count - count % 5 + (5 if count % 5 and up else 0)
    return max(value - 4, 0), value + 4


@st.composite
def figures_of(draw: st.DrawFn, atoms: Atoms, areas: tuple[str, ...]) -> Figures:
    """Some figures of one moment, rounded up or down (told the same way only by chance)."""
    places = st.tuples(
        st.integers(0, len(areas) - 1),
        st.integers(0, len(PERIODS) - 1),
        st.integers(0, len(KINDS) - 1),
    )
    rows = draw(st.lists(places, min_size=1, max_size=8, unique=True))
    bounds = []
    for a, p, k in rows:
        inside = np.ix_(
            [areas[a][:2] == "VR" or atom[2:].startswith(areas[a][2:]) for atom in atoms.areas],
            [PERIODS[p].start <= m.start and m.end <= PERIODS[p].end for m in atoms.periods],
            [name in KINDS[k] for name in atoms.sets],
        )
        bounds.append(round_to_five(int(atoms.counts[inside].sum()), draw(st.booleans())))
    area, period, kind = (np.array(column) for column in zip(*rows, strict=True))
    lower, upper = (np.array(column) for column in zip(*bounds, strict=True))
    return Figures(areas, PERIODS, KINDS, area, period, kind, lower, upper)


def counts_of(draw: st.DrawFn, shape: tuple[int, int, int]) -> np.ndarray:
    size = int(np.prod(shape))
    return np.array(draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))).reshape(shape)


@st.composite
def histories(draw: st.DrawFn) -> list[Earlier]:
    """One to three moments in one layout; each has a month more and some counts revised."""
    counts = counts_of(draw, (len(OLD), 4, 2))
    moments = []
    for number in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, counts.size - 1))
        counts = counts.copy()
        counts.ravel()[at] = draw(st.integers(0, 3))
        size = min(2 + number, 4)
        atoms = Atoms(OLD, MONTHS[:size], SETS, counts[:, :size], 2018)
        moments.append(Earlier(atoms, only_complete(draw(figures_of(atoms, OLD_AREAS)), atoms)))
    return moments


def only_complete(figures: Figures, atoms: Atoms) -> Figures:
    """A period is told when all its months are there, as the indicators have it."""
    inside = [[m for m in MONTHS if p.start <= m.start and m.end <= p.end] for p in PERIODS]
    held = [set(months) <= set(atoms.periods) for months in inside]
    return figures.only(np.array(held)[figures.period])


@st.composite
def moved_histories(draw: st.DrawFn) -> tuple[list[Earlier], Pieces]:
    """An old moment in the old layout, perhaps one in the new, and today's in the new."""
    cut = counts_of(draw, (4, 4, 2))
    pieces = Pieces(CUT, MONTHS, SETS, cut)
    old = np.stack([cut[0], cut[1] + cut[2], cut[3]])
    new = np.stack([cut[0], cut[1], cut[3], cut[2]])
    if draw(st.booleans()):
        old[draw(st.integers(0, 2)), 0, 0] += 1
    before = Atoms(OLD, MONTHS, SETS, old, 2018)
    today = Atoms(NEW, MONTHS, SETS, new, 2025)
    moments = [Earlier(before, draw(figures_of(before, OLD_AREAS)))]
    if draw(st.booleans()):
        revised = new.copy()
        revised[draw(st.integers(0, 3)), 1, 1] += 1
        middle = Atoms(NEW, MONTHS, SETS, revised, 2025)
        moments.append(Earlier(middle, draw(figures_of(middle, NEW_AREAS))))
    moments.append(Earlier(today, draw(figures_of(today, NEW_AREAS))))
    return moments, pieces


def where_each_stands(statements: Statements, table: np.ndarray) -> Mapping[frozenset[int], int]:
    """Name each unknown by the statements that hold it; unknowns with one name are one."""
    found: Counter[frozenset[int]] = Counter()
    starts, holders = statements.by_unknown
    for unknown, count in enumerate(table):
        found[frozenset(holders[starts[unknown] : starts[unknown + 1]].tolist())] += int(count)
    return found


def where_each_stands_slowly(slow: SlowUnion) -> Mapping[frozenset[int], int]:
    holders: dict[Unknown, set[int]] = {unknown: set() for unknown in slow.counts}
    for number, said in enumerate(slow.said):
        for unknown in said.unknowns:
            holders[unknown].add(number)
    found: Counter[frozenset[int]] = Counter()
    for unknown, inside in holders.items():
        found[frozenset(inside)] += slow.counts[unknown]
    return found


def check_alike(union: Union, slow: SlowUnion) -> None:
    number = len(slow.said)
    told = union.statements
    assert told.lower[:number].tolist() == [said.lower for said in slow.said]
    assert told.upper[:number].tolist() == [said.upper for said in slow.said]
    assert union.ours[:number].tolist() == slow.ours
    assert not union.ours[number:].any()
    plain = Statements(
        told.unknowns,
        told.starts[: number + 1],
        told.members[: told.starts[number]],
        told.lower[:number],
        told.upper[:number],
    )
    fast, slowly = where_each_stands(plain, union.table), where_each_stands_slowly(slow)
    nowhere = frozenset[int]()
    assert {k: v for k, v in fast.items() if k} == {k: v for k, v in slowly.items() if k != nowhere}
    check_differences(union, slow, number)


def check_differences(union: Union, slow: SlowUnion, number: int) -> None:
    told = union.statements
    extra = range(number, len(told))
    pairs = [tuple(told.depends[s].tolist()) for s in extra] if told.depends is not None else []
    assert sorted(pairs) == sorted((t, p) for t, p, _ in slow.differences)
    outside = {(t, p): sum(slow.counts[u] for u in rest) for t, p, rest in slow.differences}
    sums = told.sums(union.table)
    for s, pair in zip(extra, pairs, strict=True):
        assert told.lower[s] == 1
        assert sums[s] == outside[pair]


@given(histories())
@settings(max_examples=300, deadline=None)
def test_the_union_is_that_of_the_slow_way(moments: list[Earlier]) -> None:
    *earlier, today = moments
    union = make_union(today.atoms, today.figures, earlier)
    check_alike(union, slow_union(today.atoms, today.figures, earlier))
    joined, _ = join_equal_unknowns(union.statements)
    assert joined.unknowns <= union.statements.unknowns
    told = find_told(today.atoms, today.figures, earlier)
    assert (told == ~union.ours[union.mine : union.mine + len(today.figures)]).all()


@given(moved_histories())
@settings(max_examples=300, deadline=None)
def test_over_two_layouts_the_union_is_that_of_the_slow_way(
    case: tuple[list[Earlier], Pieces],
) -> None:
    (*earlier, today), pieces = case
    union = make_union(today.atoms, today.figures, earlier, pieces)
    check_alike(union, slow_union(today.atoms, today.figures, earlier, pieces))
