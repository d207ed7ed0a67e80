"""The shelf: one release is served, whole, whatever fails beside it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lib.release_tables import ABOUT, OPENBAAR, release_tables, shelve
from regiebeeld.domain import ReleaseError
from regiebeeld.pipeline.run.publishing import publish_release
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import check_release, read_manifest, replacing, write_manifest

DAY = "2026-06-30"


def served(shelf: Shelf) -> int | None:
    cells = shelf.open_current("openbaar").read_area_cells("GM0141", period="2024")
    return cells["woninginbraken"].value


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A shelf that serves release .1, whose one figure is 10."""
    shelve(tmp_path, f"{DAY}.1", value=10)
    found = Shelf(tmp_path)
    found.use(f"{DAY}.1")
    return found


def test_an_empty_shelf_says_what_to_do(tmp_path: Path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        empty = Shelf(folder)
        assert (empty.read_releases(), empty.compute_next_id(DAY)) == ([], f"{DAY}.1")
        with pytest.raises(ReleaseError, match="maak er een met `regiebeeld run`"):
            empty.open_current("openbaar")


def test_going_back_is_one_move(shelf: Shelf):
    shelve(shelf.folder, f"{DAY}.2", value=11)
    assert served(shelf) == 10
    shelf.use(f"{DAY}.2")
    assert served(shelf) == 11
    shelf.use(f"{DAY}.1")
    assert served(shelf) == 10
    assert [(r.id, r.is_current) for r in shelf.read_releases()] == [
        (f"{DAY}.1", True),
        (f"{DAY}.2", False),
    ]


def test_the_same_object_is_given_until_the_pointer_moves(shelf: Shelf):
    first = shelf.open_current("openbaar")
    assert shelf.open_current("openbaar") is first
    shelve(shelf.folder, f"{DAY}.2", value=11)
    shelf.use(f"{DAY}.2")
    assert shelf.open_current("openbaar") is not first
    # Who was half-way through a page can finish it.
    assert first.read_area_cells("GM0141", period="2024")["woninginbraken"].value == 10


def test_two_runs_on_a_day_get_numbers_of_their_own(shelf: Shelf):
    assert shelf.compute_next_id(DAY) == f"{DAY}.2"
    shelve(shelf.folder, f"{DAY}.10")
    (shelf.folder / f"{DAY}.oud").mkdir()
    (shelf.folder / f".{DAY}.77.abc").mkdir()
    assert shelf.compute_next_id(DAY) == f"{DAY}.11"
    assert shelf.compute_next_id("2026-07-01") == "2026-07-01.1"
    assert [r.id for r in shelf.read_releases()] == [f"{DAY}.1", f"{DAY}.10"]


@pytest.mark.parametrize(
    "release", ["../x", "..", "", "/etc", f"{DAY}.1/../{DAY}.1", f"{DAY}.1\n", f"{DAY}", "current"]
)
def test_a_release_that_is_a_path_is_refused(shelf: Shelf, release: str):
    with pytest.raises(ReleaseError, match="geen nummer van een versie"):
        shelf.use(release)
    assert served(shelf) == 10


def test_a_whole_release_outside_the_shelf_is_refused_too(shelf: Shelf, tmp_path: Path):
    outside = tmp_path.with_name(tmp_path.name + "_outside")
    shelve(outside, f"{DAY}.1", value=66)
    with pytest.raises(ReleaseError, match="geen nummer"):
        shelf.use(f"../{outside.name}/{DAY}.1")
    assert served(shelf) == 10


@pytest.mark.parametrize("text", ["", "../x", f"{DAY}.1 {DAY}.2", "\x00"])
def test_a_spoilt_pointer_is_a_refusal_with_the_next_step(shelf: Shelf, text: str):
    (shelf.folder / "current").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match="release use"):
        shelf.open_current("openbaar")


def test_a_pointer_that_is_no_text_is_a_refusal(shelf: Shelf):
    (shelf.folder / "current").write_bytes(b"\xff\xfe")
    with pytest.raises(ReleaseError, match="niet te lezen"):
        shelf.read_current_id()


@pytest.mark.parametrize(
    "audience", ["../openbaar", "a/b", "", "..", "OPENBAAR", "openbaar.duckdb"]
)
def test_an_audience_that_is_a_path_is_refused(shelf: Shelf, audience: str):
    with pytest.raises(ReleaseError, match="geen naam van een ontvanger"):
        shelf.open_current(audience)


def test_an_unknown_audience_hears_which_there_are(shelf: Shelf):
    with pytest.raises(ReleaseError, match="geen bestand voor 'gm0153'; wel: openbaar"):
        shelf.open_current("gm0153")


def change_a_byte(folder: Path) -> None:
    path = folder / "openbaar.duckdb"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut_off(folder: Path) -> None:
    path = folder / "openbaar.duckdb"
    path.write_bytes(path.read_bytes()[:100])


def remove_the_file(folder: Path) -> None:
    (folder / "openbaar.duckdb").unlink()


