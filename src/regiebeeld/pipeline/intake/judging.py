"""What stands between a claimed file and its kept counts: agreement, reading, checks, linking."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.agreements import Agreement, may_use
from regiebeeld.ledger import Delivery
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.claims import Claim
from regiebeeld.pipeline.intake.counts import Counted, count_rows
from regiebeeld.pipeline.intake.coverage import Coverage, keep_covered
from regiebeeld.pipeline.intake.delivered import Delivered
from regiebeeld.pipeline.intake.door import Door, agreement_hash
from regiebeeld.pipeline.intake.findings import (
    DeliveryReport,
    Finding,
    Outcome,
    Severity,
    decide_outcome,
    in_file,
)
from regiebeeld.pipeline.intake.history import write_state
from regiebeeld.pipeline.intake.judging_history import (
    cover_counts,
    describe_state,
    is_event,
    read_earlier,
    tell_later,
)
from regiebeeld.pipeline.intake.judging_links import judge_links
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.link_keys import read_link_keys
from regiebeeld.pipeline.intake.linking import Linked, LinkFrame
from regiebeeld.pipeline.intake.linking.report import count_rows as rows_in_words
from regiebeeld.pipeline.intake.near_repeats import compute_near, write_near
from regiebeeld.pipeline.intake.scopes import gemeente_of
from regiebeeld.pipeline.intake.when import compute_when, write_when

_COUNTED_RULE, _LINKED_RULE = "coverage", "linking"


@dataclass(frozen=True, slots=True)
class Judged:
    """The report of a delivery and, when it was accepted, where its counts are kept."""

    report: DeliveryReport
    contract_version: str
    agreement_hash: str
    state: Path | None = None
    rows_counted: int | None = None
    periods: tuple[str, ...] = ()
    link_rates: Mapping[str, float] = field(default_factory=dict)
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a file whose rows were linked: its report, its rows and its links."""

    report: DeliveryReport
    delivered: Delivered
    linked: Linked
    remarks: list[Finding]


def refuse_without_agreement(door: Door, source: Source) -> Agreement:
    """Give the agreement that holds today; raise RefusedFile when there is none."""
    agreement = door.agreement(source.id)
    holds = may_use(agreement, door.today())
    if agreement is None or holds is not True:
        words = holds.words if holds is not True else ""
        raise RefusedFile("agreement", f"{words} Het bestand is niet gelezen en is verwijderd.")
    return agreement


def judge_delivery(
    door: Door, source: Source, row: Delivery, claim: Claim, agreement: Agreement
) -> Judged:
    """Read, check, link and count a claimed file; keep its counts when it is accepted.

    Raises RefusedFile, ContractError or LinkError for a file that cannot be used at all.
    """
    file = claim.file
    if file is None:
        raise RefusedFile("interrupted", "Het bestand is er niet meer. Lever het opnieuw.")
    delivered = door.reader.read(file, source)
    if delivered.facts.sha256 != row.file_hash:  # it was still written to when it was read ahead
        delivered = door.reader.read(file, source)
    report = _check(door, source, row, delivered)
    if report.outcome is Outcome.REFUSED:
        return Judged(report, source.version, agreement_hash(agreement))
    keys = read_link_keys(delivered.table, source)
    linked = keys.link(door.frame).in_file(delivered.places)
    counted = count_rows(
        delivered.table,
        source,
        linked,
        gemeenten=door.frame.gemeente_codes,
        gemeente=gemeente_of(row),
    )
    refuse_uncounted(counted)
    links, remarks = judge_links(door, source, keys, linked, counted, gemeente=gemeente_of(row))
    told = Told(replace(report, linking=links), delivered, linked, remarks)
    return _keep(door, source, row, agreement, (counted, told))


