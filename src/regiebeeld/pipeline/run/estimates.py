"""Which figures of a source are estimates, told from area layouts alone and never from a count.

The part of a figure that came over a divided area depends on true counts; that some of it may
have does not. Of a source about persons only the latter is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel, Period
from regiebeeld.domain.areas import PREFIXES, level_of, parent_code
from regiebeeld.pipeline.areas import Crosswalk
from regiebeeld.pipeline.indicators import Cells


@dataclass(frozen=True, slots=True)
class Estimates:
    """The year of the layout in which each period was counted, and what changed since then.

    changed: per year, the areas of the shown layout that may have got a part of a divided area.
    """

    layouts: Mapping[Period, int]
    changed: Mapping[int, frozenset[str]]

    def mark(self, cells: Cells, areas: Sequence[Area]) -> NDArray[np.bool_]:
        """Tell of each cell whether any of its periods was counted in a divided area."""
        years = [self._years_in(period) for period in cells.periods]
        marks = np.zeros((len(areas), max(len(years), 1)), dtype=np.bool_)
        for year, codes in self.changed.items():
            rows = np.array([area.code in codes for area in areas])
            columns = np.array([year in found for found in years] or [False])
            marks |= rows[:, None] & columns[None, :]
        return np.asarray(marks[cells.area, cells.period])

    def _years_in(self, period: Period) -> set[int]:
        return {
            year
            for counted, year in self.layouts.items()
            if counted.start <= period.end and period.start <= counted.end
        }


def find_changed(crosswalk: Crosswalk) -> frozenset[str]:
    """Find the areas, at every level, that a divided area may have given a part of itself.

    An area that was divided within one gemeente changes its wijken and buurten, and not the
    gemeente.
    """
    parts: dict[str, set[str]] = defaultdict(set)
    estimated: set[str] = set()
    for row in crosswalk.rows:
        if row.units:
            parts[row.old].add(row.new)
        if row.units and row.estimated:
            estimated.add(row.old)
    found: set[str] = set()
    for old in estimated:
        for level in (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT):
            codes = set(_codes_at(parts[old], level))
            found |= codes if len(codes) > 1 else set()
    return frozenset(found)


def _codes_at(codes: Iterable[str], level: AreaLevel) -> Iterable[str]:
    for code in codes:
        if code[:2] not in PREFIXES.values():
            continue
        own = level_of(code)
        if own is level:
            yield code
        elif own.depth > level.depth:
            yield parent_code(code, level)
