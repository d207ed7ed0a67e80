"""A file that is read ahead is the one that is asked for, and leaves no second name behind."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.deliveries import GOOD, csv_text, source
from regiebeeld.pipeline.intake.claims import claim_file
from regiebeeld.pipeline.intake.limits import Limits, RefusedFile
from regiebeeld.pipeline.intake.reading_ahead import AHEAD, reading_ahead
from regiebeeld.pipeline.intake.reading_apart import Reader


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader(gigabytes=2, seconds=60)
    yield reader
    reader.close()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def write(folder: Path, rows: int, name: str = "Jansen.csv") -> Path:
    path = folder / name
    path.write_text(csv_text([GOOD] * rows))
    return path


def test_the_claimed_file_is_the_one_that_was_begun(
    reader: Reader, work: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, 3)
    with reading_ahead(reader, work, path, source()):
        file = claim_file(path, work, 1).file
        assert file is not None
        assert file.samefile(work / AHEAD / "file.csv")
        assert reader.read(file, source()).table.num_rows == 3
        os.truncate(file, 0)
        assert not (work / AHEAD / "file.csv").exists()
        with pytest.raises(RefusedFile, match="leeg"):  # what is asked for again is read again
            reader.read(file, source())
    assert not (work / AHEAD).exists()


def test_it_keeps_nothing_of_the_name(reader: Reader, work: Path, tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    with reading_ahead(reader, work, path, source()):
        assert [each.name for each in (work / AHEAD).iterdir()] == ["file.csv"]
        file = claim_file(path, work, 1).file
        assert file is not None
        assert reader.read(file, source()).facts.name == "file.csv"


@pytest.mark.parametrize("limits", [Limits(), Limits(rows=9)])
def test_another_file_is_read_itself(
    reader: Reader, work: Path, tmp_path: Path, limits: Limits
) -> None:
    with reading_ahead(reader, work, write(tmp_path, 3), source()):
        other = write(tmp_path, 5, "anders.csv")
        assert reader.read(other, source(), limits=limits).table.num_rows == 5


def test_a_refusal_comes_when_the_file_is_asked_for(
    reader: Reader, work: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"nummer": [1]}]')
    with reading_ahead(reader, work, path, source()), pytest.raises(RefusedFile) as refusal:
        reader.read(path, source())
    assert refusal.value.rule == "nested"


def test_a_file_that_nobody_asks_for_is_dropped(reader: Reader, work: Path, tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    with pytest.raises(KeyboardInterrupt), reading_ahead(reader, work, path, source()):
        raise KeyboardInterrupt
    assert not (work / AHEAD).exists()
    assert reader.read(write(tmp_path, 2, "volgende.csv"), source()).table.num_rows == 2


def test_what_can_have_no_second_name_is_read_when_it_is_asked_for(
    reader: Reader, work: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, 3)
    work.write_text("no folder")
    with reading_ahead(reader, work, path, source()):
        assert reader.read(path, source()).table.num_rows == 3


def test_a_reference_is_not_followed(reader: Reader, work: Path, tmp_path: Path) -> None:
    path = tmp_path / "verwijzing.csv"
    path.symlink_to(write(tmp_path, 3))
    with reading_ahead(reader, work, path, source()), pytest.raises(RefusedFile) as refusal:
        reader.read(path, source())
    assert refusal.value.rule == "file_kind"
