"""What is told about a group of events: figures, and the finest counts they add up.

Plain values; nothing here judges, reads or writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Period

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Atoms:
    """The finest counts of a group of events at one moment: areas x periods x sets.

    `vintage` is the year of the layout that the areas are of.
    """

    areas: tuple[str, ...]
    periods: tuple[Period, ...]
    sets: tuple[str, ...]
    counts: Ints
    vintage: int = 0


@dataclass(frozen=True, slots=True)
class Pieces:
    """Today's events, counted in the pieces that several layouts of areas cut each other into.

    `areas[vintage][i]` is the area of that layout in which piece i lies; one of the layouts is
    that of today's atoms. counts: pieces x periods x sets.
    """

    areas: Mapping[int, tuple[str, ...]]
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

    def where(self, row: int) -> str:
        """Name the area and the period of one figure, for a message."""
        return f"{self.areas[self.area[row]]}, {self.periods[self.period[row]].id}"

    def only(self, keep: NDArray[np.bool_]) -> "Figures":
        """Give the figures that are marked True, on the same axes."""
        return Figures(
            self.areas,
            self.periods,
            self.sets,
            self.area[keep],
            self.period[keep],
            self.kind[keep],
            self.lower[keep],
            self.upper[keep],
        )


def join_figures(one: Figures, other: Figures) -> Figures:
    """Lay two lots of figures end to end."""
    return Figures(
        (*one.areas, *other.areas),
        (*one.periods, *other.periods),
        (*one.sets, *other.sets),
        np.concatenate([one.area, other.area + len(one.areas)]),
        np.concatenate([one.period, other.period + len(one.periods)]),
        np.concatenate([one.kind, other.kind + len(one.sets)]),
        np.concatenate([one.lower, other.lower]),
        np.concatenate([one.upper, other.upper]),
    )


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was published before, or is told by others: figures and the counts of that moment.

    `withheld` are figures of ours that were kept back then; what they could have told is not in
    them (lower 0, upper 0).
    """

    atoms: Atoms
    figures: Figures
    withheld: Figures | None = None
