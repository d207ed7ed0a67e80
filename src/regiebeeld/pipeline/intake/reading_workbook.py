"""Reads one sheet of an XLSX or ODS as text: values only, no formula is ever computed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineWorkbook

from regiebeeld.pipeline.intake.delivered import Content, Note, check_header, check_size
from regiebeeld.pipeline.intake.limits import STANDARD, Limits, RefusedFile
from regiebeeld.pipeline.intake.workbook_zips import check_workbook

Rows = list[list[Any]]


def read_workbook(body: bytes, known: Iterable[str], limits: Limits = STANDARD) -> Content:
    """Read the sheet whose header fits `known` best; a number in a date column stays a number.

    Raises RefusedFile for a workbook with macros, one that would unpack too large, and one that
    cannot be parsed. Other sheets are named in a note and not read.
    """
    check_workbook(body, limits)
    try:
        name, rows, others = _choose_sheet(body, set(known), limits)
    except (RefusedFile, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # a panic in the parser is no Exception
        raise RefusedFile(
            "file_cut", "De werkmap kan niet worden gelezen. Sla hem opnieuw op als .xlsx of .ods."
        ) from fault
    return _build_content(name, rows, others, limits)


def _choose_sheet(body: bytes, known: set[str], limits: Limits) -> tuple[str, Rows, list[str]]:
    workbook = CalamineWorkbook.from_object(BytesIO(body))
    names = list(workbook.sheet_names)
    if len(names) > limits.sheets:
        words = f"De werkmap heeft {len(names)} bladen; hoogstens {limits.sheets} mag."
        raise RefusedFile("sheets", words + " Lever alleen het blad met de gegevens.")
    best: tuple[float, str, Rows] = (-1.0, "", [])
    filled = []
    for name in names:
        rows: Rows = workbook.get_sheet_by_name(name).to_python()
        if not rows:
            continue
        filled.append(name)
        fit = sum(str(cell).strip() in known for cell in rows[0]) / max(len(known), 1)
        if fit > best[0]:
            best = fit, name, rows
        if fit > 0.5:
            break
    return best[1], best[2], [name for name in names if name != best[1]]


def _build_content(name: str, rows: Rows, others: list[str], limits: Limits) -> Content:
    if not rows:
        raise RefusedFile("no_rows", "De werkmap is leeg. Vul het sjabloon en lever het dan.")
    header, body = _without_empty_end(rows)
    names = check_header([_to_text(cell) or "" for cell in header], limits)
    check_size(len(body), len(names), limits)
    columns = {
        column: _text_column(cells)
        for column, cells in zip(names, zip(*body, strict=True), strict=True)
    }
    return Content(pa.table(columns), sheet=name, notes=_other_sheets(others))


def _other_sheets(others: Sequence[str]) -> tuple[Note, ...]:
    if not others:
        return ()
    return (
        Note("other_sheets", f"De werkmap heeft nog {len(others)} bladen; die zijn niet gelezen."),
    )


def _without_empty_end(rows: Rows) -> tuple[list[Any], Rows]:
    """Take off empty rows and columns at the end, which programs leave after deleting."""
    while len(rows) > 1 and all(cell == "" for cell in rows[-1]):
        rows.pop()
    width = len(rows[0])
    while width and rows[0][width - 1] == "" and all(row[width - 1] == "" for row in rows):
        width -= 1
    if width < len(rows[0]):
        rows = [row[:width] for row in rows]
    return rows[0], rows[1:]


def _text_column(cells: Sequence[Any]) -> pa.Array:
    """Write a column as text; the common cases, one type in the whole column, at array speed."""
    types = set(map(type, cells))
    if types == {str}:
        return pa.array(cells, pa.string())
    if types == {datetime}:
        return _moment_column(cells)
    if types == {float}:
        numbers = np.asarray(cells)
        if (np.abs(numbers) < 2**53).all() and (numbers == np.floor(numbers)).all():
            return pa.array(numbers.astype(np.int64)).cast(pa.string())
    return pa.array([_to_text(cell) for cell in cells], pa.string())


def _moment_column(cells: Sequence[datetime]) -> pa.Array:
    # Excel stores a moment as part of a day, which can be a microsecond off.
    moments = np.asarray(cells, "datetime64[us]") + np.timedelta64(500, "ms")
    seconds = moments.astype("datetime64[s]")
    if (seconds == seconds.astype("datetime64[D]")).all():
        return pa.array(seconds.astype("datetime64[D]")).cast(pa.string())
    return pc.strftime(pa.array(seconds), "%Y-%m-%d %H:%M:%S")


def _to_text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return None if cell is None else str(cell)
