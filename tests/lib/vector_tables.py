"""Vector files as the tables the areas package takes: text columns, WKB and a coordinate system."""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio.raw
import shapely
from shapely.geometry.base import BaseGeometry

from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.areas import Layout

RD_NEW, LON_LAT = "EPSG:28992", "EPSG:4326"


def vector_table(
    columns: Mapping[str, Sequence[str | None]], wkb: Iterable[bytes | None], crs: str = RD_NEW
) -> pa.Table:
    arrays = {name: pa.array(list(values), pa.string()) for name, values in columns.items()}
    table = pa.table({**arrays, "geometry": pa.array(list(wkb), pa.binary())})
    return table.replace_schema_metadata({b"crs": crs.encode()})


def table_of_shapes(
    columns: Mapping[str, Sequence[str | None]],
    shapes: Sequence[BaseGeometry | None],
    crs: str = RD_NEW,
) -> pa.Table:
    return vector_table(
        columns, [None if shape is None else shapely.to_wkb(shape) for shape in shapes], crs
    )


def block(x: float, y: float, width: float = 1.0, height: float = 1.0) -> BaseGeometry:
    """A rectangle in kilometres, its corner counted from (200, 450) km in RD New."""
    west, south = 200_000 + x * 1000, 450_000 + y * 1000
    return shapely.box(west, south, west + width * 1000, south + height * 1000)


def layout_of(vintage: int, shapes: Mapping[str, BaseGeometry | None]) -> Layout:
    """A layout of one level, buurt or gemeente by the first letters of the codes."""
    level = AreaLevel.BUURT if next(iter(shapes)).startswith("BU") else AreaLevel.GEMEENTE
    areas = tuple(Area(code, level, f"Gebied {code}", vintage) for code in sorted(shapes))
    known = {code: shape for code, shape in shapes.items() if shape is not None}
    return Layout(vintage, areas, known)


def read_vector_file(path: Path) -> pa.Table:
    """Read a Shapefile or GeoJSON with every attribute as text."""
    meta, _, wkb, values = pyogrio.raw.read(path)
    columns = {
        name: [_as_text(value) for value in column]
        for name, column in zip(meta["fields"], values, strict=True)
    }
    return vector_table(columns, wkb, meta["crs"])


def _as_text(value: Any) -> str | None:
    return None if value is None or value != value else str(value)


def read_topojson(path: Path) -> pa.Table:
    """Read a quantised TopoJSON, rings written as they are even where they collapsed."""
    topology = json.loads(path.read_text())
    arcs = [_decode_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    features = [
        feature for layer in topology["objects"].values() for feature in layer["geometries"]
    ]
    names = sorted({name for feature in features for name in feature["properties"]})
    columns = {
        name: [_as_text(feature["properties"].get(name)) for feature in features] for name in names
    }
    return vector_table(columns, [_topology_wkb(feature, arcs) for feature in features], LON_LAT)


def _decode_arc(
    arc: Sequence[Sequence[int]], transform: Mapping[str, Sequence[float]]
) -> np.ndarray:
    return np.cumsum(np.array(arc), axis=0) * transform["scale"] + transform["translate"]


def _topology_wkb(feature: Mapping[str, Any], arcs: Sequence[np.ndarray]) -> bytes | None:
    if feature["type"] not in ("Polygon", "MultiPolygon"):
        return None
    polygons = [feature["arcs"]] if feature["type"] == "Polygon" else feature["arcs"]
    parts = [polygon_wkb([_ring(ring, arcs) for ring in polygon]) for polygon in polygons]
    return parts[0] if feature["type"] == "Polygon" else multipolygon_wkb(parts)


def _ring(indexes: Sequence[int], arcs: Sequence[np.ndarray]) -> np.ndarray:
    pieces = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in indexes]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def polygon_wkb(rings: Sequence[np.ndarray]) -> bytes:
    """Write rings without any check, as a careless producer does."""
    body = b"".join(
        struct.pack("<I", len(ring)) + np.asarray(ring, "<f8").tobytes() for ring in rings
    )
    return struct.pack("<BII", 1, 3, len(rings)) + body


def multipolygon_wkb(parts: Sequence[bytes]) -> bytes:
    return struct.pack("<BII", 1, 6, len(parts)) + b"".join(parts)
