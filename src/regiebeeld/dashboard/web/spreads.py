"""How much figures vary by themselves, so that a page calls no wave a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from regiebeeld.dashboard.web.found import read_all_found
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.releases import Release
from regiebeeld.releases.findings import Finding, Spread


@dataclass(frozen=True, slots=True)
class Spreads:
    """The spread of an indicator over one kind of period: of one area (its own), else of its level.

    None where neither is known.
    """

    known: Mapping[tuple[str, str, str, str | None], Spread] = field(default_factory=dict)

    def find(
        self, indicator: str, level: AreaLevel, kind: PeriodKind, *, area: str | None = None
    ) -> Spread | None:
        """Find the spread of an area's own series where it has one, else of all of its level."""
        own = self.known.get((indicator, level.value, kind.value, area))
        return own or self.known.get((indicator, level.value, kind.value, None))

    def find_of_year(
        self, indicator: str, level: AreaLevel, *, area: str | None = None
    ) -> Spread | None:
        """Find the spread of whole years, or of sliding ones."""
        kinds = (PeriodKind.YEAR, PeriodKind.ROLLING)
        found = (self.find(indicator, level, kind, area=area) for kind in kinds)
        return next((each for each in found if each), None)


# A page asks four times, and there are thousands.
_READ: WeakKeyDictionary[Release, Spreads] = WeakKeyDictionary()


def read_spreads(release: Release) -> Spreads:
    """Read every spread of a release, once."""
    known = _READ.get(release)
    if known is None:
        found = read_all_found(release, Spread)
        known = _READ[release] = Spreads({_name(each): each.content for each in found})
    return known


def _name(found: Finding[Spread]) -> tuple[str, str, str, str | None]:
    return found.indicator or "", found.content.level, found.content.kind, found.area
