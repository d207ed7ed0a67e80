"""The fast ways of the gate, each beside the obvious slow one."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from regiebeeld.attack.giving_back import MOST_TRIED, give_back
from regiebeeld.attack.ladder import Ladder
from regiebeeld.attack.statements import add_stretches, expand, make_statements, number_rows
from regiebeeld.attack.tables import (
    Axis,
    Published,
    find_differences,
    find_relations,
    make_table_statements,
)
from regiebeeld.domain import read_period
from regiebeeld.pipeline.gate.marks import add_up_nodes, chain_words, mark_parts
from regiebeeld.pipeline.gate.nodes import hold_areas, hold_periods, hold_sets

AREAS = Axis(4, [np.array(h, dtype=np.int64) for h in ([0], [1], [2, 3], [0, 1], [0, 1, 2, 3], [])],
             [(), (), (), ((0, 1),), ((2, 3), (0, 1, 2)), ()])  # fmt: skip
MONTHS = Axis(
    3, [np.array(h, dtype=np.int64) for h in ([0], [1], [2], [0, 1, 2])], [(), (), (), ((0, 1, 2),)]
)


def test_a_table_adds_up_to_nodes_as_a_loop_does() -> None:
    values = np.arange(12, dtype=np.int64).reshape(4, 3) ** 2
    found = add_up_nodes(values, (AREAS, MONTHS))
    for (a, area), (m, month) in product(enumerate(AREAS.holds), enumerate(MONTHS.holds)):
        assert found[a, m] == sum(values[i, j] for i in area for j in month)


def test_words_wrap_and_marks_differ_by_cell_and_by_count() -> None:
    words = np.full((4, 3), 2**63, dtype=np.uint64)
    assert add_up_nodes(words, (AREAS, MONTHS))[3, 0] == 0
    cells, counts = (index.ravel() for index in np.indices((50, 50)))
    marks = mark_parts(cells.astype(np.uint64), counts)
    assert len(np.unique(marks)) == 2500
    assert (marks == mark_parts(cells.astype(np.uint64), counts)).all()
    one, other = np.array([1], np.uint64), np.array([2], np.uint64)
    assert chain_words([one, other]) != chain_words([other, one])


def test_relations_and_differences_are_those_of_a_loop() -> None:
    generator = np.random.default_rng(5)
    every = np.array(list(product(range(5), range(4))))
    for _ in range(20):
        at = every[generator.random(len(every)) < 0.7]
        value = 5 * generator.integers(0, 3, len(at))
        published = Published((at[:, 0], at[:, 1]), np.maximum(value - 4, 0), value + 4)
        place = {tuple(key): row for row, key in enumerate(at.tolist())}
        relations = {(r.total, r.parts) for r in find_relations(published, (AREAS, MONTHS))}
        slow = set()
        for (area, month), total in place.items():
            ways = [[(n, month) for n in p] for p in AREAS.partitions[area]]
            ways += [[(area, n) for n in p] for p in MONTHS.partitions[month]]
            slow |= {
                (total, tuple(place[k] for k in way)) for way in ways if set(way) <= set(place)
            }
        assert relations == slow
        pairs = {tuple(pair) for pair in find_differences(published, (AREAS, MONTHS)).tolist()}
        assert pairs == _slow_differences(place, published)


def _slow_differences(
    place: dict[tuple[int, int], int], published: Published
) -> set[tuple[int, int]]:
    found = set()
    for (one, total), (other, part) in product(place.items(), repeat=2):
        outer = [set(axis.holds[n].tolist()) for axis, n in zip((AREAS, MONTHS), one, strict=True)]
        inner = [
            set(axis.holds[n].tolist()) for axis, n in zip((AREAS, MONTHS), other, strict=True)
        ]
        same = [a == b for a, b in zip(one, other, strict=True)]
        nested = sum(same) == 1 and all(
            s or i < o for s, i, o in zip(same, inner, outer, strict=True)
        )
        low, high = published.lower, published.upper
        differs = (low[total], high[total]) != (low[part], high[part])
        if nested and differs and low[total] <= high[part]:
            found.add((total, part))
    return found


def test_laying_out_in_pieces_is_laying_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = np.array(list(product(range(5), range(4))))
    zero = np.zeros(len(nodes), np.int64)
    published = Published((nodes[:, 0], nodes[:, 1]), zero, zero)
    whole = make_table_statements(published, (AREAS, MONTHS))
    monkeypatch.setattr("regiebeeld.attack.tables._PIECE", 3)
    pieces = make_table_statements(published, (AREAS, MONTHS))
    assert (whole.members == pieces.members).all()
    for row, (area, month) in enumerate(nodes):
        mine = whole.members[whole.starts[row] : whole.starts[row + 1]]
        assert sorted(mine) == [3 * i + j for i in AREAS.holds[area] for j in MONTHS.holds[month]]


def test_stretches_and_rows() -> None:
    assert expand(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
    values = np.array([1, 2, 3, 4], dtype=np.int64)
    assert add_stretches(values, np.array([0, 0, 2, 4, 4])).tolist() == [0, 3, 7, 0]
    heads, numbers = number_rows(np.array([2, 1, 2, 1]), np.array([0, 0, 0, 1]))
    assert numbers.tolist() == [1, 0, 1, 2]
    assert heads.tolist() == [1, 0, 3]


def test_places_periods_and_sets_by_name() -> None:
    atoms = ("BU99010101", "BU99010102", "BU99019999", "BU99020101")
    held = hold_areas(("GM9901", "WK990101", "BU99020101", "VR99", "GM9903"), atoms)
    assert [each.tolist() for each in held] == [[0, 1, 2], [0, 1], [3], [0, 1, 2, 3], []]
    weeks = tuple(read_period(name) for name in ("2024-W52", "2025-W01"))
    years = tuple(read_period(name) for name in ("2024", "2025"))
    # The Thursday of 2025-W01 is 2 January.
    assert [each.tolist() for each in hold_periods(years, weeks)] == [[0], [1]]
    assert [e.tolist() for e in hold_sets((frozenset("ab"),), ("a", "b", "c"))] == [[0, 1]]


def test_the_ladder_reaches_what_lies_beside_in_a_total_of_others() -> None:
    members = [np.array(each, np.int32) for each in ([0], [0, 1], [1], [2])]
    statements = make_statements(3, members, np.zeros(4, int), np.full(4, 9))
    ours = np.array([True, False, True, True])
    masked = np.array([True, False, False, False])
    added = Ladder(statements, ours).climb(np.array([0]), masked, 1)
    assert np.flatnonzero(added).tolist() == [2]


def test_what_lies_further_on_in_a_chain_can_be_withheld() -> None:
    """What meets the figure was told before; of the next in the chain one is ours."""
    chain = [np.array([i, i + 1], np.int32) for i in range(6)]
    statements = make_statements(7, chain, np.zeros(6, np.int64), np.full(6, 4, np.int64))
    ours, masked = np.arange(6) == 3, np.zeros(6, dtype=bool)

    added = Ladder(statements, ours).climb(np.array([0]), masked, 1)

    assert added.tolist() == ours.tolist()


class _Needs:
    """A figure is safe while one of some others is withheld; tells how often it was asked."""

    def __init__(self, needed: set[int]) -> None:
        self.needed, self.asked = needed, 0

    def find_failing(
        self, masked: NDArray[np.bool_], targets: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        self.asked += 1
        safe = bool(self.needed & set(np.flatnonzero(masked).tolist()))
        return targets[:0] if safe else targets[targets == 0]


@pytest.mark.parametrize("needed", [{17}, {3, 60}, {1}])
def test_what_was_withheld_for_nothing_is_shown_again(needed: set[int]) -> None:
    around = np.arange(100) > 0
    prover = _Needs(needed)

    fewer = give_back(prover, around.copy(), around, np.array([0]), np.arange(100))

    assert np.count_nonzero(fewer) == 1
    assert int(np.flatnonzero(fewer)[0]) in needed
    assert prover.asked <= MOST_TRIED + 1


def test_nothing_is_shown_again_when_the_whole_is_then_unsafe() -> None:
    class Whole(_Needs):
        def find_failing(
            self, masked: NDArray[np.bool_], targets: NDArray[np.int64]
        ) -> NDArray[np.int64]:
            return targets[-1:] if len(targets) == 100 else targets[:0]

    around = np.arange(100) > 0

    assert (give_back(Whole(set()), around, around, np.array([0]), np.arange(100)) == around).all()
