"""Public places in a file, drawn as points: the same in the file of every audience; no figure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

_TEXT, _NUMBER = pa.string(), pa.float64()
# x and y are in the frame of drawing.view_box, as area.label_x and area.label_y are.
PUBLIC_PLACE_SCHEMA = pa.schema(
    {
        "name": _TEXT, "kind": _TEXT, "gemeente": _TEXT, "x": _NUMBER, "y": _NUMBER,
        "longitude": _NUMBER, "latitude": _NUMBER, "source": _TEXT,
    }
)  # fmt: skip
_PLACES = (
    "SELECT name, kind, gemeente, x, y, longitude, latitude, source FROM public_place"
    " ORDER BY kind, name"
)


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """One place with its point on the sheet and in degrees."""

    name: str
    kind: str
    gemeente: str
    x: float
    y: float
    longitude: float
    latitude: float
    source: str


def read_public_places(
    rows: Callable[[str], list[tuple[Any, ...]]], has: Callable[[str], bool]
) -> tuple[DrawnPlace, ...]:
    """Read every place, by kind and name; none in a file of before them."""
    return tuple(DrawnPlace(*row) for row in rows(_PLACES)) if has("public_place") else ()
