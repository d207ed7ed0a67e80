"""The year so far over the grey band of the same months in up to five earlier years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from markupsafe import Markup

from regiebeeld.dashboard.charts.comparing import find_dispersion
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import MONTHS, SHORT_MONTHS, name_months, write_count
from regiebeeld.dashboard.charts.lines import (
    Points,
    count_axis,
    is_soft,
    line_layer,
    range_layer,
    range_points,
    split_points,
)
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import BAND, WIDTH, draw_svg
from regiebeeld.dashboard.charts.words import (
    describe_flags,
    describe_span,
    describe_value,
    has_rounded,
    is_usable,
    name_unit,
    span_of,
)
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import Span, Verdict, compare_counts
from regiebeeld.statistics.comparisons import FEWEST_TOGETHER

EARLIER_YEARS = 5
_FEWEST_YEARS = 2  # from one earlier year nothing is "usual"
WIDEST_TOTAL = 2  # rounded months that add up to "between 6 and 54" are better not added up

Cells = Mapping[tuple[int, int], ReleasedCell]


@dataclass(frozen=True, slots=True)
class Season:
    """The months of `year` with a figure, and what the same months were in earlier years.

    Of rounded months a total is what it can be: the sum of the ranges, or that of the released
    year. It is never the sum of rounded values.
    """

    year: int
    months: tuple[int, ...]
    left_out: tuple[int, ...]
    total: Span
    totals_before: tuple[Span, ...]
    spread: Spread | None = None

    @property
    def is_telling(self) -> bool:
        """Tell whether every total is narrow enough to say something."""
        spans = (self.total, *self.totals_before)
        return all(span.is_exact or span.upper <= WIDEST_TOTAL * span.lower for span in spans)


def draw_seasons(
    indicator: Indicator,
    area: ReleasedArea,
    series: Sequence[ReleasedCell],
    *,
    years: Sequence[ReleasedCell] = (),
    spread: Spread | None = None,
) -> Figure:
    """Draw the last year of a month series against earlier years, with sentence and table.

    years: released periods; one that is a calendar year tells more than its rounded months do.
    spread: how much such totals vary by themselves.
    """
    names = {"indicator": indicator.title, "area": area.name}
    cells = {(cell.period.year, cell.period.start.month): cell for cell in series}
    if not any(is_usable(cell) for cell in series):
        title = TEXTS("seasons.caption", **names)
        return Figure(title, TEXTS("seasons.none", **names), None, _table(names, cells, []))
    year = max(year for (year, _), cell in cells.items() if is_usable(cell))
    before = _earlier_years(cells, year)
    title = TEXTS(
        "seasons.title" if before else "seasons.title_short", **names, year=year, count=len(before)
    )
    key = "seasons.description_rounded" if has_rounded(series) else "seasons.description"
    description = TEXTS(key, year=year, count=len(before))
    svg = _draw(cells, year, before, (title, description))
    season = replace(compute_season(cells, year, _find_whole_years(years)), spread=spread)
    return Figure(
        title, describe_season(indicator, season), svg, _table(names, cells, [year, *before])
    )


def describe_season(indicator: Indicator, season: Season) -> str:
    """Say the months so far, what is usual in them, and whether the difference can be chance."""
    year = season.year
    months = name_months(season.months[0], season.months[-1], year) if season.months else str(year)
    known = {
        "months": months[:1].upper() + months[1:],
        "count": describe_span(season.total),
        "unit": name_unit(indicator.unit, season.total.lower if season.total.is_exact else None),
    }
    if season.months and not season.is_telling:
        sentence = TEXTS("seasons.summary_wide", **known)
    elif len(season.totals_before) < _FEWEST_YEARS:
        sentence = TEXTS("seasons.summary_short", **known)
    else:
        sentence = TEXTS(
            "seasons.summary",
            **known,
            usual=_describe_usual(season.totals_before),
            years=len(season.totals_before),
            verdict=TEXTS(f"seasons.{judge_season(season).value}"),
        )
    if season.left_out:
        sentence += " " + TEXTS(
            "seasons.excluded", months=", ".join(MONTHS[month] for month in season.left_out)
        )
    return sentence


def _describe_usual(before: Sequence[Span]) -> str:
    low, high = min(span.lower for span in before), max(span.upper for span in before)
    return TEXTS("seasons.usual", low=write_count(low), high=write_count(high))


def compute_season(
    cells: Cells, year: int, years: Mapping[int, ReleasedCell] | None = None
) -> Season:
    """Add up the months of a year that have a figure, and those of each earlier year with all."""
    there = sorted(month for known, month in cells if known == year)
    months = tuple(month for month in there if is_usable(cells.get((year, month))))
    before = [
        _add_up(cells, earlier, months, years or {})
        for earlier in range(year - EARLIER_YEARS, year)
        if months and all(is_usable(cells.get((earlier, month))) for month in months)
    ]
    return Season(
        year=year,
        months=months,
        left_out=tuple(month for month in there if month not in months),
        total=_add_up(cells, year, months, years or {}),
        totals_before=tuple(before),
    )


def _find_whole_years(found: Sequence[ReleasedCell]) -> dict[int, ReleasedCell]:
    months = ((cell.period.start, cell.period.end, cell) for cell in found)
    return {
        start.year: cell
        for start, end, cell in months
        if (start.month, end.month, start.year) == (1, 12, end.year)
    }


def _add_up(
    cells: Cells, year: int, months: Sequence[int], years: Mapping[int, ReleasedCell]
) -> Span:
    found = [cells[year, month] for month in months]
    whole = years.get(year)
    if len(found) == 12 and has_rounded(found) and is_usable(whole):
        return span_of(whole)
    spans = [span_of(cell) for cell in found]
    return Span(sum(span.lower for span in spans), sum(span.upper for span in spans))


def judge_season(season: Season) -> Verdict:
    """Judge a total beside those of earlier years: for every count that rounding leaves open.

    The sentence names the range of the earlier years: inside it nothing is unusual, and outside
    it only a clear distance to the nearest of those years is.
    """
    low, high = season.total.lower, season.total.upper
    lows = [span.lower for span in season.totals_before]
    highs = [span.upper for span in season.totals_before]
    spans = (season.total, *season.totals_before)
    compare = partial(compare_counts, dispersion=find_dispersion(spans, season.spread))
    if compare(low, max(highs)).verdict is Verdict.HIGHER:
        return Verdict.HIGHER
    if compare(high, min(lows)).verdict is Verdict.LOWER:
        return Verdict.LOWER
    nearest = min(max(low, min(lows)), max(lows))
    if low + (sum(lows) if nearest == low else nearest) < FEWEST_TOGETHER:
        return Verdict.TOO_FEW
    may_be_higher = compare(high, max(lows)).verdict is Verdict.HIGHER
    may_be_lower = compare(low, min(highs)).verdict is Verdict.LOWER
    return Verdict.UNCLEAR if may_be_higher or may_be_lower else Verdict.WITHIN_CHANCE


def _earlier_years(cells: Cells, year: int) -> list[int]:
    known = {earlier for (earlier, _), cell in cells.items() if is_usable(cell)}
    return [
        earlier for earlier in range(year - 1, year - EARLIER_YEARS - 1, -1) if earlier in known
    ]


def _table(names: Mapping[str, str], cells: Cells, years: Sequence[int]) -> Table:
    columns = (TEXTS("seasons.column_month"), *(str(year) for year in years))
    rows = (
        [
            Row(MONTHS[month], tuple(_cell_text(cells.get((year, month))) for year in years))
            for month in range(1, 13)
        ]
        if years
        else []
    )
    return Table(TEXTS("seasons.caption", **names), columns, tuple(rows))


def _cell_text(cell: ReleasedCell | None) -> str:
    if cell is None:
        return ""
    flags = describe_flags(cell, rounding=False) if is_soft(cell) else ""
    return (
        f"{describe_value(cell)} ({flags})" if flags and is_usable(cell) else describe_value(cell)
    )


def _draw(cells: Cells, year: int, before: Sequence[int], words: tuple[str, str]) -> Markup:
    there = [(month, cells[year, month]) for month in range(1, 13) if (year, month) in cells]
    firm, dashed = split_points(
        [{"month": month} for month, _ in there], [cell for _, cell in there]
    )
    data = {"band": _band(cells, before), "firm": firm, "dashed": dashed}
    data["range"] = range_points(
        [{"month": month} for month, _ in there], [cell for _, cell in there], gaps=2 * 12
    )
    title, description = words
    return draw_svg(_spec(data), data, title=title, description=description)


def _spec(data: Mapping[str, Points]) -> dict[str, Any]:
    axis = {
        "labelAngle": 0,
        "labelExpr": f"{_short_names()}[datum.value - 1]",
        "grid": False,
        "labelOverlap": True,
    }
    scale = {"type": "point", "padding": 0.3, "domain": list(range(1, 13))}
    x = {"field": "month", "type": "ordinal", "title": None, "scale": scale, "axis": axis}
    band = {"x": x, "y": count_axis("low"), "y2": {"field": "high"}}
    layers = [
        {"data": {"name": "band"}, "mark": {"type": "area", "color": BAND}, "encoding": band},
    ]
    if data["range"]:
        layers.append(range_layer("range", x))
    layers.append(line_layer("firm", x, dashed=False, size=40))
    if data["dashed"]:
        layers.append(line_layer("dashed", x, dashed=True, size=40))
    return {"width": WIDTH, "height": 200, "layer": layers}


def _short_names() -> str:
    return "['" + "','".join(SHORT_MONTHS[month] for month in range(1, 13)) + "']"


def _band(cells: Cells, before: Sequence[int]) -> list[dict[str, Any]]:
    band = []
    for month in range(1, 13):
        there = (cells.get((year, month)) for year in before)
        spans = [span_of(cell) for cell in there if is_usable(cell)]
        if spans:
            low, high = min(span.lower for span in spans), max(span.upper for span in spans)
            band.append({"month": month, "low": low, "high": high})
    return band
