"""How much later deliveries changed what was known before; an unknown count stays unknown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.domain import read_period
from regiebeeld.pipeline.intake.history import (
    COUNTS,
    KEYS,
    REST,
    Keep,
    StateFacts,
    read_counts,
    read_states,
    rows_within,
)

_WHOLE = pc.ScalarAggregateOptions(skip_nulls=False)  # with a part unknown, so is the sum


@dataclass(frozen=True, slots=True)
class Revision:
    """What one state changed in one period: its total, the earlier one, and cells moved.

    A total with a count in it that is not known is None, and so is what is computed of it.
    `moved` is the sum of the absolute changes of all cells; it is not 0 when events only
    changed place. Both look at what was told before only, and are None where nothing was:
    a gemeente that delivers for the first time revises nothing (`revises` is false).
    """

    period: str
    as_of: str
    delivery: int
    total: int | None
    change: int | None
    moved: int | None
    gemeenten: tuple[str, ...] = ()
    revises: bool = field(default=False, compare=False)


def compute_revisions(deliveries: Path, source: str, *, keep: Keep | None = None) -> list[Revision]:
    """Compute how every later state changed each period, in order of period and of state.

    keep: only the states for which it is true, such as those that the ledger accepted.
    """
    states = [facts for facts in read_states(deliveries, source) if not keep or keep(facts)]
    tables = {facts.order: read_counts(deliveries, facts) for facts in states}
    periods = sorted({p for facts in states for p in facts.periods}, key=lambda p: read_period(p))
    return [
        revision
        for period in periods
        for revision in _revise(period, [f for f in states if period in f.periods], tables)
    ]


def _revise(
    period: str, states: list[StateFacts], tables: Mapping[tuple[str, int], pa.Table]
) -> Iterator[Revision]:
    told: set[str] = set()
    known = COUNTS.empty_table()
    for facts in states:
        rows = tables[facts.order]
        rows = rows.filter(pc.equal(rows["period"], period))
        shared = _shared(told, facts)
        pair = (rows_within(known, shared), rows_within(rows, shared)) if shared else None
        yield _revision(period, facts, _total(rows), pair)
        left = rows_within(known, (REST,), but=facts.gemeenten) if facts.gemeenten else known[:0]
        known = pa.concat_tables([left, rows])
        told = told | set(facts.gemeenten) if facts.gemeenten else {REST}


def _shared(told: set[str], facts: StateFacts) -> tuple[str, ...]:
    """Give what both the earlier states and this one tell; nothing when that is none."""
    if REST in told:
        return facts.tells
    return tuple(sorted(told & set(facts.gemeenten) if facts.gemeenten else told))


def _revision(
    period: str, facts: StateFacts, total: int | None, pair: tuple[pa.Table, pa.Table] | None
) -> Revision:
    if pair is None:
        return Revision(period, facts.as_of, facts.delivery, total, None, None, facts.gemeenten)
    before, after = pair
    minus = before.set_column(
        before.column_names.index("count"), "count", pc.negate(before["count"])
    )
    both = pa.concat_tables([after, minus]).group_by(list(KEYS))
    changes = both.aggregate([("count", "sum", _WHOLE)])
    moved = _sum(changes["count_sum"], of=pc.abs)
    totals = _total(after), _total(before)
    change = None if None in totals else (totals[0] or 0) - (totals[1] or 0)
    return Revision(
        period, facts.as_of, facts.delivery, total, change, moved, facts.gemeenten, revises=True
    )


def _total(rows: pa.Table) -> int | None:
    return _sum(rows["count"])


def _sum(numbers: pa.ChunkedArray, of: Callable[..., Any] = lambda numbers: numbers) -> int | None:
    """Sum numbers; with one unknown the sum is unknown, and of none it is 0."""
    return None if numbers.null_count else int(pc.sum(of(numbers)).as_py() or 0)
