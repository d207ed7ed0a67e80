"""Every source that was considered: does it help, can it, may it; rejected ones included."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from regiebeeld.catalogue.models import Id, Strict, Text


class Decision(StrEnum):
    """What was decided about a source."""

    USED = "gebruikt"
    READY = "klaar_voor_afspraak"
    LATER = "later"
    REJECTED = "afgewezen"


class Answer(StrEnum):
    YES = "ja"
    PARTLY = "deels"
    NO = "nee"


class Considered(Strict):
    """One source or kind of data, and the answers to the first three questions."""

    id: Id
    title: Text
    supplier: Text
    about: Annotated[Text, Field(description="what is in it")]
    helps: Answer
    helps_because: Text
    can: Answer
    can_because: Text
    may: Answer
    may_because: Text
    decision: Decision
    reason: Text
    sources: Annotated[
        tuple[Id, ...], Field(description="the contracts that came out of it, when not rejected")
    ] = ()


class MissionTheme(Strict):
    """A subject that the work is about, whether or not it has a page yet."""

    id: Id
    title: Text


class Inventory(Strict):
    """catalogue/inventory.yaml."""

    themes: Annotated[tuple[MissionTheme, ...], Field(min_length=1)]
    considered: Annotated[tuple[Considered, ...], Field(min_length=1)]
