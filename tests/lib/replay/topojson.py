"""Decodes a quantised TopoJSON layer to GeoJSON features, faithfully: nothing is repaired."""

from itertools import accumulate
from typing import Any


def decode_features(topology: dict[str, Any], layer: str) -> list[dict[str, Any]]:
    """Decode every Polygon and MultiPolygon of a layer; source: the TopoJSON specification."""
    arcs = [_decode_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    return [
        {
            "type": "Feature",
            "id": one["id"],
            "properties": one["properties"],
            "geometry": {"type": one["type"], "coordinates": _coordinates(one, arcs)},
        }
        for one in topology["objects"][layer]["geometries"]
        if one["type"] in ("Polygon", "MultiPolygon")
    ]


def _decode_arc(arc: list[list[int]], transform: dict[str, Any]) -> list[list[float]]:
    """Positions are steps from the one before; scale and shift turn them into degrees."""
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    xs, ys = accumulate(step[0] for step in arc), accumulate(step[1] for step in arc)
    return [[x * scale_x + shift_x, y * scale_y + shift_y] for x, y in zip(xs, ys, strict=True)]


def _coordinates(geometry: dict[str, Any], arcs: list[list[list[float]]]) -> list[Any]:
    if geometry["type"] == "Polygon":
        return [_ring(ring, arcs) for ring in geometry["arcs"]]
    return [[_ring(ring, arcs) for ring in polygon] for polygon in geometry["arcs"]]


def _ring(indexes: list[int], arcs: list[list[list[float]]]) -> list[list[float]]:
    """Join arcs end to end; a negative index is the arc ~i walked backwards."""
    ring: list[list[float]] = []
    for index in indexes:
        places = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += places[1:] if ring else places
    return ring
