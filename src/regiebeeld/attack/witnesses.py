"""Finds for each published figure two tables that fit everything published and lie apart."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.searching import MOST_CHANGES, WIDTH, search_many
from regiebeeld.attack.solving import WIDTHS, Solved, solve_target
from regiebeeld.attack.statements import Ints, Statements

_THREADS = 2


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Two tables a target, as steps away from the true table.

    sizes: targets x 2, the number of steps (0: the true table itself), -1 when none was found;
    places: targets x 2 x steps, which unknown; changes: the same shape, by how much. Sensitive:
    they tell the true table, so they are checked and thrown away.
    """

    targets: Ints
    sizes: NDArray[np.int64]
    places: NDArray[np.int32]
    changes: NDArray[np.int32]

    @property
    def found(self) -> NDArray[np.bool_]:
        return np.asarray((self.sizes >= 0).all(axis=1))


def find_witnesses(
    statements: Statements, table: Ints, targets: Ints, *, tries: int = 1, seed: int = 1
) -> Witnesses:
    """Search witnesses for each target statement, from the true table outward.

    table: the true value of each unknown; it must fit all statements. That nothing is found
    proves nothing. Raises ValueError for a table that does not fit.
    """
    truth = (table, statements.sums(table))
    return search_witnesses(statements, truth, targets, tries=tries, seed=seed)


def search_witnesses(
    statements: Statements, truth: tuple[Ints, Ints], targets: Ints, *, tries: int, seed: int
) -> Witnesses:
    """Search as `find_witnesses` does; truth: the true table, and what each statement adds up to
    in it."""
    table, sums = truth
    if ((sums < statements.lower) | (sums > statements.upper)).any() or (table < 0).any():
        raise ValueError("the true table does not fit what is published")
    parts = np.array_split(targets, _THREADS if len(targets) > _THREADS else 1)

    def search(number: int) -> Witnesses:
        return _search(statements, (table, sums), parts[number], (tries, seed + number))

    with ThreadPoolExecutor(len(parts)) as pool:
        found = list(pool.map(search, range(len(parts))))
    return Witnesses(
        targets,
        np.concatenate([each.sizes for each in found]),
        np.concatenate([each.places for each in found]),
        np.concatenate([each.changes for each in found]),
    )


def _search(
    statements: Statements, truth: tuple[Ints, Ints], mine: Ints, plan: tuple[int, int]
) -> Witnesses:
    """Search for one part of the targets, on arrays of its own."""
    shape = (len(mine), 2, MOST_CHANGES + WIDTH)
    found = (
        np.full((len(mine), 2), -1, np.int64),
        np.zeros(shape, np.int32),
        np.zeros(shape, np.int32),
    )
    search_many(
        mine,
        (
            statements.starts,
            statements.members,
            *statements.by_unknown,
            statements.lower,
            statements.upper,
        ),
        _fresh_state(statements, *truth),
        _fresh_marks(statements.unknowns),
        found,
        plan,
    )
    return Witnesses(mine, *found)


def solve_witnesses(
    statements: Statements,
    truth: tuple[Ints, Ints],
    targets: Ints,
    widths: Sequence[int] = WIDTHS,
) -> Witnesses:
    """Search witnesses for each target with a solver: slow, and for the last few."""
    solved = [solve_target(statements, truth, int(target), widths) for target in targets]
    width = max((len(p) for each in solved if each for p in each.places), default=1)
    found = Witnesses(
        targets,
        np.full((len(targets), 2), -1, np.int64),
        np.zeros((len(targets), 2, width), np.int32),
        np.zeros((len(targets), 2, width), np.int32),
    )
    for i, each in enumerate(solved):
        if each is not None:
            _fill(found, i, each)
    return found


def _fill(found: Witnesses, i: int, solved: Solved) -> None:
    for side in range(2):
        size = len(solved.places[side])
        found.sizes[i, side] = size
        found.places[i, side, :size] = solved.places[side]
        found.changes[i, side, :size] = solved.changes[side]


def _fresh_state(statements: Statements, table: Ints, sums: Ints) -> tuple[Ints, ...]:
    size = len(statements)
    return (
        table.astype(np.int64),
        sums.copy(),
        np.full(size, -1, np.int64),
        np.zeros(size, np.int64),
        np.zeros(1, np.int64),
    )


def _fresh_marks(unknowns: int) -> tuple[Ints, Ints, Ints]:
    return np.zeros(unknowns, np.int64), np.zeros(unknowns, np.int64), np.zeros(2, np.int64)
