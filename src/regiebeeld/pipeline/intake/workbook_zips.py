"""Looks through the zip of a workbook before anything parses it; refuses bombs and macros.

What a workbook says about its own size is not believed: every member is unpacked piece by piece.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from regiebeeld.pipeline.intake.file_kinds import refuse_many_members
from regiebeeld.pipeline.intake.limits import (
    MEGABYTE,
    STANDARD,
    Limits,
    RefusedFile,
    bomb,
    too_wide,
)
from regiebeeld.pipeline.intake.ods_repeats import check_repeats
from regiebeeld.pipeline.intake.workbook_seen import (
    WorkbookSeen,
    look_at_sheet,
    look_at_tables,
)

_PIECE = 2**20
_REF = rb"[\s\"'][rR]\s*=\s*[\"']"
_REF_LETTERS = re.compile(_REF + rb"([A-Za-z]+)")
_REF_ROW = re.compile(_REF + rb"[A-Za-z]*([0-9]+)")
_MOST_LETTERS, _MOST_DIGITS, _LONGEST_REF = 4, 9, 16
_SPACE = 32
# XML in two bytes a letter, which no program writes.
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_SHARED = re.compile(rb"<(?:\w+:)?si\b")
_NAMED = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^>]*+>\s*<(?:\w+:)?v[^>]*+>\s*([0-9]{1,9})")
_MACRO_PARTS = ("vbaproject", "macrosheets/", "activex/", "basic/", "scripts/")
_EMBEDDED = ("xl/embeddings/", "object ")


def check_workbook(body: bytes, limits: Limits = STANDARD) -> WorkbookSeen:
    """Raise RefusedFile when a workbook has macros, or would unpack or grow beyond the limits.

    Gives what it holds that is not read as a value.
    """
    refuse_many_members(body, limits)
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as fault:
        raise _cut() from fault
    _check_members(members, limits)
    left, sheets, seen = limits.unpacked_bytes, list[zipfile.ZipInfo](), WorkbookSeen()
    shared, cells = b"", 0
    for member in members:
        content = _unpack(body, member, left, limits)
        left -= len(content)
        name = member.filename.lower()
        _look_at_part(name, content, seen, limits)
        if name.endswith("sharedstrings.xml"):
            shared = content
        if _may_be_sheet(name, content):
            _check_references(content, limits)
            sheets.append(member)
            seen.parts[name] = look_at_sheet(content)
            cells += content.count(b"<c")
    # Unpacked again, and only where there is a long text: no two sheets are in memory at once.
    unpacked = (_unpack(body, member, limits.unpacked_bytes, limits) for member in sheets)
    _check_texts(shared, cells, unpacked, limits)
    return seen


def _look_at_part(name: str, content: bytes, seen: WorkbookSeen, limits: Limits) -> None:
    if name.endswith("content.xml"):
        check_repeats(content, limits)
        seen.tables = look_at_tables(content)
        seen.comments = b"<office:annotation" in content
    elif name == "xl/workbook.xml":
        seen.workbook = content
    elif name == "xl/_rels/workbook.xml.rels":
        seen.relations = content
    elif name.startswith("xl/") and "comments" in name:
        seen.comments = True


def _cut() -> RefusedFile:
    return RefusedFile("file_cut", "Het bestand is niet heel. Sla het opnieuw op en lever het dan.")


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [member.filename.lower() for member in members]
    if len(names) > limits.members:
        raise bomb(f"Het bestand bevat {len(names)} delen; hoogstens {limits.members} mag.")
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
    stored = member.compress_type == zipfile.ZIP_STORED
    content = bytes(packed[: most + 1]) if stored else _inflate(packed, most + 1)
    if len(content) > most:
        raise bomb(f"Een deel wordt uitgepakt groter dan {most // MEGABYTE} MB.")
    if len(content) != member.file_size:
        raise _cut()
    return content


def _inflate(packed: memoryview, most: int) -> bytes:
    """Unpack no more than `most` bytes, whatever there is."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
    except zlib.error as fault:
        raise _cut() from fault


def _may_be_sheet(name: str, content: bytes) -> bool:
    """Tell whether a part can be read as a sheet: the workbook may call it what it likes."""
    named = "sheet" in name and name.endswith((".xml", ".bin"))
    return named or b"sheetData" in content or content.startswith(_WIDE_TEXT)