def add_a_file(folder: Path) -> None:
    (folder / "extra.duckdb").write_bytes(b"x")


def add_a_folder(folder: Path) -> None:
    (folder / "extra").mkdir()


def link_elsewhere(folder: Path) -> None:
    path = folder / "openbaar.duckdb"
    path.rename(folder.parent / ".elsewhere")
    path.symlink_to(folder.parent / ".elsewhere")


def remove_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def break_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": ', encoding="utf-8")


def empty_the_manifest(folder: Path) -> None:
    write_manifest(folder, {"id": folder.name, "files": {}})


def list_in_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[1, 2]", encoding="utf-8")


def borrow_a_manifest(folder: Path) -> None:
    write_manifest(folder, {**read_manifest(folder), "id": f"{DAY}.9"})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (change_a_byte, "openbaar.duckdb is veranderd"),
        (cut_off, "openbaar.duckdb is veranderd"),
        (remove_the_file, "openbaar.duckdb ontbreekt"),
        (add_a_file, "extra.duckdb hoort niet"),
        (add_a_folder, "extra hoort niet"),
        (link_elsewhere, "openbaar.duckdb is veranderd"),
        (remove_the_manifest, "manifest.json: niet te lezen"),
        (break_the_manifest, "manifest.json: niet te lezen"),
        (list_in_the_manifest, "manifest.json: niet te lezen"),
        (empty_the_manifest, "noemt geen bestanden"),
        (borrow_a_manifest, "hoort bij een andere versie"),
    ],
)
def test_a_release_that_is_not_whole_is_not_used(
    shelf: Shelf, spoil: Callable[[Path], None], words: str
):
    spoil(shelve(shelf.folder, f"{DAY}.2", value=11))
    with pytest.raises(ReleaseError, match=rf"{DAY}\.2 wordt niet gebruikt: .*{words}"):
        shelf.use(f"{DAY}.2")
    assert served(shelf) == 10


def test_a_release_that_is_not_there_is_not_used(shelf: Shelf):
    with pytest.raises(ReleaseError, match="bestaat niet; kies een versie"):
        shelf.use("2020-01-01.1")


@pytest.mark.parametrize("text", [None, "{", "[]", '""', "null", "[" * 100_000, "\x00"])
def test_a_damaged_manifest_is_listed_as_a_fault_and_stops_nothing(shelf: Shelf, text: str | None):
    folder = shelve(shelf.folder, f"{DAY}.2")
    remove_the_manifest(folder)
    if text is not None:
        (folder / "manifest.json").write_text(text, encoding="utf-8")
    whole, broken = shelf.read_releases()
    assert (whole.id, whole.is_current, whole.fault) == (f"{DAY}.1", True, None)
    assert (broken.id, broken.is_current, broken.manifest) == (f"{DAY}.2", False, {})
    assert f"{DAY}.2/manifest.json: niet te lezen" in (broken.fault or "")
    assert served(shelf) == 10


@pytest.mark.parametrize("text", [b"", b"../x", b"rommel", b"\xff\xfe"])
def test_a_spoilt_pointer_does_not_stop_the_list_that_helps_to_mend_it(shelf: Shelf, text: bytes):
    (shelf.folder / "current").write_bytes(text)
    assert [(r.id, r.is_current, r.fault) for r in shelf.read_releases()] == [
        (f"{DAY}.1", False, None)
    ]
    shelf.use(f"{DAY}.1")
    assert served(shelf) == 10


def test_pruning_neither_removes_nor_counts_a_release_with_a_fault(shelf: Shelf):
    for number in range(2, 7):
        break_the_manifest(shelve(shelf.folder, f"{DAY}.{number}"))
    for number in range(7, 10):
        shelve(shelf.folder, f"{DAY}.{number}")
    # Four are whole; the five with a fault between them push none of those out.
    assert shelf.prune() == []
    assert shelf.prune(kept=2) == [f"{DAY}.7"]
    assert [r.id for r in shelf.read_releases() if r.fault] == [
        f"{DAY}.{number}" for number in range(2, 7)
    ]


def test_pruning_removes_nothing_while_nobody_knows_what_is_served(shelf: Shelf):
    shelve(shelf.folder, f"{DAY}.2")
    (shelf.folder / "current").write_text("rommel", encoding="utf-8")
    assert shelf.prune(kept=1) == []
    assert [r.id for r in shelf.read_releases()] == [f"{DAY}.1", f"{DAY}.2"]


def test_pruning_keeps_five_the_served_and_the_cited(shelf: Shelf):
    for number in range(2, 10):
        shelve(shelf.folder, f"{DAY}.{number}", cited=number == 3)
    assert shelf.prune() == [f"{DAY}.2", f"{DAY}.4"]
    assert [r.id for r in shelf.read_releases()] == [
        f"{DAY}.{number}" for number in (1, 3, 5, 6, 7, 8, 9)
    ]
    assert shelf.prune() == []
    assert served(shelf) == 10


