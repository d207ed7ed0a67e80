"""Takes one wanted member out of a zip or gz; refuses tricks with paths and with sizes."""

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from regiebeeld.domain import ContractError, FetchError

_PIECE = 2**20
# Beside a table lies a note; only who names it says that the text is the table.
_NOTES = ".txt"


@dataclass(frozen=True)
class Limits:
    """How large an unpacked file may be; the ratio counts from `free` bytes on."""

    largest: int = 2**30
    ratio: int = 250
    free: int = 16 * 2**20


def unpack_gzip(body: bytes, *, name: str, limits: Limits = Limits()) -> bytes:
    """Unpack a gz file; raise FetchError when cut off, ContractError when too large."""
    try:
        with gzip.open(BytesIO(body)) as stream:
            return _read_limited(stream, packed=len(body), name=name, limits=limits)
    except (EOFError, OSError, zlib.error) as fault:
        raise FetchError(f"{name} is niet heel ({fault}); haal het bestand opnieuw op") from fault


@contextmanager
def opened_zip(body: bytes, *, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip; raise FetchError when cut off, ContractError when a path leads out of it."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            for member in archive.namelist():
                _check_inside(member, name)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise FetchError(
            f"{name} is geen hele zip ({fault}); haal het bestand opnieuw op"
        ) from fault
    except (RuntimeError, NotImplementedError) as fault:
        raise ContractError(
            f"{name} is met een wachtwoord of op een onbekende manier ingepakt ({fault})"
        ) from fault


def choose_member(
    archive: zipfile.ZipFile, wanted: str | None, *, name: str, suffixes: tuple[str, ...]
) -> str:
    """Give the wanted member, or the only fitting one; ContractError lists what there is.

    A text file is a note rather than a table, so it is only taken when it is wanted.
    """
    members = [member for member in archive.namelist() if not member.endswith("/")]
    if wanted is not None and wanted in members:
        return wanted
    there = ", ".join(members[:20]) or "niets"
    if wanted is not None:
        near = get_close_matches(wanted, members, n=1)
        meant = f" Bedoelt u {near[0]!r}?" if near else ""
        raise ContractError(f"{name} bevat geen {wanted!r}; wel: {there}.{meant}")
    tables = tuple(suffix for suffix in suffixes if suffix != _NOTES)
    fitting = [member for member in members if member.lower().endswith(tables)]
    if not fitting:
        raise ContractError(
            f"De tabel zit niet in {name}; wel: {there}. Is een daarvan toch de tabel, "
            "noem die dan: map.zip#bestand"
        )
    if len(fitting) > 1:
        raise ContractError(
            f"{name} bevat {len(fitting)} bestanden om uit te kiezen: {', '.join(fitting[:20])}. "
            "Noem er een: map.zip#bestand"
        )
    return fitting[0]


def unpack_member(
    archive: zipfile.ZipFile, member: str, *, name: str, limits: Limits = Limits()
) -> bytes:
    """Unpack one member; raise ContractError when it grows beyond the limits."""
    about = archive.getinfo(member)
    with archive.open(about) as stream:
        return _read_limited(
            stream, packed=about.compress_size, name=f"{name}#{member}", limits=limits
        )


def unpack_siblings(archive: zipfile.ZipFile, member: str, folder: Path, *, name: str) -> Path:
    """Unpack a shapefile's member and the files beside it that share its stem; give its place."""
    stem = PurePosixPath(member).with_suffix("")
    for each in archive.namelist():
        if PurePosixPath(each).with_suffix("") == stem and not each.endswith("/"):
            (folder / PurePosixPath(each).name).write_bytes(unpack_member(archive, each, name=name))
    return folder / PurePosixPath(member).name


def copy_siblings(path: Path, folder: Path) -> Path:
    """Copy a shapefile and the files beside it, so that nothing is written where it lies."""
    for each in path.parent.iterdir():
        if each.stem == path.stem and each.is_file():
            shutil.copyfile(each, folder / each.name)
    return folder / path.name


def _check_inside(member: str, name: str) -> None:
    path = PurePosixPath(member.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member:
        raise ContractError(
            f"{name} bevat {member!r}, een pad dat buiten de zip wijst; gebruik dit bestand niet"
        )


def _read_limited(
    stream: IO[bytes] | gzip.GzipFile, *, packed: int, name: str, limits: Limits
) -> bytes:
    most = min(limits.largest, max(limits.free, packed * limits.ratio))
    body = bytearray()
    while piece := stream.read(_PIECE):
        body += piece
        if len(body) > most:
            raise ContractError(
                f"{name} wordt uitgepakt groter dan {most // 2**20} MB; dat lijkt op een zipbom, "
                "gebruik dit bestand niet"
            )
    return bytes(body)
