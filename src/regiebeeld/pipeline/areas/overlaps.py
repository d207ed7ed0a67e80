"""Lays two sets of polygons over each other and tells real overlaps from slivers.

Refuses to judge by size alone: a small part of a large area that fills a new area is real.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from regiebeeld.domain import LinkError
from regiebeeld.pipeline.areas.layouts import Layout

_POINT = 0
_NO_SAY = 0.01  # of the ground of a weighted place


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of an old and a new area that share ground.

    `old` and `new` are positions in the two sets; `share_of_old` and
    `share_of_new` are the shared ground as a part of each; `kept` is False for slivers.
    """

    old: NDArray[np.int64]
    new: NDArray[np.int64]
    share_of_old: NDArray[np.float64]
    share_of_new: NDArray[np.float64]
    shapes: NDArray[np.object_]
    kept: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """Where people or dwellings are: polygons or points with how many (`unit`) each holds.

    A polygon's number is spread evenly over its ground; NaN is "not known".
    """

    unit: str
    shapes: NDArray[np.object_]
    values: NDArray[np.float64]


def weights_of(layout: Layout, values: Mapping[str, float | None], *, unit: str) -> Weights:
    """Make weights of the areas of one level of a layout, by code; None is "not known".

    Raises LinkError for codes the layout does not have and for negative numbers.
    """
    known = {area.code for area in layout.areas}
    faults = [
        f"{code}: {value}"
        for code, value in values.items()
        if code not in known or (value or 0) < 0
    ]
    if faults:
        raise LinkError(
            f"gewichten ({unit}) met een onbekende code of een negatief getal: "
            f"{', '.join(faults[:10])}; lever ze voor de indeling van {layout.vintage}, "
            "met een leeg veld waar het getal niet bekend is"
        )
    codes = [code for code in values if code in layout.geometries]
    shapes = np.empty(len(codes), dtype=object)
    shapes[:] = [layout.geometries[code] for code in codes]
    numbers = np.array([values[code] for code in codes], dtype=np.float64)
    return Weights(unit, shapes, numbers)


def compute_overlaps(
    old: NDArray[np.object_], new: NDArray[np.object_], sliver_tolerance: float
) -> Overlaps:
    """Compute the shared ground of every old and new polygon.

    A pair is a sliver when it is less than `sliver_tolerance` of the old area *and* of
    the new one. An area that is covered for at least that much keeps its largest pair.
    """
    pairs = (
        shapely.STRtree(new).query(old, predicate="intersects")
        if len(new)
        else np.empty((2, 0), int)
    )
    shapes = (
        shapely.intersection(np.take(old, pairs[0]), np.take(new, pairs[1]))
        if pairs.size
        else np.empty(0, object)
    )
    ground = shapely.area(shapes)
    real = ground > 0
    (left, right), ground, shapes = pairs[:, real], ground[real], shapes[real]
    of_old, of_new = ground / shapely.area(old)[left], ground / shapely.area(new)[right]
    kept = (of_old >= sliver_tolerance) | (of_new >= sliver_tolerance)
    for side, share in ((left, of_old), (right, of_new)):
        kept |= _largest_of_the_lost(side, share, kept, sliver_tolerance)
    return Overlaps(left, right, of_old, of_new, shapes, kept)


def _largest_of_the_lost(
    side: NDArray[np.int64], share: NDArray[np.float64], kept: NDArray[np.bool_], tolerance: float
) -> NDArray[np.bool_]:
    rescued = np.zeros(len(side), dtype=bool)
    for place in np.setdiff1d(side, side[kept]):
        own = np.flatnonzero(side == place)
        if share[own].sum() >= tolerance:
            rescued[own[np.argmax(share[own])]] = True
    return rescued


def compute_weight(shape: BaseGeometry, weights: Weights, tree: shapely.STRtree) -> float:
    """Compute how much weight lies in a shape; NaN when part of it is not known.

    `tree` holds `weights.shapes`. Dasymetric: a polygon gives its number times the part of
    its ground inside the shape, a point gives all or nothing.
    """
    near = tree.query(shape, predicate="intersects")
    parts = weights.shapes[near]
    inside = np.ones(len(near))
    polygons = shapely.get_dimensions(parts) > _POINT
    inside[polygons] = shapely.area(shapely.intersection(parts[polygons], shape)) / shapely.area(
        parts[polygons]
    )
    values = weights.values[near]
    # Only a sliver of a place with an unknown number lies inside: it has no say.
    values = np.where(np.isnan(values) & (inside < _NO_SAY), 0.0, values)
    return float((inside * values).sum())
