"""Writes a level of a layout as WGS84 GeoJSON (RFC 7946).

Refuses other coordinate systems: RFC 7946 knows one, longitude first.
"""

import json

import numpy as np
import shapely
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.areas.layouts import Layout
from regiebeeld.pipeline.areas.shapes import to_lon_lat

_DECIMALS = 6  # about ten centimetres in the Netherlands


def write_geojson(layout: Layout, level: AreaLevel) -> str:
    """Give a FeatureCollection with code, name, level and vintage of every area that has a shape.

    Six decimals, outer rings counter-clockwise (RFC 7946, 3.1.6).
    """
    areas, shapes = layout.drawn(level)
    moved = shapely.transform(to_lon_lat(shapes), _rounded)
    wound = shapely.orient_polygons(moved, exterior_cw=False)
    features = [
        _feature(area, text) for area, text in zip(areas, shapely.to_geojson(wound), strict=True)
    ]
    return json.dumps(
        {"type": "FeatureCollection", "features": features},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _rounded(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(points, _DECIMALS)


def _feature(area: Area, geometry: str) -> dict[str, object]:
    properties = {
        "code": area.code,
        "name": area.name,
        "level": str(area.level),
        "vintage": area.vintage,
    }
    return {
        "type": "Feature",
        "id": area.code,
        "geometry": json.loads(geometry),
        "properties": properties,
    }
