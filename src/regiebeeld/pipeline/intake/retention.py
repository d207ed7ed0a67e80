"""How long the counts of a delivery may be kept, and their removal when that time is past.

The ledger keeps that a delivery came, its hash and its report; only counts go, and never come back.
"""

import logging
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from regiebeeld.catalogue import Catalogue
from regiebeeld.domain import ContractError
from regiebeeld.pipeline.intake.history import (
    DELIVERIES,
    StateFacts,
    list_state_files,
    read_facts,
    remove_state,
)
from regiebeeld.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many states were removed, how many nobody gave a term, how many cannot be read."""

    states: int = 0
    without_term: int = 0
    unreadable: int = 0


def compute_keep_until(received: date, months: int) -> date:
    """Give the last day that counts may be kept: the same day `months` later, or the month's end.

    From 31 January one month is 28 February: a shorter month never makes the time longer.
    """
    number = received.year * 12 + received.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(received.day, monthrange(year, month)[1]))


def forget_counts(catalogue: Catalogue, region: str, settings: Settings, today: date) -> int:
    """Remove the counts that may not be kept today, tell how many in the log, and give it."""
    agreements = catalogue.agreements.get(region, {})
    retention = {name: agreed.retention_months for name, agreed in agreements.items()}
    done = forget_old(settings.unprotected / DELIVERIES, retention, today)
    if done.states:
        log.info("bewaartermijn voorbij: %d standen met tellingen verwijderd", done.states)
    if done.without_term or done.unreadable:
        log.warning(
            "bewaartermijn: %d standen zonder termijn en %d onleesbare blijven staan; kijk ernaar",
            done.without_term,
            done.unreadable,
        )
    return done.states


def forget_old(deliveries: Path, retention: Mapping[str, int], today: date) -> Forgotten:
    """Remove every state past its term; `retention` are the months of each present agreement.

    The shorter of what was agreed when the counts came and what is agreed now holds; a source
    without an agreement keeps the term it came with.
    """
    removed = without_term = unreadable = 0
    for source, path in list_state_files(deliveries):
        try:
            facts = read_facts(path)
        except ContractError:
            unreadable += 1
            continue
        until = _until(facts, retention.get(source))
        if until is None:
            without_term += 1
        elif today > until:
            remove_state(deliveries, source, facts.delivery)
            removed += 1
    return Forgotten(removed, without_term, unreadable)


def _until(facts: StateFacts, months: int | None) -> date | None:
    known = [date.fromisoformat(facts.keep_until)] if facts.keep_until else []
    if months is not None:
        known.append(compute_keep_until(date.fromisoformat(facts.received_at[:10]), months))
    return min(known, default=None)
