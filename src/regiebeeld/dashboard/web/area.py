"""The profile of one area: where it lies, five blocks, what was done there, and old borders."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from regiebeeld.dashboard.charts import Row, Table, describe_value
from regiebeeld.dashboard.web.area_findings import read_area_findings
from regiebeeld.dashboard.web.blocks import (
    Headline,
    describe_available,
    describe_hidden,
    link_to_view,
    make_headlines,
    name_stand,
    note_provenance,
    note_rounding,
    read_all_series,
)
from regiebeeld.dashboard.web.choices import Parameters, View, find_area, is_visible, read_view
from regiebeeld.dashboard.web.crumbs import list_steps
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.findings import Asked
from regiebeeld.dashboard.web.how_much import table_of_how_much
from regiebeeld.dashboard.web.in_short import say_area, say_how_much
from regiebeeld.dashboard.web.left_out import show_nothing
from regiebeeld.dashboard.web.maps import make_map
from regiebeeld.dashboard.web.nowcasts import list_late
from regiebeeld.dashboard.web.overview import make_theme_tiles
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.dashboard.web.profile import (
    list_head_figures,
    make_locator,
    read_newest,
    table_of_history,
    table_of_interventions,
    table_of_key_figures,
)
from regiebeeld.dashboard.web.several_years import show_several_years
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.dashboard.web.time_blocks import show_course
from regiebeeld.dashboard.web.when import draw_long, start_drawing
from regiebeeld.dashboard.web.who import show_who
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Indicator, Release, ReleasedArea

_OF_THE_MAP = ("cijfer", "periode", "maat", "laag")


@dataclass(frozen=True, slots=True)
class AreaState:
    """The area, and what its map shows; no view where every figure is left out."""

    area: str
    view: View | None


def read_area_state(release: Release, parameters: Parameters, *, code: str) -> AreaState:
    """Read which area is asked for; its map shows the areas around it at its own level."""
    if len(code) > 20:
        raise WebError(404, "area", {"code": code[:20]}, links=(("start", "/"),))
    area = find_area(release, code)
    if not release.indicators and release.left_out:
        return AreaState(area.code, None)
    if not release.indicators:
        raise WebError(503, "empty_release")
    wanted = {name: value for name, value in parameters.items() if name in _OF_THE_MAP}
    view = read_view(
        release,
        {**wanted, "gebied": area.code, **_level_of(release, area, wanted)},
        release.indicators,
    )
    return AreaState(area.code, view)


def _level_of(release: Release, area: ReleasedArea, wanted: Parameters) -> dict[str, str]:
    """Show an area among its peers, if its indicator has cells at that level."""
    indicator = wanted.get("cijfer") or next(iter(release.indicators))
    known = indicator in release.indicators and release.read_periods_of(indicator, area.level)
    shown = known and area.level is not AreaLevel.REGIO and is_visible(release, area, area.level)
    return {"niveau": area.level.value} if shown else {}


def show_area(release: Release, state: AreaState) -> dict[str, Any]:
    """Give everything the template shows."""
    area, view = release.areas[state.area], state.view
    if view is None:
        return show_nothing(release, area.name)
    indicator = release.indicators[view.indicator]
    drawing = start_drawing(draw_long, release, indicator, area)
    headlines = make_headlines(
        release.indicators.values(), area, read_all_series(release, area), read_spreads(release)
    )
    made = make_map(release, view)
    hidden = describe_hidden(release, area)
    stand, is_soft = name_stand(release, headlines)
    found = read_area_findings(release, area)
    when, cells = drawing.result()
    return {
        **_show_place(release, area),
        **_show_figures(release, area, headlines, indicator),
        "address": link_to_view("gebied", area.code, view=view, leave_out=("gebied", "niveau")),
        "findings": found,
        "in_short": say_area(headlines, found.signalled),
        "course": show_course(Asked(release, indicator, area, view.level)),
        "stand": stand,
        "stand_is_soft": is_soft,
        "late": list_late(release, [h.indicator for h in headlines], area),
        "hidden": hidden,
        "absent": [] if hidden else group_absent(release, headlines),
        "map": made[0] if made else None,
        "map_provenance": note_provenance(release, indicator, made[1] if made else ()),
        "when": when,
        "provenance": note_provenance(release, indicator, cells),
        "several": show_several_years(release, area, indicator),
        "indicator": indicator,
        "available": hidden or describe_available(release, indicator),
        "view": view,
    }


def _show_place(release: Release, area: ReleasedArea) -> dict[str, Any]:
    """Give what the area is, where it lies, what lies in it, and what was done there."""
    newest = read_newest(release, area)
    return {
        "area": area,
        "gemeente": release.areas.get(area.gemeente or ""),
        "path": list_steps(release, area, partial(address_of, "gebied")),
        "locator": make_locator(release, area),
        "head_figures": list_head_figures(newest),
        "key_figures": table_of_key_figures(release, area, newest),
        "children": [
            child
            for child in release.read_children(area.code)
            if child.path or child.level is AreaLevel.GEMEENTE
        ],
        "interventions": table_of_interventions(release, area),
        "history": table_of_history(release.read_area_changes(area.code), area),
    }


def _show_figures(
    release: Release, area: ReleasedArea, headlines: Sequence[Headline], indicator: Indicator
) -> dict[str, Any]:
    """Give the blocks what, how much and who."""
    firsts = [tile.main for tile in make_theme_tiles(release, headlines)]
    headline = next((h for h in headlines if h.indicator.id == indicator.id), None)
    how_much = table_of_how_much(release, area, headline)
    return {
        "what": table_of_figures(firsts, area, brief=True),
        "what_is_rounded": note_rounding(firsts),
        "figures": table_of_figures(headlines, area),
        "is_rounded": note_rounding(headlines),
        "indicators": [h.indicator for h in headlines],
        "how_much": how_much[0] if how_much else None,
        "how_much_is_rounded": how_much is not None and how_much[1],
        "who": show_who(release, area, headlines),
        "says_how_much": say_how_much(area, headline),
    }


def group_absent(release: Release, headlines: Sequence[Headline]) -> list[tuple[str, str]]:
    """Give the indicators without a figure here, those with the same reason together."""
    shown = {headline.indicator.id for headline in headlines}
    grouped: dict[str, list[str]] = {}
    for indicator in release.indicators.values():
        if indicator.id not in shown:
            grouped.setdefault(describe_available(release, indicator), []).append(indicator.title)
    return [(", ".join(names), reason) for reason, names in grouped.items()]


def table_of_figures(
    headlines: Sequence[Headline], area: ReleasedArea, *, brief: bool = False
) -> Table:
    """Show the last figure of each indicator; brief: without why there is no rate."""
    names = ("indicator", "period", "count", "rate", "before", "verdict", "status")
    rows = tuple(
        Row(
            h.indicator.title,
            (
                h.period,
                describe_value(h.now),
                h.rate_brief if brief else h.rate,
                h.before,
                h.verdict_full,
                h.flags,
            ),
            link=h.link,
        )
        for h in headlines
    )
    return Table(
        TEXTS(f"area.caption_{'first' if brief else 'figures'}", area=area.name),
        tuple(TEXTS(f"theme.column_{name}") for name in names),
        rows,
    )
