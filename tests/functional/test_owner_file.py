"""An owner gets its own exact figures back, and nobody gets those of another."""

import csv
from pathlib import Path

import pytest

from lib.door_region import REGION, DoorRegion, make_door_region
from regiebeeld.cli import main
from regiebeeld.domain import AccessError, ContractError
from regiebeeld.pipeline.intake.accepting import accept_delivery
from regiebeeld.pipeline.run.owner_file import write_own_figures
from regiebeeld.settings import Settings

CAMERAS = "cameragebieden"
ONE, THERE = "BU99010000", "BU99020000"
A, B, C = "GM9901", "GM9902", "GM9903"
Cell = tuple[str, str, int]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("eigenaren"), example_region)


@pytest.fixture
def door(made: DoorRegion) -> DoorRegion:
    made.forget()
    return made


def accept(door: DoorRegion, gemeente: str | None, *rows: Cell) -> None:
    accept_delivery(door.cameras(*rows), CAMERAS, REGION, door.settings, gemeente=gemeente)


def write(door: DoorRegion, gemeente: str | None, path: Path) -> list[dict[str, str]]:
    write_own_figures(CAMERAS, door.settings, region=REGION, gemeente=gemeente, path=path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_gemeente_gets_what_it_delivered_and_nothing_of_another(
    door: DoorRegion, tmp_path: Path
) -> None:
    accept(door, A, (ONE, "2024", 2), (ONE, "2025", 7))
    accept(door, B, (THERE, "2024", 5))

    rows = write(door, A, tmp_path / "a.csv")

    assert {(r["area"], r["period"], r["count"]) for r in rows} == {
        (ONE, "2024", "2"),
        (ONE, "2025", "7"),
    }
    assert THERE not in (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert (tmp_path / "a.csv").stat().st_mode & 0o077 == 0


def test_who_delivered_the_whole_region_gets_the_whole(door: DoorRegion, tmp_path: Path) -> None:
    accept(door, None, (ONE, "2024", 2), (THERE, "2024", 5))

    rows = write(door, None, tmp_path / "whole.csv")

    assert {(r["area"], r["count"]) for r in rows} == {(ONE, "2"), (THERE, "5")}


def test_who_delivered_nothing_itself_gets_nothing(door: DoorRegion, tmp_path: Path) -> None:
    accept(door, A, (ONE, "2024", 2))
    accept(door, B, (THERE, "2024", 5))
    path = tmp_path / "c.csv"

    with pytest.raises(AccessError, match="leverde van bron cameragebieden niets zelf"):
        write(door, C, path)
    with pytest.raises(AccessError, match="door meer dan één geleverd"):
        write(door, None, path)
    assert not path.exists()


def test_of_a_whole_delivery_no_gemeente_gets_a_part(door: DoorRegion, tmp_path: Path) -> None:
    accept(door, None, (ONE, "2024", 2), (THERE, "2024", 5))

    with pytest.raises(AccessError, match="leverde van bron cameragebieden niets zelf"):
        write(door, A, tmp_path / "a.csv")


def test_nothing_is_written_where_the_web_server_reads_or_over_a_file(
    door: DoorRegion, tmp_path: Path
) -> None:
    accept(door, A, (ONE, "2024", 2))
    accept(door, B, (THERE, "2024", 5))
    there = tmp_path / "there.csv"
    there.write_text("mine", encoding="utf-8")

    with pytest.raises(AccessError, match="leest de webserver"):
        write(door, A, door.settings.releases / "own.csv")
    with pytest.raises(ContractError, match="bestaat al"):
        write(door, A, there)
    assert there.read_text(encoding="utf-8") == "mine"


def test_an_unknown_or_open_source_is_refused_with_the_next_step(
    door: DoorRegion, tmp_path: Path
) -> None:
    for source in ("bestaat_niet", "politie_misdrijven_maand"):
        with pytest.raises(ContractError, match="regiebeeld law"):
            write_own_figures(
                source, door.settings, region=REGION, gemeente=A, path=tmp_path / "x.csv"
            )


def test_the_command_tells_where_it_is(
    door: DoorRegion,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept(door, A, (ONE, "2024", 2))
    accept(door, B, (THERE, "2024", 5))
    for name in ("catalogue", "regions", "var"):
        monkeypatch.setenv(f"REGIEBEELD_{name.upper()}", str(getattr(door.settings, name)))
    path = tmp_path / "a.csv"

    assert main(["own", REGION, CAMERAS, "--gemeente", A, "--to", str(path)]) == 0

    told = capsys.readouterr().out
    assert "1 regels met precieze aantallen" in told
    assert str(path) in told
