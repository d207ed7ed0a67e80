"""The readers: one table of text from every kind of file, a refusal with its place for the rest."""

import datetime as dt
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from lib.deliveries import GOOD, csv_text, ods, ods_row, source, table_of, zipped
from regiebeeld.pipeline.intake.limits import STANDARD, Limits, RefusedFile
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.workbook_zips import find_farthest, find_farthest_slowly

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def _read(folder: Path, name: str, body: bytes | str, limits: Limits = STANDARD):
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return read_delivery(path, source(), limits=limits)


def _xlsx(rows: list[list[object]], *, name: str = "gegevens") -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        uitleg = book.add_worksheet("Uitleg")
        uitleg.write_string(0, 0, "Vul het volgende blad in.")
        sheet = book.add_worksheet(name)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.write(i, j, cell, *([moment] if isinstance(cell, dt.datetime) else []))
    return body.getvalue()


def _workbook_with(sheet: str, **more: str) -> bytes:
    """Take a good workbook and put other XML in its first sheet."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(_xlsx([["nummer"], ["Z-1"]]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = SHEET.format(sheet).encode()
    return zipped({**members, **more})


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_in_every_dress(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = csv_text([GOOD | {"buurt": "Één"}], delimiter)
    read = _read(tmp_path, "a.csv", text.encode(encoding))
    assert read.table.to_pylist() == [GOOD | {"buurt": "Één"}]
    assert read.facts.delimiter == delimiter
    assert (read.facts.encoding or "").replace("windows-1252", "cp1252") == encoding


@pytest.mark.parametrize(("text", "sign"), [("11,2", ","), ("11.2", "."), ("11", ".")])
def test_the_decimal_sign_is_found(tmp_path: Path, text: str, sign: str) -> None:
    assert _read(tmp_path, "a.csv", csv_text([GOOD | {"graden": text}])).facts.decimal == sign


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("row_cut", "nummer;soort\nZ-1;A20\nZ-2"),
        ("row_cut", 'nummer;soort\nZ-1;"A20\n'),
        ("row_width", "nummer;soort\nZ-1;A20;x\nZ-2;A20\n"),
        ("encoding", "nummer;buurt\nZ;É\n".encode() + "Z;É\n".encode("cp1252")),
        ("encoding", b"nummer;buurt\nZ;\x81\n"),
        ("encoding", b"nummer;soort\nZ\0;A\n"),
        ("header_twice", "nummer;soort;Nummer\nZ;A20;Z\n"),
        ("header_name", "nummer;;soort\nZ;A;A20\n"),
        ("header_name", "\nnummer;soort\n1;2\n"),
        ("header_width", ";".join(f"k{i}" for i in range(1_000_000)) + "\n"),
        ("header_width", ";".join(f"k{i}" for i in range(300)) + "\n"),
        ("no_rows", "nummer;soort\n"),
        ("file_empty", " \n"),
        ("file_kind", "<!doctype html><p>inloggen"),
        ("file_kind", b"%PDF-1.7"),
        ("file_kind", b"PK\x03\x04 x"[:0] + zipped({"a.csv": "x"})),
        ("file_cut", b"PK\x03\x04half"),
    ],
)
def test_a_csv_that_is_refused(tmp_path: Path, rule: str, body: bytes | str) -> None:
    with pytest.raises(RefusedFile) as refusal:
        _read(tmp_path, "a.csv", body)
    assert refusal.value.rule == rule


def test_the_place_of_a_cut_and_of_a_second_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match=r"rij 3") as refusal:
        _read(tmp_path, "a.csv", "nummer;soort\nZ-1;A20\nZ-2")
    assert refusal.value.rows == (3,)  # the header is line 1
    with pytest.raises(RefusedFile, match=r"Regel 2 .* regel 4"):
        _read(tmp_path, "a.csv", "nummer\nÉ\nx\n".encode() + b"\xc9\n")


@pytest.mark.parametrize(
    "name",
    [
        "..\\a.csv",
        ".a.csv",
        "-rf.csv",
        "con.csv",
        "a\u202evsc.csv",
        "a:b.csv",
        "a..csv",
        "~$a.xlsx",
        "a" * 200 + ".csv",
    ],
)
def test_tricks_with_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedFile) as refusal:
        _read(tmp_path, name, "nummer\nZ\n")
    assert refusal.value.rule == "file_name"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("a.xlsx", "file_kind"),
        ("a.json", "file_kind"),
        ("a.exe", "file_kind"),
        ("a.xlsm", "macros"),
    ],
)
def test_a_name_that_says_otherwise(tmp_path: Path, name: str, rule: str) -> None:
    with pytest.raises(RefusedFile) as refusal:
        _read(tmp_path, name, csv_text([GOOD]))
    assert refusal.value.rule == rule


def test_links_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "echt.csv").write_text(csv_text([GOOD]))
    (tmp_path / "link.csv").symlink_to(tmp_path / "echt.csv")
    (tmp_path / "map.csv").mkdir()
    for name in ("link.csv", "map.csv", "niets.csv"):
        with pytest.raises(RefusedFile):
            read_delivery(tmp_path / name, source())


def test_xlsx_gives_text_dates_and_whole_numbers(tmp_path: Path) -> None:
    row = [
        "Z-1",
        "A20",
        dt.datetime(2026, 5, 4, 10),
        46146.5,
        "7511 AB",
        "De Hoogte",
        257000,
        471000,
        11.5,
    ]
    read = _read(tmp_path, "a.xlsx", _xlsx([list(GOOD), row]))
    assert read.facts.sheet is None  # the sender gave it that name
    assert [note.rule for note in read.facts.notes] == ["other_sheets"]
    (found,) = read.table.to_pylist()
    assert (found["begin"], found["eind"], found["x"], found["graden"]) == (
        "2026-05-04 10:00:00",
        "46146.5",
        "257000",
        "11.5",
    )


def test_ods_with_the_usual_empty_end(tmp_path: Path) -> None:
    tail = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'  # noqa: E501
    read = _read(tmp_path, "a.ods", ods(ods_row(*GOOD) + ods_row(*GOOD.values()) + tail))
    assert read.table.to_pylist() == [GOOD]


@pytest.mark.parametrize(
    ("rule", "name", "body"),
    [
        ("macros", "a.xlsx", _workbook_with("", **{"xl/vbaProject.bin": "x"})),
        ("zip_paths", "a.xlsx", _workbook_with("", **{"../../etc/x": "x"})),
        ("embedded", "a.xlsx", _workbook_with("", **{"xl/embeddings/a.bin": "x"})),
        ("zip_bomb", "a.xlsx", _workbook_with("", **{"xl/media/a.png": "0" * 40_000_000})),
        ("zip_bomb", "a.xlsx", _workbook_with("", **{f"xl/media/{i}.png": "" for i in range(600)})),
        ("zip_bomb", "a.xlsx", _workbook_with('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="IA1048576"><v>1</v></c></row>')),  # noqa: E501
        ("header_width", "a.xlsx", _workbook_with('<row r="1"><c r="A1"><v>1</v></c><c r = \'XFD1\'><v>1</v></c></row>')),  # noqa: E501
        ("zip_bomb", "a.ods", ods(ods_row("a", more=' table:number-rows-repeated="90000000"'))),
        ("zip_bomb", "a.ods", ods(ods_row("a") + '<table:table-row table:number-rows-repeated="90000000"/>' + ods_row("b"))),  # noqa: E501
        ("zip_bomb", "a.ods", ods(ods_row('<text:s text:c="100000000"/>'))),
        ("file_cut", "a.xlsx", _xlsx([["a"], ["b"]])[:-300]),
    ],
)  # fmt: skip
def test_workbooks_that_are_refused(tmp_path: Path, rule: str, name: str, body: bytes) -> None:
    with pytest.raises(RefusedFile) as refusal:
        _read(tmp_path, name, body)
    assert refusal.value.rule == rule


def test_the_fast_way_to_the_farthest_cell_equals_the_slow_way() -> None:
    cells = "".join(
        f'<row r="{i}"><c r="B{i}" s="1"/><c r="AC{i}" t="s"><v>1</v></c></row>'
        for i in range(1, 50)
    )
    assert find_farthest(cells.encode()) == find_farthest_slowly(cells.encode()) == (49, 29)


def test_parquet_writes_its_values_as_text(tmp_path: Path) -> None:
    body = io.BytesIO()
    typed = pa.table(
        {
            "x": [257000, None],
            "begin": [dt.datetime(2026, 5, 4, 10)] * 2,
            "graden": [11.5, 3.0],
            "buurt": ["a", None],
        }
    )
    pq.write_table(typed, body)
    read = _read(tmp_path, "a.parquet", body.getvalue())
    assert read.table.to_pylist()[0] == {
        "x": "257000",
        "begin": "2026-05-04 10:00:00",
        "graden": "11.5",
        "buurt": "a",
    }


def test_parquet_that_names_one_long_text_a_million_times(tmp_path: Path) -> None:
    body = io.BytesIO()
    pq.write_table(
        pa.table(
            {
                "buurt": pa.DictionaryArray.from_arrays(
                    pa.array([0] * 1_000_000, pa.int32()), ["x" * 100_000]
                )
            }
        ),
        body,
    )
    with pytest.raises(RefusedFile) as refusal:
        _read(tmp_path, "a.parquet", body.getvalue())
    assert refusal.value.rule == "zip_bomb"


def test_json_and_geojson(tmp_path: Path) -> None:
    assert _read(tmp_path, "a.json", json.dumps([GOOD])).table.to_pylist() == [GOOD]
    assert _read(tmp_path, "b.json", '[{"graden": 0.10}]').table.to_pylist() == [{"graden": "0.10"}]
    feature = {
        "type": "Feature",
        "properties": {"nummer": "Z"},
        "geometry": {"type": "Point", "coordinates": [6.5, 53.2]},
    }
    read = _read(
        tmp_path, "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    assert read.table.to_pylist() == [{"nummer": "Z", "x": "6.5", "y": "53.2"}]
    assert read.facts.crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("json", "[{"), ("json", "[1]"), ("json", '{"a": 1}'), ("json", "[" * 100_000), ("json", '[{"a": NaN}]'),  # noqa: E501
        ("nested", '[{"a": [1]}]'), ("header_twice", '[{"a": 1, "a": 2}]'), ("no_rows", "[]"),
    ],
)  # fmt: skip
def test_json_that_is_refused(tmp_path: Path, rule: str, body: str) -> None:
    with pytest.raises(RefusedFile) as refusal:
        _read(tmp_path, "a.json", body)
    assert refusal.value.rule == rule


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        (Limits(bytes=10), "file_size"),
        (Limits(rows=1), "too_many_rows"),
        (Limits(columns=3), "header_width"),
        (Limits(cells=2), "too_many_rows"),
    ],
)
def test_every_limit_refuses(tmp_path: Path, limits: Limits, rule: str) -> None:
    with pytest.raises(RefusedFile) as refusal:
        _read(tmp_path, "a.csv", csv_text([GOOD] * 5), limits)
    assert refusal.value.rule == rule


def test_a_table_as_parquet_and_csv_is_the_same(tmp_path: Path) -> None:
    body = io.BytesIO()
    pq.write_table(table_of([GOOD]), body)
    assert _read(tmp_path, "a.parquet", body.getvalue()).table.equals(
        _read(tmp_path, "a.csv", csv_text([GOOD])).table
    )
