"""Gemeenten deliver one source side by side, and counts are forgotten when their time is past."""

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lib.door_region import ADDRESSES, REGION, DoorRegion, make_door_region
from lib.served import open_served
from regiebeeld.cli import main
from regiebeeld.domain import ContractError, ReleaseError
from regiebeeld.ledger import WHOLE_REGION, Outcome, open_ledger
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_delivery
from regiebeeld.pipeline.intake.claims import claim_file, read_hash
from regiebeeld.pipeline.intake.history import read_states, state_as_of, write_state
from regiebeeld.pipeline.intake.when import read_when
from regiebeeld.pipeline.run import run_region
from regiebeeld.pipeline.run.publishing import only_run
from regiebeeld.pipeline.schedule.diary import read_diary
from regiebeeld.pipeline.schedule.worker import take_turn
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

CAMERAS = "cameragebieden"
ONE, TWO, THERE = "BU99010000", "BU99010001", "BU99020000"
A, B = "GM9901", "GM9902"
Cell = tuple[str, str, int]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("gemeenten"), example_region)


@pytest.fixture
def door(made: DoorRegion) -> Iterator[DoorRegion]:
    made.forget()
    yield made
    assert made.left_at_work() == []


def accept(
    door: DoorRegion, gemeente: str | None, *rows: Cell, as_of: date | None = None
) -> Accepted | Refused:
    path = door.cameras(*rows)
    done = accept_delivery(path, CAMERAS, REGION, door.settings, gemeente=gemeente, as_of=as_of)
    assert not path.exists()
    return done


def deliveries(door: DoorRegion) -> Path:
    return door.settings.unprotected / "deliveries"


def known(door: DoorRegion) -> set[Cell]:
    rows = state_as_of(deliveries(door), CAMERAS).counts.to_pylist()
    return {(row["area"], row["period"], row["count"]) for row in rows}


def test_two_gemeenten_stand_side_by_side(door: DoorRegion) -> None:
    accept(door, A, (ONE, "2024", 2))
    accept(door, "gm9902", (THERE, "2024", 5))
    assert known(door) == {(ONE, "2024", 2), (THERE, "2024", 5)}
    accept(door, A, (ONE, "2024", 0), (TWO, "2024", 3))
    assert known(door) == {(ONE, "2024", 0), (TWO, "2024", 3), (THERE, "2024", 5)}
    assert [row.gemeente for row in door.deliveries()] == [A, B, A]


def test_rows_of_elsewhere_are_told_and_without_a_place_are_its_own(door: DoorRegion) -> None:
    done = accept(door, A, (ONE, "2024", 2), (THERE, "2024", 5), ("BU00000000", "2024", 1))
    assert isinstance(done, Accepted)
    assert known(door) == {(ONE, "2024", 2), ("BU99019999", "2024", 1)}
    assert f"1 rij niet geteld: in een andere gemeente dan {A}, waarvoor geleverd is" in done.told
    assert (done.delivery.rows, done.delivery.rows_counted) == (3, 2)


def test_a_file_of_another_gemeente_altogether_is_refused(door: DoorRegion) -> None:
    done = accept(door, A, (THERE, "2024", 5))
    assert isinstance(done, Refused)
    assert "in een andere gemeente dan GM9901" in done.because
    assert known(door) == set()


def test_a_file_that_does_not_say_of_whom_is_refused_and_wipes_nothing(door: DoorRegion) -> None:
    accept(door, A, (ONE, "2024", 2))
    done = accept(door, None, (THERE, "2025", 9))
    assert isinstance(done, Refused)
    assert f"per gemeente (nu van {A})" in done.because
    assert "--gemeente regio" in done.because
    assert (done.folder / "report.html").is_file()
    assert known(door) == {(ONE, "2024", 2)}


def test_a_whole_region_replaces_all_when_it_says_so(door: DoorRegion) -> None:
    accept(door, A, (ONE, "2024", 2))
    accept(door, B, (THERE, "2024", 5))
    done = accept(door, "regio", (ONE, "2024", 0), (THERE, "2024", 9))
    assert isinstance(done, Accepted)
    assert done.delivery.gemeente == WHOLE_REGION
    assert known(door) == {(ONE, "2024", 0), (THERE, "2024", 9)}
    # Nothing stands per gemeente any more, so the next file need not say so.
    assert isinstance(accept(door, None, (ONE, "2024", 0), (THERE, "2024", 8)), Accepted)
    assert known(door) == {(ONE, "2024", 0), (THERE, "2024", 8)}


