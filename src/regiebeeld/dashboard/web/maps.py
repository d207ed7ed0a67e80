"""The map of a page: which areas are drawn in which frame, with its layers and its tools."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from regiebeeld.dashboard.charts import Figure, MapRequest, draw_map
from regiebeeld.dashboard.charts.figure import MapTools
from regiebeeld.dashboard.web.blocks import link_to_area
from regiebeeld.dashboard.web.choices import MEASURES, View
from regiebeeld.dashboard.web.compare import link_to_compare, may_judge
from regiebeeld.dashboard.web.complexes import find_complexes, find_few_homes
from regiebeeld.dashboard.web.map_layers import read_layers
from regiebeeld.dashboard.web.pages import address_of
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release, ReleasedArea, ReleasedCell


def make_map(release: Release, view: View) -> tuple[Figure, Sequence[ReleasedCell]] | None:
    """Draw the map of a view: the whole region, or one gemeente with its neighbours as outlines."""
    wanted = ask_map(release, view)
    if wanted is None:
        return None
    wanted = replace(wanted, layers=read_layers(release, view, wanted))
    figure = draw_map(wanted)
    shown = {area.code for area in list_shown(release, view)}
    cells = [cell for code, cell in wanted.cells.items() if code in shown]
    tools = _make_tools(release, view, wanted)
    return replace(figure, tools=tools, anchor="waar-kaart"), cells


def ask_map(release: Release, view: View) -> MapRequest | None:
    """Say what is drawn for a view, without its layers; None where there is no map."""
    if view.level is None or view.period is None or view.level not in release.view_boxes:
        return None
    indicator, area = release.indicators[view.indicator], release.areas[view.area]
    period = release.periods[view.period]
    focus = _focus(release, area, view.level)
    cells = release.read_map(indicator.id, view.level, view.period)
    return MapRequest(
        indicator=indicator,
        level=view.level,
        period=period,
        measure=view.measure,
        areas=[a for a in list_shown(release, view) if a.path or a.code in cells],
        cells=cells,
        breaks=release.read_breaks(indicator.id, view.level, period.kind, view.measure),
        view_box=find_view_box(release, view.level, focus),
        link=link_to_area(indicator),
        context=_list_outlines(release, focus),
        marked=area if area.level is not AreaLevel.REGIO else None,
        may_rank="ranking" in indicator.analyses,
        alone=_find_alone(release, cells) if view.level is AreaLevel.BUURT else frozenset(),
    )


def _find_alone(release: Release, cells: Mapping[str, ReleasedCell]) -> frozenset[str]:
    """Give the buurten that are never drawn alone: one complex, or a few homes."""
    return find_complexes(release) | find_few_homes(release, cells.values())


def list_shown(release: Release, view: View) -> list[ReleasedArea]:
    """Give the areas of the level of a view: of one gemeente where the map is limited to that."""
    level = view.level or AreaLevel.GEMEENTE
    focus = _focus(release, release.areas[view.area], level)
    return [
        area
        for area in release.areas.values()
        if area.level is level and (focus is None or area.gemeente == focus.code)
    ]


def _list_outlines(release: Release, focus: ReleasedArea | None) -> list[ReleasedArea]:
    if focus is None:
        return []
    every = release.areas.values()
    return [a for a in every if a.level is AreaLevel.GEMEENTE and a.code != focus.code]


def _make_tools(release: Release, view: View, wanted: MapRequest) -> MapTools:
    periods = release.read_periods_of(view.indicator, wanted.level)[wanted.period.kind]
    asked = {
        "indicator": view.indicator,
        "level": wanted.level.value,
        "period": periods[-1].id,  # any period of its kind gives all of that kind
        "measure": view.measure,
        "area": view.area,
    }
    return MapTools(
        level=wanted.level.value,
        period=wanted.period.id,
        classes=address_of("api", "v1", "classes", **asked) if wanted.breaks else "",
        periods=(len(periods), periods.index(wanted.period)),
        geometry=address_of("api", "v1", "geojson", wanted.level.value),
        compare=link_to_compare((), cijfer=view.indicator) if may_judge(wanted.indicator) else "",
        layers=tuple(layer for layer in wanted.layers if layer.places),
        absent=", ".join(layer.title.lower() for layer in wanted.layers if not layer.places),
        state=_list_state(view, wanted),
    )


def _list_state(view: View, wanted: MapRequest) -> tuple[tuple[str, str], ...]:
    """Give what the address of the page must hold to show this map again."""
    measure = next(name for name, value in MEASURES.items() if value == view.measure)
    return (
        ("gebied", view.area),
        ("cijfer", view.indicator),
        ("niveau", wanted.level.value),
        ("periode", wanted.period.id),
        ("maat", measure),
    )


def _focus(release: Release, area: ReleasedArea, level: AreaLevel) -> ReleasedArea | None:
    """Zoom to the gemeente of an area, unless whole gemeenten are shown."""
    if area.gemeente is None or level is AreaLevel.GEMEENTE:
        return None
    found = release.areas.get(area.gemeente)
    return found if found and found.box else None


def find_view_box(release: Release, level: AreaLevel, focus: ReleasedArea | None) -> str:
    """Give the frame of a drawing: that of a level, or closely around one area."""
    if focus is None or focus.box is None:
        return release.view_boxes[level]
    left, top, right, bottom = focus.box
    edge = max(right - left, bottom - top) * 0.06
    frame = (left - edge, top - edge, right - left + 2 * edge, bottom - top + 2 * edge)
    return " ".join(f"{number:.1f}" for number in frame)
