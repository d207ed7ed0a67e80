"""Makes borders lighter while neighbours keep sharing them.

Refuses to let an area disappear: one that would, keeps its own shape and is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.areas.layouts import Layout
from regiebeeld.pipeline.areas.levels import LEVELS, dissolve

# Metres, the square root of the smallest bump that stays. At 1,000 px for a region of 50 km a
# pixel is 50 m, so 25 m is half a pixel.
TOLERANCES = MappingProxyType(
    {AreaLevel.GEMEENTE: 25.0, AreaLevel.WIJK: 25.0, AreaLevel.BUURT: 25.0}
)
_GAP_WIDTH = 1.0  # metres: a gap this narrow between neighbours is a drawing fault, not a place
_SAME_AREA = 1e-3  # a coarser area equals its parts when their areas differ less than this share


class Method(StrEnum):
    """How a level was simplified, best first."""

    SHARED = "shared"  # borders were shared as delivered
    CLEANED = "cleaned"  # small gaps and overlaps were closed first
    DISSOLVED = "dissolved"  # joined from the simplified finer level, so that the lines coincide
    SEPARATE = "separate"  # each area on its own: neighbours may part by the tolerance


@dataclass(frozen=True, slots=True)
class SimplifyReport:
    """What simplifying did to one level; `kept` areas would have vanished and were left alone."""

    level: AreaLevel
    method: Method
    tolerance: float
    points_before: int
    points_after: int
    kept: tuple[str, ...]

    def __str__(self) -> str:
        points = f"van {self.points_before} naar {self.points_after} punten"
        told = f"{self.level}: {points} ({self.method})"
        return f"{told}; niet vereenvoudigd: {', '.join(self.kept)}" if self.kept else told


def simplify_layout(
    layout: Layout, tolerances: Mapping[AreaLevel, float] = TOLERANCES
) -> tuple[Layout, tuple[SimplifyReport, ...]]:
    """Give the layout with lighter borders (tolerance in metres a level) and what was done.

    Coverage simplification after Visvalingam-Whyatt. A coarser level with the same
    tolerance as the finer one, and the same outline, is joined from the simplified
    finer level: then the lines of both levels lie on top of each other.
    """
    shapes: dict[str, BaseGeometry] = {}
    reports = []
    for level in (level for level in LEVELS if layout.at(level)):
        areas, geometries = layout.drawn(level)
        codes = [area.code for area in areas]
        joined = _join_finer(layout, level, tolerances=tolerances, simplified=shapes)
        simplified, method = (
            (joined, Method.DISSOLVED)
            if joined is not None
            else simplify_shapes(geometries, tolerances[level])
        )
        kept = _restore_vanished(simplified, geometries)
        shapes |= dict(zip(codes, simplified, strict=True))
        reports.append(
            SimplifyReport(
                level=level,
                method=method,
                tolerance=tolerances[level],
                points_before=int(shapely.get_num_coordinates(geometries).sum()),
                points_after=int(shapely.get_num_coordinates(simplified).sum()),
                kept=tuple(codes[place] for place in kept),
            )
        )
    return Layout(layout.vintage, layout.areas, MappingProxyType(shapes)), tuple(reports)


def simplify_shapes(
    geometries: NDArray[np.object_], tolerance: float
) -> tuple[NDArray[np.object_], Method]:
    """Simplify neighbouring polygons together; cleans the borders first where they do not match."""
    if len(geometries) == 0:
        return geometries, Method.SHARED
    if shapely.coverage_is_valid(geometries):
        return _simplify_shared(geometries, tolerance), Method.SHARED
    cleaned = shapely.coverage_clean(geometries, gap_width=_GAP_WIDTH)
    if shapely.coverage_is_valid(cleaned) and not shapely.is_empty(cleaned).any():
        return _simplify_shared(cleaned, tolerance), Method.CLEANED
    separate = shapely.simplify(geometries, tolerance, preserve_topology=True)
    return np.asarray(separate, dtype=object), Method.SEPARATE


def _simplify_shared(geometries: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    return np.asarray(shapely.coverage_simplify(geometries, tolerance), dtype=object)


def _restore_vanished(simplified: NDArray[np.object_], before: NDArray[np.object_]) -> list[int]:
    gone = (
        shapely.is_empty(simplified)
        | ~shapely.is_valid(simplified)
        | (shapely.area(simplified) <= 0)
    )
    simplified[gone] = before[gone]
    return [int(place) for place in np.flatnonzero(gone)]


def _join_finer(
    layout: Layout,
    level: AreaLevel,
    *,
    tolerances: Mapping[AreaLevel, float],
    simplified: Mapping[str, BaseGeometry],
) -> NDArray[np.object_] | None:
    finer = {AreaLevel.WIJK: AreaLevel.BUURT, AreaLevel.GEMEENTE: AreaLevel.WIJK}.get(level)
    if finer is None or not layout.at(finer) or tolerances[finer] != tolerances[level]:
        return None
    parts, originals = layout.drawn(finer)
    pairs = [(area.parent or "", shape) for area, shape in zip(parts, originals, strict=True)]
    areas, geometries = layout.drawn(level)
    if not _are_equal(
        dissolve(pairs), {area.code: shape for area, shape in zip(areas, geometries, strict=True)}
    ):
        return None
    joined = dissolve((area.parent or "", simplified[area.code]) for area in parts)
    shapes = np.empty(len(areas), dtype=object)
    shapes[:] = [joined[area.code] for area in areas]
    return shapes


def _are_equal(left: Mapping[str, BaseGeometry], right: Mapping[str, BaseGeometry]) -> bool:
    return left.keys() == right.keys() and all(
        shape.symmetric_difference(right[code]).area <= _SAME_AREA * shape.area
        for code, shape in left.items()
    )
