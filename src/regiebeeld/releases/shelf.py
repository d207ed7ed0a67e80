"""The shelf of releases: which there are, which one is served, and swapping it in one move."""

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from regiebeeld.domain import ReleaseError
from regiebeeld.releases.hiding import Hide, hide_all
from regiebeeld.releases.reading import Release
from regiebeeld.releases.writing import AUDIENCE_NAME

KEPT_WHOLE = 5
RELEASE_ID = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,6}")
_CURRENT = "current"
_MANIFEST = "manifest.json"
_CHOOSE = "kies een versie met `regiebeeld release list` en `regiebeeld release use`"


@dataclass(frozen=True, slots=True)
class ShelvedRelease:
    """One release folder with what its manifest says; `fault` says why that cannot be read."""

    id: str
    folder: Path
    manifest: dict[str, Any]
    is_current: bool
    fault: str | None = None


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a path to build at; it takes the target's place only if the block ends well.

    A file replaces a file; a folder never replaces another one: that is a ReleaseError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        yield draft
        if draft.is_dir() and target.exists():
            raise ReleaseError(
                f"{target} bestaat al; een versie wordt nooit overschreven. Draai opnieuw"
            )
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
        """Read which release is served; raise ReleaseError when none can be."""
        try:
            found = (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError as fault:
            raise ReleaseError(
                f"{self.folder}: er is nog geen versie; maak er een met `regiebeeld run`"
            ) from fault
        except (OSError, ValueError) as fault:
            raise ReleaseError(f"{self.folder / _CURRENT}: niet te lezen; {_CHOOSE}") from fault
        return check_id(found, where=f"{self.folder / _CURRENT}: ")

    def read_releases(self) -> list[ShelvedRelease]:
        """Read every release on the shelf, oldest first.

        One with a spoilt manifest has an empty one and a `fault`; of a spoilt
        pointer no release is current. Neither stops the list: it is how one chooses.
        """
        current = self._current_or_none()
        return [_read_shelved(self.folder / name, current) for name in self._names()]

    def _current_or_none(self) -> str | None:
        try:
            return self.read_current_id()
        except ReleaseError:
            return None

    def _names(self) -> list[str]:
        """List the ids of the releases, oldest first; drafts and strays are none."""
        if not self.folder.is_dir():
            return []
        names = [folder.name for folder in self.folder.iterdir()]
        return sorted((name for name in names if RELEASE_ID.fullmatch(name)), key=_order)

    def compute_next_id(self, day: str, taken: Iterable[str] = ()) -> str:
        """Give the next free id of a day: `2026-06-30.1`, then `.2`.

        taken: ids that were given before, also of releases that are no longer here.
        """
        names = {*self._names(), *taken}
        numbers = [number for of, number in map(_order, names) if of == day]
        return check_id(f"{day}.{max(numbers, default=0) + 1}")

    def use(self, release: str) -> None:
        """Serve this release from now on; raise ReleaseError when it is not whole."""
        folder = self.folder / check_id(release)
        faults = check_release(folder)
        if not faults and read_manifest(folder).get("id") != release:
            faults = ["het manifest hoort bij een andere versie"]
        if faults:
            raise ReleaseError(f"{release} wordt niet gebruikt: " + "; ".join(faults))
        with replacing(self.folder / _CURRENT) as draft:
            draft.write_text(release + "\n", encoding="utf-8")
            _sync(draft)

    def prune(self, kept: int = KEPT_WHOLE) -> list[str]:
        """Remove the oldest releases above `kept`; cited ones and the one in use stay.

        A release with a fault stays and is not counted: it may be cited, and it
        replaces no whole one. With a spoilt pointer nothing goes: any may be in use.
        """
        if (self.folder / _CURRENT).exists() and self._current_or_none() is None:
            return []
        releases = [release for release in self.read_releases() if release.fault is None]
        old = releases[: max(len(releases) - kept, 0)]
        gone = [r for r in old if not r.is_current and not r.manifest.get("cited")]
        for release in gone:
            # Out of sight in one move: a removal that is cut off leaves no half release behind.
            hidden = release.folder.with_name(f".{release.id}.{secrets.token_hex(8)}")
            release.folder.rename(hidden)
            shutil.rmtree(hidden)
        return [release.id for release in gone]

    def open_current(self, audience: str, hide: Hide = hide_all) -> Release:
        """Open the served release for an audience, without what `hide` hides now.

        The same object until the pointer moves or something else is hidden.
        """
        with self._lock:
            current = self.read_current_id()
            known = self._open.get(audience)
            if known and known[0] == current and _is_hidden_still(known[1], hide):
                return known[1]
            release = self._open_file(current, audience, hide)
            # The old one is not closed: a reader may be half-way through a page.
            self._open[audience] = (current, release)
            return release

    def list_audiences(self, release: str) -> list[str]:
        """List for whom a release has a file."""
        return sorted(path.stem for path in (self.folder / check_id(release)).glob("*.duckdb"))

    @contextmanager
    def opened(self, release: str, audience: str, hide: Hide) -> Iterator[Release]:
        """Yield one file of any release on the shelf, open as `open_current` would open it."""
        found = Release(self._audience_file(check_id(release), audience), hide)
        try:
            yield found
        finally:
            found.close()

    def _open_file(self, current: str, audience: str, hide: Hide) -> Release:
        try:
            return Release(self._audience_file(current, audience), hide)
        except ReleaseError:
            # Another process may have moved the pointer and removed this one in the meantime.
            if (now := self.read_current_id()) == current:
                raise
            return Release(self._audience_file(now, audience), hide)

    def _audience_file(self, release: str, audience: str) -> Path:
        if not AUDIENCE_NAME.fullmatch(audience):
            raise ReleaseError(f"{audience!r} is geen naam van een ontvanger")
        path = self.folder / release / f"{audience}.duckdb"
        if not path.is_file():
            there = ", ".join(sorted(f.stem for f in path.parent.glob("*.duckdb"))) or "geen"
            raise ReleaseError(
                f"versie {release} heeft geen bestand voor {audience!r}; wel: {there}"
            )
        return path


def _is_hidden_still(release: Release, hide: Hide) -> bool:
    return release.hidden == hide(release.about.region, release.delivered)


def check_id(text: str, *, where: str = "") -> str:
    """Give a release id as it is; raise ReleaseError for any other text, paths among them."""
    if not RELEASE_ID.fullmatch(text):
        raise ReleaseError(
            f"{where}{text!r} is geen nummer van een versie, zoals 2026-06-30.1; {_CHOOSE}"
        )
    return text


def _order(release: str) -> tuple[str, int]:
    day, _, number = release.partition(".")
    return day, int(number)


def _read_shelved(folder: Path, current: str | None) -> ShelvedRelease:
    is_current = folder.name == current
    try:
        return ShelvedRelease(folder.name, folder, read_manifest(folder), is_current)
    except ReleaseError as fault:
        return ShelvedRelease(folder.name, folder, {}, is_current, str(fault))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a release folder; raise ReleaseError when it cannot be read."""
    try:
        found = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("geen blok met velden")
        return found
    except (OSError, ValueError, RecursionError) as fault:
        raise ReleaseError(
            f"{folder / _MANIFEST}: niet te lezen; zet het terug uit een kopie, of haal de map "
            "weg en maak een nieuwe versie met `regiebeeld run`"
        ) from fault


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
    """Say what is wrong with a release: a missing, extra or changed file. Empty when whole."""
    if not folder.is_dir():
        return [f"{folder} bestaat niet; kies een versie met `regiebeeld release list`"]
    try:
        expected = read_manifest(folder).get("files")
    except ReleaseError as fault:
        return [str(fault)]
    if not isinstance(expected, dict) or not any(n.endswith(".duckdb") for n in expected):
        return [f"het manifest van {folder.name} noemt geen bestanden"]
    there = {path.name for path in folder.iterdir()} - {_MANIFEST}
    faults = [f"{name} ontbreekt" for name in expected if name not in there]
    faults += [
        f"{name} is veranderd sinds de versie werd gemaakt"
        for name in sorted(there & set(expected))
        if not _has_hash(folder / name, expected[name])
    ]
    return faults + [f"{name} hoort niet in deze versie" for name in sorted(there - set(expected))]


def _has_hash(path: Path, digest: str) -> bool:
    # A link may point at a file that changes later, outside this folder.
    return path.is_file() and not path.is_symlink() and compute_file_hash(path) == digest


def sync_folder(folder: Path) -> None:
    """Make sure that a finished folder is on disk before anything points at it."""
    for path in (*folder.iterdir(), folder):
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
