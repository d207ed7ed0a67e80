"""WFS 2.0.0 GetFeature with GeoJSON output as PDOK speaks it: camelCase names and pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

import pyproj

from lib.replay.answers import Answer, Request, json_answer, text_answer
from lib.replay.features import Features
from lib.replay.names import to_camel
from lib.replay.shapes import Feature

MAX_COUNT = 1000
Turn: TypeAlias = Callable[..., tuple[float, float]]
WGS84 = ("", "EPSG:4326", "URN:OGC:DEF:CRS:EPSG::4326", "URN:OGC:DEF:CRS:OGC:1.3:CRS84", "CRS84")
RD = ("EPSG:28992", "URN:OGC:DEF:CRS:EPSG::28992")
_PATH = re.compile(r"^/cbs/wijkenbuurten/(\d{4})/wfs/v1_0/?$")


def answer_wfs(request: Request, features: Features) -> Answer | None:
    """Answer an address of the WFS; None when the address is not one."""
    found = _PATH.match(request.path)
    if found is None:
        return None
    asked = {name.lower(): value for name, value in request.query.items()}
    if asked.get("request", "").lower() != "getfeature":
        return _exception("OperationNotSupported", "request", "only GetFeature is supported")
    if "json" not in asked.get("outputformat", ""):
        return _exception("InvalidParameterValue", "outputFormat", "only json is supported")
    name = asked.get("typenames", asked.get("typename", "")).removeprefix("wijkenbuurten:")
    layer = features.read(int(found[1]), name)
    if layer is None:
        return _exception("InvalidParameterValue", "typename", f"unknown feature type '{name}'")
    return _answer_layer(asked, name, layer)


def _answer_layer(asked: Mapping[str, str], name: str, layer: Sequence[Feature]) -> Answer:
    reference = asked.get("srsname", "").upper()
    if reference not in (*WGS84, *RD):
        return _exception("InvalidParameterValue", "srsName", f"unknown '{reference}'")
    numbers = (asked.get("startindex", "0"), asked.get("count", str(MAX_COUNT)))
    if not all(text.isdigit() for text in numbers):
        return _exception("InvalidParameterValue", "count", "count and startIndex are numbers")
    start, count = int(numbers[0]), min(int(numbers[1]), MAX_COUNT)
    page = [_camel(one, name) for one in layer[start : start + count]]
    body: dict[str, object] = {"type": "FeatureCollection", "name": name}
    if reference in RD:
        turn = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:28992", always_xy=True).transform
        page = [{**one, "geometry": _turned(one["geometry"], turn)} for one in page]
        body["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    body |= {"numberMatched": len(layer), "numberReturned": len(page), "features": page}
    return json_answer(body, content_type="application/json; subtype=geojson; charset=utf-8")


def _camel(feature: Feature, name: str) -> dict[str, Any]:
    properties: Mapping[str, object] = feature["properties"]
    key = str(feature["id"])
    return {
        "type": "Feature",
        "geometry": feature["geometry"],
        "properties": {to_camel(one): value for one, value in properties.items()},
        "id": key if key.startswith(f"{name}.") else f"{name}.{key}",
    }


def _turned(geometry: Mapping[str, Any] | None, turn: Turn) -> dict[str, Any] | None:
    if geometry is None:
        return None
    return {**geometry, "coordinates": _turned_places(geometry["coordinates"], turn)}


def _turned_places(nested: Sequence[Any], turn: Turn) -> list[Any]:
    if nested and isinstance(nested[0], int | float):
        return [round(number, 3) for number in turn(nested[0], nested[1])]
    return [_turned_places(inner, turn) for inner in nested]


def _exception(code: str, locator: str, text: str) -> Answer:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">'
        f'<ows:Exception exceptionCode="{code}" locator="{locator}">'
        f"<ows:ExceptionText>{escape(text)}</ows:ExceptionText></ows:Exception>"
        "</ows:ExceptionReport>"
    )
    return text_answer(body, "text/xml; charset=utf-8", status=400)
