"""Compiled kernels that count how often permuted neighbours reach what was observed."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, misc"

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def draw_neighbours(uniform, size):
    """Draw distinct areas for each permutation, by the first steps of a shuffle.

    uniform: (permutations, drawn) in [0, 1); returns whole numbers of that shape in [0, size).
    """
    permutations, drawn = uniform.shape
    order = np.arange(size)
    chosen = np.empty((permutations, drawn), dtype=np.int64)
    for p in range(permutations):
        for k in range(drawn):
            # The order of an earlier permutation is as good a start as any other.
            other = k + int(uniform[p, k] * (size - k))
            order[k], order[other] = order[other], order[k]
            chosen[p, k] = order[k]
    return chosen


@numba.njit(cache=True, nogil=True)
def sum_neighbours(values, indptr, indices):
    """Add the values (areas, types) of each area's neighbours."""
    sums = np.zeros_like(values)
    for i in range(values.shape[0]):
        for k in range(indptr[i], indptr[i + 1]):
            for t in range(values.shape[1]):
                sums[i, t] += values[indices[k], t]
    return sums


@numba.njit(cache=True, nogil=True)
def _sum_draws(value, draws, sums):
    """Fill sums (drawn + 1, permutations) with the running totals of each permutation."""
    for p in range(draws.shape[0]):
        total = value[0] * 0
        sums[0, p] = total
        for k in range(draws.shape[1]):
            total += value[draws[p, k]]
            sums[k + 1, p] = total


@numba.njit(cache=True, nogil=True)
def _put_drawn_right(value, seen, given, counts):
    """Take an area that was drawn itself out of its own neighbours, and the next drawn in."""
    degrees, draws, sums = given
    less, same = counts
    for p in range(draws.shape[0]):
        for k in range(draws.shape[1]):
            area = draws[p, k]
            degree = degrees[area]
            if k < degree:
                shared = sums[degree, p]
                own = shared - value[area] + value[draws[p, degree]]
                less[area] += (own < seen[area]) - (shared < seen[area])
                same[area] += (own == seen[area]) - (shared == seen[area])


@numba.njit(cache=True, nogil=True)
def count_as_extreme(values, observed, degrees, draws):
    """Count permutations with a sum below, and equal to, the observed sum of the neighbours.

    values, observed: (types, areas) whole numbers; degrees: (areas,); draws: (permutations,
    most neighbours + 1) distinct areas. Area i takes the first degrees[i] drawn areas that are
    not i. Areas of one degree therefore share their sums, except those that were drawn
    themselves: the shared sums are sorted once, the few others are put right one by one.
    Returns two (types, areas) arrays of whole numbers.
    """
    types, size = values.shape
    permutations, drawn = draws.shape
    less = np.zeros((types, size), dtype=np.int64)
    same = np.zeros((types, size), dtype=np.int64)
    used = np.zeros(drawn + 1, dtype=np.bool_)
    for i in range(size):
        used[degrees[i]] = True
    sums = np.empty((drawn + 1, permutations), dtype=values.dtype)
    for t in range(types):
        _sum_draws(values[t], draws, sums)
        _put_drawn_right(values[t], observed[t], (degrees, draws, sums), (less[t], same[t]))
        for k in range(drawn + 1):
            if used[k]:
                sums[k].sort()
        for i in range(size):
            shared = sums[degrees[i]]
            below = np.searchsorted(shared, observed[t, i], side="left")
            less[t, i] += below
            same[t, i] += np.searchsorted(shared, observed[t, i], side="right") - below
    return less, same


@numba.njit(cache=True, nogil=True)
def correlate_permuted(centred, order, indptr, indices, row_standardised):
    """Sum w_ij z_i z_j over all neighbours, with the areas put in another order.

    centred: (areas, types); order: (areas,) whole numbers. Returns (types,).
    """
    size, types = centred.shape
    total = np.zeros(types)
    lag = np.empty(types)
    for i in range(size):
        degree = indptr[i + 1] - indptr[i]
        if degree == 0:
            continue
        lag[:] = 0.0
        for k in range(indptr[i], indptr[i + 1]):
            neighbour = order[indices[k]]
            for t in range(types):
                lag[t] += centred[neighbour, t]
        weight = 1.0 / degree if row_standardised else 1.0
        own = order[i]
        for t in range(types):
            total[t] += weight * centred[own, t] * lag[t]
    return total
