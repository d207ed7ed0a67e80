"""Reads WKB as it comes and moves it between coordinate systems.

Refuses a map that does not lie in the Netherlands: its coordinates were misread.
"""

import struct
from collections.abc import Sequence
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from regiebeeld.domain import LinkError

RD_NEW, LON_LAT = "EPSG:28992", "EPSG:4326"
# RD New with a margin around land and the Dutch part of the North Sea near the coast.
NETHERLANDS = (-10_000.0, 280_000.0, 320_000.0, 680_000.0)
_POLYGON, _MULTIPOLYGON = 3, 6


def read_shapes(wkb: Sequence[bytes | None]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Read 2D shapes, None where nothing can be read, and a Dutch remark where a part was not."""
    geometries = shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="ignore")
    geometries = np.asarray(shapely.force_2d(geometries), dtype=object)
    remarks = np.full(len(geometries), "", dtype=object)
    for place in np.flatnonzero(shapely.is_missing(geometries)).tolist():
        if (text := wkb[place]) is not None:
            geometries[place], remarks[place] = _read_leniently(text)
    return geometries, remarks


def _read_leniently(wkb: bytes) -> tuple[BaseGeometry | None, str]:
    # GEOS refuses a whole multipolygon when one ring has fewer than four points; the other
    # parts are good and must not vanish with it.
    try:
        rings_of_parts = _read_rings(wkb)
    except (struct.error, ValueError, IndexError):
        return None, "de geometrie is niet te lezen"
    whole = [
        [ring for ring in rings if len(ring) >= 4] for rings in rings_of_parts if len(rings[0]) >= 4
    ]
    if not whole:
        return None, _remark(rings_of_parts)
    # shapely closes a ring that was left open.
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in whole]
    return shapely.multipolygons(parts), _remark(rings_of_parts)


def _remark(rings_of_parts: Sequence[Sequence[NDArray[np.float64]]]) -> str:
    rings = [ring for rings in rings_of_parts for ring in rings]
    short = sum(len(ring) < 4 for ring in rings)
    left_open = sum(len(ring) >= 4 and not np.array_equal(ring[0], ring[-1]) for ring in rings)
    told = [f"{short} rand(en) van minder dan vier punten vervallen"] if short else []
    told += [f"{left_open} rand(en) sluiten niet en zijn gesloten"] if left_open else []
    return "; ".join(told) or "de geometrie is niet te lezen"


def _read_rings(wkb: bytes) -> list[list[NDArray[np.float64]]]:
    """Read the rings of a 2D polygon or multipolygon without judging them."""
    order = "<" if wkb[0] == 1 else ">"
    kind, count = struct.unpack_from(f"{order}II", wkb, 1)
    if kind not in (_POLYGON, _MULTIPOLYGON):
        raise ValueError(f"WKB type {kind}")
    parts, offset = [], 0 if kind == _POLYGON else 9
    for _ in range(1 if kind == _POLYGON else count):
        rings, offset = _read_polygon(wkb, offset, order)
        if rings:
            parts.append(rings)
    return parts


def _read_polygon(wkb: bytes, offset: int, order: str) -> tuple[list[NDArray[np.float64]], int]:
    (count,) = struct.unpack_from(f"{order}I", wkb, offset + 5)
    offset, rings = offset + 9, []
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", wkb, offset)
        ring = np.frombuffer(wkb, dtype=f"{order}f8", count=2 * points, offset=offset + 4)
        rings.append(ring.reshape(-1, 2).astype(np.float64))
        offset += 4 + 16 * points
    return rings, offset


def to_rd_new(geometries: NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    """Give the geometries in RD New (metres); raise LinkError for an unknown coordinate system."""
    if crs == RD_NEW:
        return geometries
    if crs != LON_LAT:
        raise LinkError(
            f"coördinaatstelsel {crs!r} is onbekend; lever aan in {RD_NEW} (RD) of {LON_LAT}"
        )
    return _transform(geometries, _find_way(LON_LAT, RD_NEW))


def to_lon_lat(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give RD New geometries in WGS84, longitude first."""
    return _transform(geometries, _find_way(RD_NEW, LON_LAT))


@cache
def _find_way(start: str, end: str) -> Transformer:
    # PROJ looks through its database for tens of milliseconds; a region has many layers.
    return Transformer.from_crs(start, end, always_xy=True)


def _transform(geometries: NDArray[np.object_], transformer: Transformer) -> NDArray[np.object_]:
    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(geometries, move), dtype=object)


def check_place(geometries: NDArray[np.object_], crs: str) -> None:
    """Raise LinkError when the middle of an RD New map is not in the Netherlands."""
    bounds = shapely.bounds(geometries)
    middle = (
        np.nanmedian((bounds[:, :2] + bounds[:, 2:]) / 2, axis=0) if _any_known(bounds) else None
    )
    west, south, east, north = NETHERLANDS
    if middle is not None and not (west < middle[0] < east and south < middle[1] < north):
        raise LinkError(
            f"de kaart ligt niet in Nederland als we haar lezen als {crs}; kijk of het "
            "coördinaatstelsel klopt en of lengte en breedte niet zijn verwisseld"
        )


def _any_known(bounds: NDArray[np.float64]) -> bool:
    return bool(len(bounds)) and not bool(np.isnan(bounds).all())
