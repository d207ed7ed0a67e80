"""Separated text to a table of text, every cell as it stands; refuses rows that are not whole."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pc

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.text_files import TextFile
from regiebeeld.pipeline.sources.text_tables import check_twice

DELIMITERS = (";", ",", "\t", "|")
# The form is found from the head and the tail, so that a large file is not read line by line.
HEAD_BYTES, TAIL_BYTES = 65536, 4096
BLOCK_BYTES = 8 * 2**20  # the longest row that can be read
_FOOTER = re.compile(r'^\s*"?\s*(bron\s*:|source\s*:|©|\(c\)\s)', re.IGNORECASE)


@dataclass(frozen=True)
class CsvForm:
    """How a file is laid out: lines above the header, the header's names, lines below the data."""

    delimiter: str
    preface: tuple[str, ...]
    header: tuple[str, ...]
    header_line: int  # from 1
    footer: tuple[str, ...]
    data: bytes  # the rows below the header and above the footer


def read_csv(file: TextFile) -> tuple[pa.Table, CsvForm]:
    """Read a file to text columns named by its header; empty cells stay empty text.

    Raises ContractError for no rows or a double column, FetchError with the
    line number for a row that was cut off.
    """
    form = find_form(file)
    check_twice(form.header, where=f"{file.name}, regel {form.header_line}")
    if not form.data.strip():
        raise ContractError(
            f"{file.name} heeft een kop maar geen rijen; haal het bestand opnieuw op"
        )
    return read_cells(file, form), form


def find_form(file: TextFile) -> CsvForm:
    """Find delimiter, preface, header and footer of a file from its head and its tail."""
    head = _head_lines(file.body)
    delimiter = _find_delimiter(head)
    width = _usual_width(head, delimiter)
    lines = list(_logical_lines(head, delimiter))
    first = next((place for place, cells in enumerate(lines) if len(cells.cells) == width), 0)
    header = lines[first]
    data, footer = _cut_footer(file.body[header.end :], width)
    return CsvForm(
        delimiter=delimiter,
        preface=tuple(
            " ".join(line.cells).strip()
            for line in lines[:first]
            if any(map(str.strip, line.cells))
        ),
        header=tuple(header.cells),
        header_line=header.number,
        footer=footer,
        data=data,
    )


def read_cells(file: TextFile, form: CsvForm) -> pa.Table:
    """Read the rows of a form; raise FetchError naming the first line that is not whole."""
    quotes = form.data.count(b'"')
    # An odd quote is a cell that was cut, or an inch in the text: only a slow look can tell.
    if quotes % 2 and (fault := _find_broken_row(file, form)):
        raise FetchError(fault)
    try:
        return _read_arrow(form, quoted=quotes > 0)
    except pa.ArrowInvalid as broken:
        fault = _find_broken_row(file, form)
        raise FetchError(
            fault or f"{file.name} is niet te lezen ({broken}); haal het bestand opnieuw op"
        ) from broken


def _read_arrow(form: CsvForm, *, quoted: bool) -> pa.Table:
    names = [str(place) for place in range(len(form.header))]
    table = pc.read_csv(
        pa.BufferReader(form.data),
        read_options=pc.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
        parse_options=pc.ParseOptions(delimiter=form.delimiter, newlines_in_values=quoted),
        convert_options=pc.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    return table.rename_columns(list(form.header))


@dataclass(frozen=True)
class _Line:
    cells: list[str]
    number: int  # of its last physical line, from 1
    end: int  # bytes from the start of the file to behind it


def _head_lines(body: bytes) -> list[bytes]:
    lines = body[:HEAD_BYTES].splitlines(keepends=True)
    return (
        lines if len(body) <= HEAD_BYTES or len(lines) < 2 else lines[:-1]
    )  # the last may be cut by us


def _logical_lines(head: Sequence[bytes], delimiter: str) -> Iterator[_Line]:
    """Join physical lines while a quoted cell is open, and give their cells."""
    kept, end = b"", 0
    for number, line in enumerate(head, start=1):
        kept, end = kept + line, end + len(line)
        if kept.count(b'"') % 2 == 0 or number == len(head):
            yield _Line(_split(kept.decode(errors="replace"), delimiter), number, end)
            kept = b""


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _find_delimiter(head: Sequence[bytes]) -> str:
    def evenness(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(line.cells) for line in _logical_lines(head[:60], delimiter))
        width, times = max(
            ((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(1, 0)
        )
        return times, width

    return max(DELIMITERS, key=evenness)


def _usual_width(head: Sequence[bytes], delimiter: str) -> int:
    widths = Counter(len(line.cells) for line in _logical_lines(head, delimiter) if any(line.cells))
    if not widths:
        return 1
    return max(widths.items(), key=lambda pair: (pair[1], pair[0]))[0]


def _cut_footer(data: bytes, width: int) -> tuple[bytes, tuple[str, ...]]:
    """Take closing lines such as "Bron: CBS" off the data; a one-column file has none."""
    footer: list[str] = []
    while width > 1 and data:
        kept = data.rstrip(b"\r\n")
        start = max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1
        line = kept[start:][:TAIL_BYTES].decode(errors="replace")
        if not (_FOOTER.match(line) or line.strip() == '""'):
            break
        footer.insert(0, line.strip().strip('"'))
        data = kept[:start]
    return data, tuple(text for text in footer if text)


def _find_broken_row(file: TextFile, form: CsvForm) -> str | None:
    """Say which row is the first that is not whole, the slow and certain way; None when all are."""
    width, lines = len(form.header), io.StringIO(form.data.decode(errors="replace"), newline="")
    reader, has = csv.reader(lines, delimiter=form.delimiter, strict=True), ""
    try:
        for cells in reader:
            if cells and len(cells) != width:
                has = f"{len(cells)} van de {width} kolommen"
                break
    except csv.Error as broken:
        has = f"een cel die niet af is ({broken})"
    if not has:
        return None
    return (
        f"{file.name}, regel {form.header_line + reader.line_num}: de rij heeft {has}; "
        "waarschijnlijk is het bestand afgebroken, haal het opnieuw op"
    )
