"""The worker does what is due, one at a time, and a fault of one task stops no other."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lib.door_region import REGION, DoorRegion, make_door_region
from regiebeeld.catalogue import read_catalogue
from regiebeeld.domain import ReleaseError
from regiebeeld.ledger import Outcome, read_freshness
from regiebeeld.pipeline.schedule import take_turn, work
from regiebeeld.pipeline.schedule.diary import Diary, Task, fail, read_diary, succeed, write_diary
from regiebeeld.pipeline.schedule.freshness import compute_due
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
