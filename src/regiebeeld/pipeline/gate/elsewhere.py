"""What others tell about the same events: public tables, and other sources of the same release.

Two who count the same events seldom count alike. Where they do, an attacker may know it, so that
a figure of the other that can be ours counts as told about ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.tables import Axis
from regiebeeld.domain import PeriodKind
from regiebeeld.domain.areas import CODE_LENGTHS, PREFIXES, level_of
from regiebeeld.pipeline.gate.marks import add_up_nodes
from regiebeeld.pipeline.gate.nodes import (
    hold_areas,
    hold_periods,
    hold_sets,
    list_members,
    name_areas,
)
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, Ints

_CBS = frozenset(PREFIXES.values())
_LENGTHS = {level.depth: length for level, length in CODE_LENGTHS.items()}
_WHOLE = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """Sets of atoms of one group of events that another group counts too.

    others: the sets of the other group, by its events, with the sets of ours they stand for.
    """

    events: str
    others: Mapping[str, Mapping[frozenset[str], frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Outside:
    """A table of others about the same events, and its title."""

    title: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What others know of the events of each group: public tables, groups that share, owners.

    owners: the gemeenten that delivered their own part, where there are several.
    """

    public: Mapping[str, Sequence[Outside]] = field(default_factory=dict)
    shared: Mapping[str, Shared] = field(default_factory=dict)
    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def tell(
        self,
        events: str,
        atoms: Atoms,
        ours: Sequence[Figures],
        drafted: Mapping[str, Figures],
    ) -> list[Earlier]:
        """Give what counts as known about one group, as figures about its atoms."""
        return [
            *tell_of_public(self.public.get(events, ()), atoms, ours),
            *tell_of_others(self.shared.get(events), atoms, drafted),
        ]

    def titles(self, events: str) -> tuple[str, ...]:
        """Name the public tables about the events of a group."""
        return tuple(dict.fromkeys(table.title for table in self.public.get(events, ())))


NOWHERE_ELSE = Elsewhere()


def keep_fitting(atoms: Atoms, figures: Figures) -> Figures:
    """Keep the figures of others that count as ours do: their ranges hold our numbers.

    Held per kind, gemeente (or whole region) and year: with one figure that differs the others
    count in another way there, and that some are equal is chance that nobody can see.
    """
    axes = (
        Axis(len(atoms.areas), hold_areas(figures.areas, atoms.areas)),
        Axis(len(atoms.periods), hold_periods(figures.periods, atoms.periods)),
        Axis(len(atoms.sets), hold_sets(figures.sets, atoms.sets)),
    )
    at = (figures.area, figures.period, figures.kind)
    sums = add_up_nodes(atoms.counts.astype(np.int64), axes)[at]
    fits = (sums >= figures.lower) & (sums <= figures.upper)
    about = np.ones(len(figures), dtype=bool)
    for axis, node in zip(axes, at, strict=True):
        about &= axis.sizes[node] > 0
    homes = _number([code[2:6] if code[:2] in _CBS else _WHOLE for code in figures.areas])
    years = np.array([period.end.year for period in figures.periods] or [0], dtype=np.int64)
    shape = (len(figures.areas) + 1, 10_000, len(figures.sets) + 1)
    block = np.ravel_multi_index((homes[figures.area], years[figures.period], figures.kind), shape)
    wrong = about & ~fits
    differs = np.isin(block, block[wrong])
    # A whole of which a part differs is equal by chance, too.
    whole = np.array([code[:2] not in _CBS for code in figures.areas] or [False])[figures.area]
    when = years[figures.period] * (len(figures.sets) + 1) + figures.kind
    differs |= whole & np.isin(when, when[wrong])
    # Areas that are told together are a whole of the gemeenten they lie in, and of no others.
    fit = _mark_together(figures, wrong, (years[figures.period], figures.kind))
    return figures.only(about & np.where(_is_set(figures), fit, ~differs))


def _is_set(figures: Figures) -> NDArray[np.bool_]:
    named = [bool(list_members(code)) for code in figures.areas]
    return np.array(named or [False])[figures.area]


def _mark_together(
    figures: Figures, wrong: NDArray[np.bool_], when: tuple[Ints, Ints]
) -> NDArray[np.bool_]:
    """Mark figures of areas together that fit, with all of the gemeenten they lie in and year."""
    spots = list(zip(*(each.tolist() for each in when), strict=True))
    homes = [{code[2:6] for code in list_members(area) or (area,)} for area in figures.areas]
    bad = {
        (home, spots[row])
        for row in np.flatnonzero(wrong & ~_is_set(figures)).tolist()
        for home in homes[figures.area[row]]
    }
    found = np.zeros(len(figures), dtype=bool)
    for row in np.flatnonzero(_is_set(figures) & ~wrong).tolist():
        found[row] = not any((h, spots[row]) in bad for h in homes[figures.area[row]])
    return found


def _number(names: Sequence[str]) -> Ints:
    at = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return np.array([at[name] for name in names] or [0], dtype=np.int64)


