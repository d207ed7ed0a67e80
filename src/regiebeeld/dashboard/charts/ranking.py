"""Areas in order of their rate, as dots with intervals: never bare bars of rates."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

from markupsafe import Markup

from regiebeeld.dashboard.charts.extremes import find_highest
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count, write_number
from regiebeeld.dashboard.charts.reasons import name_base
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import ACCENT, FONT, GRID, INK, RANGE, SOFT, WIDTH, hash_text
from regiebeeld.dashboard.charts.words import (
    describe_bare_rate,
    describe_flags,
    describe_interval,
    describe_rate,
    describe_value,
    is_rounded,
    rate_span,
)
from regiebeeld.domain import Period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell

SHOWN = 14  # as many dots as fit without scrolling; a region of this size shows whole

FEWEST = 3  # an order of two says nothing

_HEAD, _STEP, _FOOT, _LEFT, _RIGHT = 26, 24, 24, 170, 14
_LONGEST = 24  # letters of a name that fit left of the axis; the whole name is read aloud

Rated = tuple[ReleasedArea, ReleasedCell]
Link = Callable[[ReleasedArea], str]


def draw_ranking(
    indicator: Indicator,
    areas: Sequence[ReleasedArea],
    cells: Mapping[str, ReleasedCell],
    *,
    period: Period,
    link: Link,
    region: ReleasedCell | None = None,
) -> Figure:
    """Draw the areas with the highest rates; all of them stand in the table.

    The order is that of the released rates, by name where they are equal.
    cells: one period by area code; an area without a rate is left out. region: the
    cell of the whole, drawn as a line.
    """
    rated = sorted(
        (
            (area, cells[area.code])
            for area in areas
            if area.code in cells and rate_span(cells[area.code]) is not None
        ),
        key=lambda pair: (-(pair[1].rate or 0), pair[0].name),
    )
    levels = TEXTS(f"levels.{areas[0].level.value}") if areas else ""
    title = TEXTS("ranking.title", levels=levels.capitalize(), period=name_period(period))
    if len(rated) < FEWEST:
        return Figure(title, TEXTS("ranking.none"), None, Table(title, (), ()))
    svg = _draw(rated[:SHOWN], region, link, title=title)
    return Figure(
        title, describe_ranking(rated, levels, region), svg, _table(indicator, rated, period, link)
    )


def describe_ranking(rated: Sequence[Rated], levels: str, region: ReleasedCell | None) -> str:
    """Say how many areas differ clearly from the region, and that the order itself says little."""
    if region is None or region.rate is None:
        sentence = TEXTS("ranking.summary_plain")
    else:
        # What rounding leaves open of the region counts too: clear of both its ends.
        lowest, highest = rate_span(region) or (region.rate, region.rate)
        above = sum(1 for _, cell in rated if (cell.rate_lower or 0) > highest)
        below = sum(1 for _, cell in rated if (cell.rate_upper or 0) < lowest)
        counts = {"above": above, "below": below, "total": len(rated)}
        sentence = TEXTS("ranking.summary", **counts, levels=levels, region=describe_rate(region))
    if len(rated) > SHOWN:
        sentence += " " + TEXTS("ranking.top", shown=SHOWN, total=len(rated))
    return sentence


def _table(indicator: Indicator, rated: Sequence[Rated], period: Period, link: Link) -> Table:
    first = rated[0][1]
    known = {"per": write_count(first.per or 0), "base": name_base(first.base_figure)}
    columns = (
        TEXTS("ranking.column_area"),
        TEXTS("trend.column_count"),
        TEXTS("trend.column_rate", **known),
        TEXTS("trend.column_interval"),
        TEXTS("trend.column_status"),
    )
    rows = tuple(
        Row(
            area.name,
            (
                describe_value(cell),
                describe_bare_rate(cell),
                describe_interval(cell),
                describe_flags(cell),
            ),
            link=link(area),
        )
        for area, cell in rated
    )
    return Table(
        TEXTS("ranking.caption", indicator=indicator.title, period=name_period(period), **known),
        columns,
        rows,
    )


def _draw(rated: Sequence[Rated], region: ReleasedCell | None, link: Link, *, title: str) -> Markup:
    # Drawn by hand: 25 ms less than a chart engine, and every name can be a link.
    top = compute_top(
        max([cell.rate_upper or 0.0 for _, cell in rated] + [region.rate or 0.0 if region else 0.0])
    )
    height = _HEAD + _STEP * len(rated) + _FOOT
    mark = f"r{hash_text(title):x}"
    words = _describe(rated)
    rows = "".join(_row(area, cell, index, top, link) for index, (area, cell) in enumerate(rated))
    return Markup(  # noqa: S704 - numbers of our own and escaped names
        f'<svg class="ranking" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="group" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(words)}</desc>'
        f"{_axis(top, height)}{_region_line(region, top, height)}{rows}</svg>"
    )


def _describe(rated: Sequence[Rated]) -> str:
    found = find_highest(rated, lambda pair: rate_span(pair[1]) or (0.0, 0.0))
    if found.only is None:
        return TEXTS("ranking.description_several", count=len(found.items))
    area, cell = found.only
    return TEXTS("ranking.description", name=area.name, rate=describe_rate(cell))


def compute_top(highest: float) -> float:
    """Give the end of an axis from zero: whole steps of 1, 2 or 5 times a power of ten."""
    if highest <= 0:
        return 1.0
    step = 10.0 ** floor(log10(highest / 5))
    step *= next(factor for factor in (1, 2, 5, 10) if highest <= 5 * factor * step * (1 + 1e-9))
    return step * ceil(highest / step - 1e-9)


def _x(rate: float, top: float) -> float:
    return round(_LEFT + rate / top * (WIDTH - _LEFT - _RIGHT), 1)


def _axis(top: float, height: int) -> str:
    step = compute_step(top)
    marks = [index * step for index in range(round(top / step) + 1)]
    return "".join(
        f'<path d="M{_x(mark, top)},{_HEAD - 6}V{height - _FOOT}" stroke="{GRID}"/>'
        f'<text x="{_x(mark, top)}" y="{height - 6}" text-anchor="middle" fill="{SOFT}">'
        f"{write_number(mark, 0 if step >= 1 else 1 if step >= 0.1 else 2)}</text>"
        for mark in marks
    )


def compute_step(top: float) -> float:
    power = 10.0 ** floor(log10(top / 5) + 1e-9)
    return next(
        factor * power for factor in (1, 2, 5, 10) if top <= 5 * factor * power * (1 + 1e-9)
    )


def _region_line(region: ReleasedCell | None, top: float, height: int) -> str:
    if region is None or region.rate is None:
        return ""
    x = _x(region.rate, top)
    return (
        f'<path d="M{x},{_HEAD - 6}V{height - _FOOT}" stroke="{SOFT}" stroke-dasharray="3 3"/>'
        f'<text x="{x}" y="{_HEAD - 10}" text-anchor="middle" fill="{SOFT}">'
        f"{TEXTS('ranking.region')}</text>"
    )


def _row(area: ReleasedArea, cell: ReleasedCell, index: int, top: float, link: Link) -> str:
    y = _HEAD + index * _STEP + _STEP // 2
    low, now, high = (
        _x(rate or 0.0, top) for rate in (cell.rate_lower, cell.rate, cell.rate_upper)
    )
    name = area.name if len(area.name) <= _LONGEST else area.name[: _LONGEST - 1].rstrip() + "…"
    words = escape(TEXTS("map.area", name=area.name, value=describe_rate(cell, full=True)))
    return (
        f'<a href="{escape(link(area))}" aria-label="{words}"><title>{words}</title>'
        f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end" fill="{INK}">{escape(name)}</text>'
        f"{_range(cell, y, top)}"
        f'<path d="M{low},{y}H{high}" stroke="{SOFT}" stroke-width="1.5"/>'
        f'<circle cx="{now}" cy="{y}" r="4.5" fill="{ACCENT}"/></a>'
    )


def _range(cell: ReleasedCell, y: int, top: float) -> str:
    span = rate_span(cell)
    if not is_rounded(cell) or span is None:
        return ""
    low, high = (_x(rate, top) for rate in span)
    return f'<path d="M{low},{y}H{high}" stroke="{RANGE}" stroke-width="9"/>'
