"""The dark half of each year beside the light half before it, as ratios with margins."""

from collections.abc import Sequence

from regiebeeld.dashboard.charts.dots import Dot, draw_ratios
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.shares import write_factor
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import describe_span, name_unit, write_range, write_span
from regiebeeld.releases import Indicator, ReleasedArea
from regiebeeld.releases.drawn_findings import DarkHalf
from regiebeeld.statistics import Span


def draw_dark_months(
    indicator: Indicator, area: ReleasedArea, halves: Sequence[DarkHalf]
) -> Figure:
    """Draw how many times as much the dark half brought a day, year by year, newest first.

    halves: at least one, of one area, in any order.
    """
    ordered = sorted(halves, key=lambda each: -each.year)
    title = TEXTS("findings.dark.title", indicator=indicator.title, area=area.name)
    dots = [
        Dot(_name(each), each.ratio, each.lower, each.upper, _speak(each), faint=not _sure(each))
        for each in ordered
        if each.ratio
    ]
    columns = tuple(
        TEXTS(f"findings.dark.column_{name}")
        for name in ("winter", "dark", "light", "ratio", "margin", "words")
    )
    rows = tuple(_row(each) for each in ordered)
    description = TEXTS("findings.dark.description")
    svg = draw_ratios(dots, title=title, description=description) if dots else None
    return Figure(title, describe_dark_months(indicator, ordered), svg, Table(title, columns, rows))


def describe_dark_months(indicator: Indicator, halves: Sequence[DarkHalf]) -> str:
    """Say the last winter beside the light months before it, and how the others were."""
    last = halves[0]
    sentence = TEXTS(
        f"findings.dark.{last.verdict}" if last.ratio else "findings.dark.too_few",
        winter=_name(last),
        unit=name_unit(indicator.unit, None),
        dark=describe_span(Span(*last.dark)),
        light=describe_span(Span(*last.light)),
        factor=write_factor(last.ratio or 0.0),
        margin=_margin(last),
    )
    judged = [each for each in halves if each.verdict != "too_few"]
    if len(judged) < 2:
        return sentence
    more = sum(each.verdict == "higher" for each in judged)
    return f"{sentence} {TEXTS('findings.dark.all', more=more, years=len(judged))}"


def _row(half: DarkHalf) -> Row:
    return Row(
        _name(half),
        (
            write_span(Span(*half.dark)),
            write_span(Span(*half.light)),
            write_factor(half.ratio) if half.ratio else TEXTS("findings.dark.none"),
            _margin(half),
            TEXTS(f"findings.dark.word_{half.verdict}"),
        ),
    )


def _name(half: DarkHalf) -> str:
    return f"{half.year}-{half.year + 1}"


def _sure(half: DarkHalf) -> bool:
    return half.verdict in ("higher", "lower")


def _margin(half: DarkHalf) -> str:
    if half.lower is None or half.upper is None:
        return TEXTS("findings.dark.none")
    return write_range(write_factor(half.lower), write_factor(half.upper))


def _speak(half: DarkHalf) -> str:
    return TEXTS(
        "findings.dark.spoken",
        winter=_name(half),
        factor=write_factor(half.ratio or 0.0),
        margin=_margin(half),
    )
