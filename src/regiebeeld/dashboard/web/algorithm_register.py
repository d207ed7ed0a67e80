"""The entry for the Algoritmeregister, filled in from a release; what a person decides stays open.

One file holds its text; the page of the documentation is made from the same file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from regiebeeld import __version__
from regiebeeld.dashboard.charts import name_period, write_count
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.dashboard.web.signal_families import write_about
from regiebeeld.dashboard.web.signals import list_months, list_sources, month_of
from regiebeeld.domain import read_period
from regiebeeld.releases import Release, SourceRow
from regiebeeld.releases.findings import SignalFamily
from regiebeeld.releases.language import DUTCH, speaking

_FILE = Path(__file__).parent / "algoritmeregister.yaml"


@dataclass(frozen=True, slots=True)
class EntryField:
    """One field of the register: its name, its text, and points below it."""

    name: str
    text: str
    points: tuple["EntryField", ...] = ()


@dataclass(frozen=True, slots=True)
class EntrySection:
    title: str
    fields: tuple[EntryField, ...]


@cache
def read_entry() -> Mapping[str, Any]:
    """Read the text with its places in braces."""
    found: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def show_register(release: Release) -> dict[str, Any]:
    """Give everything the template shows."""
    entry = read_entry()
    months = list_months(release)
    with speaking(DUTCH):  # the register is Dutch, so what is filled in is too
        known = fill_places(release, months[0] if months else None)
    key = "algorithm.filled" if months else "algorithm.filled_without"
    month = name_period(read_period(months[0])) if months else ""
    return {
        "heading": entry["title"],
        "introduction": entry["introduction"],
        "filled": TEXTS(key, release=release.about.release, month=month),
        "sections": [
            EntrySection(one["title"], tuple(_fill(f, known) for f in one["fields"]))
            for one in entry["sections"]
        ],
    }


def _fill(field: Mapping[str, Any], known: Mapping[str, str]) -> EntryField:
    points = tuple(_fill(point, known) for point in field.get("points", ()))
    return EntryField(field["name"], field.get("text", "").format_map(known), points)


def fill_places(release: Release, month: str | None) -> dict[str, str]:
    """Give words for every place in the text; those of a person stay open, between brackets."""
    families = [f for f in release.read_findings(SignalFamily) if month_of(f) == month]
    sources = list_sources(release, families) or _list_allowed(release)
    links = [source.address for source in sources if source.address]
    return {
        **dict(_list_open()),
        "region": release.about.region_title,
        "release": release.about.release,
        "version": __version__,
        "series": write_count(sum(f.content.tested for f in families))
        if families
        else _open("series"),
        "expected_false_alarms": write_about(sum(f.content.expected_false for f in families))
        if families
        else _open("expected_false_alarms"),
        "sources": "; ".join(map(_name_source, sources)) or _open("sources"),
        "source_links": ", ".join(links) or _open("source_links"),
        "legal_basis": _describe_law(sources),
    }


def _list_open() -> Iterator[tuple[str, str]]:
    for group in read_entry()["places"]:
        for place, words in group.get("words", {}).items():
            yield place, TEXTS("algorithm.to_fill", name=words)


def _open(place: str) -> str:
    return TEXTS("algorithm.to_fill", name=TEXTS(f"algorithm.{place}"))


def _list_allowed(release: Release) -> list[SourceRow]:
    """Give the sources of which signals are allowed."""
    wanted = {i.source for i in release.indicators.values() if "signals" in i.analyses}
    return [source for name, source in release.sources.items() if name in wanted]


def _name_source(source: SourceRow) -> str:
    key = "algorithm.source_partner" if source.delivered else "algorithm.source_public"
    known = {"publisher": source.publisher, "title": source.title, "table": source.table_id}
    return TEXTS(key, **known)


def _describe_law(sources: Sequence[SourceRow]) -> str:
    told = []
    for key, delivered in (("legal_public", False), ("legal_partner", True)):
        titles = [source.title for source in sources if source.delivered is delivered]
        if titles:
            told.append(TEXTS(f"algorithm.{key}", titles=", ".join(titles)))
    return " ".join(told) or _open("legal_basis")


def write_entry() -> Iterator[str]:
    """Write the text with its places still open, as the lines of a page in Markdown."""
    entry = read_entry()
    yield from (f"# {entry['title']}", "")
    for paragraph in entry["introduction"]:
        yield from (paragraph, "")
    yield "Wat tussen accolades staat, vult `/signalen/algoritmeregister` in; onderaan staat"
    yield from ("waaruit.", "")
    for section in entry["sections"]:
        yield from (f"## {section['title']}", "")
        for field in section["fields"]:
            yield from (f"**{field['name']}.** {field.get('text', '')}".rstrip(), "")
            points = field.get("points", ())
            yield from (f"- *{point['name']}.* {point['text']}" for point in points)
            yield from ("",) if points else ()
    yield from ("## Wat er wordt ingevuld", "", "| plaats | uit |", "|---|---|")
    yield from (f"| {', '.join(one['places'])} | {one['from']} |" for one in entry["places"])
