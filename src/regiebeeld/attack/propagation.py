"""Integer bound propagation: what follows from the statements by plain arithmetic, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.statements import UNLIMITED, Ints, Statements, number_sets
from regiebeeld.attack.tightening import tighten_members

MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Relation:
    """A published total and published parts that make it up: statement numbers."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Relations:
    """Many relations as arrays: `parts[starts[i]:starts[i + 1]]` make up `totals[i]`."""

    totals: Ints
    starts: Ints
    parts: Ints

    def __len__(self) -> int:
        return len(self.totals)

    def __iter__(self) -> Iterator[Relation]:
        for i, total in enumerate(self.totals.tolist()):
            yield Relation(total, tuple(self.parts[self.starts[i] : self.starts[i + 1]].tolist()))


NO_RELATIONS = Relations(np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Derived:
    """The bounds that follow, per statement; `impossible` when no table fits at all."""

    lower: Ints
    upper: Ints
    impossible: bool


def propagate(statements: Statements, relations: Relations = NO_RELATIONS) -> Derived:
    """Derive bounds of every statement, from its unknowns and from totals and their parts.

    Each round tightens every unknown by every statement that holds it, and every total and part
    by the others, until nothing changes. What it finds is true of every table that fits; it does
    not find everything.
    """
    unknown = (
        np.zeros(statements.unknowns, np.int64),
        np.full(statements.unknowns, UNLIMITED, np.int64),
    )
    lower, upper = statements.lower.copy(), np.minimum(statements.upper, UNLIMITED)
    system = _System(statements, relations)
    for _ in range(MOST_ROUNDS):
        before = (int(lower.sum()), int(upper.sum()), *(int(u.sum()) for u in unknown))
        lower, upper = system.tighten_totals(*system.tighten_equal(lower, upper))
        unknown = system.tighten_unknowns(unknown, lower, upper)
        lower, upper = system.tighten_sums(unknown, lower, upper)
        if (lower > upper).any() or (unknown[0] > unknown[1]).any():
            return Derived(lower, upper, impossible=True)
        if before == (int(lower.sum()), int(upper.sum()), *(int(u.sum()) for u in unknown)):
            break
    return Derived(lower, upper, impossible=False)


class _System:
    """The incidences in the orders that a round needs."""

    def __init__(self, statements: Statements, relations: Relations) -> None:
        self.statements = statements
        self.incidences = (statements.starts, statements.members)
        self.totals, self.parts = relations.totals, relations.parts
        self.part_starts = relations.starts
        self.sets = number_sets(statements)
        self.relation = np.repeat(np.arange(len(self.totals)), np.diff(self.part_starts))

    def tighten_equal(self, lower: Ints, upper: Ints) -> tuple[Ints, Ints]:
        low, high = np.zeros_like(lower), np.full_like(upper, UNLIMITED)
        np.maximum.at(low, self.sets, lower)
        np.minimum.at(high, self.sets, upper)
        return low[self.sets], high[self.sets]

    def tighten_unknowns(
        self, unknown: tuple[Ints, Ints], lower: Ints, upper: Ints
    ) -> tuple[Ints, Ints]:
        fresh = unknown[0].copy(), unknown[1].copy()
        tighten_members(self.incidences, lower, upper, unknown, fresh)
        return fresh

    def tighten_sums(
        self, unknown: tuple[Ints, Ints], lower: Ints, upper: Ints
    ) -> tuple[Ints, Ints]:
        return (
            np.maximum(lower, self.statements.sums(unknown[0])),
            np.minimum(upper, self.statements.sums(unknown[1])),
        )

    def tighten_totals(self, lower: Ints, upper: Ints) -> tuple[Ints, Ints]:
        if not len(self.totals):
            return lower, upper
        low, high = lower.copy(), upper.copy()
        part_low = np.add.reduceat(low[self.parts], self.part_starts[:-1])
        part_high = np.add.reduceat(high[self.parts], self.part_starts[:-1])
        np.maximum.at(low, self.totals, part_low)
        np.minimum.at(high, self.totals, part_high)
        room_up = (high[self.totals] - part_low)[self.relation] + low[self.parts]
        room_down = (low[self.totals] - part_high)[self.relation] + high[self.parts]
        new_low, new_high = low.copy(), high.copy()
        np.minimum.at(new_high, self.parts, room_up)
        np.maximum.at(new_low, self.parts, room_down)
        return new_low, new_high


def find_exact(derived: Derived, targets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the targets that follow exactly: lower and upper bound are the same."""
    exact: NDArray[np.int64] = targets[derived.lower[targets] == derived.upper[targets]]
    return exact
