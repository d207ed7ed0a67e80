"""Reads coordinates and finds the area around each point.

Refuses to guess: a point that fits the Netherlands in more than one reading stays unlinked, and
every point that was read otherwise than the contract says is told.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from regiebeeld.domain import LinkError
from regiebeeld.pipeline.areas.shapes import LON_LAT, RD_NEW
from regiebeeld.pipeline.intake.linking.texts import read_numbers

# Land of the Netherlands, with a margin. In both systems the range of x and of y do not meet, so
# a swapped pair can be told from a good one (Kadaster: RD covers x 13-278 km, y 306-619 km).
BOUNDS = {
    RD_NEW: (10_000.0, 285_000.0, 300_000.0, 625_000.0),
    LON_LAT: (3.2, 7.3, 50.7, 53.7),
}
_CENTIMETRES = 100
_WIDTH = 10**9


class Reading(IntEnum):
    """How a pair of numbers was read."""

    ABSENT = 0
    AS_STATED = 1
    SWAPPED = 2
    OTHER_SYSTEM = 3
    OTHER_SYSTEM_SWAPPED = 4
    UNREADABLE = 5
    NOT_IN_THE_COUNTRY = 6

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Reading.ABSENT: "niet ingevuld",
    Reading.AS_STATED: "gelezen zoals afgesproken",
    Reading.SWAPPED: "x en y waren verwisseld en zijn omgedraaid",
    Reading.OTHER_SYSTEM: "stonden in het andere stelsel (RD of WGS84) en zijn omgerekend",
    Reading.OTHER_SYSTEM_SWAPPED: "stonden verwisseld in het andere stelsel en zijn omgerekend",
    Reading.UNREADABLE: "niet leesbaar als getal",
    Reading.NOT_IN_THE_COUNTRY: "liggen niet in Nederland",
}


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Coordinates in RD New (NaN where there are none) and how each was read."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    readings: NDArray[np.uint8]


def read_points(
    x: pa.Array | pa.ChunkedArray, y: pa.Array | pa.ChunkedArray, *, crs: str = RD_NEW
) -> Points:
    """Read two columns of numbers in `crs` (x = longitude for EPSG:4326) to RD New metres.

    Raises LinkError for another coordinate system.
    """
    if crs not in BOUNDS:
        raise LinkError(f"coördinaatstelsel {crs!r} is onbekend; kies {RD_NEW} (RD) of {LON_LAT}")
    other = LON_LAT if crs == RD_NEW else RD_NEW
    (right, bad_right), (up, bad_up) = read_numbers(x), read_numbers(y)
    readings = np.full(len(right), Reading.NOT_IN_THE_COUNTRY, np.uint8)
    found_x, found_y = np.full(len(right), np.nan), np.full(len(right), np.nan)
    tries = (
        (Reading.AS_STATED, crs, right, up),
        (Reading.SWAPPED, crs, up, right),
        (Reading.OTHER_SYSTEM, other, right, up),
        (Reading.OTHER_SYSTEM_SWAPPED, other, up, right),
    )
    for reading, system, east, north in tries:
        fits = _is_inside(east, north, system) & (readings == Reading.NOT_IN_THE_COUNTRY)
        readings[fits] = reading
        found_x[fits], found_y[fits] = _to_rd(east[fits], north[fits], system)
    # One half of a pair is no place: an empty y beside an x cannot be read.
    bad = bad_right | bad_up | (np.isnan(right) != np.isnan(up))
    readings[np.isnan(right) & np.isnan(up)] = Reading.ABSENT
    readings[bad] = Reading.UNREADABLE
    return Points(found_x, found_y, readings)


def _is_inside(
    east: NDArray[np.float64], north: NDArray[np.float64], system: str
) -> NDArray[np.bool_]:
    west, right, south, top = BOUNDS[system]
    return np.asarray((east >= west) & (east <= right) & (north >= south) & (north <= top))


def _to_rd(
    east: NDArray[np.float64], north: NDArray[np.float64], system: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if system == RD_NEW or len(east) == 0:
        return east, north
    moved = Transformer.from_crs(LON_LAT, RD_NEW, always_xy=True).transform(east, north)
    return np.asarray(moved[0]), np.asarray(moved[1])


def find_areas(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    shapes: NDArray[np.object_],
    *,
    snap_metres: float,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find for every point the shape around it (-1 if none) and whether it was snapped.

    A point on a border goes to the first of its shapes, so shapes come ordered by code. A point
    outside all shapes goes to the nearest one within `snap_metres` (0 = never). Every distinct
    place (to a centimetre) is looked up once.
    """
    packed = np.rint(x * _CENTIMETRES).astype(np.int64) * _WIDTH
    packed += np.rint(y * _CENTIMETRES).astype(np.int64)
    places, inverse = np.unique(packed, return_inverse=True)
    east, north = (places // _WIDTH) / _CENTIMETRES, (places % _WIDTH) / _CENTIMETRES
    found = _cover(east, north, shapes)
    lost = np.flatnonzero(found < 0)
    snapped = np.zeros(len(places), dtype=bool)
    if snap_metres > 0 and len(lost) and len(shapes):
        nearest = _nearest(east[lost], north[lost], shapes, within=snap_metres)
        found[lost] = nearest
        snapped[lost] = nearest >= 0
    return found[inverse], snapped[inverse]


def _cover(
    east: NDArray[np.float64], north: NDArray[np.float64], shapes: NDArray[np.object_]
) -> NDArray[np.int64]:
    found = np.full(len(east), len(shapes), np.int64)
    if len(shapes) and len(east):
        # Prepared shapes answer a point in a fraction of the time; the box query leaves few pairs.
        shapely.prepare(shapes)
        points, near = shapely.STRtree(shapes).query(shapely.points(east, north))
        hit = shapely.intersects_xy(shapes[near], east[points], north[points])
        np.minimum.at(found, points[hit], near[hit])
    found[found == len(shapes)] = -1
    return found


def _nearest(
    east: NDArray[np.float64],
    north: NDArray[np.float64],
    shapes: NDArray[np.object_],
    *,
    within: float,
) -> NDArray[np.int64]:
    found = np.full(len(east), len(shapes), np.int64)
    points, near = shapely.STRtree(shapes).query_nearest(
        shapely.points(east, north), max_distance=within
    )
    np.minimum.at(found, points, near)
    found[found == len(shapes)] = -1
    return found
