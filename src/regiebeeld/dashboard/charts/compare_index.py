"""Years as an index to a base year, an area a square; no index where the base has few cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from regiebeeld.dashboard.charts.compare import write_ends
from regiebeeld.dashboard.charts.comparing import FEWEST_FOR_PERCENT, find_dispersion
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import write_number
from regiebeeld.dashboard.charts.lines import is_soft
from regiebeeld.dashboard.charts.multiples import Frame, Panel, Point, draw_panels
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import describe_value, is_usable, span_of
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import CountComparison, compare_spans

LEVEL = 100.0
COLUMNS = 2


@dataclass(frozen=True)
class AreaIndex:
    """The years of one area, and the year that is 100."""

    area: ReleasedArea
    base: int
    cells: Mapping[int, ReleasedCell]
    spread: Spread | None = None

    @property
    def has_base(self) -> bool:
        """Tell whether the base year has a figure, and enough cases for a percentage."""
        cell = self.cells.get(self.base)
        return is_usable(cell) and span_of(cell).lower >= FEWEST_FOR_PERCENT

    @cached_property
    def results(self) -> dict[int, CountComparison]:
        """Each year with a figure beside the base year; the base year itself is 1."""
        if not self.has_base:
            return {}
        base = self.cells[self.base]
        return {
            year: self._compare(cell, base)
            for year, cell in self.cells.items()
            if is_usable(cell) and year != self.base
        }

    def _compare(self, cell: ReleasedCell, base: ReleasedCell) -> CountComparison:
        spans = span_of(cell), span_of(base)
        days = cell.period.days / base.period.days
        return compare_spans(*spans, days, dispersion=find_dispersion(spans, self.spread))


def draw_index(indicator: Indicator, areas: Sequence[AreaIndex]) -> Figure:
    """Draw the index of each area on one scale, its margin as a light band.

    areas: at least one, all with the same base year.
    """
    base = areas[0].base
    years = sorted({year for each in areas for year in each.cells} | {base})
    title = TEXTS("beside.index_title", indicator=indicator.title, base=base)
    told = [_describe(each) for each in areas]
    columns = min(COLUMNS, len(areas))
    panels = [
        Panel(
            each.area.name,
            words,
            (index % columns, index // columns),
            points=_points(each, years) if each.has_base else (),
            absent=TEXTS("beside.index_absent"),
        )
        for index, (each, words) in enumerate(zip(areas, told, strict=True))
    ]
    frame = Frame(str(years[0]), str(years[-1]), level=LEVEL, height=100)
    description = TEXTS("beside.index_description", base=base)
    svg = draw_panels(panels, frame, title=title, description=description)
    return Figure(title, " ".join(told), svg, _table(areas, years, title))


def _describe(each: AreaIndex) -> str:
    known = {"area": each.area.name, "base": each.base}
    cell = each.cells.get(each.base)
    if not is_usable(cell):
        return TEXTS("beside.index_none", **known, reason=describe_value(cell, full=True))
    if not each.has_base:
        return TEXTS("beside.index_few", **known, fewest=FEWEST_FOR_PERCENT)
    if not each.results:
        return TEXTS("beside.index_only", **known)
    year, result = max(each.results.items())
    return TEXTS(
        "beside.index_sentence",
        **known,
        period=year,
        index=_write(result),
        verdict=TEXTS(f"compare.{result.verdict.value}"),
    )


def _write(result: CountComparison) -> str:
    """Write an index with its margin; of rounded counts the margin is all that is known."""
    ends = write_ends(result, lambda ratio: write_number(ratio * LEVEL))
    if result.ratio is None:
        return TEXTS("beside.index_rounded", interval=ends)
    return TEXTS("beside.index_value", index=write_number(result.ratio * LEVEL), interval=ends)


def _points(each: AreaIndex, years: Sequence[int]) -> tuple[Point, ...]:
    first, reach = years[0], max(years[-1] - years[0], 1)
    return tuple(_point(each, year, (year - first) / reach) for year in years)


def _point(each: AreaIndex, year: int, at: float) -> Point:
    if year == each.base:
        return Point(at, LEVEL, LEVEL, LEVEL)
    result = each.results.get(year)
    if result is None:
        return Point(at, None)
    value = None if result.ratio is None else result.ratio * LEVEL
    ends = result.lower * LEVEL, result.upper * LEVEL
    return Point(at, value, *ends, is_soft=is_soft(each.cells.get(year)))


def _table(areas: Sequence[AreaIndex], years: Sequence[int], title: str) -> Table:
    columns = [TEXTS("trend.column_period")]
    columns += [TEXTS("beside.index_of", area=each.area.name) for each in areas]
    rows = tuple(
        Row(str(year), tuple(_write_cell(each, year) for each in areas)) for year in reversed(years)
    )
    return Table(title, tuple(columns), rows)


def _write_cell(each: AreaIndex, year: int) -> str:
    if not each.has_base:
        return TEXTS("beside.index_absent")
    if year == each.base:
        return write_number(LEVEL)
    result = each.results.get(year)
    return _write(result) if result else describe_value(each.cells.get(year))
