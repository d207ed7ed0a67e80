"""Reads one sheet of an XLSX or ODS as text: values only, no formula is ever computed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.pipeline.intake.delivered import Content, Note, check_header, check_size
from regiebeeld.pipeline.intake.limits import STANDARD, Limits, RefusedFile
from regiebeeld.pipeline.intake.row_places import RowPlaces
from regiebeeld.pipeline.intake.tidying import fold
from regiebeeld.pipeline.intake.workbook_zips import check_workbook

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MIDNIGHT = f"^({_DAY}) 00:00:00$"
_NOISE = f"^{_DAY} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[.][0-9]+$"
# Excel keeps a time without a day as a part of its day nought.
_NO_DAY = "^1899-12-3[01] ([0-9:]{8})$"
_SHORTEST = len("2026-01-01 00:00:00")
Own = Mapping[str, Collection[str]]


def read_workbook(
    body: bytes, known: Iterable[str], limits: Limits = STANDARD, *, own: Own | None = None
) -> Content:
    """Read the sheet whose header fits `known` best; a number in a date column stays a number.

    A cell with a date is written as ISO, one with an error of the program is empty. Raises
    RefusedFile for a workbook with macros, one that would unpack too large, and one that cannot
    be parsed. Other sheets are told in a note and not read; `own` gives the texts of those that
    the template itself has, which are not told.
    """
    seen = check_workbook(body, limits)
    try:
        name, cells, others, names = _choose_sheet(
            body, {fold(name) for name in known}, limits, own or {}
        )
    except (RefusedFile, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # a panic in the parser is no Exception
        raise RefusedFile(
            "file_cut", "De werkmap kan niet worden gelezen. Sla hem opnieuw op als .xlsx of .ods."
        ) from fault
    content = _build_content(name, cells, limits)
    number = names.index(name)
    hidden = sum(seen.is_hidden(names.index(other)) for other in others)
    return replace(
        content,
        notes=(*_other_sheets(others, hidden), *seen.tell(number)),
        # The rows begin below the header, which stands below what is empty.
        places=RowPlaces(seen.sheet(number).first_row + 1),
    )


def _choose_sheet(
    body: bytes, known: set[str], limits: Limits, own: Own
) -> tuple[str, pa.RecordBatch, list[str], list[str]]:
    workbook = fastexcel.read_excel(body)
    names = list(workbook.sheet_names)
    if len(names) > limits.sheets:
        words = f"De werkmap heeft {len(names)} bladen; hoogstens {limits.sheets} mag."
        raise RefusedFile("sheets", words + " Lever alleen het blad met de gegevens.")
    best: tuple[float, str, pa.RecordBatch] = (-1.0, "", pa.record_batch({}))
    for name in names:
        cells = _read_cells(workbook, name)
        if not cells.num_rows:
            continue
        fit = sum(fold(text) in known for text in _header_of(cells)) / max(len(known), 1)
        if fit > best[0]:
            best = fit, name, cells
        if fit > 0.5:
            break
    others = [name for name in names if name not in own or not _is_own(workbook, name, own)]
    return best[1], best[2], [name for name in others if name != best[1]], names


def _read_cells(workbook: fastexcel.ExcelReader, name: str) -> pa.RecordBatch:
    """Read every used cell of a sheet as text; its first row is the first that has any."""
    return pa.record_batch(workbook.load_sheet(name, header_row=None, dtypes="string").to_arrow())


def _is_own(workbook: fastexcel.ExcelReader, name: str, own: Own) -> bool:
    """Tell whether a sheet holds nothing but what the template put there."""
    cells = _read_cells(workbook, name)
    texts = {text for column in cells.columns for text in column.unique().to_pylist()}
    return texts <= {None, "", *own[name]}


def _header_of(cells: pa.RecordBatch) -> list[str]:
    return [column[0].as_py() or "" for column in cells.columns]


def _build_content(name: str, cells: pa.RecordBatch, limits: Limits) -> Content:
    if not cells.num_rows:
        raise RefusedFile("no_rows", "De werkmap is leeg. Vul het sjabloon en lever het dan.")
    cells = _without_empty_end(cells)
    names = check_header(_header_of(cells), limits)
    check_size(cells.num_rows - 1, len(names), limits)
    columns = [_tidy_moments(column.slice(1)) for column in cells.columns]
    return Content(pa.table(dict(zip(names, columns, strict=True))), sheet=name)


def _other_sheets(others: Sequence[str], hidden: int) -> tuple[Note, ...]:
    if not others:
        return ()
    unseen = f", waarvan {hidden} verborgen" if hidden else ""
    words = f"De werkmap heeft nog {len(others)} bladen{unseen}; die zijn niet gelezen."
    return (Note("other_sheets", words),)


def _without_empty_end(cells: pa.RecordBatch) -> pa.RecordBatch:
    """Take off empty rows and columns at the end, which programs leave after deleting."""
    ends = [_last_filled(column) for column in cells.columns]
    width = max((i for i, end in enumerate(ends, start=1) if end), default=0)
    return cells.select(range(width)).slice(0, max(ends, default=0))


def _last_filled(column: pa.Array) -> int:
    """Give the place, counted from 1, of the last text in a column; 0 when there is none."""
    lengths = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    filled: NDArray[np.int64] = np.flatnonzero(lengths)
    return int(filled[-1]) + 1 if len(filled) else 0


def _tidy_moments(column: pa.Array) -> pa.Array:
    """Write moments to the whole second, a day without its midnight, a time without its day."""
    if (pc.max(pc.binary_length(column)).as_py() or 0) < _SHORTEST:
        return column
    noisy = pc.fill_null(pc.match_substring_regex(column, _NOISE), False)
    if pc.any(noisy).as_py():
        rounded = [_round_moment(text) for text in column.filter(noisy).to_pylist()]
        column = pc.replace_with_mask(column, noisy, pa.array(rounded, pa.string()))
    return pc.replace_substring_regex(
        pc.replace_substring_regex(column, _MIDNIGHT, "\\1"), _NO_DAY, "\\1"
    )


def _round_moment(text: str) -> str:
    """Round to the second: Excel stores a moment as part of a day, which can be a little off."""
    try:
        moment = datetime.fromisoformat(text) + timedelta(milliseconds=500)
    except (ValueError, OverflowError):
        return text  # a text that only looks like a moment: the rules of its column tell it
    return moment.replace(microsecond=0).isoformat(" ")
