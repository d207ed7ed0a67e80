"""Reads a delivered file of any allowed kind into one table of text; judges no value."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import FieldType, Role, fields_with
from regiebeeld.pipeline.intake.delivered import Content, Delivered, Facts
from regiebeeld.pipeline.intake.file_kinds import FileKind, check_name, find_kind, read_file_bytes
from regiebeeld.pipeline.intake.limits import STANDARD, Limits
from regiebeeld.pipeline.intake.reading_csv import read_csv
from regiebeeld.pipeline.intake.reading_json import read_geojson, read_json
from regiebeeld.pipeline.intake.reading_parquet import read_parquet
from regiebeeld.pipeline.intake.reading_workbook import read_workbook

_COMMA, _POINT = "^\\s*[+-]?[0-9]+,[0-9]+\\s*$", "^\\s*[+-]?[0-9]+\\.[0-9]+\\s*$"


def read_delivery(path: Path, source: Source, *, limits: Limits = STANDARD) -> Delivered:
    """Read a file as text, finding its kind, encoding, delimiter and decimal sign.

    The contract is only used to recognise the header and the number columns. Raises RefusedFile
    with words and place for anything that is no single, whole, bounded table.
    """
    check_name(path.name, limits)
    body = read_file_bytes(path, limits)
    kind = find_kind(path.name, body)
    content = _read_content(kind, body, source, limits)
    facts = Facts(
        name=path.name,
        kind=kind,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        encoding=content.encoding,
        delimiter=content.delimiter,
        decimal=_find_decimal(content.table, source),
        sheet=content.sheet,
        crs=content.crs,
        notes=content.notes,
    )
    return Delivered(content.table, facts)


def _read_content(kind: FileKind, body: bytes, source: Source, limits: Limits) -> Content:
    known = source.field_names()
    if kind is FileKind.CSV:
        return read_csv(body, known, limits)
    if kind in (FileKind.XLSX, FileKind.ODS):
        return read_workbook(body, known, limits)
    if kind is FileKind.PARQUET:
        return read_parquet(body, limits)
    if kind is FileKind.GEOJSON:
        return read_geojson(body, _axes(source), limits)
    return read_json(body, limits)


def _axes(source: Source) -> tuple[str, str] | None:
    x = next(fields_with(source.fields, Role.X), None)
    y = next(fields_with(source.fields, Role.Y), None)
    return (x.name, y.name) if x and y else None


def _find_decimal(table: pa.Table, source: Source) -> str:
    """Give the decimal sign that most numbers in the contract's number columns have."""
    commas = points = 0
    for field in source.fields:
        if field.type is FieldType.NUMBER and field.name in table.column_names:
            column = table[field.name]
            commas += pc.sum(pc.match_substring_regex(column, _COMMA)).as_py() or 0
            points += pc.sum(pc.match_substring_regex(column, _POINT)).as_py() or 0
    return "," if commas > points else "."
