"""Planted leaks: each channel by which published figures could give one away is caught."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from regiebeeld.attack import (
    UNLIMITED,
    Relation,
    Statements,
    find_exact,
    find_small,
    join_equal_unknowns,
    judge,
    make_statements,
    propagate,
)
from regiebeeld.attack.tables import (
    Axis,
    Published,
    add_differences,
    find_differences,
    find_relations,
    make_table_statements,
)
from regiebeeld.attack.verifying import verify_witnesses
from regiebeeld.attack.witnesses import find_witnesses

Figure = tuple[Sequence[int], int, int]  # the unknowns, and the lowest and highest it can be


def statements(unknowns: int, figures: Sequence[Figure]) -> Statements:
    return make_statements(
        unknowns,
        [np.array(members, dtype=np.int32) for members, _, _ in figures],
        np.array([lower for _, lower, _ in figures]),
        np.array([upper for _, _, upper in figures]),
    )


def verdict(figures: Sequence[Figure], table: Sequence[int], ours: Sequence[int] = ()) -> object:
    """Judge figures of which those in `ours` (all when empty) are protected figures of today."""
    mine = np.zeros(len(figures), dtype=bool)
    mine[list(ours) or slice(None)] = True
    return judge(statements(len(table), figures), np.array(table), ours=mine)


def caught(figures: Sequence[Figure], table: Sequence[int], at: int) -> bool:
    """Tell whether the gate withholds figure `at`, or stops the release because of it."""
    mine = np.ones(len(figures), dtype=bool)
    found = judge(statements(len(table), figures), np.array(table), ours=mine)
    return at in found.masked or at in found.failed


LEAKS: dict[str, tuple[list[Figure], list[int], int]] = {
    # An exact total and exact other parts give the part that was rounded.
    "total minus parts": ([([0, 1], 12, 12), ([0], 1, 9), ([1], 9, 9)], [3, 9], 1),
    # Two layouts that overlap: {0, 1} told exactly and {0, 1, 2} as well.
    "two overlapping layouts": ([([0, 1], 6, 6), ([0, 1, 2], 8, 8), ([2], 0, 4)], [4, 2, 2], 2),
    # The old area less the new one is the piece that moved.
    "old minus new area": ([([0, 1], 20, 20), ([0], 18, 18), ([1], 0, 4)], [18, 2], 2),
    # Fresh rounding of the same events in a later release: 5 and then 0 leave 1 to 4, three
    # more draws with other bases leave one.
    "the same cell later": ([([0], 1, 9), ([0], 0, 4), ([0], 3, 7), ([0], 0, 3)], [3], 0),
    "month versus year": ([([0, 1], 7, 7), ([1], 5, 5), ([0], 0, 4)], [2, 5], 2),
    # A rate per 1,000 of 2,000 homes with one decimal is the count itself.
    "rate times denominator": ([([0], 0, 4), ([0], 3, 3)], [3], 0),
    # "Higher than 3" said of a cell that reads 0 to 4.
    "a verdict": ([([0], 0, 4), ([0], 4, UNLIMITED)], [4], 0),
    # An axis that ends at the true maximum.
    "an axis maximum": ([([0], 1, 9), ([0], 8, UNLIMITED)], [9], 0),
    # Sorted by the true count, beside cells that are told exactly.
    "a sort order": ([([0], 0, 4), ([1], 3, 3), ([0, 1], 6, 7)], [3, 3], 0),
    # Two gemeenten that each hold their own half of a wijk exactly.
    "the union of two files": ([([0, 1, 2], 9, 9), ([0], 4, 4), ([1], 3, 3), ([2], 0, 4)],
                               [4, 3, 2], 3),
    "an owner's exact file": ([([0, 1], 5, 5), ([0], 4, 4), ([1], 0, 4)], [4, 1], 2),
    # A breakdown that is new, with parts that are exact.
    "a new breakdown": ([([0, 1], 0, 4), ([0], 1, 1), ([1], 2, 2)], [1, 2], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_caught(name: str) -> None:
    figures, table, at = LEAKS[name]
    assert caught(figures, table, at), name


@pytest.mark.parametrize("name", LEAKS)
def test_the_same_figures_all_rounded_pass(name: str) -> None:
    figures, table, at = LEAKS[name]
    rounded = []
    for members, _, _ in figures:
        count = sum(table[u] for u in members)
        value = 5 * round(count / 5)
        rounded.append((members, max(value - 4, 0), value + 4))
    kept: dict[tuple[int, ...], Figure] = {tuple(f[0]): f for f in rounded}
    found = judge(
        statements(len(table), list(kept.values())),
        np.array(table),
        ours=np.ones(len(kept), dtype=bool),
    )
    assert found.clean
    assert len(found.masked) == 0, name
    assert at is not None


def test_what_others_told_exactly_is_not_ours_to_keep() -> None:
    # A public table says that nothing happened in 0 and one thing in 1; our split says no more.
    figures: list[Figure] = [([0, 1], 0, 0), ([2, 3], 30, 30), ([0], 0, 4), ([2], 6, 14)]
    found = judge(
        statements(4, figures),
        np.array([0, 0, 11, 19]),
        ours=np.array([False, False, True, True]),
    )
    assert found.known.tolist() == [2]
    assert found.clean


def test_an_earlier_figure_cannot_be_taken_back() -> None:
    # It was published already that 0 is 2; today's exact total would give 1 away.
    figures: list[Figure] = [([0], 2, 2), ([1], 0, 4), ([0, 1], 5, 5)]
    ours = np.array([False, False, True])
    found = judge(statements(2, figures), np.array([2, 3]), ours=ours)
    assert found.masked.tolist() == [2]
    assert found.clean
    # Had a total of 4 to 5 been published before, nothing could be withheld any more.
    figures[2] = ([0, 1], 4, 5)
    stuck = judge(statements(2, figures), np.array([2, 3]), ours=np.zeros(3, dtype=bool))
    assert not stuck.clean
    assert 1 in stuck.failed


def test_two_names_for_one_set_are_withheld_together() -> None:
    # A wijk of one buurt, and a fact that leaves it no room: it is 0 or 1.
    figures: list[Figure] = [([0], 0, 4), ([0], 0, 4), ([0, 1], 1, 1)]
    ours = np.array([True, True, False])
    found = judge(statements(2, figures), np.array([1, 0]), ours=ours)
    assert found.known.tolist() == [0, 1, 2]
    assert found.masked.tolist() == [0, 1]


def test_what_others_told_exactly_may_be_shown() -> None:
    figures: list[Figure] = [([0], 0, 4), ([0, 1], 12, 12), ([1], 10, 10)]
    ours = np.array([True, False, False])
    found = judge(statements(2, figures), np.array([2, 10]), ours=ours)
    assert found.known.tolist() == [0]
    assert found.clean
    assert not len(found.masked)
    assert not len(found.tested)


def test_a_total_that_differs_from_its_part_says_that_something_lies_outside() -> None:
    axis = Axis(2, [np.array([0]), np.array([1]), np.array([0, 1])], [(), (), ((0, 1),)])
    published = Published((np.array([0, 1, 2]),), np.array([0, 0, 1]), np.array([4, 4, 9]))
    plain = make_table_statements(published, [axis])
    relations = find_relations(published, [axis])
    assert list(relations) == [Relation(2, (0, 1))]
    full = add_differences(plain, find_differences(published, [axis]))
    derived = propagate(full, relations)
    # 5 is not 0, so neither part is the total: each of them is at least 1.
    assert derived.lower.tolist()[:3] == [1, 1, 2]
    assert propagate(plain, relations).lower.tolist() == [0, 0, 1]


def test_a_difference_says_nothing_when_one_of_the_two_is_withheld() -> None:
    axis = Axis(2, [np.array([0]), np.array([1]), np.array([0, 1])], [(), (), ((0, 1),)])
    published = Published((np.array([0, 1, 2]),), np.array([0, 0, 1]), np.array([4, 4, 9]))
    full = add_differences(
        make_table_statements(published, [axis]), find_differences(published, [axis])
    )
    found = judge(full, np.array([1, 1]), ours=np.arange(len(full)) < 3)
    assert found.clean
    assert set(found.tested) == {0, 1, 2}


def test_unknowns_that_nobody_can_tell_apart_are_one() -> None:
    joined, places = join_equal_unknowns(
        statements(5, [([0, 1], 0, 4), ([0, 1, 2], 0, 9), ([2], 0, 9)])
    )
    assert joined.unknowns == 2
    assert places[0] == places[1] != places[2]
    assert places[3] == places[4] == -1
    assert joined.sums(np.array([3, 4])).tolist() in ([3, 7, 4], [4, 7, 3])


def test_a_witness_that_does_not_fit_is_not_believed() -> None:
    one = statements(2, [([0], 0, 4), ([0, 1], 1, 9)])
    table = np.array([1, 2])
    targets = np.array([0])
    good = find_witnesses(one, table, targets)
    flat = (one.starts, one.members, one.lower, one.upper)

    def believed(sizes: NDArray, places: NDArray, changes: NDArray) -> bool:
        return bool(verify_witnesses(flat, table, targets, (sizes, places, changes))[0])

    assert believed(good.sizes, good.places, good.changes)
    steps = good.places.shape[2]
    places = np.zeros((1, 2, steps), np.int32)
    up, down = np.ones((1, 2, steps), np.int8), -np.ones((1, 2, steps), np.int8)
    assert not believed(np.array([[4, 0]]), places, up)  # 5 is above its bound
    assert not believed(np.array([[0, 2]]), places, down)  # below zero
    assert not believed(np.array([[1, 0]]), places, up)  # only 1 apart
    assert not believed(np.array([[-1, 2]]), places, up)  # one of the two was never found
    assert believed(np.array([[0, 2]]), places, up)


def test_a_table_that_does_not_fit_is_a_fault() -> None:
    one = statements(1, [([0], 0, 4)])
    with pytest.raises(ValueError, match="does not fit"):
        judge(one, np.array([7]), ours=np.array([True]))


def test_figures_that_contradict_each_other_are_told() -> None:
    assert propagate(statements(1, [([0], 0, 2), ([0], 4, 5)])).impossible


def test_only_figures_that_can_be_small_are_tested() -> None:
    figures: list[Figure] = [([0], 0, 4), ([0], 1, 9), ([0], 6, 14), ([0], 0, 0), ([0], 5, 5)]
    assert find_small(statements(1, figures)).tolist() == [0, 1]


def test_sets_that_overlap_are_found_on_three_axes() -> None:
    two = Axis(2, [np.array([0]), np.array([1]), np.array([0, 1])], [(), (), ((0, 1),)])
    nodes = np.array([n.ravel() for n in np.indices((3, 3, 3))])
    size = nodes.shape[1]
    published = Published(tuple(nodes), np.zeros(size, int), np.full(size, 9))
    found = make_table_statements(published, [two, two, two])
    table = np.arange(8).reshape(2, 2, 2)
    for row, (a, b, c) in enumerate(nodes.T):
        part = table[np.ix_(two.holds[a], two.holds[b], two.holds[c])]
        assert found.sums(table.ravel())[row] == part.sum()
    # 27 cells: a total on one axis for each of 3 x 3 places on the two others.
    assert len(find_relations(published, [two, two, two])) == 3 * 9


def test_exact_is_only_said_of_what_follows() -> None:
    one = statements(2, [([0], 0, 4), ([1], 0, 4), ([0, 1], 8, 8)])
    assert find_exact(propagate(one), np.array([0, 1, 2])).tolist() == [0, 1, 2]


def test_with_more_masked_than_may_be_nothing_more_is_tried() -> None:
    # Withholding 0 is not enough: the total less 1 still gives it.
    figures: list[Figure] = [([0], 0, 4), ([1], 9, 9), ([0, 1], 10, 10)]
    ours, table = np.ones(3, dtype=bool), np.array([1, 9])
    full = judge(statements(2, figures), table, ours=ours)
    assert full.clean
    assert len(full.masked) > 1
    few = judge(statements(2, figures), table, ours=ours, most_masked=0)
    assert few.failed.tolist() == [0]
    assert few.masked.tolist() == [0]


def test_what_is_withheld_stays_so_and_is_proven_again() -> None:
    figures: list[Figure] = [([0], 0, 4), ([1], 6, 14)]
    kept = np.array([True, False])
    found = judge(statements(2, figures), np.array([2, 9]), ours=~np.zeros(2, bool), withheld=kept)
    assert found.masked.tolist() == [0]
    assert found.certified.tolist() == [0]
    assert judge(statements(2, figures), np.array([2, 9]), ours=kept).masked.tolist() == []