def _check_references(content: bytes, limits: Limits) -> None:
    """Refuse a sheet whose used rectangle is huge: two far cells would be read as billions."""
    if b"\0" in content[:1024]:
        words = "Een blad staat in een vorm die niet wordt gelezen. Sla het op als .xlsx."
        raise RefusedFile("file_kind", words)
    rows, columns = find_farthest(content)
    if columns > limits.columns:
        raise too_wide(columns, limits)
    if rows * max(columns, 1) > limits.sheet_cells:
        raise bomb(f"Een blad loopt tot rij {rows} en kolom {columns}.")


def find_farthest(content: bytes) -> tuple[int, int]:
    """Give the last row and column that any `r="AB12"` of a sheet names.

    Hundred thousands of cells are looked at in one go; a spelling no program writes (spaces around
    the equals sign, single quotes) takes the slow way.
    """
    rows = columns = 0
    text = np.frombuffer(content, np.uint8)
    for start in range(0, len(text), _PIECE):
        # A reference may begin in this piece and end in the next.
        piece = text[max(start - 2, 0) : start + 2 + _PIECE + _LONGEST_REF]
        found = _find_farthest_in(np.append(piece, np.zeros(_LONGEST_REF, np.uint8)))
        if found is None:
            return find_farthest_slowly(content)
        rows, columns = max(rows, found[0]), max(columns, found[1])
    return rows, columns


def _find_farthest_in(text: NDArray[np.uint8]) -> tuple[int, int] | None:
    """Give the last row and column in a piece that ends in zeros; None for a strange spelling."""
    equals = np.flatnonzero(text[2 : 2 + _PIECE] == ord("=")) + 2
    before, after = text[equals - 1], text[equals + 1]
    strange = (before <= _SPACE) | (after <= _SPACE) | (after == ord("'"))
    if strange.any():
        return None
    apart = text[equals - 2]
    is_ref = ((before | 32) == ord("r")) & ((apart <= _SPACE) | (apart == ord('"')))
    at = equals[is_ref] + 2
    column, at = _read_digits(text, at, (ord("A"), 26, 0xDF), most=_MOST_LETTERS)
    row, _ = _read_digits(text, at, (ord("0"), 10, 0xFF), most=_MOST_DIGITS)
    return int(row.max(initial=0)), int(column.max(initial=0))


def _read_digits(
    text: NDArray[np.uint8],
    at: NDArray[np.int64],
    system: tuple[int, int, int],
    *,
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Read numbers at places of a text, and give where each ends.

    `system` is its first digit, its base and a mask for small letters; letters count from 1.
    """
    first, base, mask = system
    lowest = 1 if base > 10 else 0
    numbers = np.zeros(len(at), np.int64)
    for _ in range(most):
        digit = (text[at] & mask) - np.uint8(first)  # what comes before the first turns large
        is_digit = digit < base
        if not is_digit.any():
            break
        numbers = np.where(is_digit, numbers * base + digit + lowest, numbers)
        at = at + is_digit
    return numbers, at


def find_farthest_slowly(content: bytes) -> tuple[int, int]:
    """Give what `find_farthest` gives, one reference at a time and in any spelling."""
    letters = {found.upper() for found in _REF_LETTERS.findall(content)}
    rows = max((int(found[:_MOST_DIGITS]) for found in _REF_ROW.findall(content)), default=0)
    return rows, max((_column_number(one) for one in letters), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:_MOST_LETTERS]:
        number = number * 26 + letter - 64
    return number


def _check_texts(shared: bytes, cells: int, sheets: Iterable[bytes], limits: Limits) -> None:
    """Refuse shared texts that, written out in every cell that names them, would fill the memory.

    Only when the longest could do so are the cells counted, text by text.
    """
    lengths = np.array([len(text) for text in _SHARED.split(shared)[1:]], np.int64)
    if int(lengths.max(initial=0)) * cells <= limits.unpacked_bytes:
        return
    if sum(_amount_named(lengths, sheet) for sheet in sheets) > limits.unpacked_bytes:
        raise RefusedFile(
            "long_text",
            "Lange teksten staan in heel veel cellen. Lever alleen de velden van het contract.",
        )


def _amount_named(lengths: NDArray[np.int64], sheet: bytes) -> int:
    """Give how many bytes the shared texts of one sheet take when every cell has its own."""
    named = np.array(_NAMED.findall(sheet) or [b"0"], "S9").astype(np.int64)
    return int(lengths[named[named < len(lengths)]].sum())
