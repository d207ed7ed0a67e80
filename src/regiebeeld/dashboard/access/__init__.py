"""Who may see what. Until sign-in exists: only what one audience file holds, only on loopback."""

from regiebeeld.dashboard.access.addresses import check_loopback, name_host, write_address
from regiebeeld.dashboard.access.agreements import PresentAgreements, read_today, tell_hidden
from regiebeeld.dashboard.access.permissions import (
    Label,
    MayRead,
    find_finest,
    find_labels,
    find_own_gemeente,
    may_read,
)

__all__ = [
    "Label",
    "MayRead",
    "PresentAgreements",
    "check_loopback",
    "find_finest",
    "find_labels",
    "find_own_gemeente",
    "may_read",
    "name_host",
    "read_today",
    "tell_hidden",
    "write_address",
]
