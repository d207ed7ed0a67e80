"""What stands between a claimed file and its kept counts: agreement, reading, checks, linking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.agreements import Agreement, may_use
from regiebeeld.catalogue.fields import LINK_ROLES, Role, fields_with
from regiebeeld.catalogue.models import Grain
from regiebeeld.ledger import Delivery
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.claims import Claim
from regiebeeld.pipeline.intake.counts import Counted, column_of, count_rows, read_begin_dates
from regiebeeld.pipeline.intake.coverage import Coverage, compute_coverage, keep_covered
from regiebeeld.pipeline.intake.door import Door, agreement_hash
from regiebeeld.pipeline.intake.findings import (
    Covered,
    DeliveryReport,
    Earlier,
    Finding,
    Outcome,
    Severity,
    decide_outcome,
)
from regiebeeld.pipeline.intake.history import StateFacts, read_states, state_as_of, write_state
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.linking import Linked, LinkFrame, link_rows
from regiebeeld.pipeline.intake.reading import read_delivery

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
    delivered = read_delivery(file, source)
    earlier = read_earlier(door.deliveries, source.id)
    others = [s for s in door.catalogue.sources.values() if s.terms.is_delivery and s is not source]
    report = check_delivery(delivered, source, earlier=earlier, today=door.today(), others=others)
    report = conceal_names(report, delivered.table.column_names, source)
    versions = (source.version, agreement_hash(agreement))
    if report.outcome is Outcome.REFUSED:
        return Judged(report, *versions)
    linked = link_table(delivered.table, source, door.frame)
    counted = count_rows(
        delivered.table,
        source,
        linked,
        gemeenten=door.frame.gemeente_codes,
    )
    _refuse_elsewhere(counted)
    coverage = _cover(door, source, row, counted)
    facts = _facts(row, source, coverage, report, versions)
    state = write_state(door.deliveries, facts, keep_covered(counted.counts, coverage))
    told = tell_counting(counted, coverage, linked)
    return Judged(
        add_findings(report, told),
        *versions,
        state=state,
        rows_counted=counted.rows_counted - sum(coverage.left_out.values()) * _is_event(source),
        periods=coverage.periods,
        link_rates={m.method.name.lower(): round(m.share, 4) for m in linked.report.methods},
        told=(*(found.words for found in told), *linked.report.sentences()),
    )


def conceal_names(report: DeliveryReport, names: Sequence[str], source: Source) -> DeliveryReport:
    """Say where a column stands instead of a name that the contract does not know.

    A file without a header has a row of values for names; the report is kept, values are not. The
    name of a sheet is the sender's own text too.
    """
    known = source.field_names()
    strange = {repr(n): f"op plaats {i}" for i, n in enumerate(names, 1) if n not in known}

    def say(words: str) -> str:
        for name in sorted(strange, key=len, reverse=True):
            words = words.replace(name, strange[name])
        return words

    findings = tuple(replace(found, words=say(found.words)) for found in report.findings)
    facts = replace(report.facts, sheet=None) if report.facts else None
    return replace(report, findings=findings, facts=facts)


def link_table(table: pa.Table, source: Source, frame: LinkFrame) -> Linked:
    """Link the rows of a checked table by the columns that its contract names as keys."""
    named = fields_with(source.fields, *LINK_ROLES, Role.ROW_KEY)
    fields = [one for one in named if one.name in table.column_names]
    keys = {one.role.value: column_of(table, source, one) for one in fields}
    crs = next((str(one.crs) for one in fields if one.crs), "EPSG:28992")
    return link_rows(keys, read_begin_dates(table, source), frame, crs=crs)


def read_earlier(deliveries: Path, source: str) -> Earlier | None:
    """Give what the newest accepted file held, to compare the next one with."""
    states = read_states(deliveries, source)
    if not states:
        return None
    return Earlier(tuple(Covered(*row) for row in states[-1].rows))


def _refuse_elsewhere(counted: Counted) -> None:
    if not counted.rows_counted:
        reasons = ", ".join(f"{rows} {why}" for why, rows in counted.uncounted.items())
        raise RefusedFile("nothing_counted", f"Geen enkele rij is te tellen: {reasons}.")


def _cover(door: Door, source: Source, row: Delivery, counted: Counted) -> Coverage:
    before = state_as_of(door.deliveries, source.id, row.as_of)
    return compute_coverage(
        counted.counts,
        as_of=row.as_of,
        declared=row.declared,
        earlier=set(before.counts["period"].to_pylist()),
        fills_gaps=_is_event(source),
    )


def _facts(
    row: Delivery,
    source: Source,
    coverage: Coverage,
    report: DeliveryReport,
    versions: tuple[str, str],
) -> StateFacts:
    return StateFacts(
        source=source.id,
        delivery=row.id,
        as_of=row.as_of.isoformat(),
        received_at=row.received_at.isoformat(timespec="seconds"),
        file_hash=row.file_hash,
        periods=coverage.periods,
        unit=str(source.terms.unit or ""),
        contract_version=versions[0],
        agreement_hash=versions[1],
        rows=tuple((c.period, c.event_set, c.rows) for c in report.coverage),
    )


def tell_counting(counted: Counted, coverage: Coverage, linked: Linked) -> list[Finding]:
    """Tell what was not counted and what stayed unlinked, as findings for the report."""
    told = [
        Finding(_COUNTED_RULE, Severity.WARNING, f"{rows} rijen niet geteld: {why}", rows=rows)
        for why, rows in (*counted.uncounted.items(), *coverage.left_out.items())
    ]
    told += [Finding(_COUNTED_RULE, Severity.WARNING, words) for words in coverage.told]
    for open_rows in linked.report.unlinked:
        words = (
            f"{open_rows.rows} rijen zonder buurt: {open_rows.reason.words}; geteld als onbekend"
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


def _is_event(source: Source) -> bool:
    return source.terms.grain is Grain.EVENT
