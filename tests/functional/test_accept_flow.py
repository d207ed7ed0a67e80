"""A delivery comes in, is counted and forgotten; a bad one leaves the earlier one valid."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lib.door_region import ADDRESSES, REGION, ROOT, DoorRegion, make_door_region
from lib.served import open_served
from regiebeeld.cli import main
from regiebeeld.domain import CatalogueError, ContractError
from regiebeeld.ledger import Outcome, open_ledger
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_delivery
from regiebeeld.pipeline.intake.claims import claim_file, read_hash
from regiebeeld.pipeline.intake.history import state_as_of
from regiebeeld.pipeline.intake.reading_ahead import AHEAD
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import read_manifest
from regiebeeld.settings import Settings

CAMERAS = "cameragebieden"
ONE, TWO = "BU99010000", "BU99010001"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("door"), example_region)


@pytest.fixture
def door(made: DoorRegion) -> Iterator[DoorRegion]:
    made.forget()
    yield made
    assert made.left_at_work() == []  # whatever happened, nothing is left of any file


def accept(door: DoorRegion, path: Path, source: str = CAMERAS, **more: date) -> Accepted | Refused:
    done = accept_delivery(path, source, REGION, door.settings, **more)
    assert not path.exists()
    return done


def known(
    door: DoorRegion, source: str = CAMERAS, moment: date | None = None
) -> set[tuple[str, str, int]]:
    rows = state_as_of(door.settings.unprotected / "deliveries", source, moment).counts.to_pylist()
    return {(row["area"], row["period"], row["count"]) for row in rows}


def test_a_good_file_is_counted_and_gone(door: DoorRegion) -> None:
    done = accept(door, door.cameras((ONE, "2024", 2), (TWO, "2024", 0), (ONE, "2025", 3)))
    assert isinstance(done, Accepted)
    assert known(door) == {(ONE, "2024", 2), (TWO, "2024", 0), (ONE, "2025", 3)}
    (row,) = door.deliveries(CAMERAS)
    assert row == done.delivery
    assert (row.rows, row.rows_counted, row.periods) == (3, 3, ("2024", "2025"))
    assert row.link_rates == {"area_code": 1.0}
    assert row.agreement_hash
    assert {path.name for path in done.folder.iterdir()} == {
        "report.json",
        "report.xlsx",
        "report.html",
    }
    assert (door.settings.unprotected / str(row.report)).is_file()
    assert (door.settings.unprotected / str(row.counts)).is_file()


def test_the_same_file_twice_is_told_and_not_counted_twice(door: DoorRegion) -> None:
    accept(door, door.cameras((ONE, "2024", 2)))
    again = accept(door, door.cameras((ONE, "2024", 2), name="andere_naam.csv"))
    assert isinstance(again, Accepted)
    assert again.seen_before
    assert "al aangenomen als levering 1" in again.told[0]
    assert known(door) == {(ONE, "2024", 2)}
    assert [row.outcome for row in door.deliveries()][1] is Outcome.SEEN_BEFORE


def test_a_correction_replaces_and_the_earlier_state_is_kept(door: DoorRegion) -> None:
    accept(door, door.cameras((ONE, "2024", 2), (ONE, "2025", 3)), as_of=date(2026, 2, 1))
    accept(door, door.cameras((ONE, "2025", 9)), as_of=date(2026, 3, 1))
    assert known(door) == {(ONE, "2024", 2), (ONE, "2025", 9)}
    assert known(door, moment=date(2026, 2, 15)) == {(ONE, "2024", 2), (ONE, "2025", 3)}


def test_a_refused_file_is_gone_and_leaves_the_earlier_one_valid(door: DoorRegion) -> None:
    accept(door, door.cameras((ONE, "2024", 2)))
    bad = door.csv(
        [{"gebied": ONE, "periode": "2024", "soort": "cameragebied", "aantal": 1, "naam": "x"}]
    )
    done = accept(door, bad)
    assert isinstance(done, Refused)
    assert done.because
    assert (done.folder / "report.html").is_file()
    assert known(door) == {(ONE, "2024", 2)}
    last = door.deliveries()[-1]
    assert (last.outcome, last.counts, last.refused_because) == (
        Outcome.REFUSED,
        None,
        done.because,
    )


def test_without_an_agreement_a_file_is_removed_unread(door: DoorRegion) -> None:
    door.edit(f"regions/{REGION}/region.yaml", f"  - source: {CAMERAS}\n", "")
    (door.settings.regions / f"{REGION}/agreements/{CAMERAS}.yaml").unlink()
    done = accept(door, door.write("levering.csv", "dit is geen tabel"))
    assert isinstance(done, Refused)
    assert "geen afspraak" in done.because
    assert known(door) == set()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("end: 2099-12-31", "end: 2025-12-31", "afgelopen"),
        ("start: 2024-01-01", "start: 2029-01-01", "begint"),
    ],
)
def test_outside_the_dates_of_the_agreement(
    door: DoorRegion, old: str, new: str, words: str
) -> None:
    door.edit(f"regions/{REGION}/agreements/{CAMERAS}.yaml", old, new)
    done = accept(door, door.cameras((ONE, "2024", 2)))
    assert isinstance(done, Refused)
    assert words in done.because


def test_a_slip_of_the_one_who_types_leaves_the_file(door: DoorRegion) -> None:
    path = door.cameras((ONE, "2024", 2))
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(CatalogueError, match="bedoelt u 'cameragebieden'"):
        accept_delivery(path, "cameragebied", REGION, door.settings)
    with pytest.raises(ContractError, match="nog niet geweest"):
        accept_delivery(path, CAMERAS, REGION, door.settings, as_of=tomorrow)
    with pytest.raises(ContractError, match="geen gewoon bestand"):
        accept_delivery(path.with_name("weg.csv"), CAMERAS, REGION, door.settings)
    link = path.with_name("link.csv")
    link.symlink_to(path)
    with pytest.raises(ContractError, match="geen gewoon bestand"):
        accept_delivery(link, CAMERAS, REGION, door.settings)
    link.unlink()
    assert path.exists()
    assert door.deliveries() == []


def test_addresses_are_linked_and_the_rest_is_unknown_of_its_gemeente(door: DoorRegion) -> None:
    def row(number: int, postcode: str, house: str) -> dict[str, object]:
        moment = f"2025-01-{number:02d} 10:00:00"
        return {
            "nummer": f"Z-{number}",
            "soort": "geluid",
            "begin": moment,
            "postcode": postcode,
            "huisnummer": house,
            "gemeente": "Wolderhage",
        }

    rows = [row(1, "9901AA", "1"), row(2, "9901 ab", "2"), row(3, "", "")]
    done = accept(door, door.csv(rows), ADDRESSES)
    assert isinstance(done, Accepted), done
    assert known(door, ADDRESSES) == {
        (ONE, "2025-01", 1),
        (TWO, "2025-01", 1),
        ("BU99019999", "2025-01", 1),
    }
    assert done.delivery.link_rates["address"] == 0.65  # 2 of 3, in steps of a twentieth


def _begun(door: DoorRegion, path: Path, *, tries: int = 1) -> int:
    """Leave what a process leaves that died after claiming a file."""
    ledger = open_ledger(door.settings)
    now = datetime.now(UTC)
    row = ledger.add_delivery(
        region=REGION, source=CAMERAS, file=read_hash(path), moments=(now, now.date())
    )
    for _ in range(tries - 1):
        ledger.count_try(row.id)
    ledger.close()
    claim_file(path, door.settings.unprotected / "intake", row.id)
    return row.id


def test_a_restart_finishes_what_was_cut_off(door: DoorRegion) -> None:
    _begun(door, door.cameras((ONE, "2024", 2), name="eerste.csv"))
    accept(door, door.cameras((ONE, "2025", 3)))
    assert known(door) == {(ONE, "2024", 2), (ONE, "2025", 3)}
    assert [row.outcome.counts for row in door.deliveries()] == [True, True]
    assert door.deliveries()[0].tries == 2


def test_a_file_that_breaks_the_process_twice_is_refused(door: DoorRegion) -> None:
    _begun(door, door.cameras((ONE, "2024", 2), name="eerste.csv"), tries=2)
    accept(door, door.cameras((ONE, "2025", 3)))
    first = door.deliveries()[0]
    assert first.outcome is Outcome.REFUSED
    assert "twee keer" in str(first.refused_because)
    assert known(door) == {(ONE, "2025", 3)}


def test_a_claim_that_is_not_whole_is_refused_and_orphans_are_wiped(door: DoorRegion) -> None:
    number = _begun(door, door.cameras((ONE, "2024", 2), name="eerste.csv"))
    work = door.settings.unprotected / "intake"
    (work / str(number) / "file.csv").write_text("half")
    (work / "77").mkdir()
    (work / "77" / "file.csv").write_text("van niemand")
    accept(door, door.cameras((ONE, "2025", 3)))
    assert "voordat het begon" in str(door.deliveries()[0].refused_because)


def test_killed_in_the_middle(door: DoorRegion) -> None:
    """A process that is killed leaves a file that the next start finishes and removes."""
    rows = "".join(f"BU9901{n % 4:04d};2024;cameragebied;1\n" for n in range(300_000))
    path = door.write("groot.csv", "gebied;periode;soort;aantal\n" + rows)
    code = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from regiebeeld.settings import read_settings\n"
        "from regiebeeld.pipeline.intake.accepting import accept_delivery\n"
        "root = Path(sys.argv[1]); s = replace(read_settings({}), catalogue=root / 'catalogue',\n"
        "    regions=root / 'regions', var=root / 'var', quiet=True)\n"
        f"accept_delivery(root / 'groot.csv', '{CAMERAS}', '{REGION}', s)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    started = subprocess.Popen([sys.executable, "-c", code, str(path.parent)], env=environment)
    work = door.settings.unprotected / "intake"
    while started.poll() is None and not list(work.glob("[0-9]*/file.csv")):
        time.sleep(0.005)
    started.send_signal(signal.SIGKILL)
    started.wait()
    assert set(door.left_at_work()) - {AHEAD} == {"1"}
    assert not path.exists()
    accept(door, door.cameras((ONE, "2025", 3)))
    assert door.left_at_work() == []
    assert door.deliveries()[0].outcome is Outcome.REFUSED  # double keys
    assert known(door) == {(ONE, "2025", 3)}


def test_a_delivery_that_is_not_about_persons_is_in_the_next_release(door: DoorRegion) -> None:
    accept(door, door.cameras((ONE, "2024", 8), ("BU99019999", "2024", 1), (ONE, "2025", 4)))
    run_region(REGION, door.settings)
    release = open_served(door.settings)
    assert release.read_area_cells(ONE, period="2024")[CAMERAS].value == 8
    # A file of counts says its zeros: what it does not name is not known, nor is a sum over it.
    for area in (TWO, "GM9901", release.about.region_code):
        cell = release.read_area_cells(area, period="2024")[CAMERAS]
        assert (cell.value, bool(cell.reason)) == (None, True)
    assert release.read_area_cells(ONE, period="2025")[CAMERAS].value == 4
    manifest = read_manifest(
        Shelf(door.settings.releases).folder / Shelf(door.settings.releases).read_current_id()
    )
    assert manifest["agreements"][CAMERAS]["end"] == "2099-12-31"
    release.close()


def test_an_expired_agreement_leaves_the_figures_out_with_words(door: DoorRegion) -> None:
    accept(door, door.cameras((ONE, "2024", 2)))
    door.edit(f"regions/{REGION}/agreements/{CAMERAS}.yaml", "end: 2099-12-31", "end: 2026-01-01")
    published = run_region(REGION, door.settings)
    release = open_served(door.settings)
    assert CAMERAS not in release.read_area_cells("GM9901", period="2024")
    assert "afgelopen" in read_manifest(published.folder)["withheld"][CAMERAS]
    assert CAMERAS not in release.sources
    release.close()


def test_an_audience_that_is_no_receiver_gets_nothing(door: DoorRegion) -> None:
    door.edit(
        f"regions/{REGION}/agreements/{CAMERAS}.yaml",
        "receivers: [all]",
        "receivers: [regio, GM9901]",
    )
    accept(door, door.cameras((ONE, "2024", 2)))
    run_region(REGION, door.settings)
    seen = {}
    for audience in ("regio", "gm9901", "gm9902", "openbaar"):
        release = open_served(door.settings, audience)
        cells = release.read_area_cells("GM9901", period="2024")
        seen[audience] = (CAMERAS in cells, CAMERAS in release.sources)
        release.close()
    yes, no = (True, True), (False, False)
    assert seen == {"regio": yes, "gm9901": yes, "gm9902": no, "openbaar": no}


ONE_REPORT = {
    "nummer": "Z-1",
    "soort": "geluid",
    "begin": "2025-01-09 18:30:00",
    "postcode": "9901AA",
    "huisnummer": 1,
    "gemeente": "Wolderhage",
}


def test_a_source_about_persons_says_nothing_while_its_figures_are_low(door: DoorRegion) -> None:
    """One report: every figure would read "0–4" or "1–9", so there is none."""
    accept(door, door.csv([ONE_REPORT]), ADDRESSES)
    door.edit(f"regions/{REGION}/region.yaml", "themes:", f"  - source: {ADDRESSES}\nthemes:")
    published = run_region(REGION, door.settings)
    manifest = read_manifest(published.folder)
    assert ADDRESSES not in {one["source"] for one in manifest["indicators"].values()}
    assert ADDRESSES not in manifest["withheld"]
    account = next(one for one in manifest["sources"] if one["source"] == ADDRESSES)
    assert (account["rows_in"], account["rows_kept"]) == (0, 0)


def test_a_source_that_is_only_counted_is_in_no_file(door: DoorRegion) -> None:
    accept(door, door.csv([ONE_REPORT]), ADDRESSES)
    door.edit(
        f"regions/{REGION}/region.yaml",
        "themes:",
        f"  - source: {ADDRESSES}\n    release: false\nthemes:",
    )
    published = run_region(REGION, door.settings)
    assert "release: false" in read_manifest(published.folder)["withheld"][ADDRESSES]
    for path in published.folder.iterdir():
        if path.suffix == ".duckdb":
            assert ADDRESSES.encode() not in path.read_bytes()
    manifest = read_manifest(published.folder)
    assert ADDRESSES not in {source["source"] for source in manifest["sources"]}


def test_the_command(
    door: DoorRegion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    door.use(monkeypatch)
    path = str(door.cameras((ONE, "2024", 2)))
    assert main(["accept", path, "--source", CAMERAS]) == CatalogueError.exit_code  # which region?
    assert main(["accept", path, "--source", CAMERAS, "--region", REGION, "--from", "2023"]) == 4
    assert (
        main(
            [
                "accept",
                path,
                "--source",
                CAMERAS,
                "--region",
                REGION,
                "--from",
                "2023",
                "--to",
                "2024",
            ]
        )
        == 0
    )
    assert "aangenomen: 1 van 1 rijen" in capsys.readouterr().out
    assert door.deliveries()[0].periods == ("2023", "2024")
    bad = str(door.write("levering.csv", "a;b\n1;2\n"))
    assert main(["check-delivery", bad, "--source", CAMERAS]) == ContractError.exit_code
    assert Path(bad).exists()
    assert main(["accept", bad, "--source", CAMERAS, "--region", REGION]) == ContractError.exit_code
    assert not Path(bad).exists()
    assert "geweigerd" in capsys.readouterr().err
