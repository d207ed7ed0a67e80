"""Figures about persons from a delivery to a page: real bicycle thefts of Groningen."""

import shutil
from pathlib import Path

import pyarrow.compute as pc
import pytest
from httpx import Client

from lib.page_server import serving
from lib.real_door import RealDoor, make_groningen
from lib.served import open_served
from regiebeeld.catalogue import read_catalogue
from regiebeeld.dashboard.access.agreements import PresentAgreements
from regiebeeld.dashboard.web.app import create_app
from regiebeeld.domain import AreaLevel, DisclosureError, Status
from regiebeeld.pipeline.gate.secret_file import make_secret
from regiebeeld.pipeline.intake.accepting import Accepted
from regiebeeld.pipeline.intake.history import state_as_of
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import read_manifest

pytestmark = pytest.mark.slow
SOURCE, INDICATOR = "fietsendiefstal_gebeurtenissen", "fietsen"
THEFTS = "events/groningen_bicycle_thefts_2013_2017.csv"


@pytest.fixture(scope="module")
def door(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RealDoor:
    """Groningen with its real events accepted, no secret yet, and nothing published."""
    made = make_groningen(tmp_path_factory.mktemp("groningen"), test_data)
    assert isinstance(made.accept(SOURCE, test_data / THEFTS), Accepted)
    made.edit("regions/groningen/region.yaml", "    release: false\n", "")
    return made


@pytest.fixture(scope="module")
def published(door: RealDoor) -> Path:
    with pytest.raises(DisclosureError, match="regiebeeld secret make"):
        run_region(door.region, door.settings)
    assert not (door.settings.releases / "current").exists()
    catalogue = read_catalogue(door.settings.catalogue, door.settings.regions)
    make_secret(door.settings, catalogue.read_region(door.region))
    return run_region(door.region, door.settings).folder


def count_years(door: RealDoor) -> dict[tuple[str, str], int]:
    """Count the thefts by wijk and year from what was accepted, the obvious way."""
    counts = state_as_of(door.settings.unprotected / "deliveries", SOURCE).counts
    found: dict[tuple[str, str], int] = {}
    for row in counts.to_pylist():
        key = ("WK" + row["area"][2:8], row["period"][:4])
        found[key] = found.get(key, 0) + row["count"]
    assert sum(found.values()) == pc.sum(counts["count"]).as_py() == 15_947
    return found


def test_every_figure_holds_the_true_number_and_none_tells_it(
    door: RealDoor, published: Path
) -> None:
    true = count_years(door)
    release = open_served(door.settings)
    seen, moved = 0, 0
    for year in ("2013", "2014", "2015", "2016"):
        for code, cell in release.read_map(INDICATOR, AreaLevel.WIJK, year).items():
            number = true.get((code, year), 0)
            assert cell.status is Status.ROUNDED
            assert cell.value is not None
            assert cell.lower is not None
            assert cell.upper is not None
            assert cell.value % 5 == 0
            assert (cell.lower, cell.upper) == (max(cell.value - 4, 0), cell.value + 4)
            assert cell.lower <= number <= cell.upper
            seen, moved = seen + 1, moved + (cell.value != number)
    release.close()
    assert seen >= 4 * 10
    assert moved > seen / 2


def test_the_gate_says_what_it_proved(published: Path) -> None:
    (account,) = read_manifest(published)["gate"]
    assert account["events"] == SOURCE
    assert account["figures"] > 900
    assert account["tested"] > 50
    assert account["certified"] >= account["tested"]
    assert (account["exact"], account["width"]) == (0, 2)
    assert account["masked"] <= 0.02 * account["figures"]


def test_the_pages_show_ranges_and_the_proof(door: RealDoor, published: Path) -> None:
    present = PresentAgreements(door.settings)
    app = create_app(Shelf(door.settings.releases), audience="regio", present=present)
    with serving(app) as address, Client(base_url=address) as client:
        page = client.get("/thema/algemeen")
        assert page.status_code == 200
        assert "Afgerond om mensen te beschermen" in page.text
        proof = client.get("/privacy")
        assert proof.status_code == 200
        assert client.get("/privacy.pdf").content.startswith(b"%PDF")


def test_the_same_events_read_the_same_in_the_next_release(door: RealDoor, published: Path) -> None:
    before = open_served(door.settings)
    first = before.read_map(INDICATOR, AreaLevel.WIJK, "2015")
    before.close()
    again = run_region(door.region, door.settings)
    assert again.folder != published
    (account,) = read_manifest(again.folder)["gate"]
    assert account["earlier"] == 1
    after = open_served(door.settings)
    second = after.read_map(INDICATOR, AreaLevel.WIJK, "2015")
    after.close()
    assert {k: c.value for k, c in first.items()} == {k: c.value for k, c in second.items()}


def test_without_the_register_of_before_nothing_is_published(
    door: RealDoor, published: Path, tmp_path: Path
) -> None:
    shelf = Shelf(door.settings.releases)
    current = shelf.read_current_id()
    register = door.settings.unprotected / "register"
    shutil.move(register, tmp_path / "register")
    try:
        with pytest.raises(DisclosureError, match="zet het terug uit een kopie"):
            run_region(door.region, door.settings)
    finally:
        shutil.rmtree(register, ignore_errors=True)
        shutil.move(tmp_path / "register", register)
    assert shelf.read_current_id() == current


def test_a_register_that_cannot_be_written_publishes_nothing(
    door: RealDoor, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What will be told stands in the register before anybody can read it."""

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    shelf = Shelf(door.settings.releases)
    current = shelf.read_current_id()
    there = {path.name for path in door.settings.releases.iterdir()}
    monkeypatch.setattr("regiebeeld.pipeline.gate.register.Register.add", full)
    with pytest.raises(OSError, match="No space left"):
        run_region(door.region, door.settings)
    assert shelf.read_current_id() == current
    assert {path.name for path in door.settings.releases.iterdir()} == there
