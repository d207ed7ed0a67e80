"""Areas and periods that a reader set side by side: sentence, drawing and table of each.

Areas keep the order in which they were chosen: no ranking, and never a total over them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from markupsafe import Markup

from regiebeeld.dashboard.charts.compare_rows import Line, Mark, draw_rows
from regiebeeld.dashboard.charts.comparing import Comparison
from regiebeeld.dashboard.charts.dots import Axis
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count
from regiebeeld.dashboard.charts.ranking import compute_top
from regiebeeld.dashboard.charts.shares import write_factor
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import (
    count_in_unit,
    describe_flags,
    describe_in_sentence,
    describe_rate,
    describe_value,
    is_rounded,
    is_usable,
    name_unit,
    rate_span,
    span_of,
    write_range,
)
from regiebeeld.domain import Period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.statistics import CountComparison, Verdict

Whole = Literal["first", "other"]
_CHANGED = (Verdict.HIGHER, Verdict.LOWER)


@dataclass(frozen=True, slots=True)
class Compared:
    """One area: its two periods, and how it stands beside the first area.

    beside: None for the first area itself, and where the two cannot be compared. whole: which of
    the two holds the other, and was compared without it.
    """

    area: ReleasedArea
    in_time: Comparison
    beside: CountComparison | None
    link: str
    whole: Whole | None = None

    @property
    def now(self) -> ReleasedCell | None:
        return self.in_time.now

    @property
    def before(self) -> ReleasedCell | None:
        return self.in_time.before


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What was set side by side: areas in the order they were chosen, and one or two periods."""

    indicator: Indicator
    period: Period
    earlier: Period | None
    areas: tuple[Compared, ...]

    @property
    def has_rates(self) -> bool:
        return any(cell is not None and rate_span(cell) for cell in self.cells)

    @property
    def cells(self) -> list[ReleasedCell | None]:
        return [cell for each in self.areas for cell in (each.now, each.before)]

    @property
    def periods(self) -> list[str]:
        return [name_period(p) for p in (self.period, self.earlier) if p is not None]


def invert(result: CountComparison) -> CountComparison:
    """Turn a comparison round: what the other is beside the one."""
    turned = {Verdict.HIGHER: Verdict.LOWER, Verdict.LOWER: Verdict.HIGHER}
    return CountComparison(
        ratio=None if result.ratio is None else _inverse(result.ratio),
        lower=_inverse(result.upper),
        upper=_inverse(result.lower),
        p=result.p,
        verdict=turned.get(result.verdict, result.verdict),
    )


def _inverse(ratio: float) -> float:
    if ratio == 0:
        return float("inf")
    return 1 / ratio if isfinite(ratio) else 0.0


def draw_areas(asked: SideBySide) -> Figure:
    """Draw each area with its margin on one scale, the second period as open dots."""
    known = {"indicator": asked.indicator.title, "period": asked.periods[0]}
    if len(asked.areas) == 1:
        title = TEXTS("beside.area_title", **known, area=asked.areas[0].area.name)
    else:
        title = TEXTS("beside.areas_title", **known)
    svg = _draw_areas(asked, title) if any(map(is_usable, asked.cells)) else None
    return Figure(title, " ".join(describe_areas(asked)), svg, _table_of_areas(asked, title))


def describe_areas(asked: SideBySide) -> Iterator[str]:
    """Say the first area's figure, then each other one beside it with the verdict."""
    first = asked.areas[0]
    if is_usable(first.now):
        yield TEXTS(
            "beside.first",
            area=first.area.name,
            period=asked.periods[0],
            count=describe_in_sentence(first.now),
            unit=name_unit(asked.indicator.unit, count_in_unit(first.now)),
            rate=describe_rate(first.now, full=True),
        )
    else:
        yield tell_absent(first.area, first.now, asked.periods[0])
    for other in asked.areas[1:]:
        if is_usable(other.now):
            yield _describe_other(first, other, asked.indicator)
        else:
            yield tell_absent(other.area, other.now, asked.periods[0])
    if any(is_usable(first.now) and is_usable(o.now) and not o.beside for o in asked.areas[1:]):
        yield TEXTS("beside.no_verdict")


def tell_absent(area: ReleasedArea, cell: ReleasedCell | None, period: str) -> str:
    """Say that there is no figure, and why."""
    reason = describe_value(cell, full=True)
    return TEXTS("beside.absent", area=area.name, period=period, reason=reason)


def _describe_other(first: Compared, other: Compared, indicator: Indicator) -> str:
    known = {
        "other": TEXTS("beside.named", area=other.area.name, rate=describe_rate(other.now)),
        "first": first.area.name,
    }
    if other.whole is not None:
        part = first if other.whole == "other" else other
        words = TEXTS("beside.without", whole=known[other.whole], part=part.area.name)
        known[other.whole] = words
    if other.beside is None:
        unit = name_unit(indicator.unit, count_in_unit(other.now) if other.now else None)
        count = describe_in_sentence(other.now)
        return TEXTS("beside.other_alone", other=other.area.name, count=count, unit=unit)
    verdict = other.beside.verdict
    if verdict in _CHANGED:
        known["times"] = _describe_times(other.beside)
    return TEXTS(f"beside.other_{verdict.value}", **known)


