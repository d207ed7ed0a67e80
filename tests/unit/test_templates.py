"""The template of every delivery opens, explains itself, and passes its own contract."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter

from lib.deliveries import zipped
from regiebeeld.catalogue import Field, Role, Source, read_catalogue
from regiebeeld.catalogue.field_checks import explain_misfit
from regiebeeld.catalogue.fields import MONTH_NAMES
from regiebeeld.domain import read_period
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.completeness import last_due
from regiebeeld.pipeline.intake.coverage import period_of
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.template_words import explain_field, explain_source
from regiebeeld.pipeline.intake.templates import (
    compute_csv,
    compute_workbook,
    write_template,
)

ROOT = Path(__file__).parents[2]
CATALOGUE = read_catalogue(ROOT / "catalogue", ROOT / "regions")
DELIVERIES = [source for source in CATALOGUE.sources.values() if source.terms.is_delivery]
TODAY = date(2026, 7, 1)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
each_delivery = pytest.mark.parametrize("source", DELIVERIES, ids=lambda source: source.id)


def rows_of(source: Source) -> list[list[str]]:
    text = compute_csv(source).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@each_delivery
def test_the_csv_holds_the_columns_and_an_example_that_fits(source: Source) -> None:
    header, example = rows_of(source)
    assert tuple(header) == source.field_names()
    for field, text in zip(source.fields, example, strict=True):
        plain = text.replace(",", ".") if field.type == "number" else text
        assert text or not field.required
        assert not text or explain_misfit(field, plain) == ""


@each_delivery
def test_the_door_reads_both_files_as_the_same_row(source: Source, tmp_path: Path) -> None:
    tables = [read_delivery(file, source).table for file in write_template(source, tmp_path)]
    for table in tables:
        assert tuple(table.column_names) == source.field_names()
        assert table.num_rows == 1
    first, second = (table.to_pylist()[0] for table in tables)
    for field in source.fields:
        if field.type in ("integer", "number") and first[field.name]:
            assert float(first[field.name].replace(",", ".")) == float(second[field.name])
        else:
            assert (first[field.name] or "") == (second[field.name] or "") == field.example


@each_delivery
def test_the_example_row_is_no_delivery(source: Source, tmp_path: Path) -> None:
    for file in write_template(source, tmp_path):
        report = check_delivery(read_delivery(file, source), source, earlier=None, today=TODAY)
        assert [found.rule for found in report.errors] == ["example_row"]
        assert report.errors[0].row_numbers == (1,)


@each_delivery
def test_a_form_that_is_filled_in_passes_without_a_word(source: Source, tmp_path: Path) -> None:
    filled = _fill_in(source)
    csv_file, workbook = write_template(source, tmp_path)
    text = csv_file.read_bytes().decode("utf-8-sig")
    _, example = rows_of(source)
    row = [filled.get(name, old) for name, old in zip(source.field_names(), example, strict=True)]
    head = text.splitlines()[0]
    csv_file.write_bytes(f"{head}\r\n{';'.join(row)}\r\n".encode("utf-8-sig"))
    _type_into(workbook, source, filled)
    for file in (csv_file, workbook):
        delivered = read_delivery(file, source)
        report = check_delivery(delivered, source, earlier=None, today=TODAY)
        assert report.findings == (), file.suffix
        assert report.rows == 1


def _fill_in(source: Source) -> dict[str, str]:
    """Give what a partner types over the example: the last period that is due, another number."""
    assert source.terms.frequency
    due = last_due(source.terms.frequency, source.terms.due_days, TODAY)
    typed: dict[Role, Callable[[Field], str]] = {
        Role.PERIOD: lambda field: period_of(due.end, read_period(field.example).kind).id,
        Role.BEGIN: lambda field: _write_day(due.start, field),
        Role.END: lambda field: _write_day(due.end, field),
        Role.BEGIN_YEAR: lambda _: str(due.end.year),
        Role.BEGIN_MONTH: lambda _: MONTH_NAMES[due.end.month - 1][0],
        Role.COUNT: lambda _: "7",
    }
    return {
        field.name: typed[field.role](field)
        for field in source.fields
        if field.role in typed and field.example
    }


def _write_day(day: date, field: Field) -> str:
    """Write a day as the contract asks, at the hour of the example."""
    first = day.isoformat() if (field.format or "").startswith("yyyy") else f"{day:%d-%m-%Y}"
    return first + field.example[10:]


def _type_into(path: Path, source: Source, filled: dict[str, str]) -> None:
    """Put other texts in the data row of a workbook, as a spreadsheet program stores them."""
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    for name, text in filled.items():
        letter = xlsxwriter.utility.xl_col_to_name(source.field_names().index(name))
        cell = re.compile(rf'<c r="{letter}2"([^>]*?)( t="s")?><v>[^<]*</v></c>')
        assert cell.search(sheet), name
        typed = rf'<c r="{letter}2"\1 t="inlineStr"><is><t>{text}</t></is></c>'
        sheet = cell.sub(typed, sheet)
    members["xl/worksheets/sheet1.xml"] = sheet.encode()
    path.write_bytes(zipped(dict(members)))


def test_a_sheet_that_is_not_the_templates_own_is_told(tmp_path: Path) -> None:
    source = CATALOGUE.sources["woonoverlast"]
    for sheet, text in (("uitleg", "Zie ook het dossier."), ("notities", "x")):
        path = tmp_path / f"{sheet}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, rows in (("levering", rows_of(source)), (sheet, [[text]])):
                at = book.add_worksheet(name)
                for i, row in enumerate(rows):
                    at.write_row(i, 0, row)
        notes = read_delivery(path, source).facts.notes
        assert [note.rule for note in notes] == ["other_sheets"], sheet
        assert text not in str(notes)


def test_the_csv_opens_well_in_a_dutch_excel() -> None:
    content = compute_csv(CATALOGUE.sources["schoorsteenbranden"])
    assert content.startswith(b"\xef\xbb\xbfYear;Month;")
    assert b";1976,0;" in content
    assert content.endswith(b"\r\n")


def test_the_workbook_has_a_delivery_an_explanation_and_lists() -> None:
    with zipfile.ZipFile(io.BytesIO(compute_workbook(CATALOGUE.sources["woonoverlast"]))) as book:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")  # noqa: S314
        assert [sheet.get("name") for sheet in sheets] == ["levering", "uitleg", "lijsten"]
        first = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<formula1>lijsten!$A$2:$A$8</formula1>" in first
    # An offered list is not a formula in a cell.
    assert "<f>" not in first


def test_the_same_contract_gives_the_same_bytes() -> None:
    source = CATALOGUE.sources["woonoverlast"]
    assert compute_workbook(source) == compute_workbook(source)


def test_the_explanation_says_when_what_and_what_not() -> None:
    lines = list(explain_source(CATALOGUE.sources["woonoverlast"]))
    assert any("elk half jaar, binnen 21 dagen" in line for line in lines)
    assert any("dertien" in line for line in lines)
    assert any("geen kolommen toe" in line for line in lines)
    assert any("check-delivery BESTAND --source woonoverlast" in line for line in lines)


def test_a_link_key_says_that_it_is_wiped_and_an_empty_column_that_it_stays_empty() -> None:
    source = CATALOGUE.sources["woninginbraken_gebeurtenissen"]
    told = {field.name: explain_field(field) for field in source.fields}
    assert told["X"][4] == "alleen om het gebied te vinden; wordt daarna gewist"
    assert told["Pleeghuisnummer met toev."][3] == "niets: laat deze kolom leeg"
    assert told["Poging"][3].startswith("een van: J, N")
