"""The figures of all moments as rows of one numbering, each marked with the events it counts.

Refuses a figure that is not the sum of its atoms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.statements import number_rows
from regiebeeld.attack.tables import Axis
from regiebeeld.disclosure import name_atoms
from regiebeeld.domain import DisclosureError, Period
from regiebeeld.pipeline.gate.layouts import Parts
from regiebeeld.pipeline.gate.marks import (
    Words,
    add_up_nodes,
    chain_words,
    mark_bytes,
    mark_parts,
)
from regiebeeld.pipeline.gate.nodes import hold_areas, hold_periods, hold_sets
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, Ints, Pieces


@dataclass(frozen=True, slots=True)
class Nodes:
    """Every node that some figure names: (layout, area), period, sets."""

    areas: tuple[tuple[int, str], ...]
    periods: tuple[Period, ...]
    sets: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Figures by moment and nodes; equal nodes and an equal mark are the same events."""

    moment: Ints
    nodes: tuple[Ints, Ints, Ints]
    mark: Words
    lower: Ints
    upper: Ints

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def events(self) -> tuple[NDArray[np.generic], ...]:
        return (*self.nodes, self.mark)

    def only(self, kept: Ints) -> "Rows":
        area, period, kind = self.nodes
        return Rows(
            self.moment[kept],
            (area[kept], period[kept], kind[kept]),
            self.mark[kept],
            self.lower[kept],
            self.upper[kept],
        )


def list_nodes(moments: Iterable[Earlier]) -> Nodes:
    """List the nodes of all figures, shown and withheld."""
    laid = [(m.atoms.vintage, f) for m in moments for f in (m.figures, m.withheld)]
    every = [(vintage, f) for vintage, f in laid if f is not None]
    return Nodes(
        tuple(dict.fromkeys((vintage, area) for vintage, f in every for area in f.areas)),
        tuple(dict.fromkeys(period for _, f in every for period in f.periods)),
        tuple(dict.fromkeys(sets for _, f in every for sets in f.sets)),
    )


def make_axes(parts: Parts, nodes: Nodes) -> tuple[Axis, Axis, Axis]:
    """Say which parts each node holds."""
    holds: list[Ints] = [np.empty(0, np.int64)] * len(nodes.areas)
    for vintage, codes in parts.codes.items():
        mine = [i for i, (v, _) in enumerate(nodes.areas) if v == vintage]
        held = hold_areas(tuple(nodes.areas[i][1] for i in mine), codes)
        for i, inside in zip(mine, held, strict=True):
            holds[i] = inside
    places, periods, sets = parts.shape
    return (
        Axis(places, holds),
        Axis(periods, hold_periods(nodes.periods, parts.periods)),
        Axis(sets, hold_sets(nodes.sets, parts.sets)),
    )


def lay_rows(moments: Sequence[Earlier], nodes: Nodes) -> Rows:
    """Lay the figures of all moments end to end; raise DisclosureError for a stranger."""
    found = []
    for number, each in enumerate(moments):
        marks = mark_figures(each.atoms, each.figures)
        found.append(_as_rows(number, each.atoms.vintage, each.figures, marks, nodes))
    return _join(found)


def lay_withheld(moments: Sequence[Earlier], nodes: Nodes) -> Rows:
    """Lay the figures that earlier moments withheld end to end."""
    found = []
    for number, each in enumerate(moments):
        if each.withheld is not None:
            marks = mark_figures(each.atoms, each.withheld, ranged=False)
            found.append(_as_rows(number, each.atoms.vintage, each.withheld, marks, nodes))
    return _join(found)


def mark_rows(rows: Rows, nodes: Nodes, pieces: Pieces | None) -> Words:
    """Mark what each row tells of which events, alike in every run and every release."""
    cut = "" if pieces is None else mark_bytes(pieces.counts.tobytes(), repr(pieces.areas).encode())
    named = name_atoms(
        [f"{vintage} {area} {cut}" for vintage, area in nodes.areas],
        [period.id for period in nodes.periods],
        ["|".join(sorted(sets)) for sets in nodes.sets],
    )
    words = [name[at] for name, at in zip(named, rows.nodes, strict=True)]
    return chain_words(
        [*words, rows.mark, rows.lower.astype(np.uint64), rows.upper.astype(np.uint64)]
    )


