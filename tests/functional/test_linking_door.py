"""What lies elsewhere is left out at the door; what nobody can place refuses, or hides."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from lib.door_region import REGION, DoorRegion, make_door_region
from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.domain import AreaLevel, LinkError, Status
from regiebeeld.pipeline.indicators.unplaced import NO_PLACE
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_delivery
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.pipeline.intake.history import state_as_of
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

CAMERAS = "cameragebieden"
ONE, TWO, THREE = "BU99010000", "BU99010001", "BU99020000"
NOWHERE = "BU99019999"  # in GM9901, the buurt is not known


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("places"), example_region)


@pytest.fixture
def door(made: DoorRegion) -> Iterator[DoorRegion]:
    made.forget()
    yield made
    assert made.left_at_work() == []


def accept(door: DoorRegion, path: Path, source: str = CAMERAS) -> Accepted | Refused:
    return accept_delivery(path, source, REGION, door.settings)


def known(door: DoorRegion, source: str = CAMERAS) -> set[tuple[str, str, int]]:
    rows = state_as_of(door.settings.unprotected / "deliveries", source).counts.to_pylist()
    return {(row["area"], row["period"], row["count"]) for row in rows}


def test_what_lies_in_another_region_is_left_out_and_told(door: DoorRegion) -> None:
    done = accept(
        door, door.cameras((ONE, "2025", 2), ("BU99017777", "2025", 1), ("BU01530000", "2025", 3))
    )
    assert isinstance(done, Accepted)
    assert known(door) == {(ONE, "2025", 2), ("BU99019999", "2025", 1)}
    assert done.delivery.rows_counted == 2
    assert any("1 rij" in told and "buiten de regio" in told for told in done.told)
    facts = json.loads((done.folder / "report.json").read_text())["linking"]["facts"]
    assert (facts["outside"], facts["unknown"]) == (1, {"BU99019999": 1})


def test_a_delivery_of_elsewhere_is_refused_and_replaces_nothing(door: DoorRegion) -> None:
    accept(door, door.cameras((ONE, "2025", 2)))
    done = accept(door, door.cameras(("BU01530000", "2025", 3), ("BU01530001", "2025", 4)))
    assert isinstance(done, Refused)
    assert "buiten de regio" in done.because
    assert known(door) == {(ONE, "2025", 2)}


@pytest.mark.parametrize(("unknown", "refused"), [(11, True), (10, False)])
def test_with_more_than_half_in_no_gemeente_it_is_refused_and_replaces_nothing(
    door: DoorRegion, unknown: int, refused: bool
) -> None:
    accept(door, door.cameras((ONE, "2025", 2)))
    done = accept(door, door.cameras((ONE, "2025", 10), ("BU00000000", "2025", unknown)))
    assert isinstance(done, Refused) is refused
    if refused:
        assert "minder dan de helft" in done.because
        assert known(door) == {(ONE, "2025", 2)}
    else:
        assert ("BU00000000", "2025", 10) in known(door)


def test_below_what_the_contract_asks_it_is_accepted_and_told(door: DoorRegion) -> None:
    done = accept(door, door.cameras((ONE, "2025", 7), (NOWHERE, "2025", 3)))
    assert isinstance(done, Accepted)
    assert any("Van 7 van de 10 (70%)" in told for told in done.told)


def test_a_contract_may_ask_less(door: DoorRegion) -> None:
    door.edit(
        f"catalogue/sources/{CAMERAS}.odcs.yaml",
        "      frequency: year\n",
        "      frequency: year\n      least_linked: 0.7\n",
    )
    done = accept(door, door.cameras((ONE, "2025", 7), (NOWHERE, "2025", 3)))
    assert isinstance(done, Accepted)
    assert not any("afgesproken is minstens" in told for told in done.told)


def test_who_counts_by_gemeente_is_not_told_that_a_buurt_lacks(door: DoorRegion) -> None:
    row = {"gebied": "GM9901", "periode": "2024", "soort": "drugs", "aantal": 3}
    done = accept(door, door.csv([row]), "anonieme_tips")
    assert isinstance(done, Accepted)
    assert not any("grover" in told or "buurt" in told for told in done.told)


def _moved(coordinates):
    """The same shape, far from the Netherlands."""
    if isinstance(coordinates, list):
        return [_moved(each) for each in coordinates]
    return coordinates / 10


def test_a_corrected_map_is_read_and_a_wrong_one_is_named(door: DoorRegion) -> None:
    accept(door, door.cameras((ONE, "2025", 2)))  # now there are copies of the maps
    path = door.settings.files / "gebieden_2025_buurten.geojson"
    good = path.read_text(encoding="utf-8")
    found = json.loads(good)
    for feature in found["features"]:
        feature["geometry"]["coordinates"] = _moved(feature["geometry"]["coordinates"])
    path.unlink()  # it is a hard link to a file of the example
    path.write_text(json.dumps(found), encoding="utf-8")
    file = door.cameras((ONE, "2025", 9))
    with pytest.raises(LinkError, match=r"gebieden_2025_buurten\.geojson"):
        accept(door, file)
    assert file.exists()  # a map that cannot be read is no fault of the sender
    path.write_text(good, encoding="utf-8")
    assert isinstance(accept(door, file), Accepted)
    assert known(door) == {(ONE, "2025", 9)}


def test_in_a_release_a_zero_beside_unknown_places_is_no_zero(door: DoorRegion) -> None:
    told = {ONE: 2, NOWHERE: 30, THREE: 9, "BU99029999": 1}
    with open_door(REGION, door.settings) as opened:  # a file of counts says its zeros
        buurten = [area.code for area in opened.frame.layouts[2025].at(AreaLevel.BUURT)]
    near = [code for code in buurten if code[2:6] in ("9901", "9902")]
    told = {**dict.fromkeys(near, 0), **told}
    accept(door, door.cameras(*((code, "2025", number) for code, number in told.items())))
    run_region(REGION, door.settings)
    hide = partial(PresentAgreements(door.settings).hide, "regio")
    release = Shelf(door.settings.releases).open_current("regio", hide)
    try:
        cells = {
            area: release.read_area_cells(area, period="2025")[CAMERAS]
            for area in (ONE, TWO, THREE, "GM9901", "GM9902")
        }
    finally:
        release.close()
    assert cells["GM9901"].value == 32
    for area in (ONE, TWO):
        cell = cells[area]
        assert (cell.status, cell.value, cell.reason) == (Status.MISSING, None, NO_PLACE)
    # 1 of 10 has no place: what is there is shown, and the note tells it.
    assert (cells[THREE].value, cells["GM9902"].value) == (9, 10)
