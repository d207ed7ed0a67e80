"""The long line: every released period of one kind, gaps left open, provisional figures dashed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from markupsafe import Markup

from regiebeeld.dashboard.charts.comparing import (
    compare_cells,
    describe_change,
    describe_comparison,
)
from regiebeeld.dashboard.charts.extremes import (
    Extreme,
    count_bounds,
    find_highest,
    find_lowest,
    write_extreme,
)
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_ends, name_period, name_periods, write_count
from regiebeeld.dashboard.charts.lines import (
    Points,
    count_axis,
    line_layer,
    range_layer,
    range_points,
    split_points,
)
from regiebeeld.dashboard.charts.reasons import name_base
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import INK, PALE, RULE, SOFT, WIDTH, draw_svg
from regiebeeld.dashboard.charts.words import (
    count_in_unit,
    describe_bare_rate,
    describe_flags,
    describe_in_sentence,
    describe_interval,
    describe_value,
    is_usable,
    name_unit,
    span_of,
)
from regiebeeld.domain import PeriodKind
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics.breaks import NATIONAL_BREAKS, SeriesBreak

_FEW_POINTS = 30  # up to here every point is marked


def list_breaks(indicator: Indicator, *, invented: bool) -> tuple[SeriesBreak, ...]:
    """Give the breaks that touch an indicator; in an invented country nothing changed."""
    police = bool(indicator.police_codes)
    touched = (each for each in NATIONAL_BREAKS if each.touches(indicator.theme, police=police))
    return () if invented else tuple(touched)


def name_break(known: SeriesBreak) -> str:
    """Give the word of a break in a drawing."""
    return TEXTS(f"trend.break_{known.name}")


def explain_break(known: SeriesBreak) -> str:
    """Say why figures on both sides of a break do not compare."""
    return TEXTS(f"trend.why_{known.name}")


def draw_trend(
    indicator: Indicator,
    area: ReleasedArea,
    series: Sequence[ReleasedCell],
    *,
    kind: PeriodKind,
    breaks: Sequence[SeriesBreak] = (),
    spread: Spread | None = None,
) -> Figure:
    """Draw a series from its first to its last period, with sentence and table.

    series: cells of one kind of period, in order of time; may be empty. breaks: a sliding year
    that counts over a lasting one is left out of the line. spread: how much such counts vary by
    themselves.
    """
    told = list(series)
    series = [_leave_out(cell, breaks) for cell in series]
    names = {"indicator": indicator.title, "area": area.name, "kind": name_periods(kind)}
    title = TEXTS("trend.title", **names)
    usable = [cell for cell in series if is_usable(cell)]
    if not usable:
        return Figure(title, TEXTS("trend.none", **names), None, _table(names, told, breaks))
    svg = _draw(series, _breaks_within(series, breaks), title, _describe_line(usable, kind))
    sentence = describe_trend(indicator, area, series, spread=spread, breaks=breaks)
    return Figure(title, sentence, svg, _table(names, told, breaks))


def _leave_out(cell: ReleasedCell, breaks: Sequence[SeriesBreak]) -> ReleasedCell:
    """Take the value from a sliding year that counts over a lasting break."""
    return replace(cell, value=None) if _is_broken(cell, breaks) else cell


def _is_broken(cell: ReleasedCell, breaks: Sequence[SeriesBreak]) -> bool:
    period = cell.period
    slides = period.kind is PeriodKind.ROLLING
    return slides and any(each.crosses(period.start, period.end) for each in breaks)


def describe_trend(
    indicator: Indicator,
    area: ReleasedArea,
    series: Sequence[ReleasedCell],
    *,
    spread: Spread | None = None,
    breaks: Sequence[SeriesBreak] = (),
) -> str:
    """Say the last figure beside that of a year earlier, whether it can be chance, what is late.

    series: at least one cell holds a value.
    """
    last = next(cell for cell in reversed(series) if is_usable(cell))
    before = find_year_earlier(series, last)
    sentence = _describe_last(indicator, area, (last, before), spread, breaks)
    if last is not series[-1]:
        late = series[-1]
        sentence += " " + TEXTS(
            "trend.no_last", period=name_period(late.period), reason=describe_value(late, full=True)
        )
    return sentence


def _describe_last(
    indicator: Indicator,
    area: ReleasedArea,
    told: tuple[ReleasedCell, ReleasedCell | None],
    spread: Spread | None,
    breaks: Sequence[SeriesBreak],
) -> str:
    last, before = told
    known = {
        "area": area.name,
        "unit": name_unit(indicator.unit, count_in_unit(last)),
        "period": name_period(last.period),
        "count": describe_in_sentence(last),
    }
    if before is None or not is_usable(before):
        return TEXTS("trend.summary_first", **known)
    known |= {"before": describe_in_sentence(before)}
    crossed = (b for b in breaks if b.crosses(before.period.start, last.period.end))
    if broken := next(crossed, None):
        return TEXTS("trend.summary_broken", **known, reason=explain_break(broken))
    is_judged = "comparison" in indicator.analyses
    comparison = compare_cells(last, before, is_judged=is_judged, spread=spread)
    if change := describe_change(comparison):
        return TEXTS("trend.summary_change", **known, change=change)
    return TEXTS("trend.summary", **known, verdict=describe_comparison(comparison))


def find_year_earlier(series: Sequence[ReleasedCell], cell: ReleasedCell) -> ReleasedCell | None:
    """Find the cell of the same stretch one year before, or None."""
    wanted = (cell.period.end.year - 1, cell.period.end.month, cell.period.kind)
    return next(
        (c for c in series if (c.period.end.year, c.period.end.month, c.period.kind) == wanted),
        None,
    )


def _describe_line(usable: Sequence[ReleasedCell], kind: PeriodKind) -> str:
    high, low = find_highest(usable, count_bounds), find_lowest(usable, count_bounds)
    first, last = name_ends(usable[0].period, usable[-1].period)
    return TEXTS(
        "trend.description",
        kind=name_periods(kind),
        first=first,
        last=last,
        high=write_extreme(high),
        high_period=_name_when(high),
        low=write_extreme(low),
        low_period=_name_when(low),
    )


def _name_when(found: Extreme[ReleasedCell]) -> str:
    if found.only is None:
        return TEXTS("trend.one_of", count=len(found.items))
    return name_period(found.only.period)


def _table(
    names: dict[str, str], series: Sequence[ReleasedCell], breaks: Sequence[SeriesBreak]
) -> Table:
    known = next((cell for cell in reversed(series) if cell.per), None)
    rate = (
        TEXTS("trend.column_rate", per=write_count(known.per), base=name_base(known.base_figure))
        if known and known.per
        else None
    )
    columns = [
        "trend.column_period",
        "trend.column_count",
        "trend.column_interval",
        "trend.column_status",
    ]
    titles = [TEXTS(column) for column in columns]
    titles.insert(2, rate or TEXTS("trend.column_rate_plain"))
    rows = [
        Row(
            name_period(cell.period),
            (
                describe_value(cell),
                describe_bare_rate(cell),
                describe_interval(cell),
                TEXTS("trend.broken") if _is_broken(cell, breaks) else describe_flags(cell),
            ),
        )
        for cell in reversed(series)
    ]
    return Table(TEXTS("trend.caption", **names), tuple(titles), tuple(rows))


def _draw(
    series: Sequence[ReleasedCell], breaks: Sequence[SeriesBreak], title: str, description: str
) -> Markup:
    places = [{"day": _day_of(cell)} for cell in series]
    firm, dashed = split_points(places, series)
    data = {"firm": firm, "dashed": dashed, "last": [_last_row(series)]}
    data["range"] = range_points(places, series, gaps=len(series))
    data |= {f"break{i}": [_break_row(known, series[-1])] for i, known in enumerate(breaks)}
    return draw_svg(_spec(data, breaks), data, title=title, description=description)


def _last_row(series: Sequence[ReleasedCell]) -> dict[str, Any]:
    last = next(cell for cell in reversed(series) if is_usable(cell))
    top = span_of(last).upper
    return {"day": _day_of(last), "value": last.value, "top": top, "word": describe_value(last)}


def _day_of(cell: ReleasedCell) -> str:
    # A year is one point, at its start, so that it stands above its own number.
    day = cell.period.start if cell.period.kind is PeriodKind.YEAR else cell.period.end
    return day.isoformat()


def _spec(data: Mapping[str, Points], breaks: Sequence[SeriesBreak]) -> dict[str, Any]:
    axis = {"format": "%Y", "grid": False, "tickCount": "year"}
    axis |= {"labelOverlap": "greedy", "labelSeparation": 8}
    # The padding keeps the first and last points off the axis and its numbers.
    x = {"field": "day", "type": "temporal", "title": None, "axis": axis, "scale": {"padding": 12}}
    size = 30 if len(data["firm"]) <= _FEW_POINTS else None
    layers = [_break_shape(known, row) for row, known in enumerate(breaks)]
    layers += [_break_word(row) for row in range(len(breaks))]
    if data["range"]:
        layers.append(range_layer("range", x))
    layers.append(line_layer("firm", x, dashed=False, size=size))
    if data["dashed"]:
        layers.append(line_layer("dashed", x, dashed=True, size=None))
    return {"width": WIDTH, "height": 200, "layer": [*layers, _last_layer(x)]}


def _last_layer(x: dict[str, Any]) -> dict[str, Any]:
    word = {"type": "text", "dy": -14, "align": "right", "fontWeight": "bold", "color": INK}
    place = {"x": x, "y": count_axis("top"), "text": {"field": "word", "type": "nominal"}}
    point = {"type": "point", "filled": True, "size": 60, "color": INK}
    return {
        "data": {"name": "last"},
        "layer": [
            {"mark": point, "encoding": {"x": x, "y": count_axis("value")}},
            {"mark": word, "encoding": place},
        ],
    }


def _breaks_within(
    series: Sequence[ReleasedCell], breaks: Sequence[SeriesBreak]
) -> list[SeriesBreak]:
    first, last = series[0].period.start, series[-1].period.end
    return [known for known in breaks if first < known.start <= last]


def _break_row(known: SeriesBreak, last: ReleasedCell) -> dict[str, Any]:
    start, end = known.start, min(known.end or known.start, last.period.end)
    if known.end and last.period.kind is PeriodKind.YEAR:
        # A year stands at its first of January, so the band reaches half a year around it.
        start, end = date(start.year - 1, 7, 1), date(end.year, 7, 1)
    return {"start": start.isoformat(), "end": end.isoformat(), "word": name_break(known)}


def _break_shape(known: SeriesBreak, row: int) -> dict[str, Any]:
    start = {"x": {"field": "start", "type": "temporal"}}
    line = {"type": "rule", "color": RULE, "strokeDash": [2, 3]}
    if known.end is None:
        return {"data": {"name": f"break{row}"}, "mark": line, "encoding": start}
    stretch = {**start, "x2": {"field": "end"}}
    return {
        "data": {"name": f"break{row}"},
        "mark": {"type": "rect", "color": PALE},
        "encoding": stretch,
    }


def _break_word(row: int) -> dict[str, Any]:
    # Each word on a line of its own: two breaks can lie close together.
    word = {"type": "text", "align": "left", "dx": 3, "y": 8 + 15 * row, "fontSize": 12}
    place = {"x": {"field": "start", "type": "temporal"}, "text": {"field": "word"}}
    return {"data": {"name": f"break{row}"}, "mark": {**word, "color": SOFT}, "encoding": place}
