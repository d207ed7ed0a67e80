"""Reads a CSV as text, finding encoding and delimiter; refuses rows that do not fit the header."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import StringIO

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from regiebeeld.pipeline.intake.delivered import Content, Note, check_header, check_size
from regiebeeld.pipeline.intake.encodings import line_of, to_utf8
from regiebeeld.pipeline.intake.limits import SHOWN_ROWS, STANDARD, Limits, RefusedFile
from regiebeeld.pipeline.intake.row_places import RowPlaces, find_lines
from regiebeeld.pipeline.intake.tidying import fold

_DELIMITERS = (";", ",", "\t", "|")
_SEP_LINE = re.compile(rb'"?sep=(.)"?\r?\n')
_SECOND_LINE = re.compile(rb"[\r\n][^\r\n]")
_BLOCK = 8 * 2**20
_PIECE = 2**20


def read_csv(body: bytes, known: Iterable[str], limits: Limits = STANDARD) -> Content:
    """Read a CSV; `known` are the contract's column names, which help to find the delimiter."""
    plain, encoding = to_utf8(body)
    plain, skipped = _without_sep_line(plain)
    names, delimiter = _read_header(plain, {fold(name) for name in known}, limits)
    _check_amount(plain, delimiter, limits)
    quoted = _check_quotes(plain, skipped)
    table, misfits = _parse(plain, names, delimiter, quoted=quoted)
    rows = table.num_rows + misfits.count
    if misfits.count:
        places = find_lines(plain, rows, skipped=skipped, quoted=quoted)
        raise _refusal(misfits, len(names), table.num_rows, places)
    check_size(rows, table.num_columns, limits)
    places = find_lines(plain, rows, skipped=skipped, quoted=quoted)
    notes = () if plain.endswith((b"\n", b"\r")) else (_OPEN_END,)
    return Content(table, encoding=encoding, delimiter=delimiter, notes=notes, places=places)


_OPEN_END = Note(
    "open_end",
    "De laatste regel eindigt niet met een regeleinde. Kijk of het bestand niet is afgebroken.",
)


def _without_sep_line(plain: bytes) -> tuple[bytes, int]:
    """Take off the line `sep=;` that Excel understands; give how many lines went."""
    found = _SEP_LINE.match(plain)
    return (plain[found.end() :], 1) if found else (plain, 0)


def _read_header(plain: bytes, known: set[str], limits: Limits) -> tuple[tuple[str, ...], str]:
    start = plain[: limits.header_bytes]
    ends = [place for end in (b"\n", b"\r") if (place := start.find(end)) >= 0]
    if not ends and len(plain) > len(start):
        raise RefusedFile(
            "header_width",
            f"De kop is langer dan {limits.header_bytes // 1024} kB. "
            "Lever alleen de kolommen van het contract.",
        )
    line = start[: min(ends, default=len(start))].decode()
    rows = {delimiter: _split(line, delimiter) for delimiter in _DELIMITERS}

    def fit(delimiter: str) -> tuple[int, int]:
        names = rows[delimiter]
        return sum(fold(name) in known for name in names), len(names)

    best = max(_DELIMITERS, key=fit)
    return check_header(rows[best], limits), best


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _check_amount(plain: bytes, delimiter: str, limits: Limits) -> None:
    """Refuse before parsing what would need more memory than its bytes."""
    lines = _count(plain, b"\n") + _count(plain, b"\r")
    if lines > 2 * limits.rows + 2 or _count(plain, delimiter.encode()) + lines > 2 * limits.cells:
        check_size(limits.rows + 1, 1, limits)


def _count(plain: bytes, letter: bytes) -> int:
    """Count one letter; where it stands every few bytes this is much faster than bytes.count."""
    text = np.frombuffer(plain, np.uint8)
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return sum(int(np.count_nonzero(piece == ord(letter))) for piece in pieces)


def _check_quotes(plain: bytes, skipped: int) -> bool:
    """Tell whether the file has quotes; raise RefusedFile when one is never closed."""
    quotes = plain.count(b'"')
    if quotes % 2:
        line = line_of(plain, plain.rfind(b'"')) + skipped
        raise RefusedFile(
            "row_cut",
            f"Een aanhalingsteken sluit niet (gezien bij regel {line}). Het bestand is daar "
            "afgebroken of een tekst bevat een los aanhalingsteken. Maak het bestand opnieuw.",
        )
    return quotes > 0


@dataclass
class _Misfits:
    """The rows whose number of cells differs from the header, as the parser meets them."""

    count: int = 0
    first: list[tuple[int | None, int]] = field(default_factory=list)

    def __call__(self, row: arrow_csv.InvalidRow) -> str:
        self.count += 1
        if len(self.first) < SHOWN_ROWS:
            self.first.append((row.number, row.actual_columns))
        return "skip"


def _parse(
    plain: bytes, names: tuple[str, ...], delimiter: str, *, quoted: bool
) -> tuple[pa.Table, _Misfits]:
    misfits = _Misfits()
    try:
        table = _read(plain, names, delimiter, quoted=quoted, misfits=misfits)
        if misfits.count:
            # Only one thread knows the number of a row.
            misfits = _Misfits()
            _read(plain, names, delimiter, quoted=quoted, misfits=misfits, threads=False)
    except pa.ArrowException as fault:
        words = "Het bestand is geen tabel met vaste kolommen. Sla het op als CSV (UTF-8)."
        raise RefusedFile("row_width", words) from fault
    return table, misfits


def _read(
    plain: bytes,
    names: tuple[str, ...],
    delimiter: str,
    *,
    quoted: bool,
    misfits: _Misfits,
    threads: bool = True,
) -> pa.Table:
    if not _SECOND_LINE.search(plain):
        return pa.table({name: pa.array([], pa.string()) for name in names})
    return arrow_csv.read_csv(
        pa.BufferReader(plain),
        arrow_csv.ReadOptions(
            column_names=names, skip_rows=1, block_size=_BLOCK, use_threads=threads
        ),
        arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=quoted, invalid_row_handler=misfits
        ),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
    )


def _refusal(misfits: _Misfits, width: int, fitting: int, places: RowPlaces) -> RefusedFile:
    """Say which rows do not fit; the parser counts the header as row 1."""
    number, cells = misfits.first[0]
    rows = places.of(number - 1 for number, _ in misfits.first if number is not None)
    cut = misfits.count == 1 and number == fitting + 2 and cells < width
    if cut:
        words = (
            f"Het bestand is afgebroken midden in de laatste regel (rij {rows[0]}): die heeft "
            f"{cells} van de {width} kolommen. Maak het bestand opnieuw en lever het dan."
        )
        return RefusedFile("row_cut", words, rows=rows)
    if width == 1:
        words = (
            f"De eerste regel heeft één kolom en rij {rows[0] if rows else '?'} heeft er {cells}. "
            "Staat er een titel boven de tabel? Haal die weg: de eerste regel is de kop."
        )
        return RefusedFile("row_width", words, rows=rows)
    subject = "1 rij heeft" if misfits.count == 1 else f"{misfits.count} rijen hebben"
    words = (
        f"{subject} een ander aantal kolommen dan de kop ({width}); de eerste "
        f"is rij {rows[0] if rows else '?'} met {cells}. Kijk naar scheidingstekens in teksten."
    )
    return RefusedFile("row_width", words, rows=rows)
