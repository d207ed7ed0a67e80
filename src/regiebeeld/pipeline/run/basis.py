"""What a release stands on: its catalogue, its agreements of the day, and the kept deliveries.

Compared with that of the last release it tells whether a new one would differ.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from regiebeeld.catalogue import Catalogue, Region
from regiebeeld.catalogue.agreements import may_use
from regiebeeld.pipeline.run.delivering import read_kept
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

_NAME = "basis"


def compute_basis(
    catalogue: Catalogue, region: Region, settings: Settings, today: date
) -> Mapping[str, Any]:
    """Give the hash of the catalogue, the agreements that hold, and the newest states by source.

    Raises LedgerError when the ledger cannot be read, ContractError for a state that cannot.
    """
    wanted = [w.source for w in region.sources if catalogue.sources[w.source].terms.is_delivery]
    usable = [
        name for name in wanted if may_use(catalogue.agreement_for(region.id, name), today) is True
    ]
    kept = read_kept(region, settings) if usable else None
    states = {name: kept.list_used(name) for name in sorted(usable)} if kept else {}
    return {"catalogue": catalogue.hash, "agreements": sorted(usable), "states": states}


def is_release_due(catalogue: Catalogue, region: Region, settings: Settings, today: date) -> bool:
    """Tell whether the last release of a region, used or not, stands on something else."""
    whole = [one for one in Shelf(settings.releases).read_releases() if one.fault is None]
    last = whole[-1].manifest.get(_NAME) if whole else None
    return last != compute_basis(catalogue, region, settings, today)