@pytest.mark.parametrize("gemeente", ["GM9999", "GM0153", "Wolderhage", "GM990", ""])
def test_a_gemeente_of_elsewhere_is_a_slip_that_leaves_the_file(
    door: DoorRegion, gemeente: str
) -> None:
    path = door.cameras((ONE, "2024", 2))
    with pytest.raises(ContractError, match="geen gemeente van"):
        accept_delivery(path, CAMERAS, REGION, door.settings, gemeente=gemeente)
    assert path.exists()
    assert door.deliveries() == []


def test_the_same_bytes_of_one_gemeente_are_seen_before_and_of_another_are_not(
    door: DoorRegion,
) -> None:
    rows = (("BU00000000", "2024", 0),)
    assert [accept(door, each, *rows).delivery.outcome.counts for each in (A, B)] == [True, True]
    for each in (A, B):
        again = accept(door, each, *rows)
        assert isinstance(again, Accepted)
        assert again.seen_before
    assert known(door) == {("BU99019999", "2024", 0), ("BU99029999", "2024", 0)}


def test_a_file_is_compared_with_the_last_of_the_same_gemeente(door: DoorRegion) -> None:
    """B sends less than A did and than the region did: that is no fall of its own."""

    def rules(done: Accepted | Refused) -> set[str]:
        assert isinstance(done, Accepted)
        assert done.report is not None
        return {found.rule for found in done.report.findings}

    many = [(f"BU9901{n:04d}", "2025", 1) for n in range(4)]
    accept(door, "regio", *many, ("BU99020000", "2025", 1), as_of=date(2026, 2, 1))
    accept(door, A, *many, as_of=date(2026, 3, 1))
    of_b = accept(door, B, (THERE, "2024", 1), as_of=date(2026, 4, 1))
    assert not {"older_than_last", "fewer_rows"} & rules(of_b)
    of_a = accept(door, A, (ONE, "2024", 1), as_of=date(2026, 4, 1))
    assert "older_than_last" in rules(of_a)


def test_a_delivery_that_was_cut_off_still_knows_its_gemeente(door: DoorRegion) -> None:
    path = door.cameras((ONE, "2024", 2), ("BU00000000", "2024", 1))
    ledger = open_ledger(door.settings)
    now = datetime.now(UTC)
    row = ledger.add_delivery(
        region=REGION, source=CAMERAS, file=read_hash(path), moments=(now, now.date()), gemeente=A
    )
    ledger.close()
    claim_file(path, door.settings.unprotected / "intake", row.id)
    accept(door, B, (THERE, "2024", 5))
    assert known(door) == {(ONE, "2024", 2), ("BU99019999", "2024", 1), (THERE, "2024", 5)}


_INDICATOR = """\
id: proef_cameras
title: Cameragebieden
definition: Gebieden met cameratoezicht.
caution: Meer toezicht zegt niets over meer misdaad.
police_codes: []
unit: registratie
effort: nvt
label: openbaar
sources:
  - source: cameragebieden
    event_sets: [cameragebied]
denominator: null
finest:
  - {level: buurt, period: year}
analyses: [trend]
"""


def _show_cameras(door: DoorRegion) -> str:
    door.write("catalogue/indicators/algemeen/proef_cameras.yaml", _INDICATOR)
    door.edit("catalogue/themes/algemeen.yaml", "indicators:\n", "indicators:\n  - proef_cameras\n")
    region = f"regions/{REGION}/region.yaml"
    if CAMERAS not in (door.settings.regions.parent / region).read_text(encoding="utf-8"):
        door.edit(region, "themes:", f"  - source: {CAMERAS}\nthemes:")
    return "proef_cameras"


@pytest.mark.slow
def test_a_gemeente_that_did_not_deliver_has_a_gap_and_so_has_the_region(door: DoorRegion) -> None:
    name = _show_cameras(door)
    accept(door, A, (ONE, "2024", 2))
    run_region(REGION, door.settings)
    with_gap = open_served(door.settings)
    region = with_gap.about.region_code

    def cell(area: str) -> tuple[int | None, str | None]:
        found = with_gap.read_area_cells(area, period="2024")[name]
        return found.value, found.reason

    assert cell(ONE) == (2, None)
    assert cell(TWO) == (None, "door de leverancier niet opgegeven")
    assert cell(A) == (None, "een deel van de gebieden ontbreekt")
    assert cell(THERE) == (None, "nog niet geleverd door deze gemeente")
    assert cell(B) == (None, "nog niet geleverd door deze gemeente")
    assert cell(region) == (None, "een deel van de gebieden ontbreekt")
    with_gap.close()


