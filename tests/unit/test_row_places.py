"""Row numbers are those that the sender sees: line of a CSV, row of a sheet."""

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from lib.deliveries import GOOD, ods, ods_row, source
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.row_places import find_lines

HEAD = "nummer;soort"


def _lines_of(folder: Path, text: str, name: str = "a.csv") -> tuple[int, ...]:
    path = folder / name
    path.write_text(text, newline="")
    read = read_delivery(path, source())
    return read.places.of(range(1, read.table.num_rows + 1))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{HEAD}\nZ-1;A\nZ-2;A\n", (2, 3)),
        (f"{HEAD}\nZ-1;A\nZ-2;A", (2, 3)),
        (f"{HEAD}\r\n\r\nZ-1;A\r\n\r\n\r\nZ-2;A\r\n\r\n", (3, 6)),
        (f"sep=;\n{HEAD}\nZ-1;A\n\nZ-2;A\n", (3, 5)),
        (f'{HEAD}\nZ-1;"A\nB"\nZ-2;A\n', (2, 4)),
        (f'{HEAD}\nZ-1;"A\n\n""B"\n\nZ-2;A\n', (2, 6)),
        (f"{HEAD}\r\rZ-1;A\rZ-2;A\r", (3, 4)),
    ],
)
def test_the_line_that_a_row_begins_on(tmp_path: Path, text: str, lines: tuple[int, ...]) -> None:
    assert _lines_of(tmp_path, text) == lines


@given(st.lists(st.one_of(st.just(""), st.text('ab\n"', min_size=1, max_size=6)), max_size=30))
def test_lines_equal_those_of_an_obvious_slow_reader(cells: list[str]) -> None:
    body, line, expected = io.StringIO(), 2, []
    body.write("k\n")
    for cell in cells:
        if not cell:
            body.write("\n")
            line += 1
            continue
        expected.append(line)
        csv.writer(body, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow([cell])
        line += 1 + cell.count("\n")
    places = find_lines(body.getvalue().encode(), len(expected), skipped=0, quoted=True)
    assert places.of(range(1, len(expected) + 1)) == tuple(expected)


def test_a_row_of_another_width_is_told_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="rij 5 met 3") as refusal:
        _lines_of(tmp_path, f"{HEAD}\n\nZ-1;A\n\nZ-2;A;x\nZ-3;A\n")
    assert refusal.value.rows == (5,)


def test_the_row_of_a_sheet_below_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Blad1").write(0, 0, "x")
        sheet = book.add_worksheet("Blad2")
        for at, row in ((5, list(GOOD)), (6, list(GOOD.values())), (7, list(GOOD.values()))):
            sheet.write_row(at, 0, row)
    assert read_delivery(path, source()).places.of([1, 2]) == (7, 8)


def test_the_row_of_an_ods_below_repeated_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    empty = '<table:table-row table:number-rows-repeated="4"><table:table-cell/></table:table-row>'
    path.write_bytes(ods(empty + ods_row(*GOOD) + ods_row(*GOOD.values())))
    assert read_delivery(path, source()).places.of([1]) == (6,)
