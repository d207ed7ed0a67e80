"""Marks of sets of events: figures with the same nodes and mark count the same events."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.tables import Axis
from regiebeeld.pipeline.gate.told import Ints

Words = NDArray[np.uint64]
Number = TypeVar("Number", np.int64, np.uint64)
_STEPS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def mark_parts(cells: Words, counts: Ints) -> Words:
    """Give each part with its count 64 bits that look random: equal for equal parts and counts.

    Source: the finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood 2014), twice.
    """
    return chain_words([cells, counts.astype(np.uint64)])


def chain_words(columns: Sequence[Words]) -> Words:
    """Give 64 bits a row that look random: equal for rows that are equal in every column."""
    found = _mix(columns[0])
    for column in columns[1:]:
        found = _mix(found + column)
    return found


def mark_bytes(*bodies: bytes) -> str:
    """Give the SHA-256 of some bytes."""
    return sha256(b"|".join(bodies)).hexdigest()


def _mix(words: Words) -> Words:
    mixed = words + np.uint64(0x9E3779B97F4A7C15)
    for bits, factor in _STEPS:
        mixed = (mixed ^ (mixed >> np.uint64(bits))) * np.uint64(factor)
    found: Words = mixed ^ (mixed >> np.uint64(31))
    return found


def add_up_nodes(values: NDArray[Number], axes: Sequence[Axis]) -> NDArray[Number]:
    """Add a table of parts up to all nodes of all axes (a word wraps: its sum is a mark too)."""
    for k, axis in enumerate(axes):
        values = _add_up_axis(values, axis, k)
    return values


def _add_up_axis(values: NDArray[Number], axis: Axis, k: int) -> NDArray[Number]:
    sizes = axis.sizes
    shape = (*values.shape[:k], len(sizes), *values.shape[k + 1 :])
    found = np.zeros(shape, dtype=values.dtype)
    filled = np.flatnonzero(sizes)
    if len(filled):
        flat = np.concatenate([axis.holds[node] for node in filled.tolist()])
        heads = np.cumsum(sizes[filled]) - sizes[filled]
        sums = np.add.reduceat(np.take(values, flat, axis=k), heads, axis=k)
        np.moveaxis(found, k, 0)[filled] = np.moveaxis(sums, k, 0)
    return found
