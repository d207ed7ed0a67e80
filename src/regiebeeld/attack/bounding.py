"""The bounds of one statement that follow from those around it, by whole-number programming.

Slow, and for the few that propagation leaves wide and no witness certifies. Knows only what is
published.
"""

from math import ceil, floor

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from regiebeeld.attack.statements import UNLIMITED, Ints, Statements

MOST_UNKNOWNS = 4_000  # that may move: those of the target and of the smallest sets that meet it
_SECONDS = 20.0  # a search that is cut off still gives bounds, only wider ones
_NEARLY = 1e-6


def bound_statement(
    statements: Statements, target: int, most: int = MOST_UNKNOWNS
) -> tuple[int, int]:
    """Give bounds that hold in every table that fits; no table need fit closer ones.

    Of a statement that reaches outside what may move, only that it is no more than its upper
    bound is used: leaving out what is known makes bounds wider, never wrong.
    """
    near = _surroundings(statements, target, most)
    rows, matrix = _matrix(statements, near)
    whole = np.diff(matrix.indptr) == statements.sizes[rows]
    lower = np.where(whole, statements.lower[rows], 0).astype(float)
    upper = np.where(
        statements.upper[rows] >= UNLIMITED, np.inf, statements.upper[rows].astype(float)
    )
    own = np.isin(near, _members(statements, target)).astype(float)
    found = [int(statements.lower[target]), int(statements.upper[target])]
    for side, sign in enumerate((1, -1)):
        solved = milp(
            sign * own,
            constraints=LinearConstraint(matrix, lower, upper),
            integrality=np.ones(len(near)),
            bounds=Bounds(0, np.inf),
            options={"time_limit": _SECONDS},
        )
        bound = solved.mip_dual_bound
        if bound is None or not np.isfinite(bound):
            continue
        if side == 0:
            found[0] = max(found[0], ceil(bound - _NEARLY))
        else:
            found[1] = min(found[1], floor(-bound + _NEARLY))
    return found[0], found[1]


def _members(statements: Statements, target: int) -> Ints:
    starts = statements.starts
    return statements.members[starts[target] : starts[target + 1]].astype(np.int64)


def _surroundings(statements: Statements, target: int, most: int) -> Ints:
    found = _members(statements, target)
    heads, holders = statements.by_unknown
    every = [holders[heads[unknown] : heads[unknown + 1]] for unknown in found]
    meeting = np.unique(np.concatenate([*every, np.empty(0, np.int32)]))
    for other in meeting[np.argsort(statements.sizes[meeting], kind="stable")]:
        if len(found) + int(statements.sizes[other]) > most:
            break
        found = np.union1d(found, _members(statements, int(other)))
    return found


def _matrix(statements: Statements, near: Ints) -> tuple[Ints, csr_array]:
    """Give the statements that hold some of the unknowns, and which of those each holds."""
    place = np.full(statements.unknowns, -1, dtype=np.int64)
    place[near] = np.arange(len(near))
    column = place[statements.members]
    kept = column >= 0
    rows, row = np.unique(statements.owner[kept], return_inverse=True)
    shape = (len(rows), len(near))
    found = csr_array((np.ones(int(kept.sum())), (row, column[kept])), shape=shape)
    return rows.astype(np.int64), found
