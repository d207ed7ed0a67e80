"""Fetches feature types of a WFS 2.0 as GeoJSON, page by page; drops no feature."""

from pathlib import Path
from urllib.parse import urlencode

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.copies import Gathered, Snapshot
from regiebeeld.pipeline.sources.courier import Answer, Courier, NotThereError
from regiebeeld.pipeline.sources.drafts import Draft, Page
from regiebeeld.pipeline.sources.errands import Errand, Progress, fetch_whole
from regiebeeld.pipeline.sources.feature_tables import WGS84, read_crs, write_feature_table
from regiebeeld.pipeline.sources.ogc_features import (
    check_matched,
    gather_collections,
    part_name,
    read_matched,
)
from regiebeeld.pipeline.sources.requests import TableRequest, refuse_terms
from regiebeeld.pipeline.sources.text_tables import read_rows

PAGE = 1000


def fetch(
    request: TableRequest,
    *,
    courier: Courier,
    copies: Path,
    progress: Progress | None = None,
    anew: bool = False,
) -> Snapshot:
    """Fetch each feature type of `request.table` to a part; the first one is the data part.

    A WFS states no date of change, so it is always read. Raises FetchError when
    a type cannot be read whole, ContractError when an answer is no GeoJSON.
    """
    refuse_terms(request)
    errand = Errand(request, courier, copies, progress, anew)
    return fetch_whole(
        errand,
        read_modified=lambda: None,
        gather=lambda draft, modified: _gather(errand, draft, modified),
    )


def _gather(errand: Errand, draft: Draft, modified: str | None) -> Gathered:
    for name in errand.request.names:
        _follow(errand, draft, name)
    return gather_collections(errand, draft, modified)


def _address(errand: Errand, name: str, start: int) -> str:
    query = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": name,
        "outputFormat": "application/json",
        "count": PAGE,
        "startIndex": start,
    }
    return f"{errand.request.base.rstrip('/')}?{urlencode(query)}"


def _follow(errand: Errand, draft: Draft, name: str) -> None:
    matched: int | None = None

    def read_page(address: str) -> Page:
        nonlocal matched
        document = _read_document(errand, address, name)
        features = read_rows(document, where=address, member="features")
        stated = document if isinstance(document, dict) else {}
        matched = read_matched(stated)
        crs = read_crs(stated.get("crs"), where=address) or WGS84
        done = int(address.rsplit("startIndex=", 1)[1]) + len(features)
        more = done < matched if matched is not None else len(features) == PAGE
        table = write_feature_table(features, crs=crs, where=address)
        return Page(table, _address(errand, name, done) if more and features else None)

    rows = draft.follow(
        part_name(name), _address(errand, name, 0), read_page, told=errand.counter(None, name)
    )
    check_matched(rows, matched, where=f"WFS-laag {name}")


def _read_document(errand: Errand, address: str, name: str) -> object:
    try:
        return errand.courier.read(address, parse=_read_json_or_refusal)
    except NotThereError as fault:
        raise FetchError(
            f"WFS-laag {name!r} is niet te vinden op {errand.request.base} (status "
            f"{fault.status}). "
            "Controleer de naam van de laag en het jaar in het adres"
        ) from fault


def _read_json_or_refusal(answer: Answer) -> object:
    """Read the features; an XML report is the WFS way to refuse, and trying again is no use."""
    if answer.body.lstrip()[:1] == b"<":
        report = answer.body[:400].decode("utf-8", "replace")
        raise ContractError(
            f"{answer.address} antwoordt met XML in plaats van GeoJSON: {report!r}. Controleer "
            "laag en formaat"
        )
    return answer.json()
