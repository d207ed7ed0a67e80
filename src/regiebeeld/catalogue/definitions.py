"""The whole catalogue, read and checked: frozen definitions by id."""

from dataclasses import dataclass, field

from regiebeeld.catalogue.agreements import Agreement
from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.english import English
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.inventory import Inventory
from regiebeeld.catalogue.limits import Limits
from regiebeeld.catalogue.models import (
    Audiences,
    ClassRule,
    Corrections,
    DisclosureClass,
    Indicator,
    Region,
    Theme,
)
from regiebeeld.catalogue.policy_fields import PolicyFields
from regiebeeld.domain import CatalogueError, DisclosureError, Intervention
from regiebeeld.domain.public_places import PublicPlace


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that is measured and shown; `hash` changes when any file changes."""

    audiences: Audiences | None
    sources: dict[str, Source]
    indicators: dict[str, Indicator]
    themes: dict[str, Theme]
    corrections: dict[str, Corrections]
    regions: dict[str, Region]
    hash: str
    agreements: dict[str, dict[str, Agreement]] = field(default_factory=dict)
    inventory: Inventory | None = None
    limits: Limits | None = None
    interventions: dict[str, tuple[Intervention, ...]] = field(default_factory=dict)
    policy_fields: PolicyFields | None = None
    english: English | None = None
    places: dict[str, tuple[PublicPlace, ...]] = field(default_factory=dict)

    def read_region(self, name: str) -> Region:
        """Give one region; raise CatalogueError with the nearest name when there is none."""
        if name not in self.regions:
            raise CatalogueError(f"regio {name!r} bestaat niet{suggest(name, self.regions)}")
        return self.regions[name]

    def agreement_for(self, region: str, source: str) -> Agreement | None:
        """Give what a region agreed about a source, if it did; dates are not looked at."""
        return self.agreements.get(region, {}).get(source)

    def known_themes(self) -> dict[str, str]:
        """Give the title of every theme: those with a page and those of the inventory."""
        planned = self.inventory.themes if self.inventory else ()
        titles = {theme.id: theme.title for theme in planned}
        return titles | {theme.id: theme.title for theme in self.themes.values()}

    def rule_for(self, disclosure: DisclosureClass) -> ClassRule:
        """Give the rule of a class; an unknown class is refused, never passed."""
        for rule in self.audiences.classes if self.audiences else ():
            if rule.id is disclosure:
                return rule
        raise DisclosureError(
            f"voor de klasse {disclosure!r} staat geen regel in catalogue/audiences.yaml"
        )

    def indicators_of(self, region: Region) -> dict[str, tuple[Theme, Indicator]]:
        """Give the indicators of a region, in order of page; one on two pages stands once."""
        themes = sorted(
            (self.themes[name] for name in region.themes), key=lambda theme: theme.position
        )
        found: dict[str, tuple[Theme, Indicator]] = {}
        for theme in themes:
            for name in theme.indicators:
                found.setdefault(name, (theme, self.indicators[name]))
        return found
