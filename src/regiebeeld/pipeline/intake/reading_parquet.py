"""Reads a Parquet file as text; refuses nested columns and files that grow beyond the limits."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regiebeeld.pipeline.intake.delivered import Content, check_header, check_size
from regiebeeld.pipeline.intake.limits import MEGABYTE, STANDARD, Limits, RefusedFile

_BATCH = 65_536
# These come as a dictionary, so that their length is known before they are written out.
_TEXT_TYPES = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
)
_SMALL_TYPES = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_null,
)


def read_parquet(body: bytes, limits: Limits = STANDARD) -> Content:
    """Read all columns and write their values as text; raise RefusedFile for what cannot be."""
    try:
        return Content(_read(body, limits))
    except (RefusedFile, MemoryError):
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as fault:
        words = "Het Parquet-bestand is niet heel of van een soort die niet wordt gelezen."
        raise RefusedFile("file_cut", words + " Maak het opnieuw.") from fault


def _read(body: bytes, limits: Limits) -> pa.Table:
    buffer = pa.BufferReader(body)
    about = pq.read_metadata(buffer)
    schema = pq.read_schema(pa.BufferReader(body))
    names = check_header(schema.names, limits)
    check_size(about.num_rows, len(names), limits)
    for place, column in enumerate(schema, start=1):
        _refuse_type(place, column.type)
    # A file of kilobytes can name one long text a million times: kept as a dictionary until
    # its length is known.
    texts = [column.name for column in schema if _is_text(column.type)]
    file = pq.ParquetFile(pa.BufferReader(body), read_dictionary=texts)
    pieces, size, rows = [], 0, 0
    for batch in file.iter_batches(batch_size=_BATCH):
        size += sum(_bytes_as_text(column) for column in batch.columns)
        rows += batch.num_rows
        check_size(rows, len(names), limits)
        if size > limits.unpacked_bytes:
            most = limits.unpacked_bytes // MEGABYTE
            words = f"De tabel wordt groter dan {most} MB. Lever hem per jaar."
            raise RefusedFile("zip_bomb", words)
        pieces.append(pa.table([_to_text(column) for column in batch.columns], names=names))
    return pa.concat_tables(pieces)


def _refuse_type(place: int, kind: pa.DataType) -> None:
    """Raise RefusedFile for a type that is not known to be flat and small; tells no name."""
    if pa.types.is_nested(kind):
        words = f"Kolom {place} bevat lijsten of objecten. Lever platte velden."
        raise RefusedFile("nested", words, column=f"kolom {place}")
    if not _is_text(kind) and not any(known(kind) for known in _SMALL_TYPES):
        words = f"Kolom {place} heeft een type dat niet wordt gelezen. Lever tekst of getallen."
        raise RefusedFile("column_type", words, column=f"kolom {place}")


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return any(known(kind) for known in _TEXT_TYPES)


def _bytes_as_text(column: pa.Array) -> int:
    if pa.types.is_dictionary(column.type):
        longest = pc.max(pc.binary_length(column.dictionary)).as_py() or 0
        return len(column) * (4 + int(longest))
    return len(column) * 24


def _to_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            column = pc.local_timestamp(column)
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
    if pa.types.is_binary(kind):
        return column.cast(pa.string())  # raises for bytes that are no text
    if pa.types.is_floating(kind):
        whole = pc.all(pc.equal(column, pc.floor(column))).as_py()
        small = pc.all(pc.less(pc.abs(column), 2.0**53)).as_py()
        if whole and small:
            return column.cast(pa.int64()).cast(pa.string())
    return column.cast(pa.string())
