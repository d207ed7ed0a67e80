"""Released cells as series: areas x periods of one indicator, level and kind of period.

Made from what is released and nothing else, so that what is found in them gives nothing away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis, Figure, Indicator
from regiebeeld.domain import Area, AreaLevel, Period, PeriodKind
from regiebeeld.statistics.breaks import NATIONAL_BREAKS, SeriesBreak

Floats = NDArray[np.float64]
Sets = Mapping[tuple[str, str], Mapping[PeriodKind, "Series"]]  # by intervention and role
TREATED, COMPARED = "behandeld", "vergelijking"
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
    """One indicator with its series; what may be said of it stands in its definition.

    breaks: when counting or life changed in this country; in an invented one it did not.
    together: the areas of interventions that are told as one.
    """

    indicator: Indicator
    theme: str
    source: str
    series: Mapping[tuple[AreaLevel, PeriodKind], Series]
    breaks: tuple[SeriesBreak, ...] = NATIONAL_BREAKS
    together: Sets = field(default_factory=dict)

    def touching(self) -> list[SeriesBreak]:
        """Give the breaks that touch this indicator."""
        police = bool(self.indicator.police_codes)
        return [each for each in self.breaks if each.touches(self.theme, police=police)]

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
    """The cells of one indicator as they are released: columns of one length.

    area: a row of the region's areas; period: a place in `periods`; value, lower and upper are -1
    where nothing is told; base is 0, and figure -1, where there is no rate.
    """

    indicator: Indicator
    theme: str
    source: str
    periods: tuple[Period, ...]
    area: NDArray[np.int32]
    period: NDArray[np.int32]
    value: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    base: NDArray[np.int64]
    figure: NDArray[np.int8]
    together: Sets = field(default_factory=dict)


def collect_series(columns: ReleasedColumns, areas: Sequence[Area]) -> ReleasedIndicator:
    """Lay the released cells of one indicator out as series, by level and kind of period."""
    depth = np.array([area.level.depth for area in areas], dtype=np.int8)[columns.area]
    kinds = [list(PeriodKind).index(period.kind) for period in columns.periods]
    kind = np.array(kinds or [0], dtype=np.int8)[columns.period]
    found = {}
    for level in AreaLevel:
        for k, each in enumerate(PeriodKind):
            rows = np.flatnonzero((depth == level.depth) & (kind == k))
            if len(rows):
                found[level, each] = _lay_out(columns, areas, rows, level, each)
    return ReleasedIndicator(
        columns.indicator, columns.theme, columns.source, found, together=columns.together
    )


def _lay_out(
    columns: ReleasedColumns,
    areas: Sequence[Area],
    rows: NDArray[np.intp],
    level: AreaLevel,
    kind: PeriodKind,
) -> Series:
    there, row = np.unique(columns.area[rows], return_inverse=True)
    numbers = sorted(
        set(columns.period[rows].tolist()),
        key=lambda p: (columns.periods[p].end, columns.periods[p].id),
    )
    column = _columns(numbers, columns, rows)
    shape = (len(there), len(numbers))
    value, lower, upper, base = (np.full(shape, np.nan) for _ in range(4))
    known = columns.value[rows] >= 0
    for matrix, told in (
        (value, columns.value), (lower, columns.lower), (upper, columns.upper),
    ):  # fmt: skip
        matrix[row[known], column[known]] = told[rows][known]
    rated = columns.figure[rows] >= 0
    base[row[rated], column[rated]] = columns.base[rows][rated]
    figures = columns.figure[rows][rated]
    return Series(
        level,
        kind,
        tuple(areas[i].code for i in there),
        tuple(columns.periods[n] for n in numbers),
        value,
        lower,
        upper,
        _last_known(base),
        tuple(Figure)[int(figures[0])] if len(figures) else None,
    )


def _columns(
    numbers: Sequence[int], columns: ReleasedColumns, rows: NDArray[np.intp]
) -> NDArray[np.intp]:
    at = np.zeros(len(columns.periods), dtype=np.intp)
    at[list(numbers)] = np.arange(len(numbers))
    return np.asarray(at[columns.period[rows]])


def _last_known(base: Floats) -> Floats:
    found = np.full(len(base), np.nan)
    for column in range(base.shape[1]):
        known = ~np.isnan(base[:, column])
        found[known] = base[known, column]
    return found
