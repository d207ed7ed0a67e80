"""The worked examples of the gate hold: counted out by hand, by trying every table, and judged."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from regiebeeld.attack import (
    UNLIMITED,
    Judgement,
    Statements,
    find_exact,
    find_small,
    join_equal_unknowns,
    judge,
    make_statements,
    mask,
    propagate,
)
from spec.worked_examples import Example, read_examples

EXAMPLES = read_examples("gate")
MOST = 14  # no count of the examples can be more
PROVEN, BIG, MASKED, KNOWN, REFUSED = (
    "bewezen", "niet getest", "afgeschermd", "al openbaar", "geweigerd",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One example as numbers: the last statements are those of this release."""

    names: tuple[str, ...]
    truth: NDArray[np.int64]
    sets: tuple[frozenset[str], ...]
    statements: Statements
    ours: NDArray[np.bool_]
    asked: int


def read_case(example: Example) -> Case:
    counts = dict(part.split("=") for part in example["echt"].split())
    names = tuple(counts)
    before, now = (read_told(example[column]) for column in ("weet ook", "deze versie"))
    told = [*before, *now]
    members = [np.array(sorted(map(names.index, one)), np.int32) for one, _, _ in told]
    bounds = [np.array([row[i] for row in told], np.int64) for i in (1, 2)]
    ours = np.arange(len(told)) >= len(before)
    sets = tuple(one for one, _, _ in told)
    return Case(
        names,
        np.array([int(count) for count in counts.values()], np.int64),
        sets,
        make_statements(len(names), members, *bounds),
        ours,
        len(before) + [one for one, _, _ in now].index(frozenset({example["gevraagd"]})),
    )


def read_told(text: str) -> list[tuple[frozenset[str], int, int]]:
    """Read `a 0–4; a+b 7; c –`: sums of names with what is told of each."""
    told = []
    for part in filter(None, text.split("; ")):
        names, words = part.split()
        low, _, high = words.partition("–")
        told.append(
            (
                frozenset(names.split("+")),
                int(low or 0),
                int(high) if high else int(low) if low else int(UNLIMITED),
            )
        )
    return told


def try_every_table(case: Case) -> set[int]:
    """Give every value that the figure asked for can have, by trying all tables there are."""
    held = case.statements
    found = set()
    asked = list(map(case.names.index, case.sets[case.asked]))
    free = [MOST if name_is_told(case, name) else 0 for name in case.names]
    for table in product(*(range(most + 1) for most in free)):
        sums = held.sums(np.array(table, np.int64))
        if (held.lower <= sums).all() and (sums <= held.upper).all():
            found.add(sum(table[i] for i in asked))
    return found


def name_is_told(case: Case, name: str) -> bool:
    return any(name in one for one in case.sets)


def judge_case(case: Case) -> Judgement:
    """Judge as the gate does: what nobody can tell apart is one unknown."""
    joined, places = join_equal_unknowns(case.statements)
    table = np.zeros(joined.unknowns, np.int64)
    np.add.at(table, places[places >= 0], case.truth[places >= 0])
    return judge(joined, table, ours=case.ours)


def name_judgement(case: Case, found: Judgement) -> str:
    if not found.clean:
        return REFUSED
    if case.asked in found.known:
        by_others = propagate(mask(case.statements, case.ours))
        told = by_others.lower[case.asked] == by_others.upper[case.asked]
        assert told != (case.asked in found.masked)  # nothing is left to keep, or it is kept
        return KNOWN
    if case.asked in found.masked:
        return MASKED
    return PROVEN if case.asked in found.certified else BIG


def named(example: Example) -> str:
    return example["situatie"].replace(" ", "_")


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_the_true_counts_fit_what_is_told(example: Example) -> None:
    case = read_case(example)
    sums = case.statements.sums(case.truth)
    assert (case.statements.lower <= sums).all()
    assert (sums <= case.statements.upper).all()


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_what_stays_possible(example: Example) -> None:
    """By trying every table; plain arithmetic never claims more, and finds these exact ones."""
    case = read_case(example)
    low, _, high = example["blijft over"].partition("–")
    wanted = set(range(int(low), int(high or low) + 1))
    assert try_every_table(case) == wanted
    derived = propagate(case.statements)
    assert derived.lower[case.asked] <= min(wanted)
    assert derived.upper[case.asked] >= max(wanted)
    if len(wanted) == 1:
        assert list(find_exact(derived, np.array([case.asked]))) == [case.asked]


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_the_judgement(example: Example) -> None:
    case = read_case(example)
    found = judge_case(case)
    assert name_judgement(case, found) == example["oordeel"]
    if example["oordeel"] == BIG:
        assert case.asked not in find_small(case.statements)


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_only_what_leaves_room_is_called_proven(example: Example) -> None:
    """Whatever the words in the table say: proven means that brute force finds two values apart."""
    values = try_every_table(read_case(example))
    room = max(values) - min(values)
    assert (room >= 2) == (example["oordeel"] in (PROVEN, BIG))


def test_every_judgement_has_an_example() -> None:
    assert {e["oordeel"] for e in EXAMPLES} == {PROVEN, BIG, MASKED, KNOWN, REFUSED}
    assert len(EXAMPLES) == len({e["situatie"] for e in EXAMPLES}) >= 12
