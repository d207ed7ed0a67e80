"""What stands in the cells of a workbook is what is read: compared with the values written."""

import datetime as dt
import io
import logging
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.reading_workbook import read_workbook
from regiebeeld.pipeline.intake.workbook_zips import find_farthest, find_farthest_slowly

_FORMATS = {dt.datetime: "dd-mm-yyyy hh:mm:ss", dt.date: "dd-mm-yyyy", dt.time: "hh:mm:ss"}


def _book(
    rows: list[list[Any]], *, at: tuple[int, int] = (0, 0), epoch_1904: bool = False
) -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "date_1904": epoch_1904}) as book:
        sheet = book.add_worksheet("levering")
        formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        for i, row in enumerate(rows, at[0]):
            for j, cell in enumerate(row, at[1]):
                _write(sheet, (i, j), cell, formats.get(type(cell)))
    return body.getvalue()


def _write(sheet: Any, place: tuple[int, int], cell: Any, form: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(*place, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(*place, cell)
    elif form is not None:
        sheet.write_datetime(*place, cell, form)
    elif cell is not None:
        sheet.write_number(*place, cell)


def _expected(cell: Any) -> str | None:
    """Write one value as text in the obvious way."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return None if cell in (None, "") else str(cell)


def _cells_of(body: bytes) -> list[list[str | None]]:
    table = read_workbook(body, ["a"]).table
    return [[text or None for text in row.values()] for row in table.to_pylist()]


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=30)
_MOMENTS = st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2099, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
_CELLS = st.one_of(
    st.none(),
    _TEXTS,
    st.sampled_from(["007", "7511 AB", "1e5", "2026-02-30 10:00:00", "=1+1", " x ", "-", "TRUE"]),
    st.integers(-(2**53), 2**53),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 4) + 0.0),  # the file keeps 16 digits
    st.booleans(),
    st.dates(dt.date(1901, 1, 1), dt.date(2099, 1, 1)),
    _MOMENTS,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=12))
def test_every_cell_is_read_as_it_was_written(rows: list[tuple[Any, Any, Any]]) -> None:
    written = [["a", "b", "c"], *(list(row) for row in rows), ["slot", "slot", "slot"]]
    assert _cells_of(_book(written)) == [[_expected(cell) for cell in row] for row in written[1:]]


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_both_calendars_of_excel_give_the_same_day(epoch_1904: bool) -> None:
    rows = [["a"], [dt.date(2026, 5, 4)], [dt.datetime(2026, 5, 4, 23, 59, 59)]]
    read = _cells_of(_book(rows, epoch_1904=epoch_1904))
    assert read == [["2026-05-04"], ["2026-05-04 23:59:59"]]


def test_a_moment_that_is_a_little_off_is_the_whole_second() -> None:
    """Excel adds parts of days: 46146 days and 0.99999999 of one is the midnight after it."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        form = book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["a"])
        sheet.write_number(1, 0, 46146.99999999, form)
        sheet.write_number(2, 0, 46146.25 + 3e-9, form)
        sheet.write_string(3, 0, "9999-12-31 23:59:59.999")  # no moment comes after it
    read = _cells_of(body.getvalue())
    assert read == [["2026-05-05"], ["2026-05-04 06:00:00"], ["9999-12-31 23:59:59.999"]]


def test_a_time_without_a_day_stays_a_time() -> None:
    assert _cells_of(_book([["a"], [dt.time(6, 30)], ["x"]])) == [["06:30:00"], ["x"]]


def test_the_result_of_a_formula_is_read_and_its_error_is_empty() -> None:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 0, '="<&>"', None, "<&>")
        sheet.merge_range(3, 0, 3, 1, "samen")
    assert _cells_of(body.getvalue()) == [["2", None], ["<&>", None], ["samen", None]]


def test_a_table_that_starts_further_down_is_found() -> None:
    assert _cells_of(_book([["a", "b"], ["1", None], [None, "2"]], at=(3, 2))) == [
        ["1", None],
        [None, "2"],
    ]


def test_a_sheet_with_nothing_in_it_is_refused() -> None:
    for rows in ([], [["a"]], [["a"], [""]]):
        with pytest.raises(RefusedFile) as refusal:
            read_workbook(_book(rows), ["a"])
        assert refusal.value.rule == "no_rows"


def test_nothing_of_a_sheet_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Asked to find types by itself, the parser warns of a column by its name; it is not asked."""
    with caplog.at_level(logging.DEBUG):
        read_workbook(_book([["Jansen", "b"], [None, "x"], [None, "y"]]), ["b"])
    assert "Jansen" not in caplog.text


@pytest.mark.parametrize("spaces", range(18))
def test_a_reference_on_the_edge_of_two_pieces_is_seen(spaces: int) -> None:
    """Sheets are looked through in pieces of a megabyte; the farthest cell lies across the edge."""
    before = b"<row>" + b" " * (2**20 - 20 + spaces)
    content = before + b'<c r="AB1048576"/><c r="C7"/></row>'
    assert find_farthest(content) == find_farthest_slowly(content) == (1048576, 28)
