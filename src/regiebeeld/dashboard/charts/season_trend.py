"""The calm line through the months of a series: its trend without the season, breaks named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_month, write_number
from regiebeeld.dashboard.charts.ranking import compute_step, compute_top
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.trend import explain_break, name_break
from regiebeeld.dashboard.charts.vega import (
    ACCENT,
    FONT,
    GRID,
    PALE,
    RANGE,
    RULE,
    SOFT,
    WIDTH,
    hash_text,
)
from regiebeeld.dashboard.charts.words import (
    describe_value,
    is_rounded,
    is_usable,
    name_unit,
    span_of,
)
from regiebeeld.domain import Period, read_period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.drawn_findings import TrendLine
from regiebeeld.statistics.breaks import SeriesBreak

_HEIGHT, _HEAD, _FOOT, _LEFT, _RIGHT = 236, 44, 24, 40, 10
_ROOM = 34  # between two years under the axis


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a drawing reaches: `size` months from `first`, and counts up to `top`."""

    first: Period
    size: int
    top: float

    def x(self, month: float) -> float:
        return round(_LEFT + month / max(self.size - 1, 1) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        return round(_HEIGHT - _FOOT - value / self.top * (_HEIGHT - _HEAD - _FOOT), 1)

    def month_of(self, period: Period) -> int:
        start, first = period.start, self.first.start
        return (start.year - first.year) * 12 + start.month - first.month


def draw_season_trend(
    indicator: Indicator,
    area: ReleasedArea,
    line: TrendLine,
    months: Sequence[ReleasedCell],
    *,
    breaks: Sequence[SeriesBreak] = (),
) -> Figure:
    """Draw the trend over the months of one area, with sentence and table.

    months: the released months of the area, in order of time; breaks: those that touch it.
    """
    names = {"indicator": indicator.title, "area": area.name}
    title = TEXTS("findings.course.title", **names)
    first = read_period(line.first)
    cells = {_number(cell.period, first): cell for cell in months}
    known = [place for place, value in enumerate(line.values) if value is not None]
    summary = describe_season_trend(indicator, line) if known else TEXTS("findings.course.none")
    frame = _Frame(
        first, max([len(line.values), *(place + 1 for place in cells)]), _top(line, cells)
    )
    svg = _draw(frame, line, cells, (title, _within(frame, breaks))) if known else None
    return Figure(title, summary, svg, _table(title, line, cells, first))


def describe_season_trend(indicator: Indicator, line: TrendLine) -> str:
    """Say where the trend is now, where it was a year before, and where it began."""
    first = read_period(line.first)
    known = [place for place, value in enumerate(line.values) if value is not None]
    last = known[-1]
    begin = _begin(line, last)
    told = {
        "now": _write(line.values[last]),
        "unit": name_unit(indicator.unit, None),
        "month": _name(first, last),
        "first": _write(line.values[begin]),
        "first_month": _name(first, begin),
    }
    before = line.values[last - 12] if last - 12 >= begin else None
    if before is None:
        return TEXTS("findings.course.sentence_short", **told)
    return TEXTS("findings.course.sentence", **told, before=_write(before))


def _begin(line: TrendLine, last: int) -> int:
    """Give the first month of the stretch without a break that the last month is in."""
    place = last
    while place and line.values[place - 1] is not None:
        place -= 1
    return place


def _write(value: float | None) -> str:
    number = value or 0.0
    return write_number(number, 0 if number >= 10 else 1)


def _name(first: Period, place: int) -> str:
    month = first.start.year * 12 + first.start.month - 1 + place
    return name_month(first.start.replace(year=month // 12, month=month % 12 + 1, day=1))


def _number(period: Period, first: Period) -> int:
    return _Frame(first, 1, 1.0).month_of(period)


def _top(line: TrendLine, cells: Mapping[int, ReleasedCell]) -> float:
    counts = [float(span_of(cell).upper) for cell in cells.values() if is_usable(cell)]
    return compute_top(max([*counts, *(value or 0.0 for value in line.values)], default=1.0))


def _table(title: str, line: TrendLine, cells: Mapping[int, ReleasedCell], first: Period) -> Table:
    rows = []
    for place in reversed(range(max([len(line.values), *(each + 1 for each in cells)]))):
        value = line.values[place] if place < len(line.values) else None
        words = TEXTS("findings.course.absent") if value is None else write_number(value, 1)
        rows.append(Row(_name(first, place), (describe_value(cells.get(place)), words)))
    names = ("month", "count", "trend")
    columns = tuple(TEXTS(f"findings.course.column_{name}") for name in names)
    return Table(title, columns, tuple(rows))


def _within(frame: _Frame, breaks: Sequence[SeriesBreak]) -> list[SeriesBreak]:
    first = frame.first.start
    ends = first.year * 12 + first.month - 1 + frame.size
    return [
        each
        for each in breaks
        if each.start > first and each.start.year * 12 + each.start.month - 1 < ends
    ]


def _draw(
    frame: _Frame,
    line: TrendLine,
    cells: Mapping[int, ReleasedCell],
    words: tuple[str, Sequence[SeriesBreak]],
) -> Markup:
    title, breaks = words
    mark = f"c{hash_text(title):x}"
    bands = "".join(_break(frame, each, row) for row, each in enumerate(breaks))
    exact = [
        (place, float(cell.value))
        for place, cell in sorted(cells.items())
        if is_usable(cell) and cell.value is not None
    ]
    trend = [(place, value) for place, value in enumerate(line.values) if value is not None]
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="course" viewBox="0 0 {WIDTH} {_HEIGHT}" width="{WIDTH}" height="{_HEIGHT}"'
        f' role="img" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title>'
        f'<desc id="{mark}d">{escape(_describe(breaks))}</desc>'
        f"{bands}{_axes(frame)}{_ranges(frame, cells)}"
        f'<path d="{_path(frame, exact)}" fill="none" stroke="{RULE}" stroke-width="1"/>'
        f'<path d="{_path(frame, trend)}" fill="none" stroke="{ACCENT}" stroke-width="3"/>'
        f"{_key()}</svg>"
    )


def _describe(breaks: Sequence[SeriesBreak]) -> str:
    reasons = map(explain_break, breaks)
    return " ".join([TEXTS("findings.course.description"), *reasons])


def _key() -> str:
    """Name the two lines above the drawing."""
    parts = []
    for x, colour, width, name in ((_LEFT, ACCENT, 3, "trend"), (250, RULE, 1, "count")):
        parts.append(
            f'<path d="M{x},10h22" stroke="{colour}" stroke-width="{width}"/>'
            f'<text x="{x + 28}" y="14" fill="{SOFT}">{TEXTS(f"findings.course.key_{name}")}</text>'
        )
    return "".join(parts)


def _path(frame: _Frame, points: Sequence[tuple[int, float]]) -> str:
    """Join points of months that follow each other; a gap is left open."""
    parts, last = [], None
    for place, value in points:
        letter = "L" if last == place - 1 else "M"
        parts.append(f"{letter}{frame.x(place)},{frame.y(value)}")
        last = place
    return "".join(parts)


def _ranges(frame: _Frame, cells: Mapping[int, ReleasedCell]) -> str:
    spans = [(p, span_of(c)) for p, c in sorted(cells.items()) if is_usable(c) and is_rounded(c)]
    if not spans:
        return ""
    path = "".join(f"M{frame.x(p)},{frame.y(s.lower)}V{frame.y(s.upper)}" for p, s in spans)
    return f'<path d="{path}" stroke="{RANGE}" stroke-width="2.5"/>'


def _axes(frame: _Frame) -> str:
    step = compute_step(frame.top)
    lines = "".join(
        f'<path d="M{_LEFT},{frame.y(mark)}H{WIDTH - _RIGHT}" stroke="{GRID}"/>'
        f'<text x="{_LEFT - 6}" y="{frame.y(mark) + 4}" text-anchor="end" fill="{SOFT}">'
        f"{write_number(mark, 0 if step >= 1 else 1)}</text>"
        for mark in (index * step for index in range(round(frame.top / step) + 1))
    )
    return lines + _years(frame)


def _years(frame: _Frame) -> str:
    start = frame.first.start
    places = [((12 - start.month + 1) % 12) + 12 * index for index in range(frame.size // 12 + 1)]
    shown = [place for place in places if place < frame.size]
    room = frame.x(12) - frame.x(0)
    every = max(1, -(-_ROOM // max(int(room), 1)))
    return "".join(
        f'<path d="M{frame.x(place)},{_HEIGHT - _FOOT}v4" stroke="{RULE}"/>'
        f'<text x="{frame.x(place)}" y="{_HEIGHT - 6}" text-anchor="middle" fill="{SOFT}">'
        f"{start.year + (start.month - 1 + place) // 12}</text>"
        for index, place in enumerate(shown)
        if index % every == 0 and frame.x(place) < WIDTH - 20
    )


def _break(frame: _Frame, each: SeriesBreak, row: int) -> str:
    """Draw a line where counting changed, or a band over a passing time, with its word."""
    at = each.start.year * 12 + each.start.month - 1
    first = at - (frame.first.start.year * 12 + frame.first.start.month - 1)
    x, top = frame.x(first), _HEAD - 12
    y = _HEAD - 14 + 14 * (row % 2)
    word = f'<text x="{x + 3}" y="{y}" fill="{SOFT}">{escape(name_break(each))}</text>'
    if each.end is None:
        rule = f'M{x},{top}V{_HEIGHT - _FOOT}" stroke="{SOFT}" stroke-dasharray="2 3"'
        return f'<path d="{rule}/>{word}'
    months = (each.end.year - each.start.year) * 12 + each.end.month - each.start.month + 1
    wide = frame.x(min(first + months, frame.size - 1)) - x
    high = _HEIGHT - _FOOT - top
    return f'<rect x="{x}" y="{top}" width="{wide:.1f}" height="{high}" fill="{PALE}"/>{word}'
