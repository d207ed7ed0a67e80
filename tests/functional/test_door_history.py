"""What came before decides what a delivery is: seen before, a correction, or a refused wipe."""

import errno
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from lib.door_region import REGION, DoorRegion, make_door_region
from lib.served import open_served
from regiebeeld.catalogue import read_catalogue
from regiebeeld.cli import main
from regiebeeld.domain import ContractError, ReleaseError
from regiebeeld.ledger import Outcome, open_ledger
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_delivery
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.pipeline.intake.history import COUNTS, StateFacts, state_as_of, write_state
from regiebeeld.pipeline.run import run_region
from regiebeeld.pipeline.run.basis import compute_basis
from regiebeeld.pipeline.run.delivering import read_kept
from regiebeeld.settings import Settings

CAMERAS = "cameragebieden"
ONE, TWO, THERE = "BU99010000", "BU99010001", "BU99020000"
Cell = tuple[str, str, int]
EARLY, LATE = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("history"), example_region)


@pytest.fixture
def door(made: DoorRegion) -> Iterator[DoorRegion]:
    made.forget()
    yield made
    assert made.left_at_work() == []


def accept(
    door: DoorRegion,
    *rows: Cell,
    as_of: date | None = None,
    declared: tuple[str, str] | None = None,
) -> Accepted | Refused:
    path = door.cameras(*rows)
    done = accept_delivery(path, CAMERAS, REGION, door.settings, as_of=as_of, declared=declared)
    assert not path.exists()
    return done


def known(door: DoorRegion) -> set[Cell]:
    state = state_as_of(door.settings.unprotected / "deliveries", CAMERAS)
    return {(row["area"], row["period"], row["count"]) for row in state.counts.to_pylist()}


def test_going_back_to_an_earlier_file_is_a_correction_like_any_other(door: DoorRegion) -> None:
    accept(door, (ONE, "2024", 2))
    accept(door, (ONE, "2024", 7))
    back = accept(door, (ONE, "2024", 2))
    assert isinstance(back, Accepted)
    assert not back.seen_before
    assert "dezelfde bytes als van levering 1" in back.told[0]
    assert known(door) == {(ONE, "2024", 2)}
    again = accept(door, (ONE, "2024", 2))
    assert isinstance(again, Accepted)
    assert again.seen_before


def test_the_same_file_with_the_right_date_is_counted_again(door: DoorRegion) -> None:
    rows = ((ONE, "2024", 2), (ONE, "2025", 3))
    accept(door, *rows, as_of=date(2025, 2, 1))
    assert known(door) == {(ONE, "2024", 2)}
    accept(door, *rows, as_of=EARLY)
    assert known(door) == {(ONE, "2024", 2), (ONE, "2025", 3)}


def test_the_same_file_under_another_agreement_or_contract_is_counted_again(
    door: DoorRegion,
) -> None:
    accept(door, (ONE, "2024", 2))
    door.edit(f"regions/{REGION}/agreements/{CAMERAS}.yaml", "end: 2099-12-31", "end: 2098-12-31")
    again = accept(door, (ONE, "2024", 2))
    contract = f"catalogue/sources/{CAMERAS}.odcs.yaml"
    version = (
        read_catalogue(door.settings.catalogue, door.settings.regions).sources[CAMERAS].version
    )
    door.edit(contract, f"version: {version}", "version: 9.9.9")
    third = accept(door, (ONE, "2024", 2))
    outcomes = [done.delivery.outcome.counts for done in (again, third)]
    assert outcomes == [True, True]


def test_a_correction_of_one_row_is_refused_when_it_would_wipe_the_rest(door: DoorRegion) -> None:
    rows = ((ONE, "2024", 2), (TWO, "2024", 5), (THERE, "2024", 1))
    accept(door, *rows)
    wiped = accept(door, (ONE, "2024", 9))
    assert isinstance(wiped, Refused)
    assert "2 van de 3 cijfers die er over deze perioden waren" in wiped.because
    assert f"gebieden: {TWO}, {THERE}" in wiped.because
    assert known(door) == set(rows)
    meant = accept(door, (ONE, "2024", 9), declared=("2024", "2024"))
    assert isinstance(meant, Accepted)
    assert known(door) == {(ONE, "2024", 9)}


