"""Who may see what. Until sign-in exists: only what one audience file holds, only on loopback."""

from regiebeeld.dashboard.access.addresses import check_loopback, name_host, write_address
from regiebeeld.dashboard.access.permissions import (
    Label,
    MayRead,
    find_finest,
    find_own_gemeente,
    may_read,
)

__all__ = [
    "Label",
    "MayRead",
    "check_loopback",
    "find_finest",
    "find_own_gemeente",
    "may_read",
    "name_host",
    "write_address",
]
