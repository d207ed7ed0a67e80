"""How much figures vary by themselves, so that a page calls no wave a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from regiebeeld.dashboard.web.found import read_all_found
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.releases import Release
from regiebeeld.releases.findings import Spread


@dataclass(frozen=True, slots=True)
class Spreads:
    """The spread of an indicator at a level over one kind of period; None where it is not known."""

    known: Mapping[tuple[str, str, str], Spread] = field(default_factory=dict)

    def find(self, indicator: str, level: AreaLevel, kind: PeriodKind) -> Spread | None:
        return self.known.get((indicator, level.value, kind.value))

    def find_of_year(self, indicator: str, level: AreaLevel) -> Spread | None:
        """Find the spread of whole years, or of sliding ones."""
        kinds = (PeriodKind.YEAR, PeriodKind.ROLLING)
        found = (self.find(indicator, level, kind) for kind in kinds)
        return next((each for each in found if each), None)


def read_spreads(release: Release) -> Spreads:
    """Read every spread of a release."""
    return Spreads(
        {
            (found.indicator or "", found.content.level, found.content.kind): found.content
            for found in read_all_found(release, Spread)
        }
    )
