"""The gate: tests every figure that could be small, masks what cannot be proven safe, or says no.

What is masked follows from which figures fail and from how sets lie in each other, never from a
true value; a masked figure must be proven safe as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.propagation import Derived, find_exact, propagate
from regiebeeld.attack.statements import UNLIMITED, Ints, Statements, number_sets
from regiebeeld.attack.verifying import WIDTH, verify_witnesses
from regiebeeld.attack.witnesses import Witnesses, find_witnesses, solve_witnesses

SMALL = 4  # a figure that can be 1 to 4 is tested
MOST_ROUNDS = 16
# A solver looks at what the search leaves open, where that is not too much for it.
MOST_SOLVED, MOST_UNKNOWNS = 50, 20_000
_TRIES = (1, 40)  # at first, and for what is left
_NONE: Ints = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate found; all arrays hold statement numbers.

    `certified`: proven that two tables at least 2 apart fit; `masked`: to be withheld, each of
    them certified too; `failed`: not proven with masking either, so nothing may be published;
    `known`: told within 1 by the facts that others published; `exact`: what plain arithmetic gave
    away before anything was masked.
    """

    tested: Ints
    certified: Ints
    masked: Ints
    failed: Ints
    known: Ints
    exact: Ints
    rounds: int

    @property
    def clean(self) -> bool:
        return not len(self.failed)


def find_small(statements: Statements) -> Ints:
    """Find the statements whose number can be 1 to 4 as far as they say themselves."""
    reaches = (statements.lower <= SMALL) & (statements.upper >= 1)
    found: Ints = np.flatnonzero(reaches)
    return found


def judge(
    statements: Statements, table: Ints, *, ours: NDArray[np.bool_], seed: int = 1
) -> Judgement:
    """Judge everything published about the same events at once.

    statements: published earlier, elsewhere and now, with facts that others publish; table: the
    true value of each unknown; ours: which statements are protected figures of a release of
    today, that can still be masked. Raises ValueError for a table that does not fit.
    """
    small = find_small(statements)
    small = small[_is_figure(statements)[small]]
    protected = _is_protected(statements, ours)
    known = _known_before(statements, ours, small)
    tested = np.setdiff1d(small[protected[small]], known)
    exact = find_exact(propagate(statements), tested)
    masked = np.zeros(len(statements), dtype=bool)
    masked[known] = ours[known]
    open_ = _fail(mask(statements, masked), table, tested, seed)
    rounds, ladder = 0, _Ladder(statements, ours)
    while len(open_) and rounds < MOST_ROUNDS:
        added = ladder.climb(open_, masked, rounds)
        if not added.any():
            break
        masked |= added
        rounds += 1
        again = np.setdiff1d(np.union1d(open_, np.flatnonzero(masked)), known)
        open_ = _fail(mask(statements, masked), table, again, seed + rounds)
    certified = np.setdiff1d(np.union1d(tested, np.flatnonzero(masked)), open_)
    return Judgement(
        tested=tested,
        certified=np.setdiff1d(certified, known),
        masked=np.flatnonzero(masked),
        failed=open_,
        known=known,
        exact=exact,
        rounds=rounds,
    )


def _is_figure(statements: Statements) -> NDArray[np.bool_]:
    """Tell figures from what follows from two of them."""
    if statements.depends is None:
        return np.ones(len(statements), dtype=bool)
    figure: NDArray[np.bool_] = statements.depends[:, 0] < 0
    return figure


def _is_protected(statements: Statements, ours: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Earlier figures of ours are tested too: those with a range; an exact fact is public."""
    ranged: NDArray[np.bool_] = ours | (statements.upper > statements.lower)
    return ranged


def _known_before(statements: Statements, ours: NDArray[np.bool_], small: Ints) -> Ints:
    """Find what the exact facts of others tell within 1: that is not ours to give away or keep."""
    if not (facts := ~_is_protected(statements, ours)).any():
        return _NONE
    derived: Derived = propagate(mask(statements, ~facts))
    known: Ints = small[derived.upper[small] - derived.lower[small] < WIDTH]
    return known


def mask(statements: Statements, masked: NDArray[np.bool_]) -> Statements:
    """Give the statements as they are when the masked ones say nothing but "0 or more"."""
    if statements.depends is not None:
        masked = masked | (masked[statements.depends] & (statements.depends >= 0)).any(axis=1)
    return Statements(
        statements.unknowns,
        statements.starts,
        statements.members,
        np.where(masked, 0, statements.lower),
        np.where(masked, UNLIMITED, statements.upper),
        statements.depends,
    )


def _fail(statements: Statements, table: Ints, targets: Ints, seed: int) -> Ints:
    """Give the targets without two witnesses that a second look confirms."""
    for tries in _TRIES:
        if not len(targets):
            return targets
        found = find_witnesses(statements, table, targets, tries=tries, seed=seed)
        proven = _verify(statements, table, found)
        targets = targets[~proven]
    if 0 < len(targets) <= MOST_SOLVED and statements.unknowns <= MOST_UNKNOWNS:
        targets = targets[~_verify(statements, table, solve_witnesses(statements, table, targets))]
    return targets


def _verify(statements: Statements, table: Ints, found: Witnesses) -> NDArray[np.bool_]:
    return verify_witnesses(
        (statements.starts, statements.members, statements.lower, statements.upper),
        table,
        found.targets,
        (found.sizes, found.places, found.changes),
    )


class _Ladder:
    """Which figures to mask next: what fails itself, then the sets around it, smallest first."""

    def __init__(self, statements: Statements, ours: NDArray[np.bool_]) -> None:
        self.statements, self.ours = statements, ours
        self.groups = number_sets(statements)

    def climb(self, failing: Ints, masked: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
        chosen = list(failing) if step == 0 else [*self._around(failing, masked)]
        if step == 0 and not (self.ours[failing] & ~masked[failing]).any():
            chosen = [*self._around(failing, masked)]
        added = np.isin(self.groups, self.groups[np.array(chosen, dtype=np.int64)])
        fresh: NDArray[np.bool_] = added & self.ours & ~masked
        return fresh

    def _around(self, failing: Ints, masked: NDArray[np.bool_]) -> Iterator[int]:
        for target in failing:
            for statement in self._holding(int(target)):
                if self.ours[statement] and not masked[statement]:
                    yield statement
                    break

    def _holding(self, target: int) -> list[int]:
        """Give the statements around a target: those that hold it, then that meet it."""
        starts, members = self.statements.starts, self.statements.members
        mine = members[starts[target] : starts[target + 1]]
        heads, holders = self.statements.by_unknown
        every = np.concatenate([holders[heads[u] : heads[u + 1]] for u in mine[:64]])
        found, times = np.unique(every, return_counts=True)
        whole = times == min(len(mine), 64)
        order = np.lexsort((found, self.statements.sizes[found], ~whole))
        return [int(s) for s in found[order] if s != target]
