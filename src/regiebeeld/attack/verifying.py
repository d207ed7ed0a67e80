"""Checks witnesses on its own: does each table fit every statement, and do the two lie apart.

Small on purpose, and shares nothing with the search but the shape of what it hands over.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WIDTH = 2
Array = NDArray[np.int64]


def verify_witnesses(
    statements: tuple[Array, NDArray[np.int32], Array, Array],
    table: Array,
    targets: Array,
    steps: tuple[Array, NDArray[np.int32], NDArray[np.int32]],
) -> NDArray[np.bool_]:
    """Say of each target whether its two witnesses prove that it cannot be told more closely.

    statements: starts, members, lower, upper; steps: sizes, places and changes as in Witnesses.
    A target without witnesses, or with a table that does not fit, is False.
    """
    starts, members, lower, upper = statements
    sizes, places, changes = steps
    truth = np.array([table[members[a:b]].sum() for a, b in pairwise(starts)])
    if (truth < lower).any() or (truth > upper).any() or (table < 0).any():
        return np.zeros(len(targets), dtype=bool)
    holder_starts, holders = _transpose(starts, members, len(table))
    used = np.arange(places.shape[2]) < sizes[..., None]
    number = np.broadcast_to(np.arange(sizes.size).reshape(*sizes.shape, 1), used.shape)[used]
    unknown, change = places[used].astype(np.int64), changes[used].astype(np.int64)
    faulty = np.zeros(sizes.size, dtype=bool)

    pairs, moved = _add_up(number * len(table) + unknown, change)
    faulty[pairs[table[pairs % len(table)] + moved < 0] // len(table)] = True
    degree = np.diff(holder_starts)[unknown]
    first = np.repeat(holder_starts[unknown] - np.cumsum(degree) + degree, degree)
    held = holders[first + np.arange(int(degree.sum()))]
    pairs, moved = _add_up(np.repeat(number, degree) * len(lower) + held, np.repeat(change, degree))
    at = pairs % len(lower)
    misfit = (truth[at] + moved < lower[at]) | (truth[at] + moved > upper[at])
    faulty[pairs[misfit] // len(lower)] = True

    value = np.repeat(truth[targets], 2)
    own = at == np.repeat(targets, 2)[pairs // len(lower)]
    value[pairs[own] // len(lower)] += moved[own]
    apart = np.abs(value[0::2] - value[1::2]) >= WIDTH
    sound = ~faulty.reshape(-1, 2).any(axis=1) & (sizes >= 0).all(axis=1)
    proven: NDArray[np.bool_] = sound & apart
    return proven


def _transpose(starts: Array, members: NDArray[np.int32], unknowns: int) -> tuple[Array, Array]:
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    order = np.argsort(members, kind="stable")
    counts = np.bincount(members, minlength=unknowns)
    return np.concatenate([[0], np.cumsum(counts)]), owner[order]


def _add_up(keys: Array, changes: Array) -> tuple[Array, Array]:
    unique, places = np.unique(keys, return_inverse=True)
    return unique, np.bincount(places, weights=changes, minlength=len(unique)).astype(np.int64)
