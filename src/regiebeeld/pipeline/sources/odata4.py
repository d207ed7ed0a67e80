"""Fetches a table of CBS OData v4 with codes and observations; keeps ValueAttribute as it is."""

from collections.abc import Mapping
from pathlib import Path

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.copies import Gathered, Snapshot
from regiebeeld.pipeline.sources.courier import Courier, NotThereError
from regiebeeld.pipeline.sources.drafts import Draft, Page
from regiebeeld.pipeline.sources.errands import Errand, Progress, fetch_whole
from regiebeeld.pipeline.sources.odata3 import check_identifier, explain_missing
from regiebeeld.pipeline.sources.odata_filters import choose_keys, filter_addresses
from regiebeeld.pipeline.sources.requests import TableRequest
from regiebeeld.pipeline.sources.text_tables import (
    check_columns,
    check_row_columns,
    read_rows,
    write_text_table,
)

DATA = "Observations"


def fetch(
    request: TableRequest,
    *,
    courier: Courier,
    copies: Path,
    progress: Progress | None = None,
    anew: bool = False,
) -> Snapshot:
    """Fetch a table to a snapshot.

    Its parts: Properties, Dimensions, MeasureCodes, {Dimension}Codes, Observations.

    Raises FetchError when the source cannot be read whole, ContractError when
    it is another table, or lacks a column or key that was asked for.
    """
    errand = Errand(request, courier, copies, progress, anew)
    return fetch_whole(
        errand,
        read_modified=lambda: _read_modified(errand),
        gather=lambda draft, modified: _gather(errand, draft, modified),
    )


def _address(request: TableRequest, name: str) -> str:
    table = request.table if "/" in request.table else f"CBS/{request.table}"
    return f"{request.base.rstrip('/')}/odata/v1/{table}/{name}"


def _read_modified(errand: Errand) -> str | None:
    properties = _read_properties(errand, _address(errand.request, "Properties")).table.to_pylist()[
        0
    ]
    modified: str | None = properties.get("Modified") or properties.get("ObservationsModified")
    return modified


def _read_properties(errand: Errand, address: str) -> Page:
    try:
        found = errand.courier.read_json(address)
    except NotThereError as fault:
        raise explain_missing(errand.request, fault) from fault
    if not isinstance(found, dict) or "Identifier" not in found:
        raise ContractError(
            f"{address} geeft geen eigenschappen van een tabel; controleer het basisadres"
        )
    check_identifier(errand.request, str(found["Identifier"]))
    return Page(write_text_table([found]))


def _read_page(errand: Errand, address: str) -> Page:
    found = errand.courier.read_json(address)
    rows = read_rows(found, where=address)
    if address.split("?")[0].endswith(f"/{DATA}"):
        check_row_columns(rows, where=address)
    onward = found.get("@odata.nextLink") if isinstance(found, dict) else None
    return Page(
        write_text_table(rows), errand.courier.own(str(onward), near=address) if onward else None
    )


def _gather(errand: Errand, draft: Draft, modified: str | None) -> Gathered:
    request = errand.request
    facts = _gather_properties(errand, draft)
    dimensions = _gather_dimensions(errand, draft)
    names = ("MeasureCodes", *(f"{name}Codes" for name in dimensions))
    for name in names:
        _follow(errand, draft, name, _address(request, name))
    key_lists = {
        name: draft.table(f"{name}Codes", same_columns=False)["Identifier"].to_pylist()
        for name in dimensions
    }
    key_lists["Measure"] = draft.table("MeasureCodes", same_columns=False)["Identifier"].to_pylist()
    chosen = choose_keys(request, key_lists)
    whole = None if chosen.expressions else facts["observation_count"]
    rows = _gather_rows(
        errand, draft, filter_addresses(_address(request, DATA), chosen.expressions), whole
    )
    parts = ("Properties", "Dimensions", *names)
    tables = {name: draft.table(name, same_columns=False) for name in parts} | {
        DATA: draft.table(DATA)
    }
    check_columns(
        tables[DATA].column_names, request.columns, where=f"Tabel {request.table}, {DATA}"
    )
    facts = {
        **facts,
        "prefixes_without_keys": ", ".join(chosen.unmatched),
        # A source may serve a slice of its table; conform decides whether that is enough.
        "observations_not_given": str(int(whole) - rows) if whole else "",
    }
    return Gathered(tables, DATA, modified, draft.addresses, facts)


def _gather_properties(errand: Errand, draft: Draft) -> Mapping[str, str]:
    draft.follow(
        "Properties",
        _address(errand.request, "Properties"),
        lambda page: _read_properties(errand, page),
    )
    properties = draft.table("Properties").to_pylist()[0]
    return {
        "title": properties.get("Title") or "",
        "status": properties.get("Status") or "",
        "observation_count": count
        if (count := properties.get("ObservationCount") or "").isdigit()
        else "",
    }


def _gather_dimensions(errand: Errand, draft: Draft) -> list[str]:
    _follow(errand, draft, "Dimensions", _address(errand.request, "Dimensions"))
    table = draft.table("Dimensions", same_columns=False)
    check_columns(
        table.column_names, ("Identifier",), where=f"Tabel {errand.request.table}, Dimensions"
    )
    return [str(name) for name in table["Identifier"].to_pylist()]


def _follow(errand: Errand, draft: Draft, name: str, start: str) -> int:
    return draft.follow(
        name, start, lambda page: _read_page(errand, page), told=errand.counter(None, name)
    )


def _gather_rows(errand: Errand, draft: Draft, starts: tuple[str, ...], whole: str | None) -> int:
    total = int(whole) if whole else None
    told = errand.counter(total, "waarnemingen")
    rows = sum(
        draft.follow(DATA, start, lambda page: _read_page(errand, page), told=told)
        for start in starts
    )
    table = errand.request.table
    if rows == 0:
        raise ContractError(
            f"Tabel {table} geeft geen enkele waarneming voor deze sleutels; kijk welke er zijn"
        )
    if total is not None and rows > total:
        raise FetchError(
            f"Tabel {table} telt zelf {total} waarnemingen, maar gaf er {rows}; haal haar "
            "opnieuw op"
        )
    return rows
