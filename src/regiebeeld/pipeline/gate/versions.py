"""Unknowns of several moments: a part with its count, for as long as that count stood.

Parts that no figure tells apart, at no moment, are one unknown: nobody can know more of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import Statements
from regiebeeld.attack.statements import expand, number_rows
from regiebeeld.attack.tables import Axis, Published, make_table_statements
from regiebeeld.pipeline.gate.layouts import NO_COUNT, Counts
from regiebeeld.pipeline.gate.told import Ints

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Parts in blocks that every figure holds whole or not at all, along each axis.

    `axes` are those of the figures, in places of blocks; `block[k]` is the place of each part on
    axis k, -1 for a part that no figure holds.
    """

    axes: tuple[Axis, ...]
    block: tuple[Ints, ...]


def make_blocks(axes: Sequence[Axis]) -> Blocks:
    """Find on each axis the parts that stand in the same nodes."""
    found = [_block_axis(axis, seed) for seed, axis in enumerate(axes)]
    return Blocks(tuple(axis for axis, _ in found), tuple(block for _, block in found))


def _block_axis(axis: Axis, seed: int) -> tuple[Axis, Ints]:
    words = np.random.default_rng(30 + seed).integers(1, 1 << 64, len(axis.holds), dtype=np.uint64)
    marks = np.zeros(axis.elements, dtype=np.uint64)
    held = np.zeros(axis.elements, dtype=bool)
    for word, inside in zip(words, axis.holds, strict=True):
        marks[inside] += word
        held[inside] = True
    block = np.full(axis.elements, -1, dtype=np.int64)
    _, places = np.unique(marks[held], return_inverse=True)
    block[held] = places.reshape(-1)
    size = int(block.max(initial=-1)) + 1
    return Axis(size, [np.unique(block[inside]) for inside in axis.holds]), block


@dataclass(frozen=True, slots=True)
class Unknowns:
    """The unknowns of all moments, ordered by block, with their true counts.

    A stretch is a part's count from one moment until it changes: `of`, `since` and `until`.
    """

    block: Ints
    table: Ints
    of: Ints
    since: NDArray[np.int32]
    until: NDArray[np.int32]

    def alive(self, moment: int) -> Ints:
        """Give the unknowns that stand at one moment, in order."""
        there = np.zeros(len(self.table), dtype=bool)
        there[self.of[(self.since <= moment) & (moment < self.until)]] = True
        return np.flatnonzero(there)


def number_unknowns(counts: Iterator[Counts], blocks: Blocks) -> Unknowns:
    """Number the unknowns of the moments whose counts are given, the oldest first."""
    part, count, since, until = _list_stretches(counts, blocks)
    moments = int(until.max(initial=0)) + 1
    words = np.random.default_rng(40).integers(1, 1 << 64, moments, dtype=np.uint64)
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(words, dtype=np.uint64)])
    order = np.lexsort((since, count, part))
    part, count, since, until = part[order], count[order], since[order], until[order]
    # A count that comes back is the same unknown as before: its stretches are one version.
    first = np.ones(len(part), dtype=bool)
    first[1:] = (part[1:] != part[:-1]) | (count[1:] != count[:-1])
    version = np.cumsum(first) - 1
    signature = np.zeros(int(first.sum()), dtype=np.uint64)
    np.add.at(signature, version, running[until] - running[since])
    block = _block_of(part[first], blocks)
    held, unknown = number_rows(signature, block)
    table = np.bincount(unknown, weights=count[first], minlength=len(held)).astype(np.int64)
    return Unknowns(block[held], table, unknown[version], since, until)


def _list_stretches(
    counts: Iterator[Counts], blocks: Blocks
) -> tuple[Ints, Ints, NDArray[np.int32], NDArray[np.int32]]:
    """List from which moment until which each count of each part stood; only parts in figures."""
    inside = np.ix_(*(block >= 0 for block in blocks.block))
    held = np.zeros(tuple(len(block) for block in blocks.block), dtype=bool)
    held[inside] = True
    now = np.full(held.size, NO_COUNT, dtype=np.int32)
    start = np.zeros(held.size, dtype=np.int32)
    found: list[tuple[Ints, NDArray[np.int32], NDArray[np.int32], int]] = []
    last = 0
    for last, each in enumerate(counts, start=1):
        fresh = each.ravel()
        at = np.flatnonzero((fresh != now) & held.ravel())
        ended = at[now[at] != NO_COUNT]
        found.append((ended, now[ended], start[ended], last - 1))
        now[at], start[at] = fresh[at], last - 1
    ended = np.flatnonzero(now != NO_COUNT)
    found.append((ended, now[ended], start[ended], last))
    until = [np.full(len(each[0]), each[3], dtype=np.int32) for each in found]
    part, count, since = (np.concatenate([each[k] for each in found]) for k in range(3))
    return part, count.astype(np.int64), since, np.concatenate(until)


def _block_of(part: Ints, blocks: Blocks) -> Ints:
    shape = tuple(len(block) for block in blocks.block)
    at = np.unravel_index(part, shape)
    found = np.zeros(len(part), dtype=np.int64)
    for axis, block, place in zip(blocks.axes, blocks.block, at, strict=True):
        found = found * axis.elements + block[place]
    return found


def tell_figures(
    nodes: tuple[Ints, ...], moment: int, blocks: Blocks, unknowns: Unknowns
) -> tuple[Ints, NDArray[np.int32]]:
    """Give the unknowns of the figures of one moment: starts, and members in one array."""
    zero = np.zeros(len(nodes[0]), dtype=np.int64)
    plain: Statements = make_table_statements(Published(nodes, zero, zero), blocks.axes)
    alive = unknowns.alive(moment)
    heads = np.searchsorted(unknowns.block[alive], np.arange(plain.unknowns + 1))
    sizes = np.diff(heads)
    if (sizes == 1).all():
        return plain.starts, alive[plain.members].astype(np.int32)
    number = sizes[plain.members]
    members = alive[expand(heads[plain.members], number)].astype(np.int32)
    running = np.concatenate([[0], np.cumsum(number)])
    return running[plain.starts], members
