"""Buurten that are one housing complex: homes on so little ground that all know which ones."""

import json
from collections.abc import Iterable
from math import cos, radians
from typing import Any
from weakref import WeakKeyDictionary

from regiebeeld.dashboard.charts.map_classes import LEAST_HOMES, PER_HOME
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release, ReleasedCell

HOMES = "woningen"
MOST_HECTARES = 2.0  # one building with its garden; the smallest ordinary blocks are larger
_METRES = 111_320.0  # of a degree of latitude
_FOUND: WeakKeyDictionary[Release, frozenset[str]] = WeakKeyDictionary()


def find_complexes(release: Release) -> frozenset[str]:
    """Give the codes of buurten with homes on at most two hectares; computed once a release.

    A buurt without a known number of homes counts as one that has them.
    """
    if release not in _FOUND:
        _FOUND[release] = frozenset(_find(release))
    return _FOUND[release]


def _find(release: Release) -> list[str]:
    text = release.read_geojson(AreaLevel.BUURT)
    features = json.loads(text)["features"] if text else []
    sizes = {f["properties"]["code"]: measure_hectares(f["geometry"]) for f in features}
    homes = release.read_last_figures(HOMES)
    return [code for code, size in sizes.items() if size <= MOST_HECTARES and homes.get(code) != 0]


def find_few_homes(release: Release, cells: Iterable[ReleasedCell]) -> frozenset[str]:
    """Give the areas with too few homes to be drawn alone, where the figures are about homes.

    cells: one period of the indicator; those of small areas name no base, so what the figures
    are about is told by the others. Where none names it, they may be about homes.
    """
    bases = {cell.base_figure for cell in cells if cell.base_figure}
    if bases and not bases & PER_HOME:
        return frozenset()
    known = release.read_last_figures(HOMES)
    return frozenset(code for code, homes in known.items() if 0 < homes < LEAST_HOMES)


def measure_hectares(geometry: dict[str, Any]) -> float:
    """Measure a Polygon or MultiPolygon in degrees (WGS84); to a per cent or so at this size."""
    parts = geometry["coordinates"]
    polygons = [parts] if geometry["type"] == "Polygon" else parts
    return sum(_measure(rings[0]) - sum(map(_measure, rings[1:])) for rings in polygons)


def _measure(ring: list[list[float]]) -> float:
    scale = cos(radians(ring[0][1]))
    points = [(x * scale * _METRES, y * _METRES) for x, y, *_ in ring]
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2 / 10_000
