"""Searches everything that was written for words: raw bytes, and what is packed inside them."""

import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq


def find_words(folders: Iterable[Path], words: Iterable[str]) -> list[str]:
    """Give `file: word` for every word found in a name or in the content of a file."""
    found = []
    for path in (path for folder in folders for path in folder.rglob("*")):
        texts = [path.name.encode(), *(list(read_inside(path)) if path.is_file() else [])]
        for word in words:
            spelled = (word.encode(), word.encode("utf-16-le"))
            if any(s.lower() in text.lower() for text in texts for s in spelled):
                found.append(f"{path}: {word}")
    return found


def read_inside(path: Path) -> Iterator[bytes]:
    """Give the bytes of a file, and in plain text what a packed file holds."""
    raw = path.read_bytes()
    yield raw
    if raw[:4] == b"PAR1":
        table = pq.read_table(path)
        yield str(table.to_pylist()).encode() + str(table.schema.metadata).encode()
    elif raw[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif raw[:6] == b"SQLite":
        with sqlite3.connect(path) as connection:
            yield "\n".join(connection.iterdump()).encode()
        connection.close()
    elif raw[8:12] == b"DUCK":
        with duckdb.connect(str(path), read_only=True) as connection:
            sql = "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR'"
            for table, column in connection.sql(sql + " AND NOT internal").fetchall():
                told = connection.sql(f'SELECT DISTINCT "{column}" FROM "{table}"')
                yield str(told.fetchall()).encode()
