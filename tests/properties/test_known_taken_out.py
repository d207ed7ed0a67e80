"""Taking out what facts tell changes nothing of what is left: against every table there is."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from regiebeeld.attack import UNLIMITED, Statements, make_statements
from regiebeeld.attack.statements import take_out_known

UNKNOWNS, HIGHEST = 4, 5
Case = tuple[Statements, NDArray[np.int64], NDArray[np.bool_]]


@st.composite
def told_cases(draw: st.DrawFn) -> Case:
    """Sets of four counts: some are facts with one number, some have a range, some none."""
    table = np.array(draw(st.lists(st.integers(0, HIGHEST), min_size=4, max_size=4)))
    subsets = st.sets(st.integers(0, UNKNOWNS - 1), min_size=1, max_size=UNKNOWNS)
    members = draw(st.lists(subsets, min_size=1, max_size=7))
    kinds = [draw(st.sampled_from(["fact", "range", "open"])) for _ in members]
    sums = [int(table[sorted(each)].sum()) for each in members]
    low = [n if k == "fact" else max(n - draw(st.integers(0, 4)), 0) if k == "range" else 0
           for n, k in zip(sums, kinds, strict=True)]  # fmt: skip
    high = [n if k == "fact" else n + draw(st.integers(0, 4)) if k == "range" else int(UNLIMITED)
            for n, k in zip(sums, kinds, strict=True)]  # fmt: skip
    sets = [np.array(sorted(each), np.int32) for each in members]
    made = make_statements(UNKNOWNS, sets, np.array(low), np.array(high))
    return made, table, np.array([kind == "fact" for kind in kinds])


def every_table(statements: Statements) -> set[tuple[int, ...]]:
    """Try every table up to a count that no case needs; the slow way."""
    tables = np.array(list(product(range(HIGHEST + 3), repeat=UNKNOWNS)))
    inside = np.zeros((len(statements), UNKNOWNS), np.int64)
    inside[statements.owner, statements.members] = 1
    sums = tables @ inside.T
    found = ((statements.lower <= sums) & (sums <= statements.upper)).all(axis=1)
    return set(map(tuple, tables[found].tolist()))


def fits(statements: Statements, table: NDArray[np.int64]) -> bool:
    sums = statements.sums(table)
    return bool((statements.lower <= sums).all() and (sums <= statements.upper).all())


@given(told_cases())
@settings(max_examples=80, deadline=None)
def test_the_same_tables_fit_what_is_left(case: Case) -> None:
    statements, table, facts = case
    left = take_out_known(statements, table, facts)
    assert len(left) == len(statements)
    assert left.unknowns == statements.unknowns
    known = sorted(set(statements.members.tolist()) - set(left.members.tolist()))
    free = [u for u in range(UNKNOWNS) if u not in known]
    before = every_table(statements)
    # What was taken out is the same in every table that fits ...
    assert {tuple(each[u] for u in known) for each in before} <= {tuple(table[known].tolist())}
    # ... and what is left has just the same tables.
    after = every_table(left)
    assert {tuple(each[u] for u in free) for each in before} == {
        tuple(each[u] for u in free) for each in after
    }
    assert fits(left, table)


@given(told_cases())
@settings(max_examples=80, deadline=None)
def test_what_is_no_fact_takes_nothing_out(case: Case) -> None:
    statements, table, facts = case
    assert take_out_known(statements, table, np.zeros_like(facts)) is statements


def test_facts_follow_from_facts() -> None:
    # 0 is told; then 0+1 tells 1; then the total, of which 0 is left, tells that 2 and 3 are 0.
    sets = [np.array(s, np.int32) for s in ([0], [0, 1], [0, 1, 2, 3], [1, 2])]
    bounds = np.array([2, 5, 5, 0]), np.array([2, 5, 5, 7])
    left = take_out_known(
        make_statements(4, sets, *bounds), np.array([2, 3, 0, 0]),
        np.array([True, True, True, False]),
    )  # fmt: skip
    assert left.members.tolist() == []
    assert left.upper.tolist() == [0, 0, 0, 4]
    assert left.lower.tolist() == [0, 0, 0, 0]