def _keep(
    door: Door, source: Source, row: Delivery, agreement: Agreement, found: tuple[Counted, Told]
) -> Judged:
    """Compare the counts with what they replace, and keep them when that may be."""
    counted, told = found
    coverage, remarks = cover_counts(door.deliveries, source, row, counted)
    facts = describe_state(row, source, agreement, coverage, told.report)
    remarks += tell_later(door.deliveries, facts)
    report, state, near = told.report, None, None
    findings = [*tell_counting(counted, coverage, told.linked), *told.remarks, *remarks]
    if decide_outcome(tuple(findings)) is not Outcome.REFUSED:
        when = compute_when(told.delivered.table, source, counted.placed, coverage)
        if when is not None:
            write_when(door.deliveries, facts, when)
            report = replace(report, when=when.facts.words)
        table, methods = told.delivered.table, told.linked.method
        near = compute_near(table, source, counted.placed, coverage, methods)
        if near is not None:
            write_near(door.deliveries, facts, near)
        state = write_state(door.deliveries, facts, keep_covered(counted.counts, coverage))
    rates = told.linked.report.methods
    return Judged(
        add_findings(report, findings),
        facts.contract_version,
        facts.agreement_hash,
        state=state,
        rows_counted=counted.rows_counted - sum(coverage.left_out.values()) * is_event(source),
        periods=coverage.periods,
        link_rates={m.method.name.lower(): round(m.share * 20) / 20 for m in rates},
        told=(*_sentences(report, findings, told.linked), *((near.words,) if near else ())),
    )


def _check(door: Door, source: Source, row: Delivery, delivered: Delivered) -> DeliveryReport:
    earlier = read_earlier(door.deliveries, source.id, gemeente_of(row))
    others = [s for s in door.catalogue.sources.values() if s.terms.is_delivery and s is not source]
    report = check_delivery(delivered, source, earlier=earlier, today=door.today(), others=others)
    return in_file(report, delivered.places)


def _sentences(report: DeliveryReport, told: list[Finding], linked: Linked) -> tuple[str, ...]:
    when = [f"dag en uur: {report.when}"] if report.when else []
    links = (*report.linking.keys, *report.linking.public) if report.linking else ()
    words = (*(found.words for found in told), *linked.report.sentences(), *links, *when)
    return tuple(dict.fromkeys(words))


def link_table(table: pa.Table, source: Source, frame: LinkFrame) -> Linked:
    """Link the rows of a checked table by the columns that its contract names as keys."""
    return read_link_keys(table, source).link(frame)


def refuse_uncounted(counted: Counted) -> None:
    """Raise RefusedFile when no row can be counted."""
    if not counted.rows_counted:
        reasons = ", ".join(f"{rows} {why}" for why, rows in counted.uncounted.items())
        raise RefusedFile("nothing_counted", f"Geen enkele rij is te tellen: {reasons}.")


def tell_counting(counted: Counted, coverage: Coverage, linked: Linked) -> list[Finding]:
    """Tell what was not counted and what stayed unlinked, as findings for the report."""
    told = [
        Finding(
            _COUNTED_RULE, Severity.WARNING, f"{rows_in_words(rows)} niet geteld: {why}", rows=rows
        )
        for why, rows in counted.uncounted.items()
    ]
    told += [
        Finding(_COUNTED_RULE, Severity.WARNING, f"{_events(events)} niet geteld: {why}")
        for why, events in coverage.left_out.items()
    ]
    told += [Finding(_COUNTED_RULE, Severity.WARNING, words) for words in coverage.told]
    for open_rows in linked.report.unlinked:
        words = (
            f"{rows_in_words(open_rows.rows)} zonder gebied: {open_rows.reason.words}; geteld als "
            "onbekend"
        )
        told.append(
            Finding(
                _LINKED_RULE,
                Severity.WARNING,
                words,
                rows=open_rows.rows,
                row_numbers=open_rows.row_numbers,
            )
        )
    return told


def add_findings(report: DeliveryReport, told: list[Finding]) -> DeliveryReport:
    findings = (*report.findings, *told)
    return replace(report, findings=findings, outcome=decide_outcome(findings))


def _events(number: int) -> str:
    return "1 gebeurtenis" if number == 1 else f"{number} gebeurtenissen"
