"""What a partner does at home with the same code: check a delivery or count it; keeps nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from regiebeeld.catalogue import Catalogue, Region, Source, read_catalogue
from regiebeeld.catalogue.agreements import may_use
from regiebeeld.catalogue.models import Grain
from regiebeeld.domain import ContractError, FetchError, LinkError
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.counting_home import CountedAtHome, count_at_home, write_counts
from regiebeeld.pipeline.intake.counts import count_rows
from regiebeeld.pipeline.intake.coverage import compute_coverage
from regiebeeld.pipeline.intake.delivered import Delivered
from regiebeeld.pipeline.intake.door import find_delivered
from regiebeeld.pipeline.intake.findings import (
    DeliveryReport,
    Finding,
    Outcome,
    Severity,
    in_file,
    report_refused_file,
)
from regiebeeld.pipeline.intake.judging import add_findings, refuse_uncounted, tell_counting
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.link_keys import read_link_keys
from regiebeeld.pipeline.intake.linking import LinkFrame
from regiebeeld.pipeline.intake.linking_told import (
    check_links,
    compute_known,
    refuse_unplaced,
    tell_linking,
)
from regiebeeld.pipeline.intake.places import read_link_frame
from regiebeeld.pipeline.intake.reading_apart import open_reader
from regiebeeld.pipeline.intake.report import write_report
from regiebeeld.settings import Settings


def check_at_home(
    path: Path,
    source_id: str,
    settings: Settings,
    *,
    region: str | None = None,
    folder: Path | None = None,
) -> DeliveryReport:
    """Check a file as the door would, and write the report to `folder` when one is given.

    With a region its agreement is looked at too, and the rows are linked when its map is there.
    What the door compares with the delivery before it is not looked at. Raises CatalogueError
    for an unknown source or region.
    """
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    source = find_delivered(catalogue, source_id)
    others = [s for s in catalogue.sources.values() if s.terms.is_delivery and s is not source]
    today = datetime.now(UTC).date()
    try:
        with open_reader(settings) as reader:
            delivered = reader.read(path, source)
        report = check_delivery(delivered, source, earlier=None, today=today, others=others)
        report = in_file(report, delivered.places)
        if region is not None:
            here = catalogue.read_region(region)
            report = _check_in_region(report, delivered, source, (catalogue, here, settings))
    except RefusedFile as fault:
        report = report_refused_file(source.id, source.title, fault, today)
    if folder is not None:
        write_report(report, folder)
    return report


def _check_in_region(
    report: DeliveryReport,
    delivered: Delivered,
    source: Source,
    where: tuple[Catalogue, Region, Settings],
) -> DeliveryReport:
    """Add what a region has to say of a file: no agreement, rows that cannot be linked."""
    catalogue, region, settings = where
    holds = may_use(catalogue.agreement_for(region.id, source.id), report.checked_on)
    if holds is not True:
        report = add_findings(report, [Finding("agreement", Severity.ERROR, holds.words)])
    if report.outcome is Outcome.REFUSED:
        return report
    try:
        frame = read_link_frame(catalogue, region, settings, fetching=False)
    except (FetchError, LinkError) as fault:
        words = f"Het koppelen aan gebieden is niet nagekeken: {fault}."
        return add_findings(report, [Finding("linking", Severity.WARNING, words)])
    return _link_at_home(report, delivered, source, frame)


def _link_at_home(
    report: DeliveryReport, delivered: Delivered, source: Source, frame: LinkFrame
) -> DeliveryReport:
    """Link and count as the door does, and add what it would say; no count is kept."""
    keys = read_link_keys(delivered.table, source)
    linked = keys.link(frame).in_file(delivered.places)
    try:
        counted = count_rows(delivered.table, source, linked, gemeenten=frame.gemeente_codes)
        refuse_uncounted(counted)
        known = compute_known(counted.counts, frame)
        refuse_unplaced(known)
        coverage = compute_coverage(
            counted.counts,
            as_of=report.checked_on,
            fills_gaps=source.terms.grain is Grain.EVENT,
        )
    except (ContractError, LinkError) as fault:
        return add_findings(report, [_refusal(fault)])
    told = [
        *tell_counting(counted, coverage, linked),
        *check_links(linked.report, known, source),
    ]
    links = tell_linking(linked.report, keys.compare(frame), ())
    return add_findings(replace(report, linking=links), told)


def _refusal(fault: ContractError | LinkError) -> Finding:
    rule = fault.rule if isinstance(fault, RefusedFile) else "linking"
    return Finding(rule, Severity.ERROR, str(fault))


def count_file(
    path: Path,
    sources: tuple[str, str],
    out: Path,
    *,
    region: str,
    settings: Settings,
    as_of: date,
    declared: tuple[str, str] | None = None,
) -> CountedAtHome:
    """Count the events of a file (from, into) to the delivery `out`; see `count_at_home`."""
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    source, into = (find_delivered(catalogue, name) for name in sources)
    frame = read_link_frame(catalogue, catalogue.read_region(region), settings)
    with open_reader(settings) as reader:
        delivered = reader.read(path, source)
    done = count_at_home(delivered, source, into, frame=frame, as_of=as_of, declared=declared)
    write_counts(done.rows, into, out)
    return done