def _as_rows(number: int, vintage: int, figures: Figures, marks: Words, nodes: Nodes) -> Rows:
    named = (
        _renumber([(vintage, area) for area in figures.areas], nodes.areas)[figures.area],
        _renumber(figures.periods, nodes.periods)[figures.period],
        _renumber(figures.sets, nodes.sets)[figures.kind],
    )
    at = np.full(len(figures), number, dtype=np.int64)
    return Rows(at, named, marks, figures.lower, figures.upper)


def _renumber(names: Sequence[object], among: Sequence[object]) -> Ints:
    at = {name: i for i, name in enumerate(among)}
    return np.array([at[name] for name in names], dtype=np.int64)


def _join(parts: Sequence[Rows]) -> Rows:
    zero = np.empty(0, np.int64)
    empty = Rows(zero, (zero, zero, zero), np.empty(0, np.uint64), zero, zero)
    every = [empty, *parts]
    area, period, kind = (np.concatenate([each.nodes[k] for each in every]) for k in range(3))
    return Rows(
        np.concatenate([each.moment for each in every]),
        (area, period, kind),
        np.concatenate([each.mark for each in every]),
        np.concatenate([each.lower for each in every]),
        np.concatenate([each.upper for each in every]),
    )


def mark_figures(atoms: Atoms, figures: Figures, *, ranged: bool = True) -> Words:
    """Mark the events of each figure; `ranged`: refuse a range that does not hold their number."""
    axes = (
        Axis(len(atoms.areas), hold_areas(figures.areas, atoms.areas)),
        Axis(len(atoms.periods), hold_periods(figures.periods, atoms.periods)),
        Axis(len(atoms.sets), hold_sets(figures.sets, atoms.sets)),
    )
    at = (figures.area, figures.period, figures.kind)
    wrong = np.zeros(len(figures), dtype=bool)
    for axis, node in zip(axes, at, strict=True):
        wrong |= axis.sizes[node] == 0
    if ranged:
        sums = add_up_nodes(atoms.counts.astype(np.int64), axes)[at]
        wrong |= (sums < figures.lower) | (sums > figures.upper)
    _refuse_strangers(wrong, figures)
    area, period, kind = name_atoms(atoms.areas, [p.id for p in atoms.periods], atoms.sets)
    cells = area[:, None, None] * np.uint64(3) + period[:, None] * np.uint64(5) + kind
    return add_up_nodes(mark_parts(cells, atoms.counts), axes)[at]


def _refuse_strangers(wrong: NDArray[np.bool_], figures: Figures) -> None:
    if wrong.any():
        raise DisclosureError(
            f"het cijfer van {figures.where(int(np.flatnonzero(wrong)[0]))} is niet de som van "
            "wat is geteld, en zonder die som oordeelt de poort niet. Er is niets gepubliceerd"
        )


def leave_out_seen(rows: Rows, first: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Keep each figure once, and all from `first` on; give the kept rows, and which of those
    from `first` on were told before that."""
    heads, number = number_rows(*rows.events, rows.lower, rows.upper)
    seen = np.zeros(len(heads), dtype=bool)
    seen[number[:first]] = True
    today = np.zeros(len(heads), dtype=bool)
    today[number[first:]] = True
    keep = np.zeros(len(rows), dtype=bool)
    keep[heads] = True
    keep &= ~today[number]
    keep[first:] = True
    return np.flatnonzero(keep), seen[number[first:]]


def find_among(rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Find the rows that count the same events as one of the others, whatever they tell."""
    both = _join([others, rows])
    _, number = number_rows(*both.events)
    found: NDArray[np.bool_] = np.isin(number[len(others) :], number[: len(others)])
    return found
