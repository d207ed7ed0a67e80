"""OData v4 as CBS speaks it, from verbatim captures of one table."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from lib.replay.answers import Answer, Request, json_answer, link, text_answer
from lib.replay.odata_filter import QueryError
from lib.replay.odata_query import read_page
from lib.replay.tables import as_table

ROOT = "/odata/v1"
REAL_HOST = "https://datasets.cbs.nl"
_FILES = {
    "Dimensions": "dimensions.json",
    "MeasureCodes": "measure-codes.json",
    "Observations": "observations-page-1.json",
}
_DATASET = ("Identifier", "Title", "Description", "Language", "Catalog", "Version", "Status")
_DATASET_MOMENTS = ("Modified", "ReleaseDate", "ObservationCount", "ObservationsModified")


class Captures:
    """The captured tables in one folder, read when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read_before: dict[tuple[str, str], pa.Table] = {}
        self.changed: dict[tuple[str, str], pa.Table] = {}
        self.modified: dict[str, str] = {}
        self.lock = threading.Lock()

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir())

    def properties(self, name: str) -> dict[str, object]:
        """Read Properties as captured, with another moment of change when a test set one."""
        found: dict[str, object] = _read_json(self.folder / name / "properties.json")
        moment = self.modified.get(name)
        return {**found, "Modified": moment, "ObservationsModified": moment} if moment else found

    def entity_sets(self, name: str) -> list[str]:
        dimensions = [row["Identifier"] for row in self.rows(name, "Dimensions").to_pylist()]
        pairs = [f"{one}{kind}" for one in dimensions for kind in ("Groups", "Codes")]
        return ["MeasureGroups", "MeasureCodes", "Dimensions", *pairs, "Observations", "Properties"]

    def rows(self, name: str, entity: str) -> pa.Table:
        """Read an entity set as a table; raise FileNotFoundError for an unknown one."""
        key = (name, entity)
        with self.lock:
            if key not in self.read_before and key not in self.changed:
                self.read_before[key] = as_table(_read_entity(self.folder / name, entity))
            return self.changed.get(key, self.read_before.get(key))


def answer_odata4(request: Request, captures: Captures, page_size: int) -> Answer | None:
    """Answer an address of OData v4; None when the address is not one."""
    if not request.path.startswith(ROOT):
        return None
    match request.path.removeprefix(ROOT).strip("/").split("/"):
        case ["Catalogs"]:
            return _answer_list(request, [{"Identifier": "CBS", "Title": "CBS databank StatLine"}])
        case ["Datasets"] | ["CBS", "Datasets"]:
            return _answer_list(request, [_dataset(captures, one) for one in captures.names()])
        case ["CBS", name] if name in captures.names():
            return _answer_service(request, captures, name)
        case ["CBS", name, "Properties"] if name in captures.names():
            return _own_links(request, json_answer(captures.properties(name)))
        case ["CBS", name, entity, *rest] if name in captures.names():
            return _answer_entity(
                request, captures, (name, entity), page_size, count=rest == ["$count"]
            )
    return _fault(404, "Not found")


def _answer_entity(
    request: Request, captures: Captures, key: tuple[str, str], page_size: int, *, count: bool
) -> Answer:
    if key[1] not in captures.entity_sets(key[0]):
        return _fault(404, f"No entity set '{key[1]}'")
    try:
        page = read_page(captures.rows(*key), request.query, None if count else page_size)
    except QueryError as fault:
        return _fault(400, str(fault))
    if count:
        return text_answer(str(page.count), "text/plain")
    body: dict[str, object] = {"@odata.context": _context(request, key)}
    if request.query.get("$count") == "true":
        body["@odata.count"] = page.count
    body["value"] = page.rows.to_pylist()
    if page.following:
        body["@odata.nextLink"] = link(request, page.following)
    return _own_links(request, json_answer(body))


def _context(request: Request, key: tuple[str, str]) -> str:
    return f"{request.base}{ROOT}/CBS/{key[0]}/$metadata#{key[1]}"


def _own_links(request: Request, answer: Answer) -> Answer:
    """Let links in a capture lead here, so that following one never leaves the loopback."""
    body = answer.body.replace(REAL_HOST.encode(), request.base.encode())
    return Answer(answer.status, body, answer.content_type)


def _answer_service(request: Request, captures: Captures, name: str) -> Answer:
    kinds = {"Properties": "Singleton"}
    value = [
        {"name": one, "kind": kinds.get(one, "EntitySet"), "url": one}
        for one in captures.entity_sets(name)
    ]
    context = f"{request.base}{ROOT}/CBS/{name}/$metadata"
    return json_answer({"@odata.context": context, "value": value})


def _answer_list(request: Request, rows: list[dict[str, object]]) -> Answer:
    entity = request.path.rsplit("/", 1)[-1]
    try:
        found = read_page(as_table(rows), request.query, None).rows.to_pylist()
    except QueryError as fault:
        return _fault(400, str(fault))
    context = f"{request.base}{ROOT}/$metadata#{entity}"
    return json_answer({"@odata.context": context, "value": found})


def _dataset(captures: Captures, name: str) -> dict[str, object]:
    properties = captures.properties(name)
    return {key: properties.get(key) for key in (*_DATASET, *_DATASET_MOMENTS)}


def _read_entity(folder: Path, entity: str) -> list[Mapping[str, object]]:
    if entity.endswith("Groups"):
        return _groups(folder, entity.removesuffix("Groups"))
    file = _FILES.get(entity, f"codes-{entity.removesuffix('Codes')}.json")
    found: list[Mapping[str, object]] = _read_json(folder / file)["value"]
    return found


def _groups(folder: Path, dimension: str) -> list[Mapping[str, object]]:
    codes = [] if dimension == "Measure" else _read_entity(folder, f"{dimension}Codes")
    ids = dict.fromkeys(str(row["DimensionGroupId"]) for row in codes)
    return [
        {"Id": one, "Index": place, "Title": one, "Description": "", "ParentId": None}
        for place, one in enumerate(ids, start=1)
    ]


def _read_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _fault(status: int, message: str) -> Answer:
    return json_answer({"error": {"code": "", "message": message}}, status=status)
