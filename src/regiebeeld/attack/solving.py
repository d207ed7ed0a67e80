"""Whole-number programming for the few figures that the local search leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from regiebeeld.attack.statements import UNLIMITED, Ints, Statements

# For one table; a search that is cut off proves nothing. Nodes come first, so that a slow machine
# finds the same.
MOST_NODES, SECONDS = 200, 60.0
# Unknowns that may change: the nearest first. Measured: what 400 leave open, 4,000 leave open too,
# at thirty times the cost.
WIDTHS = (100, 400)
_APART = 2


@dataclass(frozen=True, slots=True)
class Solved:
    """Changes that give two tables which lie apart: unknowns and by how much, one pair a table."""

    places: tuple[Ints, Ints]
    changes: tuple[Ints, Ints]


def solve_target(
    statements: Statements,
    truth: tuple[Ints, Ints],
    target: int,
    widths: Sequence[int] = WIDTHS,
) -> Solved | None:
    """Search two tables that fit and lie at least 2 apart in the target; None when not found.

    truth: the true table, and what each statement adds up to in it; it may be one of the two.
    Wider and wider surroundings may change; when the widest holds every unknown and no time-out
    was met, None means that there are none.
    """
    if not statements.sizes[target]:
        return None  # facts of others tell all of it: nothing is left to vary
    for most in widths:
        near = _surroundings(statements, target, most)
        up = _push(statements, truth, target, near, 1)
        down = None if _reach(up) >= _APART else _push(statements, truth, target, near, -1)
        if _reach(up) + _reach(down) >= _APART:
            return _pair(near, up, down)
        if len(near) < most:
            return None
    return None


def _surroundings(statements: Statements, target: int, most: int) -> Ints:
    """Give the unknowns nearest to a target: its own, then those of the smallest sets around."""
    starts, members = statements.starts, statements.members
    heads, holders = statements.by_unknown
    found = members[starts[target] : starts[target + 1]].astype(np.int64)
    done = np.zeros(len(statements), dtype=bool)
    while len(found) < most:
        touched = np.unique(np.concatenate([holders[heads[u] : heads[u + 1]] for u in found]))
        fresh = touched[~done[touched]]
        if not len(fresh):
            break
        before = len(found)
        for s in fresh[np.argsort(statements.sizes[fresh], kind="stable")]:
            done[s] = True
            found = np.union1d(found, members[starts[s] : starts[s + 1]])
            if len(found) >= most:
                break
        if len(found) == before and done[touched].all():
            break
    return found


def _push(
    statements: Statements,
    truth: tuple[Ints, Ints],
    target: int,
    near: Ints,
    sign: int,
) -> tuple[Ints, int] | None:
    """Move the target up or down by at most 2; give the changes and how far it came."""
    table, sums = truth
    heads, holders = statements.by_unknown
    rows = np.unique(np.concatenate([holders[heads[u] : heads[u + 1]] for u in near]))
    matrix = _matrix(statements, rows, near)
    own = np.asarray(matrix[[int(np.searchsorted(rows, target))]].toarray()).ravel()
    room_up = np.where(
        statements.upper[rows] >= UNLIMITED, np.inf, (statements.upper - sums)[rows].astype(float)
    )
    room_down = (statements.lower - sums)[rows].astype(float)
    at = int(np.searchsorted(rows, target))
    room_up[at], room_down[at] = min(room_up[at], _APART), max(room_down[at], -_APART)
    found = milp(
        -sign * own,
        constraints=LinearConstraint(matrix, room_down, room_up),
        integrality=np.ones(len(near)),
        bounds=Bounds(-table[near].astype(float), np.inf),
        options={"node_limit": MOST_NODES, "time_limit": SECONDS},
    )
    if found.x is None:
        return None
    changes = np.rint(found.x).astype(np.int64)
    return changes, int(abs(own @ changes))


def _matrix(statements: Statements, rows: Ints, near: Ints) -> csr_array:
    inside = np.full(statements.unknowns, -1, dtype=np.int64)
    inside[near] = np.arange(len(near))
    sizes = statements.sizes[rows]
    first = np.repeat(statements.starts[rows] - np.cumsum(sizes) + sizes, sizes)
    members = statements.members[first + np.arange(int(sizes.sum()))]
    owner = np.repeat(np.arange(len(rows)), sizes)
    kept = inside[members] >= 0
    shape = (len(rows), len(near))
    return csr_array((np.ones(kept.sum()), (owner[kept], inside[members[kept]])), shape=shape)


def _reach(found: tuple[Ints, int] | None) -> int:
    return found[1] if found else 0


def _pair(near: Ints, up: tuple[Ints, int] | None, down: tuple[Ints, int] | None) -> Solved:
    changes = [np.zeros(len(near), np.int64) if each is None else each[0] for each in (up, down)]
    used: list[NDArray[np.intp]] = [np.flatnonzero(each) for each in changes]
    return Solved((near[used[0]], near[used[1]]), (changes[0][used[0]], changes[1][used[1]]))
