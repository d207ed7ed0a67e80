"""Small lines side by side, each in a square with its name; on one scale, or each on its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from markupsafe import Markup

from regiebeeld.dashboard.charts.formats import write_number
from regiebeeld.dashboard.charts.multiples_grid import Place
from regiebeeld.dashboard.charts.ranking import compute_top
from regiebeeld.dashboard.charts.vega import (
    ACCENT,
    FONT,
    GRID,
    INK,
    RANGE,
    RULE,
    SOFT,
    WIDTH,
    hash_text,
)

_LEFT, _FOOT, _GAP, _HEAD = 40, 20, 8, 18
_LETTER = 6.5  # about as wide as a letter of a name is


@dataclass(frozen=True, slots=True)
class Point:
    """Where a figure stands from left (0) to right (1); without a value the line is broken."""

    at: float
    value: float | None
    lower: float | None = None
    upper: float | None = None
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One square: its name, the words that are read aloud, its line, and a thin one beside it.

    absent: what stands in the square when there is no line.
    """

    title: str
    words: str
    place: Place
    points: tuple[Point, ...]
    beside: tuple[Point, ...] = ()
    link: str | None = None
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What all squares share: what stands under the left and the right end, and a level line.

    own_scales: each square has its own scale, which then stands beside it.
    """

    first: str
    last: str
    level: float | None = None
    height: int = 60
    own_scales: bool = False


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The sizes of a drawing: how many columns, and the end of the axis of each square."""

    frame: Frame
    tops: Mapping[Place, float]
    columns: int

    @property
    def step(self) -> int:
        return _HEAD + self.frame.height + _GAP + 4

    @property
    def wide(self) -> float:
        """The width of one square, without the marks of its axis."""
        axes = self.columns if self.frame.own_scales else 1
        return (WIDTH - _LEFT * axes) / self.columns

    def has_axis(self, place: Place) -> bool:
        return self.frame.own_scales or place[0] == 0

    def corner(self, place: Place) -> tuple[float, float]:
        axes = place[0] + 1 if self.frame.own_scales else 1
        return round(_LEFT * axes + place[0] * self.wide, 1), place[1] * self.step + _HEAD

    def x(self, place: Place, at: float) -> float:
        return round(self.corner(place)[0] + 4 + at * (self.wide - _GAP - 8), 1)

    def y(self, place: Place, value: float) -> float:
        part = min(max(value / self.tops[place], 0.0), 1.0)
        return round(self.corner(place)[1] + (1 - part) * self.frame.height, 1)


def draw_panels(
    panels: Sequence[Panel], frame: Frame, *, title: str, description: str
) -> Markup | None:
    """Draw every panel in its square, on a scale from zero; None when none has a line."""
    ends = {panel.place: find_end(panel) for panel in panels}
    known = [end for end in ends.values() if end is not None]
    if not known:
        return None
    columns, rows = (max(panel.place[axis] for panel in panels) + 1 for axis in (0, 1))
    level = frame.level or 0.0
    if frame.own_scales:
        tops = {place: compute_top(max(end or 0.0, level)) for place, end in ends.items()}
    else:
        tops = dict.fromkeys(ends, compute_top(max(*known, level)))
    sheet = _Sheet(frame, tops, columns)
    height = rows * sheet.step + _FOOT - _GAP - 4
    mark = f"m{hash_text(title + description):x}"
    role = "group" if any(panel.link for panel in panels) else "img"
    drawn = "".join(_panel(panel, sheet, lowest=_is_lowest(panel, panels)) for panel in panels)
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="multiples" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="{role}" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(description)}'
        f"</desc>{drawn}</svg>"
    )


def find_end(panel: Panel) -> float | None:
    """Give the highest that is drawn in a square; None without a line."""
    points = panel.points + panel.beside
    ends = [end for point in points for end in (point.value, point.upper) if end is not None]
    return max(ends, default=None)


def _is_lowest(panel: Panel, panels: Sequence[Panel]) -> bool:
    return all(p.place[1] <= panel.place[1] for p in panels if p.place[0] == panel.place[0])


def _panel(panel: Panel, sheet: _Sheet, *, lowest: bool) -> str:
    left, top = sheet.corner(panel.place)
    name = escape(_fit(panel.title, sheet.wide - _GAP))
    drawn = (
        f"<title>{escape(panel.words)}</title>{_axis(panel.place, sheet, lowest=lowest)}"
        f'<text x="{left + 4}" y="{top - 5}" fill="{INK}">{name}</text>{_content(panel, sheet)}'
    )
    if panel.link:
        words = escape(panel.words)
        return f'<a href="{escape(panel.link)}" aria-label="{words}">{drawn}</a>'
    return f"<g>{drawn}</g>"


