"""What a partner does at home with the same code: check a delivery or count it; keeps nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

from regiebeeld.catalogue import read_catalogue
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.counting_home import CountedAtHome, count_at_home, write_counts
from regiebeeld.pipeline.intake.door import find_delivered
from regiebeeld.pipeline.intake.findings import DeliveryReport, report_refused_file
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.places import read_link_frame
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.report import write_report
from regiebeeld.settings import Settings


def check_at_home(
    path: Path, source_id: str, settings: Settings, *, folder: Path | None = None
) -> DeliveryReport:
    """Check a file as the door would, and write the report to `folder` when one is given.

    What the door compares with the delivery before it is not looked at. Raises CatalogueError
    for an unknown source.
    """
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    source = find_delivered(catalogue, source_id)
    others = [s for s in catalogue.sources.values() if s.terms.is_delivery and s is not source]
    today = datetime.now(UTC).date()
    try:
        delivered = read_delivery(path, source)
        report = check_delivery(delivered, source, earlier=None, today=today, others=others)
    except RefusedFile as fault:
        report = report_refused_file(source.id, source.title, fault, today)
    if folder is not None:
        write_report(report, folder)
    return report


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
    done = count_at_home(path, source, into, frame=frame, as_of=as_of, declared=declared)
    write_counts(done.rows, into, out)
    return done
