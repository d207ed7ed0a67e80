"""Brings what was told in several layouts of areas to the same finest parts.

Refuses what was told in another layout when nobody says how the two cut each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import DisclosureError, Period
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Ints, Pieces

NO_COUNT = -1  # this part is not one of the parts of this moment
Counts = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Parts:
    """All finest parts of all moments: places x periods x sets.

    A place is an area of one layout, or a piece that lies in one area of each of several;
    `codes[vintage][place]` is that area, "" for a place that is not of that layout.
    """

    codes: dict[int, tuple[str, ...]]
    periods: tuple[Period, ...]
    sets: tuple[str, ...]
    pieces: Pieces | None

    @property
    def shape(self) -> tuple[int, int, int]:
        places = len(next(iter(self.codes.values()), ()))
        return places, len(self.periods), len(self.sets)

    @property
    def whole(self) -> int:
        """The number of places that are whole areas; the pieces come after them."""
        return self.shape[0] - self._cut

    @property
    def _cut(self) -> int:
        return 0 if self.pieces is None else len(next(iter(self.pieces.areas.values())))


def list_parts(moments: Sequence[Earlier], pieces: Pieces | None) -> Parts:
    """List the parts of all moments, the last of which is today.

    Raises DisclosureError when an earlier moment is in another layout than today and there are no
    pieces of the two, or when the pieces are not today's counts.
    """
    today = moments[-1].atoms
    vintages = sorted({each.atoms.vintage for each in moments})
    _refuse_uncut(vintages, today, pieces)
    if len(vintages) == 1:
        pieces = None
    whole = {v: _in_order(a for m in moments if m.atoms.vintage == v for a in m.atoms.areas)
             for v in vintages}  # fmt: skip
    codes = {
        v: (
            *(code if v == other else "" for other in vintages for code in whole[other]),
            *(pieces.areas[v] if pieces else ()),
        )
        for v in vintages
    }
    atoms = [each.atoms for each in moments]
    periods = tuple(sorted({p for each in atoms for p in each.periods}))
    parts = Parts(codes, periods, _in_order(s for each in atoms for s in each.sets), pieces)
    if pieces is not None:
        _refuse_other_counts(today, pieces)
    return parts


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _refuse_uncut(vintages: Sequence[int], today: Atoms, pieces: Pieces | None) -> None:
    cut = set(pieces.areas) if pieces else {today.vintage}
    missing = [v for v in vintages if v not in cut or today.vintage not in cut]
    if missing:
        old = ", ".join(str(v) for v in missing if v != today.vintage)
        raise DisclosureError(
            f"eerdere cijfers over dezelfde gebeurtenissen staan in de indeling van {old}, en de "
            f"nieuwe in die van {today.vintage}. Zonder telling per stuk (oud gebied in nieuw "
            "gebied) is niet te zeggen wat het verschil tussen beide weggeeft. Geef die telling "
            "mee, of publiceer deze bron in de oude indeling. Er is niets gepubliceerd"
        )


def _refuse_other_counts(today: Atoms, pieces: Pieces) -> None:
    places = _find(pieces.areas[today.vintage], today.areas)
    periods, sets = _find(pieces.periods, _names(today.periods)), _find(pieces.sets, today.sets)
    filled = np.zeros_like(today.counts)
    known = (places >= 0, periods >= 0, sets >= 0)
    at = np.ix_(places[known[0]], periods[known[1]], sets[known[2]])
    np.add.at(filled, at, pieces.counts[np.ix_(*known)])
    stray = pieces.counts.sum() - filled.sum()
    if stray or (filled != today.counts).any():
        raise DisclosureError(
            "de telling per stuk (oud gebied in nieuw gebied) telt niet op tot wat vandaag is "
            "geteld. Tel beide opnieuw uit dezelfde gegevens. Er is niets gepubliceerd"
        )


def _names(periods: Sequence[Period]) -> tuple[str, ...]:
    return tuple(period.id for period in periods)


def _find(names: Sequence[object], among: Sequence[str]) -> Ints:
    """Give the place of each name (or period) among others, -1 for none."""
    at = {name: i for i, name in enumerate(among)}
    spelled = (name.id if isinstance(name, Period) else str(name) for name in names)
    return np.array([at.get(name, -1) for name in spelled], dtype=np.int64)


def lay_counts(atoms: Atoms, parts: Parts) -> Counts:
    """Lay the counts of one moment on all parts; NO_COUNT where a part is not of that moment.

    An area of which the count still is the sum of its pieces is told by its pieces.
    """
    found = np.full(parts.shape, NO_COUNT, dtype=np.int32)
    codes = parts.codes[atoms.vintage][: parts.whole]
    places = _find(atoms.areas, codes)
    periods = _find(atoms.periods, _names(parts.periods))
    sets = _find(atoms.sets, parts.sets)
    found[np.ix_(places, periods, sets)] = atoms.counts
    if parts.pieces is not None:
        _cut_unchanged(found, parts, parts.pieces, atoms.vintage)
    return found


def _cut_unchanged(found: Counts, parts: Parts, pieces: Pieces, vintage: int) -> None:
    whole, cut = found[: parts.whole], found[parts.whole :]
    laid = np.full(cut.shape, NO_COUNT, dtype=np.int32)
    periods, sets = _find(pieces.periods, _names(parts.periods)), _find(pieces.sets, parts.sets)
    kept = (np.ones(len(laid), dtype=bool), periods >= 0, sets >= 0)
    laid[np.ix_(np.arange(len(laid)), periods[kept[1]], sets[kept[2]])] = pieces.counts[
        np.ix_(*kept)
    ]
    owner = _find(pieces.areas[vintage], parts.codes[vintage][: parts.whole])
    mine = owner >= 0
    sums, held = np.zeros(whole.shape, dtype=np.int64), np.zeros(whole.shape, dtype=bool)
    np.add.at(sums, owner[mine], np.maximum(laid[mine], 0))
    np.logical_or.at(held, owner[mine], laid[mine] != NO_COUNT)
    same = held & (sums == whole)
    whole[same] = NO_COUNT
    cut[mine] = np.where(same[owner[mine]], laid[mine], NO_COUNT)
