"""Bounds by whole-number programming: against all tables, written out."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regiebeeld.attack import UNLIMITED, find_exact, make_statements, propagate
from regiebeeld.attack.bounding import bound_statement
from regiebeeld.attack.statements import Statements

UNKNOWNS, LARGEST = 4, 4
Told = list[tuple[frozenset[int], int, int]]


def make(told: Told) -> Statements:
    members = [np.array(sorted(inside), dtype=np.int32) for inside, _, _ in told]
    lower, upper = (np.array([row[k] for row in told], dtype=np.int64) for k in (1, 2))
    return make_statements(UNKNOWNS, members, lower, upper)


@st.composite
def systems(draw: st.DrawFn) -> tuple[Told, list[tuple[int, ...]]]:
    """Statements that a hidden table satisfies, one on all unknowns, and every table that fits."""
    truth = draw(st.tuples(*[st.integers(0, 2)] * UNKNOWNS))
    sets = draw(st.lists(st.frozensets(st.integers(0, UNKNOWNS - 1), min_size=1), max_size=5))
    told: Told = []
    for inside in [frozenset(range(UNKNOWNS)), *sets]:
        total = sum(truth[i] for i in inside)
        lower = max(total - draw(st.integers(0, 2)), 0)
        told.append((inside, lower, min(total + draw(st.integers(0, 2)), LARGEST * 2)))
    most = max(upper for _, _, upper in told)
    tables = [
        table
        for table in product(range(most + 1), repeat=UNKNOWNS)
        if all(low <= sum(table[i] for i in inside) <= up for inside, low, up in told)
    ]
    return told, tables


@settings(max_examples=80, deadline=None)
@given(systems(), st.integers(0, 4), st.integers(1, 3))
def test_bounds_are_those_of_all_tables(
    found: tuple[Told, list[tuple[int, ...]]], number: int, most: int
) -> None:
    told, tables = found
    target = number % len(told)
    sums = [sum(table[i] for i in told[target][0]) for table in tables]
    statements = make(told)
    # The statement on all unknowns brings every one of them near.
    assert bound_statement(statements, target) == (min(sums), max(sums))
    lower, upper = bound_statement(statements, target, most)
    assert lower <= min(sums)
    assert max(sums) <= upper


def test_what_propagation_does_not_see() -> None:
    """The parts but one are 3 and 6, the total at most 9: then it is 9."""
    told: Told = [(frozenset(range(4)), 1, 9), (frozenset({0, 1}), 3, 3), (frozenset({2}), 6, 6)]
    statements = make(told)
    assert list(find_exact(propagate(statements), np.array([0]))) == []
    assert bound_statement(statements, 0) == (9, 9)


@pytest.mark.parametrize("most", [1, 4])
def test_a_total_without_a_top_stays_open(most: int) -> None:
    statements = make([(frozenset({0, 1}), 2, int(UNLIMITED)), (frozenset({0}), 1, 3)])
    assert bound_statement(statements, 0, most) == (2, int(UNLIMITED))
