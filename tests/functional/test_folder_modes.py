"""Who can read what, asked of real users: the owner, one of its group, and somebody else."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib.door_region import ROOT
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.pipeline.schedule.inbox import SEEN, list_ready, make_folders
from regiebeeld.pipeline.schedule.settling import read_sightings
from regiebeeld.pipeline.store.folders import SENDERS, keep_private
from regiebeeld.settings import Settings

GROUP, SENDER, OTHER_SENDER, STRANGER, WORKER = 65_001, 65_002, 65_003, 65_004, 65_005
SOURCE = "cameragebieden"


@pytest.fixture
def settings() -> Iterator[Settings]:
    """The folders of the example region, in a place that every user may pass through."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    before = os.umask(0o027)  # that of the service
    made = Settings(catalogue=ROOT / "catalogue", regions=ROOT / "regions", var=folder / "var")
    try:
        with open_door("voorbeeld", made) as door:
            make_folders(door)
        (made.unprotected / "store" / "store.duckdb").write_text("geheim")
        (made.releases / "current").write_text("2026-01-01.1")
        yield made
    finally:
        os.umask(before)
        shutil.rmtree(folder)


def test_what_holds_rows_is_the_owners_from_the_first_moment(settings: Settings) -> None:
    """The store is made later in the same turn, when nobody looks at modes any more."""
    for path in settings.unprotected.iterdir():
        if path.is_dir() and path != settings.inbox:
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path.name
    for path in (settings.unprotected, settings.ledger, settings.releases):
        assert stat.S_IMODE(path.stat().st_mode) == 0o750, path.name
    assert stat.S_IMODE((settings.inbox / SOURCE).stat().st_mode) == SENDERS


def test_a_run_by_hand_leaves_nothing_open_either(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        (tmp_path / "var/unprotected/store").mkdir(parents=True)
        keep_private(Settings(var=tmp_path / "var"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "var/unprotected/store").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "var/releases").stat().st_mode) == 0o750


def can(user: int, script: str, settings: Settings, group: int = GROUP) -> bool:
    """Tell whether a user can do what a shell script does; `$1` is the folder of the region."""
    command = ["/bin/sh", "-ec", f"umask 027; {script}", "sh", str(settings.var)]
    done = subprocess.run(
        command, user=user, group=group, extra_groups=[], env={"PATH": "/usr/bin:/bin"},
        cwd="/", capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    return done.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")
def test_real_users_of_the_group_and_others(settings: Settings) -> None:
    for path in (settings.var, *settings.var.rglob("*")):
        os.chown(path, -1, GROUP, follow_symlinks=False)
    inbox = f'"$1/unprotected/inbox/{SOURCE}"'
    reads_store = 'cat "$1/unprotected/store/store.duckdb"'
    reads_release, reads_ledger = 'cat "$1/releases/current"', 'cat "$1/ledger/ledger.sqlite"'
    puts = f"echo x > {inbox}/$$.part; mv {inbox}/$$.part {inbox}/a.csv"
    assert can(SENDER, reads_release, settings)
    assert can(SENDER, reads_ledger, settings)
    assert can(SENDER, puts, settings)
    for script in (
        reads_store,
        'ls "$1/unprotected/deliveries"',
        f"ls {inbox}",
        'echo x > "$1/releases/current"',
        'echo x > "$1/ledger/x"',
        'echo x > "$1/unprotected/x"',
    ):
        assert not can(SENDER, script, settings), script
    assert not can(OTHER_SENDER, f"rm -f {inbox}/a.csv", settings)
    for script in (reads_store, reads_release, reads_ledger, puts, 'ls "$1"'):
        assert not can(STRANGER, script, settings, group=STRANGER), script
    assert (settings.inbox / SOURCE / "a.csv").read_text() == "x\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")
def test_the_users_of_this_test_can_do_what_is_allowed_to_all(settings: Settings) -> None:
    """Else every refusal above could be one of the test's own folder."""
    keep_private(settings)
    open_to_all = replace(settings, var=settings.var.parent / "open")
    open_to_all.var.mkdir()
    (open_to_all.var / "a").write_text("x")
    open_to_all.var.chmod(0o777)
    (open_to_all.var / "a").chmod(0o666)
    assert can(STRANGER, 'cat "$1/a"; ls "$1"; echo x > "$1/b"', open_to_all, group=STRANGER)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")
def test_a_folder_that_cannot_be_emptied_holds_no_other_up(settings: Settings) -> None:
    """A sender made it with the rights of a sender; the worker may then take nothing out."""
    folder = settings.inbox / SOURCE
    with open_door("voorbeeld", settings) as door:
        for name, mode in (("gm9901", 0o750), ("gm9902", 0o770)):
            (folder / name).mkdir()
            (folder / name).chmod(mode)
            os.chown(folder / name, SENDER, GROUP)
            (folder / name / "a.csv").write_text("x")
        for path in (settings.var, *settings.var.rglob("*")):
            os.chown(path, -1 if path.stat().st_uid == SENDER else WORKER, GROUP)
        sightings = read_sightings(settings.unprotected / SEEN)
        os.setegid(GROUP)
        os.seteuid(WORKER)
        try:
            ready = list_ready(door, 0.0, sightings)
        finally:
            os.seteuid(0)
            os.setegid(0)
    assert [name for _, name, _ in ready] == ["gm9902"]
