"""STL: season, trend and rest of all series at once; missing values are refused, see `gaps`."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.season.loess import Loess, make_loess

_CHUNK = 4096  # series in the robust loop at once: its arrays stay within the cache


@dataclass(frozen=True, slots=True)
class StlSettings:
    """How STL smooths; the defaults are those of R's `stl` with s.window = 13 and t.degree = 1."""

    period: int = 12
    seasonal: int | None = 13  # None: periodic, one season for the whole series
    trend: int | None = None  # None: 1.5 period / (1 - 1.5 / seasonal), made odd
    low_pass: int | None = None  # None: the first odd number from period on
    seasonal_degree: int = 0
    inner: int = 2
    outer: int = 0  # above 0: robust, so that outliers do not move season and trend
    jump: bool = True  # True: fit every window / 10 points, as R does

    def __post_init__(self) -> None:
        windows = [w for w in (self.seasonal, self.trend, self.low_pass) if w is not None]
        if self.period < 2 or self.inner < 1 or self.outer < 0 or any(w < 3 for w in windows):
            raise ValueError(f"{self}: expected period >= 2, windows >= 3, inner >= 1, outer >= 0")
        if any(w % 2 == 0 for w in windows) or self.seasonal_degree not in (0, 1):
            raise ValueError(f"{self}: expected odd windows and a seasonal degree of 0 or 1")


ROBUST = StlSettings(inner=1, outer=15)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """trend + seasonal + remainder = the series, each (series x periods), in its unit."""

    trend: Floats
    seasonal: Floats
    remainder: Floats
    weights: Floats | None = None  # robustness weights, 0 for an outlier; None when not robust


@dataclass(frozen=True, slots=True)
class _Smoothers:
    cycles: tuple[Loess, ...]  # one for each place in the period
    low_pass: Loess
    trend: Loess
    averages: Floats  # (points x points + 2 periods): the three moving averages


def decompose_series(values: ArrayLike, settings: StlSettings | None = None) -> Decomposition:
    """Split every series into trend, season and rest by STL.

    values: (series x periods) or (periods,), any unit, no missing values; at least
    two whole periods. Without the robust loop STL is linear in the series, so it is
    one matrix product for all series together. Raises ValueError for missing values
    or a series that is too short.
    Source: Cleveland, Cleveland, McRae and Terpenning, J. Official Statistics 6
    (1990) 3-73.
    """
    chosen = settings or StlSettings()
    series = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if series.shape[1] < 2 * chosen.period:
        raise ValueError(f"{series.shape[1]} periods, expected two times {chosen.period} or more")
    if not np.isfinite(series).all():
        raise ValueError("a series has missing values; fill them first or leave the series out")
    if chosen.outer:
        return _decompose_robustly(series, chosen)
    trend_matrix, seasonal_matrix = _operators(series.shape[1], chosen)
    trend, seasonal = series @ trend_matrix.T, series @ seasonal_matrix.T
    return Decomposition(trend, seasonal, series - trend - seasonal)


@lru_cache(maxsize=32)
def _operators(points: int, settings: StlSettings) -> tuple[Floats, Floats]:
    """Give the matrices (points x points) of trend and season: STL of the unit series."""
    smoothers = _make_smoothers(points, settings)
    trend = seasonal = np.zeros((points, points))
    for _ in range(settings.inner):
        trend, seasonal = _step(np.eye(points), trend, smoothers, None)
    return trend.T, _settle(seasonal, settings).T


def _decompose_robustly(series: Floats, settings: StlSettings) -> Decomposition:
    smoothers = _make_smoothers(series.shape[1], settings)
    parts = [
        _robust_part(series[start : start + _CHUNK], smoothers, settings)
        for start in range(0, len(series), _CHUNK)
    ]
    trend, seasonal, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Decomposition(trend, seasonal, series - trend - seasonal, weights)


def _robust_part(
    series: Floats, smoothers: _Smoothers, settings: StlSettings
) -> tuple[Floats, Floats, Floats]:
    trend = seasonal = np.zeros_like(series)
    weights: Floats | None = None
    for _ in range(settings.outer + 1):
        for _ in range(settings.inner):
            trend, seasonal = _step(series, trend, smoothers, weights)
        used, weights = weights, _bisquare(series - trend - seasonal, series)
    return trend, _settle(seasonal, settings), np.ones_like(series) if used is None else used


def _bisquare(remainder: Floats, series: Floats) -> Floats:
    """Weigh each observation by how far it lies: 0 from six times the median distance on."""
    away = np.abs(remainder)
    reach = 6 * np.median(away, axis=1, keepdims=True)
    # Where most months fit exactly the median is rounding of the computer: weigh all alike.
    exact = reach <= 1e-10 * np.abs(series).max(axis=1, keepdims=True)
    share = away / np.where(exact, 1.0, reach)
    weights = np.where(share <= 0.999, (1 - share**2) ** 2, 0.0)
    return np.where((share <= 0.001) | exact, 1.0, weights)


def _step(
    series: Floats, trend: Floats, smoothers: _Smoothers, weights: Floats | None
) -> tuple[Floats, Floats]:
    """Take one inner step: season from the detrended series, then trend from the deseasonalised."""
    period = len(smoothers.cycles)
    detrended = series - trend
    cycle = np.empty((len(series), series.shape[1] + 2 * period))
    for place, smoother in enumerate(smoothers.cycles):
        part = None if weights is None else weights[:, place::period]
        cycle[:, place::period] = smoother.smooth(detrended[:, place::period], part)
    low = smoothers.low_pass.smooth(cycle @ smoothers.averages.T)
    seasonal = cycle[:, period:-period] - low
    return smoothers.trend.smooth(series - seasonal, weights), seasonal


def _settle(seasonal: Floats, settings: StlSettings) -> Floats:
    """A periodic season is one value for each place in the period: the mean over the years."""
    if settings.seasonal is not None:
        return seasonal
    settled = seasonal.copy()
    for place in range(settings.period):
        part = seasonal[:, place :: settings.period]
        settled[:, place :: settings.period] = part.mean(axis=1, keepdims=True)
    return settled


def _make_smoothers(points: int, settings: StlSettings) -> _Smoothers:
    period = settings.period
    seasonal = settings.seasonal or 10 * points + 1
    trend = settings.trend or _odd(ceil(1.5 * period / (1 - 1.5 / seasonal)))
    low_pass = settings.low_pass or _odd(period)
    jumps = [ceil(window / 10) if settings.jump else 1 for window in (seasonal, trend, low_pass)]
    degree = settings.seasonal_degree if settings.seasonal else 0
    cycles = tuple(
        make_loess((points - place - 1) // period + 1, seasonal, degree, jumps[0], around=True)
        for place in range(period)
    )
    return _Smoothers(
        cycles=cycles,
        low_pass=make_loess(points, low_pass, 1, jumps[2]),
        trend=make_loess(points, trend, 1, jumps[1]),
        averages=_averages(points, period),
    )


def _averages(points: int, period: int) -> Floats:
    """Give moving averages of period, period and 3 as one matrix."""
    whole = np.eye(points + 2 * period)
    for width in (period, period, 3):
        sums = np.cumsum(np.vstack([np.zeros((1, whole.shape[1])), whole]), axis=0)
        whole = (sums[width:] - sums[:-width]) / width
    return whole


def _odd(number: int) -> int:
    return number if number % 2 else number + 1
