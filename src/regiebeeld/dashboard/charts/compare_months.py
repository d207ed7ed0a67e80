"""The same months of two years, an area a square; a sum of rounded months is a range or untold.

Months have no rate, so areas that differ much in size get a scale each: their shapes can be
compared then, and it is said that their heights cannot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from regiebeeld.dashboard.charts.compare import describe_ratio
from regiebeeld.dashboard.charts.comparing import find_dispersion
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import MONTHS, SHORT_MONTHS, name_months, write_count
from regiebeeld.dashboard.charts.lines import is_soft
from regiebeeld.dashboard.charts.multiples import Frame, Panel, Point, draw_panels, find_end
from regiebeeld.dashboard.charts.multiples_grid import Place
from regiebeeld.dashboard.charts.places import join_names
from regiebeeld.dashboard.charts.reasons import name_base
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import (
    describe_span,
    describe_value,
    is_rounded,
    is_usable,
    span_of,
    write_span,
)
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import CountComparison, Span, Verdict, compare_spans

WIDEST_TOTAL = 2  # rounded months that add up to "between 6 and 54" are better not added up
COLUMNS = 2
# On one scale a line that reaches less than half as high as another shows little of its shape.
FARTHEST_APART = 2
_CHANGED = (Verdict.HIGHER, Verdict.LOWER)


@dataclass(frozen=True, slots=True)
class Months:
    """Which months of which two years: `first` to `last`, both included."""

    year: int
    other: int
    first: int
    last: int

    @property
    def all(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def name(self) -> str:
        return name_months(self.first, self.last, self.year)


@dataclass(frozen=True)
class AreaMonths:
    """The months of one area by (year, month), its whole years, and how much such totals vary."""

    area: ReleasedArea
    asked: Months
    cells: Mapping[tuple[int, int], ReleasedCell]
    years: Mapping[int, ReleasedCell]
    spread: Spread | None = None

    @cached_property
    def together(self) -> tuple[int, ...]:
        """The months with a figure in both years."""
        return tuple(m for m in self.asked.all if all(map(is_usable, self.pair(m))))

    @property
    def left_out(self) -> tuple[int, ...]:
        return tuple(month for month in self.asked.all if month not in self.together)

    def pair(self, month: int) -> tuple[ReleasedCell | None, ReleasedCell | None]:
        years = (self.asked.year, self.asked.other)
        return self.cells.get((years[0], month)), self.cells.get((years[1], month))

    @cached_property
    def totals(self) -> tuple[Span, Span] | None:
        """What the months with a figure in both years add up to; None without such a month."""
        if not self.together:
            return None
        return self._add_up(self.asked.year), self._add_up(self.asked.other)

    def _add_up(self, year: int) -> Span:
        found = [self.cells[year, month] for month in self.together]
        whole = self.years.get(year)
        # Of rounded months the released year tells more than their ranges do together.
        if len(found) == 12 and any(map(is_rounded, found)) and is_usable(whole):
            return span_of(whole)
        spans = [span_of(cell) for cell in found]
        return Span(sum(span.lower for span in spans), sum(span.upper for span in spans))

    @property
    def is_telling(self) -> bool:
        """Tell whether both totals are narrow enough to say something."""
        spans = self.totals or ()
        return all(span.is_exact or span.upper <= WIDEST_TOTAL * span.lower for span in spans)

    def compare(self) -> CountComparison | None:
        """Compare the two totals, corrected for the length of the months."""
        if self.totals is None or not self.is_telling:
            return None
        now, before = (
            sum(self.cells[year, month].period.days for month in self.together)
            for year in (self.asked.year, self.asked.other)
        )
        dispersion = find_dispersion(self.totals, self.spread)
        return compare_spans(*self.totals, now / before, dispersion=dispersion)


def draw_months(
    indicator: Indicator, areas: Sequence[AreaMonths], *, is_judged: bool = True
) -> Figure:
    """Draw the months of both years of each area, with sentence and table.

    areas: at least one, all asked for the same months; on one scale, or each on its own where
    counts differ much. Not judged: counts without a verdict.
    """
    asked = areas[0].asked
    title = TEXTS(
        "beside.months_title", indicator=indicator.title, months=asked.name, other=asked.other
    )
    told = [_describe(each, is_judged) for each in areas]
    rated = _find_rated(areas)
    columns = min(COLUMNS, len(areas))
    panels = [
        _panel(each, words, (index % columns, index // columns), as_rate=rated is not None)
        for index, (each, words) in enumerate(zip(areas, told, strict=True))
    ]
    own = rated is None and _are_far_apart(panels)
    ends = SHORT_MONTHS[asked.first], SHORT_MONTHS[asked.last]
    frame = Frame(*ends, height=100, own_scales=own)
    scale = TEXTS("beside.months_own_scales" if own else "beside.months_one_scale")
    years = {"year": asked.year, "other": asked.other}
    description = TEXTS("beside.months_description", **years, scale=scale)
    svg = draw_panels(panels, frame, title=title, description=description)
    lines = _describe_lines(areas, rated, own_scales=own) if svg else ()
    return Figure(title, " ".join([*told, *lines]), svg, _table(areas, title))


def _are_far_apart(panels: Sequence[Panel]) -> bool:
    """Tell whether one scale would press a line flat beside that of a larger area."""
    ends = [end for panel in panels if (end := find_end(panel))]
    return bool(ends) and max(ends) > FARTHEST_APART * min(ends)


def _find_rated(areas: Sequence[AreaMonths]) -> ReleasedCell | None:
    """Give a cell with a rate when several areas can be drawn by rate; one alone has counts."""
    if len(areas) < 2:
        return None
    cells = [cell for each in areas for month in each.asked.all for cell in each.pair(month)]
    known = [cell for cell in cells if is_usable(cell)]
    rated = [cell for cell in known if cell.rate is not None]
    return rated[0] if rated and len(rated) == len(known) else None


def _describe_lines(
    areas: Sequence[AreaMonths], rated: ReleasedCell | None, *, own_scales: bool
) -> Iterator[str]:
    """Say which line is which year, what it measures, and on what scale."""
    asked = areas[0].asked
    yield TEXTS("beside.months_lines", year=asked.year, other=asked.other)
    cells = [cell for each in areas for month in asked.all for cell in each.pair(month)]
    if any(is_usable(cell) and is_soft(cell) for cell in cells):
        yield TEXTS("beside.months_soft")
    if rated is not None and rated.per is not None:
        known = {"per": write_count(rated.per), "base": name_base(rated.base_figure)}
        yield TEXTS("beside.months_rate", **known)
    elif own_scales:
        yield TEXTS("beside.months_count_own")
    elif len(areas) > 1:
        yield TEXTS("beside.months_count")


def _describe(each: AreaMonths, is_judged: bool) -> str:
    name = each.area.name
    if each.totals is None:
        return TEXTS("beside.months_none", area=name)
    left_out = ", ".join(MONTHS[month] for month in each.left_out)
    more = TEXTS("beside.months_left_out", area=name, months=left_out) if left_out else ""
    if not each.is_telling:
        return f"{TEXTS('beside.months_wide', area=name)} {more}".strip()
    result = each.compare() if is_judged else None
    sentence = TEXTS(
        "beside.months_sentence",
        area=name,
        months=_name_together(each),
        other=each.asked.other,
        count=describe_span(each.totals[0]),
        before=describe_span(each.totals[1]),
        verdict=_judge(result, is_judged),
    )
    return f"{sentence} {more}".strip()


def _name_together(each: AreaMonths) -> str:
    """Name the months that are counted: a stretch, or one by one where some are missing."""
    months = each.together
    if months[-1] - months[0] + 1 == len(months):
        return name_months(months[0], months[-1], each.asked.year)
    return f"{join_names([MONTHS[month] for month in months], 12)} {each.asked.year}"


def _judge(result: CountComparison | None, is_judged: bool) -> str:
    verdict = result.verdict.value if result else "impossible" if is_judged else "not_judged"
    words = TEXTS(f"compare.{verdict}")
    if result is None or result.verdict not in _CHANGED:
        return words
    return TEXTS("beside.months_changed", verdict=words, ratio=describe_ratio(result))


def _panel(each: AreaMonths, words: str, place: Place, *, as_rate: bool) -> Panel:
    asked = each.asked
    return Panel(
        each.area.name,
        words,
        place,
        points=_points(each, asked.year, as_rate=as_rate),
        beside=_points(each, asked.other, as_rate=as_rate),
        absent=TEXTS("status.absent"),
    )


def _points(each: AreaMonths, year: int, *, as_rate: bool) -> tuple[Point, ...]:
    months = each.asked.all
    return tuple(
        _point(index / max(len(months) - 1, 1), each.cells.get((year, month)), as_rate=as_rate)
        for index, month in enumerate(months)
    )


def _point(at: float, cell: ReleasedCell | None, *, as_rate: bool) -> Point:
    if not is_usable(cell):
        return Point(at, None)
    if as_rate:
        return Point(at, cell.rate, cell.rate_lower, cell.rate_upper, is_soft(cell))
    span = span_of(cell) if is_rounded(cell) else None
    low, high = (float(span.lower), float(span.upper)) if span else (None, None)
    return Point(at, float(cell.value or 0), low, high, is_soft(cell))


def _table(areas: Sequence[AreaMonths], title: str) -> Table:
    asked = areas[0].asked
    columns = [TEXTS("beside.column_month")]
    for each in areas:
        for year in (asked.year, asked.other):
            columns.append(TEXTS("beside.column_month_of", area=each.area.name, year=year))
    rows = [
        Row(
            MONTHS[month].capitalize(),
            tuple(describe_value(cell) for each in areas for cell in each.pair(month)),
        )
        for month in asked.all
    ]
    totals = tuple(text for each in areas for text in _write_totals(each))
    return Table(title, tuple(columns), (*rows, Row(TEXTS("beside.together"), totals, marked=True)))


def _write_totals(each: AreaMonths) -> tuple[str, str]:
    if each.totals is None or not each.is_telling:
        nothing = TEXTS("beside.no_ratio")
        return nothing, nothing
    return write_span(each.totals[0]), write_span(each.totals[1])
