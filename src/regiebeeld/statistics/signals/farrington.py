"""Farrington flexible over many series at once: what is usual in a month, and how rare it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.signals.fitting import Fit, fit_series
from regiebeeld.statistics.signals.plans import (
    Bools,
    Bound,
    FarringtonPlan,
    Floats,
    Ints,
    Mode,
    Reason,
    Reference,
    find_reference,
)
from regiebeeld.statistics.signals.predicting import Added, compute_bounds, compute_rarity, forecast
from regiebeeld.statistics.signals.regressions import Data

FEWEST_ROUNDED = 10  # expected cases below which a rounded cell tells nothing
_FEWEST_IN_SEASON = 2
_FEWEST_FREEDOM = 8
_NUMBERS = ("expected", "lower", "upper", "dispersion", "score", "p_rise", "p_fall")
_ENDLESS = 1e15  # a bound from here on says that the model knows nothing
_BLOCK = 1024  # series a turn: their arrays stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Series:
    """Counts to be judged: series x time steps, NaN where missing.

    exposure: days or population, > 0; noise: variance that rounding adds; nowcast: variance of a
    count that is an estimate, with what is yet to come in; all of the shape of counts. excluded:
    time steps in a series break, never compared with or judged.
    """

    counts: Floats
    exposure: Floats
    noise: Floats
    nowcast: Floats
    excluded: Bools


def read_series(
    counts: ArrayLike,
    *,
    exposure: ArrayLike = 1.0,
    noise: ArrayLike = 0.0,
    nowcast: ArrayLike = 0.0,
    excluded: ArrayLike | None = None,
) -> Series:
    """Check and shape the input: counts (series x time steps), NaN where missing.

    exposure, noise, nowcast: as in Series, anything that broadcasts to the shape of counts.
    Raises ValueError for another number of dimensions, negative or infinite counts, exposure that
    is not above 0, a variance below 0, or an `excluded` that is not one truth value a time step.
    """
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"counts have {values.ndim} dimensions, expected series x time steps")
    if np.isinf(values).any() or (values < 0).any():
        raise ValueError("counts hold a number below 0 or infinity, expected 0 or more, or NaN")
    wide = np.asarray(exposure, dtype=np.float64)
    added = [np.asarray(variance, dtype=np.float64) for variance in (noise, nowcast)]
    if not (np.isfinite(wide) & (wide > 0)).all():
        raise ValueError("exposure holds a number that is not above 0")
    if not all((np.isfinite(one) & (one >= 0)).all() for one in added):
        raise ValueError("noise or nowcast holds a number below 0 or NaN, expected a variance")
    broken = np.zeros(values.shape[1], dtype=np.bool_) if excluded is None else np.asarray(excluded)
    if broken.dtype != np.bool_ or broken.shape != values.shape[1:]:
        raise ValueError(f"excluded: expected {values.shape[1]} truth values, one a time step")
    wide, noisy, estimated = (np.broadcast_to(one, values.shape) for one in (wide, *added))
    return Series(values, wide, noisy, estimated, broken)


@dataclass(frozen=True, slots=True)
class Judged:
    """Arrays series x judged time steps; NaN exactly where reason is not Reason.POSSIBLE.

    expected, lower, upper: cases; dispersion: variance / mean, at least 1; score: (observed -
    expected) / (upper - expected), above 1 beyond the upper bound; p_rise, p_fall: predictive
    probability of so many or more, so few or fewer; trended: the model has a trend. times: the
    judged time steps.
    """

    times: Ints
    observed: Floats
    expected: Floats
    lower: Floats
    upper: Floats
    dispersion: Floats
    score: Floats
    p_rise: Floats
    p_fall: Floats
    trended: Bools
    reason: Ints

    @property
    def possible(self) -> Bools:
        """Where there is an answer."""
        return np.asarray(self.reason == Reason.POSSIBLE)

    @property
    def p(self) -> Floats:
        """Two-sided: twice the smaller of p_rise and p_fall, at most 1."""
        return np.asarray(np.minimum(1.0, 2 * np.minimum(self.p_rise, self.p_fall)))


def judge_series(series: Series, times: ArrayLike, plan: FarringtonPlan) -> Judged:
    """Judge each series at each of the time steps by its own past (Farrington flexible).

    times: indices into the time steps of the series, from 0. A month without an answer has its
    reason in `reason`: too short a history, missing, in a series break, too few months left to
    compare with, too few cases (fewer than plan.fewest_cases in all of them; or fewer than 10
    expected in a cell that is rounded), or no model that fits. Raises ValueError for a time step
    outside the series, or for rounded or estimated counts with a bound that knows neither.
    Source: A. Noufaily et al., An improved algorithm for outbreak detection in multiple
    surveillance systems, Statistics in Medicine 32 (2013) 1206-1222; R-compatible with
    farringtonFlexible of surveillance 1.20.3, see plans.Mode.
    """
    steps = np.atleast_1d(np.asarray(times, dtype=np.int64))
    length = series.counts.shape[1]
    if ((steps < 0) | (steps >= length)).any():
        raise ValueError(f"times {steps.tolist()}: the series have time steps 0 to {length - 1}")
    if plan.bound is not Bound.PREDICTIVE and (series.noise.any() or series.nowcast.any()):
        raise ValueError(f"bound {plan.bound} knows no noise or nowcast, expected predictive")
    out = _prepare(series, steps)
    for column, now in enumerate(steps):
        if now < plan.reach:
            out.reason[:, column] = Reason.NO_HISTORY
            continue
        reference = find_reference(int(now), plan, series.excluded)
        for start in range(0, len(series.counts), _BLOCK):
            _judge_block(series, reference, plan, (slice(start, start + _BLOCK), column, out))
    return out


def _prepare(series: Series, steps: Ints) -> Judged:
    shape = (len(series.counts), steps.size)
    observed = series.counts[:, steps]
    reason = np.where(np.isnan(observed), Reason.MISSING_NOW, Reason.POSSIBLE).astype(np.int64)
    reason[:, series.excluded[steps]] = Reason.EXCLUDED_NOW
    empty = {name: np.full(shape, np.nan) for name in _NUMBERS}
    trended = np.zeros(shape, dtype=np.bool_)
    return Judged(times=steps, observed=observed, trended=trended, reason=reason, **empty)


def _judge_block(
    series: Series, reference: Reference, plan: FarringtonPlan, where: tuple[slice, int, Judged]
) -> None:
    rows, column, out = where
    reason = out.reason[rows, column]
    data = _take_data(series, reference, (rows, int(out.times[column])))
    faults = _find_too_little(data, reference, plan)
    reason[:] = np.where(reason == Reason.POSSIBLE, faults, reason)
    going = reason == Reason.POSSIBLE
    if not going.any():
        return
    fit = fit_series(data.take(going), reference, plan)
    now = out.times[column]
    added = Added(series.noise[rows, now][going], series.nowcast[rows, now][going])
    few = (added.rounding > 0) & (np.exp(fit.eta) < FEWEST_ROUNDED)
    reason[going] = np.select(
        [~fit.converged, few], [Reason.NO_CONVERGENCE, Reason.TOO_FEW], Reason.POSSIBLE
    )
    places = np.flatnonzero(going) + rows.start
    _write(out, fit, added, (places, column, plan))


def _take_data(series: Series, reference: Reference, where: tuple[slice, int]) -> Data:
    rows, now = where
    counts = series.counts[rows][:, reference.months]
    there = ~np.isnan(counts)
    offset = np.log(series.exposure[rows])
    return Data(
        counts=np.where(there, counts, 0.0),
        weights=there.astype(np.float64),
        offset=offset[:, reference.months],
        noise=series.noise[rows][:, reference.months],
        offset_now=offset[:, now],
    )


def _find_too_little(data: Data, reference: Reference, plan: FarringtonPlan) -> Ints:
    there = data.weights > 0
    in_season = there[:, reference.season == plan.periods - 1].sum(axis=1)
    seasons = np.unique(reference.season).size
    months = there.sum(axis=1) - seasons - int(plan.trend)
    short = (in_season < _FEWEST_IN_SEASON) | (months < _FEWEST_FREEDOM)
    few = data.counts.sum(axis=1) < plan.fewest_cases
    return np.select([short, few], [Reason.TOO_FEW_MONTHS, Reason.TOO_FEW], Reason.POSSIBLE).astype(
        np.int64
    )


def _write(out: Judged, fit: Fit, added: Added, where: tuple[Ints, int, FarringtonPlan]) -> None:
    places, column, plan = where
    expected = forecast(fit, added, plan)
    lower, upper = compute_bounds(fit, expected, plan)
    observed = out.observed[places, column]
    p_rise, p_fall = compute_rarity(observed, expected)
    mean = np.exp(fit.eta)
    # R measures the score from the linear predictor, which is on the scale of the logarithm.
    as_r = plan.mode is Mode.R_COMPATIBLE and plan.bound is not Bound.PREDICTIVE
    start = fit.eta if as_r else mean
    gap = upper - start
    score = (observed - start) / np.where(gap == 0, 1, gap)
    good = out.reason[places, column] == Reason.POSSIBLE
    endless = good & ~(upper < _ENDLESS)
    out.reason[places[endless], column] = Reason.NO_CONVERGENCE
    good &= ~endless
    columns = (mean, lower, upper, np.maximum(fit.dispersion, 1), score, p_rise, p_fall)
    for name, values in zip(_NUMBERS, columns, strict=True):
        getattr(out, name)[places[good], column] = values[good]
    out.trended[places, column] = fit.trended & good
