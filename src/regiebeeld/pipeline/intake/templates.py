"""Writes the empty file that a partner fills in: CSV and XLSX, with an example and an explanation.

Holds nothing but what the contract says.
"""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from regiebeeld.catalogue import Field, Source
from regiebeeld.catalogue.fields import FieldType
from regiebeeld.pipeline.intake.template_words import (
    DATA_SHEET,
    LISTS_SHEET,
    WORDS_HEAD,
    WORDS_SHEET,
    explain_field,
    explain_source,
    find_listed,
)

_ROWS_WITH_FORM = 20_000
# Without a fixed day two templates of one contract would differ.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NUMBERS = (FieldType.INTEGER, FieldType.NUMBER)


def write_template(source: Source, folder: Path) -> tuple[Path, Path]:
    """Write `<source>.csv` and `<source>.xlsx` into a folder, which is made when absent.

    Both hold the columns of the contract and one invented example row, which the partner replaces.
    The CSV is what a Dutch Excel opens well: `;`, a decimal comma, UTF-8 with BOM.
    """
    folder.mkdir(parents=True, exist_ok=True)
    csv_file, xlsx_file = folder / f"{source.id}.csv", folder / f"{source.id}.xlsx"
    csv_file.write_bytes(compute_csv(source))
    xlsx_file.write_bytes(compute_workbook(source))
    return csv_file, xlsx_file


def compute_csv(source: Source) -> bytes:
    """Give the bytes of the CSV template."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(source.field_names())
    lines.writerow([_csv_text(field) for field in source.fields])
    return text.getvalue().encode("utf-8-sig")


def _csv_text(field: Field) -> str:
    return field.example.replace(".", ",") if field.type is FieldType.NUMBER else field.example


def compute_workbook(source: Source) -> bytes:
    """Give the bytes of the XLSX template: the delivery, its explanation and the fixed lists."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": source.title, "created": _MADE})
        styles = {
            "head": book.add_format({"bold": True, "bg_color": "#E6E6E6", "border": 1}),
            "text": book.add_format({"num_format": "@"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "bold": book.add_format({"bold": True}),
        }
        # The delivery comes first: a reader that takes the first sheet takes the right one.
        data, words = book.add_worksheet(DATA_SHEET), book.add_worksheet(WORDS_SHEET)
        lists = book.add_worksheet(LISTS_SHEET)
        _write_lists(lists, source, styles)
        _write_data(data, source, styles)
        _write_words(words, source, styles)
    return content.getvalue()


def _write_lists(sheet: Any, source: Source, styles: dict[str, Any]) -> None:
    for column, field in enumerate(find_listed(source)):
        sheet.write_string(0, column, field.name, styles["head"])
        sheet.set_column(column, column, 30, styles["text"])
        for row, value in enumerate(field.values, start=1):
            sheet.write_string(row, column, value, styles["text"])


def _write_data(sheet: Any, source: Source, styles: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    listed = find_listed(source)
    for column, field in enumerate(source.fields):
        is_number = field.type in _NUMBERS
        # Text form keeps Excel from turning a code, a period or a date into something else.
        form = None if is_number else styles["text"]
        sheet.set_column(column, column, max(14, len(field.name) + 2), form)
        sheet.write_string(0, column, field.name, styles["head"])
        if field in listed:
            _add_choice(sheet, column, (listed.index(field), len(field.values)))
        if field.example and is_number:
            sheet.write_number(1, column, float(field.example))
        elif field.example:
            sheet.write_string(1, column, field.example, form)


def _add_choice(sheet: Any, column: int, where: tuple[int, int]) -> None:
    """Let Excel offer the fixed list of a column; the door checks it again."""
    at, length = where
    name = xlsxwriter.utility.xl_col_to_name(at, col_abs=True)
    choice = {"validate": "list", "source": f"={LISTS_SHEET}!{name}$2:{name}${length + 1}"}
    sheet.data_validation(1, column, _ROWS_WITH_FORM, column, choice)


def _write_words(sheet: Any, source: Source, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 6, 34)
    sheet.write_string(0, 0, source.title, styles["bold"])
    row = 1
    for row, line in enumerate(explain_source(source), start=1):
        sheet.merge_range(row, 0, row, 5, line, styles["wrap"])
        sheet.set_row(row, 15 * (1 + len(line) // 150))
    for column, head in enumerate(WORDS_HEAD):
        sheet.write_string(row + 2, column, head, styles["head"])
    for at, field in enumerate(source.fields, start=row + 3):
        for column, text in enumerate(explain_field(field)):
            sheet.write_string(at, column, text, styles["wrap"])
