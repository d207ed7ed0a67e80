"""Brings faithful copies of what sources say, from the network or from files; judges none of it."""

from typing import Protocol

from regiebeeld.pipeline.sources.copies import (
    Part,
    Snapshot,
    read_part,
    read_snapshots,
    snapshot_as_of,
)
from regiebeeld.pipeline.sources.errands import Progress
from regiebeeld.pipeline.sources.files import fetch_file, read_file
from regiebeeld.pipeline.sources.requests import KINDS, TableRequest
from regiebeeld.settings import Settings

__all__ = [
    "KINDS",
    "Part",
    "Progress",
    "Snapshot",
    "TableRequest",
    "fetch",
    "read_file",
    "read_part",
    "read_snapshots",
    "snapshot_as_of",
]


class Fetch(Protocol):
    """How every kind of source is fetched."""

    def __call__(
        self, request: TableRequest, *, settings: Settings, progress: Progress | None, anew: bool
    ) -> Snapshot: ...


def fetch(
    request: TableRequest,
    *,
    settings: Settings,
    progress: Progress | None = None,
    anew: bool = False,
) -> Snapshot:
    """Fetch what a request asks to a snapshot under `var/unprotected/copies`; give it.

    When the source says that nothing changed since the newest snapshot of this
    request, that one is given (and told), unless `anew`. Raises FetchError or
    ContractError; then nothing is published and earlier snapshots stay.
    """
    fetch_kind: Fetch = _file if request.kind == "file" else _fetch_remote
    return fetch_kind(request, settings=settings, progress=progress, anew=anew)


def _fetch_remote(
    request: TableRequest, *, settings: Settings, progress: Progress | None, anew: bool
) -> Snapshot:
    # Most commands fetch nothing, and what speaks to the network takes long to load.
    from regiebeeld.pipeline.sources import odata3, odata4, ogc_features, wfs
    from regiebeeld.pipeline.sources.courier import Courier

    fetch_kind = {
        "cbs_odata3": odata3.fetch,
        "cbs_odata4": odata4.fetch,
        "pdok_ogc": ogc_features.fetch,
        "pdok_wfs": wfs.fetch,
    }[request.kind]
    copies = settings.unprotected / "copies"
    with Courier(request.base, settings=settings) as courier:
        return fetch_kind(request, courier=courier, copies=copies, progress=progress, anew=anew)


def _file(
    request: TableRequest, *, settings: Settings, progress: Progress | None, anew: bool
) -> Snapshot:
    snapshot, new = fetch_file(request, copies=settings.unprotected / "copies", anew=anew)
    if progress is not None:
        rows = snapshot.parts[0].rows
        progress(
            rows,
            rows,
            f"{request.source}: " + ("klaar" if new else "niets nieuws, de kopie blijft staan"),
        )
    return snapshot
