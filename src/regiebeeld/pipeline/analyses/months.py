"""A series of months laid out without a hole, as the season and the trend want it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Period
from regiebeeld.pipeline.analyses.series import Floats, Series
from regiebeeld.statistics.breaks import SeriesBreak
from regiebeeld.statistics.season import list_months

Months = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class LaidMonths:
    """Every month from first to last: value and noise (areas x months), NaN where not released."""

    months: Months
    value: Floats
    noise: Floats
    lower: Floats
    upper: Floats

    def inside(self, breaks: Sequence[SeriesBreak]) -> NDArray[np.bool_]:
        """Tell of each month whether it lies in a passing break."""
        found = np.zeros(len(self.months), dtype=np.bool_)
        for each in breaks:
            if each.end is not None:
                first, last = np.datetime64(each.start, "M"), np.datetime64(each.end, "M")
                found |= (self.months >= first) & (self.months <= last)
        return found


def lay_months(series: Series, late: int = 0) -> LaidMonths:
    """Lay a series of months out; late: how many of the last are known to be incomplete."""
    places = [_place(period, series.periods[0]) for period in series.periods]
    size = places[-1] + 1

    def lay(matrix: Floats, missing: float = np.nan) -> Floats:
        found = np.full((len(matrix), size), missing)
        found[:, places] = matrix
        return found[:, : max(size - late, 0)]

    months = list_months(series.periods[0].start, max(size - late, 0))
    value, lower, upper = (lay(each) for each in (series.value, series.lower, series.upper))
    return LaidMonths(months, value, lay(series.noise, 0.0), lower, upper)


def _place(period: Period, first: Period) -> int:
    return (period.start.year - first.start.year) * 12 + period.start.month - first.start.month