def test_a_file_of_zeros_is_refused_and_a_fall_is_told(door: DoorRegion) -> None:
    accept(door, (ONE, "2024", 20), (TWO, "2024", 30))
    zeros = accept(door, (ONE, "2024", 0), (TWO, "2024", 0))
    assert isinstance(zeros, Refused)
    assert "Elk aantal is nul" in zeros.because
    fewer = accept(door, (ONE, "2024", 10), (TWO, "2024", 10))
    assert isinstance(fewer, Accepted)
    assert fewer.report is not None
    assert "fewer_rows" in {found.rule for found in fewer.report.findings}
    assert known(door) == {(ONE, "2024", 10), (TWO, "2024", 10)}


def test_a_correction_with_an_older_date_says_that_it_changes_nothing(
    door: DoorRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(door, (ONE, "2024", 2), as_of=LATE)
    older = accept(door, (ONE, "2024", 5), as_of=EARLY)
    assert isinstance(older, Accepted)
    assert older.is_overruled
    assert any("levering 1 (stand van 2026-03-01)" in told for told in older.told)
    assert known(door) == {(ONE, "2024", 2)}
    door.use(monkeypatch)
    words = ["accept", str(door.cameras((ONE, "2024", 6))), "--source", CAMERAS]
    assert main([*words, "--region", REGION, "--as-of", "2026-02-02"]) == 0
    told = capsys.readouterr().out
    assert "bewaard als eerdere stand" in told
    assert "rijen geteld" not in told


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"declared": ("2024-13", "2024-12")}, "geen periode"),
        ({"declared": ("2025", "2024")}, "geen opgave van perioden"),
        ({"declared": ("2024-01", "2024-12")}, "telt per jaar"),
        ({"declared": ("1990", "2020")}, "langer dan 20 jaar"),
        ({"declared": ("0001", "0002")}, "begint voor 1900"),
        ({"declared": ("2024-01", "2024-02")}, "zoals 2024"),
        ({"as_of": date(2023, 1, 1)}, "voorbij op 2023-01-01; .*het bestand staat er nog"),
    ],
)
def test_a_slip_of_the_hand_leaves_the_file(
    door: DoorRegion, more: dict[str, object], words: str
) -> None:
    path = door.cameras((ONE, "2024", 2))
    before = path.read_bytes()
    with pytest.raises(ContractError, match=words):
        accept_delivery(path, CAMERAS, REGION, door.settings, **more)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert known(door) == set()


