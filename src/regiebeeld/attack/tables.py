"""From published figures, told by area, period and kind, to statements about the finest cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.propagation import Relations
from regiebeeld.attack.statements import UNLIMITED, Ints, Statements, add_stretches, expand

_PIECE = 1 << 22  # incidences laid out at once, to bound memory


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension: which finest elements each published node holds, and how nodes divide.

    `holds[n]` are the elements of node n; `partitions[n]` are sets of nodes that together are n.
    """

    elements: int
    holds: Sequence[NDArray[np.int64]]
    partitions: Sequence[Sequence[tuple[int, ...]]] = ()

    @property
    def sizes(self) -> Ints:
        return np.array([len(held) for held in self.holds], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Published:
    """Published figures: per axis the node of each, and the bounds that the figure gives."""

    nodes: tuple[Ints, ...]
    lower: Ints
    upper: Ints

    def __len__(self) -> int:
        return len(self.lower)


def make_table_statements(published: Published, axes: Sequence[Axis]) -> Statements:
    """Make one statement a figure; unknowns are the cells of the elements, last axis fastest."""
    sizes = np.ones(len(published), dtype=np.int64)
    for axis, nodes in zip(axes, published.nodes, strict=True):
        sizes = sizes * axis.sizes[nodes]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    members = np.empty(int(starts[-1]), dtype=np.int32)
    first = 0
    while first < len(published):
        last = max(
            int(np.searchsorted(starts, starts[first] + _PIECE, side="right")) - 1, first + 1
        )
        part = [nodes[first:last] for nodes in published.nodes]
        members[starts[first] : starts[last]] = _lay_out(part, axes, sizes[first:last])
        first = last
    cells = int(np.prod([axis.elements for axis in axes], dtype=np.int64))
    return Statements(cells, starts, members, published.lower.copy(), published.upper.copy())


def _lay_out(nodes: Sequence[Ints], axes: Sequence[Axis], total: Ints) -> Ints:
    within = np.arange(int(total.sum())) - np.repeat(np.cumsum(total) - total, total)
    members = np.zeros(len(within), dtype=np.int64)
    stride = 1
    for axis, mine in zip(reversed(list(axes)), reversed(list(nodes)), strict=True):
        heads = np.concatenate([[0], np.cumsum(axis.sizes)])
        flat = np.concatenate([*axis.holds, np.empty(0, np.int64)])
        within, at = np.divmod(within, np.repeat(axis.sizes[mine], total))
        members += stride * flat[np.repeat(heads[mine], total) + at]
        stride *= axis.elements
    return members


class _Places:
    """Where a figure with given nodes stands; the same nodes may stand there more than once."""

    def __init__(self, published: Published, axes: Sequence[Axis]) -> None:
        self.strides = [1] * len(axes)
        for k in range(len(axes) - 2, -1, -1):
            self.strides[k] = self.strides[k + 1] * len(axes[k + 1].holds)
        self.keys = np.zeros(len(published), dtype=np.int64)
        for nodes, stride in zip(published.nodes, self.strides, strict=True):
            self.keys += nodes * stride
        self.order = np.argsort(self.keys, kind="stable")
        self.sorted = self.keys[self.order]

    def find(self, keys: Ints) -> tuple[Ints, Ints]:
        """Give first place and number of the figures with each key, in `order`."""
        first = np.searchsorted(self.sorted, keys, side="left")
        return first, np.searchsorted(self.sorted, keys, side="right") - first


def _by_node(nodes: Ints, number: int) -> list[Ints]:
    ends = np.cumsum(np.bincount(nodes, minlength=number))
    found: list[Ints] = np.split(np.argsort(nodes, kind="stable"), ends[:-1])
    return found


def find_relations(published: Published, axes: Sequence[Axis]) -> Relations:
    """Find every published total of which all parts along one axis are published too."""
    places = _Places(published, axes)
    totals: list[Ints] = [np.empty(0, np.int64)]
    parts: list[Ints] = [np.empty(0, np.int64)]
    sizes: list[Ints] = [np.empty(0, np.int64)]
    for k, axis in enumerate(axes):
        rows = _by_node(published.nodes[k], len(axis.holds))
        for node, partition in ((n, p) for n, all_ in enumerate(axis.partitions) for p in all_):
            step = (np.array(partition, dtype=np.int64) - node) * places.strides[k]
            first, number = places.find(places.keys[rows[node]][:, None] + step)
            whole = (number > 0).all(axis=1)
            totals.append(rows[node][whole])
            parts.append(places.order[first[whole]].ravel())
            sizes.append(np.full(int(whole.sum()), len(partition), dtype=np.int64))
    starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    return Relations(np.concatenate(totals), starts, np.concatenate(parts))


def find_differences(published: Published, axes: Sequence[Axis]) -> NDArray[np.int64]:
    """Find the pairs (total, part) that read differently, so that something lies outside the part.

    Part and total are published with the same nodes on all axes but one; there the part's node
    lies in the total's. Pairs of which the figures themselves tell it are left out, and those
    with an exact figure: that one may read differently without being another set of events.
    """
    places = _Places(published, axes)
    found = [np.empty((0, 2), np.int64)]
    for k, axis in enumerate(axes):
        around = _nodes_around(axis)
        for node, rows in enumerate(_by_node(published.nodes[k], len(axis.holds))):
            if len(rows) and len(around[node]):
                step = (around[node] - node) * places.strides[k]
                found.append(_ambiguous(_pairs_of(places, rows, step), published))
    return np.concatenate(found)


def _nodes_around(axis: Axis) -> list[Ints]:
    """Give for each node the nodes that hold it and more."""
    inside = np.zeros((len(axis.holds), axis.elements), dtype=np.float32)
    for node, held in enumerate(axis.holds):
        inside[node, held] = 1
    shared = inside @ inside.T  # whole numbers far below 2^24: exact
    sizes = axis.sizes
    holds = (shared == sizes[:, None]) & (sizes[None, :] > sizes[:, None]) & (sizes[:, None] > 0)
    return [np.flatnonzero(row).astype(np.int64) for row in holds]


def _pairs_of(places: _Places, rows: Ints, step: Ints) -> NDArray[np.int64]:
    first, number = places.find((places.keys[rows][:, None] + step).ravel())
    totals = places.order[expand(first, number)]
    parts = np.repeat(np.repeat(rows, len(step)), number)
    return np.stack([totals, parts], axis=1)


def _ambiguous(pairs: NDArray[np.int64], published: Published) -> NDArray[np.int64]:
    lower, upper = published.lower, published.upper
    total, part = pairs[:, 0], pairs[:, 1]
    differs = (lower[total] != lower[part]) | (upper[total] != upper[part])
    told = lower[total] > upper[part]
    known = (lower[total] == upper[total]) | (lower[part] == upper[part])
    silent = (upper[total] >= UNLIMITED) | (upper[part] >= UNLIMITED)  # reads nothing at all
    kept: NDArray[np.int64] = pairs[differs & ~told & ~known & ~silent]
    return kept


def add_differences(
    statements: Statements, pairs: NDArray[np.int64], table: Ints | None = None
) -> Statements:
    """Add what follows from two figures that differ: total and part are then not the same set.

    Whoever knows the rules knows that the same events always read the same. So where a total and
    a part of it read differently, at least one event lies outside the part. A pair is left out
    when the part's unknowns are not all in the total (another moment), or when the true table
    says that the two ranges do not come from the rules.
    """
    sizes, outside, kept = [], [], []
    for some, size, rest in _outsides(statements, pairs):
        holds = size > 0
        if table is not None:
            holds &= add_stretches(table[rest], np.concatenate([[0], np.cumsum(size)])) > 0
        sizes.append(size[holds])
        outside.append(rest[np.repeat(holds, size)])
        kept.append(some[holds])
    found = np.concatenate([np.empty((0, 2), np.int64), *kept])
    if not len(found):
        return statements
    ends = statements.starts[-1] + np.cumsum(np.concatenate(sizes))
    before = statements.depends
    if before is None:
        before = np.full((len(statements), 2), -1, np.int64)
    return Statements(
        statements.unknowns,
        np.concatenate([statements.starts, ends]),
        np.concatenate([statements.members, *outside]),
        np.concatenate([statements.lower, np.ones(len(found), np.int64)]),
        np.concatenate([statements.upper, np.full(len(found), UNLIMITED)]),
        np.concatenate([before, found]),
    )


def _outsides(
    statements: Statements, pairs: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], Ints, NDArray[np.int32]]]:
    """Give, some pairs at a time, the members of the total outside the part, and how many."""
    room = statements.sizes[pairs].sum(axis=1)
    pieces = np.split(pairs, np.flatnonzero(np.diff(np.cumsum(room) // _PIECE)) + 1)
    for some in (each for each in pieces if len(each)):
        total, part = some[:, 0], some[:, 1]
        many, few = statements.sizes[total], statements.sizes[part]
        whole = statements.members[expand(statements.starts[total], many)]
        inner = statements.members[expand(statements.starts[part], few)]
        owner = np.repeat(np.arange(len(some)), many)
        taken = np.isin(
            owner * statements.unknowns + whole,
            np.repeat(np.arange(len(some)), few) * statements.unknowns + inner,
        )
        size = np.bincount(owner[~taken], minlength=len(some)).astype(np.int64)
        nested = size == many - few
        stays = ~taken & nested[owner]
        yield some[nested], size[nested], whole[stays]
