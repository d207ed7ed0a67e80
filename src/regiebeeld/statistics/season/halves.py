"""The dark half of the year beside the light half before it, each year, with its margin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.margins import Observed, RateComparison, compare_rates
from regiebeeld.statistics.season.months import (
    HalfYears,
    Months,
    sum_dark_months,
    sum_light_months,
)

_MONTHS, _LAST_MONTHS = 6, (2, 8)  # March and September, counted from 0


@dataclass(frozen=True, slots=True)
class DarkMonths:
    """Of one series, the years of which both halves are whole: arrays (years,).

    year: of April to September, and of the October in which the dark half begins. comparison:
    dark over light, per day.
    """

    year: NDArray[np.int64]
    dark: Floats
    light: Floats
    comparison: RateComparison


def compare_dark_months(
    counts: ArrayLike, months: Months, *, noise: ArrayLike = 0.0, dispersion: float = 1.0
) -> DarkMonths:
    """Compare October to March of one series with April to September before it, year by year.

    counts: (months,), NaN where missing; months: consecutive datetime64[M]; noise: variance that
    rounding added to each month; dispersion: how much more a month varies than chance and its
    season have it, which a sum of months varies too. Half years with a month missing are left
    out. Raises ValueError as compare_rates does. Source: compare_rates (e-test).
    """
    series = np.asarray(counts, dtype=np.float64)
    extra = np.broadcast_to(np.asarray(noise, dtype=np.float64), series.shape)
    # A half year that still runs would have only its months summed in every other year.
    ended = np.flatnonzero(np.isin(months.astype(np.int64) % 12, _LAST_MONTHS))
    size = int(ended[-1]) + 1 if ended.size else 0
    series, extra, months = series[:size], extra[:size], months[:size]
    dark, light = sum_dark_months(series, months), sum_light_months(series, months)
    known = [
        (_place(dark, year), _place(light, year))
        for year in np.intersect1d(_whole_years(dark), _whole_years(light))
    ]
    one = np.array([pair[0] for pair in known], dtype=np.int64)
    two = np.array([pair[1] for pair in known], dtype=np.int64)
    noise_dark, noise_light = sum_dark_months(extra, months), sum_light_months(extra, months)
    comparison = compare_rates(
        Observed(dark.counts[0, one], dark.days[one], noise_dark.counts[0, one]),
        Observed(light.counts[0, two], light.days[two], noise_light.counts[0, two]),
        dispersion=dispersion,
    )
    return DarkMonths(dark.start[one], dark.counts[0, one], light.counts[0, two], comparison)


def _whole_years(halves: HalfYears) -> NDArray[np.int64]:
    whole = halves.complete[0] & (halves.months == _MONTHS)
    return np.asarray(halves.start[whole], dtype=np.int64)


def _place(halves: HalfYears, year: int) -> int:
    return int(np.flatnonzero(halves.start == year)[0])
