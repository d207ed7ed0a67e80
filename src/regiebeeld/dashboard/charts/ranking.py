"""Areas in order of their rate, as dots with intervals: never bare bars of rates."""

from collections.abc import Mapping, Sequence
from typing import Any

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count, write_rate
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import ACCENT, INK, RULE, SOFT, WIDTH, draw_svg
from regiebeeld.dashboard.charts.words import (
    describe_bare_rate,
    describe_flags,
    describe_interval,
    describe_rate,
    describe_value,
)
from regiebeeld.domain import Period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell

SHOWN = 14  # as many dots as fit without scrolling; a region of this size shows whole

FEWEST = 3  # an order of two says nothing

Rated = tuple[ReleasedArea, ReleasedCell]


def draw_ranking(
    indicator: Indicator,
    areas: Sequence[ReleasedArea],
    cells: Mapping[str, ReleasedCell],
    *,
    period: Period,
    region: ReleasedCell | None = None,
) -> Figure:
    """Draw the areas with the highest rates; all of them stand in the table.

    cells: one period by area code; an area without a rate is left out. region: the
    cell of the whole, drawn as a line.
    """
    rated = sorted(
        ((area, cells[area.code]) for area in areas if area.code in cells and cells[area.code].rate is not None),
        key=lambda pair: (-(pair[1].rate or 0), pair[0].name),
    )
    levels = TEXTS(f"levels.{areas[0].level.value}") if areas else ""
    title = TEXTS("ranking.title", levels=levels.capitalize(), period=name_period(period))
    if len(rated) < FEWEST:
        return Figure(title, TEXTS("ranking.none"), None, Table(title, (), ()))
    known = TEXTS("ranking.description", name=rated[0][0].name, rate=describe_rate(rated[0][1]))
    svg = draw_svg(_spec(rated[:SHOWN], region), title=title, description=known)
    return Figure(title, describe_ranking(rated, levels, region), svg, _table(indicator, rated, period))


def describe_ranking(rated: Sequence[Rated], levels: str, region: ReleasedCell | None) -> str:
    """Say how many areas differ clearly from the region, and that the order itself says little."""
    if region is None or region.rate is None:
        sentence = TEXTS("ranking.summary_plain")
    else:
        above = sum(1 for _, cell in rated if (cell.rate_lower or 0) > region.rate)
        below = sum(1 for _, cell in rated if (cell.rate_upper or 0) < region.rate)
        counts = {"above": above, "below": below, "total": len(rated)}
        sentence = TEXTS("ranking.summary", **counts, levels=levels, region=describe_rate(region))
    if len(rated) > SHOWN:
        sentence += " " + TEXTS("ranking.top", shown=SHOWN, total=len(rated))
    return sentence


def _table(indicator: Indicator, rated: Sequence[Rated], period: Period) -> Table:
    first = rated[0][1]
    known = {"per": write_count(first.per or 0), "base": first.base_figure}
    columns = (
        TEXTS("ranking.column_area"), TEXTS("trend.column_count"), TEXTS("trend.column_rate", **known),
        TEXTS("trend.column_interval"), TEXTS("trend.column_status"),
    )
    rows = tuple(
        Row(area.name, (describe_value(cell), describe_bare_rate(cell), describe_interval(cell), describe_flags(cell)))
        for area, cell in rated
    )
    return Table(TEXTS("ranking.caption", indicator=indicator.title, period=name_period(period), **known), columns, rows)


def _spec(rated: Sequence[Rated], region: ReleasedCell | None) -> dict[str, Any]:
    values = [
        {"name": area.name, "rate": cell.rate, "low": cell.rate_lower, "high": cell.rate_upper, "text": write_rate(cell.rate or 0)}
        for area, cell in rated
    ]
    y = {"field": "name", "type": "nominal", "sort": None, "title": None,
         "axis": {"domain": False, "ticks": False, "labelLimit": 150, "labelColor": INK, "labelPadding": 8}}
    x = {"type": "quantitative", "title": None, "scale": {"zero": True, "nice": True},
         "axis": {"tickCount": 5, "domain": False, "ticks": False}}
    layers: list[dict[str, Any]] = []
    if region is not None and region.rate is not None:
        layers += _region_line(region)
    layers += [
        {"mark": {"type": "rule", "color": SOFT, "strokeWidth": 1.5},
         "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "size": 70, "color": ACCENT, "opacity": 1},
         "encoding": {"y": y, "x": {**x, "field": "rate"}}},
    ]
    return {"width": WIDTH - 150, "height": 24 * len(values), "data": {"values": values}, "layer": layers}


def _region_line(region: ReleasedCell) -> list[dict[str, Any]]:
    data = {"values": [{"rate": region.rate, "word": TEXTS("ranking.region")}]}
    x = {"field": "rate", "type": "quantitative"}
    return [
        {"data": data, "mark": {"type": "rule", "color": RULE, "strokeDash": [3, 3]}, "encoding": {"x": x}},
        {"data": data, "mark": {"type": "text", "y": -8, "fontSize": 12, "color": SOFT},
         "encoding": {"x": x, "text": {"field": "word"}}},
    ]
