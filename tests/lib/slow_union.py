"""The obvious slow union: sets of named unknowns, one figure at a time, all pairs compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from regiebeeld.domain import Period
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, Pieces

Unknown = tuple[object, ...]
Named = tuple[tuple[int, str], str, frozenset[str]]


@dataclass(frozen=True)
class Said:
    """One statement: by what name, about which unknowns, and between which bounds."""

    name: Named
    unknowns: frozenset[Unknown]
    lower: int
    upper: int


@dataclass(frozen=True)
class SlowUnion:
    """Statements in the order of the fast one, differences as (total, part, what lies outside)."""

    said: list[Said]
    ours: list[bool]
    counts: dict[Unknown, int]
    differences: set[tuple[int, int, frozenset[Unknown]]]


def slow_union(
    atoms: Atoms, figures: Figures, earlier: Sequence[Earlier] = (), pieces: Pieces | None = None
) -> SlowUnion:
    """Join everything told, as make_union must."""
    counts: dict[Unknown, int] = {}
    before = [s for each in earlier for s in _say(each.atoms, each.figures, counts, pieces)]
    today = _say(atoms, figures, counts, pieces)
    kept = [s for s in dict.fromkeys(before) if s not in set(today)]
    said = [*kept, *today]
    ours = [False] * len(kept) + [s not in set(before) for s in today]
    return SlowUnion(said, ours, counts, _differences(said, counts))


def _say(
    atoms: Atoms, figures: Figures, counts: dict[Unknown, int], pieces: Pieces | None
) -> list[Said]:
    found = []
    for row in range(len(figures)):
        code = figures.areas[figures.area[row]]
        period, sets = figures.periods[figures.period[row]], figures.sets[figures.kind[row]]
        unknowns: set[Unknown] = set()
        for a, p, s in product(*(range(size) for size in atoms.counts.shape)):
            inside = _in_area(atoms.areas[a], code) and _in_period(atoms.periods[p], period)
            if inside and atoms.sets[s] in sets:
                unknowns |= _parts_of(atoms, (a, p, s), counts, pieces)
        name = ((atoms.vintage, code), period.id, sets)
        bounds = int(figures.lower[row]), int(figures.upper[row])
        found.append(Said(name, frozenset(unknowns), *bounds))
    return found


def _parts_of(
    atoms: Atoms, at: tuple[int, int, int], counts: dict[Unknown, int], pieces: Pieces | None
) -> set[Unknown]:
    """Give the pieces of an atom when they still add up to it, else the atom with its count."""
    a, p, s = at
    area, period, name = atoms.areas[a], atoms.periods[p], atoms.sets[s]
    count = int(atoms.counts[at])
    cut: dict[Unknown, int] = {}
    if pieces is not None and period in pieces.periods and name in pieces.sets:
        where = pieces.periods.index(period), pieces.sets.index(name)
        for i, code in enumerate(pieces.areas[atoms.vintage]):
            if code == area:
                cut["piece", i, period.id, name] = int(pieces.counts[(i, *where)])
    if not cut or sum(cut.values()) != count:
        cut = {(atoms.vintage, area, period.id, name, count): count}
    counts.update(cut)
    return set(cut)


def _in_area(atom: str, code: str) -> bool:
    return code[:2] not in {"GM", "WK", "BU"} or atom[2:].startswith(code[2:])


def _in_period(atom: Period, period: Period) -> bool:
    return period.start <= atom.start and atom.end <= period.end


def _differences(
    said: Sequence[Said], counts: dict[Unknown, int]
) -> set[tuple[int, int, frozenset[Unknown]]]:
    found = set()
    for (t, total), (p, part) in product(enumerate(said), repeat=2):
        same = sum(one == other for one, other in zip(total.name, part.name, strict=True))
        outside = total.unknowns - part.unknowns
        exact = total.lower == total.upper or part.lower == part.upper
        differs = (total.lower, total.upper) != (part.lower, part.upper)
        telling = differs and not exact and total.lower <= part.upper
        nested = same == 2 and part.unknowns < total.unknowns
        if telling and nested and sum(counts[u] for u in outside):
            found.add((t, p, outside))
    return found
