"""Checks witnesses on its own: does each table fit every statement, and do the two lie apart.

Small on purpose, and shares nothing with the search but the shape of what it hands over.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

WIDTH = 2
_PIECE = 1 << 23  # changes of statements looked at at once, to bound memory
Array = NDArray[np.int64]
Ready = tuple[Array, Array, Array]


def verify_witnesses(
    statements: tuple[Array, NDArray[np.int32], Array, Array],
    table: Array,
    targets: Array,
    steps: tuple[Array, NDArray[np.int32], NDArray[np.int32]],
    ready: Ready | None = None,
) -> NDArray[np.bool_]:
    """Say of each target whether its two witnesses prove that it cannot be told more closely.

    statements: starts, members, lower, upper; steps: sizes, places and changes as in Witnesses;
    ready: what `prepare` gives for the same sets and table, when it is at hand.
    A target without witnesses, or with a table that does not fit, is False.
    """
    heads, holders, truth = ready or prepare(*statements[:2], table)
    if (truth < statements[2]).any() or (truth > statements[3]).any() or (table < 0).any():
        return np.zeros(len(targets), dtype=bool)
    given = (*statements[2:], heads, holders, truth, table)
    size = max(1, _PIECE // max(1, int(np.diff(given[2]).max(initial=1)) * steps[1].shape[2]))
    proven = np.zeros(len(targets), dtype=bool)
    for first in range(0, len(targets), size):
        part = slice(first, first + size)
        proven[part] = _verify_some(given, targets[part], tuple(each[part] for each in steps))
    return proven


def _verify_some(
    given: tuple[Array, ...], targets: Array, steps: tuple[NDArray[np.integer[Any]], ...]
) -> NDArray[np.bool_]:
    lower, upper, holder_starts, holders, truth, table = given
    sizes, places, changes = steps
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


def prepare(starts: Array, members: NDArray[np.int32], table: Array) -> Ready:
    """Give the statements that hold each unknown (starts, statements), and all true sums."""
    shape = (len(starts) - 1, len(table))
    sets = csr_array((np.ones(len(members), np.int64), members, starts), shape=shape)
    turned = sets.tocsc()
    return turned.indptr.astype(np.int64), turned.indices.astype(np.int64), sets @ table


def _add_up(keys: Array, changes: Array) -> tuple[Array, Array]:
    unique, places = np.unique(keys, return_inverse=True)
    return unique, np.bincount(places, weights=changes, minlength=len(unique)).astype(np.int64)
