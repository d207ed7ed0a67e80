"""OData v3 as CBS speaks it: ODataApi (at most 10,000 rows), ODataFeed (pages), ODataCatalog."""

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from lib.replay.answers import JSON, Answer, Request, json_answer, link, text_answer
from lib.replay.atom import ATOM, write_feed, write_service
from lib.replay.odata_filter import QueryError
from lib.replay.odata_query import Page, read_page
from lib.replay.tables import OPENDATA, Table, Tables, as_table

API_LIMIT = 10_000
_PATH = re.compile(r"^/OData(Api|Feed)/odata/([^/]+)(?:/([^/]*))?(/\$count)?/?$", re.IGNORECASE)
_CATALOG = re.compile(r"^/ODataCatalog/Tables/?$", re.IGNORECASE)
UNTYPED_WIDTH = 8
_CATALOG_COLUMNS = [
    "Identifier",
    "Title",
    "ShortTitle",
    "Summary",
    "Modified",
    "MetaDataModified",
    "ReasonDelivery",
    "Language",
    "Catalog",
    "Frequency",
    "Period",
    "OutputStatus",
    "Source",
]


def answer_odata3(request: Request, tables: Tables, page_size: int) -> Answer | None:
    """Answer an address of OData v3; None when the address is not one."""
    if _CATALOG.match(request.path):
        return _answer_rows(request, _catalog(request, tables), "Tables", api=True)
    found = _PATH.match(request.path)
    if found is None:
        return None
    table = tables.read(found[2], request.host)
    if table is None:
        return _fault(404, f"Resource not found for the segment '{found[2]}'.")
    api = found[1].lower() == "api"
    if not found[3]:
        return _answer_service(request, table, api=api)
    rows = _entity_rows(table, found[3])
    if rows is None:
        return _fault(404, f"Resource not found for the segment '{found[3]}'.")
    if found[4]:
        return _answer_count(request, rows)
    return _answer_rows(request, rows, found[3], api=api, page_size=page_size, table=table)


def entity_sets(table: Table) -> list[str]:
    """Name the entity sets in the order of a service document."""
    lists = list(table.lists)
    return [*lists[:1], "UntypedDataSet", "TypedDataSet", *lists[1:]]


def _entity_rows(table: Table, entity: str) -> pa.Table | None:
    if entity == "TypedDataSet":
        return table.rows
    if entity == "UntypedDataSet":
        return _untyped(table.rows)
    return table.lists.get(entity)


def _untyped(rows: pa.Table) -> pa.Table:
    """Write measures as text, right aligned, with a lone point for what is missing."""
    for place, field in enumerate(rows.schema):
        if field.name != "ID" and not pa.types.is_string(field.type):
            text = pc.fill_null(rows.column(place).cast(pa.string()), ".")
            rows = rows.set_column(place, field.name, pc.utf8_lpad(text, UNTYPED_WIDTH))
    return rows


def _answer_rows(
    request: Request,
    rows: pa.Table,
    entity: str,
    *,
    api: bool,
    page_size: int | None = None,
    table: Table | None = None,
) -> Answer:
    try:
        page = read_page(rows, request.query, None if api else page_size)
    except QueryError as fault:
        return _fault(400, str(fault))
    if api and page.rows.num_rows > API_LIMIT:
        return _fault(500, f"The query yields more than {API_LIMIT} records; narrow it down.")
    following = link(request, page.following) if page.following else None
    if _wants_json(request, api=api):
        return json_answer(_json_page(request, page, entity, following))
    return text_answer(write_feed(request, page.rows, entity, following, table), ATOM)


def _wants_json(request: Request, *, api: bool) -> bool:
    asked = request.query.get("$format", "json" if "json" in request.accept else "")
    return "json" in asked or (api and asked == "")


def _json_page(
    request: Request, page: Page, entity: str, following: str | None
) -> dict[str, object]:
    body: dict[str, object] = {"odata.metadata": _metadata(request, f"#{_name(request, entity)}")}
    if request.query.get("$inlinecount") == "allpages":
        body["odata.count"] = str(page.count)
    body["value"] = page.rows.to_pylist()
    if following:
        body["odata.nextLink"] = following
    return body


def _name(request: Request, entity: str) -> str:
    return f"Cbs.OData.WebAPI.{entity}" if "$select" in request.query else entity


def _metadata(request: Request, fragment: str) -> str:
    root = "/".join(request.path.split("/")[:4])
    return f"{request.base}{root}/$metadata{fragment}"


def _answer_service(request: Request, table: Table, *, api: bool) -> Answer:
    root = request.base + request.path.rstrip("/")
    sets = {name: f"{root}/{name}" for name in entity_sets(table)}
    if not _wants_json(request, api=api):
        return text_answer(write_service(root, sets), "application/atomsvc+xml; charset=utf-8")
    value = [{"name": name, "url": address} for name, address in sets.items()]
    return json_answer({"odata.metadata": _metadata(request, ""), "value": value})


def _answer_count(request: Request, rows: pa.Table) -> Answer:
    try:
        return text_answer(str(read_page(rows, request.query, None).count), "text/plain")
    except QueryError as fault:
        return _fault(400, str(fault))


def _catalog(request: Request, tables: Tables) -> pa.Table:
    found = [tables.read(name, request.host) for name in tables.names()]
    offered = [table for table in found if table is not None]
    rows = [_catalog_row(place, table, request.base) for place, table in enumerate(offered)]
    return as_table(rows)


def _catalog_row(place: int, table: Table, base: str) -> Mapping[str, object]:
    info = table.info
    return {
        "ID": place,
        **{name: info.get(name, "") for name in _CATALOG_COLUMNS},
        "Updated": info.get("Modified"),
        "ApiUrl": f"{base}/ODataApi/OData/{table.name}",
        "FeedUrl": f"{base}/ODataFeed/OData/{table.name}",
        "Catalog": info.get("Catalog") or ("CBS" if table.host == OPENDATA else "Politie"),
    }


def _fault(status: int, message: str) -> Answer:
    text = {"lang": "en-US", "value": message}
    return json_answer(
        {"odata.error": {"code": "", "message": text}}, status=status, content_type=JSON
    )
