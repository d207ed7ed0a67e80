"""Lays numbers of others on the events of partners: what they count, and whether it is the same.

A number that is not the sum of what was counted here counts something else, and is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.tables import Axis
from regiebeeld.catalogue import Catalogue
from regiebeeld.pipeline.gate.marks import add_up_nodes
from regiebeeld.pipeline.gate.nodes import hold_areas, hold_periods, hold_sets
from regiebeeld.pipeline.gate.outside import OutsideNumber, OutsideTable
from regiebeeld.pipeline.gate.union import Atoms, Figures
from regiebeeld.pipeline.run.event_keys import find_sets

Laid = tuple[list[int], list[frozenset[str]]]  # numbers of the table, and the sets that each counts


@dataclass(slots=True)
class Fitting:
    """What was done with a table: per group of events the figures that are laid beside it.

    used: numbers that count events of a release; otherwise: those that count them in another
    way; elsewhere: those about other events, places or times, or finer ones than are counted.
    """

    name: str
    used: int = 0
    otherwise: int = 0
    elsewhere: int = 0
    figures: dict[str, Figures] = field(default_factory=dict)


def fit_outside(table: OutsideTable, atoms: Mapping[str, Atoms], catalogue: Catalogue) -> Fitting:
    """Find for each number of a table the groups of events that it is the true sum of."""
    found = Fitting(table.name)
    used = np.zeros(len(table.numbers), dtype=bool)
    meant = np.zeros(len(table.numbers), dtype=bool)
    for events, mine in atoms.items():
        at, sets = _find_meant(table.numbers, events, mine, catalogue)
        figures = _lay_out([table.numbers[i] for i in at], sets)
        inside, equal = fits_atoms(figures, mine)
        places = np.array(at, dtype=np.int64)
        meant[places[inside]] = True
        used[places[equal]] = True
        if equal.any():
            found.figures[events] = figures.only(equal)
    found.used = int(used.sum())
    found.otherwise = int((meant & ~used).sum())
    found.elsewhere = int((~meant).sum())
    return found


def fits_atoms(figures: Figures, atoms: Atoms) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which figures hold any atom, and which of those tell its number as it is."""
    axes = (
        Axis(len(atoms.areas), hold_areas(figures.areas, atoms.areas)),
        Axis(len(atoms.periods), hold_periods(figures.periods, atoms.periods)),
        Axis(len(atoms.sets), hold_sets(figures.sets, atoms.sets)),
    )
    at = (figures.area, figures.period, figures.kind)
    inside = np.ones(len(figures), dtype=bool)
    for axis, node in zip(axes, at, strict=True):
        inside &= axis.sizes[node] > 0
    sums = add_up_nodes(atoms.counts.astype(np.int64), axes)[at]
    return inside, inside & (figures.lower <= sums) & (sums <= figures.upper)


def _find_meant(
    numbers: Sequence[OutsideNumber], events: str, atoms: Atoms, catalogue: Catalogue
) -> Laid:
    """Find the numbers that name events of this group, and which sets of atoms each counts."""
    named: dict[tuple[str, bool], frozenset[str]] = {}
    at, sets = [], []
    for i, number in enumerate(numbers):
        key = (number.name, number.is_indicator)
        if key not in named:
            own = list(_own_event_sets(*key, events, catalogue))
            named[key] = find_sets(atoms, own) if own else frozenset()
        if named[key] and number.source in ("", events):
            at.append(i)
            sets.append(named[key])
    return at, sets


def _own_event_sets(
    name: str, is_indicator: bool, events: str, catalogue: Catalogue
) -> Iterator[str]:
    """Give the event sets of a source that a name stands for, also one of a public table."""
    terms = catalogue.sources[events].terms
    same = {codes[0]: own for own, codes in terms.same_event_sets.items() if len(codes) == 1}
    if not is_indicator:
        yield same.get(name, name)
        return
    indicator = catalogue.indicators.get(name)
    for wanted in indicator.sources if indicator else ():
        if wanted.source == events:
            yield from wanted.event_sets
            return
    for wanted in indicator.sources if indicator else ():
        public = wanted.source in terms.same_events_as
        if public and all(code in same for code in wanted.event_sets):
            yield from (same[code] for code in wanted.event_sets)
            return


def _lay_out(numbers: Sequence[OutsideNumber], sets: Sequence[frozenset[str]]) -> Figures:
    areas = tuple(dict.fromkeys(number.area for number in numbers))
    periods = tuple(dict.fromkeys(number.period for number in numbers))
    kinds = tuple(dict.fromkeys(sets))
    at_area, at_period, at_kind = (
        {each: i for i, each in enumerate(names)} for names in (areas, periods, kinds)
    )
    return Figures(
        areas,
        periods,
        kinds,
        np.array([at_area[number.area] for number in numbers], dtype=np.int64),
        np.array([at_period[number.period] for number in numbers], dtype=np.int64),
        np.array([at_kind[each] for each in sets], dtype=np.int64),
        np.array([number.lower for number in numbers], dtype=np.int64),
        np.array([number.upper for number in numbers], dtype=np.int64),
    )
