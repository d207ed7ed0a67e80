"""Figures and atoms by name, for tests of what is told together."""

from collections.abc import Mapping, Sequence

import numpy as np

from regiebeeld.domain import read_period
from regiebeeld.pipeline.gate.told import Atoms, Figures, Pieces

Place = tuple[str, str, str]  # area, period, set
# Area, period, sets with "+" between them, lower, upper.
Said = tuple[str, str, str, int, int]


def count(cells: Mapping[Place, int], *, vintage: int = 2025) -> Atoms:
    """Make atoms of the cells that are named; all others on the same axes are 0."""
    areas, periods, sets = (tuple(sorted({cell[k] for cell in cells})) for k in range(3))
    counts = np.zeros((len(areas), len(periods), len(sets)), dtype=np.int64)
    for (area, period, name), number in cells.items():
        counts[areas.index(area), periods.index(period), sets.index(name)] = number
    return Atoms(areas, tuple(read_period(p) for p in periods), sets, counts, vintage)


def say(figures: Sequence[Said]) -> Figures:
    """Make figures, each with the range it tells."""
    areas, periods, sets = (tuple(sorted({each[k] for each in figures})) for k in range(3))
    return Figures(
        areas,
        tuple(read_period(p) for p in periods),
        tuple(frozenset(each.split("+")) for each in sets),
        np.array([areas.index(each[0]) for each in figures], dtype=np.int64),
        np.array([periods.index(each[1]) for each in figures], dtype=np.int64),
        np.array([sets.index(each[2]) for each in figures], dtype=np.int64),
        np.array([each[3] for each in figures], dtype=np.int64),
        np.array([each[4] for each in figures], dtype=np.int64),
    )


def cut(old: int, new: int, pieces: Mapping[tuple[str, str, str, str], int]) -> Pieces:
    """Make pieces of (old area, new area, period, set)."""
    pairs = sorted({(each[0], each[1]) for each in pieces})
    periods, sets = (tuple(sorted({each[k] for each in pieces})) for k in (2, 3))
    counts = np.zeros((len(pairs), len(periods), len(sets)), dtype=np.int64)
    for (one, other, period, name), number in pieces.items():
        at = (pairs.index((one, other)), periods.index(period), sets.index(name))
        counts[at] = number
    areas = {old: tuple(p[0] for p in pairs), new: tuple(p[1] for p in pairs)}
    return Pieces(areas, tuple(read_period(p) for p in periods), sets, counts)
