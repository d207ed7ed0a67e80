"""Builders for contracts and delivered files of the intake: the common case is one word."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import Crs, Field, FieldType, Role
from regiebeeld.catalogue.models import SourceTerms
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.findings import DeliveryReport, Earlier
from regiebeeld.pipeline.intake.reading import read_delivery

TODAY = date(2026, 7, 1)
TEXT, MOMENT = FieldType.STRING, FieldType.TIMESTAMP
EVENT_FIELDS = (
    Field("nummer", Role.ROW_KEY, TEXT, required=True, pattern="[A-Z0-9-]{1,20}"),
    Field("soort", Role.EVENT_SET, TEXT, required=True, values=("A20", "A21")),
    Field("begin", Role.BEGIN, MOMENT, required=True, format="yyyy-MM-dd HH:mm:ss"),
    Field("eind", Role.END, MOMENT, format="yyyy-MM-dd HH:mm:ss"),
    Field("postcode", Role.POSTCODE6, TEXT),
    Field("buurt", Role.AREA_NAME, TEXT),
    Field("x", Role.X, FieldType.INTEGER, crs=Crs.RD),
    Field("y", Role.Y, FieldType.INTEGER, crs=Crs.RD),
    Field("graden", Role.DROP, FieldType.NUMBER, minimum=-40, maximum=50),
)
COUNT_FIELDS = (
    Field("gebied", Role.AREA_CODE, TEXT, required=True),
    Field("maand", Role.PERIOD, TEXT, required=True, format="periode"),
    Field("soort", Role.EVENT_SET, TEXT, required=True, values=("totaal", "inbraak", "poging")),
    Field("aantal", Role.COUNT, FieldType.INTEGER, required=True),
)
GOOD = {
    "nummer": "Z-1", "soort": "A20", "begin": "2026-05-04 10:00:00", "eind": "2026-05-04 12:00:00",
    "postcode": "7511 AB", "buurt": "De Hoogte", "x": "257000", "y": "471000", "graden": "11.2",
}  # fmt: skip
GOOD_COUNT = {"gebied": "BU01531203", "maand": "2026-05", "soort": "inbraak", "aantal": "3"}


def source(fields: Sequence[Field] = EVENT_FIELDS, name: str = "proef", **terms: Any) -> Source:
    filled = {
        "kind": "delivery", "table": "t", "publisher": "p", "content": "counts", "grain": "event",
        "unit": "registratie", **terms,
    }  # fmt: skip
    names = tuple(field.name for field in fields)
    return Source(
        name,
        "Proef",
        "",
        "",
        "1.0.0",
        names,
        SourceTerms.model_validate(filled),
        fields=tuple(fields),
    )


def counts_source(**terms: Any) -> Source:
    return source(COUNT_FIELDS, "tellingen", grain="count", total="totaal", **terms)


def csv_text(rows: Sequence[dict[str, str]], delimiter: str = ";") -> str:
    names = list(rows[0])
    lines = [delimiter.join(names)] + [delimiter.join(row[name] for name in names) for row in rows]
    return "\n".join(lines) + "\n"


def check_text(
    folder: Path,
    text: str | bytes,
    of: Source,
    *,
    earlier: Earlier | None = None,
    others: Sequence[Source] = (),
) -> DeliveryReport:
    """Write a CSV, read it and check it."""
    path = folder / "levering.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return check_delivery(read_delivery(path, of), of, earlier=earlier, today=TODAY, others=others)


def check_rows_of(
    folder: Path, rows: Sequence[dict[str, str]], of: Source, **more: Any
) -> DeliveryReport:
    return check_text(folder, csv_text(rows), of, **more)


def errors_of(report: DeliveryReport) -> set[str]:
    return {found.rule for found in report.errors}


def zipped(members: dict[str, bytes | str]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


def ods(rows: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Blad1">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def ods_row(*cells: str, more: str = "") -> str:
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row{more}>{inner}</table:table-row>"


def table_of(rows: Sequence[dict[str, str]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows))
