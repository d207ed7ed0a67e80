"""From published figures, told by area, period and kind, to statements about the finest cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.propagation import Relation
from regiebeeld.attack.statements import UNLIMITED, Ints, Statements


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension: which finest elements each published node holds, and how nodes divide.

    `holds[n]` are the elements of node n; `partitions[n]` are sets of nodes that together are n.
    """

    elements: int
    holds: Sequence[NDArray[np.int64]]
    partitions: Sequence[Sequence[tuple[int, ...]]]


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
    sizes = [np.array([len(h) for h in axis.holds], np.int64) for axis in axes]
    shapes = [size[nodes] for size, nodes in zip(sizes, published.nodes, strict=True)]
    total = np.prod(np.stack(shapes), axis=0)
    starts = np.concatenate([[0], np.cumsum(total)])
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], total)
    members = np.zeros(int(starts[-1]), dtype=np.int64)
    stride, weight = 1, np.ones(len(published), dtype=np.int64)
    for axis, nodes, shape in zip(
        reversed(list(axes)), reversed(published.nodes), reversed(shapes), strict=True
    ):
        heads = np.concatenate([[0], np.cumsum([len(h) for h in axis.holds])])
        flat = np.concatenate([*axis.holds, np.empty(0, np.int64)])
        at = (within // np.repeat(weight, total)) % np.repeat(shape, total)
        members += stride * flat[np.repeat(heads[nodes], total) + at]
        stride, weight = stride * axis.elements, weight * shape
    return Statements(
        stride, starts, members.astype(np.int32), published.lower.copy(), published.upper.copy()
    )


def find_relations(published: Published, axes: Sequence[Axis]) -> list[Relation]:
    """Find every published total of which all parts along one axis are published too."""
    place = {
        key: i for i, key in enumerate(zip(*(n.tolist() for n in published.nodes), strict=True))
    }
    relations = []
    for key, total in place.items():
        for k, axis in enumerate(axes):
            for partition in axis.partitions[key[k]]:
                parts = [place.get((*key[:k], node, *key[k + 1 :])) for node in partition]
                if None not in parts:
                    relations.append(Relation(total, tuple(p for p in parts if p is not None)))
    return relations


def add_differences(statements: Statements, relations: Sequence[Relation]) -> Statements:
    """Add what follows from two figures that differ: total and part are then not the same set.

    Whoever knows the rules knows that the same events always read the same. So where a total and
    a part of it read differently, something lies outside the part. Only pairs of which this is
    not plain from the figures themselves are added.
    """
    pairs = np.array(
        [(r.total, part) for r in relations for part in r.parts], dtype=np.int64
    ).reshape(-1, 2)
    total, part = pairs[:, 0], pairs[:, 1]
    lower, upper = statements.lower, statements.upper
    differs = (lower[total] != lower[part]) | (upper[total] != upper[part])
    told = lower[total] > upper[part]
    known = (lower[total] == upper[total]) | (lower[part] == upper[part])
    pairs = pairs[differs & ~told & ~known]
    if not len(pairs):
        return statements
    outside = [_outside(statements, int(t), int(p)) for t, p in pairs]
    sizes = np.array([len(each) for each in outside], np.int64)
    ends = statements.starts[-1] + np.cumsum(sizes)
    before = statements.depends
    if before is None:
        before = np.full((len(statements), 2), -1, np.int64)
    return Statements(
        statements.unknowns,
        np.concatenate([statements.starts, ends]),
        np.concatenate([statements.members, *outside]),
        np.concatenate([lower, np.ones(len(pairs), np.int64)]),
        np.concatenate([upper, np.full(len(pairs), UNLIMITED)]),
        np.concatenate([before, pairs]),
    )


def _outside(statements: Statements, total: int, part: int) -> NDArray[np.int32]:
    starts, members = statements.starts, statements.members
    whole = members[starts[total] : starts[total + 1]]
    return whole[~np.isin(whole, members[starts[part] : starts[part + 1]])]
