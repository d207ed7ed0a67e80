"""Draws a level of a layout as SVG paths in one frame for all levels of that layout.

Refuses to choose colours or words: it gives paths and label places, the page does the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.areas.layouts import Layout

FILL_RULE = "evenodd"  # holes are drawn as rings of their own
_LABEL_ACCURACY = 0.01  # of the width of the area


@dataclass(frozen=True, slots=True)
class Drawing:
    """SVG paths and label places by area code; draw the paths with fill-rule `evenodd`."""

    view_box: str
    paths: Mapping[str, str]
    labels: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Frame:
    """How RD metres become SVG units: x to the right, y down, `scale` units a metre."""

    west: float
    north: float
    scale: float
    width: int
    height: float

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height:g}"

    def place(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give points in tenths of a unit, whole: shared corners stay shared."""
        moved = np.column_stack((points[:, 0] - self.west, self.north - points[:, 1]))
        return np.rint(moved * self.scale * 10).astype(np.int64)


def frame_of(layout: Layout, width: int = 1000) -> Frame:
    """Give the frame that holds every shape of the layout, so that its levels overlay."""
    west, south, east, north = shapely.total_bounds(list(layout.geometries.values()))
    scale = width / (east - west)
    return Frame(
        float(west), float(north), float(scale), width, round(float((north - south) * scale), 1)
    )


def draw_paths(layout: Layout, level: AreaLevel, *, width: int = 1000) -> Drawing:
    """Draw one level: path data with one decimal and a label place inside each area.

    Areas without a shape are absent; an area smaller than the grid is a small
    diamond, never nothing.
    """
    frame = frame_of(layout, width)
    areas, shapes = layout.drawn(level)
    codes = [area.code for area in areas]
    paths = {code: _path(shape, frame) for code, shape in zip(codes, shapes, strict=True)}
    centres = np.array([_label_point(shape) for shape in shapes]).reshape(-1, 2)
    places = frame.place(centres) / 10
    labels = {code: (float(x), float(y)) for code, (x, y) in zip(codes, places, strict=True)}
    return Drawing(frame.view_box, paths, labels)


def _path(shape: BaseGeometry, frame: Frame) -> str:
    rings = [_ring_path(frame.place(ring)) for ring in _rings(shape)]
    if any(rings):
        return "".join(rings)
    x, y = frame.place(shapely.get_coordinates(shape.representative_point()))[0]
    return f"M{_number(x - 1)} {_number(y)}l.1-.1 .1 .1-.1 .1z"


def _rings(shape: BaseGeometry) -> list[NDArray[np.float64]]:
    return [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]


def _ring_path(points: NDArray[np.int64]) -> str:
    steps = np.diff(points, axis=0)
    steps = steps[np.any(steps != 0, axis=1)][:-1]  # `z` draws the last step
    if len(steps) < 2:
        return ""
    x, y = points[0]
    return f"M{_number(x)} {_number(y)}l{_join(steps.ravel().tolist())}z"


def _join(tenths: list[int]) -> str:
    written = [_number(tenth) for tenth in tenths]
    # A minus sign separates by itself.
    return "".join(text if text[0] == "-" else f" {text}" for text in written).lstrip()


def _number(tenths: int) -> str:
    sign, (whole, tenth) = "-" if tenths < 0 else "", divmod(abs(int(tenths)), 10)
    if tenth == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{tenth}"


def _label_point(shape: BaseGeometry) -> tuple[float, float]:
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    west, south, east, north = largest.bounds
    tolerance = _LABEL_ACCURACY * max(east - west, north - south)
    x, y = shapely.maximum_inscribed_circle(largest, tolerance).coords[0]
    return float(x), float(y)
