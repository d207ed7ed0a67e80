"""One gemeente, wijk or buurt: where it lies, its figures, what is in it, and its old borders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regiebeeld.dashboard.charts import Row, Table, describe_value, write_number
from regiebeeld.dashboard.web.area_findings import read_area_findings
from regiebeeld.dashboard.web.blocks import (
    Headline,
    describe_available,
    describe_hidden,
    make_headlines,
    make_map,
    name_stand,
    note_provenance,
    note_rounding,
    read_all_series,
)
from regiebeeld.dashboard.web.choices import Parameters, View, find_area, is_visible, read_view
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.left_out import show_nothing
from regiebeeld.dashboard.web.overview import list_gemeenten
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import AreaChange, KeyFigure, Release, ReleasedArea


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
    wanted = {
        name: value for name, value in parameters.items() if name in ("cijfer", "periode", "maat")
    }
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
    area = release.areas[state.area]
    if state.view is None:
        return show_nothing(release, area.name)
    headlines = make_headlines(
        release.indicators.values(), area, read_all_series(release, area), read_spreads(release)
    )
    made = make_map(release, state.view)
    indicator = release.indicators[state.view.indicator]
    hidden = describe_hidden(release, area)
    stand, is_soft = name_stand(release, headlines)
    return {
        "findings": read_area_findings(release, area),
        "area": area,
        "regions": list_gemeenten(release),
        "stand": stand,
        "stand_is_soft": is_soft,
        "path": list_path(release, area),
        "figures": table_of_figures(headlines, area),
        "is_rounded": note_rounding(headlines),
        "hidden": hidden,
        "absent": [] if hidden else group_absent(release, headlines),
        "key_figures": table_of_key_figures(release, area),
        "children": [
            child
            for child in release.read_children(area.code)
            if child.path or child.level is AreaLevel.GEMEENTE
        ],
        "history": table_of_history(release.read_area_changes(area.code), area),
        "map": made[0] if made else None,
        "map_provenance": note_provenance(release, indicator, made[1] if made else ()),
        "indicator": indicator,
        "view": state.view,
    }


def group_absent(release: Release, headlines: Sequence[Headline]) -> list[tuple[str, str]]:
    """Give the indicators without a figure here, those with the same reason together."""
    shown = {headline.indicator.id for headline in headlines}
    grouped: dict[str, list[str]] = {}
    for indicator in release.indicators.values():
        if indicator.id not in shown:
            grouped.setdefault(describe_available(release, indicator), []).append(indicator.title)
    return [(", ".join(names), reason) for reason, names in grouped.items()]


def list_path(release: Release, area: ReleasedArea) -> list[ReleasedArea]:
    """Give the areas this one lies in, the region first."""
    path: list[ReleasedArea] = []
    parent = area.parent
    while parent and parent in release.areas and len(path) < 5:
        path.insert(0, release.areas[parent])
        parent = release.areas[parent].parent
    return path


def table_of_figures(headlines: Sequence[Headline], area: ReleasedArea) -> Table:
    names = ("indicator", "period", "count", "rate", "before", "verdict", "status")
    rows = tuple(
        Row(
            h.indicator.title,
            (h.period, describe_value(h.now), h.rate, h.before, h.verdict_full, h.flags),
            link=h.link,
        )
        for h in headlines
    )
    return Table(
        TEXTS("area.caption_figures", area=area.name),
        tuple(TEXTS(f"theme.column_{name}") for name in names),
        rows,
    )


def table_of_key_figures(release: Release, area: ReleasedArea) -> Table | None:
    """Show the newest known value of each key figure with its year and source."""
    figures = release.read_key_figures(area.code)
    if not figures:
        return None
    newest = {
        name: max(
            (figure for figure in figures if figure.figure == name),
            key=lambda figure: (figure.status.has_value, figure.year),
        )
        for name in dict.fromkeys(figure.figure for figure in figures)
    }
    rows = tuple(
        Row(_name_figure(name), (_value(f), str(f.year), _name_source(release, f.source)))
        for name, f in newest.items()
    )
    names = ("figure", "value", "year", "source")
    columns = tuple(TEXTS(f"area.column_{name}") for name in names)
    return Table(TEXTS("area.caption_key_figures", area=area.name), columns, rows)


def _name_figure(name: str) -> str:
    key = f"area.figure.{name}"
    return TEXTS(key) if key in TEXTS else name.replace("_", " ")


def _name_source(release: Release, source: str) -> str:
    return release.sources[source].title if source in release.sources else source


def _value(figure: KeyFigure | None) -> str:
    if figure is None or figure.value is None or not figure.status.has_value:
        return TEXTS("area.no_value")
    return write_number(figure.value, 0 if figure.value == int(figure.value) else 1)


def table_of_history(changes: Sequence[AreaChange], area: ReleasedArea) -> Table | None:
    """Say which older areas this one came from, and what became of an older one of its code."""
    if not changes:
        return None
    rows = tuple(
        Row(
            f"{change.old_name} ({change.old_code}, {change.old_vintage})",
            (
                f"{change.new_name} ({change.new_code}, {change.new_vintage})",
                TEXTS(f"area.change.{change.kind}")
                if f"area.change.{change.kind}" in TEXTS
                else change.kind,
                TEXTS(
                    "area.share",
                    share=write_number(change.share * 100, 0 if change.share in (0.0, 1.0) else 1),
                ),
            ),
        )
        for change in changes
    )
    columns = tuple(TEXTS(f"area.column_{name}") for name in ("old", "new", "kind", "share"))
    return Table(TEXTS("area.caption_history", area=area.name), columns, rows)
