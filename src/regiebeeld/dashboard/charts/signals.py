"""One signal as a bullet: what is usual as a band, what was seen as a dot, and the same in words.

A direction is told in words; no colour says whether more or fewer is good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from markupsafe import Markup

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import (
    describe_flags,
    describe_span,
    is_usable,
    write_span,
)
from regiebeeld.domain import AreaLevel, Period, PeriodKind
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Signal
from regiebeeld.statistics import Span

COLUMNS = ("area", "indicator", "direction", "period", "since", "usual", "now", "chance",
           "above", "below", "status")  # fmt: skip
NAMED = 3  # areas below that are named; the others are counted
_RAREST = 1_000_000  # rarer than this nobody can check
_WIDTH, _EDGE, _HEIGHT, _BAR, _MIDDLE = 320, 8, 60, 16, 31
_LETTER = 7.2  # a letter of 13 px, on average and a bit more


@dataclass(frozen=True, slots=True)
class SeenSignal:
    """A signal with all that its words need.

    above: the area one level up that was looked at, None where there is none; below: the areas
    under it that show the same; below_level: the level under it that was looked at.
    """

    signal: Signal
    indicator: Indicator
    area: ReleasedArea
    period: Period
    since: Period
    above: ReleasedArea | None = None
    below: tuple[ReleasedArea, ...] = ()
    below_level: AreaLevel | None = None
    cell: ReleasedCell | None = None

    @property
    def is_rise(self) -> bool:
        return self.signal.direction == "rise"

    @property
    def so_far(self) -> Span:
        """What was counted: its range where it was rounded."""
        return Span(self.signal.observed_lower, self.signal.observed_upper)

    @property
    def now(self) -> Span:
        """What is held against the usual range: what was counted, or its estimate if not whole."""
        low, high = self.signal.estimate_lower, self.signal.estimate_upper
        return self.so_far if low is None or high is None else Span(low, high)

    @property
    def is_late(self) -> bool:
        """Tell whether not all of the period is in."""
        return self.signal.estimate is not None

    @property
    def is_rounded(self) -> bool:
        return not self.so_far.is_exact

    @property
    def usual(self) -> Span:
        """The whole numbers within the usual range."""
        low, high = ceil(self.signal.usual_lower - 1e-9), floor(self.signal.usual_upper + 1e-9)
        return Span(max(low, 0), high) if high >= max(low, 0) else Span(max(high, 0), low)

    @property
    def flags(self) -> str:
        """Say that the figure may still change; empty where it is final or not at hand."""
        cell = self.cell
        if not is_usable(cell) or not (cell.provisional or cell.estimated_share > 0):
            return ""
        return describe_flags(cell, rounding=False)


def draw_signal(seen: SeenSignal, *, link: str | None = None) -> Figure:
    """Draw one signal; the table has its one row, under COLUMNS.

    link: where the name of the area leads.
    """
    title = TEXTS("signals.name", indicator=seen.indicator.title, area=seen.area.name)
    return Figure(
        title, describe_signal(seen), _draw(seen), table_of_signals([_row(seen, link)], title)
    )


def table_of_signals(rows: Sequence[Row], caption: str) -> Table:
    """Set rows of signals under their columns."""
    return Table(caption, tuple(TEXTS(f"signals.column_{name}") for name in COLUMNS), tuple(rows))


def describe_signal(seen: SeenSignal) -> str:
    """Say since when, what is usual, what was counted and that it is probably no chance."""
    key = "signals.late" if seen.is_late else f"signals.usual_{_kind(seen.period)}"
    told = TEXTS(
        key,
        usual=write_span(seen.usual),
        now=describe_span(seen.now),
        so_far=describe_span(seen.so_far),
        share=write_count(round(seen.signal.share * 100)),
    )
    return " ".join([_since(seen), told, TEXTS("signals.certain")])


def describe_levels(seen: SeenSignal) -> str:
    """Say whether the area one level up, and areas under it, show the same."""
    return " ".join(filter(None, (_describe_above(seen), _describe_below(seen))))


def _kind(period: Period) -> str:
    kinds = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.ROLLING)
    return period.kind.value if period.kind in kinds else "other"


def _since(seen: SeenSignal) -> str:
    key = "new" if seen.since == seen.period else "since"
    known = {"period": name_period(seen.period), "since": name_period(seen.since)}
    return TEXTS(f"signals.{key}_{_kind(seen.period)}", **known)


def _describe_above(seen: SeenSignal) -> str:
    if seen.signal.above is None or seen.above is None:
        return ""
    return TEXTS(f"signals.above_{'yes' if seen.signal.above else 'no'}", area=seen.above.name)


def _describe_below(seen: SeenSignal) -> str:
    if seen.below:
        return TEXTS("signals.below_yes", areas=join_names([area.name for area in seen.below]))
    if seen.below_level is None:
        return ""
    return TEXTS("signals.below_no", level=TEXTS(f"level.{seen.below_level.value}"))


def join_names(names: Sequence[str]) -> str:
    """Name a few, and count the rest: `A, B en C`, `A, B, C en nog 4`."""
    shown, rest = list(names[:NAMED]), len(names) - NAMED
    if rest > 0:
        return TEXTS("signals.names_more", names=", ".join(shown), rest=rest)
    if len(shown) < 2:
        return "".join(shown)
    return TEXTS("signals.names_last", names=", ".join(shown[:-1]), last=shown[-1])


def write_chance(p: float) -> str:
    """Write how rarely chance alone strays so far: `1 op 810`, in two significant figures."""
    if p * _RAREST < 1:
        return TEXTS("signals.chance_rare", number=write_count(_RAREST))
    times = 1 / p
    step = 10 ** max(0, floor(log10(times)) - 1)
    return TEXTS("signals.chance", number=write_count(round(times / step) * step))


def _row(seen: SeenSignal, link: str | None) -> Row:
    absent = TEXTS("signals.not_known")
    cells = (
        seen.indicator.title,
        TEXTS(f"signals.direction_{'rise' if seen.is_rise else 'fall'}"),
        name_period(seen.period),
        name_period(seen.since),
        write_span(seen.usual),
        _write_now(seen),
        write_chance(seen.signal.p),
        _describe_above(seen) or absent,
        _describe_below(seen) or absent,
        describe_flags(seen.cell) if seen.cell else absent,
    )
    return Row(seen.area.name, cells, link)


def _write_now(seen: SeenSignal) -> str:
    if not seen.is_late:
        return write_span(seen.now)
    return TEXTS("signals.late_now", so_far=write_span(seen.so_far), now=write_span(seen.now))


def _draw(seen: SeenSignal) -> Markup:
    top = max(seen.usual.upper, seen.now.upper, seen.signal.expected, 1.0) * 1.04
    told = seen.signal.observed if seen.signal.estimate is None else seen.signal.estimate
    value = min(max(told, seen.now.lower), seen.now.upper)
    words = escape(TEXTS("signals.description", usual=describe_span(seen.usual),
                         now=describe_span(seen.now)))  # fmt: skip
    band = _band(seen.usual, top)
    whisker = "" if seen.now.is_exact else _whisker(seen.now, top)
    expected = _x(seen.signal.expected, top)
    drawn = "signals.drawn_late" if seen.is_late else "signals.drawn_now"
    now = TEXTS(drawn, now=write_span(seen.now))
    usual = TEXTS("signals.drawn_usual", usual=write_span(seen.usual))
    middle = (_x(seen.usual.lower, top) + _x(seen.usual.upper, top)) / 2
    return Markup(  # noqa: S704 - numbers of our own and escaped sentences
        f'<svg class="bullet" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}"'
        f' height="{_HEIGHT}" role="img" aria-label="{words}">'
        f'<path class="bullet-axis" d="M{_EDGE},{_MIDDLE}H{_WIDTH - _EDGE}"/>'
        f'<path class="bullet-axis" d="M{_EDGE},{_MIDDLE - 5}v10"/>'
        f'{band}<path class="bullet-expected" d="M{expected},{_MIDDLE - 11}v22"/>{whisker}'
        f'<circle class="bullet-now" cx="{_x(value, top)}" cy="{_MIDDLE}" r="5.5"/>'
        f"{_write(now, _x(value, top), 13, strong=True)}{_write(usual, middle, 56)}"
        f"{_zero(usual, middle)}</svg>"
    )


def _x(value: float, top: float) -> float:
    return round(_EDGE + value / top * (_WIDTH - 2 * _EDGE), 1)


def _band(span: Span, top: float) -> str:
    low, width = _x(span.lower, top), _x(span.upper, top) - _x(span.lower, top)
    # A band of one number only is still to be seen.
    return (
        f'<rect class="bullet-band" x="{low if width >= 2 else low - 1}" y="{_MIDDLE - _BAR // 2}"'
        f' width="{max(width, 2):.1f}" height="{_BAR}"/>'
    )


def _whisker(span: Span, top: float) -> str:
    low, high = _x(span.lower, top), _x(span.upper, top)
    end = f"{_MIDDLE - 7}v14"
    return f'<path class="bullet-range" d="M{low},{_MIDDLE}H{high}M{low},{end}M{high},{end}"/>'


def _place(words: str, middle: float) -> float:
    """Keep words that stand around a point within the drawing."""
    half = len(words) * _LETTER / 2
    return round(min(max(middle, half), _WIDTH - half), 1)


def _write(words: str, middle: float, y: int, *, strong: bool = False) -> str:
    style = "bullet-words-now" if strong else "bullet-words"
    return (
        f'<text class="{style}" x="{_place(words, middle)}" y="{y}" text-anchor="middle">'
        f"{escape(words)}</text>"
    )


def _zero(words: str, middle: float) -> str:
    """Write the 0 at the start of the scale, where other words leave room for it."""
    if _place(words, middle) - len(words) * _LETTER / 2 < _EDGE + 12:
        return ""
    return f'<text class="bullet-words" x="{_EDGE}" y="56" text-anchor="middle">0</text>'
