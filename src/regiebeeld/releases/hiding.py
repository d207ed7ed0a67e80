"""What of a release may not be shown now: sources of partners whose agreement does not hold.

Decides from values only; who asks brings the day. What nobody judged is hidden.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

NOT_JUDGED = "Niemand keek na of de afspraak over deze bron nog geldt."
_AGAIN = "Maak na een nieuwe afspraak met de leverancier een nieuwe versie."


@dataclass(frozen=True, slots=True)
class Delivered:
    """A source in a release that a partner delivered: its agreed days and the pages it is on."""

    source: str
    title: str
    start: date | None
    end: date | None
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not shown, with the words why: whole sources, and sources on one theme's page.

    Hashable: it is part of the name of an answer. Empty hides nothing.
    """

    sources: tuple[tuple[str, str], ...] = ()
    themes: tuple[tuple[str, str, str], ...] = ()

    def find_words(self, source: str, theme: str) -> str | None:
        """Give why the figures of a source are not on the page of a theme; None when they are."""
        whole = dict(self.sources).get(source)
        return whole or next((w for s, t, w in self.themes if (s, t) == (source, theme)), None)


# Given the region of a release and what partners delivered to it, says what is hidden now.
Hide = Callable[[str, tuple[Delivered, ...]], Hidden]


def hide_all(region: str, delivered: tuple[Delivered, ...]) -> Hidden:
    """Hide every source of a partner: what is done for who opens a release without judging."""
    del region
    return Hidden(tuple((one.source, NOT_JUDGED) for one in delivered))


def find_ended(delivered: Iterable[Delivered], today: date) -> Hidden:
    """Hide the sources of which the agreement, as the release holds it, does not hold today."""
    judged = ((one.source, _tell_dates(one, today)) for one in delivered)
    return Hidden(tuple((source, words) for source, words in judged if words))


def join_hidden(*several: Hidden) -> Hidden:
    """Hide what any of them hides; of one source the first that tells why is heard."""
    sources: dict[str, str] = {}
    themes: dict[tuple[str, str], str] = {}
    for one in several:
        for source, words in one.sources:
            sources.setdefault(source, words)
        for source, theme, words in one.themes:
            themes.setdefault((source, theme), words)
    parts = tuple((s, t, w) for (s, t), w in sorted(themes.items()) if s not in sources)
    return Hidden(tuple(sorted(sources.items())), parts)


def _tell_dates(one: Delivered, today: date) -> str | None:
    if one.start is None or one.end is None:
        return f"Deze versie zegt niet tot wanneer deze bron mag worden getoond. {_AGAIN}"
    if today < one.start:
        return f"De afspraak begint pas op {_day(one.start)}."
    if today > one.end:
        return f"De afspraak van deze versie is afgelopen op {_day(one.end)}. {_AGAIN}"
    return None


def _day(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"
