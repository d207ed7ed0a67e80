"""Reads a file with only the words of a contract that reading needs; knows no catalogue.

So it can run in a small process of its own, see `reading_apart`.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.pipeline.intake.delivered import Content, Delivered, Facts, safe_sheet
from regiebeeld.pipeline.intake.file_kinds import FileKind, check_name, find_kind, read_file_bytes
from regiebeeld.pipeline.intake.limits import STANDARD, Limits
from regiebeeld.pipeline.intake.reading_csv import read_csv
from regiebeeld.pipeline.intake.reading_json import read_geojson, read_json
from regiebeeld.pipeline.intake.reading_parquet import read_parquet
from regiebeeld.pipeline.intake.reading_workbook import read_workbook
from regiebeeld.pipeline.intake.tidying import tidy

_COMMA, _POINT = "^\\s*[+-]?[0-9]+,[0-9]+\\s*$", "^\\s*[+-]?[0-9]+\\.[0-9]+\\s*$"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns of a contract, those that are numbers, its x and y, and its template's texts."""

    names: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    axes: tuple[str, str] | None = None
    own: Mapping[str, Collection[str]] = field(default_factory=dict)


def read_wanted(path: Path, wanted: Wanted, *, limits: Limits = STANDARD) -> Delivered:
    """Read a file as text; raises RefusedFile, see `reading.read_delivery`."""
    check_name(path.name, limits)
    body = read_file_bytes(path, limits)
    kind = find_kind(path.name, body, limits)
    content = tidy(_read_content(kind, body, wanted, limits), wanted.names, limits)
    facts = Facts(
        name=path.name,
        kind=kind,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        encoding=content.encoding,
        delimiter=content.delimiter,
        decimal=_find_decimal(content.table, wanted),
        sheet=safe_sheet(content.sheet),
        crs=content.crs,
        notes=content.notes,
    )
    return Delivered(content.table, facts, content.places)


def _read_content(kind: FileKind, body: bytes, wanted: Wanted, limits: Limits) -> Content:
    if kind is FileKind.CSV:
        return read_csv(body, wanted.names, limits)
    if kind in (FileKind.XLSX, FileKind.ODS):
        return read_workbook(body, wanted.names, limits, own=wanted.own)
    if kind is FileKind.PARQUET:
        return read_parquet(body, limits)
    if kind is FileKind.GEOJSON:
        return read_geojson(body, wanted.axes, limits)
    return read_json(body, limits)


def _find_decimal(table: pa.Table, wanted: Wanted) -> str:
    """Give the decimal sign that most numbers in the contract's number columns have."""
    commas = points = 0
    for name in wanted.numbers:
        if name in table.column_names:
            commas += pc.sum(pc.match_substring_regex(table[name], _COMMA)).as_py() or 0
            points += pc.sum(pc.match_substring_regex(table[name], _POINT)).as_py() or 0
    return "," if commas > points else "."
