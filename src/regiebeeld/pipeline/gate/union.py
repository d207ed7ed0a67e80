"""Everything published about the same events, of all releases, as statements for the attacker.

An unknown is an atom with its count at one moment: unchanged events are one unknown for ever.
Refuses to guess: a figure that is not the sum of its atoms stops the release.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import Relation, Statements
from regiebeeld.attack.tables import (
    Axis,
    Published,
    add_differences,
    find_relations,
    make_table_statements,
)
from regiebeeld.domain import AreaLevel, DisclosureError, Period, PeriodKind
from regiebeeld.domain.areas import PREFIXES

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Atoms:
    """The finest counts of a group of events at one moment: areas x periods x sets."""

    areas: tuple[str, ...]
    periods: tuple[Period, ...]
    sets: tuple[str, ...]
    counts: Ints


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures about one group of events: each an area, a period and a number of sets.

    `lower` and `upper` are what the figure tells; both are the count itself for an exact one.
    """

    areas: tuple[str, ...]
    periods: tuple[Period, ...]
    sets: tuple[frozenset[str], ...]
    area: Ints
    period: Ints
    kind: Ints  # index into sets
    lower: Ints
    upper: Ints

    def __len__(self) -> int:
        return len(self.lower)


@dataclass(frozen=True, slots=True)
class Union:
    """The statements with the true count of every unknown; the last `mine` are of today."""

    statements: Statements
    table: Ints
    ours: NDArray[np.bool_]
    mine: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was published before, or is told by others: figures and the counts of that moment."""

    atoms: Atoms
    figures: Figures


def make_union(atoms: Atoms, figures: Figures, earlier: Sequence[Earlier] = ()) -> Union:
    """Join today's protected figures with everything that was told before.

    Figures that say nothing new (the same events, the same range) are told once. Raises
    DisclosureError for a figure that holds no atoms, or whose range does not hold their sum.
    """
    numbering = _Numbering(atoms)
    parts = [numbering.part(each.atoms, each.figures) for each in earlier]
    seen: set[tuple[bytes, int, int]] = set()
    kept = [_without_seen(part, seen) for part in parts]
    today = numbering.part(atoms, figures)
    relations = find_relations(_as_published(figures), _axes(atoms, figures))
    whole = add_differences(today, relations)
    before = [part for part in kept if len(part)]
    statements = _join([*before, whole], numbering.size)
    ours = np.zeros(len(statements), dtype=bool)
    first = sum(len(part) for part in before)
    ours[first : first + len(figures)] = True
    return Union(statements, numbering.table(), ours, first)


class _Numbering:
    """Gives every atom with its count one number, over all moments."""

    def __init__(self, atoms: Atoms) -> None:
        self._today = atoms
        self._numbers: dict[tuple[str, str, str, int], int] = {}
        self._counts: list[int] = []

    @property
    def size(self) -> int:
        return len(self._counts)

    def table(self) -> Ints:
        return np.array(self._counts, dtype=np.int64)

    def part(self, atoms: Atoms, figures: Figures) -> Statements:
        """Make the statements of one moment, in the numbers of all moments."""
        local = make_table_statements(_as_published(figures), _axes(atoms, figures))
        _refuse_strangers(local, atoms, figures)
        used, members = np.unique(local.members, return_inverse=True)
        numbers = self._number(atoms, used)
        return Statements(
            0, local.starts, numbers[members].astype(np.int32), local.lower, local.upper
        )

    def _number(self, atoms: Atoms, used: NDArray[np.int32]) -> Ints:
        shape = atoms.counts.shape
        area, period, kind = np.unravel_index(used, shape)
        counts = atoms.counts.ravel()[used]
        found = np.empty(len(used), dtype=np.int64)
        for i, (a, p, k, n) in enumerate(
            zip(area.tolist(), period.tolist(), kind.tolist(), counts.tolist(), strict=True)
        ):
            key = (atoms.areas[a], atoms.periods[p].id, atoms.sets[k], n)
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = len(self._counts)
                self._counts.append(n)
            found[i] = number
        return found


def _as_published(figures: Figures) -> Published:
    return Published((figures.area, figures.period, figures.kind), figures.lower, figures.upper)


def _axes(atoms: Atoms, figures: Figures) -> tuple[Axis, Axis, Axis]:
    areas = [_areas_in(code, atoms.areas) for code in figures.areas]
    periods = [_periods_in(period, atoms.periods) for period in figures.periods]
    sets = [
        np.array([i for i, name in enumerate(atoms.sets) if name in wanted], dtype=np.int64)
        for wanted in figures.sets
    ]
    return (
        Axis(len(atoms.areas), areas, _find_partitions(areas)),
        Axis(len(atoms.periods), periods, _find_partitions(periods)),
        Axis(len(atoms.sets), sets, _find_partitions(sets)),
    )


def _areas_in(code: str, atoms: Sequence[str]) -> Ints:
    """Give the atoms in an area: CBS codes nest; any other code is the whole region."""
    prefixes = {PREFIXES[level] for level in (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT)}
    if code[:2] not in prefixes:
        return np.arange(len(atoms), dtype=np.int64)
    inside = [i for i, atom in enumerate(atoms) if atom[2:].startswith(code[2:])]
    return np.array(inside, dtype=np.int64)


def _periods_in(period: Period, atoms: Sequence[Period]) -> Ints:
    return np.array(
        [i for i, atom in enumerate(atoms) if _lies_in(atom, period)],
        dtype=np.int64,
    )


def _lies_in(atom: Period, period: Period) -> bool:
    if atom.kind is PeriodKind.WEEK and period.kind is not PeriodKind.WEEK:
        thursday = atom.start.toordinal() + 3
        return period.start.toordinal() <= thursday <= period.end.toordinal()
    return period.start <= atom.start and atom.end <= period.end


def _find_partitions(nodes: Sequence[Ints]) -> list[tuple[tuple[int, ...], ...]]:
    """Find for each node the published nodes that together are just it, largest parts first."""
    sets = [frozenset(node.tolist()) for node in nodes]
    by_size = sorted(range(len(sets)), key=lambda i: -len(sets[i]))
    return [tuple(_partitions_of(i, sets, by_size)) for i in range(len(sets))]


def _partitions_of(
    at: int, sets: Sequence[frozenset[int]], by_size: Sequence[int]
) -> list[tuple[int, ...]]:
    """One partition into the largest parts, and one into the parts of each smaller size."""
    whole = sets[at]
    if len(whole) < 2:
        return []
    inside = [i for i in by_size if sets[i] < whole]
    found: dict[tuple[int, ...], None] = {}
    for skip in sorted({len(sets[i]) for i in inside}, reverse=True)[:4]:
        rest, chosen = set(whole), []
        for i in inside:
            if len(sets[i]) <= skip and sets[i] <= rest:
                chosen.append(i)
                rest -= sets[i]
        if not rest and chosen:
            found[tuple(sorted(chosen))] = None
    return list(found)


def _refuse_strangers(statements: Statements, atoms: Atoms, figures: Figures) -> None:
    sums = statements.sums(atoms.counts.ravel())
    wrong = np.flatnonzero((sums < statements.lower) | (sums > statements.upper))
    empty = np.flatnonzero(statements.sizes == 0)
    if len(wrong) or len(empty):
        at = int((wrong if len(wrong) else empty)[0])
        where = f"{figures.areas[figures.area[at]]}, {figures.periods[figures.period[at]].id}"
        raise DisclosureError(
            f"het cijfer van {where} is niet de som van wat is geteld, en zonder die som "
            "oordeelt de poort niet. Er is niets gepubliceerd"
        )


def _without_seen(part: Statements, seen: set[tuple[bytes, int, int]]) -> Statements:
    """Leave out what was told before: the same unknowns with the same range."""
    keep = np.zeros(len(part), dtype=bool)
    for s in range(len(part)):
        members = np.sort(part.members[part.starts[s] : part.starts[s + 1]])
        key = (members.tobytes(), int(part.lower[s]), int(part.upper[s]))
        if key not in seen:
            seen.add(key)
            keep[s] = True
    rows = np.repeat(keep, part.sizes)
    return Statements(
        part.unknowns,
        np.concatenate([[0], np.cumsum(part.sizes[keep])]),
        part.members[rows],
        part.lower[keep],
        part.upper[keep],
    )


def _join(parts: Sequence[Statements], unknowns: int) -> Statements:
    sizes = np.concatenate([part.sizes for part in parts])
    depends, first = [], 0
    for part in parts:
        mine = part.depends
        if mine is None:
            mine = np.full((len(part), 2), -1, np.int64)
        depends.append(np.where(mine < 0, mine, mine + first))
        first += len(part)
    return Statements(
        unknowns,
        np.concatenate([[0], np.cumsum(sizes)]),
        np.concatenate([part.members for part in parts]),
        np.concatenate([part.lower for part in parts]),
        np.concatenate([part.upper for part in parts]),
        np.concatenate(depends),
    )


def list_relations(atoms: Atoms, figures: Figures) -> list[Relation]:
    """List the published totals whose published parts make them up."""
    return find_relations(_as_published(figures), _axes(atoms, figures))
