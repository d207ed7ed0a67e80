"""What a month may be: bounds, and how rare the month is, from a fitted model."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from regiebeeld.statistics.signals.fitting import Fit, estimate_dispersion
from regiebeeld.statistics.signals.overdispersed import (
    compute_lower_tail,
    compute_quantile,
    compute_upper_tail,
)
from regiebeeld.statistics.signals.plans import Bound, FarringtonPlan, Floats

_SMALLEST_P = 1e-300
_LARGEST_PART = 1 - 1e-12
_LEAST_FREEDOM = 3.0  # below this Student's t calls nothing rare


@dataclass(frozen=True, slots=True)
class Forecast:
    """Mean and dispersion (variance / mean) of a month to come, with the t that judges them.

    shift: half the width of the step that rounding makes, in counts.
    """

    mean: Floats
    dispersion: Floats
    freedom: Floats
    shift: Floats


@dataclass(frozen=True, slots=True)
class Added:
    """Variance of the month that is judged beside chance, in counts squared, one a series."""

    rounding: Floats
    nowcast: Floats


def forecast(fit: Fit, added: Added, plan: FarringtonPlan) -> Forecast:
    """Make the predictive distribution of a month: chance, plus not knowing mean and spread.

    added: what rounding adds is in the months compared with too, so it is taken out of their
    dispersion before it is added here. The mean has half a case of information more than the
    data, as under Jeffreys' prior: after months of zeros a single case is rare, not impossible.
    The dispersion makes good what weighing outbreaks down takes from a mean square when there
    were none. Its own uncertainty is that of Student's t.
    Source: the predictive variance as in Farrington et al. (1996); the consistency factor as of
    any M-estimator, P.J. Huber, Robust Statistics (1981); our own combination, its calibration
    is measured (bench/signals.py).
    """
    mu = np.exp(fit.eta)
    raw = fit.dispersion * _consistency(plan.weights_threshold) - fit.noise
    phi = np.maximum(raw, 1)
    unknown = phi * fit.variance * mu  # variance of the estimated mean, over the mean
    mean = mu + unknown / 2
    return Forecast(
        mean=mean,
        dispersion=phi + unknown + (added.rounding + added.nowcast) / mean,
        freedom=_certain(fit.freedom, mean, phi),
        # Rounding to base b adds (b * b - 1) / 6 on average and moves a count by up to b - 1: a
        # rounded y or more is Y + U >= y with U even over 0 .. b - 1, half of which is the shift.
        shift=(np.sqrt(6 * added.rounding + 1) - 1) / 2,
    )


def _certain(freedom: Floats, mean: Floats, phi: Floats) -> Floats:
    """Degrees of freedom of the dispersion by Satterthwaite: few cases say less of it than many.

    The square of a standardised negative binomial has variance 2 + excess kurtosis, where that
    of a normal has 2.
    """
    kurtosis = (6 * (phi - 1) + 1 / phi) / mean
    effective: Floats = np.maximum(freedom * 2 / (2 + kurtosis), _LEAST_FREEDOM)
    return effective


def _consistency(threshold: float | None) -> float:
    if threshold is None:
        return 1.0
    density = np.exp(-(threshold**2) / 2) / np.sqrt(2 * np.pi)
    return float(1 / (1 - threshold * density))


def compute_rarity(counts: Floats, expected: Forecast) -> tuple[Floats, Floats]:
    """Compute the predictive p of so many or more, and of so few or fewer; both include counts.

    The tail of the negative binomial is read as a normal deviate and judged by Student's t: that
    is exact where counts are normal, and measured where they are few.
    """
    up = compute_upper_tail(counts - expected.shift, expected.mean, expected.dispersion)
    down = compute_lower_tail(counts + expected.shift, expected.mean, expected.dispersion)
    return _widen(up, expected.freedom), _widen(down, expected.freedom)


def _widen(p: Floats, freedom: Floats) -> Floats:
    widened: Floats = stdtr(freedom, ndtri(np.clip(p, _SMALLEST_P, 1 - 1e-16)))
    return np.where(p >= 1, 1.0, widened)


def compute_bounds(fit: Fit, expected: Forecast, plan: FarringtonPlan) -> tuple[Floats, Floats]:
    """Compute the lower and upper bound by plan.bound: a count beyond them is rarer than alpha.

    PREDICTIVE: from the forecast; NB_PLUGIN: quantiles at the estimates; MUAN: at the upper
    limit of the mean, for both bounds, as R does.
    """
    if plan.bound is Bound.PREDICTIVE:
        part = np.minimum(ndtr(stdtrit(expected.freedom, 1 - plan.alpha)), _LARGEST_PART)
        given = (expected.mean, expected.dispersion)
        lower = compute_quantile(1 - part, *given) - expected.shift
        return np.maximum(lower, 0), compute_quantile(part, *given) + expected.shift
    mu = np.exp(fit.eta)
    if plan.bound is Bound.MUAN:
        error = np.sqrt(estimate_dispersion(fit, plan) * fit.variance)
        mu = np.exp(np.clip(fit.eta + ndtri(1 - plan.alpha) * error, None, 100.0))
    phi = np.maximum(fit.dispersion, 1)
    return compute_quantile(plan.alpha, mu, phi), compute_quantile(1 - plan.alpha, mu, phi)
