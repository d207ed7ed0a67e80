"""A file is taken when it lies still: by its date, or by what was seen when its date is wrong."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from regiebeeld.pipeline.schedule.settling import Sightings, is_unfinished, read_sightings


def write(folder: Path, age: float) -> Path:
    path = folder / "levering.csv"
    path.write_text("a\n")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def later(before: Sightings, seconds: float) -> Sightings:
    """What the next turn knows, as if so much time had passed."""
    return Sightings({key: (a, b, c - seconds) for key, (a, b, c) in before.now.items()})


def test_a_file_that_lies_still_is_taken_at_once(tmp_path: Path) -> None:
    assert Sightings().is_settled(write(tmp_path, 60), 10)
    assert not Sightings().is_settled(write(tmp_path, 2), 10)
    assert not Sightings().is_settled(tmp_path / "weg.csv", 10)


def test_a_date_to_come_is_no_reason_to_wait_for_ever(tmp_path: Path) -> None:
    path = write(tmp_path, -86_400)
    first = Sightings()
    assert not first.is_settled(path, 10)
    assert not later(first, 5).is_settled(path, 10)
    assert later(first, 11).is_settled(path, 10)


def test_a_file_that_changed_since_the_last_turn_is_not_whole(tmp_path: Path) -> None:
    path = write(tmp_path, -86_400)
    first = Sightings()
    first.is_settled(path, 10)
    path.write_text("a\nb\n")
    os.utime(path, (time.time() - 60, time.time() - 60))
    second = later(first, 99)
    assert not second.is_settled(path, 10)
    assert later(second, 99).is_settled(path, 10)


def test_what_is_taken_is_forgotten_so_its_number_may_come_again(tmp_path: Path) -> None:
    seen = Sightings()
    assert seen.is_settled(write(tmp_path, 60), 10)
    assert seen.now == {}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no list of open files here")
def test_a_file_that_another_process_holds_open_is_not_whole(tmp_path: Path) -> None:
    path = write(tmp_path, 60)
    code = "import sys; f = open(sys.argv[1], 'a'); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert not read_sightings(tmp_path / "geen.json").is_settled(path, 10)
        writer.communicate()
    assert read_sightings(tmp_path / "geen.json").is_settled(path, 10)


def test_a_damaged_memory_is_empty(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"1:2": [1]}', '{"1:2": "abc"}'):
        (tmp_path / "inbox.json").write_text(text)
        assert read_sightings(tmp_path / "inbox.json").before == {}


@pytest.mark.parametrize(
    ("name", "unfinished"),
    [("a.csv", False), ("a.csv.part", True), (".a.csv", True), ("a.TMP", True)],
)
def test_a_name_can_say_that_it_is_on_its_way(name: str, unfinished: bool) -> None:
    assert is_unfinished(Path(name)) is unfinished
