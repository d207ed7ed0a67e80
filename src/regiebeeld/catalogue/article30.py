"""What article 30 AVG asks of a register, per source, in its own order; and what ends soon.

Says in words what an agreement does not hold, instead of leaving it out.
"""

from dataclasses import dataclass
from datetime import date

from regiebeeld.catalogue.law import RegisterRow, tell_day

SOON_DAYS = 90
_NONE = "niet in de afspraak; vraag het de leverancier"
_PUBLIC = "openbaar gemaakt door de eigenaar"
_AIM = "een beeld geven van de veiligheid, met cijfers die de eigenaar openbaar maakte"
_SECURITY = (
    "Alleen aantallen blijven; sleutels en het bestand worden na het tellen gewist. Wat niet "
    "beschermd is, staat apart van de website, op een eigen account. Elke levering staat in een "
    "register."
)
_OUTSIDE = "Geen. Er gaat niets naar een land buiten de EU of naar een internationale organisatie."
_OFFICER = "De functionaris gegevensbescherming is die van de verwerkingsverantwoordelijke."


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that article 30 asks: where, under which heading, and the answer in words."""

    article: str
    heading: str
    words: str


def list_elements(row: RegisterRow) -> tuple[Element, ...]:
    """Give every element of article 30(1) AVG for one source, a to g, and what the law adds."""
    told = dict(row.agreed)
    retention = told.get("bewaartermijn", "kopieën van openbare cijfers worden niet gewist")
    controller = told.get("verwerkingsverantwoordelijke", row.supplier)
    return (
        Element("30.1.a", "Verwerkingsverantwoordelijke", controller),
        Element("30.1.a", "Contact", _contact(row)),
        Element("30.1.b", "Doel", told.get("doel", _AIM)),
        Element("30.1.c", "Betrokkenen", row.subjects),
        Element("30.1.c", "Wat wordt bewaard", ", ".join(row.kept) or _NONE),
        Element("30.1.c", "Wat na het tellen wordt gewist", ", ".join(row.dropped) or "niets"),
        Element("30.1.d", "Ontvangers", told.get("ontvangers", "iedereen")),
        Element("30.1.e", "Doorgifte buiten de EU", _OUTSIDE),
        Element("30.1.f", "Bewaartermijn", retention),
        Element("30.1.g", "Beveiliging", _SECURITY),
        *(
            Element("", heading.capitalize(), told[name])
            for name, heading in _ADDED
            if name in told
        ),
    )


_ADDED = (
    ("grondslag van de verstrekking", "grondslag van de verstrekking"),
    ("grondslag van de ontvanger", "grondslag van de ontvanger"),
    ("taak of bevoegdheid", "taak of bevoegdheid"),
    ("verwerker", "verwerker (artikel 28)"),
    ("besluiten", "besluiten"),
    ("DPIA", "DPIA"),
    ("thema's", "thema's"),
)


def _contact(row: RegisterRow) -> str:
    contact = dict(row.agreed).get("aanspreekpunt")
    return f"{contact}. {_OFFICER}" if contact else f"{row.supplier}, {_PUBLIC}"


def tell_validity(row: RegisterRow) -> str:
    """Say from when until when an agreement holds; what has none is open or not agreed."""
    if row.start is None and not row.state.startswith("geldig"):
        return "er is geen afspraak"
    if row.start is None or row.end is None:
        return "zolang de eigenaar ze publiceert"
    return f"{tell_day(row.start)} tot en met {tell_day(row.end)}"


def tell_ending(row: RegisterRow, today: date) -> str | None:
    """Say that an agreement ends within 90 days, in words; None for any other."""
    if row.end is None or row.start is None or not row.start <= today <= row.end:
        return None
    days = (row.end - today).days
    if days > SOON_DAYS:
        return None
    when = "vandaag" if days == 0 else "morgen" if days == 1 else f"over {days} dagen"
    return f"Loopt {when} af ({tell_day(row.end)}): regel op tijd een nieuwe afspraak."
