"""A delivered file while it is at work: moved to a private folder, wiped whatever happens.

One process at a time is at work on a region's door; a restart finds what another left.
"""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from regiebeeld.domain import ContractError, ReleaseError

PRIVATE = 0o700
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Claim:
    """The private folder of one delivery: its file (without its own name) and its temp folder."""

    folder: Path

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    @property
    def file(self) -> Path | None:
        """The claimed file; None when it is gone."""
        if not self.folder.is_dir():
            return None
        return next((path for path in self.folder.iterdir() if path.stem == "file"), None)


@contextmanager
def door_lock(work: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the door: nobody else accepts meanwhile. Raises ReleaseError when not waiting."""
    work.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    with (work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise ReleaseError("er wordt al een levering verwerkt; probeer het zo weer") from None
        yield


def read_hash(path: Path) -> tuple[str, int]:
    """Give the SHA-256 and the bytes of a file; raise ContractError when it cannot be read."""
    if path.is_symlink() or not path.is_file():
        raise ContractError("dit is geen gewoon bestand (of een verwijzing); lever een bestand")
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except OSError as fault:
        raise ContractError(f"het bestand is niet te lezen ({fault.strerror})") from None
    return digest.hexdigest(), size


def claim_file(path: Path, work: Path, delivery: int) -> Claim:
    """Move a delivered file into the private folder of its delivery; its name is not kept.

    Raises OSError when there is no room for it; nothing of it is then left, and the file stays.
    """
    claim = claim_of(work, delivery)
    work.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    try:
        for folder in (claim.folder, claim.temp):  # a mode is never for the folders above
            folder.mkdir(mode=PRIVATE)
        _move(path, claim.folder / plain_name(path))
    except OSError:
        wipe(claim)  # half a copy would hold the room that the next delivery needs
        raise
    return claim


def _move(path: Path, target: Path) -> None:
    try:
        path.rename(target)
    except OSError:  # another disk
        shutil.copyfile(path, target)
        path.unlink()


def give_back(claim: Claim, path: Path) -> bool:
    """Move a claimed file back where it lay; tell whether it lies there now."""
    if claim.file is None or path.exists():
        return False
    _move(claim.file, path)
    return True


def claim_of(work: Path, delivery: int) -> Claim:
    return Claim(work / str(delivery))


def wipe(claim: Claim) -> None:
    """Remove the file and everything that was made of it on the way."""
    if claim.folder.is_dir():
        shutil.rmtree(claim.folder)


def wipe_others(work: Path, keep: set[int]) -> list[str]:
    """Remove private folders that belong to no delivery at work; give their names."""
    found = [p for p in work.iterdir() if p.is_dir() and p.name not in {str(n) for n in keep}]
    for path in found:
        shutil.rmtree(path)
    return [path.name for path in found]


@contextmanager
def private_temp(folder: Path) -> Iterator[None]:
    """Let every temporary file of this process land in `folder`, which is wiped with the claim."""
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def plain_name(path: Path) -> str:
    """Give a name with only a suffix that is a word: it tells the kind of file, never more."""
    suffix = path.suffix.lower()
    is_word = suffix[1:].isalnum() and len(suffix) <= 8 and suffix.isascii()
    return f"file{suffix}" if is_word else "file"
