"""Every gemeente as a small line on one scale, about where it lies on the map: no ranking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from regiebeeld.dashboard.charts.comparing import Comparison, compare_cells
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import (
    name_ends,
    name_period,
    name_periods,
    write_count,
    write_number,
)
from regiebeeld.dashboard.charts.lines import is_soft
from regiebeeld.dashboard.charts.multiples import Frame, Panel, Point, draw_panels
from regiebeeld.dashboard.charts.multiples_grid import Place, place_on_grid
from regiebeeld.dashboard.charts.reasons import name_base
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.trend import find_year_earlier
from regiebeeld.dashboard.charts.words import (
    describe_bare_rate,
    describe_interval,
    describe_rate,
    describe_value,
    is_rounded,
    is_usable,
    rate_span,
    span_of,
)
from regiebeeld.domain import PeriodKind
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import Verdict

COLUMNS = 4  # as many as can be read on a phone
_BY_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Gemeenten:
    """What is drawn: the gemeenten, their series by code, of one kind of period."""

    indicator: Indicator
    areas: Sequence[ReleasedArea]
    series: Mapping[str, Sequence[ReleasedCell]]
    kind: PeriodKind
    spread: Spread | None = None

    @property
    def cells(self) -> list[ReleasedCell]:
        return [cell for area in self.areas for cell in self.series.get(area.code, ())]

    @property
    def has_rates(self) -> bool:
        return any(rate_span(cell) for cell in self.cells)


def draw_gemeenten(asked: Gemeenten, link: Callable[[ReleasedArea], str]) -> Figure:
    """Draw a square for each gemeente, with sentence and table; link: where a square leads."""
    title = TEXTS(
        "beside.multiples_title", indicator=asked.indicator.title, kind=name_periods(asked.kind)
    )
    periods = sorted({cell.period for cell in asked.cells})
    if not periods:
        return Figure(title, TEXTS("beside.multiples_none"), None, Table(title, (), ()))
    names = name_ends(periods[0], periods[-1])
    places = place_gemeenten(asked.areas)
    panels = [_panel(area, asked, places[area.code], link(area)) for area in asked.areas]
    frame = Frame(str(periods[0].year), str(periods[-1].year))
    description = TEXTS("beside.multiples_description", first=names[0], last=names[1])
    svg = draw_panels(panels, frame, title=title, description=description)
    return Figure(title, describe_gemeenten(asked), svg, _table(asked, title, link))


def place_gemeenten(areas: Sequence[ReleasedArea]) -> dict[str, Place]:
    """Give each gemeente its square by the middle of its shape; one without shape comes last."""
    centres = {area.code: area.label for area in areas if area.label is not None}
    south = max((centre[1] for centre in centres.values()), default=0.0)
    lost = {area.code: (0.0, south + 1) for area in areas if area.label is None}
    return place_on_grid({**centres, **lost}, columns=COLUMNS)


def describe_gemeenten(asked: Gemeenten) -> str:
    """Count in how many gemeenten the last period clearly differs from a year before."""
    plain = TEXTS("beside.multiples_plain")
    measure = _name_measure(asked)
    last = max(cell.period for cell in asked.cells)
    results = [_compare(asked, area) for area in asked.areas]
    known = [each.result.verdict for each in results if each is not None and each.result]
    if not known:
        return f"{plain} {measure}"
    told = TEXTS(
        "beside.multiples_sentence",
        period=name_period(last),
        higher=known.count(Verdict.HIGHER) or TEXTS("beside.multiples_nowhere"),
        lower=known.count(Verdict.LOWER) or TEXTS("beside.multiples_nowhere"),
        total=len(asked.areas),
        judged=len(known),
        expected=_write_expected(len(known) * _BY_CHANCE),
    )
    return f"{told} {plain} {measure}"


def _write_expected(number: float) -> str:
    if number < 1:
        return TEXTS("findings.below", number="1")
    return TEXTS("findings.about", count=write_number(number))


def _name_measure(asked: Gemeenten) -> str:
    known = next((cell for cell in asked.cells if rate_span(cell)), None)
    if known is None or known.per is None:
        return TEXTS("beside.multiples_count")
    return TEXTS(
        "beside.multiples_rate", per=write_count(known.per), base=name_base(known.base_figure)
    )


def _compare(asked: Gemeenten, area: ReleasedArea) -> Comparison | None:
    """Compare the last period of all with the one a year before; None where it has no cell."""
    series = asked.series.get(area.code, ())
    last = max(cell.period for cell in asked.cells)
    now = next((cell for cell in series if cell.period == last), None)
    if now is None:
        return None
    return compare_cells(now, find_year_earlier(series, now), spread=asked.spread)


def _panel(area: ReleasedArea, asked: Gemeenten, place: Place, link: str) -> Panel:
    series = asked.series.get(area.code, ())
    last = series[-1] if series else None
    value = describe_rate(last, full=True) if last and rate_span(last) else describe_value(last)
    words = TEXTS(
        "beside.multiples_spoken",
        area=area.name,
        period=name_period(last.period) if last else "",
        value=value,
    )
    spots = sorted({cell.period for cell in asked.cells})
    at = {period: index / max(len(spots) - 1, 1) for index, period in enumerate(spots)}
    points = tuple(_point(at[cell.period], cell, asked.has_rates) for cell in series)
    return Panel(area.name, words, place, points, link=link, absent=TEXTS("status.absent"))


def _point(at: float, cell: ReleasedCell, as_rate: bool) -> Point:
    if not is_usable(cell) or (as_rate and cell.rate is None):
        return Point(at, None)
    if as_rate:
        return Point(at, cell.rate, cell.rate_lower, cell.rate_upper, is_soft=is_soft(cell))
    span = span_of(cell)
    low, high = (float(span.lower), float(span.upper)) if is_rounded(cell) else (None, None)
    return Point(at, float(cell.value or 0), low, high, is_soft(cell))


def _table(asked: Gemeenten, title: str, link: Callable[[ReleasedArea], str]) -> Table:
    periods = sorted({cell.period for cell in asked.cells}, reverse=True)
    columns = (TEXTS("beside.column_area"), *map(name_period, periods))
    rows = tuple(
        Row(area.name, tuple(_write(asked, area, period.id) for period in periods), link(area))
        for area in asked.areas
    )
    return Table(title, columns, rows)


def _write(asked: Gemeenten, area: ReleasedArea, period: str) -> str:
    series = asked.series.get(area.code, ())
    cell = next((cell for cell in series if cell.period.id == period), None)
    if not asked.has_rates or not is_usable(cell):
        return describe_value(cell)
    if rate_span(cell) is None:
        return describe_value(cell)
    known = {"rate": describe_bare_rate(cell), "interval": describe_interval(cell)}
    return TEXTS("beside.cell", count=describe_value(cell), **known)
