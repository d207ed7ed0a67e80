"""What is not on a page, and why: figures with the same reasons stand together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from regiebeeld.dashboard.charts import say_told
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.releases import LeftOut, Release
from regiebeeld.releases.language import join_said


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that are left out for the same reasons: of which sources, why, and what to do."""

    titles: str
    reasons: tuple[tuple[str, str, str], ...]


def list_left_out(release: Release, theme: str) -> list[Group]:
    """Give what is not on the page of a theme, in order of page."""
    return group_left_out(one for one in release.left_out if one.theme == theme)


def group_left_out(found: Iterable[LeftOut]) -> list[Group]:
    """Put figures with the same reasons together, whatever their sources."""
    by_figure: dict[str, list[LeftOut]] = {}
    for one in found:
        by_figure.setdefault(one.indicator, []).append(one)
    same: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for title, ones in by_figure.items():
        why = tuple(dict.fromkeys((one.words, one.next_step) for one in ones))
        same.setdefault(why, []).append(title)
    return [
        Group(
            join_said(titles, "; "),
            tuple(_name_sources(by_figure, titles, reason) for reason in why),
        )
        for why, titles in same.items()
    ]


def _name_sources(
    by_figure: Mapping[str, list[LeftOut]], titles: Iterable[str], reason: tuple[str, str]
) -> tuple[str, str, str]:
    """Name the sources that one reason holds for, before the reason."""
    ones = (one for title in titles for one in by_figure[title])
    sources = dict.fromkeys(one.source for one in ones if (one.words, one.next_step) == reason)
    words, next_step = reason
    return join_said(sources, "; "), say_told(words), say_told(next_step)


def count_left_out(release: Release) -> list[tuple[str, str, int]]:
    """Give each theme that leaves something out: id, title and how many figures."""
    missing: dict[str, set[str]] = {}
    for one in release.left_out:
        missing.setdefault(one.theme, set()).add(one.indicator)
    return [
        (theme.id, theme.title, len(missing[theme.id]))
        for theme in release.themes.values()
        if theme.id in missing
    ]


def show_nothing(release: Release, title: str, theme: str | None = None) -> dict[str, Any]:
    """Give the page that stands where every figure is left out: whole, and with the reasons."""
    themes = [t for t in release.themes.values() if theme is None or t.id == theme]
    shown = {"theme": release.themes[theme]} if theme else {}
    return {
        **shown,
        "template": "left_out.html",
        "title": title,
        "words": TEXTS("left_out.nothing_theme" if theme else "left_out.nothing"),
        "by_theme": [(t, found) for t in themes if (found := list_left_out(release, t.id))],
    }


def list_hidden_sources(release: Release) -> list[tuple[str, str, str]]:
    """Give titles, words and next step of the sources that are not shown, by reason."""
    titles = {one.source: release.say(one.title) for one in release.delivered}
    now = [(titles[source], words, "") for source, words in release.hidden.sources]
    made = [(one.source, one.words, one.next_step) for one in release.left_out]
    known = {title for title, _, _ in now} | {one.title for one in release.sources.values()}
    same: dict[tuple[str, str], dict[str, None]] = {}
    for title, words, step in (*now, *(one for one in made if one[0] not in known)):
        same.setdefault((words, step), {})[title] = None
    return [
        (join_said(names, "; "), say_told(words), say_told(step))
        for (words, step), names in same.items()
    ]
