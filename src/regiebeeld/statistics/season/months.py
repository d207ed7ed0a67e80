"""Months as they differ: their days, and the dark half of the year beside earlier ones."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats

MEAN_DAYS = 365.2425 / 12  # an average month
_OCTOBER, _APRIL = 10, 4
Months = NDArray[np.datetime64]


def list_months(first: date, count: int) -> Months:
    """List `count` months from the month of `first` on, as datetime64[M]."""
    start = np.datetime64(f"{first:%Y-%m}", "M")
    return start + np.arange(count)


def compute_month_days(months: Months) -> Floats:
    """Give the number of days of each month (datetime64[M])."""
    days: Floats = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(
        np.float64
    )
    return days


def correct_month_length(counts: ArrayLike, months: Months) -> Floats:
    """Turn counts (... x months) into counts per month of average length (30.44 days)."""
    corrected: Floats = np.asarray(counts, dtype=np.float64) * (
        MEAN_DAYS / compute_month_days(months)
    )
    return corrected


@dataclass(frozen=True, slots=True)
class HalfYears:
    """Sums of half a year: `start` is the year it begins in, other arrays per half year.

    counts (series x half years) is NaN where a month is missing; `complete` says whether all
    six months are there; `months` how many were summed.
    """

    start: NDArray[np.int64]
    counts: Floats
    days: Floats
    months: NDArray[np.int64]
    complete: NDArray[np.bool_]  # (series x half years)


def sum_dark_months(counts: ArrayLike, months: Months) -> HalfYears:
    """Sum October to March of each season; season 2024 runs from October 2024 to March 2025.

    counts: (series x months) or (months,), NaN where missing; months: consecutive
    datetime64[M]. While the last season still runs, only the months it has are summed
    in every season, so that the running season stands beside the same months of
    earlier ones.
    """
    return _sum_halves(counts, months, first=_OCTOBER)


def sum_light_months(counts: ArrayLike, months: Months) -> HalfYears:
    """Sum April to September of each year; otherwise as sum_dark_months."""
    return _sum_halves(counts, months, first=_APRIL)


def _sum_halves(counts: ArrayLike, months: Months, *, first: int) -> HalfYears:
    series = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if series.shape[1] != len(months) or (np.diff(months).astype(np.int64) != 1).any():
        words = f"{series.shape[1]} counts for {len(months)} months"
        raise ValueError(f"{words}: expected as many, and months without a hole")
    since = months.astype(np.int64) + 1970 * 12 - (first - 1)
    half, place = since // 12, since % 12
    inside = place < 6
    if not inside.any():
        return _no_halves(len(series))
    last = half[inside].max()
    compared = inside & (place <= place[inside & (half == last)].max())
    starts = np.arange(half[inside].min(), last + 1)
    belongs = (half[:, None] == starts) & compared[:, None]
    wanted = len(np.unique(place[compared]))
    held = belongs.sum(axis=0)
    missing = np.isnan(series)
    known = np.where(missing, 0.0, series) @ belongs
    holes = (missing.astype(np.float64) @ belongs) > 0
    partial = holes | (held < wanted)
    return HalfYears(
        start=starts.astype(np.int64),
        counts=np.where(partial, np.nan, known),
        days=compute_month_days(months) @ belongs,
        months=held.astype(np.int64),
        complete=~partial & (held == 6),
    )


def _no_halves(series: int) -> HalfYears:
    none = np.zeros(0, dtype=np.int64)
    empty = np.zeros((series, 0))
    return HalfYears(none, empty, np.zeros(0), none, empty.astype(np.bool_))
