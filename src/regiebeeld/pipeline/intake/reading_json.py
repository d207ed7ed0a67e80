"""Reads JSON (a list of flat objects) and GeoJSON (points) as text; refuses anything nested."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import pyarrow as pa

from regiebeeld.pipeline.intake.delivered import Content, check_header, check_size
from regiebeeld.pipeline.intake.encodings import to_utf8
from regiebeeld.pipeline.intake.limits import MEGABYTE, STANDARD, Limits, RefusedFile

Record = dict[str, Any]
_OBJECT, _LIST, _VALUE = 248, 72, 66


def read_json(body: bytes, limits: Limits = STANDARD) -> Content:
    """Read a list of objects; numbers keep the text they were written with."""
    loaded, encoding = _load(body, limits)
    if not isinstance(loaded, list):
        _refuse("Het bestand is geen lijst van objecten: verwacht wordt [{...}, {...}].")
    return Content(_build_table(loaded, limits), encoding=encoding)


def read_geojson(body: bytes, axes: tuple[str, str] | None, limits: Limits = STANDARD) -> Content:
    """Read points; `axes` are the names of the contract's x and y columns, if it has any."""
    loaded, encoding = _load(body, limits)
    if not isinstance(loaded, dict) or loaded.get("type") != "FeatureCollection":
        _refuse("Het bestand is geen FeatureCollection.")
    if axes is None:
        _refuse("Het contract vraagt geen coördinaten. Lever het bestand als CSV.")
    features = loaded.get("features")
    if not isinstance(features, list):
        _refuse("De FeatureCollection heeft geen lijst van features.")
    records = [_flatten(feature, i, axes) for i, feature in enumerate(features, start=1)]
    return Content(_build_table(records, limits), encoding=encoding, crs=_crs_of(loaded))


def _load(body: bytes, limits: Limits) -> tuple[Any, str]:
    if len(body) > limits.json_bytes:
        most = limits.json_bytes // MEGABYTE
        words = f"Een JSON-bestand mag hoogstens {most} MB zijn. Lever het als CSV."
        raise RefusedFile("file_size", words)
    plain, encoding = to_utf8(body)
    _refuse_many_values(plain, limits)
    try:
        # Text as it was written: 0.10 must not become 0.1, nor a long code a float.
        loaded = json.loads(
            plain,
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_refuse_twice,
        )
    except (ValueError, RecursionError) as fault:
        line = getattr(fault, "lineno", None)
        where = f" bij regel {line}" if line else ""
        words = f"De JSON klopt niet{where}; het bestand kan zijn afgebroken. Maak het opnieuw."
        raise RefusedFile("json", words) from fault
    return loaded, encoding


def _refuse_many_values(plain: bytes, limits: Limits) -> None:
    """Refuse, before anything is made of it, a file whose values would fill the memory.

    Bytes that each kind of value takes in CPython: an empty object is three bytes in the file.
    """
    memory = _OBJECT * plain.count(b"{") + _LIST * plain.count(b"[") + _VALUE * plain.count(b",")
    if memory > limits.json_memory:
        raise RefusedFile(
            "too_many_rows",
            "Het JSON-bestand bevat meer waarden dan er gelezen worden. Lever het als CSV.",
        )


def _refuse(words: str) -> NoReturn:
    raise RefusedFile("json", words)


def _refuse_constant(_: str) -> NoReturn:
    _refuse("De JSON bevat NaN of Infinity. Laat een onbekende waarde leeg (null).")


def _refuse_twice(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise RefusedFile("header_twice", "Een object in de JSON heeft twee keer dezelfde naam.")
    return record


def _flatten(feature: Any, number: int, axes: tuple[str, str]) -> Record:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    record = dict(properties) if isinstance(properties, dict) else {}
    if clash := [axis for axis in axes if axis in record]:
        raise RefusedFile(
            "header_twice", f"Kolom {clash[0]!r} staat in de eigenschappen en is al het punt."
        )
    if geometry is None:
        return record | dict.fromkeys(axes)
    place = geometry.get("coordinates") if isinstance(geometry, dict) else None
    point = isinstance(geometry, dict) and geometry.get("type") == "Point"
    if not point or not isinstance(place, list) or len(place) not in (2, 3):
        raise RefusedFile(
            "geometry", f"Rij {number} is geen punt. Lever alleen punten.", rows=(number,)
        )
    return record | {axes[0]: place[0], axes[1]: place[1]}


def _crs_of(loaded: Record) -> str | None:
    """Read the crs member of older files; without one, GeoJSON is WGS84 by its standard."""
    crs = loaded.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if name.endswith("28992"):
        return "EPSG:28992"
    return "EPSG:4326" if not name or name.endswith(("4326", "CRS84")) else "?"


def _build_table(records: Sequence[Any], limits: Limits) -> pa.Table:
    check_size(len(records), 1, limits)
    names: dict[str, None] = {}
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise RefusedFile("json", f"Rij {number} is geen object.", rows=(number,))
        names.update(dict.fromkeys(record))
        if len(names) > limits.columns:
            break
    header = check_header(tuple(names), limits)
    check_size(len(records), len(header), limits)
    return pa.table(
        {
            name: pa.array(_texts(records, key, place), pa.string())
            for place, (key, name) in enumerate(zip(names, header, strict=True), start=1)
        }
    )


def _texts(records: Sequence[Record], key: str, place: int) -> Iterable[str | None]:
    # A name that the contract does not know may be a person's: only its place is told.
    for number, record in enumerate(records, start=1):
        value = record.get(key)
        if value is not None and not isinstance(value, str | bool):
            words = f"Rij {number}, kolom {place}, bevat een lijst of object. Lever platte velden."
            raise RefusedFile("nested", words, column=f"kolom {place}", rows=(number,))
        yield ("true" if value else "false") if isinstance(value, bool) else value
