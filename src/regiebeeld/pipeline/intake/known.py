"""Tells in words what was known of a source on a day, and how later deliveries changed it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.pipeline.intake.history import (
    REST,
    Keep,
    State,
    StateFacts,
    rows_within,
    state_as_of,
)
from regiebeeld.pipeline.intake.revisions import Revision, compute_revisions

UNKNOWN_TOTAL = "onbekend"


def tell_known(
    deliveries: Path, source: str, keep: Keep, *, day: date | None = None
) -> Iterator[str]:
    """Yield a line per period and teller: the total, from which delivery, of when, came when.

    day: what was known then; both the date of the figures and the day they came in lie on or
    before it. Without it what is known now.
    """

    def was_there(facts: StateFacts) -> bool:
        return keep(facts) and (day is None or facts.received_at[:10] <= day.isoformat())

    state = state_as_of(deliveries, source, day, keep=was_there)
    if not state.periods:
        yield "Er was nog niets bekend." if day else "Er is nog niets bekend."
    for period in state.periods:
        rows = state.counts.filter(pc.equal(state.counts["period"], period))
        yield from _tell_period(state, period, rows)


def tell_revisions(deliveries: Path, source: str, keep: Keep) -> Iterator[str]:
    """Yield a line for each later delivery that told a period again, and by how much it differed.

    A count that is not known makes the difference unknown, never 0.
    """
    revisions = [r for r in compute_revisions(deliveries, source, keep=keep) if r.revises]
    if not revisions:
        yield "Geen levering vertelde een periode opnieuw."
    for revision in revisions:
        yield _tell_revision(revision)


def _tell_period(state: State, period: str, rows: pa.Table) -> Iterator[str]:
    by = state.told_by[period]
    for name, facts in by.items():
        others = [other for other in by if other != name]
        mine = rows_within(rows, (name,), but=others if name == REST else ())
        whose = name or ("de rest van de regio" if others else "de regio")
        yield (
            f"{period}, {whose}: {_total(mine)}; levering {facts.delivery}, stand van "
            f"{facts.as_of}, binnengekomen op {facts.received_at[:10]}"
        )


def _tell_revision(revision: Revision) -> str:
    whose = f", {', '.join(revision.gemeenten)}" if revision.gemeenten else ""
    change = UNKNOWN_TOTAL if revision.change is None else f"{revision.change:+d}"
    moved = UNKNOWN_TOTAL if revision.moved is None else str(revision.moved)
    total = UNKNOWN_TOTAL if revision.total is None else str(revision.total)
    return (
        f"{revision.period}{whose}: levering {revision.delivery} (stand van {revision.as_of}) "
        f"maakte er {total} van, verschil {change}, verschoven {moved}"
    )


def _total(rows: pa.Table) -> str:
    counts = rows["count"]
    return UNKNOWN_TOTAL if counts.null_count else str(pc.sum(counts).as_py() or 0)
