"""Periods as an index to a base year, an area a square; no index where the base has few cases.

Years stand beside the base year, quarters and half years beside the same one of the base year: a
quarter beside a whole year would tell of the season.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from regiebeeld.dashboard.charts.compare import write_ends
from regiebeeld.dashboard.charts.comparing import FEWEST_FOR_PERCENT, find_dispersion
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_number
from regiebeeld.dashboard.charts.lines import is_soft
from regiebeeld.dashboard.charts.multiples import Frame, Panel, Point, draw_panels
from regiebeeld.dashboard.charts.places import join_names
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import describe_value, is_usable, span_of
from regiebeeld.domain import Period, PeriodKind
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import CountComparison, compare_spans

LEVEL = 100.0
COLUMNS = 2
_MOST_PARTS = 4  # quarters in a year


@dataclass(frozen=True, slots=True)
class Index:
    """What is asked: the year that is 100, and what the index steps by."""

    base: int
    kind: PeriodKind = PeriodKind.YEAR


@dataclass(frozen=True)
class AreaIndex:
    """The years, half years or quarters of one area, and the year that is 100.

    cells: all of one kind of period.
    """

    area: ReleasedArea
    base: int
    cells: Mapping[Period, ReleasedCell]
    spread: Spread | None = None

    @cached_property
    def base_cells(self) -> dict[int, ReleasedCell]:
        """The cells of the base year, by the month in which they begin."""
        return {p.start.month: c for p, c in self.cells.items() if p.year == self.base}

    @cached_property
    def bases(self) -> dict[int, ReleasedCell]:
        """Those of the base year with enough cases for a percentage."""
        return {
            month: cell
            for month, cell in self.base_cells.items()
            if is_usable(cell) and span_of(cell).lower >= FEWEST_FOR_PERCENT
        }

    @cached_property
    def results(self) -> dict[Period, CountComparison]:
        """Each period with a figure beside the same one of the base year, which itself is 1."""
        return {
            period: self._compare(cell, self.bases[period.start.month])
            for period, cell in self.cells.items()
            if is_usable(cell) and period.year != self.base and period.start.month in self.bases
        }

    def is_base(self, period: Period) -> bool:
        """Tell whether a period is 100 itself."""
        return period.year == self.base and period.start.month in self.bases

    def _compare(self, cell: ReleasedCell, base: ReleasedCell) -> CountComparison:
        spans = span_of(cell), span_of(base)
        days = cell.period.days / base.period.days
        return compare_spans(*spans, days, dispersion=find_dispersion(spans, self.spread))


def draw_index(
    indicator: Indicator, areas: Sequence[AreaIndex], kind: PeriodKind = PeriodKind.YEAR
) -> Figure:
    """Draw the index of each area on one scale, its margin as a light band.

    areas: at least one, all with the same base year and with periods of this kind.
    """
    base = areas[0].base
    periods = sorted({period for each in areas for period in each.cells})
    title = TEXTS(_key("index_title", kind), indicator=indicator.title, base=base)
    told = [_describe(each, kind) for each in areas]
    how = [] if kind is PeriodKind.YEAR else [TEXTS(_key("index_how", kind), base=base)]
    columns = min(COLUMNS, len(areas))
    panels = [
        Panel(
            each.area.name,
            words,
            (index % columns, index // columns),
            points=_points(each, periods) if each.bases else (),
            absent=TEXTS("beside.index_absent"),
        )
        for index, (each, words) in enumerate(zip(areas, told, strict=True))
    ]
    years = [period.year for period in periods] or [base]
    frame = Frame(str(min(*years, base)), str(max(*years, base)), level=LEVEL, height=100)
    description = TEXTS(_key("index_description", kind), base=base)
    svg = draw_panels(panels, frame, title=title, description=description)
    return Figure(title, " ".join([*told, *how]), svg, _table(areas, periods, title))


def _key(name: str, kind: PeriodKind) -> str:
    return f"beside.{name}" if kind is PeriodKind.YEAR else f"beside.{name}_{kind.value}"


def _describe(each: AreaIndex, kind: PeriodKind) -> str:
    return " ".join(_tell(each, kind))


def _tell(each: AreaIndex, kind: PeriodKind) -> Iterator[str]:
    """Say the last index with its verdict, and which periods have none; or why there is none."""
    known = {"area": each.area.name, "base": each.base}
    if not each.bases:
        yield _tell_none(each, kind)
        return
    if not each.results:
        yield TEXTS("beside.index_only", **known)
        return
    period, result = max(each.results.items())
    yield TEXTS(
        _key("index_sentence", kind),
        area=each.area.name,
        base=name_period(each.bases[period.start.month].period),
        period=name_period(period),
        index=_write(result),
        verdict=TEXTS(f"compare.{result.verdict.value}"),
    )
    without = sorted(p for p in each.cells if p.year == each.base and not each.is_base(p))
    if without:
        parts = join_names([name_period(part) for part in without], _MOST_PARTS)
        area, fewest = each.area.name, FEWEST_FOR_PERCENT
        yield TEXTS("beside.index_left_out", area=area, fewest=fewest, parts=parts)


def _tell_none(each: AreaIndex, kind: PeriodKind) -> str:
    known = {"area": each.area.name, "base": each.base}
    cells = list(each.base_cells.values())
    if not any(map(is_usable, cells)):
        reason = describe_value(cells[0] if cells else None, full=True)
        return TEXTS("beside.index_none", **known, reason=reason)
    if kind is PeriodKind.YEAR:
        return TEXTS("beside.index_few", **known, fewest=FEWEST_FOR_PERCENT)
    part = TEXTS(f"beside.index_part_{kind.value}")
    return TEXTS("beside.index_few_parts", **known, fewest=FEWEST_FOR_PERCENT, part=part)


def _write(result: CountComparison) -> str:
    """Write an index with its margin; of rounded counts the margin is all that is known."""
    ends = write_ends(result, lambda ratio: write_number(ratio * LEVEL))
    if result.ratio is None:
        return TEXTS("beside.index_rounded", interval=ends)
    return TEXTS("beside.index_value", index=write_number(result.ratio * LEVEL), interval=ends)


def _points(each: AreaIndex, periods: Sequence[Period]) -> tuple[Point, ...]:
    spots = [period.year * 12 + period.start.month for period in periods]
    reach = max(spots[-1] - spots[0], 1)
    return tuple(
        _point(each, period, (spot - spots[0]) / reach)
        for period, spot in zip(periods, spots, strict=True)
    )


def _point(each: AreaIndex, period: Period, at: float) -> Point:
    if each.is_base(period):
        return Point(at, LEVEL, LEVEL, LEVEL)
    result = each.results.get(period)
    if result is None:
        return Point(at, None)
    value = None if result.ratio is None else result.ratio * LEVEL
    ends = result.lower * LEVEL, result.upper * LEVEL
    return Point(at, value, *ends, is_soft=is_soft(each.cells.get(period)))


def _table(areas: Sequence[AreaIndex], periods: Sequence[Period], title: str) -> Table:
    columns = [TEXTS("trend.column_period")]
    columns += [TEXTS("beside.index_of", area=each.area.name) for each in areas]
    rows = tuple(
        Row(name_period(period), tuple(_write_cell(each, period) for each in areas))
        for period in reversed(periods)
    )
    return Table(title, tuple(columns), rows)


def _write_cell(each: AreaIndex, period: Period) -> str:
    if period.start.month not in each.bases:
        return TEXTS("beside.index_absent")
    if each.is_base(period):
        return write_number(LEVEL)
    result = each.results.get(period)
    return _write(result) if result else describe_value(each.cells.get(period))
