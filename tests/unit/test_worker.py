"""The worker does what is due, one at a time, and a fault of one task stops no other."""

import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from lib.door_region import REGION, DoorRegion, make_door_region
from regiebeeld.catalogue import read_catalogue
from regiebeeld.domain import ReleaseError, read_period
from regiebeeld.ledger import Outcome, read_freshness
from regiebeeld.pipeline.intake.accepting import accept_delivery
from regiebeeld.pipeline.intake.door import Door
from regiebeeld.pipeline.schedule import inbox, worker
from regiebeeld.pipeline.schedule.diary import Diary, Task, fail, read_diary, succeed, write_diary
from regiebeeld.pipeline.schedule.freshness import compute_due, find_whole_until
from regiebeeld.pipeline.schedule.worker import take_turn, work
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CAMERAS = "cameragebieden"
ONE = "BU99010000"


def test_each_pause_is_twice_as_long_up_to_a_day() -> None:
    task, now, waits = Task(), NOON, []
    for _ in range(9):
        task = fail(task, now, "stuk")
        until = datetime.fromisoformat(str(task.not_before))
        waits.append((until - now).total_seconds() / 60)
        assert not task.is_due(until - timedelta(seconds=1), timedelta())
        assert task.is_due(until, timedelta(days=99))
        now = until
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert task.failing_since == NOON.isoformat(timespec="seconds")
    assert succeed(task, now).failures == 0


def test_a_task_that_went_well_waits_its_time() -> None:
    done = succeed(Task(), NOON)
    assert Task().is_due(NOON, timedelta(hours=24))
    assert not done.is_due(NOON + timedelta(hours=23), timedelta(hours=24))
    assert done.is_due(NOON + timedelta(hours=24), timedelta(hours=24))


def test_the_diary_is_kept_and_a_damaged_one_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "schedule" / "diary.json"
    assert read_diary(path) == Diary()
    diary = Diary({"run": fail(Task(), NOON, "x")}, release_due=True)
    write_diary(path, diary)
    assert read_diary(path) == diary
    for text in ("{", "[]", '{"tasks": {"run": {"nonsense": 1}}, "release_due": true}'):
        path.write_text(text)
        assert read_diary(path) == Diary()


@pytest.mark.parametrize(
    ("last", "due"),
    [
        # Three weeks after the first month that is not covered; before the first delivery the month
        # in which the agreement began (1 January 2024).
        (date(2025, 11, 30), date(2026, 1, 21)),
        (date(2025, 12, 31), date(2026, 2, 21)),
        (None, date(2024, 2, 21)),
    ],
)
def test_when_the_next_delivery_is_due(last: date | None, due: date) -> None:
    catalogue = read_catalogue(Path("catalogue"), Path("regions"))
    source = catalogue.sources["woninginbraken_aantallen"]
    agreement = catalogue.agreement_for(REGION, source.id)
    assert agreement is not None
    assert (source.terms.frequency, source.terms.due_days) == ("month", 21)
    assert compute_due(source, last, agreement) == due


def test_a_gap_in_the_middle_is_due_whatever_came_after() -> None:
    def until(*ids: str) -> date | None:
        return find_whole_until([read_period(text) for text in ids])

    assert until() is None
    assert until("2025-02", "2025-01", "2025-01") == date(2025, 2, 28)
    assert until("2025-01", "2025-03", "2025-04") == date(2025, 1, 31)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("worker"), example_region)


@pytest.fixture
def door(made: DoorRegion) -> Iterator[DoorRegion]:
    made.forget()
    yield made
    assert made.left_at_work() == []


def put(door: DoorRegion, path: Path, source: str = CAMERAS, *, age: float = 60) -> Path:
    target = door.settings.inbox / source / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    os.utime(target, (time.time() - age, time.time() - age))
    return target


