"""Puts the public places of a region on its map; refuses one that lies outside its gemeente."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry import Point

from regiebeeld.domain import CatalogueError
from regiebeeld.domain.public_places import PublicPlace
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.areas.drawing import Frame
from regiebeeld.pipeline.areas.shapes import LON_LAT, RD_NEW, to_lon_lat, to_rd_new
from regiebeeld.releases.public_places import PUBLIC_PLACE_SCHEMA

_DECIMALS = 6  # about ten centimetres


def public_place_table(
    places: Sequence[PublicPlace], *, shown: Layout, frame: Frame, file: str
) -> pa.Table:
    """Give one row a place: its point in the frame of the drawings, and in degrees.

    file: where the places stand, for who mends it. Raises CatalogueError, with every fault at
    once, for a place whose point does not lie in the gemeente that it names.
    """
    points = [_to_rd(place) for place in places]
    pairs = list(zip(places, points, strict=True))
    found = (_find_fault(place, point, shown) for place, point in pairs)
    faults = tuple(words for words in found if words)
    if faults:
        raise CatalogueError(f"{file}: {len(faults)} plek(ken) kloppen niet met de kaart:", faults)
    rows = [_row(place, point, frame) for place, point in pairs]
    return pa.Table.from_pylist(rows, schema=PUBLIC_PLACE_SCHEMA)


def _to_rd(place: PublicPlace) -> Point:
    pair, crs = (place.rd, RD_NEW) if place.rd else (place.wgs84, LON_LAT)
    (point,) = to_rd_new(np.array([Point(pair)], dtype=object), crs)
    return point


def _find_fault(place: PublicPlace, point: Point, shown: Layout) -> str:
    """Say what is wrong with where a place stands; empty where nothing is."""
    shape = shown.geometries.get(place.gemeente)
    if shape is not None and shapely.covers(shape, point):
        return ""
    names = {area.code: area.name for area in shown.areas}
    found = next(
        (
            f"{names[code]} ({code})"
            for code, other in shown.geometries.items()
            if code.startswith("GM") and shapely.covers(other, point)
        ),
        "buiten de regio",
    )
    where = found if found == "buiten de regio" else f"in {found}"
    return (
        f"{place.name!r} ligt {where} en niet in {place.gemeente}; "
        "verbeter de coördinaten of de gemeente"
    )


def _row(place: PublicPlace, point: Point, frame: Frame) -> dict[str, object]:
    x, y = (frame.place(np.array([[point.x, point.y]])) / 10)[0]
    (degrees,) = to_lon_lat(np.array([point], dtype=object))
    return {
        "name": place.name,
        "kind": place.kind.value,
        "gemeente": place.gemeente,
        "x": float(x),
        "y": float(y),
        "longitude": round(degrees.x, _DECIMALS),
        "latitude": round(degrees.y, _DECIMALS),
        "source": place.source,
    }
