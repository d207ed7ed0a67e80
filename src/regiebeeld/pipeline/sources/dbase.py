"""Attributes of a shapefile (dBASE) as text, numbers as written; reads no memo fields."""

import struct
from dataclasses import dataclass

import pyarrow as pa

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.text_tables import check_twice

_HEADER, _FIELD = 32, 32
_DELETED = 0x2A  # an asterisk: GDAL skips such a record, so it is skipped here too


@dataclass(frozen=True)
class _Field:
    name: str
    kind: str
    start: int
    width: int


def read_dbase(body: bytes, *, name: str, encoding: str | None = None) -> pa.Table:
    """Read a .dbf to text columns; blank numbers are null, text loses its trailing padding only.

    Layout: dBASE III, 32 bytes of header, 32 a field, records of fixed width.
    Raises FetchError when there are fewer records than the header announces.
    """
    if len(body) < _HEADER:
        raise FetchError(f"{name} is leeg of afgebroken; haal het bestand opnieuw op")
    count, header, width = struct.unpack_from("<IHH", body, 4)
    fields = _read_fields(body, header)
    if len(body) < header + count * width:
        whole = (len(body) - header) // width
        raise FetchError(
            f"{name} kondigt {count} rijen aan en bevat er {whole}; haal het bestand opnieuw op"
        )
    if not fields or sum(field.width for field in fields) + 1 != width:
        raise ContractError(
            f"{name}: de kolommen passen niet bij de breedte van een rij; het bestand is beschadigd"
        )
    records = [
        body[header + place * width : header + (place + 1) * width] for place in range(count)
    ]
    return _write_table(
        [each for each in records if each[0] != _DELETED], fields, name=name, encoding=encoding
    )


def _write_table(
    records: list[bytes], fields: list[_Field], *, name: str, encoding: str | None
) -> pa.Table:
    check_twice([field.name for field in fields], where=name)
    encoding = encoding or _find_encoding(records)
    try:
        columns = {
            field.name: [_read_cell(record, field, encoding) for record in records]
            for field in fields
        }
    except (UnicodeDecodeError, LookupError) as fault:
        raise ContractError(
            f"{name}: de tekst past niet bij codering {encoding} ({fault}); verbeter het "
            ".cpg-bestand"
        ) from fault
    table = pa.table({column: pa.array(cells, pa.string()) for column, cells in columns.items()})
    return table.replace_schema_metadata({b"encoding": encoding.encode()})


def _read_fields(body: bytes, header: int) -> list[_Field]:
    fields, start = [], 1
    for place in range(_HEADER, header - _FIELD + 1, _FIELD):
        if body[place] == 0x0D:
            break
        name = body[place : place + 11].split(b"\0")[0].decode("latin-1")
        fields.append(_Field(name, chr(body[place + 11]), start, body[place + 16]))
        start += body[place + 16]
    return fields


def _find_encoding(records: list[bytes]) -> str:
    try:
        b"".join(records).decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _read_cell(record: bytes, field: _Field, encoding: str) -> str | None:
    text = record[field.start : field.start + field.width].decode(encoding).rstrip("\0 ")
    if field.kind == "C":
        return text
    return text.strip() or None