def test_a_turn_takes_the_inbox_and_makes_a_release(door: DoorRegion) -> None:
    put(door, door.cameras((ONE, "2024", 2)))
    bad = put(door, door.write("slecht.csv", "a;b\n1;2\n"))
    turn = take_turn(REGION, door.settings)
    assert sorted(d.outcome for d in door.deliveries()) == [
        Outcome.ACCEPTED_WITH_WARNINGS,
        Outcome.REFUSED,
    ]
    assert not bad.exists()
    assert turn.failed == ()
    assert turn.release == Shelf(door.settings.releases).read_current_id()
    again = take_turn(REGION, door.settings)
    assert (again.deliveries, again.fetched, again.release) == ((), (), None)
    told = read_freshness(door.settings)
    assert told is not None
    rows = {row.source: row for row in told[1]}
    assert rows[CAMERAS].last_period == "2024"
    assert rows[CAMERAS].late  # 2025 was due in January 2026
    assert [each.outcome for each in rows[CAMERAS].quality] == ["accepted_with_warnings", "refused"]
    assert rows["politie_misdrijven_maand"].days_late == 0
    assert {"at", "doing"} == json.loads(
        (door.settings.unprotected / "schedule/heartbeat.json").read_text()
    ).keys()


def test_what_is_still_being_written_waits_and_strays_go(door: DoorRegion) -> None:
    fresh = put(door, door.cameras((ONE, "2024", 2)), age=0)
    part = put(door, door.cameras((ONE, "2024", 2), name="half.csv.part"))
    stray = put(door, door.write("geheim.csv", "x"), "geen_bron")
    os.utime(stray.parent, (1, 1))
    linked = door.settings.inbox / CAMERAS / "link.csv"
    linked.symlink_to(door.write("elders.csv", "blijft"))
    os.utime(linked, (1, 1), follow_symlinks=False)
    turn = take_turn(REGION, door.settings)
    assert turn.deliveries == ()
    assert fresh.exists()
    assert part.exists()
    assert not stray.parent.exists()
    assert not linked.is_symlink()
    assert (door.settings.catalogue.parent / "elders.csv").read_text() == "blijft"


def test_a_source_that_fails_waits_and_stops_no_other(door: DoorRegion) -> None:
    counts = door.settings.files / "bevolking.csv"
    aside = counts.rename(counts.with_suffix(".weg"))
    try:
        put(door, door.cameras((ONE, "2024", 2)))
        turn = take_turn(REGION, door.settings)
    finally:
        aside.rename(counts)
    assert "voorbeeld_kerncijfers" in turn.failed
    assert "politie_misdrijven_maand" in turn.fetched
    assert len(turn.deliveries) == 1
    told = read_freshness(door.settings)
    assert told is not None
    row = next(row for row in told[1] if row.source == "voorbeeld_kerncijfers")
    assert row.failing_since
    diary = read_diary(door.settings.unprotected / "schedule/diary.json")
    assert not diary.task("voorbeeld_kerncijfers").is_due(datetime.now(UTC), timedelta())


def test_one_worker_at_a_time(door: DoorRegion) -> None:
    folder = door.settings.unprotected / "schedule"
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="al een werker"):
            work(REGION, door.settings, once=True)


def test_a_clock_that_was_wrong_holds_nothing_up() -> None:
    ahead = NOON + timedelta(days=3650)
    day = timedelta(hours=24)
    assert succeed(Task(), ahead).is_due(NOON, day)
    assert fail(Task(), ahead, "stuk").is_due(NOON, day)
    assert not succeed(Task(), NOON + timedelta(seconds=20)).is_due(NOON, day)  # no step of a clock


def test_what_came_in_another_way_is_released_too(door: DoorRegion) -> None:
    first = take_turn(REGION, door.settings).release
    assert first is not None
    assert take_turn(REGION, door.settings).release is None
    accept_delivery(door.cameras((ONE, "2024", 2)), CAMERAS, REGION, door.settings)
    turn = take_turn(REGION, door.settings)
    assert turn.deliveries == ()
    assert turn.release not in (None, first)
    assert take_turn(REGION, door.settings).release is None
    door.edit(f"regions/{REGION}/agreements/{CAMERAS}.yaml", "end: 2099-12-31", "end: 2026-01-01")
    assert take_turn(REGION, door.settings).release not in (None, first, turn.release)


def _no_release(*_: object, **__: object) -> NoReturn:
    raise ReleaseError("in deze proef komt er geen versie")


@pytest.fixture
def quick(door: DoorRegion, monkeypatch: pytest.MonkeyPatch) -> DoorRegion:
    """The worker without releases and fetches, which take long."""
    monkeypatch.setattr("regiebeeld.pipeline.schedule.worker.run_region", _no_release)
    monkeypatch.setattr("regiebeeld.pipeline.schedule.worker.list_fetches", lambda *_: iter(()))
    return door


