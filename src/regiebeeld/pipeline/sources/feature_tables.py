"""GeoJSON features to tables of text with a WKB geometry; drops no feature and repairs none."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import shapely
import shapely.geometry

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources.text_tables import Row, write_text_table

GEOMETRY = "geometry"
WGS84, RD_NEW = b"EPSG:4326", b"EPSG:28992"
# Metres within which the Netherlands lie in RD New (EPSG:28992, area of use), with a margin.
_RD_BOUNDS = (-20_000.0, 280_000.0, 320_000.0, 650_000.0)
_SHORTEST_RING = 4
_KINDS = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
_CODE = re.compile(r"(\d{4})?(GM|WK|BU)[0-9A-Z]{4,8}")
_CRS84 = re.compile(r"CRS84|EPSG(:|/)+[\d.]*(:|/)*4326$", re.IGNORECASE)
_RD = re.compile(r"EPSG(:|/)+[\d.]*(:|/)*28992$", re.IGNORECASE)


def write_feature_table(features: Sequence[Row], *, crs: bytes, where: str) -> pa.Table:
    """Make a table with a text column per property and `geometry` as WKB (null when absent).

    The feature's own id becomes `feature_id` when no property has that name.
    Raises ContractError naming the feature that has no readable properties or geometry.
    """
    rows: list[Row] = []
    shapes: list[bytes | None] = []
    for number, feature in enumerate(features, start=1):
        rows.append(_read_properties(feature, f"{where}, object {number}"))
        shapes.append(
            write_geometry(
                feature.get("geometry"), where=f"{where}, object {number} ({_label(rows[-1])})"
            )
        )
    if any(GEOMETRY in row for row in rows):
        raise ContractError(
            f"{where}: een eigenschap heet {GEOMETRY!r}, net als de vorm zelf; hernoem haar bij "
            "de bron"
        )
    table = write_text_table(rows).append_column(GEOMETRY, pa.array(shapes, pa.binary()))
    return table.replace_schema_metadata({b"crs": crs})


def write_geometry(geometry: object, *, where: str) -> bytes | None:
    """Give a GeoJSON geometry as WKB, valid or not; null and empty coordinates are None.

    A ring of fewer than four points cannot be written; its first point is
    repeated, so that it comes through as the collapsed ring it is.
    """
    if geometry is None:
        return None
    if not isinstance(geometry, dict) or geometry.get("type") not in _KINDS:
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        raise ContractError(
            f"{where}: een vorm van soort {kind!r} wordt niet gelezen; lever {', '.join(_KINDS)}"
        )
    kind, coordinates = str(geometry["type"]), geometry.get("coordinates")
    if not coordinates:
        return None
    try:
        read = _read_coordinates(kind, coordinates)
        return bytes(shapely.to_wkb(shapely.geometry.shape({"type": kind, "coordinates": read})))
    except (
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as fault:
        raise ContractError(
            f"{where}: de coördinaten zijn geen vorm van soort {kind}; laat de bron ze herstellen"
        ) from fault


def read_crs(stated: object, *, where: str) -> bytes | None:
    """Read a coordinate system as GeoJSON or an OGC header names it; None when nothing is said.

    Raises ContractError for any system other than longitude/latitude and RD New.
    """
    if isinstance(stated, Mapping):
        properties = stated.get("properties")
        stated = properties.get("name") if isinstance(properties, Mapping) else None
    if not stated:
        return None
    name = str(stated).strip("<> ")
    if _RD.search(name):
        return RD_NEW
    if _CRS84.search(name):
        return WGS84
    raise ContractError(
        f"{where}: coördinatenstelsel {name!r} is onbekend; vraag de bron om EPSG:28992 (RD) of "
        "EPSG:4326 (WGS84)"
    )


def guess_crs(shapes: Sequence[bytes | None], *, where: str) -> bytes:
    """Tell RD New from longitude/latitude by the size of the numbers, for files that do not say."""
    bounds = shapely.total_bounds(
        shapely.from_wkb([shape for shape in shapes if shape is not None])
    )
    if np.isnan(bounds).any() or (
        abs(bounds[[0, 2]]).max() <= 180 and abs(bounds[[1, 3]]).max() <= 90
    ):
        return WGS84
    west, south, east, north = _RD_BOUNDS
    if bounds[0] >= west and bounds[1] >= south and bounds[2] <= east and bounds[3] <= north:
        return RD_NEW
    raise ContractError(
        f"{where}: de coördinaten {bounds.round(1).tolist()} zijn geen graden en geen RD; geef "
        "het bestand een "
        "coördinatenstelsel (.prj of crs)"
    )


def _read_properties(feature: Row, where: str) -> Row:
    properties = feature.get("properties")
    if properties is not None and not isinstance(properties, dict):
        raise ContractError(f"{where}: de eigenschappen zijn geen namen met waarden")
    row = dict(properties or {})
    if feature.get("id") is not None:
        row.setdefault("feature_id", feature["id"])
    return row


def _label(row: Row) -> str:
    """Give an area code to find a feature by; no other value, since it may be about a person."""
    codes = (str(value) for value in row.values() if _CODE.fullmatch(str(value)))
    return next(codes, "zonder gebiedscode")


def _read_coordinates(kind: str, coordinates: list[object]) -> object:
    if kind == "MultiPolygon":
        return [_read_coordinates("Polygon", rings) for rings in coordinates if rings]  # type: ignore[arg-type]
    if kind == "Polygon":
        return [_close(ring) for ring in coordinates if ring]
    if kind == "MultiLineString":
        return [np.asarray(line, dtype=float).tolist() for line in coordinates]
    return np.asarray(coordinates, dtype=float).tolist()


def _close(ring: object) -> list[list[float]]:
    points: list[list[float]] = np.asarray(ring, dtype=float).tolist()
    while len(points) < _SHORTEST_RING:
        points.append(points[0])
    return points
