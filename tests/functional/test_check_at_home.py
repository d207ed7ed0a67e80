"""A partner checks a file at home: what the door would say, with the rows of the file."""

import json
import shutil
from pathlib import Path

import pytest

from lib.door_region import REGION, DoorRegion, make_door_region
from regiebeeld.catalogue import read_catalogue
from regiebeeld.cli import main
from regiebeeld.domain import ContractError
from regiebeeld.pipeline.intake.accepting import Refused, accept_delivery
from regiebeeld.pipeline.intake.history import state_as_of
from regiebeeld.pipeline.intake.templates import write_template
from regiebeeld.settings import Settings

CAMERAS = "cameragebieden"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("home"), example_region)


@pytest.fixture
def door(made: DoorRegion, monkeypatch: pytest.MonkeyPatch) -> DoorRegion:
    made.forget()
    settings = made.settings
    monkeypatch.setenv("REGIEBEELD_CATALOGUE", str(settings.catalogue))
    monkeypatch.setenv("REGIEBEELD_REGIONS", str(settings.regions))
    monkeypatch.setenv("REGIEBEELD_VAR", str(settings.var))
    return made


def check(path: Path, *more: str) -> int:
    return main(["check-delivery", str(path), "--source", CAMERAS, *more])


def test_without_a_region_it_says_what_was_not_looked_at(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    path = door.cameras(("BU99010000", "2025", 2))
    assert check(path) == 0
    (said,) = capsys.readouterr().out.splitlines()
    assert said.startswith("Deze levering voldoet aan het contract: 1 rij, 0 opmerkingen.")
    assert "koppelen aan gebieden zijn niet nagekeken; dat kan met --region" in said
    assert path.exists()


def test_rows_have_the_number_that_a_spreadsheet_shows(
    door: DoorRegion, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    head = "gebied;periode;soort;aantal"
    path = door.write("levering.csv", f"{head}\n;;;\nBU99010000;2025;camera;x\n")
    assert check(path, "--report", str(tmp_path / "verslag")) == ContractError.exit_code
    said = capsys.readouterr()
    assert "Rij 2 is leeg en is overgeslagen." in said.out
    assert "de waarde is geen heel getal, zoals 12 (rij 3)." in said.out
    assert f"Het verslag staat in {tmp_path / 'verslag'}." in said.out
    assert "deze levering wordt geweigerd: 1 fout" in said.err
    kept = json.loads((tmp_path / "verslag" / "report.json").read_text(encoding="utf-8"))
    assert [found["row_numbers"] for found in kept["findings"]] == [[], [3]]
    assert "kantlijn" in (tmp_path / "verslag" / "report.html").read_text(encoding="utf-8")


def test_with_a_region_the_rows_are_linked(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("BU99010000", "2025", 2), ("BU99010001", "2025", 1), ("BU99017777", "2025", 1)]
    path = door.cameras(*rows)
    assert check(path, "--region", REGION) == 0
    said = capsys.readouterr().out
    assert "1 rij zonder gebied" in said
    assert "(rij 4)" in said
    assert "voldoet aan het contract en de afspraak: 3 rijen" in said
    assert not (door.settings.unprotected / "deliveries").exists()
    assert not door.settings.ledger.exists()


def test_what_lies_elsewhere_is_refused_at_home_too(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    path = door.cameras(("BU01530000", "2025", 2))
    assert check(path, "--region", REGION) == ContractError.exit_code
    assert "deze levering wordt geweigerd" in capsys.readouterr().err
    assert check(path) == 0


def test_without_an_agreement_the_door_would_refuse(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    door.edit(f"regions/{REGION}/agreements/{CAMERAS}.yaml", "end: 2099-12-31", "end: 2025-12-31")
    path = door.cameras(("BU99010000", "2025", 2))
    assert check(path, "--region", REGION) == ContractError.exit_code
    assert "De afspraak is afgelopen op 31-12-2025" in capsys.readouterr().out


def test_without_the_map_it_says_that_linking_was_not_looked_at(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    away = door.settings.files.rename(door.settings.files.with_name("weg"))
    shutil.rmtree(door.settings.unprotected / "copies", ignore_errors=True)
    try:
        path = door.cameras(("BU99010000", "2025", 2))
        assert check(path, "--region", REGION) == 0
    finally:
        away.rename(door.settings.files)
    assert "Het koppelen aan gebieden is niet nagekeken" in capsys.readouterr().out


def test_the_door_refuses_a_template_and_a_file_without_counts_and_keeps_what_stood(
    door: DoorRegion, tmp_path: Path
) -> None:
    accept_delivery(door.cameras(("BU99010000", "2025", 2)), CAMERAS, REGION, door.settings)
    sources = read_catalogue(door.settings.catalogue, door.settings.regions).sources
    template, workbook = write_template(sources[CAMERAS], tmp_path)
    bare = door.write("levering.csv", "gebied;periode;soort\nBU99010000;2025;cameragebied\n")
    for path, words in (
        (template, "1 rij is de voorbeeldregel van het sjabloon"),
        (workbook, "1 rij is de voorbeeldregel van het sjabloon"),
        (bare, "Kolom 'aantal' ontbreekt. Een cel mag leeg zijn, de kolom niet."),
    ):
        done = accept_delivery(path, CAMERAS, REGION, door.settings)
        assert isinstance(done, Refused)
        assert words in done.because
    counts = state_as_of(door.settings.unprotected / "deliveries", CAMERAS, None).counts
    assert [(row["area"], row["count"]) for row in counts.to_pylist()] == [("BU99010000", 2)]