def tell_of_others(
    shared: Shared | None, atoms: Atoms, drafted: Mapping[str, Figures]
) -> list[Earlier]:
    """Give the figures of other sources as figures about our atoms, where they can be.

    drafted: the figures of every group before anything is withheld: more than will be told.
    """
    found = []
    for other, sets in shared.others.items() if shared else ():
        figures = drafted.get(other)
        if figures is None:
            continue
        known = np.array([each in sets for each in figures.sets] or [False])
        mine = figures.only(known[figures.kind])
        named = tuple(sets.get(each, each) for each in figures.sets)
        told = keep_fitting(atoms, _with_sets(mine, named))
        if len(told):
            found.append(Earlier(atoms, told))
    return found


def tell_of_public(
    tables: Sequence[Outside], atoms: Atoms, ours: Sequence[Figures]
) -> list[Earlier]:
    """Give the figures of public tables as figures about our atoms, where they count alike.

    ours: what is told, now and before. Of what our figures hold whole or not at all, a public
    table tells the sum and nothing that helps; its parts are left out, and its sums stand beside
    them.
    """
    depth, size = _find_finest(ours)
    sets = dict.fromkeys(code for each in ours for code in each.areas if list_members(code))
    found = []
    for table in tables:
        told = keep_fitting(atoms, table.figures)
        told = told.only(_months_of(told)[told.period] % size == 0)
        shallow = told.only(_depth_of(told)[told.area] <= depth)
        every = [shallow, *_add_up_blocks(told, depth, tuple(sets))]
        found += [Earlier(atoms, each) for each in every if len(each)]
    return found


def _add_up_blocks(told: Figures, depth: int, sets: Sequence[str]) -> Iterator[Figures]:
    """Yield what a table tells of the blocks that areas told together cut other areas into.

    depth: of our finest areas. A block lies in one of those and in the same sets; only a sum of
    which the table tells every part is one.
    """
    if not sets:
        return
    finest = max(_find_depth(code) for code in sets)
    parts = {i: code for i, code in enumerate(told.areas) if _find_depth(code) == finest > depth}
    held = hold_areas(tuple(sets), tuple(parts.values()))
    inside: dict[int, list[int]] = {}
    for number, places in enumerate(held):
        for place in places.tolist():
            inside.setdefault(list(parts)[place], []).append(number)
    blocks: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for i, numbers in inside.items():
        home = parts[i][2 : 2 + _LENGTHS[max(depth, 1)]]
        blocks.setdefault((home, tuple(numbers)), []).append(i)
    for areas in blocks.values():
        yield _add_up(told, areas)


def _add_up(told: Figures, areas: Sequence[int]) -> Figures:
    """Add figures up over areas, by period and kind, where there is one of each of them."""
    mine = told.only(np.isin(told.area, areas))
    code = name_areas("stuk", [told.areas[i] for i in areas])
    spots, at = np.unique(np.stack([mine.period, mine.kind]), axis=1, return_inverse=True)
    number = np.bincount(at.reshape(-1), minlength=spots.shape[1])
    lower, upper = (
        np.bincount(at.reshape(-1), weights=side, minlength=spots.shape[1]).astype(np.int64)
        for side in (mine.lower, mine.upper)
    )
    whole = number == len(areas)
    period, kind = spots[:, whole]
    area = np.zeros(len(period), dtype=np.int64)
    return Figures((code,), told.periods, told.sets, area, period, kind, lower[whole], upper[whole])


def _find_finest(ours: Sequence[Figures]) -> tuple[int, int]:
    """Find the depth of the finest level, and the months in which every period can be cut."""
    depth, size = 0, 12
    for figures in ours:
        areas = [code for code in figures.areas if not list_members(code)]
        depth = max([depth, *map(_find_depth, areas)])
        for period in figures.periods:
            months = period.start.month - 1, period.end.month % 12
            whole = period.start.day == 1 and period.kind is not PeriodKind.WEEK
            size = (
                next(n for n in (12, 6, 3, 1) if n <= size and not any(m % n for m in months))
                if whole
                else 1
            )
    return depth, size


def _depth_of(figures: Figures) -> Ints:
    depths = [_find_depth(code) for code in figures.areas]
    return np.array(depths or [0], dtype=np.int64)


def _find_depth(code: str) -> int:
    """Give the depth of an area, or of the finest of those that are told together."""
    codes = [_plain(each) for each in list_members(code) or (code,)]
    return max(level_of(each).depth if each[:2] in _CBS else 0 for each in codes)


def _plain(code: str) -> str:
    return code.partition("?")[0]


def _months_of(figures: Figures) -> Ints:
    """Give how many months each period is; 1 for what is no whole month."""
    months = {
        PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12,
    }  # fmt: skip
    return np.array([months.get(p.kind, 1) for p in figures.periods] or [1], dtype=np.int64)


def _with_sets(figures: Figures, sets: tuple[frozenset[str], ...]) -> Figures:
    return Figures(
        figures.areas,
        figures.periods,
        sets,
        figures.area,
        figures.period,
        figures.kind,
        figures.lower,
        figures.upper,
    )
