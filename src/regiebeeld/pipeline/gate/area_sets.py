"""Sets of areas that are told as one figure: their names, what they hold, and that those last.

A name holds its members, so that the register says for ever what a figure was of. Refuses a set
whose members are no longer those of before: under one name two sums would give their difference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import UNLIMITED
from regiebeeld.domain import AreaLevel, DisclosureError
from regiebeeld.domain.areas import level_of
from regiebeeld.pipeline.gate.nodes import (
    hold_areas,
    hold_periods,
    hold_sets,
    list_members,
    name_areas,
    read_name,
)
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, Ints, join_figures

_PIECE = "stuk"  # in the name of what a set and an area have in common, or leave of each other


@dataclass(frozen=True, slots=True)
class AreaSet:
    """Areas of one layout that are told together; `id` names region, intervention, role and year.

    members: codes of areas that do not overlap.
    """

    id: str
    members: tuple[str, ...]

    @property
    def code(self) -> str:
        """The name of its figures: the id with the members, in order."""
        return name_areas(self.id, self.members)

    @property
    def level(self) -> AreaLevel:
        """The level of its finest member."""
        return max((level_of(code) for code in self.members), key=lambda level: level.depth)


def refuse_other_members(sets: Sequence[AreaSet], before: Sequence[Earlier]) -> None:
    """Raise DisclosureError for a set of which earlier figures stand with other members."""
    known: dict[str, str] = {}
    for figures in (f for each in before for f in (each.figures, each.withheld) if f is not None):
        known.update({read_name(code): code for code in figures.areas if list_members(code)})
    for each in sets:
        if known.get(each.id, each.code) != each.code:
            raise DisclosureError(
                f"{each.id}: er zijn al cijfers van deze gebieden samen getoond, en toen waren het "
                "andere gebieden. Het verschil zou een stuk alleen tonen. Zet de gebieden terug, "
                "of geef de interventie met de nieuwe gebieden een eigen bestand met een andere "
                "naam. Er is niets gepubliceerd"
            )


def lay_out_open(
    atoms: Atoms, ours: Figures, others: Sequence[str], withheld: Figures | None
) -> Figures:
    """Lay out what must stay open beside sets: pieces, and figures of areas that were withheld.

    ours: figures of sets; others: the areas that are told; a piece is what a set leaves of an area
    around or across it, or shares with it. Each tells nothing (0 or more), so that the attacker
    has to leave it open like a figure.
    """
    pieces = lay_out_pieces(atoms, ours, others)
    return pieces if withheld is None else join_figures(pieces, open_up(withheld))


def open_up(withheld: Figures) -> Figures:
    """Give figures that were withheld as telling nothing, so that they must be left open."""
    nothing = np.zeros(len(withheld), dtype=np.int64)
    return replace(withheld, lower=nothing, upper=nothing + UNLIMITED)


def leave_open(before: Sequence[Earlier], atoms: Atoms, others: Sequence[str]) -> list[Earlier]:
    """Give what was told before with the pieces that its sets leave, which must stay open for ever.

    others: the areas that are told, now and before. The pieces are laid out in the counts of when
    the set was told, and in those of today (atoms) where these still hold its periods.
    """
    found: list[Earlier] = []
    today: list[Earlier] = []
    for each in before:
        named = np.array([bool(list_members(code)) for code in each.figures.areas] or [False])
        sets = each.figures.only(named[each.figures.area])
        if not len(sets):
            found.append(each)
            continue
        left = lay_out_pieces(each.atoms, sets, others)
        found.append(replace(each, figures=join_figures(each.figures, left)))
        if each.atoms.vintage == atoms.vintage:
            still = lay_out_pieces(atoms, sets.only(_is_counted(sets, atoms)), others)
            today += [Earlier(atoms, still)] if len(still) else []
    return [*found, *today]


def list_told_sets(before: Iterable[Earlier]) -> list[str]:
    """List the names of the sets of which figures were told."""
    every = (each.figures.areas[i] for each in before for i in np.unique(each.figures.area))
    return sorted({read_name(code) for code in every if list_members(code)})


def _is_counted(figures: Figures, atoms: Atoms) -> NDArray[np.bool_]:
    """Mark the figures of which the period and the events are among the atoms."""
    periods = [len(held) > 0 for held in hold_periods(figures.periods, atoms.periods)]
    sets = [len(held) > 0 for held in hold_sets(figures.sets, atoms.sets)]
    one, other = (np.array(each or [False], dtype=bool) for each in (periods, sets))
    marks: NDArray[np.bool_] = one[figures.period] & other[figures.kind]
    return marks


def lay_out_pieces(atoms: Atoms, ours: Figures, others: Sequence[str]) -> Figures:
    """Lay out the pieces that sets and areas cut each other into, telling nothing of them."""
    named = tuple(dict.fromkeys([*ours.areas, *others]))
    held = dict(zip(named, hold_areas(named, atoms.areas), strict=True))
    codes: dict[str, int] = {}
    rows: set[tuple[int, int, int]] = set()
    for place, code in enumerate(ours.areas):
        if not (ours.area == place).any():
            continue
        spots = [ours.period[ours.area == place].tolist(), ours.kind[ours.area == place].tolist()]
        for piece in _list_pieces(held[code], held.values(), atoms):
            at = codes.setdefault(piece, len(codes))
            rows.update((at, *spot) for spot in zip(*spots, strict=True))
    laid = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    nothing = np.zeros(len(laid), dtype=np.int64)
    columns = (laid[:, 0], laid[:, 1], laid[:, 2], nothing, nothing + UNLIMITED)
    return Figures(tuple(codes), ours.periods, ours.sets, *columns)


def _list_pieces(mine: Ints, others: Iterable[Ints], atoms: Atoms) -> Iterator[str]:
    """Name the pieces that a set and other areas cut each other into, whole ones left out."""
    for other in others:
        inside, outside = np.intersect1d(mine, other), np.setdiff1d(other, mine)
        if len(inside) and len(outside):
            yield name_areas(_PIECE, [atoms.areas[i] for i in outside])
            if len(inside) < len(mine):
                yield name_areas(_PIECE, [atoms.areas[i] for i in inside])
