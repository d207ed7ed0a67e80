"""Compiled kernels: dates change places, and pairs of events that are close are counted."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, misc"

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def count_close_in_time(first, second, starts, days, edges):
    """Count pairs per band of distance and, up to each edge, of days, for many sets of dates.

    first, second: (pairs,) numbers of events, sorted by band of distance; starts: (bands + 1,)
    where each band begins; days: (events, sets) whole numbers; edges: (edges,) whole days.
    Returns (bands, edges, sets): pairs at most that many days apart, cumulative over the edges.
    All sets of a pair stand side by side in memory, so they are compared together.
    """
    bands, sets = len(starts) - 1, days.shape[1]
    counts = np.zeros((bands, len(edges), sets), dtype=np.int32)
    apart = np.empty(sets, dtype=days.dtype)
    for band in range(bands):
        for pair in range(starts[band], starts[band + 1]):
            one, other = days[first[pair]], days[second[pair]]
            for s in range(sets):
                apart[s] = abs(one[s] - other[s])
            for e in range(len(edges)):
                edge = edges[e]
                count = counts[band, e]
                for s in range(sets):
                    count[s] += apart[s] <= edge
    return counts


@numba.njit(cache=True, nogil=True)
def permute_within(days, order, starts, seeds):
    """Let dates change places within groups, once for each seed.

    days: (events,); order: (events,) numbers of events, group after group; starts: (groups + 1,)
    where each group begins in order; seeds: (sets,) whole numbers of 64 bits. Returns (events,
    sets). Shuffles by Fisher and Yates, with the generator splitmix64.
    """
    moved = np.empty((len(days), len(seeds)), dtype=days.dtype)
    drawn = np.empty(len(days), dtype=days.dtype)
    for s in range(len(seeds)):
        state = seeds[s]
        for k in range(len(days)):
            drawn[k] = days[order[k]]
        for group in range(len(starts) - 1):
            first = starts[group]
            for k in range(starts[group + 1] - 1, first, -1):
                state += np.uint64(0x9E3779B97F4A7C15)
                mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                mixed = (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)
                other = first + np.int64((mixed * np.uint64(k - first + 1)) >> np.uint64(32))
                drawn[k], drawn[other] = drawn[other], drawn[k]
        for k in range(len(days)):
            moved[order[k], s] = drawn[k]
    return moved
