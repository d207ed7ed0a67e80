"""Compares what a delivery covers with the previous one and with the calendar; pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.models import Frequency
from regiebeeld.domain import ContractError, Period, PeriodKind, read_period
from regiebeeld.pipeline.intake.coverage import period_of
from regiebeeld.pipeline.intake.findings import Covered, Earlier, Finding, Severity

LEAST = 5.0  # below this mean a month without events is no surprise
_LARGEST_GAP = 600


def check_completeness(
    coverage: Sequence[Covered], source: Source, *, earlier: Earlier | None, today: date
) -> Iterator[Finding]:
    """Yield what is missing or late, as words about periods; `comparing` tells what got less."""
    periods = _read_periods(coverage)
    if periods:
        yield from _check_gaps(coverage, periods)
        yield from _check_late(periods, source, today)
    if earlier and earlier.coverage and periods:
        yield from _check_since(periods, earlier)


def _read_periods(coverage: Sequence[Covered]) -> list[Period]:
    found = []
    for text in {covered.period for covered in coverage}:
        try:
            found.append(read_period(text))
        except ContractError:
            continue  # the row rules tell this
    return sorted(found)


def _totals(coverage: Sequence[Covered]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for covered in coverage:
        totals[covered.period] += covered.rows
    return totals


def _check_gaps(coverage: Sequence[Covered], periods: Sequence[Period]) -> Iterator[Finding]:
    totals = _totals(coverage)
    for kind in {period.kind for period in periods}:
        own = [period for period in periods if period.kind is kind]
        whole = list(_between(own[0], own[-1]))
        gaps = [one for one in whole if one not in totals]
        surprising = [one for one in gaps if _usual(one, whole, totals) >= LEAST]
        if surprising:
            words = f"Tussen {own[0].id} en {own[-1].id} ontbreekt {_listed(surprising)}."
            yield Finding("missing_period", Severity.ERROR, words)
        elif gaps:
            words = f"Zonder rijen: {_listed(gaps)}. Dat kan: er gebeurt dan meestal weinig."
            yield Finding("empty_period", Severity.WARNING, words)


def _usual(period: str, whole: Sequence[str], totals: Mapping[str, int]) -> float:
    """Give the mean of the same part of other years, where an empty one counts as zero.

    A chimney fire in June is rare: the mean of the year would make its absence a surprise.
    """
    same = [totals.get(one, 0) for one in whole if one[4:] == period[4:] and one != period]
    return sum(same) / len(same) if same else sum(totals.values()) / len(totals)


def _between(first: Period, last: Period) -> Iterator[str]:
    """Give the ids of all periods of one kind from first to last."""
    day, steps = first.start, 0
    while day <= last.start and steps < _LARGEST_GAP:
        period = period_of(day, first.kind)
        yield period.id
        day, steps = period.end + timedelta(days=1), steps + 1


def last_due(frequency: Frequency, due_days: int, today: date) -> Period:
    """Give the last period that should have been delivered by now."""
    kind = PeriodKind(frequency.value)
    period = period_of(today - timedelta(days=due_days), kind)
    while period.end + timedelta(days=due_days) >= today:
        period = period_of(period.start - timedelta(days=1), kind)
    return period


def _check_late(periods: Sequence[Period], source: Source, today: date) -> Iterator[Finding]:
    terms = source.terms
    if terms.frequency is None:
        return
    due = last_due(terms.frequency, terms.due_days, today)
    last = max(period.end for period in periods)
    if last < due.start:
        words = f"De gegevens lopen tot en met {_last_id(periods)}; {due.id} had er al moeten zijn."
        yield Finding("late", Severity.WARNING, words)


def _last_id(periods: Sequence[Period]) -> str:
    return max(periods, key=lambda period: period.end).id


def _check_since(periods: Sequence[Period], earlier: Earlier) -> Iterator[Finding]:
    before = _read_periods(earlier.coverage)
    if not before:
        return
    last = max(before, key=lambda period: period.end)
    if max(period.end for period in periods) < last.end:
        words = f"De vorige levering liep verder, tot en met {last.id}. Is dit een oud bestand?"
        yield Finding("older_than_last", Severity.WARNING, words)
    next_day = last.end + timedelta(days=1)
    if min(period.start for period in periods) > next_day:
        words = (
            f"Tussen de vorige levering (tot en met {last.id}) en deze (vanaf {periods[0].id}) "
            "ontbreken periodes."
        )
        yield Finding("gap_since_last", Severity.WARNING, words)


def _listed(items: Sequence[str]) -> str:
    more = f" en nog {len(items) - 10}" if len(items) > 10 else ""
    return ", ".join(items[:10]) + more
