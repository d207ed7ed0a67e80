"""What only the deliveries tell beside the cells: coarse shares and ratios, and when files came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regiebeeld.catalogue import Catalogue, Region
from regiebeeld.pipeline.analyses.completing import Lateness
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.pipeline.run.completeness import find_ages, find_completeness
from regiebeeld.pipeline.run.delivering import Kept
from regiebeeld.pipeline.run.near_repeats import find_near_repeats
from regiebeeld.pipeline.run.week_hours import find_week_hours
from regiebeeld.releases.findings import Finding


@dataclass(frozen=True, slots=True)
class Beside:
    """Findings that go along with those in the cells, and by source how late its rows come."""

    findings: tuple[Finding[Any], ...] = ()
    lateness: Mapping[str, Lateness] = field(default_factory=dict)


NOTHING = Beside()


def find_beside(
    catalogue: Catalogue, region: Region, cells: CellTables, kept: Kept | None
) -> Beside:
    """Find what the deliveries tell; without any (`kept` is None) only what the contracts say."""
    told = [(indicator.id, source) for _, indicator, source in cells.indicators]
    names = list(dict.fromkeys(source for _, source in told))
    found: list[Finding[Any]] = []
    if kept:
        found += find_completeness(catalogue, region, kept, told)
        found += find_near_repeats(catalogue, kept, told)
        found += find_week_hours(catalogue, kept, told)
    ages = {
        name: find_ages(kept, name) if kept and catalogue.sources[name].terms.is_delivery else {}
        for name in names
    }
    settling = {name: catalogue.sources[name].terms.settling_months for name in names}
    return Beside(tuple(found), {name: Lateness(ages[name], settling[name]) for name in names})
