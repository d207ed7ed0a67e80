"""Looks through the zip of a workbook before anything parses it; refuses bombs and macros.

What a workbook says about its own size is not believed: every member is unpacked piece by piece.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath

import numpy as np

from regiebeeld.pipeline.intake.limits import MEGABYTE, STANDARD, Limits, RefusedFile

_PIECE = 2**20
_REF = rb"[\s\"'][rR]\s*=\s*[\"']"
_REF_LETTERS = re.compile(_REF + rb"([A-Za-z]+)")
_REF_ROW = re.compile(_REF + rb"[A-Za-z]*([0-9]+)")
_ROWS_REPEATED = re.compile(rb"number-rows-repeated\s*=\s*[\"']\s*([0-9]+)")
_COLUMNS_REPEATED = re.compile(rb"number-columns-repeated\s*=\s*[\"']\s*([0-9]+)")
_SPACES = re.compile(rb"text:c\s*=\s*[\"']\s*[0-9]{4}")
_MOST_LETTERS, _MOST_DIGITS = 4, 9
_LONG_TEXT, _MANY = 1024, 100
_MACRO_PARTS = ("vbaproject", "macrosheets/", "activex/", "basic/", "scripts/")
_EMBEDDED = ("xl/embeddings/", "object ")


def check_workbook(body: bytes, limits: Limits = STANDARD) -> None:
    """Raise RefusedFile when a workbook has macros, or would unpack or grow beyond the limits."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as fault:
        raise _cut() from fault
    _check_members(members, limits)
    left, shared, sheets = limits.unpacked_bytes, b"", list[bytes]()
    for member in members:
        content = _unpack(body, member, left, limits)
        left -= len(content)
        name = member.filename.lower()
        if name.endswith("content.xml"):
            _check_repeats(content, limits)
        elif "sheet" in name and name.endswith((".xml", ".bin")):
            _check_references(content, limits)
            sheets.append(content)
        elif name.endswith("sharedstrings.xml"):
            shared = content
    _check_texts(shared, sheets, limits)


def _cut() -> RefusedFile:
    return RefusedFile("file_cut", "Het bestand is niet heel. Sla het opnieuw op en lever het dan.")


def _bomb(words: str) -> RefusedFile:
    return RefusedFile(
        "zip_bomb", words + " Dat lijkt op een zipbom; dit bestand wordt niet gelezen."
    )


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [member.filename.lower() for member in members]
    if len(names) > limits.members:
        raise _bomb(f"Het bestand bevat {len(names)} delen; hoogstens {limits.members} mag.")
    if len(set(names)) < len(names):
        raise RefusedFile(
            "zip_paths", "Twee delen in het bestand heten hetzelfde. Sla het opnieuw op."
        )
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in name or "\\" in name:
            raise RefusedFile(
                "zip_paths", "Het bestand bevat een pad dat eruit wijst. Sla het opnieuw op."
            )
        if any(part in name for part in _MACRO_PARTS):
            raise RefusedFile(
                "macros", "Het bestand bevat macro's. Sla het op als .xlsx of .ods zonder macro's."
            )
        if name.startswith(_EMBEDDED):
            raise RefusedFile(
                "embedded",
                "Het bestand bevat een ander bestand. Haal dat weg en sla het opnieuw op.",
            )
    if any(member.flag_bits & 1 for member in members):
        raise RefusedFile(
            "password", "Het bestand heeft een wachtwoord. Haal dat weg; stuur het beveiligd op."
        )


