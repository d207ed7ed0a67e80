"""A fault of the machine, or of what is gone, holds no delivery up and leaves no file behind."""

import os
import resource
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from lib.door_region import ADDRESSES, REGION, DoorRegion, make_door_region
from lib.searching import find_words
from regiebeeld.cli import main
from regiebeeld.ledger import Outcome
from regiebeeld.pipeline.intake import judging
from regiebeeld.pipeline.intake.claims import claim_file, read_hash
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.settings import Settings

CAMERAS, ONE = "cameragebieden", "BU99010000"
CANARY = "kanariebestand_vogelzang"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("faults"), example_region)


@pytest.fixture
def door(made: DoorRegion, monkeypatch: pytest.MonkeyPatch) -> DoorRegion:
    made.forget()
    made.use(monkeypatch)
    return made


def send(path: Path, source: str = CAMERAS) -> int:
    return main(["accept", str(path), "--source", source, "--region", REGION])


def outcomes(door: DoorRegion) -> list[Outcome]:
    return [delivery.outcome for delivery in door.deliveries()]


def begin(door: DoorRegion, path: Path, source: str) -> int:
    """Leave a delivery as a process leaves it that dies just after the claim."""
    with open_door(REGION, door.settings) as held:
        now = datetime.now(UTC)
        row = held.ledger.add_delivery(
            region=REGION, source=source, file=read_hash(path), moments=(now, now.date())
        )
        claim_file(path, held.work, row.id)
        return row.id


def test_a_contract_that_is_gone_holds_nobody_up(door: DoorRegion) -> None:
    path = door.csv([{"nummer": "Z-KANARIE", "soort": "geluid"}])
    begin(door, path, ADDRESSES)
    assert door.left_at_work() == ["1"]
    (door.settings.catalogue / f"sources/{ADDRESSES}.odcs.yaml").unlink()
    (door.settings.regions / f"{REGION}/agreements/{ADDRESSES}.yaml").unlink()
    inventory = door.settings.catalogue / "inventory.yaml"
    text = inventory.read_text()
    inventory.write_text(text[: text.index(f"  - id: {ADDRESSES}")])
    assert send(door.cameras((ONE, "2024", 2))) == 0
    assert outcomes(door)[0] is Outcome.REFUSED
    assert outcomes(door)[1].counts
    assert door.left_at_work() == []
    assert find_words([door.settings.unprotected / "reports"], ["KANARIE"]) == []


def test_what_cannot_be_written_waits_and_is_finished_later(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file where the reports should be stands for any fault of the disk."""
    blocked = door.settings.unprotected / "reports" / CAMERAS
    blocked.parent.mkdir(parents=True)
    blocked.write_text("")
    path = door.cameras((ONE, "2024", 2), name=f"{CANARY}.csv")
    assert send(path) == 8
    assert outcomes(door) == [Outcome.RECEIVED]
    assert door.left_at_work() == ["1"]
    assert CANARY not in capsys.readouterr().err
    blocked.unlink()
    assert send(door.cameras((ONE, "2023", 1))) == 0
    assert all(outcome.counts for outcome in outcomes(door))
    assert door.left_at_work() == []


def test_one_that_waits_does_not_stop_the_next(door: DoorRegion) -> None:
    path = door.csv([{"nummer": "Z-1", "soort": "geluid"}])
    begin(door, path, ADDRESSES)
    blocked = door.settings.unprotected / "reports" / ADDRESSES
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("")
    assert send(door.cameras((ONE, "2024", 2))) == 0
    assert outcomes(door)[1].counts
    blocked.unlink()
    assert send(door.cameras((ONE, "2023", 2))) == 0
    assert outcomes(door)[0] is Outcome.REFUSED  # its columns are not those of the contract
    assert door.left_at_work() == []


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder on another disk than the tests have."""
    folder = Path("/dev/shm") / f"regiebeeld-{os.getpid()}"  # noqa: S108 - another disk is the point
    if not folder.parent.is_dir():
        pytest.skip("er is geen tweede schijf")
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_half_a_copy_is_not_left_behind(tmp_path: Path, elsewhere: Path) -> None:
    if elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("er is geen tweede schijf")
    path = elsewhere / "levering.csv"
    path.write_bytes(b"x" * 200_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            claim_file(path, tmp_path / "work", 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.stat().st_size == 200_000
    assert list((tmp_path / "work").iterdir()) == []


def test_no_room_for_a_copy_leaves_the_file_and_the_door(
    door: DoorRegion, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if elsewhere.stat().st_dev == door.settings.var.stat().st_dev:
        pytest.skip("er is geen tweede schijf")
    assert send(door.cameras((ONE, "2022", 2))) == 0  # the ledger and the maps are there
    path = elsewhere / f"{CANARY}.csv"
    rows = f"{ONE};2024;cameragebied;2\n" * 100_000
    path.write_text("gebied;periode;soort;aantal\n" + rows)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        assert send(path) == 8
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.exists()
    assert door.left_at_work() == []
    assert CANARY not in capsys.readouterr().err
    assert send(door.cameras((ONE, "2023", 2))) == 0


@pytest.mark.parametrize("fault", [MemoryError, duckdb.OutOfMemoryException])
def test_too_little_memory_is_told_with_the_next_step(
    door: DoorRegion, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def fill(*arguments: object, **named: object) -> None:
        raise fault("KANARIE")

    monkeypatch.setattr(judging, "count_rows", fill)
    assert send(door.cameras((ONE, "2024", 2))) == 4
    (refused,) = door.deliveries()
    assert "kleinere delen" in str(refused.refused_because)
    assert door.left_at_work() == []


def test_the_name_of_a_file_is_in_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A `var` that is a file: every folder below it is a fault with a path."""
    (tmp_path / CANARY).write_text("")
    monkeypatch.setenv("REGIEBEELD_VAR", str(tmp_path / CANARY))
    (tmp_path / "a.csv").write_text("x\n1\n")
    assert send(tmp_path / "a.csv") == 1
    told = capsys.readouterr().err
    assert CANARY not in told
    assert "controleer" in told


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_who_may_read_what_a_delivery_leaves(door: DoorRegion) -> None:
    """The owner only; its group passes to the inbox and reads the ledger, others nothing."""
    before = os.umask(0o022)
    try:
        assert send(door.cameras((ONE, "2024", 2))) == 0
        assert os.umask(0o022) == 0o022  # the command gave it back
    finally:
        os.umask(before)
    var = door.settings.var
    assert modes(var)["unprotected"] == modes(var)["ledger"] == 0o750
    private = modes(door.settings.unprotected)
    assert {mode for name, mode in private.items() if name != "inbox"} == {0o700}
    assert modes(door.settings.ledger)["ledger.sqlite"] == 0o640
    for path in (door.settings.unprotected / "reports").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
