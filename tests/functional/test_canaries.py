"""Nothing of a delivered row stays anywhere: not when it is accepted, refused, or breaks off."""

import json
import logging
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter

from lib.door_region import ADDRESSES, REGION, ROOT, DoorRegion, make_door_region
from lib.searching import find_words
from regiebeeld.cli import main
from regiebeeld.ledger import Outcome
from regiebeeld.pipeline.intake import judging
from regiebeeld.pipeline.intake.reading_ahead import AHEAD
from regiebeeld.pipeline.run import run_region
from regiebeeld.settings import Settings

# A number that passes the eleven test, a name, an address, a pseudonym, a telephone number.
BSN, NAME, STREET, HOUSE = "111222333", "Kanariepiet Vogelzang", "Kanariesteeg", "31337"
POSTCODE, KEY, PHONE, FILE = "9987QZ", "KANARIE7XQ", "0612349876", "kanariebestand_vogelzang"
CANARIES = (BSN, NAME, "Vogelzang", STREET, HOUSE, POSTCODE, KEY, PHONE, FILE)
Row = dict[str, object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("canary"), example_region, interpreted=True)


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of this test, and of the processes it starts."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def door(made: DoorRegion, temp: Path, monkeypatch: pytest.MonkeyPatch) -> DoorRegion:
    made.forget()
    made.use(monkeypatch)
    return made


def row(number: int = 0, **more: object) -> Row:
    good = {
        "nummer": f"Z-{KEY}{number}",
        "soort": "geluid",
        "begin": "2025-01-09 18:30:00",
        "postcode": POSTCODE,
        "huisnummer": HOUSE,
        "gemeente": "Wolderhage",
    }
    return {**good, **more}


def send(door: DoorRegion, rows: list[Row], name: str = f"{FILE}.csv") -> int:
    path = door.csv(rows, name)
    return send_file(path)


def send_file(path: Path) -> int:
    code = main(["--verbose", "accept", str(path), "--source", ADDRESSES, "--region", REGION])
    assert not path.exists()
    return code


def written(door: DoorRegion) -> list[Path]:
    """Every folder that a delivery could reach, but for the copies of public tables."""
    below = door.settings.unprotected
    kept = [path for path in below.iterdir() if path.name not in ("copies", "store")]
    return [path for path in (*kept, door.settings.ledger) if path.is_dir()]


def assert_nowhere(door: DoorRegion, temp: Path, *texts: str) -> None:
    """Search all that was written and all that was said."""
    assert find_words([*written(door), temp], CANARIES) == []
    figures = [door.settings.unprotected / "store", door.settings.releases]
    # Five digits stand somewhere in a map's coordinates; the other words do not.
    words = [word for word in CANARIES if word != HOUSE]
    assert find_words([folder for folder in figures if folder.is_dir()], words) == []
    for text in texts:
        assert [word for word in CANARIES if word.lower() in text.lower()] == []


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """All that was printed or logged, at every level."""
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        out, err = capfd.readouterr()
        return out + err + caplog.text

    return read


def test_the_search_finds_what_is_packed(tmp_path: Path) -> None:
    """A search that finds nothing proves nothing unless it can find."""
    import sqlite3

    import duckdb
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"x": [NAME] * 1000}), tmp_path / "a.parquet", compression="zstd")
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        book.add_worksheet().write(0, 0, STREET)
    with sqlite3.connect(tmp_path / "c.sqlite") as connection:
        connection.execute("CREATE TABLE t AS SELECT ? AS x", [KEY])
    connection.close()
    with duckdb.connect(str(tmp_path / "d.duckdb")) as store:
        store.execute("CREATE TABLE t AS SELECT ? AS x FROM range(5000)", [POSTCODE])
    (tmp_path / f"{FILE}.txt").write_text("")
    (tmp_path / "e.txt").write_text(BSN)
    found = {text.partition(": ")[2] for text in find_words([tmp_path], CANARIES)}
    assert {NAME, STREET, KEY, POSTCODE, FILE, BSN} <= found


def test_accepted(door: DoorRegion, temp: Path, said: Callable[[], str]) -> None:
    assert send(door, [row(1), row(2, postcode="9901AA", huisnummer="1")]) == 0
    door.edit(
        f"regions/{REGION}/region.yaml",
        "themes:",
        f"  - source: {ADDRESSES}\n    release: false\nthemes:",
    )
    run_region(REGION, door.settings)
    assert door.deliveries()[0].rows_counted == 2
    assert_nowhere(door, temp, said())