def _unpack(body: bytes, member: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    """Unpack one member from its raw bytes, since a zip can lie about sizes to one reader only."""
    at = member.header_offset
    head = body[at : at + 30]
    if len(head) < 30 or head[:4] != b"PK\3\4":
        raise _cut()
    name_length, extra_length = struct.unpack("<HH", head[26:30])
    start = at + 30 + name_length + extra_length
    packed = memoryview(body)[start : start + member.compress_size]
    if len(packed) < member.compress_size:
        raise _cut()
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedFile(
            "file_kind", "Het bestand is op een onbekende manier ingepakt. Sla het opnieuw op."
        )
    most = min(left, max(limits.ratio_free_bytes, limits.ratio * len(packed)))
    pieces = (
        _inflate(packed) if member.compress_type == zipfile.ZIP_DEFLATED else iter([bytes(packed)])
    )
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > most:
            raise _bomb(f"Een deel wordt uitgepakt groter dan {most // MEGABYTE} MB.")
    if len(content) != member.file_size:
        raise _cut()
    return bytes(content)


def _inflate(packed: memoryview) -> Iterator[bytes]:
    worker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        piece = worker.decompress(packed, _PIECE)
        while piece:
            yield piece
            piece = worker.decompress(worker.unconsumed_tail, _PIECE)
    except zlib.error as fault:
        raise _cut() from fault


def _check_references(content: bytes, limits: Limits) -> None:
    """Refuse a sheet whose used rectangle is huge: two far cells would be read as billions."""
    if b"\0" in content[:1024]:
        words = "Een blad staat in een vorm die niet wordt gelezen. Sla het op als .xlsx."
        raise RefusedFile("file_kind", words)
    rows, columns = find_farthest(content)
    if columns > limits.columns:
        raise _too_wide(columns, limits)
    if rows * max(columns, 1) > limits.sheet_cells:
        raise _bomb(f"Een blad loopt tot rij {rows} en kolom {columns}.")


def find_farthest(content: bytes) -> tuple[int, int]:
    """Give the last row and column that any `r="AB12"` of a sheet names.

    Millions of cells are looked at in one go; a spelling no program writes (spaces around the
    equals sign, single quotes) takes the slow way.
    """
    text = np.frombuffer(content + b" " * 16, np.uint8)
    equals = np.flatnonzero(text[2:-16] == ord("=")) + 2
    before, after = text[equals - 1], text[equals + 1]
    if ((before <= 32) | (after <= 32) | (after == ord("'"))).any():
        return find_farthest_slowly(content)
    apart = text[equals - 2]
    at = equals[((before | 32) == ord("r")) & ((apart <= 32) | (apart == ord('"')))] + 2
    columns, rows = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    for _ in range(_MOST_LETTERS):
        letter = text[at] & 0xDF
        is_letter = (letter >= ord("A")) & (letter <= ord("Z"))
        columns = np.where(is_letter, columns * 26 + (letter & 31), columns)
        at = at + is_letter
    for _ in range(_MOST_DIGITS):
        digit = text[at]
        is_digit = (digit >= ord("0")) & (digit <= ord("9"))
        rows = np.where(is_digit, rows * 10 + (digit & 15), rows)
        at = at + is_digit
    return int(rows.max(initial=0)), int(columns.max(initial=0))


def find_farthest_slowly(content: bytes) -> tuple[int, int]:
    """Give what `find_farthest` gives, one reference at a time and in any spelling."""
    letters = {found.upper() for found in _REF_LETTERS.findall(content)}
    rows = max((int(found[:_MOST_DIGITS]) for found in _REF_ROW.findall(content)), default=0)
    return rows, max((_column_number(one) for one in letters), default=0)


def _too_wide(columns: int, limits: Limits) -> RefusedFile:
    return RefusedFile(
        "header_width",
        f"Een blad loopt tot kolom {columns}; hoogstens {limits.columns} worden gelezen. "
        "Haal wat ver naar rechts staat weg.",
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:_MOST_LETTERS]:
        number = number * 26 + letter - 64
    return number


def _check_texts(shared: bytes, sheets: list[bytes], limits: Limits) -> None:
    """Refuse a long text that is named by so many cells that it would fill the memory."""
    texts = shared.split(b"<si")[1:]
    long = [(i, len(text)) for i, text in enumerate(texts) if len(text) > _LONG_TEXT]
    if not long:
        return
    named = sum(_times_named(i, sheets) * length for i, length in long[:_MANY])
    if named > limits.unpacked_bytes or len(long) > _MANY:
        raise RefusedFile(
            "long_text",
            "Lange teksten staan in heel veel cellen. Lever alleen de velden van het contract.",
        )


def _times_named(index: int, sheets: list[bytes]) -> int:
    value = re.compile(rb">\s*0*%d\s*<" % index)
    return sum(len(value.findall(sheet)) for sheet in sheets)


def _check_repeats(content: bytes, limits: Limits) -> None:
    """Refuse rows, cells or spaces that an ODS says to repeat until the sheet is huge.

    Rows and cells that stay empty to the end are repeated up to a million times by every
    spreadsheet program, so only what comes before the last value counts.
    """
    if _SPACES.search(content):
        raise _bomb("Een cel herhaalt duizenden spaties.")
    for table in content.split(b"<table:table ")[1:]:
        rows = last = widest = 0
        for row in table.split(b"<table:table-row")[1:]:
            rows += _times(_ROWS_REPEATED, row[: row.find(b">") + 1])
            if width := _width_of(row):
                last, widest = rows, max(widest, width)
            if last * widest > limits.sheet_cells:
                raise _bomb(f"Een blad loopt tot rij {last} en kolom {widest}.")
        if widest > limits.columns:
            raise _too_wide(widest, limits)


def _width_of(row: bytes) -> int:
    """Count the cells of a row up to its last value; 0 for a row without one."""
    end = max(row.rfind(b"value-type"), row.rfind(b"<text:p"))
    if end < 0:
        return 0
    filled = row[: row.find(b">", end) + 1]
    cells = filled.count(b"<table:table-cell") + filled.count(b"<table:covered-table-cell")
    if b"columns-repeated" in filled:
        cells += sum(int(found[:_MOST_DIGITS]) for found in _COLUMNS_REPEATED.findall(filled))
    return cells


def _times(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    return int(found[1][:_MOST_DIGITS]) if found else 1
