"""The permission that every route names, and what an audience file holds of which gemeente."""

import re
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from regiebeeld.domain import AccessError, AreaLevel

_OF_GEMEENTE = re.compile(r"gm\d{4}")


class Label(StrEnum):
    """How far a figure may travel, as printed beside it."""

    OPENBAAR = "openbaar"
    INTERN = "intern"
    DRIEHOEK = "driehoek"


@dataclass(frozen=True, slots=True)
class MayRead:
    """A route dependency: this route shows what is labelled `label`, or refuses.

    An audience file holds nothing that its audience may not see; what stands beside the file
    (deliveries, agreements) is refused here to whom it is not meant for. Raises AccessError.
    """

    label: Label

    def __call__(self, request: Request) -> Label:
        audience: str = request.app.state.desk.audience
        if self.label not in find_labels(audience):
            raise AccessError(
                f"deze pagina heeft het label {self.label}; dat is niet voor {audience}"
            )
        return self.label


def may_read(label: Label) -> MayRead:
    return MayRead(label)


def find_labels(audience: str) -> tuple[Label, ...]:
    """Give what an audience may see beside its file; an unknown one sees what is for everybody.

    Mirrors catalogue/audiences.yaml: partners see what is internal, the driehoek what is only for
    them too, everybody neither.
    """
    if audience == "driehoek":
        return (Label.OPENBAAR, Label.INTERN, Label.DRIEHOEK)
    if audience == "regio" or find_own_gemeente(audience):
        return (Label.OPENBAAR, Label.INTERN)
    return (Label.OPENBAAR,)


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
