"""A theme in five blocks: what, where, when, how much, who."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from regiebeeld.dashboard.charts import (
    Figure,
    Row,
    Table,
    describe_value,
    draw_ranking,
    has_rounded,
    name_periods,
)
from regiebeeld.dashboard.web.attempts import show_attempts
from regiebeeld.dashboard.web.blocks import (
    Headline,
    describe_available,
    describe_hidden,
    link_to_area,
    link_to_view,
    make_headlines,
    name_stand,
    note_own_only,
    note_provenance,
    note_rounding,
    read_all_series,
)
from regiebeeld.dashboard.web.choices import (
    Parameters,
    View,
    list_visible_levels,
    order_kinds,
    read_view,
)
from regiebeeld.dashboard.web.crumbs import list_steps
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.findings import Asked, read_theme_findings
from regiebeeld.dashboard.web.how_much import table_of_how_much
from regiebeeld.dashboard.web.in_short import MOST_ROWS, pick_first, say_how_much, say_theme
from regiebeeld.dashboard.web.left_out import list_left_out, show_nothing
from regiebeeld.dashboard.web.maps import make_map
from regiebeeld.dashboard.web.overview import list_gemeenten
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.dashboard.web.themes import refuse_theme
from regiebeeld.dashboard.web.time_blocks import read_time_blocks
from regiebeeld.dashboard.web.when import draw_when, start_drawing
from regiebeeld.dashboard.web.who import show_who
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell


@dataclass(frozen=True, slots=True)
class ThemeState:
    """The theme, and what is shown of it; no view where every figure is left out."""

    theme: str
    view: View | None


def read_theme(release: Release, parameters: Parameters, *, theme: str) -> ThemeState:
    """Read the state of a theme page; raise WebError for an unknown or empty theme."""
    if theme not in release.themes:
        raise refuse_theme(release, theme)
    among = {i.id: i for i in release.indicators.values() if i.theme == theme}
    if not among and any(one.theme == theme for one in release.left_out):
        return ThemeState(theme, None)
    if not among:
        raise WebError(
            404, "theme_empty", {"title": release.themes[theme].title}, links=(("start", "/"),)
        )
    return ThemeState(theme, read_view(release, parameters, among))


def show_theme(release: Release, state: ThemeState) -> dict[str, Any]:
    """Give everything the template shows."""
    view = state.view
    if view is None:
        return show_nothing(release, release.themes[state.theme].question, state.theme)
    area, indicator = release.areas[view.area], release.indicators[view.indicator]
    among = [i for i in release.indicators.values() if i.theme == state.theme]
    drawing = start_drawing(draw_when, release, indicator, area)
    headlines = make_headlines(among, area, read_all_series(release, area), read_spreads(release))
    made = make_map(release, view)
    ranking = _make_ranking(release, view, indicator, made[1] if made else ())
    stand, is_soft = name_stand(release, headlines)
    when, cells = drawing.result()
    headline = next((h for h in headlines if h.indicator.id == indicator.id), None)
    asked = Asked(release, indicator, area, view.level, has_rounded(cells))
    blocks = _read_blocks(asked)
    funnel = blocks["beside"].funnel
    where = funnel.figures[0].figure if funnel else made[0] if made else None
    return {
        "address": link_to_view("thema", state.theme, view=view),
        "path": list_steps(release, area, partial(_link, state.theme, indicator)),
        "who": show_who(release, area, headlines, chosen=indicator),
        **blocks,
        **_show_what(headlines, area, indicator),
        **_show_how_much(release, area, headline),
        "in_short": say_theme(headlines, area, headline, where),
        "area": area,
        "theme": release.themes[state.theme],
        "regions": list_gemeenten(release),
        "indicator": indicator,
        "indicators": among,
        "stand": stand,
        "stand_is_soft": is_soft,
        "map": made[0] if made else None,
        "ranking": ranking,
        "own_only": note_own_only(release, view),
        "when": when,
        "left_out": list_left_out(release, state.theme),
        "view": view,
        "available": describe_hidden(release, area) or describe_available(release, indicator),
        "levels": list_visible_levels(release, indicator, area),
        "period_groups": list_periods(release, view),
        "provenance": note_provenance(release, indicator, cells),
        "map_provenance": note_provenance(release, indicator, made[1] if made else ()),
    }


def _link(theme: str, indicator: Indicator, code: str) -> str:
    return address_of("thema", theme, gebied=code, cijfer=indicator.id)


def _read_blocks(asked: Asked) -> dict[str, Any]:
    return {
        "findings": read_theme_findings(asked),
        "beside": read_time_blocks(asked),
        "attempts": show_attempts(asked),
    }


def _show_what(
    headlines: Sequence[Headline], area: ReleasedArea, chosen: Indicator
) -> dict[str, Any]:
    """Give the table of a theme; where it is long, a short one as well."""
    first = pick_first(headlines, chosen) if len(headlines) > MOST_ROWS + 1 else headlines
    return {
        "what": table_of_what(first, area),
        "what_is_rounded": note_rounding(first),
        "figures": None if first is headlines else table_of_what(headlines, area, whole=True),
        "is_rounded": note_rounding(headlines),
    }


def _show_how_much(
    release: Release, area: ReleasedArea, headline: Headline | None
) -> dict[str, Any]:
    how_much = table_of_how_much(release, area, headline)
    return {
        "says_how_much": say_how_much(area, headline),
        "how_much": how_much[0] if how_much else None,
        "how_much_is_rounded": how_much is not None and how_much[1],
    }


def list_periods(release: Release, view: View) -> list[tuple[str, list[Any]]]:
    """Give the periods a reader can choose from, newest first, by kind."""
    kinds = release.read_periods_of(view.indicator, view.level) if view.level else {}
    return [(name_periods(kind), list(reversed(kinds[kind]))) for kind in order_kinds(kinds)]


def table_of_what(
    headlines: Sequence[Headline], area: ReleasedArea, *, whole: bool = False
) -> Table:
    """Show what belongs to a theme; whole: all of it, beside a table that shows a part."""
    columns = tuple(
        TEXTS(f"theme.column_{name}")
        for name in ("indicator", "codes", "count", "before", "verdict", "period")
    )
    rows = tuple(
        Row(
            h.indicator.title,
            (h.indicator.police_codes, describe_value(h.now), h.before, h.verdict_full, h.period),
            link=h.link,
        )
        for h in headlines
    )
    caption = TEXTS(f"theme.caption_{'all' if whole else 'what'}", area=area.name)
    return Table(caption, columns, rows)


def _make_ranking(
    release: Release, view: View, indicator: Indicator, shown: Sequence[ReleasedCell]
) -> Figure | None:
    """Draw the ranking where the indicator allows one: never for what is found by searching.

    shown: the cells of the map, or none where there is no map.
    """
    if "ranking" not in indicator.analyses or view.level is None or view.period is None:
        return None
    area = release.areas[view.area]
    cells = {cell.area: cell for cell in shown} or release.read_map(
        indicator.id, view.level, view.period
    )
    focus = area.gemeente if view.level is not AreaLevel.GEMEENTE else None
    areas = [
        a
        for a in release.areas.values()
        if a.level is view.level and (focus is None or a.gemeente == focus)
    ]
    region = release.read_map(indicator.id, AreaLevel.REGIO, view.period).get(
        release.about.region_code
    )
    ranking = draw_ranking(
        indicator,
        areas,
        cells,
        period=release.periods[view.period],
        link=link_to_area(indicator),
        region=region,
    )
    return replace(ranking, anchor="waar-volgorde")