def test_a_full_disk_keeps_the_claim_and_the_next_opening_finishes_it(
    door: DoorRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = door.cameras((ONE, "2024", 2))
    with monkeypatch.context() as patched:
        patched.setattr("regiebeeld.pipeline.intake.judging.write_state", full)
        with pytest.raises(ReleaseError, match="maak ruimte"):
            accept_delivery(path, CAMERAS, REGION, door.settings)
    assert [row.outcome for row in door.deliveries()] == [Outcome.RECEIVED]
    accept(door, (ONE, "2025", 3))
    assert known(door) == {(ONE, "2024", 2), (ONE, "2025", 3)}


def write_stray(door: DoorRegion, delivery: int) -> None:
    """Leave what a process leaves that died between its counts and its outcome."""
    facts = StateFacts(
        CAMERAS, delivery, "2026-03-01", "2026-03-01T08:00:00+00:00", "h", ("2024",), "gebied",
        "1", "a",
    )  # fmt: skip
    row = [("cameragebied", "total", ONE, 2025, "2024", 99)]
    counts = pa.table(list(zip(*row, strict=True)), schema=COUNTS)
    write_state(door.settings.unprotected / "deliveries", facts, counts)


def test_a_run_counts_only_what_the_ledger_accepted(door: DoorRegion) -> None:
    accept(door, (ONE, "2024", 2), as_of=EARLY)
    write_stray(door, 77)
    region = read_catalogue(door.settings.catalogue, door.settings.regions).read_region(REGION)
    kept = read_kept(region, door.settings)
    assert kept.state_of(CAMERAS).counts["count"].to_pylist() == [2]
    ledger = open_ledger(door.settings)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    row = ledger.add_delivery(
        region=REGION, source=CAMERAS, file=("0" * 64, 1), moments=(moment, moment.date())
    )
    ledger.close()
    write_stray(door, row.id)
    assert read_kept(region, door.settings).state_of(CAMERAS).counts["count"].to_pylist() == [2]
    with open_door(REGION, door.settings) as opened:
        opened.ledger.drop_deliveries(REGION)


def test_a_folder_is_of_one_region(door: DoorRegion) -> None:
    accept(door, (ONE, "2024", 2))
    (door.settings.unprotected / "owner/region").write_text("twente\n")
    try:
        path = door.cameras((ONE, "2024", 7))
        with pytest.raises(ReleaseError, match="hoort bij regio twente"):
            accept_delivery(path, CAMERAS, REGION, door.settings)
        assert path.exists()
        with pytest.raises(ReleaseError, match="hoort bij regio twente"):
            run_region(REGION, door.settings)
    finally:
        (door.settings.unprotected / "owner/region").write_text(f"{REGION}\n")
    assert known(door) == {(ONE, "2024", 2)}


def test_the_basis_differs_by_state_agreement_and_catalogue(door: DoorRegion) -> None:
    def basis(day: date = LATE) -> dict[str, object]:
        catalogue = read_catalogue(door.settings.catalogue, door.settings.regions)
        region = catalogue.read_region(REGION)
        return dict(compute_basis(catalogue, region, door.settings, day))

    first = basis()
    assert basis() == first
    accept(door, (ONE, "2024", 2), as_of=EARLY)
    second = basis()
    assert second != first
    accept(door, (ONE, "2024", 2), as_of=EARLY)  # seen before
    assert basis() == second
    assert basis(date(2100, 1, 1)) != second  # every agreement ended
    door.edit(f"catalogue/sources/{CAMERAS}.odcs.yaml", "status: active", "status: active # x")
    assert basis() != second


def test_what_was_known_on_a_day_as_a_command(
    door: DoorRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(door, (ONE, "2024", 2), as_of=EARLY)
    accept(door, (ONE, "2024", 5), as_of=LATE)
    door.use(monkeypatch)

    def told(*more: str) -> str:
        assert main(["deliveries", CAMERAS, "--region", REGION, *more]) == 0
        return capsys.readouterr().out

    assert "2024, de regio: 5; levering 2, stand van 2026-03-01" in told()
    # Both came in today: on a day before it nothing was known, whatever the date of the figures.
    assert told("--known-on", "2026-03-15") == "Er was nog niets bekend.\n"
    today = datetime.now(UTC).date()
    assert "2024, de regio: 5" in told("--known-on", today.isoformat())
    assert "Er was" in told("--known-on", (today - timedelta(days=1)).isoformat())
    assert "maakte er 5 van, verschil +3, verschoven 3" in told("--revisions")


def test_an_unknown_count_is_no_zero_in_what_is_told(
    door: DoorRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(door, (ONE, "2024", 2), (TWO, "2024", 1), as_of=EARLY)
    row = {"gebied": ONE, "periode": "2024", "soort": "cameragebied", "aantal": ""}
    path = door.csv([row, {**row, "gebied": TWO, "aantal": 1}])
    assert isinstance(accept_delivery(path, CAMERAS, REGION, door.settings, as_of=LATE), Accepted)
    door.use(monkeypatch)
    assert main(["deliveries", CAMERAS, "--region", REGION]) == 0
    assert "2024, de regio: onbekend" in capsys.readouterr().out
    assert main(["deliveries", CAMERAS, "--region", REGION, "--revisions"]) == 0
    words = "maakte er onbekend van, verschil onbekend, verschoven onbekend"
    assert words in capsys.readouterr().out


_CORRECTION = """\
source: cameragebieden
corrections:
  - reason: dubbel geteld
    found: 2026-11-01
    guard: {period: '2024', area: BU99010000, event_set: cameragebied, count: COUNT}
    status: missing
"""


def test_a_correction_marks_a_delivered_cell_and_a_stale_one_stops_the_run(
    door: DoorRegion,
) -> None:
    accept(door, (ONE, "2024", 9), (TWO, "2024", 2))
    name = f"catalogue/corrections/{CAMERAS}.yaml"
    file = door.write(name, _CORRECTION.replace("COUNT", "777"))
    try:
        with pytest.raises(ContractError, match="haal de correctie uit"):
            run_region(REGION, door.settings)
        door.write(name, _CORRECTION.replace("COUNT", "9"))
        run_region(REGION, door.settings)
    finally:
        file.unlink()
    release = open_served(door.settings)
    cells = {area: release.read_area_cells(area, period="2024")[CAMERAS] for area in (ONE, TWO)}
    assert (cells[ONE].value, cells[ONE].reason) == (None, "dubbel geteld")
    assert cells[TWO].value == 2
    # What the file does not name is not known, and no zero: an area, and so every sum over it.
    for area in (THERE, "GM9902", release.about.region_code):
        assert release.read_area_cells(area, period="2024")[CAMERAS].value is None
    release.close()