def rules_told(door: DoorRegion) -> set[str]:
    """The rules of all findings in the one report that was written."""
    (path,) = (door.settings.unprotected / "reports").glob("*/*/report.json")
    return {found["rule"] for found in json.loads(path.read_text())["findings"]}


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        pytest.param([row(1, huisnummer=BSN)], "personal_bsn", id="a citizen number elsewhere"),
        pytest.param(
            [row(1, bijzonderheden=f"{NAME}, {STREET} {HOUSE}, {PHONE}")], "unknown_column",
            id="a free text column",
        ),
        pytest.param([row(1, soort=NAME)], "values", id="an unknown kind"),
        pytest.param([row(1, begin=PHONE)], "type", id="a date that is none"),
        pytest.param([row(1), row(1)], "duplicate", id="the same key twice"),
        pytest.param([{**row(1), NAME: STREET}], "unknown_column", id="a name for a column"),
        pytest.param(
            [{NAME: KEY, STREET: BSN, POSTCODE: HOUSE, "d": PHONE}], "no_header",
            id="no header at all",
        ),
    ],
)  # fmt: skip
def test_refused(
    door: DoorRegion, temp: Path, said: Callable[[], str], rows: list[Row], rule: str
) -> None:
    assert send(door, rows) == 4
    assert [delivery.outcome for delivery in door.deliveries()] == [Outcome.REFUSED]
    assert rule in rules_told(door)
    assert_nowhere(door, temp, said())


def test_a_name_where_a_gemeente_should_stand(
    door: DoorRegion, temp: Path, said: Callable[[], str]
) -> None:
    """A link key may hold anything: it links to nothing, is told without its text and dropped."""
    assert send(door, [row(1, gemeente=NAME), row(2)]) == 0
    assert [one.outcome for one in door.deliveries()] == [Outcome.ACCEPTED_WITH_WARNINGS]
    assert_nowhere(door, temp, said())


POINT = {"type": "Point", "coordinates": [6.5, 53.2]}
COLLECTION = {
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": NAME}},
    "features": [{"type": "Feature", "id": BSN, "properties": {NAME: {}}, "geometry": POINT}],
}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param(f"{FILE}.json", [row(1) | {NAME: [STREET]}], id="a list in JSON"),
        pytest.param(f"{FILE}.json", [row(1) | {"soort": {NAME: BSN}}], id="an object in JSON"),
        pytest.param(f"{FILE}.geojson", COLLECTION, id="an object in GeoJSON"),
        pytest.param("levering.vogelzang", "x", id="a name for a suffix"),
        pytest.param(f"levering.{KEY.lower()}", "x", id="a key for a suffix"),
    ],
)
def test_refused_by_a_reader(
    door: DoorRegion, temp: Path, said: Callable[[], str], name: str, told: object
) -> None:
    text = told if isinstance(told, str) else json.dumps(told)
    assert send_file(door.write(name, text)) == 4
    assert [delivery.outcome for delivery in door.deliveries()] == [Outcome.REFUSED]
    assert_nowhere(door, temp, said())


def test_a_nested_column_and_metadata_of_parquet(
    door: DoorRegion, temp: Path, said: Callable[[], str]
) -> None:
    import pyarrow.parquet as pq

    table = pa.table({**{name: [str(cell)] for name, cell in row(1).items()}, NAME: [[STREET]]})
    path = door.settings.catalogue.parent / f"{FILE}.parquet"
    pq.write_table(table.replace_schema_metadata({NAME: BSN}), path)
    assert send_file(path) == 4
    assert "nested" in rules_told(door)
    assert_nowhere(door, temp, said())


def test_formulas_comments_and_hidden_sheets(
    door: DoorRegion, temp: Path, said: Callable[[], str]
) -> None:
    path = door.settings.catalogue.parent / f"{FILE}.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Blad1")
        for at, cells in enumerate([list(row()), list(row(1).values())]):
            sheet.write_row(at, 0, cells)
        sheet.write_formula(1, 3, f'="{STREET}"', None, POSTCODE)
        sheet.write_comment(1, 0, NAME, {"author": PHONE})
        book.add_worksheet("Vogelzang").hide()
    assert send_file(path) == 0
    assert {"formula", "comments", "other_sheets"} <= rules_told(door)
    assert_nowhere(door, temp, said())


