"""Weighs what an ODS says to repeat, before it is parsed; refuses what grows beyond the limits.

A few bytes can stand for billions of cells, or for one long text a million times.
"""

import re

from regiebeeld.pipeline.intake.limits import Limits, RefusedFile, bomb, too_wide

_ROWS_REPEATED = re.compile(rb"number-rows-repeated\s*=\s*\"\s*([0-9]+)")
_COLUMNS_REPEATED = re.compile(rb"number-columns-repeated\s*=\s*\"\s*([0-9]+)")
_SPACES = re.compile(rb"text:c\s*=\s*\"\s*[0-9]{4}")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b")
# How every program writes its tags: a sign that could hide where a tag ends stands in none.
_PLAIN_TAGS = re.compile(rb"(?:[^<]++|<[^<>\"']*+(?:\"[^\"<>]*+\"[^\"<>']*+)*+>)*+")
_CODED_NUMBER = re.compile(rb"(?:repeated|text:c)\s*=\s*\"[^\"&]*&")
_MOST_DIGITS, _MOST_SPACES = 9, 1000


def check_repeats(content: bytes, limits: Limits) -> None:
    """Refuse rows, cells, texts or spaces that an ODS says to repeat until the sheet is huge.

    Rows and cells that stay empty to the end are repeated up to a million times by every
    spreadsheet program, so only what comes before the last value counts.
    """
    if not _PLAIN_TAGS.fullmatch(content) or _CODED_NUMBER.search(content):
        words = "De werkmap is geschreven in een vorm die niet wordt gelezen. "
        raise RefusedFile("file_kind", words + "Sla hem in een rekenprogramma opnieuw op.")
    spaces = content.count(b"text:c") * _MOST_SPACES
    if _SPACES.search(content) or spaces > limits.unpacked_bytes:
        raise bomb("Een cel herhaalt duizenden spaties.")
    weight = 0
    for table in re.split(rb"<table:table[\s/>]", content)[1:]:
        weight += _weigh_table(table, limits)
        if weight > limits.unpacked_bytes:
            raise bomb("De teksten worden te vaak herhaald.")


def _weigh_table(table: bytes, limits: Limits) -> int:
    """Give the bytes of all values, repeated; raise RefusedFile for a table that is too large."""
    rows = last = widest = weight = 0
    for row in re.split(rb"<table:table-row\b", table)[1:]:
        times = _times(_ROWS_REPEATED, row[: row.find(b">") + 1])
        rows += times
        if not (filled := _until_last_value(row)):
            continue
        last, widest = rows, max(widest, _width_of(filled))
        weight += times * _weigh_row(filled, len(row))
        if last * widest > limits.sheet_cells:
            raise bomb(f"Een blad loopt tot rij {last} en kolom {widest}.")
    if widest > limits.columns:
        raise too_wide(widest, limits)
    return weight


def count_rows(table: bytes) -> int:
    """Count the rows of a piece of a table, each as often as it is repeated."""
    rows = re.split(rb"<table:table-row\b", table)[1:]
    return sum(_times(_ROWS_REPEATED, row[: row.find(b">") + 1] or row) for row in rows)


def count_cells(row: bytes) -> int:
    """Count the cells of a piece of a row; the last, at which it is cut off, counts once."""
    cells = _CELL.split(row)[1:]
    return sum(_times(_COLUMNS_REPEATED, cell) for cell in cells[:-1]) + bool(cells)


def _until_last_value(row: bytes) -> bytes:
    """Give a row up to the first tag of its last value; nothing for a row without one."""
    end = max(row.rfind(b"value-type"), row.rfind(b"<text:p"))
    return row[: row.find(b">", end) + 1] if end >= 0 else b""


def _width_of(filled: bytes) -> int:
    cells = filled.count(b"<table:table-cell") + filled.count(b"<table:covered-table-cell")
    if b"columns-repeated" in filled:
        cells += sum(int(found[:_MOST_DIGITS]) for found in _COLUMNS_REPEATED.findall(filled))
    return cells


def _weigh_row(filled: bytes, length: int) -> int:
    """Give the bytes of a row with every cell as often as it is repeated."""
    if b"columns-repeated" not in filled:
        return length
    cells = _CELL.split(filled)[1:]
    # What follows the last value's first tag is its text: it goes with that cell.
    rest = length - len(filled)
    sizes = [len(cell) for cell in cells[:-1]] + [len(cells[-1]) + rest] if cells else []
    return sum(_times(_COLUMNS_REPEATED, c) * n for c, n in zip(cells, sizes, strict=True))


def _times(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    return int(found[1][:_MOST_DIGITS]) if found else 1
