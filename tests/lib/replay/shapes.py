"""Features of each year and level from the real files, with snake_case properties and WGS84."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pyproj
import shapely
from pyogrio.raw import read as read_raw

from lib.replay.names import CODES, NAMES_2015, NAMES_2021, NAMES_2024, rename, to_snake
from lib.replay.police_tables import GEMEENTEN, META
from lib.replay.tables import read_list
from lib.replay.topojson import decode_features

Feature: TypeAlias = dict[str, Any]
DECIMALS = 7  # about a centimetre
_SUMMED = ("aantal_inwoners", "aantal_huishoudens")
_SINGULAR = {"gemeenten": "gemeente", "wijken": "wijk", "buurten": "buurt"}


def read_2015(data: Path, collection: str) -> list[Feature]:
    """Twente 2015 as published, its neighbours' buurten included."""
    path = data / f"areas/twente_2015/{_SINGULAR[collection]}.geojson"
    return [
        _feature(rename(one["properties"], NAMES_2015), one["geometry"], collection, 2015)
        for one in _read_json(path)["features"]
    ]


def read_2021(data: Path, collection: str) -> list[Feature]:
    """Twente 2021: buurten from RD, gemeenten as published, wijken dissolved from buurten."""
    if collection == "gemeenten":
        return [
            _feature(rename(one["properties"], NAMES_2021), one["geometry"], collection, 2021)
            for one in _read_json(data / "areas/twente_2021/gemeenten.geojson")["features"]
        ]
    rows, shapes = _read_buurten_2021(data)
    if collection == "wijken":
        return _wijken_2021(data, rows, shapes)
    pairs = zip(rows, _to_wgs84(shapes), strict=True)
    return [_feature(row, _geometry(shape), collection, 2021) for row, shape in pairs]


def read_2023(data: Path, collection: str) -> list[Feature]:
    """Gemeenten 2023 from a saved WFS answer; its ids stay."""
    if collection != "gemeenten":
        return []
    found = _read_json(data / "areas/nl_gemeenten_2023_pdokwfs.json")["features"]
    return [
        {**one, "properties": {to_snake(name): v for name, v in one["properties"].items()}}
        for one in found
    ]


def read_2024(data: Path, collection: str) -> list[Feature]:
    """Gemeenten 2024, coarse, without figures."""
    if collection != "gemeenten":
        return []
    features = []
    for one in _read_json(data / "areas/nl_gemeenten_2024.geojson")["features"]:
        kept = {name: one["properties"][name] for name in ("statcode", "statnaam", "jrstatcode")}
        features.append(_feature(rename(kept, NAMES_2024), one["geometry"], collection, 2024))
    return features


def read_2014(data: Path, collection: str) -> list[Feature]:
    """The eight gemeenten around The Hague in 2014; invalid buurten stay as they are."""
    topology = _read_json(data / "areas/Buurt_2014_layer_q1e3.json")
    mine = [one for one in decode_features(topology, "layer") if one["id"][2:6] in GEMEENTEN]
    if collection != "buurten":
        return _dissolved_2014(mine, collection)
    names = {one["id"]: str(one["properties"]["statnaam"]) for one in mine}
    return [
        _feature(_properties_2014(one["id"], names[one["id"]]), one["geometry"], collection, 2014)
        for one in mine
    ]


def _dissolved_2014(buurten: list[Feature], collection: str) -> list[Feature]:
    prefix, width = ("GM", 4) if collection == "gemeenten" else ("WK", 6)
    groups = defaultdict(list)
    for one in buurten:
        groups[one["id"][2 : 2 + width]].append(_repaired(one["geometry"]))
    return [
        _feature(_properties_2014(prefix + digits), _sound(_union(parts)), collection, 2014)
        for digits, parts in sorted(groups.items())
    ]


READERS: Mapping[int, Callable[[Path, str], list[Feature]]] = {
    2014: read_2014,
    2015: read_2015,
    2021: read_2021,
    2023: read_2023,
    2024: read_2024,
}


