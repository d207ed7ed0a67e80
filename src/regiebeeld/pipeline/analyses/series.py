"""Released cells as series: areas x periods of one indicator, level and kind of period.

Made from what is released and nothing else, so that what is found in them gives nothing away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis, Figure, Indicator
from regiebeeld.domain import Area, AreaLevel, Period, PeriodKind
from regiebeeld.pipeline.analyses.rates import CellRates
from regiebeeld.pipeline.gate.protecting import ReleasedCells
from regiebeeld.pipeline.indicators import Cells

Floats = NDArray[np.float64]
ROUNDING = 4.0  # the variance that rounding to base 5 adds, over all remainders: methods.md


@dataclass(frozen=True, slots=True)
class Series:
    """Areas x periods of one kind, periods in order of time; NaN where nothing is released.

    base: the denominator of each area nearest to the last period, NaN where there is no rate.
    """

    level: AreaLevel
    kind: PeriodKind
    codes: tuple[str, ...]
    periods: tuple[Period, ...]
    value: Floats
    lower: Floats
    upper: Floats
    base: Floats
    figure: Figure | None

    @property
    def rounded(self) -> bool:
        """Tell whether any of the values is a rounded one."""
        return bool((self.upper > self.lower).any())

    @property
    def noise(self) -> Floats:
        """The variance that rounding adds to each value: 0 where it is exact."""
        return np.where(self.upper > self.lower, ROUNDING, 0.0)

    def find(self, period: Period) -> int | None:
        """Give the column of a period; None where it is not there."""
        return self.periods.index(period) if period in self.periods else None


@dataclass(frozen=True, slots=True)
class ReleasedIndicator:
    """One indicator with its series; what may be said of it stands in its definition."""

    indicator: Indicator
    theme: str
    source: str
    series: Mapping[tuple[AreaLevel, PeriodKind], Series]

    def may(self, analysis: Analysis) -> bool:
        """Tell whether the definition allows an analysis."""
        return analysis in self.indicator.analyses

    def levels(self, kind: PeriodKind) -> Iterator[Series]:
        """Give the series of one kind of period, coarse levels first."""
        for level in AreaLevel:
            if (level, kind) in self.series:
                yield self.series[level, kind]


@dataclass(frozen=True, slots=True)
class ReleasedColumns:
    """The cells of one indicator as they are released, with their rates."""

    indicator: Indicator
    theme: str
    source: str
    cells: Cells
    released: ReleasedCells
    rates: CellRates


def collect_series(columns: ReleasedColumns, areas: Sequence[Area]) -> ReleasedIndicator:
    """Lay the released cells of one indicator out as series, by level and kind of period."""
    cells = columns.cells
    depth = np.array([area.level.depth for area in areas], dtype=np.int8)[cells.area]
    kinds = [period.kind for period in cells.periods]
    kind = np.array([list(PeriodKind).index(k) for k in kinds] or [0], dtype=np.int8)[cells.period]
    found = {}
    for level in AreaLevel:
        for k, each in enumerate(PeriodKind):
            rows = np.flatnonzero((depth == level.depth) & (kind == k))
            if len(rows):
                found[level, each] = _lay_out(columns, areas, rows, level, each)
    return ReleasedIndicator(columns.indicator, columns.theme, columns.source, found)


def _lay_out(
    columns: ReleasedColumns,
    areas: Sequence[Area],
    rows: NDArray[np.intp],
    level: AreaLevel,
    kind: PeriodKind,
) -> Series:
    cells, released = columns.cells, columns.released
    there, row = np.unique(cells.area[rows], return_inverse=True)
    numbers = sorted(
        set(cells.period[rows].tolist()), key=lambda p: (cells.periods[p].end, cells.periods[p].id)
    )
    column = _columns(numbers, cells, rows)
    shape = (len(there), len(numbers))
    value, lower, upper, base = (np.full(shape, np.nan) for _ in range(4))
    known = released.value[rows] >= 0
    for matrix, numbers_of in (
        (value, released.value), (lower, released.lower), (upper, released.upper),
    ):  # fmt: skip
        matrix[row[known], column[known]] = numbers_of[rows][known]
    rated = columns.rates.figure[rows] >= 0
    base[row[rated], column[rated]] = columns.rates.base[rows][rated]
    figures = columns.rates.figure[rows][rated]
    return Series(
        level,
        kind,
        tuple(areas[i].code for i in there),
        tuple(cells.periods[n] for n in numbers),
        value,
        lower,
        upper,
        _last_known(base),
        tuple(Figure)[int(figures[0])] if len(figures) else None,
    )


def _columns(numbers: Sequence[int], cells: Cells, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    at = np.zeros(len(cells.periods), dtype=np.intp)
    at[list(numbers)] = np.arange(len(numbers))
    return np.asarray(at[cells.period[rows]])


def _last_known(base: Floats) -> Floats:
    found = np.full(len(base), np.nan)
    for column in range(base.shape[1]):
        known = ~np.isnan(base[:, column])
        found[known] = base[known, column]
    return found