def test_a_fault_of_the_machine_in_a_fetch_stops_nothing(
    door: DoorRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "vol", "/geheim/naam")

    monkeypatch.setattr("regiebeeld.pipeline.schedule.worker.gather_region", full)
    monkeypatch.setattr("regiebeeld.pipeline.schedule.worker.run_region", full)
    put(door, door.cameras((ONE, "2024", 2)))
    turn = take_turn(REGION, door.settings)
    assert len(turn.deliveries) == 1
    assert {"politie_misdrijven_maand", "run"} <= set(turn.failed)
    diary = (door.settings.unprotected / "schedule/diary.json").read_text()
    assert "geheim" not in diary
    assert read_freshness(door.settings) is not None


def test_a_turn_that_breaks_on_the_machine_is_told_and_taken_again(
    quick: DoorRegion, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "vol", "/geheim/naam")

    monkeypatch.setattr(worker, "take_turn", full)
    assert worker._survive(REGION, quick.settings, once=False).failed == ("turn",)
    assert "geheim" not in caplog.text
    with pytest.raises(OSError, match="vol"):
        worker._survive(REGION, quick.settings, once=True)


def test_a_file_that_goes_while_the_inbox_is_read_stops_no_other(
    quick: DoorRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes = put(quick, quick.cameras((ONE, "2024", 2), name="a.csv"), age=99)
    put(quick, quick.cameras((ONE, "2025", 2), name="b.csv"))
    real = inbox.accept_at

    def accept_at(door: Door, path: Path, *more: object, **named: object) -> object:
        goes.unlink(missing_ok=True)
        return real(door, path, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(inbox, "accept_at", accept_at)
    turn = take_turn(REGION, quick.settings)
    assert [done.delivery.periods for done in turn.deliveries] == [("2025",)]


def test_what_never_becomes_whole_is_removed_after_a_day(
    quick: DoorRegion, caplog: pytest.LogCaptureFixture
) -> None:
    day = 86_400
    old = put(quick, quick.cameras((ONE, "2024", 2), name="a.csv.part"), age=day + 60)
    hidden = put(quick, quick.cameras((ONE, "2024", 2), name=".a.csv"), age=day + 60)
    fresh = put(quick, quick.cameras((ONE, "2024", 2), name="b.csv.part"), age=day - 60)
    take_turn(REGION, quick.settings)
    assert [path.exists() for path in (old, hidden, fresh)] == [False, False, True]
    assert caplog.text.count("een dag lang niet af") == 2
    assert "a.csv" not in caplog.text


def test_a_linked_folder_is_removed_and_what_it_leads_to_is_not_touched(quick: DoorRegion) -> None:
    elsewhere = quick.settings.catalogue.parent / "elders_map"
    (elsewhere / "onder").mkdir(parents=True)
    file = quick.cameras((ONE, "2024", 2)).rename(elsewhere / "levering.csv")
    (elsewhere / "onder" / "blijft.csv").write_text("x")
    for path in (file, elsewhere / "onder", elsewhere):
        os.utime(path, (1, 1))
    quick.settings.inbox.mkdir(parents=True)
    link = quick.settings.inbox / CAMERAS
    link.symlink_to(elsewhere)
    turn = take_turn(REGION, quick.settings)
    assert turn.deliveries == ()
    assert not link.is_symlink()
    assert file.exists()
    assert (elsewhere / "onder" / "blijft.csv").exists()
    shutil.rmtree(quick.settings.inbox)
    quick.settings.inbox.symlink_to(elsewhere)
    assert "inbox" in take_turn(REGION, quick.settings).failed
    assert file.exists()
    quick.settings.inbox.unlink()
    shutil.rmtree(elsewhere)


def test_a_folder_in_the_place_of_a_file_is_told(
    quick: DoorRegion, caplog: pytest.LogCaptureFixture
) -> None:
    folder = quick.settings.inbox / CAMERAS / "maart"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("x")
    os.utime(folder, (1, 1))
    take_turn(REGION, quick.settings)
    assert not folder.exists()
    assert "een map die geen gemeente van de regio is, is verwijderd met 1 bestanden" in caplog.text


def test_the_worker_tells_that_it_lives_at_every_file(
    quick: DoorRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[str] = []
    monkeypatch.setattr(worker, "_beat", lambda _, doing: beats.append(doing))
    for number in range(3):
        put(quick, quick.write(f"{number}.csv", f"a;b\n{number};2\n"))
    take_turn(REGION, quick.settings)
    assert beats.count("inbox") == 4  # one for the inbox, one a file
