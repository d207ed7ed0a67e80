"""Who a figure is about: a bar for each part, with what rounding leaves open at its end.

A part that is withheld has no bar, and nothing is said of what the others leave for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.extremes import count_bounds, find_highest
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count
from regiebeeld.dashboard.charts.ranking import compute_step, compute_top
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import (
    ACCENT,
    FONT,
    GRID,
    INK,
    RANGE,
    SOFT,
    WIDTH,
    hash_text,
)
from regiebeeld.dashboard.charts.words import (
    describe_flags,
    describe_in_sentence,
    describe_value,
    is_usable,
    span_of,
)
from regiebeeld.domain import Period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.parts import Part

FEWEST = 2  # one bar says nothing about how a whole is divided

_HEAD, _STEP, _BAR, _FOOT, _LEFT, _RIGHT = 8, 30, 16, 24, 176, 74
_LONGEST = 25  # letters of a title that fit left of the axis; the whole title is read aloud


@dataclass(frozen=True, slots=True)
class SeenPart:
    """A part with its figure of one area and period."""

    part: Part
    cell: ReleasedCell


def draw_parts(
    indicator: Indicator, area: ReleasedArea, seen: Sequence[SeenPart], *, period: Period
) -> Figure:
    """Draw the parts of an indicator in one period, in the order of the catalogue.

    seen: every part, at least one; of what is withheld only that it is stands in the table.
    """
    told = [one for one in seen if is_usable(one.cell)]
    known = {"indicator": indicator.title, "by": seen[0].part.split_by, "area": area.name}
    title = TEXTS("parts.title", **known, period=name_period(period))
    names = ("part", "count", "status")
    table = Table(
        title,
        tuple(TEXTS(f"parts.column_{name}") for name in names),
        tuple(
            Row(one.part.title, (describe_value(one.cell), describe_flags(one.cell)))
            for one in seen
        ),
    )
    if len(told) < FEWEST:
        return Figure(title, TEXTS("parts.none"), None, table)
    return Figure(
        title, describe_parts(told, whole=len(told) == len(seen)), _draw(told, title), table
    )


def describe_parts(told: Sequence[SeenPart], *, whole: bool) -> str:
    """Say every part that is told, and which is largest; whole: whether all parts are."""
    said = "; ".join(
        TEXTS("parts.said", part=one.part.title, count=describe_in_sentence(one.cell))
        for one in told
    )
    sentence = TEXTS("parts.summary", said=said)
    if not whole:
        return sentence
    largest = find_highest(told, lambda one: count_bounds(one.cell)).only
    if largest is None:
        return f"{sentence} {TEXTS('parts.no_largest')}"
    return f"{sentence} {TEXTS('parts.largest', part=largest.part.title)}"


def _draw(told: Sequence[SeenPart], title: str) -> Markup:
    top = compute_top(max(span_of(one.cell).upper for one in told))
    height = _HEAD + _STEP * len(told) + _FOOT
    mark = f"p{hash_text(title):x}"
    rows = "".join(_row(one, index, top) for index, one in enumerate(told))
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="parts" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title>'
        f'<desc id="{mark}d">{escape(TEXTS("parts.description"))}</desc>'
        f"{_axis(top, height)}{rows}</svg>"
    )


def _x(count: float, top: float) -> float:
    return round(_LEFT + count / top * (WIDTH - _LEFT - _RIGHT), 1)


def _axis(top: float, height: int) -> str:
    step = max(compute_step(top), 1.0)
    marks = [index * step for index in range(round(top / step) + 1)]
    return "".join(
        f'<path d="M{_x(mark, top)},{_HEAD}V{height - _FOOT}" stroke="{GRID}"/>'
        f'<text x="{_x(mark, top)}" y="{height - 6}" text-anchor="middle" fill="{SOFT}">'
        f"{write_count(round(mark))}</text>"
        for mark in marks
    )


def _row(one: SeenPart, index: int, top: float) -> str:
    span, y = span_of(one.cell), _HEAD + index * _STEP + _STEP // 2
    start, low, high = (_x(end, top) for end in (0, span.lower, span.upper))
    title, at = one.part.title, y - _BAR // 2
    if len(title) > _LONGEST:
        title = title[: _LONGEST - 1].rstrip() + "…"
    said = TEXTS("parts.said", part=one.part.title, count=describe_in_sentence(one.cell))
    open_ = (
        f'<rect x="{low}" y="{at}" width="{round(high - low, 1)}" height="{_BAR}"'
        f' fill="{RANGE}" stroke="{SOFT}"/>'
    )
    return (
        f"<g><title>{escape(said)}</title>"
        f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end" fill="{INK}">{escape(title)}</text>'
        f'<rect x="{start}" y="{at}" width="{round(low - start, 1)}" height="{_BAR}"'
        f' fill="{ACCENT}"/>{"" if span.is_exact else open_}'
        f'<text x="{high + 6}" y="{y + 4}" fill="{INK}">{describe_value(one.cell)}</text></g>'
    )
