"""Dots with margins on one axis, drawn by hand: a ratio around 1, or a size from zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import exp, isfinite, log

from markupsafe import Markup

from regiebeeld.dashboard.charts.formats import write_short
from regiebeeld.dashboard.charts.ranking import compute_step, compute_top
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import ACCENT, FONT, GRID, INK, SOFT, WIDTH, hash_text

_HEAD, _STEP, _FOOT, _LEFT, _RIGHT = 28, 26, 24, 186, 16
_LONGEST = 27  # letters of a label that fit left of the axis; the whole label is read aloud
_WIDEST, _NARROWEST = 20.0, 1.25  # the axis of ratios reaches no further, and at least so far
_ROOM = 34  # between two numbers under an axis
_MARKS = (0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 1.1, 1.25, 2.0, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class Dot:
    """One row: `words` are read aloud; `faint` for what stands beside the answer itself."""

    label: str
    value: float
    lower: float | None
    upper: float | None
    words: str
    link: str | None = None
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, in steps of equal ratio where `log`; `line`: where one is drawn."""

    low: float
    high: float
    log: bool
    line: float | None = None

    def place(self, value: float) -> float:
        """Give where a value stands; what lies beyond an end stands at that end."""
        value = min(max(value, self.low), self.high)
        if self.log:
            part = log(value / self.low) / log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return round(_LEFT + part * (WIDTH - _LEFT - _RIGHT), 1)

    def marks(self) -> list[float]:
        """Give the values to write under it: 1 or 0 first, the others where there is room."""
        if not self.log:
            step = compute_step(self.high)
            return [index * step for index in range(round(self.high / step) + 1)]
        chosen = [1.0]
        for mark in sorted(_MARKS, key=lambda each: abs(log(each))):
            inside = self.low <= mark <= self.high
            if inside and all(abs(self.place(mark) - self.place(m)) >= _ROOM for m in chosen):
                chosen.append(mark)
        return sorted(chosen)


def draw_ratios(dots: Sequence[Dot], *, title: str, description: str) -> Markup:
    """Draw ratios around a line at 1: half as much lies as far from it as twice as much."""
    ends = [e for dot in dots for e in (dot.value, dot.lower, dot.upper) if e and isfinite(e)]
    reach = max([abs(log(end)) for end in ends if end > 0] + [log(_NARROWEST)])
    reach = min(reach * 1.05, log(_WIDEST))
    return _draw(dots, Axis(exp(-reach), exp(reach), True, 1.0), title, description)


def draw_sizes(
    dots: Sequence[Dot], *, title: str, description: str, top: float | None = None
) -> Markup:
    """Draw sizes from zero; `top` is the end of the axis where that is known beforehand."""
    highest = max((dot.upper or dot.value for dot in dots), default=0.0)
    return _draw(dots, Axis(0.0, top or compute_top(highest), False), title, description)


def _draw(dots: Sequence[Dot], axis: Axis, title: str, description: str) -> Markup:
    height = _HEAD + _STEP * len(dots) + _FOOT
    mark = f"d{hash_text(title + description):x}"
    role = "group" if any(dot.link for dot in dots) else "img"
    rows = "".join(_row(dot, index, axis) for index, dot in enumerate(dots))
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="dots" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="{role}" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(description)}'
        f"</desc>{_frame(axis, height)}{rows}</svg>"
    )


def _frame(axis: Axis, height: int) -> str:
    drawn = "".join(_mark(axis, mark, height) for mark in axis.marks())
    if axis.line is None:
        return drawn
    x = axis.place(axis.line)
    ends = (
        (x - 10, "end", TEXTS("findings.less")),
        (x + 10, "start", TEXTS("findings.more")),
    )
    words = "".join(
        f'<text x="{at}" y="{_HEAD - 12}" text-anchor="{anchor}" fill="{SOFT}">{text}</text>'
        for at, anchor, text in ends
    )
    return f'{drawn}<path d="M{x},{_HEAD - 22}V{height - _FOOT}" stroke="{SOFT}"/>{words}'


def _mark(axis: Axis, mark: float, height: int) -> str:
    x = axis.place(mark)
    return (
        f'<path d="M{x},{_HEAD - 6}V{height - _FOOT}" stroke="{GRID}"/>'
        f'<text x="{x}" y="{height - 6}" text-anchor="middle" fill="{SOFT}">'
        f"{write_short(mark)}</text>"
    )


def _row(dot: Dot, index: int, axis: Axis) -> str:
    y = _HEAD + index * _STEP + _STEP // 2
    label = dot.label
    if len(label) > _LONGEST:
        label = label[: _LONGEST - 1].rstrip() + "…"
    words, ink = escape(dot.words), SOFT if dot.faint else ACCENT
    margin = ""
    if dot.lower is not None and dot.upper is not None:
        ends = f"M{axis.place(dot.lower)},{y}H{axis.place(dot.upper)}"
        margin = f'<path d="{ends}" stroke="{SOFT}" stroke-width="1.5"/>'
    drawn = (
        f'<title>{words}</title><text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end"'
        f' fill="{INK}">{escape(label)}</text>{margin}'
        f'<circle cx="{axis.place(dot.value)}" cy="{y}" r="{3.5 if dot.faint else 5}"'
        f' fill="{ink}"/>'
    )
    if dot.link:
        return f'<a href="{escape(dot.link)}" aria-label="{words}">{drawn}</a>'
    return f"<g>{drawn}</g>"
