"""Local search for another table that fits: change one sum, then mend what no longer fits.

Compiled kernels over plain arrays; `witnesses` calls them, `verifying` checks what they find.
"""

import numba
import numpy as np

WIDTH = 2  # two tables that fit must differ by this much in the statement that is tested
MOST_CHANGES = 48  # steps by 1 that a witness may take
MOST_CANDIDATES = 200  # unknowns looked at in one statement in one step
_REST = 3  # steps in which an unknown that was changed is left alone
_MANY = 1 << 30
_MARGIN = 8  # later statements may still win this much back

# given: (starts, members, holder_starts, holders, lower, upper)
# state: (table, sums, place in the list of broken statements or -1, that list, its length)
# marks: (stamp of the target an unknown lies in, step until which it rests, counters)


@numba.njit(cache=True, nogil=True)
def _misfit(value, lower, upper):
    return value - upper if value > upper else (lower - value if value < lower else 0)


@numba.njit(cache=True, nogil=True)
def _cost(unknown, change, given, sums, most):
    """Give how much worse all statements fit after a change; stop counting far beyond `most`."""
    _, _, holder_starts, holders, lower, upper = given
    cost = 0
    for k in range(holder_starts[unknown], holder_starts[unknown + 1]):
        s = holders[k]
        cost += _misfit(sums[s] + change, lower[s], upper[s]) - _misfit(sums[s], lower[s], upper[s])
        if cost > most + _MARGIN:
            return cost
    return cost


@numba.njit(cache=True, nogil=True)
def _apply(unknown, change, given, state):
    """Change one unknown; keep the sums and the list of broken statements up to date."""
    _, _, holder_starts, holders, lower, upper = given
    table, sums, place, broken, size = state
    table[unknown] += change
    for k in range(holder_starts[unknown], holder_starts[unknown + 1]):
        s = holders[k]
        sums[s] += change
        fits = lower[s] <= sums[s] <= upper[s]
        if not fits and place[s] < 0:
            place[s] = size[0]
            broken[size[0]] = s
            size[0] += 1
        elif fits and place[s] >= 0:
            size[0] -= 1
            last = broken[size[0]]
            broken[place[s]] = last
            place[last] = place[s]
            place[s] = -1


@numba.njit(cache=True, nogil=True)
def _choose(statement, change, given, state, marks):
    """Find the unknown of a statement whose change by 1 fits best; ties by lot, -1 when none."""
    starts, members = given[0], given[1]
    table, sums = state[0], state[1]
    inside, rest, counters = marks
    size = starts[statement + 1] - starts[statement]
    skip = np.random.randint(size) if size > MOST_CANDIDATES else 0
    best, lowest, ties = -1, _MANY, 0
    for i in range(min(size, MOST_CANDIDATES)):
        unknown = members[starts[statement] + (skip + i) % size]
        if change < 0 and table[unknown] == 0:
            continue
        if inside[unknown] == counters[0] or rest[unknown] > counters[1]:
            continue
        cost = _cost(unknown, change, given, sums, lowest)
        if cost < lowest:
            best, lowest, ties = unknown, cost, 1
        elif cost == lowest:
            ties += 1
            if np.random.randint(ties) == 0:
                best = unknown
    return best


@numba.njit(cache=True, nogil=True)
def _smallest_broken(given, state):
    starts, broken = given[0], state[3]
    best = broken[0]
    for i in range(1, state[4][0]):
        s = broken[i]
        if starts[s + 1] - starts[s] < starts[best + 1] - starts[best]:
            best = s
    return best


@numba.njit(cache=True, nogil=True)
def _walk(target, offset, given, state, marks, steps):
    """Change the target by `offset`, then mend; give the steps taken and whether all fits."""
    starts, members, lower, upper = given[0], given[1], given[4], given[5]
    inside, rest, counters = marks
    sign = 1 if offset > 0 else -1
    counters[0] += 1
    taken = 0
    for _ in range(abs(offset)):
        unknown = _choose(target, sign, given, state, marks)
        if unknown < 0:
            return taken, False
        _apply(unknown, sign, given, state)
        steps[0][taken], steps[1][taken] = unknown, sign
        taken += 1
    for k in range(starts[target], starts[target + 1]):
        inside[members[k]] = counters[0]  # from here on the target stays as it is
    while state[4][0] > 0:
        at = _smallest_broken(given, state)
        change = -1 if state[1][at] > upper[at] else 1
        counters[1] += 1
        unknown = _choose(at, change, given, state, marks) if taken < MOST_CHANGES else -1
        if unknown < 0:
            return taken, False
        _apply(unknown, change, given, state)
        rest[unknown] = counters[1] + _REST
        steps[0][taken], steps[1][taken] = unknown, change
        taken += 1
    return taken, lower[target] <= state[1][target] <= upper[target]


@numba.njit(cache=True, nogil=True)
def _try(target, offset, given, state, marks, steps):
    """Walk, and walk back; give the number of steps of a witness, or -1."""
    goal = state[1][target] + offset
    if goal < given[4][target] or goal > given[5][target]:
        return -1
    taken, fits = _walk(target, offset, given, state, marks, steps)
    for i in range(taken - 1, -1, -1):
        _apply(steps[0][i], -steps[1][i], given, state)
    marks[2][1] += _REST + 1  # nothing rests any more
    return taken if fits else -1


@numba.njit(cache=True, nogil=True)
def _search_pair(target, attempt, given, state, marks, out):
    """Search one table above and one below (or the true one) that lie WIDTH apart."""
    sizes, places, changes = out
    reach = np.zeros(2, np.int64)
    for side in range(2):
        sign = 1 if (side + attempt) % 2 == 0 else -1
        for offset in range(WIDTH - reach[1 - side], 0, -1):
            steps = (places[side], changes[side])
            taken = _try(target, sign * offset, given, state, marks, steps)
            if taken >= 0:
                reach[side], sizes[side] = offset, taken
                break
        if reach.sum() >= WIDTH:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def search_many(targets, given, state, marks, found, plan):
    """Search two witnesses for each target; every state is left as it was.

    found: sizes (targets x 2, -1 where nothing was found, 0 for the true table itself), places
    and changes (targets x 2 x steps). plan: (most tries a target, seed).
    """
    sizes, places, changes = found
    np.random.seed(plan[1])
    for i in range(len(targets)):
        for attempt in range(plan[0]):
            sizes[i, 0] = sizes[i, 1] = 0
            out = (sizes[i], places[i], changes[i])
            if _search_pair(targets[i], attempt, given, state, marks, out):
                break
            sizes[i, 0] = sizes[i, 1] = -1
