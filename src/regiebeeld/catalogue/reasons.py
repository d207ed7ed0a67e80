"""Why figures of a source may not be seen, by nobody, by one audience or on one page; all at once.

Never says yes where a rule is missing, and knows nothing of data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from regiebeeld.catalogue.agreements import Agreement, may_receive, may_serve, may_use
from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.models import Audience, Region

_WAIT = "U hoeft nu niets te doen: dit wacht op de beveiliging van kleine aantallen."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not, in a sentence, and what can be done about it (empty when the words say it)."""

    words: str
    next_step: str = ""

    def __str__(self) -> str:
        return f"{self.words} {self.next_step}".strip()


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who an audience file is for: a kind of audience, and the gemeente when it has its own."""

    audience: Audience
    gemeente: str | None = None


def find_receiver(catalogue: Catalogue, region: Region, file: str) -> Receiver | None:
    """Give who a file is for, by its name: regio, openbaar or gm0141; None for any other name."""
    for audience in catalogue.audiences.audiences if catalogue.audiences else ():
        if not audience.per_gemeente and audience.id == file:
            return Receiver(audience)
        codes = region.gemeente_codes if audience.per_gemeente else ()
        if found := next((code for code in codes if code.lower() == file), None):
            return Receiver(audience, found)
    return None


def name_in_sentence(audience: Audience) -> str:
    """Name an audience behind other words: only its first letter becomes a small one."""
    return audience.title[:1].lower() + audience.title[1:]


def reasons_for_nobody(
    catalogue: Catalogue, source: Source, agreement: Agreement | None, today: date
) -> Iterator[Reason]:
    """Yield why nobody at all may see these figures now; nothing when somebody may."""
    if source.terms.is_delivery:
        answer = may_use(agreement, today)
        if answer is not True:
            yield Reason(answer.words, _ask(source, agreement))
    yield from reasons_of_class(catalogue, source)


def reasons_of_class(catalogue: Catalogue, source: Source) -> Iterator[Reason]:
    """Yield why figures of this class are not published, whatever was agreed."""
    rule = catalogue.rule_for(source.terms.disclosure)
    if not rule.publish:
        yield Reason(rule.because, _WAIT)


def reasons_for(
    source: Source, agreement: Agreement | None, receiver: Receiver
) -> Iterator[Reason]:
    """Yield why one audience may not see figures that others may."""
    audience = receiver.audience
    if source.terms.label not in audience.labels:
        words = f"Het label {source.terms.label} is niet voor {name_in_sentence(audience)}."
        yield Reason(words)
    if agreement is not None and not may_receive(agreement, audience, receiver.gemeente):
        # Said without the code, so that equal answers of gemeenten are one row.
        words = f"{audience.title} staat niet bij de ontvangers van de afspraak."
        step = "Wie dit voor zijn taak nodig heeft, vraagt dat aan de leverancier: "
        yield Reason(words, f"{step}{agreement.supplier}.")


def reasons_of_theme(agreement: Agreement | None, theme: str) -> Iterator[Reason]:
    """Yield why the agreed purpose does not reach the page of a theme."""
    if agreement is not None:
        answer = may_serve(agreement, theme)
        if answer is not True:
            yield Reason(answer.words, f"Overleg met {agreement.supplier} over een ander doel.")


def _ask(source: Source, agreement: Agreement | None) -> str:
    who = agreement.supplier if agreement else source.terms.publisher
    return f"Maak een nieuwe afspraak met {who}." if agreement else f"Maak die met {who}."
