"""The features on offer by year and level: read once, and altered by tests that need bad input."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lib.replay.names import CODES
from lib.replay.shapes import READERS, Feature

Box = tuple[float, float, float, float]


class Features:
    """Layers by year and collection; an empty layer is one this server does not have."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.layers: dict[tuple[int, str], Sequence[Feature]] = {}
        self.changed: dict[tuple[int, str], Sequence[Feature]] = {}
        self.lock = threading.RLock()

    def years(self) -> set[int]:
        return set(READERS) | {year for year, _ in self.changed}

    def collections(self, year: int) -> list[str]:
        return [name for name in CODES if self.read(year, name)]

    def read(self, year: int, collection: str) -> Sequence[Feature] | None:
        """Read one layer; None for a year or collection that does not exist."""
        key = (year, collection)
        if key in self.changed:
            return self.changed[key]
        if year not in READERS or collection not in CODES:
            return None
        with self.lock:
            if key not in self.layers:
                self.layers[key] = READERS[year](self.data, collection)
        return self.layers[key] or None


def bounds(geometry: Mapping[str, Any] | None) -> Box | None:
    """Read west, south, east, north from any nesting of positions; None when there are none."""
    places = list(_places(geometry["coordinates"])) if geometry else []
    if not places:
        return None
    xs, ys = [place[0] for place in places], [place[1] for place in places]
    return min(xs), min(ys), max(xs), max(ys)


def overlaps(one: Box | None, other: Box) -> bool:
    if one is None:
        return False
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _places(nested: Sequence[Any]) -> list[Sequence[float]]:
    if not nested:
        return []
    if isinstance(nested[0], int | float):
        return [nested]
    return [place for inner in nested for place in _places(inner)]
