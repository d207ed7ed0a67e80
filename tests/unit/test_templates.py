"""The template of every delivery opens, explains itself, and passes its own contract."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from regiebeeld.catalogue import Source, read_catalogue
from regiebeeld.catalogue.field_checks import explain_misfit
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.templates import (
    compute_csv,
    compute_workbook,
    explain_field,
    explain_source,
    write_template,
)

ROOT = Path(__file__).parents[2]
CATALOGUE = read_catalogue(ROOT / "catalogue", ROOT / "regions")
DELIVERIES = [source for source in CATALOGUE.sources.values() if source.terms.is_delivery]
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
def test_the_door_finds_no_error_in_the_example(source: Source, tmp_path: Path) -> None:
    for file in write_template(source, tmp_path):
        delivered = read_delivery(file, source)
        report = check_delivery(delivered, source, earlier=None, today=date(2026, 7, 1))
        # An example of last year is late, which is no fault of the form.
        rules = {finding.rule for finding in report.findings}
        assert rules <= {"late", "other_sheets"}, report.findings


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
