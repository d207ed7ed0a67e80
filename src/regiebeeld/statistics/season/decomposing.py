"""Season and trend of monthly counts: gaps, month length and STL in one step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.season.gaps import SeriesState, fill_gaps
from regiebeeld.statistics.season.months import MEAN_DAYS, Months, compute_month_days
from regiebeeld.statistics.season.stl import StlSettings, decompose_series


@dataclass(frozen=True, slots=True)
class SeasonTrend:
    """trend + seasonal + remainder = `corrected`, counts per month of average length.

    All (series x months); NaN in every row whose state is not usable. `filled` marks months
    that were not counted but filled in: show those as missing.
    """

    corrected: Floats
    trend: Floats
    seasonal: Floats
    remainder: Floats
    filled: NDArray[np.bool_]
    states: tuple[SeriesState, ...]


def decompose_counts(
    counts: ArrayLike, months: Months, settings: StlSettings | None = None
) -> SeasonTrend:
    """Split monthly counts of every series into trend, season and rest.

    counts: (series x months), >= 0, NaN where missing; months: consecutive datetime64[M].
    Months are first made equally long. For low counts read the season from
    compute_season_factors: STL gives no interval. Raises ValueError for negative counts
    or shapes that do not fit.
    """
    series = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if series.shape[1] != len(months):
        raise ValueError(f"{series.shape[1]} counts for {len(months)} months: expected as many")
    if (series < 0).any():
        raise ValueError("a count is negative, expected 0 or more, or NaN for missing")
    chosen = settings or StlSettings()
    # Corrected before filling: a filled February has no length of its own.
    filled = fill_gaps(series * (MEAN_DAYS / compute_month_days(months)), period=chosen.period)
    usable = np.array([state.is_usable for state in filled.states], dtype=np.bool_)
    parts = np.full((4, *series.shape), np.nan)
    if usable.any():
        found = decompose_series(filled.values[usable], chosen)
        parts[:, usable] = (
            filled.values[usable],
            found.trend,
            found.seasonal,
            found.remainder,
        )
    corrected, trend, seasonal, remainder = parts
    return SeasonTrend(
        corrected, trend, seasonal, remainder, filled=filled.filled, states=filled.states
    )
