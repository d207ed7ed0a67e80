"""Every theme: those of this release, by policy field, and what is missing and who could tell it.

What the audience's file does not hold is never linked to, nor counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from regiebeeld.dashboard.access import Label, find_labels
from regiebeeld.dashboard.charts import Row, Table
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.releases import Release
from regiebeeld.releases.language import join_said
from regiebeeld.releases.theme_index import CatalogueTheme, PolicyField, PossibleSource

ADDRESS = "/themas"


@dataclass(frozen=True, slots=True)
class Present:
    """A theme that has a page here, with how many figures stand on it."""

    title: str
    question: str
    figures: int
    address: str


@dataclass(frozen=True, slots=True)
class FieldIndex:
    """Where a policy field leads in this release; `missing` are titles of themes it lacks."""

    id: str
    title: str
    words: str
    themes: tuple[Present, ...]
    figures: tuple[tuple[str, str], ...]  # title, address
    missing: tuple[str, ...]


def show_themes(release: Release) -> dict[str, Any]:
    """Give everything the template shows."""
    absent = list_absent(release)
    fields = release.theme_index.fields
    to_partner = _is_partner(release)
    return {
        "present": tuple(_present(release).values()),
        "fields": tuple(_index(release, field, absent) for field in fields),
        "origin": fields[0].origin if fields else "",
        "absent": _table_of(absent.values(), steps=to_partner) if absent else None,
        "to_partner": to_partner,
    }


def list_absent(release: Release) -> dict[str, CatalogueTheme]:
    """Give the themes of the catalogue that have no page in this release, by id."""
    return {one.id: one for one in release.theme_index.themes if one.id not in release.themes}


def refuse_theme(release: Release, theme: str) -> WebError:
    """Make the answer for a theme without a page: what is missing and from whom, or unknown."""
    known = list_absent(release).get(theme)
    if known is None:
        links = tuple((t.title, address_of("thema", t.id)) for t in release.themes.values())
        return WebError(404, "theme", {"id": theme[:80]}, links=links)
    key = "theme_absent" if _is_partner(release) else "theme_absent_here"
    values = {"title": known.title, "sources": name_sources(known.sources)}
    step = (
        {"step": TEXTS(f"themes.step_{_kind_of(known.sources)}")} if key == "theme_absent" else {}
    )
    return WebError(404, key, {**values, **step}, links=((TEXTS("themes.title"), ADDRESS),))


def name_sources(sources: Iterable[PossibleSource]) -> str:
    """Name who could tell it, and from what: `Politie: a · b; CBS: c`."""
    by_publisher: dict[str, list[str]] = {}
    for one in sources:
        by_publisher.setdefault(one.publisher, []).append(one.title)
    return join_said(
        (
            TEXTS("themes.publisher", publisher=name, titles=join_said(titles, " · "))
            for name, titles in by_publisher.items()
        ),
        "; ",
    )


def _is_partner(release: Release) -> bool:
    return Label.INTERN in find_labels(release.about.audience)


def _kind_of(sources: Iterable[PossibleSource]) -> str:
    """Tell open tables, which are a line in a file, from partners, who need an agreement."""
    kinds = {one.delivered for one in sources}
    return "both" if len(kinds) > 1 else "partner" if True in kinds else "open"


def _present(release: Release) -> dict[str, Present]:
    figures = [indicator.theme for indicator in release.indicators.values()]
    return {
        theme.id: Present(
            theme.title, theme.question, figures.count(theme.id), address_of("thema", theme.id)
        )
        for theme in release.themes.values()
    }


def _index(release: Release, field: PolicyField, absent: dict[str, CatalogueTheme]) -> FieldIndex:
    present = _present(release)
    whole = [one.theme for one in field.pointers if one.indicator is None]
    single = [one.indicator for one in field.pointers if one.indicator is not None]
    figures = [release.indicators[name] for name in single if name in release.indicators]
    return FieldIndex(
        id=field.id,
        title=field.title,
        words=field.words,
        themes=tuple(present[name] for name in whole if name in present),
        figures=tuple(
            (one.title, address_of("thema", one.theme, cijfer=one.id)) for one in figures
        ),
        missing=tuple(absent[name].title for name in whole if name in absent),
    )


def _table_of(absent: Iterable[CatalogueTheme], *, steps: bool) -> Table:
    """List who could tell what is missing; what it takes is for those who take part."""
    names = ("theme", "from", "step") if steps else ("theme", "from")
    columns = tuple(TEXTS(f"themes.column_{name}") for name in names)
    rows = tuple(Row(one.title, _cells_of(one)[: len(names) - 1]) for one in absent)
    return Table(TEXTS("themes.caption"), columns, rows)


def _cells_of(theme: CatalogueTheme) -> tuple[str, str]:
    return name_sources(theme.sources), TEXTS(f"themes.needs_{_kind_of(theme.sources)}")
