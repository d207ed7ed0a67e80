"""Fetches a table of CBS OData v3: metadata, key lists, rows from ODataFeed; never adds a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.copies import Gathered, Snapshot
from regiebeeld.pipeline.sources.courier import Answer, Courier, NotThereError
from regiebeeld.pipeline.sources.drafts import Draft, Page
from regiebeeld.pipeline.sources.errands import Errand, Progress, fetch_whole
from regiebeeld.pipeline.sources.odata_filters import choose_keys, filter_addresses
from regiebeeld.pipeline.sources.requests import TableRequest
from regiebeeld.pipeline.sources.text_tables import (
    Row,
    check_columns,
    check_row_columns,
    read_rows,
    write_text_table,
)

DATA = "TypedDataSet"
DIMENSION_TYPES = ("Dimension", "GeoDimension", "GeoDetail", "TimeDimension")
# Only to answer a mistyped table id with a suggestion.
KNOWN_TABLES = (
    "03759ned", "47013NED", "47018NED", "47021NED", "47022NED", "47024NED",
    "83625NED", "83648NED", "84849NED", "85984NED",
)  # fmt: skip


def fetch(
    request: TableRequest,
    *,
    courier: Courier,
    copies: Path,
    progress: Progress | None = None,
    anew: bool = False,
) -> Snapshot:
    """Fetch a table to a snapshot.

    Its parts: TableInfos, DataProperties, each dimension by name, TypedDataSet.

    Raises FetchError when the source cannot be read whole, ContractError when
    it is another table, or lacks a column or key that was asked for.
    """
    errand = Errand(request, courier, copies, progress, anew)
    return fetch_whole(
        errand,
        read_modified=lambda: _read_table_info(errand).get("Modified"),
        gather=lambda draft, modified: _gather(errand, draft, modified),
    )


def explain_missing(request: TableRequest, fault: NotThereError) -> FetchError:
    """Say of a refused table which one may have been meant."""
    near = get_close_matches(request.table, KNOWN_TABLES, n=3, cutoff=0.7)
    meant = f" Bedoelt u {' of '.join(near)}?" if near and request.table not in near else ""
    return FetchError(
        f"Tabel {request.table!r} is niet te vinden op {request.base} (status "
        f"{fault.status}).{meant} "
        "Controleer het tabelnummer in het contract van de bron; hoofdletters tellen, en het adres "
        "(dataderden of opendata) ook"
    )


@dataclass(frozen=True)
class _Metadata:
    info: Mapping[str, str | None]
    columns: tuple[str, ...]
    keys: Mapping[str, list[str]]


def _address(request: TableRequest, name: str) -> str:
    return f"{request.base.rstrip('/')}/ODataFeed/odata/{request.table}/{name}?$format=json"


def _read_table_info(errand: Errand) -> Mapping[str, str | None]:
    request = errand.request
    address = _address(request, "TableInfos")
    try:
        table = _read_page(errand, address).table
    except NotThereError as fault:
        raise explain_missing(request, fault) from fault
    if table.num_rows != 1:
        raise ContractError(
            f"{address} geeft {table.num_rows} tabellen in plaats van één; meld dit bij de bron"
        )
    info: dict[str, str | None] = table.to_pylist()[0]
    check_identifier(request, info.get("Identifier"))
    return info


def check_identifier(request: TableRequest, stated: str | None) -> None:
    """Raise ContractError when the source says that it gives another table than was asked."""
    asked = request.table.rsplit("/", 1)[-1]
    if (stated or "").strip().casefold() != asked.casefold():
        raise ContractError(
            f"Gevraagd is tabel {asked}, maar {request.base} antwoordt met tabel {stated!r}; "
            "controleer het basisadres en het tabelnummer"
        )


def _read_page(errand: Errand, address: str) -> Page:
    found = errand.courier.read_json(address)
    rows = read_rows(found, where=address)
    check_row_columns(rows, where=address)
    onward = found.get("odata.nextLink") if isinstance(found, dict) else None
    return Page(
        write_text_table(rows), errand.courier.own(str(onward), near=address) if onward else None
    )


def _gather(errand: Errand, draft: Draft, modified: str | None) -> Gathered:
    metadata = _gather_metadata(errand, draft)
    check_columns(metadata.columns, errand.request.columns, where=f"Tabel {errand.request.table}")
    chosen = choose_keys(errand.request, metadata.keys)
    starts = filter_addresses(_address(errand.request, DATA), chosen.expressions)
    total = _gather_rows(errand, draft, starts)
    tables = {
        name: draft.table(name) for name in ("TableInfos", "DataProperties", *metadata.keys, DATA)
    }
    check_columns(
        tables[DATA].column_names,
        errand.request.columns,
        where=f"Tabel {errand.request.table}, {DATA}",
    )
    return Gathered(
        tables=tables,
        data_part=DATA,
        modified=modified,
        addresses=draft.addresses,
        facts={
            "title": metadata.info.get("Title") or "",
            "status": metadata.info.get("OutputStatus") or "",
            "rows_counted_by_source": "" if total is None else str(total),
            "prefixes_without_keys": ", ".join(chosen.unmatched),
        },
    )


def _gather_metadata(errand: Errand, draft: Draft) -> _Metadata:
    def follow(name: str) -> pa.Table:
        address = _address(errand.request, name)
        draft.follow(
            name, address, lambda page: _read_page(errand, page), told=errand.counter(None, name)
        )
        return draft.table(name)

    info = follow("TableInfos").to_pylist()[0]
    properties: list[Row] = follow("DataProperties").to_pylist()
    dimensions = [str(each["Key"]) for each in properties if each.get("Type") in DIMENSION_TYPES]
    topics = [str(each["Key"]) for each in properties if each.get("Type") == "Topic"]
    if not dimensions or not topics:
        raise ContractError(
            f"Tabel {errand.request.table}: DataProperties noemt geen dimensies of geen onderwerpen"
        )
    keys = {name: follow(name).column("Key").to_pylist() for name in dimensions}
    return _Metadata(info, ("ID", *dimensions, *topics), keys)


def _gather_rows(errand: Errand, draft: Draft, starts: tuple[str, ...]) -> int | None:
    """Read every chunk; give the number of rows when the source confirmed it."""
    counts = [_read_count(errand, start) for start in starts]
    total = None if None in counts else sum(count or 0 for count in counts)
    told = errand.counter(total, "rijen")
    rows = sum(
        draft.follow(DATA, start, lambda page: _read_page(errand, page), told=told)
        for start in starts
    )
    if rows == 0:
        raise ContractError(
            f"Tabel {errand.request.table} geeft geen enkele rij voor deze sleutels; kijk welke "
            "perioden en gebieden er zijn"
        )
    if total is not None and rows != total:
        raise FetchError(
            f"Tabel {errand.request.table} telt zelf {total} rijen, maar gaf er {rows}; haal "
            "haar opnieuw op"
        )
    return total


def _read_count(errand: Errand, start: str) -> int | None:
    """Ask how many rows a chunk has; None when this server does not count."""
    address, _, query = start.partition("?$format=json")
    address += "/$count" + (f"?{query.removeprefix('&')}" if query else "")
    try:
        text = errand.courier.read(address, parse=_read_text).strip()
    except NotThereError:
        return None
    return int(text) if text.isdigit() else None


def _read_text(answer: Answer) -> str:
    return answer.body.decode("utf-8-sig", "replace")
