"""Compares what a delivery counts with what it would replace: emptier, or parts that are gone.

Pure. Refuses what would wipe most of what is known, unless its sender declared the periods.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.domain import PeriodKind, read_period
from regiebeeld.pipeline.intake.findings import Finding, Severity

# How unlikely a fall is told, and how unlikely a file of zeros is refused (a count varies by
# chance as Poisson says, also a small one).
TOLD, REFUSED = 0.01, 0.001
MOST_GONE = 0.5  # of the cells that had a number
_CELL = ("event_set", "breakdown", "area", "period")
_SAY = "Klopt het, lever het dan met --from en --to: dan zegt u dat het alles is"
_NAMED = 10


def compare_with_known(
    counts: pa.Table,
    known: pa.Table,
    *,
    periods: Sequence[str],
    is_event: bool,
    declared: bool = False,
) -> list[Finding]:
    """Find what got less than in what is known of the same gemeenten.

    counts and known: in the columns of history.COUNTS; known holds every period, `periods` are
    those that the delivery replaces. An error refuses the delivery; declared periods only warn.
    """
    replaced = known.filter(pc.is_in(known["period"], pa.array(periods, pa.string())))
    severity = Severity.WARNING if declared else Severity.ERROR
    found = [*_check_empty(counts, known, replaced, periods, severity)]
    if not any(one.severity is Severity.ERROR for one in found):
        found += _check_sums(counts, replaced, periods)
    if declared:
        found += _check_emptied(counts, replaced)
    if not is_event:
        found += _check_cells(counts, replaced, severity)
    return found


def chance_of_at_most(number: int, mean: float) -> float:
    """Give the chance that a Poisson count with this mean is `number` or less."""
    if mean <= 0:
        return 1.0
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(number + 1))
    return min(sum(math.exp(each) for each in logs), 1.0)


def _check_empty(
    counts: pa.Table,
    known: pa.Table,
    replaced: pa.Table,
    periods: Sequence[str],
    severity: Severity,
) -> Iterator[Finding]:
    """Tell a file in which nothing is above zero, where there is something else on record."""
    if _total(counts):
        return
    expected = _expect(known, replaced, periods)
    if not expected:
        return
    what = "is leeg" if _has_no_number(counts) else "is nul"
    words = (
        f"Elk aantal {what}, terwijl er in deze perioden eerder {_about(expected)} waren of te "
        f"verwachten zijn. {_SAY}."
    )
    certain = chance_of_at_most(0, expected) < REFUSED
    yield Finding("all_zero", severity if certain else Severity.WARNING, words)


def _expect(known: pa.Table, replaced: pa.Table, periods: Sequence[str]) -> float:
    """Give how many were told of these periods; of one never told, the mean of its kind."""
    told = set(replaced["period"].to_pylist())
    before = _sums(known, "period")
    by_kind: dict[PeriodKind, list[int]] = {}
    for (text,), number in before.items():
        by_kind.setdefault(read_period(text).kind, []).append(number)
    means = {kind: sum(numbers) / len(numbers) for kind, numbers in by_kind.items()}
    new = [read_period(text).kind for text in periods if text not in told]
    return _total(replaced) + sum(means.get(kind, 0.0) for kind in new)


def _check_sums(counts: pa.Table, replaced: pa.Table, periods: Sequence[str]) -> Iterator[Finding]:
    """Tell each kind of event that fell by more than chance, per period and over all of them."""
    inside = counts.filter(pc.is_in(counts["period"], pa.array(periods, pa.string())))
    fewer = [
        f"{' '.join(key)}: {number} in plaats van {before}"
        for names in (("period", "event_set"), ("event_set",))
        for key, before, number in _pairs(replaced, inside, names)
        if chance_of_at_most(number, before) < TOLD
    ]
    if fewer:
        words = f"Minder dan eerder is geleverd: {_listed(fewer)}. Klopt dat?"
        yield Finding("fewer_rows", Severity.WARNING, words)


def _check_emptied(counts: pa.Table, replaced: pa.Table) -> Iterator[Finding]:
    """Tell which declared periods become empty, however little stood there."""
    emptied = [
        f"{period}: {before}"
        for (period,), before, number in _pairs(replaced, counts, ("period",))
        if before and not number
    ]
    if emptied:
        words = f"De opgegeven perioden maken leeg wat er stond: {_listed(emptied)}. Klopt dat?"
        yield Finding("emptied", Severity.WARNING, words)


def _pairs(
    before: pa.Table, after: pa.Table, names: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], int, int]]:
    new = _sums(after, *names)
    for key, number in sorted(_sums(before, *names).items()):
        yield key, number, new.get(key, 0)


def _check_cells(counts: pa.Table, replaced: pa.Table, severity: Severity) -> Iterator[Finding]:
    """Tell the areas and kinds that had a number and now have none: they would become missing."""
    had = replaced.filter(pc.is_valid(replaced["count"])).select(_CELL)
    has = counts.filter(pc.is_valid(counts["count"])).select(_CELL)
    gone = had.join(has, list(_CELL), join_type="left anti")
    if not gone.num_rows:
        return
    areas = sorted(set(gone["area"].to_pylist()) - set(has["area"].to_pylist()))
    kinds = sorted(set(gone["event_set"].to_pylist()) - set(has["event_set"].to_pylist()))
    parts = [f"gebieden: {_listed(areas)}"] if areas else []
    parts += [f"soorten: {_listed(kinds)}"] if kinds else []
    many = gone.num_rows > MOST_GONE * had.num_rows
    words = (
        f"{gone.num_rows} van de {had.num_rows} cijfers die er over deze perioden waren, staan "
        f"niet meer in dit bestand ({'; '.join(parts) or 'losse cijfers'}). Ze worden dan "
        f"onbekend, niet nul. Lever alle gebieden en soorten, ook met nul. {_SAY}."
    )
    yield Finding("cells_gone", severity if many else Severity.WARNING, words)


def _sums(rows: pa.Table, *names: str) -> Mapping[tuple[str, ...], int]:
    found = rows.group_by(list(names)).aggregate([("count", "sum")]).to_pylist()
    return {tuple(row[name] for name in names): row["count_sum"] or 0 for row in found}


def _total(rows: pa.Table) -> int:
    return int(pc.sum(rows["count"]).as_py() or 0)


def _has_no_number(rows: pa.Table) -> bool:
    return bool(rows["count"].null_count == rows.num_rows)


def _about(number: float) -> str:
    return f"{number:.0f}" if number >= 1 else "enkele"


def _listed(items: Sequence[str]) -> str:
    more = f" en nog {len(items) - _NAMED}" if len(items) > _NAMED else ""
    return ", ".join(items[:_NAMED]) + more
