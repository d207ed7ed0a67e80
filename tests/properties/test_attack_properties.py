"""The attacker against brute force: every whole table of small cases is written out."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from regiebeeld.attack import (
    UNLIMITED,
    Statements,
    attack_figures,
    find_exact,
    find_small,
    judge,
    make_statements,
    mask,
    propagate,
)
from regiebeeld.attack.verifying import verify_witnesses
from regiebeeld.attack.witnesses import find_witnesses

Case = tuple[Statements, NDArray[np.int64]]
HIGHEST = 9


def every_table(statements: Statements) -> NDArray[np.int64]:
    """Write out every table of whole numbers of 0 or more that fits: the obvious slow way."""
    fits = []
    for table in product(range(HIGHEST + 1), repeat=statements.unknowns):
        for s in range(len(statements)):
            members = statements.members[statements.starts[s] : statements.starts[s + 1]]
            if not statements.lower[s] <= sum(table[u] for u in members) <= statements.upper[s]:
                break
        else:
            fits.append(table)
    return np.array(fits, dtype=np.int64).reshape(len(fits), statements.unknowns)


@st.composite
def small_cases(draw: st.DrawFn) -> Case:
    """A table of 2 x 2 with some margins, each figure rounded at random as the rules say."""
    table = np.array(draw(st.lists(st.integers(0, 5), min_size=4, max_size=4)))
    sets = [[0], [1], [2], [3], [0, 1], [2, 3], [0, 2], [1, 3], [0, 1, 2, 3]]
    chosen = draw(st.lists(st.sampled_from(sets), min_size=2, max_size=9, unique_by=tuple))
    # Every unknown stands in something, so that the tables can be written out.
    chosen += [[0, 1, 2, 3]] if [0, 1, 2, 3] not in chosen else []
    lower, upper = [], []
    for members in chosen:
        count = int(table[members].sum())
        value = count - count % 5 + (5 if count % 5 and draw(st.booleans()) else 0)
        lower.append(max(value - 4, 0))
        upper.append(value + 4)
    arrays = [np.array(members, dtype=np.int32) for members in chosen]
    return make_statements(4, arrays, np.array(lower), np.array(upper)), table


def spans(statements: Statements) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    tables = every_table(statements)
    sums = np.array([statements.sums(table) for table in tables])
    return sums.min(axis=0), sums.max(axis=0)


@given(small_cases())
@settings(max_examples=150, deadline=None)
def test_what_propagation_derives_is_true_of_every_table(case: Case) -> None:
    statements, table = case
    low, high = spans(statements)
    derived = propagate(statements)
    assert not derived.impossible
    assert (derived.lower <= low).all()
    assert (high <= derived.upper).all()
    assert (low <= statements.sums(table)).all()
    assert (statements.sums(table) <= high).all()


@given(small_cases(), st.integers(1, 1000))
@settings(max_examples=150, deadline=None)
def test_a_witness_is_only_found_where_two_tables_lie_apart(case: Case, seed: int) -> None:
    statements, table = case
    low, high = spans(statements)
    targets = np.arange(len(statements))
    found = find_witnesses(statements, table, targets, tries=20, seed=seed)
    proven = verify_witnesses(
        (statements.starts, statements.members, statements.lower, statements.upper),
        table,
        targets,
        (found.sizes, found.places, found.changes),
    )
    assert (proven == found.found).all()
    assert (high - low)[proven].min(initial=2) >= 2


@given(small_cases())
@settings(max_examples=150, deadline=None)
def test_after_the_gate_no_small_figure_is_told_within_one(case: Case) -> None:
    statements, table = case
    verdict = judge(statements, table, ours=np.ones(len(statements), dtype=bool))
    assert len(np.intersect1d(verdict.certified, verdict.failed)) == 0
    masked = np.zeros(len(statements), dtype=bool)
    masked[verdict.masked] = True
    after = mask(statements, masked)
    capped = Statements(4, after.starts, after.members, after.lower, np.minimum(after.upper, 20))
    tables = every_table(capped)
    sums = np.array([statements.sums(one) for one in tables])
    safe = np.setdiff1d(np.union1d(find_small(statements), verdict.masked), verdict.failed)
    assert (np.ptp(sums, axis=0)[safe] >= 2).all()
    assert verdict.clean or set(verdict.failed) <= set(np.flatnonzero(masked))


@given(small_cases())
@settings(max_examples=150, deadline=None)
def test_an_outsider_is_told_nothing_that_is_not_so(case: Case) -> None:
    statements, table = case
    low, high = spans(statements)
    targets = np.arange(len(statements))
    found = attack_figures(statements, table, targets)
    assert (found.lower <= low).all()
    assert (high <= found.upper).all()
    assert (low == high)[found.exact].all()
    assert ((high - low)[found.certified] >= found.width).all()
    assert (found.exact.astype(int) + found.certified + found.undecided == 1).all()


def test_ones_and_zeros_break_masking_that_says_at_least_one() -> None:
    # methods.md: row 1 is 0 1 7 1 0 with total 9; masked cells are "at least 1", which gives both.
    statements = make_statements(
        5,
        [np.array([u], dtype=np.int32) for u in range(5)] + [np.arange(5, dtype=np.int32)],
        np.array([0, 1, 7, 1, 0, 9]),
        np.array([0, UNLIMITED, 7, UNLIMITED, 0, 9]),
    )
    derived = propagate(statements)
    assert find_exact(derived, np.array([1, 3])).tolist() == [1, 3]
    assert derived.upper[[1, 3]].tolist() == [1, 1]
