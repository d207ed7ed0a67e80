"""How fresh each source of a region is: when it last came, when it is due next, and how late."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from regiebeeld.catalogue import Catalogue, Region, Source
from regiebeeld.catalogue.agreements import Agreement, may_use
from regiebeeld.domain import Period, PeriodKind, read_period
from regiebeeld.ledger import Delivery, Freshness, Ledger, write_freshness
from regiebeeld.ledger.freshness import Quality, compute_days_late
from regiebeeld.pipeline.intake.coverage import period_of
from regiebeeld.pipeline.intake.door import Door
from regiebeeld.pipeline.schedule.diary import Diary, read_diary
from regiebeeld.pipeline.schedule.rules_hit import read_rules_hit

# Where the diary of the worker lies, below what is unprotected.
PLACE = Path("schedule", "diary.json")
# The line of quality over time shows this many deliveries.
MOST_SHOWN = 24
_NOT_LINKED = ("none", "gemeente", "postcode4_gemeente")


def compute_freshness(
    catalogue: Catalogue,
    region: Region,
    ledger: Ledger,
    diary: Diary,
    *,
    today: date,
    every: timedelta,
    reports: Path | None = None,
) -> list[Freshness]:
    """Compute one row for every source that the region fetches or has an agreement about.

    reports: the folder below which the reports of deliveries lie; without it no rule is told.
    """
    agreements: Mapping[str, Agreement] = catalogue.agreements.get(region.id, {})
    rows = []
    for name in sorted(agreements):
        known = ledger.read_deliveries(region.id, name)
        source = catalogue.sources[name]
        rows.append(_of_delivery(source, agreements[name], known, (today, reports)))
    for name, part in list_fetches(catalogue, region):
        ids = [*(s.source for s in part.sources), *(layout.source for layout in part.layouts)]
        rows.append(_of_fetch(name, catalogue.sources[ids[0]], diary, (today, every)))
    return rows


def refresh_freshness(door: Door) -> None:
    """Write anew how fresh the sources of a region are, at a door that is held."""
    now, settings = door.now(), door.settings
    rows = compute_freshness(
        door.catalogue,
        door.region,
        door.ledger,
        read_diary(settings.unprotected / PLACE),
        today=now.date(),
        every=timedelta(hours=settings.fetch_hours),
        reports=settings.unprotected,
    )
    write_freshness(settings, door.region.id, rows, now=now)


def list_fetches(catalogue: Catalogue, region: Region) -> Iterator[tuple[str, Region]]:
    """Give each fetched source and layout by name, as a region that has nothing else.

    Apart, so that one that fails stops no other.
    """
    for wanted in region.sources:
        if not catalogue.sources[wanted.source].terms.is_delivery:
            one = region.model_copy(update={"sources": (wanted,), "layouts": ()})
            yield wanted.source, one
    for layout in region.layouts:
        one = region.model_copy(update={"sources": (), "layouts": (layout,)})
        yield f"{layout.source}.{layout.vintage}", one


def _of_delivery(
    source: Source, agreement: Agreement, deliveries: list[Delivery], at: tuple[date, Path | None]
) -> Freshness:
    today, reports = at
    counted = [delivery for delivery in deliveries if delivery.outcome.counts]
    periods = [read_period(text) for delivery in counted for text in delivery.periods]
    newest = max(periods, key=lambda period: period.end) if periods else None
    holds = may_use(agreement, today)
    until = find_whole_until(periods)
    due = compute_due(source, until, agreement) if holds is True else None
    return Freshness(
        source=source.id,
        title=source.title,
        kind="delivery",
        last_delivery=counted[-1].received_at.date().isoformat() if counted else None,
        last_period=newest.id if newest else None,
        next_due=due.isoformat() if due else None,
        days_late=compute_days_late(due, today),
        words="" if holds is True else holds.words,
        quality=tuple(_quality(d, reports) for d in deliveries[-MOST_SHOWN:] if d.finished_at),
    )


def find_whole_until(periods: list[Period]) -> date | None:
    """Find the last day up to which nothing is missing between the first and the last period.

    A gap in the middle is due, however new the newest period is.
    """
    until = None
    for period in sorted(periods, key=lambda each: (each.start, each.end)):
        if until is not None and period.start > until + timedelta(days=1):
            break
        until = period.end if until is None else max(until, period.end)
    return until


def compute_due(source: Source, last_day: date | None, agreement: Agreement) -> date | None:
    """Compute when the next delivery is due: `due_days` after the first period not yet covered.

    Before the first delivery that is the period in which the agreement began.
    """
    frequency = source.terms.frequency
    if frequency is None:
        return None
    start = agreement.start if last_day is None else last_day + timedelta(days=1)
    period = period_of(start, PeriodKind(frequency.value))
    return period.end + timedelta(days=source.terms.due_days)


def _quality(delivery: Delivery, reports: Path | None) -> Quality:
    linked = None
    if delivery.link_rates:
        linked = 1 - sum(delivery.link_rates.get(name, 0.0) for name in _NOT_LINKED)
    return Quality(
        received_at=delivery.received_at.isoformat(timespec="seconds"),
        as_of=delivery.as_of.isoformat(),
        outcome=delivery.outcome.value,
        errors=delivery.errors or 0,
        warnings=delivery.warnings or 0,
        linked=None if linked is None else round(linked, 4),
        rules=read_rules_hit(reports / delivery.report if reports and delivery.report else None),
    )


def _of_fetch(name: str, source: Source, diary: Diary, at: tuple[date, timedelta]) -> Freshness:
    today, every = at
    task = diary.task(name)
    last = datetime.fromisoformat(task.done_at).date() if task.done_at else None
    due = last + timedelta(days=max(every.days, 1)) if last else today
    failing = {"failing_since": task.failing_since, "words": task.result} if task.failures else {}
    told: dict[str, Any] = {
        "last_delivery": last.isoformat() if last else None,
        "last_period": None,
        "next_due": due.isoformat(),
        "days_late": compute_days_late(due, today),
        **failing,
    }
    return Freshness(source=name, title=source.title, kind="fetch", **told)
