"""Judges how the rows of a delivery were linked: refused, remarked on, and told in its report."""

from regiebeeld.catalogue import Region, Source
from regiebeeld.pipeline.intake.counts import Counted
from regiebeeld.pipeline.intake.door import Door
from regiebeeld.pipeline.intake.findings import Finding, LinkingTold
from regiebeeld.pipeline.intake.link_keys import LinkKeys
from regiebeeld.pipeline.intake.linking import Linked
from regiebeeld.pipeline.intake.linking_told import (
    check_links,
    compute_known,
    refuse_unplaced,
    tell_linking,
)
from regiebeeld.pipeline.intake.public_totals import compare_public

COPIES = "copies"


def judge_links(
    door: Door,
    source: Source,
    keys: LinkKeys,
    linked: Linked,
    counted: Counted,
    *,
    gemeente: str | None = None,
) -> tuple[LinkingTold, list[Finding]]:
    """Give what the report tells of the linking, and the remarks; `gemeente` is told alone.

    Raises RefusedFile when too few of the counts lie in a known gemeente.
    """
    known = compute_known(counted.counts, door.frame)
    refuse_unplaced(known)
    public = compare_public(
        counted.counts,
        source,
        door.catalogue,
        _only(door.region, gemeente),
        door.settings.unprotected / COPIES,
    )
    told = tell_linking(linked.report, keys.compare(door.frame), public)
    return told, check_links(linked.report, known, source)


def _only(region: Region, gemeente: str | None) -> Region:
    if gemeente is None:
        return region
    own = tuple(each for each in region.gemeenten if each.code == gemeente)
    return region.model_copy(update={"gemeenten": own})
