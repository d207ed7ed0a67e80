"""Fetches collections of OGC API Features, page by page; drops no feature."""

from collections.abc import Mapping
from pathlib import Path

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.copies import Gathered, Snapshot
from regiebeeld.pipeline.sources.courier import Answer, Courier, NotThereError
from regiebeeld.pipeline.sources.drafts import Draft, Page
from regiebeeld.pipeline.sources.errands import Errand, Progress, fetch_whole
from regiebeeld.pipeline.sources.feature_tables import WGS84, read_crs, write_feature_table
from regiebeeld.pipeline.sources.requests import TableRequest, refuse_terms
from regiebeeld.pipeline.sources.text_tables import check_columns, read_rows

PAGE = 1000


def fetch(
    request: TableRequest,
    *,
    courier: Courier,
    copies: Path,
    progress: Progress | None = None,
    anew: bool = False,
) -> Snapshot:
    """Fetch each collection of `request.table` to a part; the first one is the data part.

    Raises FetchError when a collection cannot be read whole, ContractError when
    an answer is no collection of features or lacks a wanted column.
    """
    refuse_terms(request)
    errand = Errand(request, courier, copies, progress, anew)
    return fetch_whole(
        errand,
        read_modified=lambda: _read_modified(errand),
        gather=lambda draft, modified: _gather(errand, draft, modified),
    )


def gather_collections(errand: Errand, draft: Draft, modified: str | None) -> Gathered:
    """Put the collections a draft holds together, after a look at their columns."""
    names = errand.request.names
    tables = {part_name(name): draft.table(part_name(name), same_columns=False) for name in names}
    for name, table in tables.items():
        check_columns(table.column_names, errand.request.columns, where=f"Collectie {name}")
        if table.num_rows == 0:
            raise ContractError(
                f"Collectie {name} op {errand.request.base} is leeg; controleer het jaar en de naam"
            )
    crs = ", ".join(
        f"{name}: {table.schema.metadata[b'crs'].decode()}" for name, table in tables.items()
    )
    return Gathered(tables, part_name(names[0]), modified, draft.addresses, {"crs": crs})


def part_name(collection: str) -> str:
    """Give a collection's name without the prefix of its service (`wijkenbuurten:gemeenten`)."""
    return collection.rsplit(":", 1)[-1]


def check_matched(rows: int, matched: int | None, *, where: str) -> None:
    """Raise FetchError when a source announced another number of features than it gave."""
    if matched is not None and matched != rows:
        raise FetchError(
            f"{where} kondigt {matched} objecten aan, maar gaf er {rows}; haal de bron opnieuw op"
        )


def read_matched(document: Mapping[str, object]) -> int | None:
    """Read how many features a source says there are in all."""
    text = str(document.get("numberMatched", ""))
    return int(text) if text.isdigit() else None


def _collection(errand: Errand, name: str) -> str:
    return f"{errand.request.base.rstrip('/')}/collections/{name}"


def _read_modified(errand: Errand) -> str | None:
    """Give the latest date the collections state, in their description or their header."""
    stated: list[str] = []
    for name in errand.request.names:
        try:
            answer = errand.courier.read(_collection(errand, name) + "?f=json", parse=_whole_json)
        except NotThereError as fault:
            raise FetchError(
                f"Collectie {name!r} is niet te vinden op {errand.request.base} (status "
                f"{fault.status}). "
                "Controleer de naam (bijvoorbeeld gemeenten, wijken, buurten) en het jaar"
            ) from fault
        document = answer.json()
        word = document.get("updated") if isinstance(document, dict) else None
        stated.append(str(word or answer.headers.get("last-modified") or ""))
    return " / ".join(stated) if all(stated) else None


def _whole_json(answer: Answer) -> Answer:
    answer.json()
    return answer


def _gather(errand: Errand, draft: Draft, modified: str | None) -> Gathered:
    for name in errand.request.names:
        _follow(errand, draft, name)
    return gather_collections(errand, draft, modified)


def _follow(errand: Errand, draft: Draft, name: str) -> None:
    start = f"{_collection(errand, name)}/items?f=json&limit={PAGE}"
    matched: int | None = None

    def read_page(address: str) -> Page:
        nonlocal matched
        answer = errand.courier.read(address, parse=_whole_json)
        document = answer.json()
        features = read_rows(document, where=address, member="features")
        stated = document if isinstance(document, dict) else {}
        matched = read_matched(stated)
        header = read_crs(answer.headers.get("content-crs"), where=address)
        crs = header or read_crs(stated.get("crs"), where=address) or WGS84
        onward = _next_link(stated)
        table = write_feature_table(features, crs=crs, where=address)
        return Page(table, errand.courier.own(onward, near=address) if onward else None)

    rows = draft.follow(part_name(name), start, read_page, told=errand.counter(None, name))
    check_matched(rows, matched, where=f"Collectie {name}")


def _next_link(document: Mapping[str, object]) -> str | None:
    links = document.get("links")
    found = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    return next(
        (str(link["href"]) for link in found if link.get("rel") == "next" and link.get("href")),
        None,
    )
