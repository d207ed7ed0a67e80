"""The order every fetch follows: unchanged? gather, still the same version? publish whole."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiebeeld.pipeline.sources.copies import Gathered, Snapshot, newest_snapshot, write_snapshot
from regiebeeld.pipeline.sources.drafts import Draft, UselessPagesError, drafting
from regiebeeld.pipeline.sources.requests import TableRequest

if TYPE_CHECKING:  # who carries an errand loads it
    from regiebeeld.pipeline.sources.courier import Courier

Progress = Callable[[int, int | None, str], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Errand:
    """One fetch on its way: the question, who carries it, where the copies go, who is told."""

    request: TableRequest
    courier: "Courier"
    copies: Path
    progress: Progress | None = None
    anew: bool = False

    def tell(self, done: int, total: int | None, what: str) -> None:
        """Tell how far the fetch is; nobody may be listening."""
        if self.progress is not None:
            self.progress(done, total, f"{self.request.source}: {what}")

    def counter(self, total: int | None, what: str) -> Callable[[int], None]:
        """Give a function that adds rows to a running count and tells it."""
        done = 0

        def add(rows: int) -> None:
            nonlocal done
            done += rows
            self.tell(done, total, what)

        return add


Gather = Callable[[Draft, str | None], Gathered]


def fetch_whole(
    errand: Errand, *, read_modified: Callable[[], str | None], gather: Gather
) -> Snapshot:
    """Run one remote fetch; give the standing snapshot when its source says that nothing changed.

    A source that states no date of change is always read. Raises FetchError
    when the source is renewed between the first and the last page.
    """
    request, modified = errand.request, read_modified()
    standing = newest_snapshot(errand.copies, request.source, request.hash)
    if standing and modified and standing.modified == modified and not errand.anew:
        return say_unchanged(errand, standing)
    with drafting(request, errand.copies, modified) as draft:
        gathered = gather(draft, modified)
        if (now := read_modified()) != modified:
            raise UselessPagesError(
                f"Bron {request.source} is tijdens het ophalen vernieuwd ({modified} werd "
                f"{now}); haal haar opnieuw op"
            )
        snapshot = write_snapshot(
            errand.copies,
            request,
            gathered,
            draft=draft.folder / "whole",
            standing=None if errand.anew else standing,
        )
    return (
        say_unchanged(errand, snapshot) if snapshot is standing else say_fetched(errand, snapshot)
    )


def say_unchanged(errand: Errand, standing: Snapshot) -> Snapshot:
    """Tell that nothing is fetched because nothing changed."""
    _log.info(
        "source %s unchanged since %s, kept snapshot %s",
        standing.source,
        standing.modified,
        standing.id,
    )
    errand.tell(1, 1, f"niets nieuws, de kopie van {standing.fetched_at} blijft staan")
    return standing


def say_fetched(errand: Errand, snapshot: Snapshot) -> Snapshot:
    """Log what a snapshot holds: names and numbers of rows, never a value."""
    for part in snapshot.parts:
        _log.info("source %s part %s: %d rows", snapshot.source, part.name, part.rows)
    rows = next(part.rows for part in snapshot.parts if part.name == snapshot.data_part)
    errand.tell(rows, rows, "klaar")
    return snapshot
