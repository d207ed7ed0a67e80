"""An agreement: who gives a source to whom, on which ground, for what and until when."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from regiebeeld.catalogue.legal_articles import Law
from regiebeeld.catalogue.models import Audience, Id, Strict, Text, Whole, YesNo

EVERYBODY = "all"
AvgGround = Annotated[str, Field(pattern=r"^6\.1\.[a-f]$", description="AVG 6(1), such as 6.1.e")]
SpecialGround = Annotated[
    str, Field(pattern=r"^(9\.2\.[a-j]|10)$", description="AVG 9(2) or 10, such as 9.2.g")
]


class TransferBasis(Strict):
    """The ground on which the supplier may give; `geen` fits data that are not about persons."""

    law: Law
    article: Annotated[
        str, Field(description="as legal_articles.py spells it; empty only when law is `geen`")
    ] = ""
    wording: Text


class ReceiverBasis(Strict):
    """The receiver's own ground; `special` needs the article of the UAVG that allows it."""

    avg: tuple[AvgGround, ...] = ()
    special: tuple[SpecialGround, ...] = ()
    uavg: Annotated[str, Field(description="such as `artikel 24 UAVG`")] = ""


class Task(Strict):
    """The task or power served; no ground for data by itself."""

    law: Text
    article: Text
    words: Text


class Permission(Strict):
    """A decision or permission that the agreement needs."""

    what: Text
    number: Text
    date: dt.date


class Processor(Strict):
    name: Text
    agreement: Text
    date: dt.date


class Dpia(Strict):
    """Whether the effect on privacy was assessed, or why that is not needed."""

    done: YesNo
    date: dt.date | None = None
    reference: str = ""
    reason: Annotated[str, Field(description="why none is needed, when `done` is false")] = ""


class Agreement(Strict):
    """regions/<id>/agreements/<source>.yaml."""

    source: Id
    supplier: Text
    parties: Annotated[tuple[Text, ...], Field(min_length=2)]
    transfer_basis: TransferBasis
    receiver_basis: ReceiverBasis
    task: Annotated[tuple[Task, ...], Field(min_length=1)]
    purpose: Text
    themes: Annotated[
        tuple[Id, ...], Field(min_length=1, description="themes that may show the figures")
    ]
    receivers: Annotated[
        tuple[Text, ...],
        Field(min_length=1, description="audiences, codes of gemeenten, or [all]"),
    ]
    controllers: Annotated[
        tuple[Text, ...], Field(min_length=1, description="more than one: joint (AVG 26)")
    ]
    arrangement: Annotated[str, Field(description="how joint controllers divide it")] = ""
    processor: Processor | None = None
    permissions: tuple[Permission, ...] = ()
    dpia: Dpia
    retention_months: Annotated[
        Whole, Field(gt=0, le=240, description="how long counts are kept; rows are never kept")
    ]
    start: dt.date
    end: dt.date
    contact_role: Annotated[Text, Field(description="a role, never a person")]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, with the reason in words for a reader; counts as false."""

    words: str

    def __bool__(self) -> bool:
        return False


def may_use(agreement: Agreement | None, today: dt.date) -> Literal[True] | Refusal:
    """Say whether there is an agreement and today lies within its dates."""
    if agreement is None:
        return Refusal(words="Er is geen afspraak over deze bron.")
    if today < agreement.start:
        return Refusal(words=f"De afspraak begint pas op {_day(agreement.start)}.")
    if today > agreement.end:
        return Refusal(
            words=f"De afspraak is afgelopen op {_day(agreement.end)}; "
            "vraag de leverancier om een nieuwe."
        )
    return True


def may_serve(agreement: Agreement, theme: str) -> Literal[True] | Refusal:
    """Say whether the purpose covers a theme."""
    if theme in agreement.themes:
        return True
    allowed = ", ".join(agreement.themes)
    return Refusal(words=f"Het doel van de afspraak past niet bij {theme}; wel bij: {allowed}.")


def may_receive(
    agreement: Agreement, audience: Audience, gemeente: str | None = None
) -> Literal[True] | Refusal:
    """Say whether an audience, or the audience file of one gemeente, is a receiver."""
    receivers = agreement.receivers
    if EVERYBODY in receivers or audience.id in receivers or (gemeente and gemeente in receivers):
        return True
    who = f"{audience.title} ({gemeente})" if gemeente else audience.title
    return Refusal(words=f"{who}: is geen ontvanger volgens de afspraak.")


def _day(day: dt.date) -> str:
    return f"{day.day}-{day.month}-{day.year}"
