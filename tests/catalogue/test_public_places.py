"""What `check` refuses in the public places of a region, and in which words."""

from pathlib import Path

import pytest

from catalogue.catalogue_copy import ROOT, CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import read_catalogue
from regiebeeld.domain.public_places import PlaceKind

FILE = "regions/twente/places.yaml"
HEAD = 'source: "Verzonnen voor een toets."\nplaces:\n'
GOOD = "  - {name: Bureau Oost, kind: police_station, gemeente: GM0153, rd: [257729, 471245]}\n"


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    return copy_catalogue(tmp_path)


def faults_of(copy: CatalogueCopy, *lines: str) -> list[str]:
    copy.write(FILE, HEAD + "".join(lines))
    return copy.faults()


def test_a_good_file_has_no_faults_and_is_read_in_its_order(copy: CatalogueCopy) -> None:
    other = "  - {name: Kazerne, kind: fire_station, gemeente: GM0164, wgs84: [6.79, 52.26]}\n"
    assert faults_of(copy, GOOD, other) == []
    places = read_catalogue(copy.root / "catalogue", copy.root / "regions").places["twente"]
    assert [(one.name, one.kind) for one in places] == [
        ("Bureau Oost", PlaceKind.POLICE_STATION),
        ("Kazerne", PlaceKind.FIRE_STATION),
    ]
    assert (places[0].rd, places[0].wgs84) == ((257729.0, 471245.0), None)
    assert places[1].source == "Verzonnen voor een toets."


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        (
            "police_station",
            "police_post",
            "places.0.kind",
            "'police_post' kan hier niet; bedoelt u 'police_station'?",
        ),
        (
            "GM0153",
            "GM0154",
            "places.0.gemeente",
            "'Bureau Oost' ligt in GM0154, en dat is geen gemeente van de regio: verbeter"
            " de code of haal de plek weg; bedoelt u 'GM0164'?",
        ),
        (
            "rd: [257729, 471245]",
            "rd: [471245, 257729]",
            "places.0.rd",
            "'Bureau Oost' ligt met 471245, 257729 niet in Nederland; draai de twee getallen om",
        ),
        (
            "rd: [257729, 471245]",
            "wgs84: [52.2, 6.9]",
            "places.0.wgs84",
            "'Bureau Oost' ligt met 52.2, 6.9 niet in Nederland; draai de twee getallen om",
        ),
        (
            "rd: [257729, 471245]",
            "wgs84: [257729, .nan]",
            "places.0.wgs84",
            "'Bureau Oost' ligt met 257729, nan niet in Nederland; zoek het punt opnieuw op",
        ),
        (
            ", rd: [257729, 471245]",
            "",
            "places.0",
            "'Bureau Oost' heeft geen plek; vul rd (x en y in meters) of wgs84 (lengte en breedte)"
            " in, en niet allebei",
        ),
        (
            "rd: [",
            "wgs84: [6.9, 52.2], rd: [",
            "places.0",
            "'Bureau Oost' heeft twee plekken; vul rd (x en y in meters) of wgs84 (lengte en"
            " breedte) in, en niet allebei",
        ),
        ("name: Bureau Oost, ", "", "places.0.name", "ontbreekt"),
    ],
)
def test_a_fault_is_told_with_its_place_and_a_next_step(
    copy: CatalogueCopy, old: str, new: str, place: str, words: str
) -> None:
    assert old in GOOD
    assert faults_of(copy, GOOD.replace(old, new)) == [f"{FILE}:3: {place}: {words}"]


@pytest.mark.parametrize(
    "again",
    [
        GOOD.replace("257729", "257000"),  # the name again
        GOOD.replace("Oost", "West"),  # the point again
    ],
)
def test_the_same_place_twice_is_refused(copy: CatalogueCopy, again: str) -> None:
    name = "Bureau West" if "West" in again else "Bureau Oost"
    words = f"'{name}' staat al op plek 1 van de lijst; haal er een weg"
    assert faults_of(copy, GOOD, again) == [f"{FILE}:4: places.1: {words}"]


def test_two_services_may_share_a_building(copy: CatalogueCopy) -> None:
    other = GOOD.replace("police_station", "fire_station").replace("Bureau", "Kazerne")
    assert faults_of(copy, GOOD, other) == []


def test_a_file_without_a_source_is_refused(copy: CatalogueCopy) -> None:
    copy.write(FILE, "places:\n" + GOOD)
    assert copy.faults() == [f"{FILE}:1: source: ontbreekt"]


def test_a_file_that_would_not_be_read_is_told(copy: CatalogueCopy) -> None:
    copy.write("regions/twente/places.yml", HEAD + GOOD)
    assert copy.faults() == [
        "regions/twente/places.yml:1: (bestand): wordt niet gelezen; verwacht wordt"
        " regions/<regio>/places.yaml"
    ]


def test_places_of_a_region_that_is_not_there_are_refused(copy: CatalogueCopy) -> None:
    copy.write("regions/twent/places.yaml", HEAD + GOOD)
    assert copy.faults() == [
        "regions/twent/places.yaml:1: (bestand): regio 'twent' bestaat niet; bedoelt u 'twente'?"
    ]


def test_only_the_invented_region_has_invented_places() -> None:
    found = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    assert all(found.regions[name].invented for name in found.places)
