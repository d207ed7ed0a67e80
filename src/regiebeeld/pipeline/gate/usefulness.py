"""Which levels and periods are too fine to say anything: most figures would read "0-4" or "1-9".

Looks at rounded figures only, so that leaving a level out tells nothing that they do not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel, PeriodKind
from regiebeeld.pipeline.gate.protecting import ReleasedCells
from regiebeeld.pipeline.indicators import Cells

MOST_LOW = 0.2
_LOW = 5  # the largest value that reads "1-9"


@dataclass(frozen=True, slots=True)
class Grain:
    """One level and kind of period of an indicator, and how many of its figures are low.

    rows: its places in the cells; told: how many of those have a value, and lows: how many of these
    read "0-4" or "1-9".
    """

    level: AreaLevel
    period: PeriodKind
    rows: NDArray[np.intp]
    told: int
    lows: int

    @property
    def low(self) -> float:
        """The share of the figures that are low; 0 where there are none."""
        return self.lows / self.told if self.told else 0.0


def list_grains(cells: Cells, released: ReleasedCells, areas: Sequence[Area]) -> Iterator[Grain]:
    """Yield every level x kind of period that the cells have, coarse to fine."""
    depths = np.array([area.level.depth for area in areas])[cells.area]
    kinds = np.array([p.kind.days for p in cells.periods] or [0])[cells.period]
    by_days = {kind.days: kind for kind in PeriodKind}
    for level in sorted(AreaLevel, key=lambda level: level.depth):
        for days in sorted(by_days, reverse=True):
            rows = np.flatnonzero((depths == level.depth) & (kinds == days))
            if len(rows):
                yield _count(level, by_days[days], rows, released)


def list_set_grains(cells: Cells, released: ReleasedCells, level: AreaLevel) -> Iterator[Grain]:
    """Yield every kind of period of cells that are all of the same areas, told together."""
    kinds = np.array([p.kind.days for p in cells.periods] or [0])[cells.period]
    for kind in PeriodKind:
        rows = np.flatnonzero(kinds == kind.days)
        if len(rows):
            yield _count(level, kind, rows, released)


def _count(
    level: AreaLevel, kind: PeriodKind, rows: NDArray[np.intp], released: ReleasedCells
) -> Grain:
    values = released.value[rows]
    told = values >= 0
    return Grain(level, kind, rows, int(told.sum()), int((values[told] <= _LOW).sum()))


def is_useful(*grains: Grain) -> bool:
    """Tell whether at most MOST_LOW of the figures, of all together, read "0-4" or "1-9"."""
    return sum(each.lows for each in grains) <= MOST_LOW * sum(each.told for each in grains)
