"""The months of the year: how many times the average month each usually is, and the dark half."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.pipeline.analyses.months import LaidMonths, lay_months
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.releases.drawn_findings import DarkHalf
from regiebeeld.releases.findings import Finding, SeasonFactor
from regiebeeld.statistics import Verdict
from regiebeeld.statistics.breaks import SeriesBreak
from regiebeeld.statistics.season import (
    DarkMonths,
    SeasonFactors,
    compare_dark_months,
    compute_season_factors,
)

_FEWEST_MONTHS = 36  # with fewer left, the years of a break are better than nothing
_SURE = 0.05  # a season that chance explains as well is not told


def find_seasons(one: ReleasedIndicator) -> Iterator[Finding[SeasonFactor]]:
    """Find the season of one indicator in the region and in each gemeente that has enough."""
    for series in list_monthly(one):
        found = _fit(lay_months(series), one.touching())
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


def list_monthly(one: ReleasedIndicator) -> Iterator[Series]:
    """Give the months of the region and of gemeenten, where the definition allows a trend."""
    if not one.may(Analysis.TREND):
        return
    for series in one.levels(PeriodKind.MONTH):
        if series.level in (AreaLevel.REGIO, AreaLevel.GEMEENTE):
            yield series


def _fit(laid: LaidMonths, breaks: Sequence[SeriesBreak]) -> SeasonFactors:
    left_out = laid.inside(breaks)
    known = np.asarray(~np.isnan(laid.value).all(axis=0))
    if (known & ~left_out).sum() < _FEWEST_MONTHS:
        left_out[:] = False
    return compute_season_factors(laid.value, laid.months, noise=laid.noise, left_out=left_out)


def find_dark_halves(one: ReleasedIndicator, late: int = 0) -> Iterator[Finding[DarkHalf]]:
    """Find the dark half of each year beside the light one.

    Where a season is found, or where the definition says that it belongs to the indicator. Years
    that a lasting break cuts are left out. late: the last months known to be incomplete.
    """
    for series in list_monthly(one):
        laid = lay_months(series, late)
        if not laid.months.size:
            continue
        season = _fit(laid, one.touching())
        for row, code in enumerate(series.codes):
            seasonal = season.states[row].is_usable and season.p[row] < _SURE
            if not (seasonal or (one.indicator.dark_months and season.states[row].is_usable)):
                continue
            found = compare_dark_months(
                laid.value[row],
                laid.months,
                noise=laid.noise[row],
                dispersion=float(season.dispersion[row]),
            )
            kept = [i for i, year in enumerate(found.year) if not _is_cut(int(year), one)]
            for place, i in enumerate(kept):
                content = _tell(found, i, laid, row)
                yield Finding(content, series.level, one.indicator.id, code, None, place)


def _is_cut(year: int, one: ReleasedIndicator) -> bool:
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    return any(each.crosses(first, last) for each in one.touching())


def _tell(found: DarkMonths, place: int, laid: LaidMonths, row: int) -> DarkHalf:
    year = int(found.year[place])
    result = found.comparison
    ends = [float(each[place]) for each in (result.ratio, result.lower, result.upper)]
    ratio, lower, upper = (round(end, 3) if np.isfinite(end) else None for end in ends)
    return DarkHalf(
        year,
        _span(laid, row, f"{year}-10"),
        _span(laid, row, f"{year}-04"),
        ratio,
        lower,
        upper,
        Verdict(result.verdict[place]).value,
    )


def _span(laid: LaidMonths, row: int, first: str) -> tuple[int, int]:
    """Add up what six months can be at least and at most."""
    start = int(np.flatnonzero(laid.months == np.datetime64(first, "M"))[0])

    def add_up(matrix: Floats) -> int:
        return int(matrix[row, start : start + 6].sum())

    return add_up(laid.lower), add_up(laid.upper)
