"""Guards at the door that no other test makes fail: each refuses or tells one kind of file."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from lib.deliveries import (
    GOOD,
    TODAY,
    check_rows_of,
    errors_of,
    ods,
    ods_row,
    source,
    zipped,
)
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.delivered import Delivered
from regiebeeld.pipeline.intake.findings import Severity
from regiebeeld.pipeline.intake.limits import STANDARD, Limits, RefusedFile
from regiebeeld.pipeline.intake.reading import read_delivery

POINT = {"type": "Point", "coordinates": [257000, 471000]}
RD = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
BELGIAN = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::31370"}}


def read(folder: Path, name: str, body: bytes, limits: Limits = STANDARD) -> Delivered:
    path = folder / name
    path.write_bytes(body)
    return read_delivery(path, source(), limits=limits)


def refused(folder: Path, name: str, body: bytes, limits: Limits = STANDARD) -> RefusedFile:
    with pytest.raises(RefusedFile) as refusal:
        read(folder, name, body, limits)
    return refusal.value


def geojson(geometry: Any, **more: Any) -> bytes:
    properties = {name: text for name, text in GOOD.items() if name not in ("x", "y")}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature], **more}).encode()


def workbook(rows: list[list[str]], *, sheets: int = 1) -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        for number in range(sheets):
            sheet = book.add_worksheet(f"blad{number}")
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return body.getvalue()


def workbook_good(sheets: int) -> bytes:
    return workbook([list(GOOD), list(GOOD.values())], sheets=sheets)


def flagged(body: bytes) -> bytes:
    """Say of every part of a zip that it has a password, in both places where a zip says so."""
    changed = bytearray(body)
    for sign, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        at = changed.find(sign)
        while at >= 0:
            changed[at + flags] |= 1
            at = changed.find(sign, at + 4)
    return bytes(changed)


@pytest.mark.parametrize(
    ("more", "told"),
    [({"crs": RD}, False), ({}, True), ({"crs": BELGIAN}, True)],
    ids=["as the contract", "GeoJSON's own", "an unknown one"],
)
def test_points_in_another_system_than_the_contract_are_refused(
    tmp_path: Path, more: dict[str, Any], told: bool
) -> None:
    read_it = read(tmp_path, "a.geojson", geojson(POINT, **more))
    report = check_delivery(read_it, source(), earlier=None, today=TODAY)
    assert ("crs" in errors_of(report)) is told


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[6.5, 53.2], [6.6, 53.2]]},
        {"type": "Polygon", "coordinates": [[[6, 53], [7, 53], [7, 54], [6, 53]]]},
        {"type": "Point", "coordinates": [6.5]},
        {"type": "Point", "coordinates": "6.5 53.2"},
        {"type": "Point"},
        "POINT (6.5 53.2)",
    ],
)
def test_what_is_no_point_is_refused_with_its_row(tmp_path: Path, geometry: Any) -> None:
    refusal = refused(tmp_path, "a.geojson", geojson(geometry))
    assert (refusal.rule, refusal.rows) == ("geometry", (1,))


def test_a_row_without_a_place_is_no_fault_of_the_file(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.geojson", geojson(None)).table.to_pylist()
    assert (row["x"], row["y"]) == (None, None)


def test_half_a_point_is_told_whichever_half_is_missing(tmp_path: Path) -> None:
    without = [{}, {"x": ""}, {"y": ""}, {"x": "", "y": ""}]
    rows = [GOOD | {"nummer": f"Z-{i}"} | gap for i, gap in enumerate(without, start=1)]
    report = check_rows_of(tmp_path, rows, source())
    (found,) = [one for one in report.findings if one.rule == "half_point"]
    assert (found.severity, found.row_numbers) == (Severity.WARNING, (2, 3))


def test_another_file_inside_an_ods_is_refused(tmp_path: Path) -> None:
    body = ods(ods_row(*GOOD) + ods_row(*GOOD.values()))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert read(tmp_path, "a.ods", zipped(members)).table.num_rows == 1
    inside = {"Object 1/content.xml": b"<x/>"}
    assert refused(tmp_path, "b.ods", zipped(members | inside)).rule == "embedded"


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_a_workbook_with_a_password_is_refused(tmp_path: Path, name: str) -> None:
    good = workbook_good(1) if name.endswith("xlsx") else ods(ods_row(*GOOD))
    assert refused(tmp_path, name, flagged(good)).rule == "password"


def test_a_long_text_named_in_very_many_cells_is_refused(tmp_path: Path) -> None:
    """The file is small, its texts written out are not: 400 cells of 10,000 bytes are 4 MB."""
    limits = Limits(unpacked_bytes=2_000_000)
    header, row = list(GOOD), list(GOOD.values())
    long = ["x" * 10_000 if name == "buurt" else text for name, text in GOOD.items()]
    few, many = workbook([header, row, long]), workbook([header, *[long] * 400])
    assert len(many) < 50_000
    assert read(tmp_path, "few.xlsx", few, limits).table.num_rows == 2
    assert refused(tmp_path, "many.xlsx", many, limits).rule == "long_text"


def test_a_workbook_with_too_many_sheets_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, "a.xlsx", workbook_good(STANDARD.sheets)).table.num_rows == 1
    assert refused(tmp_path, "b.xlsx", workbook_good(STANDARD.sheets + 1)).rule == "sheets"
