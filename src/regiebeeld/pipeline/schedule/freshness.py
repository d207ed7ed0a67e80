"""How fresh each source of a region is: when it last came, when it is due next, and how late."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from regiebeeld.catalogue import Catalogue, Region, Source
from regiebeeld.catalogue.agreements import Agreement, may_use
from regiebeeld.domain import PeriodKind, read_period
from regiebeeld.ledger import Delivery, Freshness, Ledger
from regiebeeld.ledger.freshness import Quality, compute_days_late
from regiebeeld.pipeline.intake.coverage import period_of
from regiebeeld.pipeline.schedule.diary import Diary

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
) -> list[Freshness]:
    """Compute one row for every source that the region fetches or has an agreement about."""
    agreements: Mapping[str, Agreement] = catalogue.agreements.get(region.id, {})
    delivered = [catalogue.sources[name] for name in sorted(agreements)]
    rows = [
        _of_delivery(
            source, agreements[source.id], ledger.read_deliveries(region.id, source.id), today
        )
        for source in delivered
    ]
    for name, part in list_fetches(catalogue, region):
        ids = [*(s.source for s in part.sources), *(layout.source for layout in part.layouts)]
        rows.append(_of_fetch(name, catalogue.sources[ids[0]], diary, (today, every)))
    return rows


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
    source: Source, agreement: Agreement, deliveries: list[Delivery], today: date
) -> Freshness:
    counted = [delivery for delivery in deliveries if delivery.outcome.counts]
    periods = [read_period(text) for delivery in counted for text in delivery.periods]
    newest = max(periods, key=lambda period: period.end) if periods else None
    holds = may_use(agreement, today)
    due = compute_due(source, newest.end if newest else None, agreement) if holds is True else None
    return Freshness(
        source=source.id,
        title=source.title,
        kind="delivery",
        last_delivery=counted[-1].received_at.date().isoformat() if counted else None,
        last_period=newest.id if newest else None,
        next_due=due.isoformat() if due else None,
        days_late=compute_days_late(due, today),
        words="" if holds is True else holds.words,
        quality=tuple(_quality(d) for d in deliveries[-MOST_SHOWN:] if d.finished_at),
    )


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


def _quality(delivery: Delivery) -> Quality:
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
