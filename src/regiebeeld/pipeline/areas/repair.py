"""Makes every delivered geometry a valid polygon in RD New, or says which one was lost and why.

Refuses to drop anything in silence: repaired, lost and intact always add up to what came in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from regiebeeld.pipeline.areas.shapes import RD_NEW, check_place, read_shapes, to_rd_new

# Below this a polygon is a line written as a polygon: a square millimetre, in the unit delivered.
_SMALLEST_METRES, _SMALLEST_DEGREES = 1e-6, 1e-16
_POLYGON, _MULTIPOLYGON = 3, 6
_NOT_A_NUMBER = "een coördinaat is geen getal"
_REASONS = {
    "Self-intersection": "de grens kruist zichzelf",
    "Ring Self-intersection": "de grens raakt zichzelf",
    "Hole lies outside shell": "een gat ligt buiten het gebied",
    "Holes are nested": "gaten liggen in elkaar",
    "Interior is disconnected": "het gebied valt in losse stukken uiteen",
    "Nested shells": "een deel ligt binnen een ander deel",
    "Duplicate Rings": "een rand staat er twee keer in",
    "Too few points in geometry component": "een rand heeft te weinig punten",
}


class Outcome(StrEnum):
    """What became of a geometry that was not good as delivered."""

    REPAIRED = "repaired"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class GeometryFault:
    """One feature that was not good: `feature` counts from 1, areas are square metres."""

    feature: int
    code: str
    outcome: Outcome
    reason: str
    area_before: float
    area_after: float

    def __str__(self) -> str:
        told = "hersteld" if self.outcome is Outcome.REPAIRED else "niet te tekenen"
        change = self.area_after - self.area_before
        where = f"feature {self.feature} ({self.code})"
        return f"{where} {told}: {self.reason}; oppervlakte {change:+.0f} m²"


@dataclass(frozen=True, slots=True)
class RepairReport:
    """How many features were intact, repaired and lost, and why each was not intact."""

    features: int
    faults: tuple[GeometryFault, ...]

    @property
    def repaired(self) -> int:
        return sum(fault.outcome is Outcome.REPAIRED for fault in self.faults)

    @property
    def lost(self) -> int:
        return sum(fault.outcome is Outcome.LOST for fault in self.faults)

    @property
    def intact(self) -> int:
        return self.features - len(self.faults)


def repair_geometries(
    wkb: Sequence[bytes | None],
    codes: Sequence[str],
    *,
    crs: str,
    numbers: Sequence[int] | None = None,
) -> tuple[NDArray[np.object_], RepairReport]:
    """Read WKB into valid RD New polygons, None where nothing can be drawn, with a report.

    `numbers` are the feature numbers to name (default 1, 2, ...). Areas in the
    report are square metres in RD New. Raises LinkError for a coordinate system
    other than EPSG:28992 and EPSG:4326, and when the map lies outside the Netherlands.
    """
    with np.errstate(invalid="ignore"):  # a coordinate that is not a number is told as a fault
        return _repair(wkb, codes, crs=crs, numbers=numbers)


def _repair(
    wkb: Sequence[bytes | None], codes: Sequence[str], *, crs: str, numbers: Sequence[int] | None
) -> tuple[NDArray[np.object_], RepairReport]:
    delivered, remarks = read_shapes(wkb)
    # Mend before moving: a border that touches itself on a grid of degrees still touches
    # exactly there, while in RD New rounding turns the touch into a hair-thin gap or overlap.
    smallest = _SMALLEST_METRES if crs == RD_NEW else _SMALLEST_DEGREES
    mended, reasons = _mend_all(delivered, remarks, smallest)
    moved = to_rd_new(mended, crs)
    check_place(moved, crs)
    final, reasons = _mend_all(moved, reasons, _SMALLEST_METRES)
    numbers = range(1, len(codes) + 1) if numbers is None else numbers
    areas = (
        np.nan_to_num(shapely.area(to_rd_new(delivered, crs))),
        np.nan_to_num(shapely.area(final)),
    )
    faults = tuple(
        GeometryFault(
            feature=int(numbers[place]),
            code=codes[place],
            outcome=Outcome.LOST if final[place] is None else Outcome.REPAIRED,
            reason=reasons[place],
            area_before=float(areas[0][place]),
            area_after=float(areas[1][place]),
        )
        for place in np.flatnonzero(reasons != "").tolist()
    )
    return final, RepairReport(len(codes), faults)


def _mend_all(
    geometries: NDArray[np.object_], reasons: NDArray[np.object_], smallest: float
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    mended, told = geometries.copy(), reasons.copy()
    for place in np.flatnonzero(_is_faulty(geometries, smallest)):
        if told[place] and geometries[place] is None:
            continue  # lost before, with its reason
        mended[place], reason = _mend(geometries[place], smallest)
        told[place] = "; ".join(filter(None, (told[place], reason)))
    return mended, told


def _is_faulty(geometries: NDArray[np.object_], smallest: float) -> NDArray[np.bool_]:
    polygonal = np.isin(shapely.get_type_id(geometries), (_POLYGON, _MULTIPOLYGON))
    good = polygonal & shapely.is_valid(geometries) & (shapely.area(geometries) > smallest)
    return np.asarray(~good, dtype=bool)


def _mend(geometry: BaseGeometry | None, smallest: float) -> tuple[BaseGeometry | None, str]:
    if geometry is None or geometry.is_empty:
        return None, "er is geen geometrie"
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None, _NOT_A_NUMBER
    reason = _reason(geometry)
    mended = _polygons_of(
        shapely.make_valid(geometry, method="structure", keep_collapsed=False), smallest
    )
    if mended is None:
        return None, "; ".join(filter(None, (reason, "er blijft geen oppervlakte over")))
    return mended, reason


def _reason(geometry: BaseGeometry) -> str:
    if shapely.get_type_id(geometry) not in (_POLYGON, _MULTIPOLYGON):
        return f"het is geen vlak maar een {geometry.geom_type}"
    found = re.match(r"([^\[]+)(?:\[(\S+) (\S+)\])?", shapely.is_valid_reason(geometry))
    if found is None or found[1] == "Valid Geometry":
        return ""
    told = _REASONS.get(found[1].strip(), found[1].strip())
    return f"{told} bij ({float(found[2]):.7g}, {float(found[3]):.7g})" if found[2] else told


def _polygons_of(geometry: BaseGeometry, smallest: float) -> BaseGeometry | None:
    parts = shapely.get_parts(geometry)
    while (shapely.get_type_id(parts) > _POLYGON).any():  # a collection may hold multipolygons
        parts = shapely.get_parts(parts)
    kept = parts[shapely.area(parts) > smallest]
    if len(kept) == 0:
        return None
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)
