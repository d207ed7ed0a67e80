"""Which of the finest cells lie in a named area, period or number of sets."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, Period, PeriodKind
from regiebeeld.domain.areas import PREFIXES

Ints = NDArray[np.int64]
Held = tuple[Ints, ...]  # per node the places of what lies in it, in order
_CBS = frozenset(PREFIXES[lv] for lv in (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT))
_SET, _MEMBERS, _BETWEEN = "SET ", ": ", "+"
_CACHED = 64


@lru_cache(_CACHED)
def hold_areas(nodes: tuple[str, ...], atoms: tuple[str, ...]) -> Held:
    """Give the atoms in each area: CBS codes nest, a set holds what its members hold.

    Any other code is the whole region.
    """
    return tuple(_areas_in(code, atoms) for code in nodes)


@lru_cache(_CACHED)
def hold_periods(nodes: tuple[Period, ...], atoms: tuple[Period, ...]) -> Held:
    """Give the atoms in each period; a week lies where its Thursday lies."""
    return tuple(_places(_lies_in(atom, period) for atom in atoms) for period in nodes)


@lru_cache(_CACHED)
def hold_sets(nodes: tuple[frozenset[str], ...], atoms: tuple[str, ...]) -> Held:
    """Give the atoms that are named in each number of sets."""
    return tuple(_places(atom in wanted for atom in atoms) for wanted in nodes)


def name_areas(name: str, members: Sequence[str]) -> str:
    """Name what some areas are together: the name holds them, so that nobody need look them up."""
    return f"{_SET}{name}{_MEMBERS}{_BETWEEN.join(sorted(members))}"


def list_members(code: str) -> tuple[str, ...]:
    """Give the codes of the areas that are told together under this name; () for one area."""
    if not code.startswith(_SET):
        return ()
    return tuple(code.partition(_MEMBERS)[2].split(_BETWEEN))


def read_name(code: str) -> str:
    """Read which areas, whatever they hold, are told together under this name."""
    return code.removeprefix(_SET).partition(_MEMBERS)[0]


def _places(inside: Iterable[bool]) -> Ints:
    return np.flatnonzero(np.array(list(inside), dtype=bool)).astype(np.int64)


def _areas_in(code: str, atoms: Sequence[str]) -> Ints:
    if members := list_members(code):
        return np.unique(np.concatenate([_areas_in(each, atoms) for each in members]))
    if code[:2] not in _CBS:
        return np.arange(len(atoms), dtype=np.int64)
    return _places(atom.startswith(code[2:], 2) for atom in atoms)


def _lies_in(atom: Period, period: Period) -> bool:
    if atom.kind is PeriodKind.WEEK and period.kind is not PeriodKind.WEEK:
        thursday = atom.start.toordinal() + 3
        return period.start.toordinal() <= thursday <= period.end.toordinal()
    return period.start <= atom.start and atom.end <= period.end
