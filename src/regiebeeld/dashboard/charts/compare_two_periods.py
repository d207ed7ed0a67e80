"""Two periods side by side: of each area how many times as much, and whether it can be chance."""

from collections.abc import Iterator
from math import exp, isfinite, log

from markupsafe import Markup

from regiebeeld.dashboard.charts.compare import (
    Compared,
    SideBySide,
    describe_ratio,
    name_both,
    tell_absent,
)
from regiebeeld.dashboard.charts.compare_rows import Line, Mark, draw_rows
from regiebeeld.dashboard.charts.comparing import describe_change, describe_comparison
from regiebeeld.dashboard.charts.dots import Axis
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import (
    describe_flags,
    describe_in_sentence,
    describe_value,
    is_usable,
)
from regiebeeld.statistics import Verdict

_WIDEST, _NARROWEST = 20.0, 1.25  # the axis of ratios reaches no further, and at least so far


def draw_periods(asked: SideBySide) -> Figure:
    """Draw for each area how many times as much the one period has as the other.

    Where no chance may be judged, only the table stands.
    """
    names = dict(zip(("period", "earlier"), asked.periods, strict=False))
    title = TEXTS("beside.periods_title", indicator=asked.indicator.title, **names)
    drawn = [each for each in asked.areas if each.in_time.result is not None]
    svg = _draw_periods(asked, title) if drawn else None
    return Figure(title, " ".join(describe_periods(asked)), svg, _table_of_periods(asked, title))


def describe_periods(asked: SideBySide) -> Iterator[str]:
    """Say of each area both counts, and whether the difference can be chance."""
    names = dict(zip(("period", "earlier"), asked.periods, strict=False))
    for each in asked.areas:
        change = describe_change(each.in_time)
        verdict = describe_comparison(each.in_time)
        pairs = ((each.now, asked.periods[0]), (each.before, asked.periods[-1]))
        absent = [(cell, period) for cell, period in pairs if not is_usable(cell)]
        yield from (tell_absent(each.area, cell, period) for cell, period in absent)
        if absent:
            continue
        yield TEXTS(
            "beside.period_change" if change else "beside.period",
            **names,
            area=each.area.name,
            count=describe_in_sentence(each.now, full=True),
            before=describe_in_sentence(each.before, full=True),
            change=change,
            verdict=verdict,
        )


def _table_of_periods(asked: SideBySide, title: str) -> Table:
    period, earlier = asked.periods[0], asked.periods[-1]
    head = [TEXTS("beside.column_area"), period, earlier]
    names = ("times", "verdict", "status")
    rows = tuple(
        Row(
            each.area.name,
            (
                describe_value(each.now),
                describe_value(each.before),
                describe_ratio(each.in_time.result),
                describe_comparison(each.in_time),
                describe_flags(each.now),
            ),
            link=each.link,
        )
        for each in asked.areas
    )
    return Table(title, (*head, *(TEXTS(f"beside.column_{name}") for name in names)), rows)


def _draw_periods(asked: SideBySide, title: str) -> Markup:
    lines = [_line_of_periods(each) for each in asked.areas]
    ends = [
        end
        for line in lines
        for mark in line.marks
        for end in (mark.value, *(mark.margin or ()))
        if end and isfinite(end)
    ]
    reach = max([abs(log(end)) for end in ends] + [log(_NARROWEST)])
    reach = min(reach * 1.05, log(_WIDEST))
    description = TEXTS("beside.periods_description", periods=name_both(asked))
    return draw_rows(
        lines, Axis(exp(-reach), exp(reach), True, 1.0), title=title, description=description
    )


def _line_of_periods(each: Compared) -> Line:
    result, verdict = each.in_time.result, describe_comparison(each.in_time)
    few = result is None or result.verdict is Verdict.TOO_FEW
    words = TEXTS(
        "beside.spoken_periods_few" if few else "beside.spoken_periods",
        area=each.area.name,
        ratio=describe_ratio(result),
        verdict=verdict,
    )
    if result is None or result.verdict is Verdict.TOO_FEW:
        mark = Mark(absent=describe_comparison(each.in_time, short=True))
    else:
        ratio = result.ratio if result.ratio and isfinite(result.ratio) else None
        mark = Mark(ratio, (result.lower, result.upper))
    return Line(each.area.name, words, (mark,), each.link)
