"""Opens a delivered file and says what it is; refuses tricks with names, links and disguises."""

import os
import re
import stat
import zipfile
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from regiebeeld.pipeline.intake.limits import MEGABYTE, STANDARD, Limits, RefusedFile


class FileKind(StrEnum):
    """The kinds of file a partner may deliver."""

    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"
    PARQUET = "parquet"
    JSON = "json"
    GEOJSON = "geojson"


_SUFFIXES = {
    ".csv": FileKind.CSV,
    ".txt": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".xlsx": FileKind.XLSX,
    ".ods": FileKind.ODS,
    ".parquet": FileKind.PARQUET,
    ".json": FileKind.JSON,
    ".geojson": FileKind.GEOJSON,
}
_ALLOWED = "CSV, XLSX, ODS, Parquet, JSON of GeoJSON"
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
# The last group turns the reading direction: `gevoelig<U+202E>vsc.exe` shows as a csv.
_FORBIDDEN = re.compile(
    '[\x00-\x1f\x7f/\\\\:*?"<>|\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]'
)
_FILLED = re.compile(rb"[^\0 \r\n\t]")
_DISGUISES = (
    (b"\xd0\xcf\x11\xe0", "een oud Excel-bestand of een bestand met een wachtwoord"),
    (b"%PDF", "een pdf"),
    (b"\x1f\x8b", "een ingepakt bestand (gz)"),
    (b"7z\xbc\xaf", "een ingepakt bestand (7z)"),
    (b"Rar!", "een ingepakt bestand (rar)"),
    (b"MZ", "een programma"),
    (b"\x7fELF", "een programma"),
    (b"SQLite format 3", "een database"),
    (b"\x89PNG", "een plaatje"),
    (b"\xff\xd8\xff", "een plaatje"),
)


def check_name(name: str, limits: Limits = STANDARD) -> None:
    """Raise RefusedFile for a file name that could lead somewhere else or hide what it is."""
    tricky = (
        _FORBIDDEN.search(name)
        or ".." in name
        or name.startswith((".", "-", "~", " "))
        or name.endswith((".", " "))
        or _RESERVED.fullmatch(name)
    )
    if tricky or not name or len(name) > limits.name_length:
        raise RefusedFile(
            "file_name",
            "De naam van het bestand mag alleen letters, cijfers, spaties, - _ en één punt-deel "
            f"hebben en hoogstens {limits.name_length} tekens. Geef het bestand een gewone naam.",
        )


def read_file_bytes(path: Path, limits: Limits = STANDARD) -> bytes:
    """Read a plain file whole; raise RefusedFile for a link, a folder, or one beyond the limit."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise RefusedFile(
                "file_kind",
                "Dit is geen gewoon bestand maar een map of verwijzing. Lever het zelf.",
            )
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError as fault:
        words = f"Het bestand kan niet worden geopend ({fault.strerror}). Lever het opnieuw."
        raise RefusedFile("file_kind", words) from fault
    with os.fdopen(handle, "rb") as file:
        # One byte more than allowed: the size that was asked before can be another by now.
        body = file.read(limits.bytes + 1)
    if len(body) > limits.bytes:
        raise RefusedFile(
            "file_size",
            f"Het bestand is groter dan {limits.bytes // MEGABYTE} MB. Lever het per jaar.",
        )
    if not _FILLED.search(body):
        raise RefusedFile("file_empty", "Het bestand is leeg. Maak het opnieuw en lever het dan.")
    return body


def find_kind(name: str, body: bytes, limits: Limits = STANDARD) -> FileKind:
    """Say what the file is by its content; raise RefusedFile when its name says otherwise."""
    suffix = Path(name).suffix.lower()
    if suffix in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise RefusedFile("macros", "Een Excel-bestand met macro's wordt niet geopend. " + _AS_XLSX)
    found = _kind_of_content(body, limits)
    named = _SUFFIXES.get(suffix)
    if named is None:
        # The suffix is the sender's own text, and is not told.
        raise RefusedFile("file_kind", f"Dit soort bestand wordt niet gelezen; lever {_ALLOWED}.")
    json_kinds = {FileKind.JSON, FileKind.GEOJSON}
    if found is not named and not {found, named} <= json_kinds:
        raise RefusedFile(
            "file_kind",
            f"De naam zegt {named.upper()}, maar de inhoud is {found.upper()}. "
            "Sla het bestand op onder de juiste naam en lever het opnieuw.",
        )
    return named


_AS_XLSX = "Sla het op als gewone werkmap (.xlsx) en lever die."


def _kind_of_content(body: bytes, limits: Limits) -> FileKind:
    for mark, words in _DISGUISES:
        if body.startswith(mark):
            raise RefusedFile("file_kind", f"De inhoud is {words}; lever {_ALLOWED}.")
    if body.startswith(b"PK"):
        return _kind_of_zip(body, limits)
    if body.startswith(b"PAR1"):
        return FileKind.PARQUET
    start = body[:4096].decode("utf-8-sig", errors="replace").lstrip()
    if start[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise RefusedFile("file_kind", f"De inhoud is een webpagina of XML; lever {_ALLOWED}.")
    # A CSV header may start with `[` only between quotes; JSON starts with one of these.
    return FileKind.JSON if start[:1] in ("[", "{") else FileKind.CSV


def refuse_many_members(body: bytes, limits: Limits) -> None:
    """Raise RefusedFile for a zip with more entries than allowed, before anything lists them.

    Every entry of a zip's list starts with these four bytes, whatever the list says of its length.
    """
    entries = body.count(b"PK\1\2")
    if entries > limits.members:
        raise RefusedFile(
            "zip_bomb",
            f"Het bestand bevat {entries} delen; hoogstens {limits.members} mag. "
            "Dat lijkt op een zipbom; dit bestand wordt niet gelezen.",
        )


def _kind_of_zip(body: bytes, limits: Limits) -> FileKind:
    refuse_many_members(body, limits)
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as fault:
        raise RefusedFile(
            "file_cut", "Het bestand is niet heel. Sla het opnieuw op en lever het dan."
        ) from fault
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return FileKind.XLSX
    if "content.xml" in names and "mimetype" in names:
        return FileKind.ODS
    raise RefusedFile("file_kind", f"De inhoud is een zip en geen tabel; lever {_ALLOWED}.")
