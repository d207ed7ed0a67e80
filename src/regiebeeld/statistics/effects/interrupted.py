"""Interrupted time series: the treated series against its own trend and season."""

import warnings
from dataclasses import dataclass
from math import nan

import numpy as np
from scipy.special import ndtr

from regiebeeld.statistics.effects.estimates import (
    Estimate,
    Method,
    Reason,
    make_estimate,
    make_refusal,
)
from regiebeeld.statistics.effects.panels import AreaCounts, EffectPanel, pool_areas
from regiebeeld.statistics.intervals import Floats

FEWEST_BEFORE, FEWEST_AFTER = 8, 3


@dataclass(frozen=True, slots=True)
class InterruptedSeries:
    """`level` is the jump at the start, as a ratio; `slope` the change of trend per period.

    slope is None where it was not asked. factor: dispersion (1 is Poisson); echo: correlation
    of neighbouring residuals, and where that is clear the margins are widened for it.
    """

    level: Estimate
    slope: Estimate | None
    factor: float
    echo: float


def compute_interrupted_series(
    series: AreaCounts,
    start: int,
    *,
    periods_per_year: int = 1,
    harmonics: int = 2,
    with_slope: bool = False,
) -> InterruptedSeries:
    """Fit a segmented quasi-Poisson model to one series with a known start.

    series: one row; start: first period under the measure, from 0. log mean = level + trend +
    jump at start (+ change of trend) + sine and cosine pairs of the year (`harmonics`, only
    with more than two periods a year and two full years before) + log exposure. Missing
    periods are left out. At least 8 periods before and 3 after, with cases on both sides,
    else a reason. The dispersion is measured and never below Poisson plus rounding.
    Source: J. Lopez Bernal, S. Cummins and A. Gasparrini, Interrupted time series regression
    for the evaluation of public health interventions: a tutorial, International Journal of
    Epidemiology 46 (2017) 348-355; harmonics and dispersion as there, by statsmodels.
    """
    counts, known = series.counts[0], ~np.isnan(series.counts[0])
    times = np.arange(counts.size)
    reason = _check(counts, known, start=start)
    if reason is not None:
        return InterruptedSeries(make_refusal(Method.INTERRUPTED_SERIES, reason), None, nan, nan)
    columns = [np.ones(counts.size), (times >= start) * 1.0, times / counts.size]
    if with_slope:
        columns.insert(2, (times - start) * (times >= start) / counts.size)
    if periods_per_year > 2 and start >= 2 * periods_per_year:
        columns += _make_waves(times, periods_per_year, min(harmonics, periods_per_year // 2))
    design = np.stack(columns, axis=1)[known]
    fitted = _fit(counts[known], design, series.exposure[0][known])
    if fitted is None or design.shape[0] <= design.shape[1]:
        refusal = make_refusal(Method.INTERRUPTED_SERIES, Reason.NOT_SOLVED)
        return InterruptedSeries(refusal, None, nan, nan)
    return _read(fitted, counts[known], series.noise[0][known], slope_unit=_unit(with_slope, times))


def compute_interrupted_ratio(panel: EffectPanel) -> InterruptedSeries:
    """Fit the treated areas together; NOT_POSSIBLE where they start at different times."""
    if panel.staggered or not panel.treated.counts.shape[0]:
        reason = Reason.STARTS_DIFFER if panel.staggered else Reason.NO_TREATED
        return InterruptedSeries(make_refusal(Method.INTERRUPTED_SERIES, reason), None, nan, nan)
    return compute_interrupted_series(
        pool_areas(panel.treated), int(panel.starts[0]), periods_per_year=panel.periods_per_year
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    coefficients: Floats
    covariance: Floats  # of a Poisson model
    fitted: Floats
    freedom: int


def _unit(with_slope: bool, times: Floats) -> float | None:
    return 1 / times.size if with_slope else None


def _check(counts: Floats, known: np.ndarray, *, start: int) -> Reason | None:
    if not known.any():
        return Reason.ALL_MISSING
    before, after = counts[:start][known[:start]], counts[start:][known[start:]]
    if start < 1:
        return Reason.STARTS_BEFORE_DATA
    if start >= counts.size:
        return Reason.STARTS_AFTER_DATA
    if before.size < FEWEST_BEFORE or after.size < FEWEST_AFTER:
        return Reason.TOO_FEW_PERIODS
    if before.sum() == 0 or after.sum() == 0:
        return Reason.TOO_FEW_CASES
    return None


def _make_waves(times: Floats, periods_per_year: int, harmonics: int) -> list[Floats]:
    waves = []
    for number in range(1, harmonics + 1):
        angle = 2 * np.pi * number * times / periods_per_year
        waves.append(np.sin(angle))
        if 2 * number < periods_per_year:
            waves.append(np.cos(angle))
        else:
            waves[-1] = np.cos(angle)  # at half the periods a year the sine is 0 everywhere
    return waves


def _fit(counts: Floats, design: Floats, exposure: Floats) -> _Fit | None:
    # Loads pandas: two seconds that only an evaluation should cost.
    from statsmodels.genmod.families import Poisson  # type: ignore[import-untyped]
    from statsmodels.genmod.generalized_linear_model import GLM  # type: ignore[import-untyped]

    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a fit that does not end is told below
        result = GLM(counts, design, family=Poisson(), exposure=exposure).fit(maxiter=100)
    covariance = np.asarray(result.cov_params(), dtype=np.float64)
    if not result.converged or not np.isfinite(covariance).all():
        return None
    means = np.asarray(result.fittedvalues, dtype=np.float64)
    return _Fit(np.asarray(result.params), covariance, means, int(result.df_resid))


def _read(
    fit: _Fit, counts: Floats, noise: Floats, *, slope_unit: float | None
) -> InterruptedSeries:
    residuals = (counts - fit.fitted) / np.sqrt(fit.fitted)
    freedom = max(fit.freedom, 1)
    measured = float((residuals**2).sum() / freedom)
    factor = max(measured, 1 + float((noise / fit.fitted).mean()))
    total = float((residuals**2).sum())
    echo = float((residuals[1:] * residuals[:-1]).sum() / total) if total > 0 else 0.0
    clear = echo > 2 / np.sqrt(residuals.size)
    widened = factor * ((1 + echo) / (1 - echo) if clear else 1.0)
    errors = np.sqrt(np.diag(fit.covariance) * widened)
    level = _make(fit.coefficients[1], errors[1])
    slope = None
    if slope_unit is not None:
        slope = _make(fit.coefficients[2] * slope_unit, errors[2] * slope_unit)
    return InterruptedSeries(level, slope, factor, echo)


def _make(effect: float, error: float) -> Estimate:
    with np.errstate(over="ignore"):  # nothing was seen: any rise is possible
        lower, upper = (float(np.exp(effect + side * 1.959964 * error)) for side in (-1, 1))
    p = 2 * float(ndtr(-abs(effect) / error)) if error > 0 else 0.0
    return make_estimate(
        Method.INTERRUPTED_SERIES, float(np.exp(effect)), limits=(lower, upper), p=p
    )
