"""Rows of dots with margins on one axis: several dots a row, or the word why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.dots import Axis
from regiebeeld.dashboard.charts.formats import write_short
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

_HEAD, _FOOT, _LINE = 30, 24, 18
_LEFT = 186  # where the axis of dots begins
_LONGEST = 25  # letters of a name that fit left of the axis; the whole name is read aloud


@dataclass(frozen=True, slots=True)
class Mark:
    """One dot: a margin around it, and what rounding leaves open as a bar behind it.

    value: None where only the margin is known. absent: the word that stands there instead of all.
    """

    value: float | None = None
    margin: tuple[float, float] | None = None
    span: tuple[float, float] | None = None
    is_hollow: bool = False
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, its dots below each other, and the words that are read aloud."""

    label: str
    words: str
    marks: tuple[Mark, ...]
    link: str | None = None


def draw_rows(
    lines: Sequence[Line], axis: Axis, *, title: str, description: str, key: Sequence[str] = ()
) -> Markup:
    """Draw rows on one axis; key: what a full and an open dot mean."""
    deep = max((len(line.marks) for line in lines), default=1)
    step = _LINE * deep + 10
    head = _HEAD + _LINE * max(len(key) - 1, 0)
    height = head + step * len(lines) + _FOOT
    mark = f"v{hash_text(title + description):x}"
    role = "group" if any(line.link for line in lines) else "img"
    rows = "".join(_row(line, head + index * step, axis) for index, line in enumerate(lines))
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="rows" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="{role}" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(description)}'
        f"</desc>{_frame(axis, head, height)}{_key(key)}{rows}</svg>"
    )


def _frame(axis: Axis, head: int, height: int) -> str:
    drawn = "".join(
        f'<path d="M{axis.place(mark)},{head - 6}V{height - _FOOT}" stroke="{GRID}"/>'
        f'<text x="{axis.place(mark)}" y="{height - 6}" text-anchor="middle" fill="{SOFT}">'
        f"{write_short(mark)}</text>"
        for mark in axis.marks()
    )
    if axis.line is None:
        return drawn
    x = axis.place(axis.line)
    ends = ((x - 10, "end", TEXTS("findings.less")), (x + 10, "start", TEXTS("findings.more")))
    words = "".join(
        f'<text x="{at}" y="{head - 14}" text-anchor="{anchor}" fill="{SOFT}">{text}</text>'
        for at, anchor, text in ends
    )
    return f'{drawn}<path d="M{x},{head - 24}V{height - _FOOT}" stroke="{SOFT}"/>{words}'


def _key(key: Sequence[str]) -> str:
    """Write what the dots mean above the drawing: the full one first, then the open one."""
    return "".join(
        f"{_dot(8, 10 + _LINE * index, is_hollow=bool(index))}"
        f'<text x="20" y="{14 + _LINE * index}" fill="{INK}">{escape(words)}</text>'
        for index, words in enumerate(key)
    )


def _dot(x: float, y: float, *, is_hollow: bool) -> str:
    if is_hollow:
        return f'<circle cx="{x}" cy="{y}" r="4" fill="#fff" stroke="{SOFT}" stroke-width="2"/>'
    return f'<circle cx="{x}" cy="{y}" r="5" fill="{ACCENT}"/>'


def _row(line: Line, top: int, axis: Axis) -> str:
    label = line.label
    if len(label) > _LONGEST:
        label = label[: _LONGEST - 1].rstrip() + "…"
    words = escape(line.words)
    marks = "".join(
        _mark(mark, top + _LINE * index + _LINE // 2, axis) for index, mark in enumerate(line.marks)
    )
    middle = top + _LINE * len(line.marks) // 2 + 4
    drawn = (
        f'<title>{words}</title><text x="{_LEFT - 10}" y="{middle}" text-anchor="end"'
        f' fill="{INK}">{escape(label)}</text>{marks}'
    )
    if line.link:
        return f'<a href="{escape(line.link)}" aria-label="{words}">{drawn}</a>'
    return f"<g>{drawn}</g>"


def _mark(mark: Mark, y: int, axis: Axis) -> str:
    if mark.absent:
        words = escape(mark.absent)
        return f'<text x="{_LEFT}" y="{y + 4}" fill="{SOFT}" font-size="12">{words}</text>'
    drawn = ""
    if mark.span is not None and mark.span[0] != mark.span[1]:
        low, high = map(axis.place, mark.span)
        drawn += f'<path d="M{low},{y}H{high}" stroke="{RANGE}" stroke-width="9"/>'
    if mark.margin is not None:
        low, high = map(axis.place, mark.margin)
        drawn += f'<path d="M{low},{y}H{high}" stroke="{SOFT}" stroke-width="1.5"/>'
    if mark.value is not None:
        drawn += _dot(axis.place(mark.value), y, is_hollow=mark.is_hollow)
    return drawn
