"""The slow course of monthly counts without their season: no margin, and no forecast."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.season.decomposing import SeasonTrend, decompose_counts
from regiebeeld.statistics.season.factors import compute_season_factors
from regiebeeld.statistics.season.months import Months
from regiebeeld.statistics.season.stl import ROBUST

FEWEST_FOR_STL = 10.0  # a month on average: below it counts are too skew for sums of squares
_OUTLIER = 6.0  # median distances: where the robust form gives a month no weight at all


class TrendMethod(StrEnum):
    STL = "stl"
    ROBUST = "robust"  # STL, with a month that lies far off left out of the line
    POISSON = "poisson"  # for low counts


@dataclass(frozen=True, slots=True)
class Trends:
    """trend: (series x months) counts per month of average length, NaN where there is none.

    methods: (series,) how the last stretch of each was made; None where there is no trend.
    """

    trend: Floats
    methods: tuple[TrendMethod | None, ...]


def compute_trends(
    counts: ArrayLike,
    months: Months,
    *,
    noise: ArrayLike = 0.0,
    breaks: Iterable[np.datetime64] = (),
) -> Trends:
    """Draw the trend of every series, each stretch between lasting breaks by itself.

    counts: (series x months), NaN where missing; months: consecutive datetime64[M]; noise:
    variance that rounding added; breaks: the first months of another way of counting. STL from
    ten cases a month on average, robust where a month lies more than six median distances off
    the plain one; else the Poisson model of compute_season_factors. A stretch needs 24 months,
    and what those two need. Raises ValueError for negative counts or shapes that do not fit.
    Source: Cleveland and others (1990), see decompose_series; McCullagh and Nelder (1989).
    """
    series = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    extra = np.broadcast_to(np.asarray(noise, dtype=np.float64), series.shape)
    if series.shape[1] != len(months):
        raise ValueError(f"{series.shape[1]} counts for {len(months)} months: expected as many")
    trend = np.full(series.shape, np.nan)
    methods: list[TrendMethod | None] = [None] * len(series)
    for first, last in _stretches(months, breaks):
        for row in range(len(series)):
            known = first + np.flatnonzero(~np.isnan(series[row, first:last]))
            if not known.size:
                continue
            part = slice(int(known[0]), int(known[-1]) + 1)
            line, method = _draw(series[row, part], months[part], extra[row, part])
            trend[row, part] = line
            methods[row] = method or methods[row]
    return Trends(trend, tuple(methods))


def _stretches(months: Months, breaks: Iterable[np.datetime64]) -> Sequence[tuple[int, int]]:
    inside = {int((each - months[0]).astype(np.int64)) for each in breaks} if len(months) else set()
    ends = sorted({0, len(months)} | {place for place in inside if 0 < place < len(months)})
    return list(pairwise(ends))


def _draw(
    counts: Floats, months: NDArray[np.datetime64], noise: Floats
) -> tuple[Floats, TrendMethod | None]:
    """Give the trend of one stretch that begins and ends with a known month."""
    if np.nanmean(counts) < FEWEST_FOR_STL:
        found = compute_season_factors(counts, months, noise=noise)
        usable = found.states[0].is_usable
        return found.trend[0], TrendMethod.POISSON if usable else None
    plain = decompose_counts(counts, months)
    if not plain.states[0].is_usable:
        return plain.trend[0], None
    if not _has_outlier(plain):
        return plain.trend[0], TrendMethod.STL
    return decompose_counts(counts, months, ROBUST).trend[0], TrendMethod.ROBUST


def _has_outlier(found: SeasonTrend) -> bool:
    away = np.abs(found.remainder[0])
    reach = _OUTLIER * float(np.median(away))
    # Where most months fit exactly the median is rounding of the computer: nothing lies off.
    exact = reach <= 1e-9 * float(np.abs(found.corrected[0]).max())
    return not exact and bool((away > reach).any())
