"""The months of the year: how many times the average month each usually is."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, Period, PeriodKind
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.releases.findings import Finding, SeasonFactor
from regiebeeld.statistics.season import NATIONAL_BREAKS, compute_season_factors, list_months

_FEWEST_MONTHS = 36  # with fewer left, the years of a break are better than nothing
_SURE = 0.05  # a season that chance explains as well is not told


def find_seasons(one: ReleasedIndicator) -> Iterator[Finding[SeasonFactor]]:
    """Find the season of one indicator in the region and in each gemeente that has enough."""
    if not one.may(Analysis.TREND):
        return
    for series in one.levels(PeriodKind.MONTH):
        if series.level not in (AreaLevel.REGIO, AreaLevel.GEMEENTE):
            continue
        value, months, left_out = _lay_in_time(series, one.theme)
        noise = _lay(series.noise, series)
        found = compute_season_factors(value, months, noise=noise, left_out=left_out)
        for row, code in enumerate(series.codes):
            if not found.states[row].is_usable or not found.p[row] < _SURE:
                continue
            for month in range(12):
                yield Finding(
                    SeasonFactor(
                        month=month + 1,
                        factor=round(float(found.factor[row, month]), 3),
                        lower=round(float(found.lower[row, month]), 3),
                        upper=round(float(found.upper[row, month]), 3),
                    ),
                    series.level,
                    one.indicator.id,
                    code,
                    None,
                    month,
                )


def _lay_in_time(
    series: Series, theme: str
) -> tuple[Floats, NDArray[np.datetime64], NDArray[np.bool_]]:
    """Give every month from first to last, missing where it is not released; and which to skip."""
    months = list_months(series.periods[0].start, _count(series))
    left_out = np.zeros(len(months), dtype=np.bool_)
    for each in NATIONAL_BREAKS:
        if each.end is not None and each.touches(theme):
            first, last = np.datetime64(each.start, "M"), np.datetime64(each.end, "M")
            left_out |= (months >= first) & (months <= last)
    value = _lay(series.value, series, missing=np.nan)
    known = ~np.isnan(value).all(axis=0)
    if (known & ~left_out).sum() < _FEWEST_MONTHS:
        left_out[:] = False
    return value, months, left_out


def _count(series: Series) -> int:
    return _place(series.periods[-1], series.periods[0]) + 1


def _place(period: Period, first: Period) -> int:
    return (period.start.year - first.start.year) * 12 + period.start.month - first.start.month


def _lay(matrix: Floats, series: Series, missing: float = 0.0) -> Floats:
    found = np.full((len(matrix), _count(series)), missing)
    found[:, [_place(p, series.periods[0]) for p in series.periods]] = matrix
    return found
