"""Public places of a region as a file: its strict form, and the rules about where they may stand.

Whether a point lies in the gemeente that it names is not known here: the run, which has the map,
refuses one that does not.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.rules import Files, fault_in, rule
from regiebeeld.catalogue.words import GemeenteCode, Strict, Text
from regiebeeld.domain.public_places import PlaceKind, PublicPlace

FILE = "places.yaml"
# Bounds of the Netherlands in Europe, with a margin: west, east, south, north.
_RD = (-10_000.0, 300_000.0, 280_000.0, 640_000.0)
_WGS84 = (3.0, 7.5, 50.5, 53.8)


class PlaceEntry(Strict):
    """One place of the file."""

    name: Annotated[Text, Field(description="as the public knows it")]
    kind: PlaceKind
    gemeente: Annotated[GemeenteCode, Field(description="in which it stands; the run checks that")]
    rd: Annotated[
        tuple[float, float] | None, Field(description="x and y in metres (RD New); or wgs84")
    ] = None
    wgs84: Annotated[
        tuple[float, float] | None, Field(description="longitude and latitude; or rd")
    ] = None


class PlacesFile(Strict):
    """regions/<id>/places.yaml: places that stand on the map as points, for everybody."""

    source: Annotated[Text, Field(description="sentence: where this was read, and of which day")]
    places: tuple[PlaceEntry, ...]


def build_places(stated: PlacesFile) -> tuple[PublicPlace, ...]:
    """Make the places of what a file says, in its order."""
    return tuple(
        PublicPlace(each.name, each.kind, each.gemeente, stated.source, each.rd, each.wgs84)
        for each in stated.places
    )


def _all(catalogue: Catalogue) -> Iterator[tuple[str, str, int, PublicPlace]]:
    """Give region, the name under which the rules know the file, the line in it, and the place."""
    for region, places in catalogue.places.items():
        for i, each in enumerate(places):
            yield region, f"PlacesFile:{region}", i, each


@rule
def places_stand_in_a_region(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.places:
        if not files.know("Region", region):
            words = f"regio {region!r} bestaat niet{suggest(region, catalogue.regions)}"
            yield fault_in(files, f"PlacesFile:{region}", (), words)


@rule
def places_have_one_pair_of_coordinates(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for _, owner, i, one in _all(catalogue):
        if (one.rd is None) == (one.wgs84 is None):
            words = (
                f"{one.name!r} heeft {'geen plek' if one.rd is None else 'twee plekken'}; "
                "vul rd (x en y in meters) of wgs84 (lengte en breedte) in, en niet allebei"
            )
            yield fault_in(files, owner, ("places", i), words)


@rule
def places_lie_in_the_netherlands(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for _, owner, i, one in _all(catalogue):
        for name, pair, bounds in (("rd", one.rd, _RD), ("wgs84", one.wgs84, _WGS84)):
            if pair is None or _lies_within(pair, bounds):
                continue
            swapped = _lies_within((pair[1], pair[0]), bounds)
            next_step = "draai de twee getallen om" if swapped else "zoek het punt opnieuw op"
            words = f"{one.name!r} ligt met {pair[0]:g}, {pair[1]:g} niet in Nederland; {next_step}"
            yield fault_in(files, owner, ("places", i, name), words)


def _lies_within(pair: tuple[float, float], bounds: tuple[float, float, float, float]) -> bool:
    west, east, south, north = bounds
    return west <= pair[0] <= east and south <= pair[1] <= north


@rule
def places_lie_in_a_gemeente_of_their_region(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, owner, i, one in _all(catalogue):
        known = catalogue.regions.get(region)
        if known is not None and one.gemeente not in known.gemeente_codes:
            near = suggest(one.gemeente, known.gemeente_codes)
            words = (
                f"{one.name!r} ligt in {one.gemeente}, en dat is geen gemeente van de regio: "
                f"verbeter de code of haal de plek weg{near}"
            )
            yield fault_in(files, owner, ("places", i, "gemeente"), words)


@rule
def places_stand_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    names: dict[tuple[str, str], int] = {}
    points: dict[tuple[object, ...], int] = {}
    for region, owner, i, one in _all(catalogue):
        first = names.setdefault((region, one.name), i)
        if first == i and (one.rd or one.wgs84):
            first = points.setdefault((region, one.kind, one.rd, one.wgs84), i)
        if first != i:
            words = f"{one.name!r} staat al op plek {first + 1} van de lijst; haal er een weg"
            yield fault_in(files, owner, ("places", i), words)
