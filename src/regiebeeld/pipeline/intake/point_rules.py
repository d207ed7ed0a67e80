"""Row rules for a pair of coordinates that fits the country otherwise than the contract says.

The linker reads such a pair the way it fits and the report tells it; nothing is refused for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from regiebeeld.catalogue.fields import Crs, Field, Role
from regiebeeld.pipeline.areas.shapes import LON_LAT, RD_NEW
from regiebeeld.pipeline.intake.field_sql import Columns
from regiebeeld.pipeline.intake.linking.points import BOUNDS

_OTHER = {Crs.RD: (LON_LAT, "WGS84 (graden)"), Crs.WGS84: (RD_NEW, "RD (meters)")}
_SYSTEMS = {Crs.RD: RD_NEW, Crs.WGS84: LON_LAT}


@dataclass(frozen=True, slots=True)
class PointCase:
    """A way in which a pair can stand: the SQL that is true for it, and the words for it."""

    name: str
    condition: str
    words: str


def list_cases(columns: Columns) -> Iterator[PointCase]:
    """Give the other ways in which x and y of a delivery can stand; none without both."""
    x, y = _find(columns, Role.X), _find(columns, Role.Y)
    if x is None or y is None or x.crs is None:
        return
    other, name = _OTHER[x.crs]
    stated = _SYSTEMS[x.crs]
    first, second = _number(columns.text(x)), _number(columns.text(y))
    yield PointCase(
        "point_swapped",
        _fits(second, first, stated),
        "en x lijken verwisseld; ze worden omgedraaid gelezen",
    )
    words = f"en x lijken in {name} te staan; ze worden omgerekend"
    yield PointCase("point_system", _fits(first, second, other), words)
    yield PointCase("point_system", _fits(second, first, other), f"{words} en omgedraaid")


def reads_otherwise(one: Field, columns: Columns) -> str:
    """Give SQL that is true where a coordinate out of range is part of such a pair."""
    if one.role not in (Role.X, Role.Y):
        return "false"
    return " OR ".join(case.condition for case in list_cases(columns)) or "false"


def _find(columns: Columns, role: Role) -> Field | None:
    return next((one for one in columns.fields if one.role is role), None)


def _number(text: str) -> str:
    # The value of a whole number in metres would be null for degrees.
    return f"TRY_CAST(replace({text}, ',', '.') AS DOUBLE)"


def _fits(east: str, north: str, system: str) -> str:
    west, right, south, top = BOUNDS[system]
    inside = f"{east} BETWEEN {west} AND {right} AND {north} BETWEEN {south} AND {top}"
    return f"coalesce({inside}, false)"
