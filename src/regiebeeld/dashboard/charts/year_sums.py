"""Several years of one small area together, from released years; never over a year that is hidden.

What a sum can be follows from the ranges of its years, so rounding is never narrowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from regiebeeld.dashboard.charts.comparing import FEWEST_FOR_PERCENT, find_dispersion
from regiebeeld.dashboard.charts.words import is_rounded, is_usable, span_of
from regiebeeld.domain import PeriodKind, Status
from regiebeeld.releases import ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import Span, Verdict, compare_spans, compute_rates
from regiebeeld.statistics.breaks import SeriesBreak

MOST_YEARS = 4
FEWEST_YEARS = 2
# With fewer cases a year than this one year says little about a rate.
FEW_A_YEAR = FEWEST_FOR_PERCENT


@dataclass(frozen=True, slots=True)
class Base:
    """What a sum is divided by: dwellings or inhabitants, counted once for each year."""

    size: int
    figure: str | None
    per: int


@dataclass(frozen=True, slots=True)
class YearSum:
    """Some years after each other as one count; `base` is None where a year has no rate."""

    cells: tuple[ReleasedCell, ...]
    span: Span
    base: Base | None

    @property
    def years(self) -> tuple[int, int]:
        return self.cells[0].period.year, self.cells[-1].period.year

    @property
    def is_rounded(self) -> bool:
        return any(map(is_rounded, self.cells))

    @property
    def is_provisional(self) -> bool:
        return any(cell.provisional for cell in self.cells)

    @property
    def is_estimated(self) -> bool:
        return any(cell.estimated_share > 0 for cell in self.cells)

    @property
    def rate(self) -> tuple[float, float] | None:
        """What the rate a year can be after rounding, chance apart; twice the same if exact."""
        if self.base is None:
            return None
        scale = self.base.per / self.base.size
        return self.span.lower * scale, self.span.upper * scale

    @property
    def margin(self) -> tuple[float, float] | None:
        """The 95 % exact Poisson interval of the rate, which holds the rounding too."""
        if self.base is None:
            return None
        span, base = self.span, self.base
        found = compute_rates(span.lower, span.lower, span.upper, base=base.size, per=base.per)
        return float(found.lower), float(found.upper)


@dataclass(frozen=True, slots=True)
class NoSum:
    """Years that cannot be added up: `absent` tells of each year without a count its cell."""

    years: tuple[int, int]
    absent: tuple[tuple[int, ReleasedCell | None], ...]


def add_years(
    series: Sequence[ReleasedCell],
    breaks: Sequence[SeriesBreak] = (),
    *,
    until: int | None = None,
) -> YearSum | NoSum | None:
    """Add up the last years of an area; None where one year says enough, or there is but one.

    series: cells of one indicator; only whole years count. breaks: years that began before a
    lasting one are left out. until: the last year that may be counted, for what it is set beside
    goes no further. A last year that is not in yet is waited for; any other year without a count
    makes that there is no sum.
    """
    starts = [each.start for each in breaks if each.lasts]
    cells = {
        cell.period.year: cell
        for cell in series
        if cell.period.kind is PeriodKind.YEAR
        and (until is None or cell.period.year <= until)
        and all(cell.period.start >= start for start in starts)
    }
    arrived = [year for year, cell in cells.items() if cell.status is not Status.MISSING]
    if not arrived:
        return None
    last = max(arrived)
    first = max(min(cells), last - MOST_YEARS + 1)
    if last - first + 1 < FEWEST_YEARS:
        return None
    wanted = [(year, cells.get(year)) for year in range(first, last + 1)]
    if not _is_small([cell for _, cell in wanted if is_usable(cell)]):
        return None
    absent = tuple((year, cell) for year, cell in wanted if not is_usable(cell))
    return NoSum((first, last), absent) if absent else _add([c for _, c in wanted if c])


def _is_small(usable: Sequence[ReleasedCell]) -> bool:
    """Tell whether the counts are few; where none is shown they may be."""
    return sum(span_of(cell).upper for cell in usable) < FEW_A_YEAR * max(1, len(usable))


def _add(cells: Sequence[ReleasedCell]) -> YearSum:
    spans = [span_of(cell) for cell in cells]
    span = Span(sum(each.lower for each in spans), sum(each.upper for each in spans))
    return YearSum(tuple(cells), span, _add_bases(cells))


def _add_bases(cells: Sequence[ReleasedCell]) -> Base | None:
    first = cells[0]
    alike = all((c.base_figure, c.per) == (first.base_figure, first.per) for c in cells)
    sizes = [cell.base for cell in cells if cell.base and cell.rate is not None]
    if not alike or first.per is None or len(sizes) < len(cells):
        return None
    return Base(sum(sizes), first.base_figure, first.per)


def find_last_year(series: Sequence[ReleasedCell]) -> int | None:
    """Give the last year with a count; None where no year has one."""
    years = (c.period.year for c in series if c.period.kind is PeriodKind.YEAR and is_usable(c))
    return max(years, default=None)


def add_same_years(series: Sequence[ReleasedCell], beside: YearSum) -> YearSum | None:
    """Add up the years of another sum; None where one of them has no count."""
    known = {cell.period.id: cell for cell in series if is_usable(cell)}
    cells = [known[cell.period.id] for cell in beside.cells if cell.period.id in known]
    return _add(cells) if len(cells) == len(beside.cells) else None


def compare_with_rest(
    mine: YearSum, whole: YearSum | None, *, spread: Spread | None = None
) -> Verdict | None:
    """Compare an area with the rest of what it lies in over the same years; None without rates.

    The area is taken out of the whole where both are exact; of rounded counts the whole is
    compared. spread: how much counts of one year vary by themselves. Years that vary apart add
    up variance and mean alike, so that their sum has the spread of a year.
    """
    if whole is None or mine.base is None or whole.base is None:
        return None
    if (mine.base.figure, mine.base.per) != (whole.base.figure, whole.base.per):
        return None
    rest, size = whole.span, whole.base.size
    if mine.span.is_exact and rest.is_exact:
        left = rest.lower - mine.span.lower
        if left < 0 or size <= mine.base.size:
            return None
        rest, size = Span(left, left), size - mine.base.size
    dispersion = find_dispersion([span_of(cell) for cell in mine.cells], spread)
    return compare_spans(mine.span, rest, mine.base.size / size, dispersion=dispersion).verdict
