"""The model of each series: past outbreaks weighed down, a trend only where it holds."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import stdtr

from regiebeeld.statistics.signals.plans import Bools, FarringtonPlan, Floats, Mode, Reference
from regiebeeld.statistics.signals.regressions import Data, Regression


@dataclass(frozen=True, slots=True)
class Fit:
    """Arrays of one value a series.

    eta: linear predictor of the month that is judged, variance: its variance at dispersion 1;
    dispersion: Pearson's, raw; working_dispersion: R's, with the outbreak weights; slope and
    slope_variance (at dispersion 1): 0 without a trend; noise: what rounding adds to the
    dispersion of the months compared with; freedom: degrees of freedom.
    """

    eta: Floats
    variance: Floats
    dispersion: Floats
    working_dispersion: Floats
    slope: Floats
    slope_variance: Floats
    noise: Floats
    freedom: Floats
    converged: Bools
    trended: Bools


def fit_series(data: Data, reference: Reference, plan: FarringtonPlan) -> Fit:
    """Fit each series with a trend where the plan allows and the data support it, else without.

    data: series x months of the reference. A trend stays when there are three years or more, its
    p-value is below plan.trend_p and the prediction is not above the highest month seen.
    Source: A. Noufaily et al., An improved algorithm for outbreak detection in multiple
    surveillance systems, Statistics in Medicine 32 (2013) 1206-1222.
    """
    if not (plan.trend and plan.years >= 3):
        return _fit(data, reference, plan, trend=False)
    fit = _fit(data, reference, plan, trend=True)
    deviation = np.sqrt(estimate_dispersion(fit, plan) * fit.slope_variance)
    # A series without any spread has no standard error in R's way: then its trend is certain.
    ratio = np.abs(fit.slope) / np.maximum(deviation, 1e-150)
    p = 2 * stdtr(np.maximum(fit.freedom, 1), -ratio)
    highest = np.where(data.weights > 0, data.counts, 0).max(axis=1)
    keep = fit.converged & (p < plan.trend_p) & (np.exp(fit.eta) <= highest)
    return fit if keep.all() else _replace(fit, ~keep, data, reference, plan)


def estimate_dispersion(fit: Fit, plan: FarringtonPlan) -> Floats:
    """The dispersion behind standard errors: at least 1 in the paper, R's own in R's mode."""
    if plan.mode is Mode.TEXTBOOK:
        return np.maximum(fit.dispersion, 1)
    return fit.dispersion if plan.weights_threshold is None else fit.working_dispersion


def weigh_outbreaks(residuals: Floats, weights: Floats, threshold: float) -> Floats:
    """Weigh months down whose residual is above the threshold; the weights sum to the months.

    residuals: standardised Anscombe, series x months; weights: 0 where a month is missing.
    Source: C.P. Farrington et al., A statistical algorithm for the early detection of outbreaks
    of infectious disease, J. R. Statist. Soc. A 159 (1996) 547-563, with the threshold of
    Noufaily et al. (2013).
    """
    used = weights > 0
    low = np.where(residuals > threshold, np.maximum(residuals, threshold) ** -2.0, 1.0) * used
    scaled: Floats = low * (used.sum(axis=1) / np.maximum(low.sum(axis=1), 1e-300))[:, None]
    return scaled


def _fit(data: Data, reference: Reference, plan: FarringtonPlan, *, trend: bool) -> Fit:
    model = Regression(data, reference, trend=trend)
    converged = model.fit()
    if plan.weights_threshold is not None:
        residuals = model.residuals(np.maximum(model.dispersion(), 1))
        weights = weigh_outbreaks(residuals, data.weights, plan.weights_threshold)
        model = Regression(data.reweighted(weights), reference, trend=trend)
        model.fit()
    eta, variance = model.predict()
    weights = model.data.weights
    zeros = np.zeros(len(eta))
    return Fit(
        eta=eta,
        variance=variance,
        dispersion=model.dispersion(),
        working_dispersion=model.working_dispersion(),
        slope=model.slope,
        slope_variance=1 / model.pull if trend else zeros,
        noise=(weights * data.noise / model.mu).sum(axis=1)
        / np.maximum(weights.sum(axis=1), 1e-300),
        freedom=model.freedom(),
        converged=converged,
        trended=np.full(len(eta), trend),
    )


def _replace(fit: Fit, rows: Bools, data: Data, reference: Reference, plan: FarringtonPlan) -> Fit:
    other = _fit(data.take(rows), reference, plan, trend=False)
    values = {field.name: getattr(fit, field.name).copy() for field in fields(Fit)}
    for name, value in values.items():
        value[rows] = getattr(other, name)
    return Fit(**values)
