"""Judges a delivery by what was known before: what it replaces, and what it would wipe."""

from pathlib import Path

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.agreements import Agreement
from regiebeeld.catalogue.models import Grain
from regiebeeld.domain import ContractError
from regiebeeld.ledger import Delivery
from regiebeeld.pipeline.intake.comparing import compare_with_known
from regiebeeld.pipeline.intake.counts import Counted
from regiebeeld.pipeline.intake.coverage import Coverage, compute_coverage, keep_covered
from regiebeeld.pipeline.intake.door import agreement_hash
from regiebeeld.pipeline.intake.findings import Covered, DeliveryReport, Earlier, Finding, Severity
from regiebeeld.pipeline.intake.history import (
    REST,
    StateFacts,
    read_states,
    rows_within,
    state_as_of,
)
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.retention import compute_keep_until
from regiebeeld.pipeline.intake.scopes import gemeente_of

SLIP = "slip"  # of the one who typed: the file is no part of it
LATER_TELLS = "een latere stand vertelt al"


def read_earlier(deliveries: Path, source: str, gemeente: str | None = None) -> Earlier | None:
    """Give what the newest accepted file of the same coverage held, to compare the next one with.

    What another gemeente delivered, or somebody for the whole region, is no measure for this one.
    """
    tells = (gemeente or REST,)
    states = [facts for facts in read_states(deliveries, source) if facts.tells == tells]
    if not states:
        return None
    return Earlier(tuple(Covered(*row) for row in states[-1].rows))


def cover_counts(
    deliveries: Path, source: Source, row: Delivery, counted: Counted
) -> tuple[Coverage, list[Finding]]:
    """Give which periods a delivery replaces, and what it would wipe there.

    Raises ContractError when it covers nothing, RefusedFile with the rule SLIP when that may be
    for the date or the periods that somebody typed.
    """
    known = state_as_of(deliveries, source.id, row.as_of).counts
    known = rows_within(known, (gemeente_of(row) or REST,))
    try:
        coverage = compute_coverage(
            counted.counts,
            as_of=row.as_of,
            declared=row.declared,
            earlier=set(known["period"].to_pylist()),
            fills_gaps=is_event(source),
        )
    except ContractError as fault:
        if row.declared or row.as_of < row.received_at.date():
            raise RefusedFile(SLIP, str(fault)) from None
        raise
    found = compare_with_known(
        keep_covered(counted.counts, coverage),
        known,
        periods=coverage.periods,
        is_event=is_event(source),
        declared=row.declared is not None,
    )
    return coverage, found


def tell_later(deliveries: Path, facts: StateFacts) -> list[Finding]:
    """Tell of which periods a state with a later date stays in force."""
    told = []
    for period, later in state_as_of(deliveries, facts.source).tell_later(facts).items():
        who = ", ".join(f"levering {f.delivery} (stand van {f.as_of})" for f in later)
        words = (
            f"{period}: {LATER_TELLS}: {who}. Deze levering is van {facts.as_of} en verandert het "
            "cijfer niet; zij telt alleen voor wat toen bekend was"
        )
        told.append(Finding("coverage", Severity.WARNING, words))
    return told


def describe_state(
    row: Delivery,
    source: Source,
    agreement: Agreement,
    coverage: Coverage,
    report: DeliveryReport,
) -> StateFacts:
    """Give what the state of an accepted delivery is."""
    gemeente, received = gemeente_of(row), row.received_at.date()
    return StateFacts(
        source=source.id,
        delivery=row.id,
        as_of=row.as_of.isoformat(),
        received_at=row.received_at.isoformat(timespec="seconds"),
        file_hash=row.file_hash,
        periods=coverage.periods,
        unit=str(source.terms.unit or ""),
        contract_version=source.version,
        agreement_hash=agreement_hash(agreement),
        rows=tuple((c.period, c.event_set, c.rows) for c in report.coverage),
        gemeenten=(gemeente,) if gemeente else (),
        keep_until=compute_keep_until(received, agreement.retention_months).isoformat(),
    )


def is_event(source: Source) -> bool:
    """Tell whether a row of a source is an event; else it is a count."""
    return source.terms.grain is Grain.EVENT
