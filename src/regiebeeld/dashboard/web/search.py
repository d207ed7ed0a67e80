"""One search box over areas, figures, themes, words and pages; only what this audience may see."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from regiebeeld.dashboard.access import Label, find_labels
from regiebeeld.dashboard.web.choices import Parameters, read_text
from regiebeeld.dashboard.web.glossary import fold, read_glossary
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.releases import Release, ReleasedArea

SEARCHED = "woord"
MOST = 12  # of one group; who finds more is asked for a longer word
_POSTCODE = re.compile(r"([1-9][0-9]{3})\s*([a-z]{0,2})")
_WORD = re.compile(r"\w+")
_NO_MATCH = 9
# Pages that have a word of their own; those of partners are no page for everybody.
_PAGES = {
    "overview": "/",
    "themes": "/themas",
    "signals": "/signalen",
    "sources": "/bronnen",
    "news": "/nieuw",
    "glossary": "/begrippen",
    "privacy": "/privacy",
    "accessibility": "/toegankelijkheid",
}
_PARTNER_PAGES = {"freshness": "/actualiteit", "law": "/afspraken"}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that can be opened: its title, what it is, where it is."""

    title: str
    what: str
    address: str
    more: str = field(default="", compare=False)  # words that it is found by too


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind; `total` counts also those that are not listed."""

    title: str
    hits: tuple[Hit, ...]
    total: int


def read_search_state(release: Release, parameters: Parameters) -> str | None:
    """Read what is searched for, as it was typed; None where nothing is."""
    del release
    text = read_text(parameters, SEARCHED)
    return " ".join(text.split()) if text else None


def show_search(release: Release, wanted: str | None) -> dict[str, Any]:
    """Give everything the template shows."""
    groups = find_groups(release, wanted) if wanted else ()
    return {
        "searched": wanted or "",
        "groups": groups,
        "total": sum(group.total for group in groups),
        "guesses": guess(release, wanted) if wanted and not groups else (),
    }


def find_groups(release: Release, wanted: str) -> tuple[Group, ...]:
    """Find what fits every word of `wanted`, best first, grouped by kind; empty groups are out."""
    made = (_group(kind, list(hits(release)), wanted) for kind, hits in _KINDS.items())
    found = [group for group in made if group.hits]
    by_name = _find_other_names(release, wanted)
    if by_name:
        found = [group for group in found if group.title != TEXTS("search.areas")]
        known = {hit.address for hit in by_name}
        own = _group("areas", [h for h in _areas(release) if h.address not in known], wanted)
        hits = (*by_name, *own.hits)
        found.insert(0, Group(TEXTS("search.areas"), hits[:MOST], len(by_name) + own.total))
    return tuple(found)


def _group(kind: str, hits: Sequence[Hit], wanted: str) -> Group:
    words = [fold(word) for word in wanted.split()]
    ranked = sorted(
        ((rank, place) for place, hit in enumerate(hits) if (rank := _rank(hit, words)) < _NO_MATCH)
    )
    chosen = tuple(hits[place] for _, place in ranked[:MOST])
    return Group(TEXTS(f"search.{kind}"), chosen, len(ranked))


def _rank(hit: Hit, words: Sequence[str]) -> int:
    """Say how well a hit fits: its title is it, begins with it, has it; or it is near."""
    title, sought = fold(hit.title), " ".join(words)
    if title == sought:
        return 0
    if title.startswith(sought):
        return 1
    if all(_has(title, word) for word in words):
        return 2
    around = f"{title} {fold(hit.what)} {fold(hit.more)}"
    return 3 if all(_has(around, word) for word in words) else _NO_MATCH


def _has(text: str, word: str) -> bool:
    """Tell whether a word of the text begins with this one; a long one may stand within."""
    starts = re.search(rf"(?<!\w){re.escape(word)}", text) is not None
    return starts or (len(word) > 3 and word in text)


def _find_other_names(release: Release, wanted: str) -> tuple[Hit, ...]:
    """Find areas by a postcode or by another name in use."""
    postcode = _POSTCODE.fullmatch(fold(wanted))
    name = "".join(postcode.groups()).upper() if postcode else wanted
    if not postcode and len(name) < 3:
        return ()
    return tuple(_area_hit(release, area) for area in release.read_area_names(name))


def _areas(release: Release) -> Iterator[Hit]:
    for area in release.areas.values():
        yield _area_hit(release, area)


def _area_hit(release: Release, area: ReleasedArea) -> Hit:
    return Hit(
        area.name, name_place(release, area), address_of("gebied", area.code), more=area.code
    )


def name_place(release: Release, area: ReleasedArea) -> str:
    """Say what an area is and where: `buurt in Hengelo`."""
    home = release.areas.get(area.gemeente or "")
    level = TEXTS(f"search.level.{area.level.value}")
    if home is None or home.code == area.code:
        return level
    return TEXTS("search.within", level=level, name=home.name)


def _indicators(release: Release) -> Iterator[Hit]:
    for indicator in release.indicators.values():
        theme = release.themes.get(indicator.theme)
        yield Hit(
            indicator.title,
            TEXTS("search.figure_in", theme=theme.title) if theme else "",
            address_of("thema", indicator.theme, cijfer=indicator.id),
            more=f"{indicator.definition} {indicator.police_codes}",
        )


def _themes(release: Release) -> Iterator[Hit]:
    for theme in release.themes.values():
        yield Hit(theme.title, theme.question, address_of("thema", theme.id), theme.introduction)


def _terms(_: Release) -> Iterator[Hit]:
    for term in read_glossary().values():
        yield Hit(term.title, term.text, f"/begrippen#{term.id}", ", ".join(term.also))


def _pages(release: Release) -> Iterator[Hit]:
    partner = Label.INTERN in find_labels(release.about.audience)
    for name, address in {**_PAGES, **(_PARTNER_PAGES if partner else {})}.items():
        yield Hit(TEXTS(f"search.page.{name}"), TEXTS(f"search.page_text.{name}"), address)


_KINDS: dict[str, Callable[[Release], Iterator[Hit]]] = {
    "areas": _areas,
    "indicators": _indicators,
    "themes": _themes,
    "terms": _terms,
    "pages": _pages,
}


def guess(release: Release, wanted: str) -> tuple[str, ...]:
    """Give words that look like what was typed, for who makes a slip of the pen."""
    titles = {
        fold(word): word
        for kind in _KINDS.values()
        for hit in kind(release)
        for word in (hit.title, *_WORD.findall(hit.title))
    }
    close = get_close_matches(fold(wanted), titles, n=4, cutoff=0.7)
    return tuple(dict.fromkeys(titles[word] for word in close))
