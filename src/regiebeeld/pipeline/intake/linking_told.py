"""What the delivery report says of the linking, and when too little of it is linked.

Refuses a delivery of which half has no gemeente: its figures would say nothing of any area.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regiebeeld.catalogue import Source
from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import UNKNOWN
from regiebeeld.pipeline.intake.findings import Finding, LinkingTold, Severity
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.linking import KeyRate, LinkFrame, LinkReport
from regiebeeld.pipeline.intake.linking.report import FAR_YEARS, count_rows

LEAST_PLACED = 0.5  # of the counts: with fewer in a known gemeente a delivery is refused
RULE = "linking"
_NOWHERE = UNKNOWN[AreaLevel.GEMEENTE][2:6]


@dataclass(frozen=True, slots=True)
class Known:
    """Counted events: all, those in a known gemeente, and those in an area that is counted by."""

    events: int
    placed: int
    linked: int


def tell_linking(
    report: LinkReport, rates: Iterable[KeyRate], public: Iterable[str]
) -> LinkingTold:
    """Tell how the rows were linked, how far each key alone came, and the public totals."""
    rates = tuple(rates)
    facts = report.as_dict() | {
        "keys": {
            rate.kind: {"rows": rate.rows, "linked": rate.linked, "agreeing": rate.agreeing}
            for rate in rates
        }
    }
    return LinkingTold(facts, report.sentences(), tuple(map(str, rates)), tuple(public))


def compute_known(counts: pa.Table, frame: LinkFrame) -> Known:
    """Add up what was counted, by how well its place is known; an unknown count is not there."""
    drawn = {area.code for layout in frame.layouts.values() for area in layout.areas}
    areas = counts["area"].combine_chunks().dictionary_encode()
    codes = areas.dictionary.to_pylist()
    events = counts["count"].fill_null(0).to_numpy()
    of_code = np.bincount(areas.indices.to_numpy(), weights=events, minlength=len(codes))
    pairs = list(zip(codes, of_code.astype(np.int64).tolist(), strict=True))
    return Known(
        events=sum(number for _, number in pairs),
        placed=sum(number for code, number in pairs if code[2:6] != _NOWHERE),
        linked=sum(number for code, number in pairs if code in drawn),
    )


def refuse_unplaced(known: Known) -> None:
    """Raise RefusedFile when fewer than LEAST_PLACED of the counts lie in a known gemeente."""
    if known.events and known.placed < LEAST_PLACED * known.events:
        raise RefusedFile(
            RULE,
            f"Van {known.placed} van de {known.events} is bekend in welke gemeente ze liggen; "
            "dat is minder dan de helft, dus de cijfers zeggen over geen gebied iets. Kijk of de "
            "kolommen die de plaats noemen goed gevuld zijn, en of het adressenbestand en de "
            "kaart van de regio er zijn. Er is niets overgenomen.",
        )


def check_links(report: LinkReport, known: Known, source: Source) -> list[Finding]:
    """Give what the sender should look at: too few linked, other keys that disagree, old maps."""
    found = []
    share = known.linked / known.events if known.events else 1.0
    if share < source.terms.least_linked:
        found.append(
            f"Van {known.linked} van de {known.events} ({share:.0%}) is het gebied bekend waarnaar "
            f"geteld wordt; afgesproken is minstens {source.terms.least_linked:.0%}. De rest telt "
            "mee als onbekend; waar dat veel is, worden kleinere gebieden niet getoond"
        )
    if report.contradicted:
        found.append(
            f"{count_rows(report.contradicted)}: de plaats en de gemeente die de rij noemt spreken "
            "elkaar tegen; de plaats telt"
        )
    if report.far:
        found.append(
            f"{count_rows(report.far)} meer dan {FAR_YEARS} jaar van de naaste indeling: de "
            "grenzen kunnen toen anders zijn geweest"
        )
    told = [Finding(RULE, Severity.WARNING, words) for words in found]
    told += [
        Finding(RULE, Severity.WARNING, f"coördinaten die {how.words}: {rows}", rows=rows)
        for how, rows in report.readings.items()
    ]
    return told
