"""A line without axes for a tile: the shape of the last periods, gaps left open."""

from collections.abc import Sequence
from functools import cache
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.extremes import (
    count_bounds,
    find_highest,
    find_lowest,
    write_extreme,
)
from regiebeeld.dashboard.charts.formats import name_ends
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import describe_value, is_rounded, is_usable, span_of
from regiebeeld.releases import ReleasedCell

_WIDTH, _HEIGHT, _EDGE = 160, 40, 4


def draw_sparkline(series: Sequence[ReleasedCell]) -> Markup | None:
    """Draw the values of a series from zero; None when fewer than two can be drawn.

    Behind a rounded value stands a light bar: what it can be.
    """
    usable = [cell for cell in series if is_usable(cell)]
    if len(usable) < 2:
        return None
    top = max(1, *(span_of(cell).upper for cell in usable))
    across = _list_across(len(series))
    points = [
        (x, _y(cell.value or 0, top)) if is_usable(cell) else None
        for x, cell in zip(across, series, strict=True)
    ]
    firm, soft = _runs(series, points)
    last = next(point for point in reversed(points) if point)
    return Markup(  # noqa: S704 - numbers of our own and one escaped sentence
        f'<svg class="spark" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
        f' role="img" aria-label="{escape(_describe(usable))}">'
        f'<path class="spark-zero" d="M0,{_HEIGHT - _EDGE}H{_WIDTH}"/>'
        f"{_ranges(series, top)}"
        f'<path class="spark-line" d="{firm}"/><path class="spark-soft" d="{soft}"/>'
        f'<circle class="spark-now" cx="{last[0]}" cy="{last[1]}" r="3"/></svg>'
    )


@cache
def _list_across(count: int) -> tuple[float, ...]:
    """Give the place of each of so many periods from left to right."""
    wide = _WIDTH - 2 * _EDGE
    return tuple(round(_EDGE + index * wide / max(1, count - 1), 1) for index in range(count))


def _y(value: int, top: int) -> float:
    return round(_HEIGHT - _EDGE - value / top * (_HEIGHT - 2 * _EDGE), 1)


def _ranges(series: Sequence[ReleasedCell], top: int) -> str:
    spans = {
        x: span_of(cell)
        for x, cell in zip(_list_across(len(series)), series, strict=True)
        if is_rounded(cell) and is_usable(cell)
    }
    if not spans:
        return ""
    wide = min(6.0, 0.7 * _WIDTH / len(series))
    path = "".join(f"M{x},{_y(span.lower, top)}V{_y(span.upper, top)}" for x, span in spans.items())
    return f'<path class="spark-range" stroke-width="{wide:.1f}" d="{path}"/>'


def _runs(
    series: Sequence[ReleasedCell], points: Sequence[tuple[float, float] | None]
) -> tuple[str, str]:
    """Give the path of the firm part and of the provisional part; a gap lifts the pen."""
    paths: dict[bool, str] = {False: "", True: ""}
    earlier: tuple[float, float] | None = None
    pen: bool | None = None  # in which of the two paths the pen stands at `earlier`
    for here, cell in zip(points, series, strict=True):
        if here is not None:
            if pen is not cell.provisional:
                paths[cell.provisional] += f"M{earlier[0]},{earlier[1]}L" if earlier else "M"
            else:
                paths[cell.provisional] += "L"
            paths[cell.provisional] += f"{here[0]},{here[1]}"
        earlier, pen = here, None if here is None else cell.provisional
    return paths[False], paths[True]


def _describe(usable: Sequence[ReleasedCell]) -> str:
    first, last = name_ends(usable[0].period, usable[-1].period)
    return TEXTS(
        "sparkline.description",
        first=first,
        last=last,
        low=write_extreme(find_lowest(usable, count_bounds)),
        high=write_extreme(find_highest(usable, count_bounds)),
        now=describe_value(usable[-1]),
    )
