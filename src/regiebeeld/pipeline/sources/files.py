"""Fetches a file that somebody already has, as it lies there; refuses one that is not whole."""

import hashlib
import tempfile
from pathlib import Path

import pyarrow as pa

from regiebeeld.domain import FetchError
from regiebeeld.pipeline.sources.archives import (
    choose_member,
    copy_siblings,
    opened_zip,
    unpack_gzip,
    unpack_member,
    unpack_siblings,
)
from regiebeeld.pipeline.sources.copies import Gathered, Snapshot, newest_snapshot, write_snapshot
from regiebeeld.pipeline.sources.drafts import drafting
from regiebeeld.pipeline.sources.requests import TableRequest, refuse_terms
from regiebeeld.pipeline.sources.spelled_json import read_json
from regiebeeld.pipeline.sources.statline_csv import read_statline_or_plain
from regiebeeld.pipeline.sources.text_files import TextFile, read_text
from regiebeeld.pipeline.sources.text_tables import check_columns
from regiebeeld.pipeline.sources.vector_files import Found, read_json_table, read_shapefile

DATA = "data"
JSON_SUFFIXES = (".json", ".geojson", ".topojson")
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
READABLE = (*TEXT_SUFFIXES, *JSON_SUFFIXES, ".shp", ".gz")


def read_file(path: Path, *, member: str | None = None) -> tuple[pa.Table, dict[str, str]]:
    """Read a file of any kind we know to text columns; give it with what was found out about it.

    `member` names one file inside a zip or one layer of a TopoJSON. Raises
    FetchError for a file that is absent or cut off, ContractError for one that
    is no table.
    """
    return _read_path(path, _read_bytes(path), member)


def fetch_file(request: TableRequest, *, copies: Path, anew: bool = False) -> tuple[Snapshot, bool]:
    """Copy a file to a snapshot with one part `data`; the flag tells whether it is new.

    The hash of the bytes stands where a source would state its date of change.
    """
    refuse_terms(request)
    path, member = split_address(request.table)
    body = _read_bytes(path)
    modified = f"sha256:{_hash(path, body)}"
    standing = newest_snapshot(copies, request.source, request.hash)
    if standing and standing.modified == modified and not anew:
        return standing, False
    with drafting(request, copies, modified) as draft:
        table, facts = _read_path(path, body, member)
        check_columns(table.column_names, request.columns, where=path.name)
        gathered = Gathered({DATA: table}, DATA, modified, (request.table,), facts)
        return write_snapshot(copies, request, gathered, draft=draft.folder / "whole"), True


def split_address(table: str) -> tuple[Path, str | None]:
    """Split `map.zip#bestand.csv` in the path and the member; a path without # has none."""
    path, _, member = table.partition("#")
    return Path(path), member or None


def _hash(path: Path, body: bytes) -> str:
    digest = hashlib.sha256(body)
    if path.suffix.lower() == ".shp":
        for sibling in sorted(
            each for each in path.parent.iterdir() if each.stem == path.stem and each != path
        ):
            digest.update(sibling.name.encode() + sibling.read_bytes())
    return digest.hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise FetchError(
            f"{path} is niet te lezen ({fault.strerror}); controleer de plaats en de rechten"
        ) from fault


def _read_path(path: Path, body: bytes, member: str | None) -> Found:
    suffix = path.suffix.lower()
    if suffix == ".zip" or body[:4] == b"PK\x03\x04":
        return _read_zip(body, member, name=path.name)
    if suffix == ".shp":
        with tempfile.TemporaryDirectory() as folder:
            return read_shapefile(copy_siblings(path, Path(folder)), name=path.name)
    if suffix == ".gz":
        return _read_plain(
            unpack_gzip(body, name=path.name), member, name=path.name, suffix=Path(path.stem).suffix
        )
    return _read_plain(body, member, name=path.name, suffix=suffix)


def _read_zip(body: bytes, member: str | None, *, name: str) -> Found:
    with opened_zip(body, name=name) as archive:
        chosen = choose_member(archive, member, name=name, suffixes=READABLE)
        if chosen.lower().endswith(".shp"):
            with tempfile.TemporaryDirectory() as folder:
                table, facts = read_shapefile(
                    unpack_siblings(archive, chosen, Path(folder), name=name),
                    name=f"{name}#{chosen}",
                )
        else:
            inside = unpack_member(archive, chosen, name=name)
            table, facts = _read_plain(
                inside, None, name=f"{name}#{chosen}", suffix=Path(chosen).suffix
            )
    return table, {**facts, "member": chosen}


def _read_plain(body: bytes, member: str | None, *, name: str, suffix: str) -> Found:
    text = read_text(body, name=name)
    if suffix.lower() not in JSON_SUFFIXES:
        return read_statline_or_plain(text)
    table, facts = read_json_table(_parse(text), name=name, layer=member)
    return table, {**facts, "encoding": text.encoding}


def _parse(text: TextFile) -> object:
    try:
        return read_json(text.body)
    except ValueError as fault:
        raise FetchError(
            f"{text.name} is geen hele JSON ({fault}); haal het bestand opnieuw op"
        ) from fault
