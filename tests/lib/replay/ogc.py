"""OGC API Features part 1 as PDOK speaks it: GeoJSON only, paging by `rel=next`, WGS84 only."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from lib.replay.answers import Answer, Request, json_answer, link
from lib.replay.features import Box, Features, bounds, overlaps
from lib.replay.shapes import Feature

GEOJSON = "application/geo+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
DEFAULT_LIMIT, MAX_LIMIT = 10, 1000
_PATH = re.compile(r"^/cbs/wijken-en-buurten-(\d{4})/ogc/v1(/.*)?$")
_RESERVED = {"f", "limit", "cursor", "bbox", "crs", "bbox-crs"}


class ParameterError(ValueError):
    """A query parameter that is unknown or cannot be read; becomes an answer 400."""


def answer_ogc(request: Request, features: Features) -> Answer | None:
    """Answer an address of the OGC API; None when the address is not one."""
    found = _PATH.match(request.path)
    if found is None:
        return None
    year = int(found[1])
    if year not in features.years():
        return _problem(404, "Not Found", f"dataset of {year} not found")
    try:
        return _answer_year(request, features, year, (found[2] or "").strip("/").split("/"))
    except ParameterError as fault:
        return _problem(400, "Bad Request", str(fault))


def _answer_year(request: Request, features: Features, year: int, path: list[str]) -> Answer:
    match path:
        case [""]:
            return json_answer({"title": f"CBS Wijken en Buurten {year}", "links": []})
        case ["collections"]:
            names = features.collections(year)
            body = [_collection(request, one, f"{request.path.rstrip('/')}/{one}") for one in names]
            return json_answer({"links": [], "collections": body})
        case ["collections", name] if features.read(year, name):
            return json_answer(_collection(request, name, request.path))
        case ["collections", name, "items"] if (layer := features.read(year, name)) is not None:
            return _answer_items(request, layer)
        case ["collections", name, "items", key] if (
            layer := features.read(year, name)
        ) is not None:
            return _answer_item(layer, key)
    return _problem(404, "Not Found", f"{request.path} not found")


def _collection(request: Request, name: str, path: str) -> dict[str, object]:
    items = {"rel": "items", "type": GEOJSON, "href": f"{request.base}{path}/items?f=json"}
    return {"id": name, "title": name, "itemType": "feature", "crs": [CRS84], "links": [items]}


def _answer_items(request: Request, layer: Sequence[Feature]) -> Answer:
    query = request.query
    wanted = _filtered(layer, query)
    limit, start = _limit(query), _read_cursor(query.get("cursor"))
    page = wanted[start : start + limit]
    links = [{"rel": "self", "type": GEOJSON, "href": link(request, query)}]
    if start + limit < len(wanted):
        following = link(request, {**query, "cursor": _write_cursor(start + limit)})
        links.append({"rel": "next", "type": GEOJSON, "title": "Next page", "href": following})
    body = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "links": links,
        "features": list(page),
        "numberReturned": len(page),
    }
    return json_answer(body, content_type=GEOJSON)


def _answer_item(layer: Sequence[Feature], key: str) -> Answer:
    found = [one for one in layer if str(one["id"]) == key]
    if not found:
        return _problem(404, "Not Found", f"feature {key} not found")
    return json_answer(found[0], content_type=GEOJSON)


def _filtered(layer: Sequence[Feature], query: Mapping[str, str]) -> Sequence[Feature]:
    if query.get("f", "json") != "json" or query.get("crs", CRS84) != CRS84:
        raise ParameterError("only f=json and CRS84 are supported")
    wanted = {name: value for name, value in query.items() if name not in _RESERVED}
    known = {name for one in layer for name in one["properties"]}
    if set(wanted) - known:
        raise ParameterError(f"unknown query parameter(s) found: {sorted(set(wanted) - known)}")
    box = read_box(query["bbox"]) if "bbox" in query else None
    return [one for one in layer if _matches(one, wanted) and (box is None or _inside(one, box))]


def _matches(feature: Feature, wanted: Mapping[str, str]) -> bool:
    properties: Mapping[str, object] = feature["properties"]
    return all(str(properties.get(name)) == value for name, value in wanted.items())


def _inside(feature: Feature, box: Box) -> bool:
    return overlaps(bounds(feature["geometry"]), box)


def read_box(text: str) -> Box:
    """Read `west,south,east,north`; raise ParameterError."""
    try:
        west, south, east, north = (float(part) for part in text.split(",")[:4])
    except ValueError as fault:
        raise ParameterError("bbox should contain four numbers separated by commas") from fault
    return west, south, east, north


def _limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", str(DEFAULT_LIMIT))
    if not text.isdigit() or int(text) < 1:
        raise ParameterError("limit must be a positive number")
    return min(int(text), MAX_LIMIT)


def _write_cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"from|{start}".encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> int:
    if text is None:
        return 0
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        return int(plain.removeprefix("from|"))
    except (binascii.Error, ValueError) as fault:
        raise ParameterError("cursor cannot be read") from fault


def _problem(status: int, title: str, detail: str) -> Answer:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    body = {"detail": detail, "status": status, "timeStamp": moment, "title": title}
    return json_answer(body, status=status, content_type="application/problem+json")