def _read_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _feature(
    properties: Mapping[str, object], geometry: object, collection: str, year: int
) -> Feature:
    code = properties[CODES[collection]]
    kept = {"water": "NEE", **properties, "jrstatcode": f"{year}{code}", "jaar": year}
    for technical in ("id", "fid", "gml_id"):
        kept.pop(technical, None)
    return {"type": "Feature", "id": code, "properties": kept, "geometry": geometry}


def _read_buurten_2021(data: Path) -> tuple[list[dict[str, object]], list[shapely.Geometry]]:
    meta, _, shapes, columns = read_raw(data / "areas/twente_2021/buurten.shp")
    values = zip(*(column.tolist() for column in columns), strict=True)
    rows = [rename(dict(zip(meta["fields"], row, strict=True)), NAMES_2021) for row in values]
    return rows, list(shapely.from_wkb(shapes))


def _to_wgs84(shapes: Iterable[shapely.Geometry]) -> list[shapely.Geometry]:
    turn = pyproj.Transformer.from_crs("EPSG:28992", "OGC:CRS84", always_xy=True).transform
    return [shapely.transform(one, turn, interleaved=False) for one in shapes]


def _geometry(shape: shapely.Geometry) -> dict[str, object]:
    rounded = shapely.transform(shape, lambda places: places.round(DECIMALS))
    found: dict[str, object] = json.loads(shapely.to_geojson(rounded))
    return found


def _sound(shape: shapely.Geometry) -> dict[str, object] | None:
    """Rounding each place can make a dissolved shape touch itself; snapping to a grid does not.

    None for an area of which nothing is left: coarse buurten can collapse to a line.
    """
    snapped = shapely.set_precision(shape, 10.0**-DECIMALS)
    return None if snapped.is_empty else _geometry(snapped)


def _wijken_2021(
    data: Path, rows: list[dict[str, object]], shapes: list[shapely.Geometry]
) -> list[Feature]:
    areas = read_list(data / META / "WijkenEnBuurten.csv")
    names = {str(row["Key"]).strip(): row["Title"] for row in areas}
    members = defaultdict(list)
    for place, row in enumerate(rows):
        members[str(row["wijkcode"])].append(place)
    codes = sorted(members)
    outlines = _to_wgs84(_union([shapes[place] for place in members[code]]) for code in codes)
    return [
        _feature(
            _wijk(code, names, [rows[place] for place in members[code]]),
            _sound(shape),
            "wijken",
            2021,
        )
        for code, shape in zip(codes, outlines, strict=True)
    ]


def _wijk(
    code: str, names: Mapping[str, object], buurten: list[dict[str, object]]
) -> dict[str, object]:
    sums = {
        name: sum(int(str(row[name])) for row in buurten if int(str(row[name])) >= 0)
        for name in _SUMMED
    }
    return {
        "wijkcode": code,
        "wijknaam": names.get(code, f"Wijk {code[2:]}"),
        "gemeentecode": buurten[0]["gemeentecode"],
        "gemeentenaam": buurten[0]["gemeentenaam"],
        **sums,
    }


def _properties_2014(code: str, name: str | None = None) -> dict[str, object]:
    gemeente = code[2:6]
    top: dict[str, object] = {"gemeentecode": f"GM{gemeente}", "gemeentenaam": GEMEENTEN[gemeente]}
    if code.startswith("GM"):
        return top
    wijk = {"wijkcode": f"WK{code[2:8]}"}
    if code.startswith("WK"):
        return {**wijk, "wijknaam": f"Wijk {code[2:]}", **top}
    return {"buurtcode": code, "buurtnaam": name, **wijk, **top}


def _repaired(geometry: Mapping[str, Any]) -> shapely.Geometry:
    """Make a valid shape; a ring of fewer than four places has no surface and is left out."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    shells = [
        shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) > 3])
        for rings in polygons
        if rings and len(rings[0]) > 3
    ]
    return shapely.make_valid(shapely.MultiPolygon(shells))


def _union(parts: list[shapely.Geometry]) -> shapely.Geometry:
    """Dissolve, and keep surfaces only: lines left by a repair are dropped."""
    whole = shapely.union_all(parts)
    surfaces = [one for one in shapely.get_parts(whole) if one.geom_type == "Polygon"]
    return shapely.union_all(surfaces)