def _fit(text: str, room: float) -> str:
    most = int(room / _LETTER)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _content(panel: Panel, sheet: _Sheet) -> str:
    if all(point.value is None and point.lower is None for point in panel.points):
        left, top = sheet.corner(panel.place)
        words = _fit(panel.absent, sheet.wide - _GAP)
        middle = top + sheet.frame.height / 2
        return f'<text x="{left + 4}" y="{middle}" fill="{SOFT}">{escape(words)}</text>'
    beside = "".join(_lines(panel.beside, panel.place, sheet, (SOFT, 1.25)))
    bands = "".join(_bands(panel.points, panel.place, sheet))
    return f"{bands}{beside}{''.join(_lines(panel.points, panel.place, sheet, (ACCENT, 2.0)))}"


def _axis(place: Place, sheet: _Sheet, *, lowest: bool) -> str:
    (left, top), frame = sheet.corner(place), sheet.frame
    right = round(left + sheet.wide - _GAP, 1)
    lines = (
        f'<path d="M{left},{top}H{right}" stroke="{GRID}"/>'
        f'<path d="M{left},{top + frame.height}H{right}" stroke="{RULE}"/>'
    )
    if frame.level is not None:
        lines += (
            f'<path d="M{left},{sheet.y(place, frame.level)}H{right}" stroke="{SOFT}"'
            ' stroke-dasharray="3 3"/>'
        )
    return lines + _marks(place, sheet) + (_ends(place, sheet, right) if lowest else "")


def _marks(place: Place, sheet: _Sheet) -> str:
    """Write the ends of the axis, left of the first square of a row or of every square."""
    if not sheet.has_axis(place):
        return ""
    marks = [0.0, sheet.tops[place]] + (
        [sheet.frame.level] if sheet.frame.level is not None else []
    )
    ys = {round(sheet.y(place, mark)): mark for mark in marks}
    # The level says more than the end of the axis, where there is no room for both.
    level = sheet.frame.level
    shown = {
        y: mark
        for y, mark in ys.items()
        if mark == level or level is None or abs(y - sheet.y(place, level)) >= 13
    }
    x = round(sheet.corner(place)[0] - 6, 1)
    return "".join(
        f'<text x="{x:g}" y="{y + 4}" text-anchor="end" fill="{SOFT}">'
        f"{write_number(mark, 0 if mark == round(mark) else 1 if mark >= 0.1 else 2)}</text>"
        for y, mark in shown.items()
    )


def _ends(place: Place, sheet: _Sheet, right: float) -> str:
    left, top = sheet.corner(place)
    y = top + sheet.frame.height + 15
    words = ((left, "start", sheet.frame.first), (right, "end", sheet.frame.last))
    return "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{SOFT}">{escape(text)}</text>'
        for x, anchor, text in words
        if text
    )


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Give each stretch of points that follow each other without a gap."""
    for is_there, run in groupby(points, key=lambda point: point.value is not None):
        if is_there:
            yield list(run)


def _lines(
    points: Sequence[Point], place: Place, sheet: _Sheet, pen: tuple[str, float]
) -> Iterator[str]:
    colour, wide = pen
    for run in _runs(points):
        at = [f"{sheet.x(place, p.at)},{sheet.y(place, p.value or 0.0)}" for p in run]
        if len(run) == 1:
            x, y = at[0].split(",")
            yield f'<circle cx="{x}" cy="{y}" r="{wide + 1}" fill="{colour}"/>'
        soft = [here.is_soft or there.is_soft for here, there in pairwise(run)]
        for is_soft, steps in groupby(range(len(soft)), key=soft.__getitem__):
            part = list(steps)
            dash = ' stroke-dasharray="4 3"' if is_soft else ""
            yield (
                f'<path d="M{"L".join(at[part[0] : part[-1] + 2])}" fill="none" stroke="{colour}"'
                f' stroke-width="{wide}" stroke-linejoin="round"{dash}/>'
            )


def _bands(points: Sequence[Point], place: Place, sheet: _Sheet) -> Iterator[str]:
    """Give what the points can be as a light band; a lone one as a bar."""
    there = [(p, p.lower, p.upper) for p in points]
    for is_known, run in groupby(there, key=lambda each: None not in each[1:]):
        ends = [(sheet.x(place, p.at), low or 0.0, high or 0.0) for p, low, high in run]
        if is_known and len(ends) == 1:
            x, low, high = ends[0]
            span = f"M{x},{sheet.y(place, low)}V{sheet.y(place, high)}"
            yield f'<path d="{span}" stroke="{RANGE}" stroke-width="6"/>'
        elif is_known:
            upper = "L".join(f"{x},{sheet.y(place, high)}" for x, _, high in ends)
            lower = "L".join(f"{x},{sheet.y(place, low)}" for x, low, _ in reversed(ends))
            yield f'<path d="M{upper}L{lower}Z" fill="{RANGE}"/>'
