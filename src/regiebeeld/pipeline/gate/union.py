"""Everything published about the same events, of all releases, as statements for the attacker.

An unknown is an atom with its count: unchanged events are one unknown for ever, over releases and
over layouts. Refuses to guess: a figure that is not the sum of its atoms stops the release.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import Statements
from regiebeeld.attack.tables import Axis, Published, add_differences, find_differences
from regiebeeld.pipeline.gate.breakdowns import refuse_other_breakdowns
from regiebeeld.pipeline.gate.layouts import Parts, lay_counts, list_parts
from regiebeeld.pipeline.gate.marks import Words
from regiebeeld.pipeline.gate.rows import (
    Rows,
    find_among,
    lay_rows,
    lay_withheld,
    leave_out_seen,
    list_nodes,
    make_axes,
    mark_rows,
)
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, Ints, Pieces
from regiebeeld.pipeline.gate.versions import make_blocks, number_unknowns, tell_figures

__all__ = [
    "Atoms",
    "Earlier",
    "Figures",
    "Pieces",
    "Union",
    "find_told",
    "leave_out_told",
    "make_union",
]


@dataclass(frozen=True, slots=True)
class Union:
    """The statements with the true count of every unknown.

    `mine` is where today's figures begin: as many rows as there are figures, in their order.
    `ours` are those that were not told before, and so can still be withheld; `withheld` are those
    of them that an earlier release kept, about the same events. `marks` say of each figure what
    it tells of which events: all marks together say all that is told.
    """

    statements: Statements
    table: Ints
    ours: NDArray[np.bool_]
    mine: int
    withheld: NDArray[np.bool_]
    marks: Words


def make_union(
    atoms: Atoms,
    figures: Figures,
    earlier: Sequence[Earlier] = (),
    pieces: Pieces | None = None,
) -> Union:
    """Join today's protected figures with everything that was told before.

    Figures that say nothing new (the same events, the same range) are told once. pieces: needed
    when something was told in another layout of areas. Raises DisclosureError without them, and
    for a figure that holds no atoms, or whose range does not hold their sum.
    """
    moments = [*earlier, Earlier(atoms, figures)]
    refuse_other_breakdowns(each.atoms for each in moments)
    parts = list_parts(moments, pieces)
    nodes = list_nodes(moments)
    rows = lay_rows(moments, nodes)
    kept, before = leave_out_seen(rows, len(rows) - len(figures))
    told = rows.only(kept)
    statements, table = _state(told, moments, parts, make_axes(parts, nodes))
    mine, today = len(kept) - len(figures), np.zeros(len(statements), dtype=bool)
    today[mine : len(kept)] = True
    ours, withheld = today.copy(), np.zeros(len(statements), dtype=bool)
    ours[today] = ~before
    withheld[today] = ~before & find_among(
        told.only(np.arange(mine, len(kept))), lay_withheld(earlier, nodes)
    )
    return Union(statements, table, ours, mine, withheld, mark_rows(told, nodes, pieces))


def find_told(atoms: Atoms, figures: Figures, earlier: Sequence[Earlier]) -> NDArray[np.bool_]:
    """Find the figures that say nothing new: told before, of the same events, with that range."""
    moments = [*earlier, Earlier(atoms, figures)]
    rows = lay_rows(moments, list_nodes(moments))
    return leave_out_seen(rows, len(rows) - len(figures))[1]


def leave_out_told(moment: Earlier, earlier: Sequence[Earlier]) -> Earlier:
    """Give what is new in a moment: figures not told before, and not withheld before."""
    figures = moment.figures.only(~find_told(moment.atoms, moment.figures, earlier))
    if moment.withheld is None:
        return Earlier(moment.atoms, figures)
    nodes = list_nodes([*earlier, moment])
    kept = find_among(lay_withheld([moment], nodes), lay_withheld(earlier, nodes))
    return Earlier(moment.atoms, figures, moment.withheld.only(~kept))


def _state(
    told: Rows, moments: Sequence[Earlier], parts: Parts, axes: Sequence[Axis]
) -> tuple[Statements, Ints]:
    """Make the statements of the rows, oldest moment first, and what follows from differences."""
    blocks = make_blocks(axes)
    used = np.unique(told.moment).tolist()
    unknowns = number_unknowns((lay_counts(moments[m].atoms, parts) for m in used), blocks)
    sizes, members = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    for number, m in enumerate(used):
        area, period, kind = (node[told.moment == m] for node in told.nodes)
        starts, mine = tell_figures((area, period, kind), number, blocks, unknowns)
        sizes.append(np.diff(starts))
        members.append(mine)
    plain = Statements(
        len(unknowns.table),
        np.concatenate([[0], np.cumsum(np.concatenate(sizes))]),
        np.concatenate(members),
        told.lower,
        told.upper,
    )
    cut = _pieces_only(axes[0], parts)
    pairs = find_differences(Published(told.nodes, told.lower, told.upper), [cut, *axes[1:]])
    return add_differences(plain, pairs, unknowns.table), unknowns.table


def _pieces_only(areas: Axis, parts: Parts) -> Axis:
    """Say which area lies in which: over two layouts only their pieces tell."""
    if parts.pieces is None:
        return areas
    return Axis(areas.elements, [held[held >= parts.whole] for held in areas.holds])
