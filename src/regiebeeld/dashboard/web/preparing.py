"""Draws some pages beside a server that starts, so that its first readers do not wait.

What a release holds is read once, templates and charts are compiled once; no page is kept.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, product
from typing import Any

from regiebeeld.dashboard.web.answers import Desk
from regiebeeld.dashboard.web.area import read_area_state, show_area
from regiebeeld.dashboard.web.contact import write_contact
from regiebeeld.dashboard.web.overview import list_gemeenten, read_overview, show_overview
from regiebeeld.dashboard.web.signals import read_signals_state, show_signals
from regiebeeld.dashboard.web.theme import read_theme, show_theme
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release

log = logging.getLogger(__name__)
_MOST = 2  # the region and one gemeente, of each two themes
Show = Callable[[], dict[str, Any]]


def prepare(desk: Desk) -> threading.Thread:
    """Start drawing beside what follows; a page that cannot be drawn is left to its readers."""
    thread = threading.Thread(target=draw_first, args=(desk,), name="preparing", daemon=True)
    thread.start()
    return thread


def draw_first(desk: Desk) -> int:
    """Draw pages of the kinds that readers start with; give how many were drawn."""
    drawn = 0
    try:
        release = desk.open_release()
        doubt = partial(write_contact, release.about)
        around = {"about": release.about, "themes_all": release.themes, "doubt": doubt}
        for name, show in _list_pages(release):
            values = {**around, "here": name, **show()}
            desk.pages.draw(values.pop("template", f"{name}.html"), **values)
            drawn += 1
    except Exception as fault:  # whatever it is, a reader of that page is told in words
        log.info("stopped preparing after %d pages: %s", drawn, fault)
    return drawn


def _list_pages(release: Release) -> Iterator[tuple[str, Show]]:
    yield "overview", lambda: show_overview(release, read_overview(release, {}))
    areas = [area.code for area in list_gemeenten(release)[:_MOST]]
    for code, theme in product(areas, list(release.themes)[:_MOST]):
        yield "theme", partial(_show_theme, release, theme, code)
    buurten = (area.code for area in release.areas.values() if area.level is AreaLevel.BUURT)
    for code in (*areas, *islice(buurten, 1)):
        yield "area", partial(_show_area, release, code)
    yield "signals", lambda: show_signals(release, read_signals_state(release, {}))


def _show_theme(release: Release, theme: str, code: str) -> dict[str, Any]:
    return show_theme(release, read_theme(release, {"gebied": code}, theme=theme))


def _show_area(release: Release, code: str) -> dict[str, Any]:
    return show_area(release, read_area_state(release, {}, code=code))
