"""The process that reads: the same answers, and a file that breaks it breaks nothing else."""

import os
import resource
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.deliveries import GOOD, csv_text, source
from regiebeeld.pipeline.intake.limits import Limits, RefusedFile
from regiebeeld.pipeline.intake.reader_process import refuse_core_dump
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.reading_apart import Reader


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader(gigabytes=2, seconds=60)
    yield reader
    reader.close()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "levering.csv"
    path.write_text(csv_text([GOOD] * 3))
    return path


def children() -> list[int]:
    """The processes that this one started and that live."""
    return [int(n) for n in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def test_it_reads_what_reading_here_reads(reader: Reader, good: Path) -> None:
    there, here = reader.read(good, source()), read_delivery(good, source())
    assert there.table.equals(here.table)
    assert there.facts == here.facts
    assert there.places.of([1, 2, 3]) == here.places.of([1, 2, 3]) == (2, 3, 4)


def test_row_numbers_that_do_not_follow_come_along(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("nummer;soort\n\nZ-1;A\n\n\nZ-2;A\n")
    read = reader.read(path, source())
    assert read.places.of([1, 2]) == (3, 6)
    assert read.table.column_names == ["nummer", "soort"]


def test_one_process_reads_many_files_and_goes_with_the_door(reader: Reader, good: Path) -> None:
    before = set(children())
    reader.read(good, source())
    (started,) = set(children()) - before
    reader.read(good, source())
    assert set(children()) - before == {started}
    reader.close()
    assert set(children()) == before


def test_a_refusal_comes_back_whole(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"nummer": [1]}]')
    with pytest.raises(RefusedFile) as refusal:
        reader.read(path, source())
    found = refusal.value
    assert (found.rule, found.column, found.rows) == ("nested", "kolom 1", (1,))


def test_limits_hold_there_too(reader: Reader, good: Path) -> None:
    with pytest.raises(RefusedFile) as refusal:
        reader.read(good, source(), limits=Limits(rows=2))
    assert refusal.value.rule == "too_many_rows"


def test_a_file_that_ends_the_process_is_refused_and_the_next_is_read(
    good: Path, tmp_path: Path
) -> None:
    """Twenty-four million cells are within the limits of a file, not within so little memory."""
    path = tmp_path / "far.xlsx"
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="99000"><c r="IP99000"><v>1</v></c></row>'
        "</sheetData></worksheet>"
    )
    make_workbook(path, sheet)
    reader = Reader(gigabytes=1, seconds=60)
    try:
        with pytest.raises(RefusedFile, match="te zwaar") as refusal:
            reader.read(path, source())
        assert refusal.value.rule == "too_heavy"
        assert reader.read(good, source()).table.num_rows == 3
    finally:
        reader.close()


def make_workbook(path: Path, sheet: str) -> None:
    import io

    import xlsxwriter

    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, 1)
    with zipfile.ZipFile(body) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))


def test_memory_that_python_misses_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    long = pa.array(["x" * 1000] * 400_000).dictionary_encode()
    pq.write_table(pa.table({"nummer": long}), path)
    reader = Reader(gigabytes=0.5, seconds=60)
    try:
        with pytest.raises(RefusedFile) as refusal:
            reader.read(path, source())
    finally:
        reader.close()
    assert refusal.value.rule == "too_heavy"


def test_a_process_that_is_killed_or_over_time_is_a_refusal(reader: Reader, good: Path) -> None:
    reader.read(good, source())
    for number in children():
        os.kill(number, signal.SIGKILL)
    with pytest.raises(RefusedFile):
        reader.read(good, source())
    assert reader.read(good, source()).table.num_rows == 3
    hasty = Reader(gigabytes=2, seconds=0.01)
    started = time.monotonic()
    with pytest.raises(RefusedFile):
        hasty.read(good, source())
    assert time.monotonic() - started < 30
    hasty.close()


def test_a_stop_signal_does_not_end_the_file_at_hand(reader: Reader, good: Path) -> None:
    reader.read(good, source())
    for number in children():
        os.kill(number, signal.SIGTERM)
        os.kill(number, signal.SIGINT)
    assert reader.read(good, source()).table.num_rows == 3


def test_no_core_dump() -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        refuse_core_dump()
        # Both a file and a crash reporter are refused by 1 (core(5)).
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] <= 1
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
