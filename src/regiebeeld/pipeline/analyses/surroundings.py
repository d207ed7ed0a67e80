"""What an analysis knows of the areas: parents, names, which touch, where they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.areas import Layout
from regiebeeld.statistics.spatial import Neighbours, build_contiguity, select_areas

_TOUCH = 1.0  # metres between two shapes that still touch: borders are drawn a little apart


@dataclass(frozen=True, slots=True)
class Ground:
    """The areas of one level that have a shape.

    centres (areas, 2) in metres; square_km (areas,); neighbours: who touches whom.
    """

    codes: tuple[str, ...]
    centres: NDArray[np.float64]
    square_km: NDArray[np.float64]
    neighbours: Neighbours

    def only(self, codes: Sequence[str]) -> "Ground":
        """Give the ground of some areas, in the order of this one."""
        wanted = set(codes)
        keep = np.array([code in wanted for code in self.codes], dtype=np.bool_)
        kept = tuple(code for code in self.codes if code in wanted)
        around = select_areas(self.neighbours, keep)
        return Ground(kept, self.centres[keep], self.square_km[keep], around)

    @property
    def touching(self) -> Mapping[str, frozenset[str]]:
        """The codes of the areas that touch each area."""
        starts, numbers = self.neighbours.indptr, self.neighbours.indices
        return {
            code: frozenset(self.codes[j] for j in numbers[starts[i] : starts[i + 1]])
            for i, code in enumerate(self.codes)
        }


@dataclass(frozen=True)
class Surroundings:
    """All areas of a release in the order of their keys, and the ground of each level."""

    areas: Sequence[Area]
    grounds: Mapping[AreaLevel, Ground]

    @cached_property
    def _around(self) -> dict[str, tuple[AreaLevel, str | None]]:
        return {area.code: (area.level, area.parent) for area in self.areas}

    def parent_at(self, code: str, level: AreaLevel) -> str | None:
        """Give the area of a coarser level that an area lies in; None where that is not known."""
        found: str | None = code
        while found in self._around and self._around[found][0] is not level:
            found = self._around[found][1]
        return found if found in self._around else None


def read_surroundings(areas: Sequence[Area], layout: Layout) -> Surroundings:
    """Find which areas touch and where they lie, for every level that is drawn."""
    grounds = {}
    for level in (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT):
        drawn, shapes = layout.drawn(level)
        if not len(drawn):
            continue
        points = shapely.centroid(shapes)
        centres = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
        pairs = STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH).T
        grounds[level] = Ground(
            tuple(area.code for area in drawn),
            centres,
            shapely.area(shapes) / 1e6,
            build_contiguity(pairs, len(drawn)),
        )
    return Surroundings(areas, grounds)