def put(door: DoorRegion, path: Path, *below: str, age: float = 60) -> Path:
    target = door.settings.inbox.joinpath(CAMERAS, *below, path.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    os.utime(target, (time.time() - age, time.time() - age))
    return target


def test_the_inbox_has_a_folder_a_gemeente(
    door: DoorRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.schedule.worker.run_region", _no_release)
    of_a = put(door, door.cameras((ONE, "2024", 2), name="a.csv"), "gm9901")
    of_b = put(door, door.cameras((THERE, "2024", 5), name="b.csv"), "gm9902")
    fresh = put(door, door.cameras((THERE, "2025", 5), name="c.csv"), "gm9902", age=0)
    unsaid = put(door, door.cameras((ONE, "2025", 9), name="d.csv"), age=30)
    stray = put(door, door.cameras((ONE, "2025", 9), name="e.csv"), "gm0153")
    os.utime(stray.parent, (1, 1))
    elsewhere = door.settings.catalogue.parent / "elders"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "blijft.csv").write_text("x")
    link = door.settings.inbox / CAMERAS / "gm9903"
    link.symlink_to(elsewhere)
    os.utime(link, (1, 1), follow_symlinks=False)
    turn = take_turn(REGION, door.settings)
    assert [done.delivery.gemeente for done in turn.deliveries] == [A, B, None]
    assert isinstance(turn.deliveries[-1], Refused)
    assert known(door) == {(ONE, "2024", 2), (THERE, "2024", 5)}
    assert [path.exists() for path in (of_a, of_b, fresh, unsaid, stray.parent)] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert not link.is_symlink()
    assert (elsewhere / "blijft.csv").read_text() == "x"
    whole = put(door, door.cameras((ONE, "2024", 9), name="f.csv"), "regio")
    fresh.unlink()
    take_turn(REGION, door.settings)
    assert not whole.exists()
    assert known(door) == {(ONE, "2024", 9)}


def _no_release(*_: object, **__: object) -> object:
    raise ReleaseError("deze test maakt geen versie")


def test_the_command(
    door: DoorRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    door.use(monkeypatch)
    asked = ["accept", "--source", CAMERAS, "--region", REGION]
    path = str(door.cameras((ONE, "2024", 2)))
    assert main([*asked, path, "--gemeente", "GM0153"]) == ContractError.exit_code
    assert "geen gemeente van" in capsys.readouterr().err
    assert main([*asked, path, "--gemeente", "GM9901"]) == 0
    assert door.deliveries()[-1].gemeente == A


_END = """\
      - name: einde
        logicalType: timestamp
        required: false
        description: Einde.
        examples: ['2025-01-09 20:30:00']
        logicalTypeOptions: {format: 'yyyy-MM-dd HH:mm:ss', minimum: '2000-01-01'}
        customProperties: [{property: role, value: end}]
      - name: postcode
"""


def test_when_events_happened_is_kept_beside_the_counts(door: DoorRegion) -> None:
    door.edit(f"catalogue/sources/{ADDRESSES}.odcs.yaml", "      - name: postcode\n", _END)
    start = {"soort": "geluid", "postcode": "9901AA", "huisnummer": 1, "gemeente": "Wolderhage"}
    rows: list[dict[str, object]] = [
        {"nummer": "Z-1", "begin": "2025-01-08 22:00:00", "einde": "2025-01-09 00:00:00", **start},
        {"nummer": "Z-2", "begin": "2025-01-09 10:00:00", "einde": "", **start},
    ]
    path = door.csv(rows)
    done = accept_delivery(path, ADDRESSES, REGION, door.settings)
    assert isinstance(done, Accepted), done
    words = "1 van de 2 gebeurtenissen hebben een begin en een later einde; 1 hebben geen leesbaar"
    assert done.report is not None
    assert done.report.when.startswith(words)
    for name in ("report.json", "report.html"):
        assert words in (done.folder / name).read_text(encoding="utf-8")
    (facts,) = read_states(deliveries(door), ADDRESSES)
    when = read_when(deliveries(door), facts)
    assert when is not None
    half = 500_000_000
    cells = [(r["gemeente"], r["weekday"], r["hour"], r["units"]) for r in when.table.to_pylist()]
    # Wednesday 22-24 h in equal parts, and Thursday 10 h whole.
    assert cells == [(A, 2, 22, half), (A, 2, 23, half), (A, 3, 10, 2 * half)]


def _agreed(door: DoorRegion, months: int) -> None:
    path = f"regions/{REGION}/agreements/{CAMERAS}.yaml"
    text = (door.settings.regions.parent / path).read_text(encoding="utf-8")
    now = next(line for line in text.splitlines() if line.startswith("retention_months:"))
    door.edit(path, now, f"retention_months: {months}")


def test_a_turn_forgets_what_is_past_its_time_and_makes_a_release_due(
    door: DoorRegion, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.schedule.worker.run_region", _no_release)
    _agreed(door, 1)
    accept(door, A, (ONE, "2024", 2))
    (facts,) = read_states(deliveries(door), CAMERAS)
    last = datetime.fromisoformat(f"{facts.keep_until}T12:00:00+00:00")
    assert timedelta(days=27) < last.date() - datetime.now(UTC).date() < timedelta(days=32)
    assert take_turn(REGION, door.settings, clock=lambda: last).forgotten == 0
    assert known(door)
    with caplog.at_level(logging.INFO):
        turn = take_turn(REGION, door.settings, clock=lambda: last + timedelta(days=1))
    assert turn.forgotten == 1
    assert known(door) == set()
    assert "1 standen met tellingen verwijderd" in caplog.text
    assert read_diary(door.settings.unprotected / "schedule/diary.json").release_due
    # What came and what it was stays; only the counts are gone.
    (row,) = door.deliveries()
    assert row.outcome.counts
    assert row.file_hash == facts.file_hash
    assert (door.settings.unprotected / str(row.report)).is_file()
    assert not (door.settings.unprotected / str(row.counts)).exists()
    again = accept(door, A, (ONE, "2024", 2))
    assert again.delivery.outcome is not Outcome.SEEN_BEFORE
    assert known(door) == {(ONE, "2024", 2)}


@pytest.mark.slow
def test_a_run_forgets_too_also_without_an_agreement(door: DoorRegion) -> None:
    """Nobody agrees about this source any more, and the region does not name it."""
    accept(door, None, (ONE, "2024", 2))
    (facts,) = read_states(deliveries(door), CAMERAS)
    counts = state_as_of(deliveries(door), CAMERAS).counts
    today = datetime.now(UTC).date()
    for delivery, until in ((77, today), (78, today - timedelta(days=1))):
        more = replace(facts, source=ADDRESSES, delivery=delivery, keep_until=until.isoformat())
        write_state(deliveries(door), more, counts)
    (door.settings.regions / f"{REGION}/agreements/{ADDRESSES}.yaml").unlink()
    run_region(REGION, door.settings)
    assert [each.delivery for each in read_states(deliveries(door), ADDRESSES)] == [77]
    assert len(read_states(deliveries(door), CAMERAS)) == 1


@pytest.mark.slow
def test_a_turn_while_another_run_is_busy_keeps_the_release_due(
    door: DoorRegion, caplog: pytest.LogCaptureFixture
) -> None:
    diary = door.settings.unprotected / "schedule/diary.json"
    put(door, door.cameras((ONE, "2024", 2)))
    now = datetime.now(UTC)
    with only_run(door.settings.releases), caplog.at_level(logging.WARNING):
        turn = take_turn(REGION, door.settings, clock=lambda: now)
    assert (turn.release, turn.failed) == (None, ("run",))
    assert "er wordt al een versie gemaakt" in caplog.text
    assert read_diary(diary).release_due
    assert not (door.settings.releases / "current").exists()
    # Not before the pause is over, and then it is made.
    assert take_turn(REGION, door.settings, clock=lambda: now).release is None
    later = now + timedelta(minutes=15)
    turn = take_turn(REGION, door.settings, clock=lambda: later)
    assert turn.release == Shelf(door.settings.releases).read_current_id()
    assert not read_diary(diary).release_due