def test_ten_is_newer_than_nine_and_tomorrow_newer_than_ten(shelf: Shelf):
    for release in (f"{DAY}.9", f"{DAY}.10", "2026-07-01.1"):
        shelve(shelf.folder, release)
    assert shelf.prune(kept=2) == [f"{DAY}.9"]
    assert shelf.prune(kept=0) == [f"{DAY}.10", "2026-07-01.1"]


def test_a_build_that_fails_leaves_no_draft(tmp_path: Path):
    def fail() -> None:
        with replacing(tmp_path / "target") as draft:
            draft.mkdir()
            (draft / "half").write_text("half", encoding="utf-8")
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fail()
    assert list(tmp_path.iterdir()) == []


def publish(shelf: Shelf, release: str) -> None:
    files = [OPENBAAR, replace(OPENBAAR, name="regio")]
    publish_release(
        shelf,
        release_tables(),
        about={**ABOUT, "release": release},
        manifest={"region": "klein"},
        files=files,
    )


def test_publishing_serves_the_new_release(shelf: Shelf):
    publish(shelf, f"{DAY}.2")
    assert shelf.read_current_id() == f"{DAY}.2"
    assert check_release(shelf.folder / f"{DAY}.2") == []
    manifest = json.loads((shelf.folder / f"{DAY}.2" / "manifest.json").read_text("utf-8"))
    assert sorted(manifest["files"]) == ["openbaar.duckdb", "regio.duckdb"]
    assert manifest["cells"]["openbaar"] == {"missing": 1, "shown": 5}


def test_a_release_number_is_never_written_twice(shelf: Shelf):
    with pytest.raises(ReleaseError, match="bestaat al; een versie wordt nooit overschreven"):
        publish(shelf, f"{DAY}.1")
    assert served(shelf) == 10


_PUBLISH = """
import os, resource, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from dataclasses import replace
from lib.release_tables import ABOUT, OPENBAAR, release_tables
from regiebeeld.pipeline.run.publishing import publish_release
from regiebeeld.releases import Shelf

if sys.argv[2] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

class Files(list):
    # Stops the process between the first and the second audience file.
    def __iter__(self):
        yield OPENBAAR
        if sys.argv[2] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        yield replace(OPENBAAR, name="regio")

publish_release(
    Shelf(Path(sys.argv[1])), release_tables(),
    about={{**ABOUT, "release": "2026-06-30.2"}}, manifest={{"region": "klein"}}, files=Files(),
)
"""


@pytest.mark.parametrize(("how", "code"), [("kill", -signal.SIGKILL), ("full", 1)])
def test_a_run_that_is_cut_off_in_the_middle_changes_nothing_for_readers(
    shelf: Shelf, how: str, code: int
):
    root = Path(__file__).parents[2]
    paths = [str(root / "src"), str(root / "tests")]
    script = _PUBLISH.format(paths=paths)
    found = subprocess.run(
        [sys.executable, "-c", script, str(shelf.folder), how], capture_output=True, text=True
    )
    assert found.returncode == code, found.stderr
    assert [r.id for r in shelf.read_releases()] == [f"{DAY}.1"]
    assert served(shelf) == 10
    drafts = [path.name for path in shelf.folder.glob(".*")]
    assert bool(drafts) == (how == "kill")
    publish(shelf, shelf.compute_next_id(DAY))
    assert shelf.read_current_id() == f"{DAY}.2"


def test_readers_never_see_an_error_or_a_mix_while_releases_swap(shelf: Shelf):
    """Four readers read pages while the pointer moves and old releases are removed."""
    right = {f"{DAY}.{number}": 10 * number for number in range(1, 9)}
    stop, faults, seen = threading.Event(), [], set()

    def read() -> None:
        try:
            while not stop.is_set():
                release = shelf.open_current("openbaar")
                cells = release.read_area_cells("GM0141", period="2024")
                assert cells["woninginbraken"].value == right[release.about.release]
                seen.add(release.about.release)
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(2, 9):
        shelve(shelf.folder, f"{DAY}.{number}", value=10 * number)
        shelf.use(f"{DAY}.{number}")
        shelf.prune(kept=1)
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert len(seen) > 1
    assert shelf.read_current_id() == f"{DAY}.8"


def test_a_reader_of_another_process_follows_a_pointer_that_moved_under_it(shelf: Shelf):
    """The release it was about to open is gone: it opens the one that is served now."""
    shelve(shelf.folder, f"{DAY}.2", value=20)
    moves = iter([f"{DAY}.1", f"{DAY}.2"])

    class Late(Shelf):
        def read_current_id(self) -> str:
            return next(moves)

    shutil.rmtree(shelf.folder / f"{DAY}.1")
    assert served(Late(shelf.folder)) == 20


def test_the_pointer_is_never_half_written(shelf: Shelf):
    """It is replaced in one move: a handle on the old one still reads the old one."""
    shelve(shelf.folder, f"{DAY}.2")
    with (shelf.folder / "current").open(encoding="utf-8") as old:
        shelf.use(f"{DAY}.2")
        assert os.fstat(old.fileno()).st_nlink == 0
        assert old.read().strip() == f"{DAY}.1"
