"""Lays the protected figures of several indicators end to end, the way the attacker reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import UNLIMITED
from regiebeeld.disclosure import range_of
from regiebeeld.domain import Area, Status
from regiebeeld.pipeline.gate.area_sets import AreaSet
from regiebeeld.pipeline.gate.protecting import STATUSES, ReleasedCells
from regiebeeld.pipeline.gate.told import Figures
from regiebeeld.pipeline.indicators import Cells

UNPLACED = "?"  # after the code of an area: what lies in it and in none of its parts
NOWHERE = "GM0000"  # under which an event stands of which the gemeente is unknown
_SHOWN = STATUSES.index(Status.SHOWN)
Rows = NDArray[np.intp]
Part = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Draft:
    """The cells of one indicator before anything is protected.

    `events` names the group of events that a protected source counts (None: no protection);
    `sets` are the sets of atoms that the indicator adds up. together: the areas that every cell
    of the draft is of, as one; the areas of its cells say nothing then. part: the value of the
    indicator's breakdown that its cells are of, as `column=value`; empty for the whole.
    """

    indicator: str
    cells: Cells
    events: str | None = None
    sets: frozenset[str] = frozenset()
    together: AreaSet | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Figures of several drafts, and of each draft the rows that tell one, in that order."""

    figures: Figures
    rows: tuple[Rows, ...]

    def split(self, marks: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
        """Give for each draft the part of marks (one a figure) that is about its rows."""
        ends = np.cumsum([len(each) for each in self.rows])[:-1]
        return np.split(marks, ends)


def lay_out(
    drafts: Sequence[Draft], released: Sequence[ReleasedCells], areas: Sequence[Area]
) -> LaidOut:
    """Lay out every figure that has a value."""
    rows = tuple(np.flatnonzero(each.value >= 0) for each in released)
    codes = [area.code for area in areas]
    parts = []
    for draft, each, mine in zip(drafts, released, rows, strict=True):
        area = draft.cells.area[mine]
        if draft.together is not None:
            area = np.full(len(mine), len(codes), dtype=np.int32)
            codes.append(draft.together.code)
        parts.append((area, draft.cells.period[mine], each.lower[mine], each.upper[mine]))
    return LaidOut(_join(drafts, parts, tuple(codes)), rows)


def lay_out_left(
    drafts: Sequence[Draft], released: Sequence[ReleasedCells], areas: Sequence[Area]
) -> Figures:
    """Lay out what was counted and is left out, as telling nothing: it must be left open."""
    left = [
        np.where((draft.cells.status == _SHOWN) & (each.value < 0), 0, -1)
        for draft, each in zip(drafts, released, strict=True)
    ]
    cells = [ReleasedCells(v, v * 0, v * 0 + UNLIMITED, v.astype(np.uint8)) for v in left]
    return lay_out(drafts, cells, areas).figures


def lay_out_asides(
    drafts: Sequence[Draft],
    values: Sequence[NDArray[np.int64]],
    kept: Sequence[NDArray[np.bool_]],
    areas: Sequence[Area],
    atoms: Sequence[str],
) -> Figures:
    """Lay out what was not told but decided what is: an attacker may work out as much.

    values: the rounded asides of each draft; kept: its cells that may be there; atoms: the names
    of the areas of the atoms. Where nothing can lie, or nothing finer is there to be hidden, there
    is nothing to work out.
    """
    depths = np.array([area.level.depth for area in areas])
    codes = tuple(f"{area.code if area.code[:2] == 'GM' else NOWHERE}{UNPLACED}" for area in areas)
    names = {f"GM{name[2:6]}{UNPLACED}" for name in atoms if UNPLACED in name}
    has = np.array([code in names for code in codes])
    parts = []
    for draft, value, there_is in zip(drafts, values, kept, strict=True):
        asides, cells = draft.cells.asides, draft.cells
        if asides is None:
            continue
        finest = np.full(max(len(cells.periods), 1), -1)
        # Areas that are told together are hidden with any of them, like what is finest.
        deep = depths[cells.area] if draft.together is None else draft.together.level.depth
        depth = np.broadcast_to(deep, cells.period.shape)
        np.maximum.at(finest, cells.period[there_is], depth[there_is])
        told = has[asides.area] & (finest[asides.period] > depths[asides.area])
        lower, upper = range_of(value[told])
        parts.append((asides.area[told], asides.period[told], lower, upper))
    with_asides = [draft for draft in drafts if draft.cells.asides is not None]
    return _join(with_asides, parts, codes)


def _join(drafts: Sequence[Draft], parts: Sequence[Part], codes: tuple[str, ...]) -> Figures:
    sets = list(dict.fromkeys(draft.sets for draft in drafts))
    ids = {p.id: p for draft in drafts for p in draft.cells.periods}
    periods = sorted(ids.values())
    at = {period.id: i for i, period in enumerate(periods)}
    columns: list[list[NDArray[np.int64]]] = [[np.array([], np.int64)] for _ in range(5)]
    for draft, (area, period, lower, upper) in zip(drafts, parts, strict=True):
        named = np.array([at[p.id] for p in draft.cells.periods] or [0], dtype=np.int64)
        kind = np.full(len(area), sets.index(draft.sets), dtype=np.int64)
        for column, part in zip(
            columns, (area.astype(np.int64), named[period], kind, lower, upper), strict=True
        ):
            column.append(part)
    at_area, at_period, at_kind, lowest, highest = (np.concatenate(column) for column in columns)
    # A node that no figure names would tell atoms apart that nobody can.
    areas, at_area = np.unique(at_area, return_inverse=True)
    used, at_period = np.unique(at_period, return_inverse=True)
    return Figures(
        tuple(codes[i] for i in areas),
        tuple(periods[i] for i in used),
        tuple(sets),
        at_area.astype(np.int64),
        at_period.astype(np.int64),
        at_kind,
        lowest,
        highest,
    )
