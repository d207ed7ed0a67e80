"""The permission that every route names, and the refusal to listen beyond this machine."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from regiebeeld.domain import AccessError


class Label(StrEnum):
    """How far a figure may travel, as printed beside it."""

    OPENBAAR = "openbaar"
    INTERN = "intern"
    DRIEHOEK = "driehoek"


@dataclass(frozen=True, slots=True)
class MayRead:
    """A route dependency: this route shows figures up to `label` from the served audience file.

    The audience file itself holds nothing that its audience may not see, so there is
    nothing to decide here until people sign in.
    """

    label: Label

    def __call__(self) -> Label:
        return self.label


def may_read(label: Label) -> MayRead:
    return MayRead(label)


def check_loopback(host: str) -> None:
    """Refuse any address that others can reach; raise AccessError with the reason in words."""
    if host == "localhost":
        return
    try:
        if ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise AccessError(
        f"adres {host!r} geweigerd: zolang inloggen nog niet kan, luistert het dashboard"
        " alleen op deze machine; kies 127.0.0.1"
    )