def test_refused_for_want_of_an_agreement(
    door: DoorRegion, temp: Path, said: Callable[[], str]
) -> None:
    (door.settings.regions / f"{REGION}/agreements/{ADDRESSES}.yaml").unlink()
    assert send(door, [row(1)]) == 4
    assert_nowhere(door, temp, said())


def test_cut_in_the_middle_of_a_row(door: DoorRegion, temp: Path, said: Callable[[], str]) -> None:
    text = door.csv([row(n) for n in range(50)]).read_text()
    path = door.write(f"{FILE}.csv", text[:-40] + f'"{NAME}')
    assert send_file(path) == 4
    assert_nowhere(door, temp, said())


def test_a_workbook(door: DoorRegion, temp: Path, said: Callable[[], str]) -> None:
    path = door.settings.catalogue.parent / f"{FILE}.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Vogelzang")
        for at, cells in enumerate([list(row()), list(row(1).values()), list(row(2).values())]):
            sheet.write_row(at, 0, cells)
    assert send_file(path) == 0
    assert_nowhere(door, temp, said())


@pytest.mark.parametrize("step", ["read_link_keys", "count_rows", "write_state"])
def test_a_fault_of_the_program(
    door: DoorRegion,
    temp: Path,
    said: Callable[[], str],
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The words of an exception often hold the value that broke it."""

    def break_off(*arguments: object, **named: object) -> None:
        raise ValueError(f"could not convert {NAME} of {STREET} {HOUSE} ({BSN}): {arguments}")

    monkeypatch.setattr(judging, step, break_off)
    assert send(door, [row(1)]) == 4
    assert door.deliveries()[0].outcome is Outcome.REFUSED
    assert_nowhere(door, temp, said())


def test_stopped_by_hand(
    door: DoorRegion, temp: Path, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt(NAME)

    monkeypatch.setattr(judging, "count_rows", stop)
    assert send(door, [row(1)]) == 130
    assert_nowhere(door, temp, said())


@pytest.fixture
def killed(door: DoorRegion, temp: Path) -> Iterator[subprocess.Popen[bytes]]:
    rows = [row(n) for n in range(100_000)]
    path = door.csv(rows, f"{FILE}.csv")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONFAULTHANDLER": "1"}
    # Where dumps are wanted, this process leaves none all the same.
    core = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (core[1], core[1]))
    command = [
        sys.executable,
        "-m",
        "regiebeeld.cli",
        "accept",
        str(path),
        "--source",
        ADDRESSES,
        "--region",
        REGION,
    ]
    started = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, cwd=temp)
    resource.setrlimit(resource.RLIMIT_CORE, core)
    yield started
    started.kill()
    started.wait()


def _wait_until_claimed(door: DoorRegion, started: "subprocess.Popen[bytes]") -> Path:
    work = door.settings.unprotected / "intake"
    while started.poll() is None and not list(work.glob("[0-9]*/file.csv")):
        time.sleep(0.005)
    time.sleep(0.4)  # somewhere in reading, checking or linking
    return work


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_stopped_by_a_signal(
    door: DoorRegion,
    temp: Path,
    said: Callable[[], str],
    killed: "subprocess.Popen[bytes]",
    number: int,
) -> None:
    """A machine that goes down asks first; the file is then gone at once."""
    _wait_until_claimed(door, killed)
    killed.send_signal(number)
    _, told = killed.communicate()
    assert killed.returncode == 130
    assert [delivery.outcome for delivery in door.deliveries()] == [Outcome.REFUSED]
    assert door.left_at_work() == []
    assert_nowhere(door, temp, told.decode(), said())


def test_killed(
    door: DoorRegion, temp: Path, said: Callable[[], str], killed: "subprocess.Popen[bytes]"
) -> None:
    """After a crash the file is there, in the private folder only, until the next start.

    It can have two names there: one is for the reader, which began before the file was claimed.
    """
    work = _wait_until_claimed(door, killed)
    killed.send_signal(signal.SIGSEGV)
    _, crash = killed.communicate()
    assert b"Segmentation fault" in crash
    assert list(temp.iterdir()) == []  # the folder it ran in: no core dump
    held = {text.partition(": ")[0] for text in find_words([*written(door), temp], CANARIES)}
    assert held <= {str(work / "1" / "file.csv"), str(work / AHEAD / "file.csv")}
    assert send(door, [row(1)]) == 0  # the next start finishes it
    assert_nowhere(door, temp, crash.decode(), said())
