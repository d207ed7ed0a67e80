"""The last months of which not all is in: what was counted so far, and what it becomes by estimate.

What is estimated is drawn apart from what was counted, lighter and dashed, never in its place.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_ends, name_period, name_periods, write_count
from regiebeeld.dashboard.charts.lines import count_axis, line_layer, range_layer, range_points
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import INK, SOFT, WIDTH, draw_svg
from regiebeeld.dashboard.charts.words import (
    describe_span,
    describe_value,
    is_usable,
    name_unit,
    write_range,
    write_span,
)
from regiebeeld.domain import PeriodKind
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Nowcast
from regiebeeld.statistics import Span

_SHOWN = {PeriodKind.MONTH: 24, PeriodKind.QUARTER: 12}  # the last ones
_HEIGHT = 200


def draw_nowcast(
    indicator: Indicator,
    area: ReleasedArea,
    cells: Sequence[ReleasedCell],
    found: Mapping[str, Nowcast],
) -> Figure:
    """Draw the last periods of one kind, with an estimate where not all is in.

    cells: at least one, in order of time; found: the estimates by period, at least one.
    """
    shown = list(cells[-_SHOWN[cells[-1].period.kind] :])
    kind = name_periods(shown[-1].period.kind)
    title = TEXTS("nowcast.title", indicator=indicator.title, area=area.name, kind=kind)
    late = [cell for cell in shown if cell.period.id in found]
    told = " ".join(
        describe_nowcast(indicator, cell, found[cell.period.id]) for cell in reversed(late)
    )
    svg = _draw(shown, found, title) if late else None
    return Figure(title, f"{told} {TEXTS('nowcast.caution')}", svg, _table(title, shown, found))


def describe_nowcast(indicator: Indicator, cell: ReleasedCell, cast: Nowcast) -> str:
    """Say what is in so far, which part that usually is, and what it becomes by estimate."""
    return TEXTS(
        "nowcast.sentence",
        period=name_period(cell.period),
        share=write_count(round(cast.share * 100)),
        observed=describe_span(Span(cast.observed_lower, cast.observed_upper)),
        unit=name_unit(indicator.unit, cast.observed_upper),
        lower=write_count(cast.lower),
        upper=write_count(cast.upper),
    )


def write_estimate(cast: Nowcast) -> str:
    """Write the interval of an estimate for a table: `436–535`."""
    return write_range(write_count(cast.lower), write_count(cast.upper))


def _table(title: str, cells: Sequence[ReleasedCell], found: Mapping[str, Nowcast]) -> Table:
    columns = tuple(
        TEXTS(f"nowcast.column_{name}") for name in ("period", "count", "share", "estimate")
    )
    rows = [Row(name_period(c.period), _cells(c, found.get(c.period.id))) for c in reversed(cells)]
    return Table(title, columns, tuple(rows))


def _cells(cell: ReleasedCell, cast: Nowcast | None) -> tuple[str, ...]:
    if cast is None:
        return describe_value(cell), TEXTS("nowcast.whole"), TEXTS("nowcast.none")
    counted = write_span(Span(cast.observed_lower, cast.observed_upper))
    share = TEXTS("nowcast.part", share=write_count(round(cast.share * 100)))
    return counted, share, TEXTS("nowcast.about", estimate=write_estimate(cast))


def _draw(cells: Sequence[ReleasedCell], found: Mapping[str, Nowcast], title: str) -> Markup:
    places = [{"day": cell.period.start.isoformat()} for cell in cells]
    values = [cell.value if is_usable(cell) else None for cell in cells]
    late = [cell.period.id in found for cell in cells]
    # The dashed line begins at the last whole period, so that the two meet.
    beside = [own or (place + 1 < len(late) and late[place + 1]) for place, own in enumerate(late)]
    estimates = [
        {**place, "value": cast.estimate, "low": cast.lower, "high": cast.upper}
        for place, cell in zip(places, cells, strict=True)
        if (cast := found.get(cell.period.id))
    ]
    last = max(found)
    # The word stands above every point, so that it crosses no line.
    top = 1.08 * max([cast.upper for cast in found.values()] + [v for v in values if v is not None])
    data = {
        "firm": [{**p, "value": None if s else v}
                 for p, v, s in zip(places, values, late, strict=True)],
        "so_far": [{**p, "value": v if b else None}
                   for p, v, b in zip(places, values, beside, strict=True)],
        "range": range_points(places, cells, gaps=3 * len(cells)),
        "estimate": estimates,
        "word": [{**estimates[-1], "top": top, "word": TEXTS("nowcast.about",
                                                 estimate=write_estimate(found[last]))}],
    }  # fmt: skip
    first, last = name_ends(cells[0].period, cells[-1].period)
    description = TEXTS("nowcast.description", first=first, last=last)
    return draw_svg(_spec(bool(data["range"])), data, title=title, description=description)


def _spec(rounded: bool) -> dict[str, Any]:
    axis = {"format": "%m-%Y", "grid": False, "tickCount": 6, "labelOverlap": "greedy"}
    x = {"field": "day", "type": "temporal", "title": None, "axis": axis,
         "scale": {"padding": 16}}  # fmt: skip
    layers = [range_layer("range", x)] if rounded else []
    layers += [
        _interval_layer(x),
        line_layer("firm", x, dashed=False, size=30),
        line_layer("so_far", x, dashed=True, size=30),
        _estimate_layer(x),
        _word_layer(x),
    ]
    return {"width": WIDTH, "height": _HEIGHT, "layer": layers}


def _interval_layer(x: dict[str, Any]) -> dict[str, Any]:
    ends = {"x": x, "y": count_axis("low"), "y2": {"field": "high"}}
    mark = {"type": "errorbar", "ticks": True, "color": SOFT}
    return {"data": {"name": "estimate"}, "mark": mark, "encoding": ends}


def _estimate_layer(x: dict[str, Any]) -> dict[str, Any]:
    mark = {"type": "point", "shape": "diamond", "size": 80, "filled": True, "color": "#fff",
            "stroke": INK, "strokeWidth": 1.5}  # fmt: skip
    encoding = {"x": x, "y": count_axis("value")}
    return {"data": {"name": "estimate"}, "mark": mark, "encoding": encoding}


def _word_layer(x: dict[str, Any]) -> dict[str, Any]:
    mark = {"type": "text", "align": "right", "dx": 6, "dy": -4, "fontWeight": "bold",
            "color": INK}  # fmt: skip
    text = {"field": "word", "type": "nominal"}
    encoding = {"x": x, "y": count_axis("top"), "text": text}
    return {"data": {"name": "word"}, "mark": mark, "encoding": encoding}
