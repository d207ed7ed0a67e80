"""A public place that stands on the map, such as a police station; never anything about persons."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceKind(StrEnum):
    """What may stand on the map as a point: buildings of public services that anybody may find."""

    POLICE_STATION = "police_station"
    FIRE_STATION = "fire_station"


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """One place, where it stands and where that was read.

    rd: metres in RD New; wgs84: longitude and latitude. One of the two is known.
    """

    name: str
    kind: PlaceKind
    gemeente: str
    source: str
    rd: tuple[float, float] | None = None
    wgs84: tuple[float, float] | None = None
