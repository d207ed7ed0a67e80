"""The field's words as frozen values. Does no I/O."""

from regiebeeld.domain.areas import Area, AreaLevel, read_area_code
from regiebeeld.domain.cells import TOTAL, Cell, Status
from regiebeeld.domain.errors import (
    AccessError,
    CatalogueError,
    ContractError,
    DisclosureError,
    FetchError,
    LedgerError,
    LinkError,
    RecoveredError,
    RegiebeeldError,
    ReleaseError,
)
from regiebeeld.domain.interventions import Intervention, Reach
from regiebeeld.domain.periods import Period, PeriodKind, read_cbs_period, read_period, rolling_year

__all__ = [
    "TOTAL",
    "AccessError",
    "Area",
    "AreaLevel",
    "CatalogueError",
    "Cell",
    "ContractError",
    "DisclosureError",
    "FetchError",
    "Intervention",
    "LedgerError",
    "LinkError",
    "Period",
    "PeriodKind",
    "Reach",
    "RecoveredError",
    "RegiebeeldError",
    "ReleaseError",
    "Status",
    "read_area_code",
    "read_cbs_period",
    "read_period",
    "rolling_year",
]