def _describe_times(result: CountComparison) -> str:
    ends = write_ends(result)
    if result.ratio is None or not isfinite(result.ratio):
        return TEXTS("beside.times_rounded", interval=ends)
    return TEXTS("beside.times", ratio=write_factor(result.ratio), interval=ends)


def write_ends(result: CountComparison, write: Callable[[float], str] = write_factor) -> str:
    """Write the ends of a ratio: `1,1–1,8`; without an upper end `1,1 of meer`."""
    if not isfinite(result.upper):
        return TEXTS("beside.or_more", lower=write(result.lower))
    return write_range(write(result.lower), write(result.upper))


def describe_ratio(result: CountComparison | None) -> str:
    """Write a ratio with its margin for a table; nothing where too few cases say too little."""
    if result is None or result.verdict is Verdict.TOO_FEW:
        return TEXTS("beside.no_ratio")
    if result.ratio is None or not isfinite(result.ratio):
        return write_ends(result)
    return TEXTS("beside.ratio", ratio=write_factor(result.ratio), interval=write_ends(result))


def _table_of_areas(asked: SideBySide, title: str) -> Table:
    first = asked.areas[0].area.name
    columns = ("area", "count", "rate", "beside", "verdict", "status")
    rows = tuple(
        Row(
            each.area.name,
            (
                describe_value(each.now),
                describe_rate(each.now, full=True),
                describe_ratio(each.beside) if index else TEXTS("beside.is_first"),
                _judge(each, asked.areas[0]),
                describe_flags(each.now),
            ),
            link=each.link,
        )
        for index, each in enumerate(asked.areas)
    )
    return Table(title, tuple(TEXTS(f"beside.column_{c}", first=first) for c in columns), rows)


def _judge(each: Compared, first: Compared) -> str:
    if each is first:
        return TEXTS("beside.is_first")
    if each.beside is None:
        return TEXTS("compare.impossible")
    verdict = TEXTS(f"compare.{each.beside.verdict.value}")
    if each.whole is None:
        return verdict
    whole, part = (first, each) if each.whole == "first" else (each, first)
    names = {"whole": whole.area.name, "part": part.area.name}
    return TEXTS("beside.judged_without", verdict=verdict, **names)


def _draw_areas(asked: SideBySide, title: str) -> Markup:
    lines = [_line_of_area(each, asked) for each in asked.areas]
    ends = [
        end
        for line in lines
        for mark in line.marks
        for end in (mark.value, *(mark.margin or ()), *(mark.span or ()))
        if end is not None
    ]
    axis = Axis(0.0, compute_top(max(ends, default=0.0)), False)
    key = "beside.areas_description_rate" if asked.has_rates else "beside.areas_description_count"
    return draw_rows(
        lines,
        axis,
        title=title,
        description=TEXTS(key, periods=name_both(asked)),
        key=asked.periods,
    )


def name_both(asked: SideBySide) -> str:
    """Name the period, or both of them."""
    return TEXTS("beside.and").join(asked.periods)


def _line_of_area(each: Compared, asked: SideBySide) -> Line:
    cells = [each.now] if asked.earlier is None else [each.now, each.before]
    told = [
        TEXTS("beside.spoken", period=period, value=_speak(cell, asked))
        for period, cell in zip(asked.periods, cells, strict=True)
    ]
    words = TEXTS("beside.spoken_area", area=each.area.name, told="; ".join(told))
    marks = tuple(_mark(cell, asked, bool(index)) for index, cell in enumerate(cells))
    return Line(each.area.name, words, marks, each.link)


def _speak(cell: ReleasedCell | None, asked: SideBySide) -> str:
    if not asked.has_rates or not is_usable(cell):
        return describe_value(cell, full=True)
    return describe_rate(cell, full=True)


def _mark(cell: ReleasedCell | None, asked: SideBySide, is_hollow: bool) -> Mark:
    if not is_usable(cell):
        return Mark(absent=describe_value(cell))
    if not asked.has_rates:
        span = span_of(cell)
        return Mark(float(cell.value or 0), None, (span.lower, span.upper), is_hollow)
    if cell.rate is None or cell.rate_lower is None or cell.rate_upper is None:
        return Mark(absent=describe_rate(cell))
    span_of_rate = rate_span(cell) if is_rounded(cell) else None
    return Mark(cell.rate, (cell.rate_lower, cell.rate_upper), span_of_rate, is_hollow)


def tell_chance(asked: SideBySide) -> str | None:
    """Say how many of these comparisons look clear by chance alone; None for one or none."""
    judged = [each.beside for each in asked.areas] + [each.in_time.result for each in asked.areas]
    count = sum(1 for each in judged if each is not None)
    return TEXTS("beside.chance", count=write_count(count)) if count > 1 else None
