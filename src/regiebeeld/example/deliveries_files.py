"""Writes a table in the file forms that partners use; equal tables give equal bytes."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

# Workbooks hold when they were made; a fixed moment keeps their bytes equal.
_MADE = datetime(2025, 1, 1)
_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text")
)


class FileForm(StrEnum):
    """How a partner writes a file; `csv_latin` is what an old Dutch system exports."""

    CSV_EXCEL = "csv_excel"  # UTF-8 with BOM, `;`
    CSV_LATIN = "csv_latin"  # Windows-1252, `;`, decimal comma
    CSV_PLAIN = "csv_plain"  # UTF-8, `,`
    XLSX = "xlsx"
    ODS = "ods"
    JSON = "json"
    PARQUET = "parquet"

    @property
    def suffix(self) -> str:
        return ".csv" if self.value.startswith("csv") else f".{self.value}"


def write_table(path: Path, table: pa.Table, form: FileForm) -> None:
    """Write a table of text and numbers; null is empty."""
    _WRITERS[form](path, table)


def _write_csv_excel(path: Path, table: pa.Table) -> None:
    path.write_bytes(_csv_text(table, ";").encode("utf-8-sig"))


def _write_csv_latin(path: Path, table: pa.Table) -> None:
    path.write_bytes(_csv_text(table, ";", comma=True).encode("cp1252"))


def _write_csv_plain(path: Path, table: pa.Table) -> None:
    path.write_bytes(_csv_text(table, ",").encode())


def _csv_text(table: pa.Table, delimiter: str, *, comma: bool = False) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(table.column_names)
    columns = [
        [str(v).replace(".", ",") if isinstance(v, float) else v for v in column.to_pylist()]
        if comma
        else column.to_pylist()
        for column in table.columns
    ]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


def _write_xlsx(path: Path, table: pa.Table) -> None:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet("levering")
        sheet.write_row(0, 0, table.column_names)
        for number, column in enumerate(table.columns):
            write = sheet.write_string if _is_text(column) else sheet.write_number
            for row, value in enumerate(column.to_pylist(), start=1):
                if value is not None:
                    write(row, number, value)


def _is_text(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(column.type))


def _write_ods(path: Path, table: pa.Table) -> None:
    rows = [table.column_names, *zip(*(c.to_pylist() for c in table.columns), strict=True)]
    lines = ("".join(map(_ods_cell, row)) for row in rows)
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_SPACES} '
        'office:version="1.2"><office:body><office:spreadsheet><table:table table:name="levering">'
        f"{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    parts = {"mimetype": _ODS, "content.xml": content, "META-INF/manifest.xml": manifest}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _ZIP_MOMENT), text, compress_type=kind)


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    shown = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string">{shown}</table:table-cell>'
    number = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {number}>{shown}</table:table-cell>"


def _write_json(path: Path, table: pa.Table) -> None:
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in table.to_pylist())
    path.write_text(f"[\n{rows}\n]\n", encoding="utf-8", newline="\n")


def _write_parquet(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="zstd")


_WRITERS: dict[FileForm, Callable[[Path, pa.Table], None]] = {
    FileForm.CSV_EXCEL: _write_csv_excel,
    FileForm.CSV_LATIN: _write_csv_latin,
    FileForm.CSV_PLAIN: _write_csv_plain,
    FileForm.XLSX: _write_xlsx,
    FileForm.ODS: _write_ods,
    FileForm.JSON: _write_json,
    FileForm.PARQUET: _write_parquet,
}
