"""Who may see what. Until sign-in exists: only what one audience file holds, only on loopback."""

from regiebeeld.dashboard.access.permissions import Label, MayRead, check_loopback, may_read

__all__ = ["Label", "MayRead", "check_loopback", "may_read"]
