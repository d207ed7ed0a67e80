"""The shelf of releases: which there are, which one is served, and swapping it in one move."""

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from regiebeeld.domain import ReleaseError
from regiebeeld.releases.reading import Release

KEPT_WHOLE = 5
RELEASE_ID = re.compile(r"^\d{4}-\d{2}-\d{2}\.\d+$")
_CURRENT = "current"
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class ShelvedRelease:
    """One release folder with what its manifest says."""

    id: str
    folder: Path
    manifest: dict[str, Any]
    is_current: bool


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a path to build at; it takes the target's place only if the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        yield draft
        draft.replace(target)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft)
        draft.unlink(missing_ok=True)


class Shelf:
    """The releases of one region; opening is cheap, the pointer is looked at each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._open: dict[str, tuple[str, Release]] = {}

    def read_current_id(self) -> str:
        try:
            return (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError as fault:
            raise ReleaseError(
                f"{self.folder}: er is nog geen versie; maak er een met `regiebeeld run`"
            ) from fault

    def read_releases(self) -> list[ShelvedRelease]:
        """Read every release on the shelf, oldest first."""
        current = self.read_current_id() if (self.folder / _CURRENT).exists() else None
        folders = [f for f in self.folder.iterdir() if RELEASE_ID.match(f.name)] if self.folder.is_dir() else []
        return [
            ShelvedRelease(f.name, f, read_manifest(f), f.name == current)
            for f in sorted(folders, key=lambda f: _order(f.name))
        ]

    def compute_next_id(self, day: str) -> str:
        """Give the next free id of a day: `2026-06-30.1`, then `.2`."""
        taken = [_order(f.name)[1] for f in self.folder.glob(f"{day}.*")] if self.folder.is_dir() else []
        return f"{day}.{max(taken, default=0) + 1}"

    def use(self, release: str) -> None:
        """Serve this release from now on; raise ReleaseError when it is not whole."""
        if faults := check_release(self.folder / release):
            raise ReleaseError(f"{release} wordt niet gebruikt: " + "; ".join(faults))
        with replacing(self.folder / _CURRENT) as draft:
            draft.write_text(release + "\n", encoding="utf-8")

    def prune(self, kept: int = KEPT_WHOLE) -> list[str]:
        """Remove the oldest releases above `kept`; cited ones and the one in use stay."""
        releases = self.read_releases()
        gone = [r for r in releases[:-kept] if not r.is_current and not r.manifest.get("cited")]
        for release in gone:
            shutil.rmtree(release.folder)
        return [release.id for release in gone]

    def open_current(self, audience: str) -> Release:
        """Open the served release for an audience; the same object until the pointer moves."""
        current = self.read_current_id()
        with self._lock:
            known = self._open.get(audience)
            if known and known[0] == current:
                return known[1]
            release = Release(self._audience_file(current, audience))
            # The old one is not closed: a reader may be half-way through a page.
            self._open[audience] = (current, release)
            return release

    def _audience_file(self, release: str, audience: str) -> Path:
        if not re.fullmatch(r"[a-z0-9_]+", audience):
            raise ReleaseError(f"{audience!r} is geen naam van een ontvanger")
        path = self.folder / release / f"{audience}.duckdb"
        if not path.is_file():
            there = ", ".join(sorted(f.stem for f in path.parent.glob("*.duckdb"))) or "geen"
            raise ReleaseError(f"versie {release} heeft geen bestand voor {audience!r}; wel: {there}")
        return path


def _order(release: str) -> tuple[str, int]:
    day, _, number = release.partition(".")
    return day, int(number)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a release folder; raise ReleaseError when it cannot be read."""
    try:
        found = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise ReleaseError(f"{folder / _MANIFEST}: niet te lezen; maak een nieuwe versie met `regiebeeld run`") from fault
    return dict(found)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / _MANIFEST).write_text(text + "\n", encoding="utf-8")


def compute_file_hash(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def check_release(folder: Path) -> list[str]:
    """Say what is wrong with a release folder: a missing, extra or changed file. Empty when whole."""
    if not folder.is_dir():
        return [f"{folder} bestaat niet; kies een versie met `regiebeeld release list`"]
    try:
        expected: dict[str, str] = read_manifest(folder)["files"]
    except (ReleaseError, KeyError) as fault:
        return [str(fault)]
    faults = [f"{name} ontbreekt" for name in expected if not (folder / name).is_file()]
    faults += [
        f"{name} is veranderd sinds de versie werd gemaakt"
        for name, digest in expected.items()
        if (folder / name).is_file() and compute_file_hash(folder / name) != digest
    ]
    there = {f.name for f in folder.iterdir()} - {_MANIFEST}
    return faults + [f"{name} hoort niet in deze versie" for name in sorted(there - set(expected))]


def sync_folder(folder: Path) -> None:
    """Make sure that a finished folder is on disk before anything points at it."""
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
