"""Tables downloaded from StatLine: title lines, header rows, "Bron:"; gives one row a figure."""

import re
from dataclasses import dataclass, replace

import pyarrow as pa

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources.csv_files import CsvForm, find_form, read_cells, read_csv
from regiebeeld.pipeline.sources.text_files import TextFile
from regiebeeld.pipeline.sources.text_tables import check_twice

UNIT, VALUE = "Eenheid", "Waarde"
_SUBJECTS = ("Onderwerp", "Topic")
_FIGURE = re.compile(r"^\s*(-?[\d.,]+|\.|x|-)?\s*\*{0,2}\s*$")
_YEAR = re.compile(r"^(19|20)\d{2}\*{0,2}$")
_FILTER = re.compile(r"^([^:;]{1,80}): (.+)$")
_DEEPEST_HEADER = 12  # rows


def read_statline_or_plain(file: TextFile) -> tuple[pa.Table, dict[str, str]]:
    """Read a CSV of any form; give the table and what the file says beside it.

    The pivot form (header rows per dimension) comes out long: its row
    dimensions, its column dimensions, `Eenheid` and `Waarde`, with every cell as
    it was written; a filter line such as "Soort misdrijf: Totaal" becomes a column.
    """
    form = find_form(file)
    if form.preface and form.header[0] in _SUBJECTS:
        table, form = _read_pivot(file, form)
        shape = "statline pivot, made long"
    else:
        table, form = read_csv(file)
        shape = "plain"
    facts = {
        "encoding": file.encoding,
        "delimiter": form.delimiter,
        "form": shape,
        "preface": " | ".join(form.preface),
        "footer": " | ".join(form.footer),
        "ends_with_newline": "yes" if file.body.endswith((b"\n", b"\r")) else "no",
    }
    return table, facts


@dataclass(frozen=True)
class _Pivot:
    """The header rows of a pivot: `labels` of the rows, and per column dimension its values."""

    labels: tuple[str, ...]
    dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    units: tuple[str, ...]


def _read_pivot(file: TextFile, form: CsvForm) -> tuple[pa.Table, CsvForm]:
    cells = read_cells(file, form)
    rows = list(zip(*(column.to_pylist() for column in cells.itercolumns()), strict=True))
    side = _count_labels(form.header)
    depth = _header_depth(file, rows, side)
    pivot = _read_header([form.header, *rows[:depth]], side)
    table = _make_long(pivot, rows[depth:], _filters(form.preface))
    check_twice(table.column_names, where=f"{file.name}, regel {form.header_line + depth}")
    if table.num_rows == 0:
        raise ContractError(
            f"{file.name} heeft koppen maar geen rijen; haal het bestand opnieuw op"
        )
    return table, replace(form, data=b"")


def _count_labels(header: tuple[str, ...]) -> int:
    """Count the row dimensions: StatLine repeats the word of a header row above each of them."""
    side = next(
        (place for place, cell in enumerate(header) if cell not in (header[0], "")), len(header)
    )
    return max(1, side)


def _header_depth(file: TextFile, rows: list[tuple[str, ...]], side: int) -> int:
    """Count the header rows under the first: the last one holds units, which are words."""
    for place in range(min(len(rows), _DEEPEST_HEADER) - 1, -1, -1):
        if not all(_FIGURE.match(cell) for cell in rows[place][side:]):
            _check_header_rows(file, rows[:place], side)
            return place + 1
    raise ContractError(
        f"{file.name}: de regel met eenheden onder {_SUBJECTS[0]!r} ontbreekt; kies in StatLine "
        "CSV met statistische symbolen"
    )


def _check_header_rows(file: TextFile, rows: list[tuple[str, ...]], side: int) -> None:
    """Raise ContractError for a row of figures above words: it would be lost as a header."""
    for row in rows:
        figures = [cell for cell in row[side:] if _FIGURE.match(cell)]
        if figures and not all(_YEAR.match(cell) for cell in figures):
            raise ContractError(
                f"{file.name}: onder de rij {row[0]!r} staat een cel met letters "
                "tussen de cijfers; verbeter die cel of download de tabel opnieuw uit StatLine"
            )


def _read_header(rows: list[tuple[str, ...]], side: int) -> _Pivot:
    *above, last = rows
    dimensions = tuple((row[0], row[side:]) for row in above)
    return _Pivot(labels=last[:side], dimensions=dimensions, units=last[side:])


def _filters(preface: tuple[str, ...]) -> dict[str, str]:
    """Read the lines "dimension: value" under the title."""
    found = [_FILTER.match(line) for line in preface[1:]]
    return {match[1]: match[2] for match in found if match}


def _make_long(pivot: _Pivot, rows: list[tuple[str, ...]], filters: dict[str, str]) -> pa.Table:
    side, wide = len(pivot.labels), len(pivot.units)
    columns: list[tuple[str, list[str]]] = [
        (name, [value] * len(rows) * wide) for name, value in filters.items()
    ]
    columns += [
        (label, [row[place] for row in rows for _ in range(wide)])
        for place, label in enumerate(pivot.labels)
    ]
    columns += [(name, list(values) * len(rows)) for name, values in pivot.dimensions]
    columns.append((UNIT, list(pivot.units) * len(rows)))
    columns.append((VALUE, [cell for row in rows for cell in row[side:]]))
    return pa.Table.from_arrays(
        [pa.array(values, pa.string()) for _, values in columns],
        names=[name for name, _ in columns],
    )
