"""The closed list of articles on which an agreement may rest, each with its one spelling.

What is not in it is refused: another article is a change that a lawyer has read.
"""

import re
from enum import StrEnum


class Law(StrEnum):
    """The laws under which a partner may hand over data."""

    WPG = "Wpg"
    WJSG = "Wjsg"
    WMO = "Wmo 2015"
    JEUGDWET = "Jeugdwet"
    WPUBLIEKE = "Wet publieke gezondheid"
    WVR = "Wet veiligheidsregio's"
    AVG = "AVG"
    WOO = "Wet open overheid"
    NONE = "geen"


# How a partner may hand over; where each was looked up: docs/explanation/legal_bases.md.
ARTICLES: dict[Law, tuple[str, ...]] = {
    Law.WPG: ("16", "18", "19", "20", "22"),
    Law.WJSG: ("15", "39f"),
    Law.WMO: ("4.2.12",),
    Law.JEUGDWET: ("7.4.1",),
    Law.WPUBLIEKE: ("2",),
    Law.WVR: ("10",),
    Law.AVG: ("6.1.c", "6.1.e", "6.1.f"),
    Law.WOO: ("3.1",),
    Law.NONE: (),
}
# They only open with a decision, permission or appointment on paper (Wpg 16 opens by law).
NEEDS_PERMISSION = {Law.WPG: ("18", "19", "20", "22"), Law.WJSG: ("15", "39f")}
# UAVG 22 to 30 are about AVG 9 (special categories), 31 to 33 about AVG 10 (criminal law).
_UAVG = {f"artikel {number} UAVG": "9" for number in range(22, 31)} | {
    f"artikel {number} UAVG": "10" for number in range(31, 34)
}
_NUMBERS = re.compile(r"[0-9]+[a-z]?(?:\.[0-9a-z]+)*")


def explain_article(law: Law, article: str) -> str:
    """Say why an article cannot be, with the right spelling where one is meant; empty if it can."""
    known = ARTICLES[law]
    if article in known or (law is Law.NONE and not article):
        return ""
    if law is Law.NONE:
        return f"{article!r} kan niet: de wet is `geen`, dus er is geen artikel"
    if not article:
        return "ontbreekt: noem het artikel van de wet"
    meant = _meant_by(article, known)
    if meant:
        return f"{article!r} wordt niet zo geschreven; schrijf {meant!r} en zet het lid in wording"
    return f"{law} {article!r} is geen grondslag die hier kan; wel: {', '.join(known)}"


def _meant_by(article: str, known: tuple[str, ...]) -> str:
    """Give the known article that another spelling starts with: `art. 20, eerste lid` means 20."""
    first = next(iter(_NUMBERS.findall(article.casefold())), "")
    starts = [one for one in known if first == one or first.startswith(f"{one}.")]
    return max(starts, key=len, default="")


def needs_permission(law: Law, article: str) -> bool:
    """Tell whether an article of the list only opens with a permission."""
    return article in NEEDS_PERMISSION.get(law, ())


def explain_uavg(uavg: str, special: tuple[str, ...]) -> str:
    """Say why an article of the UAVG does not fit AVG 9 or 10; empty when it does."""
    if not special:
        return f"{uavg!r} hoort bij special, en dat is leeg" if uavg else ""
    if not uavg:
        return "ontbreekt: bijzondere gegevens hebben de UAVG nodig"
    if uavg not in _UAVG:
        return f"{uavg!r} kan niet; schrijf het als 'artikel 24 UAVG' (22 tot en met 33)"
    needed = {ground.partition(".")[0] for ground in special}
    if _UAVG[uavg] not in needed:
        return f"{uavg} gaat over AVG {_UAVG[uavg]}, en special noemt AVG {', '.join(special)}"
    return ""


_ROLE = re.compile(
    r"(?:[a-zà-ÿ-]+ ){0,2}[a-zà-ÿ-]*(?:beheerder|medewerker|co[oö]rdinator|adviseur|functionaris"
    r"|analist|secretaris|manager|jurist|officier|hoofd|leider|directeur|regisseur|ambtenaar"
    r"|contactpersoon|griffier|meldpunt|loket|team)(?: [A-Za-zÀ-ÿ'’&-]+){0,5}"
)
_NAME = re.compile(
    r"\b(?:de heer|mevrouw|mevr|dhr|mw)\b|\b[A-Z]\. ?[A-Z]"
    r"|[A-ZÀ-Þ][a-zà-ÿ]+ (?:van|de|den|der|ter|ten|te|'t)\b.* [A-ZÀ-Þ]",
)


def explain_role(text: str) -> str:
    """Say why a text is not the name of a role; empty when it is. No names, mail or phone."""
    if _ROLE.fullmatch(text) and not _NAME.search(text):
        return ""
    return (
        f"{text!r} is geen rol; noem een functie en geen persoon, e-mail of telefoon, "
        "zoals 'functioneel beheerder gegevens'"
    )
