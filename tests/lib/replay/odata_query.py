"""The query options that OData v3 and v4 share: filter, order, select and one page of rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from lib.replay.odata_filter import QueryError, filter_rows

KNOWN = {"$filter", "$select", "$top", "$skip", "$format", "$orderby", "$inlinecount", "$count"}


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, how many rows the filter found, the query of the next page if any."""

    rows: pa.Table
    count: int
    following: Mapping[str, str] | None = None


def read_page(rows: pa.Table, query: Mapping[str, str], page_size: int | None) -> Page:
    """Apply the options; None as page size means everything at once; raise QueryError."""
    _refuse_unknown(query)
    found = _order(filter_rows(rows, query["$filter"]) if query.get("$filter") else rows, query)
    skip, top = _number(query, "$skip") or 0, _number(query, "$top")
    wanted = found.slice(skip, top)
    page = wanted if page_size is None else wanted.slice(0, page_size)
    following = None
    if page.num_rows < wanted.num_rows:
        following = _following(query, skip, top, page.num_rows)
    return Page(_select(page, query), found.num_rows, following)


def _refuse_unknown(query: Mapping[str, str]) -> None:
    unknown = [name for name in query if name.startswith("$") and name not in KNOWN]
    if unknown:
        raise QueryError(f"the query parameter '{unknown[0]}' is not supported")


def _following(
    query: Mapping[str, str], skip: int, top: int | None, taken: int
) -> Mapping[str, str]:
    kept = {name: value for name, value in query.items() if name not in ("$skip", "$top")}
    if top is not None:
        kept["$top"] = str(top - taken)
    return {**kept, "$skip": str(skip + taken)}


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise QueryError(f"incorrect format for {name} argument '{text}'")
    return int(text)


def _order(rows: pa.Table, query: Mapping[str, str]) -> pa.Table:
    keys = []
    for part in filter(None, query.get("$orderby", "").split(",")):
        name, _, direction = part.strip().partition(" ")
        keys.append((name, "descending" if direction.strip() == "desc" else "ascending"))
    _refuse_missing(rows, [name for name, _ in keys])
    return rows.sort_by(keys) if keys else rows


def _select(rows: pa.Table, query: Mapping[str, str]) -> pa.Table:
    names = [name.strip() for name in query.get("$select", "").split(",") if name.strip()]
    if not names or names == ["*"]:
        return rows
    _refuse_missing(rows, names)
    return rows.select(names)


def _refuse_missing(rows: pa.Table, names: list[str]) -> None:
    missing = [name for name in names if name not in rows.column_names]
    if missing:
        raise QueryError(f"could not find a property named '{missing[0]}'")
