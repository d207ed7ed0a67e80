"""The permission that every route names, and what an audience file holds of which gemeente."""

import re
from dataclasses import dataclass
from enum import StrEnum

from regiebeeld.domain import AreaLevel

_OF_GEMEENTE = re.compile(r"gm\d{4}")


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


def find_own_gemeente(audience: str) -> str | None:
    """Give the gemeente whose file this is: GM9901 for gm9901, None for every other audience."""
    return audience.upper() if _OF_GEMEENTE.fullmatch(audience) else None


def find_finest(audience: str, gemeente: str | None) -> AreaLevel:
    """Give the finest level that an audience may see of a gemeente.

    gemeente: None for the region as a whole, of which everybody sees the parts they may see.
    Mirrors catalogue/audiences.yaml: the file of a gemeente holds the others as wholes only.
    """
    own = find_own_gemeente(audience)
    if own is None or gemeente is None or gemeente == own:
        return AreaLevel.BUURT
    return AreaLevel.GEMEENTE
