"""Poisson model with area and period effects; errors that allow for drift within an area."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from regiebeeld.statistics.effects.estimates import (
    Estimate,
    Method,
    Reason,
    make_estimate,
    make_refusal,
)
from regiebeeld.statistics.effects.panels import EffectPanel
from regiebeeld.statistics.intervals import Floats

# Errors by area with fewer treated areas than this are far too small.
FEWEST_TREATED, FEWEST_CONTROLS = 5, 10
_STEPS = 50


@dataclass(frozen=True, slots=True)
class AreaModel:
    """Coefficients (log ratios) and their covariance, clustered by area; areas used."""

    coefficients: Floats
    covariance: Floats
    areas: int


def fit_area_model(counts: Floats, exposure: Floats, terms: Floats) -> AreaModel | Reason:
    """Fit log mean = area + period + log exposure + terms, errors clustered by area.

    counts, exposure: areas x periods, without missing; terms: areas x periods x columns.
    Given an area's total its counts are multinomial, so the area effects drop out and the
    likelihood is concave: Newton's method over periods and terms only, instead of a dummy an
    area. Covariance: sandwich over areas times G / (G - 1). Areas with no cases carry no
    information and are left out. NOT_SOLVED where a term cannot be told apart.
    Source: J. Hausman, B. Hall and Z. Griliches, Econometric models for count data with an
    application to the patents-R&D relationship, Econometrica 52 (1984) 909-938.
    """
    kept, seen = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    counts, offset = counts[kept][:, seen], np.log(exposure[kept][:, seen])
    areas, periods = counts.shape
    if areas < 2 or periods < 2:
        return Reason.TOO_FEW_CASES
    solved = _climb(counts, offset, terms[kept][:, seen])
    if solved is None:
        return Reason.NOT_SOLVED
    coefficients, scores, information = solved
    inverse = np.linalg.inv(information)
    covariance = inverse @ (scores.T @ scores) @ inverse * areas / (areas - 1)
    columns = terms.shape[2]
    return AreaModel(coefficients[:columns], covariance[:columns, :columns], areas)


def _climb(counts: Floats, offset: Floats, terms: Floats) -> tuple[Floats, Floats, Floats] | None:
    """Newton's method; returns coefficients (terms, then periods), scores by area, information."""
    columns = terms.shape[2]
    coefficients = np.zeros(columns + counts.shape[1] - 1)
    totals = counts.sum(axis=1, keepdims=True)
    for _ in range(_STEPS):
        periods = np.concatenate([[0.0], coefficients[columns:]])
        logs = offset + periods + terms @ coefficients[:columns]
        shares = np.exp(logs - logs.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        scores, information = _differentiate(counts, totals, shares, terms=terms)
        if not _is_solvable(information):
            return None
        step = np.linalg.solve(information, scores.sum(axis=0))
        # A long step means a coefficient on its way to infinity: all cases on one side.
        coefficients = coefficients + np.clip(step, -2.0, 2.0)
        if np.abs(coefficients).max() > 30:
            return None
        if np.abs(step).max() < 1e-10:
            return coefficients, scores, information
    return None


def _is_solvable(information: Floats) -> bool:
    """Say whether no term is a mix of others: Cholesky's pivots tell it sooner than the SVD."""
    try:
        pivots = np.diag(np.linalg.cholesky(information))
    except np.linalg.LinAlgError:
        return False
    return bool(pivots.min() > 1e-6 * pivots.max())


def _differentiate(
    counts: Floats, totals: Floats, shares: Floats, *, terms: Floats
) -> tuple[Floats, Floats]:
    """Scores by area and the information; the period dummies are never written out."""
    fitted, later = totals * shares, shares[:, 1:]
    rest = counts - fitted
    means = np.einsum("at,atk->ak", shares, terms)
    scores = np.concatenate([np.einsum("at,atk->ak", rest, terms), rest[:, 1:]], axis=1)
    weighted = fitted[:, :, None] * terms
    own = np.einsum("atk,atl->kl", weighted, terms) - (totals * means).T @ means
    cross = weighted.sum(axis=0)[1:].T - (totals * means).T @ later
    period = np.diag(fitted.sum(axis=0)[1:]) - (totals * later).T @ later
    return scores, np.block([[own, cross], [cross.T, period]])


def compute_area_model(panel: EffectPanel) -> Estimate:
    """Estimate one ratio for all treated areas after their start (PPML, clustered by area).

    Needs five treated and ten control areas; with staggered starts it can be off when the
    effect grows or fades (see compute_staggered). Margins by Student's t with areas - 1.
    """
    if panel.treated.counts.shape[0] < FEWEST_TREATED:
        return make_refusal(Method.AREA_MODEL, Reason.TOO_FEW_AREAS)
    if panel.controls.counts.shape[0] < FEWEST_CONTROLS:
        return make_refusal(Method.AREA_MODEL, Reason.TOO_FEW_AREAS)
    counts = np.concatenate([panel.treated.counts, panel.controls.counts])
    exposure = np.concatenate([panel.treated.exposure, panel.controls.exposure])
    under = np.concatenate([panel.after, np.zeros(panel.controls.counts.shape, dtype=bool)])
    known = ~np.isnan(counts).any(axis=1)
    if known[: len(panel.starts)].sum() < FEWEST_TREATED:
        return make_refusal(Method.AREA_MODEL, Reason.TOO_FEW_AREAS)
    terms = under.astype(np.float64)[known][:, :, None]
    fitted = fit_area_model(counts[known], exposure[known], terms)
    if isinstance(fitted, Reason):
        return make_refusal(Method.AREA_MODEL, fitted)
    effect, error = float(fitted.coefficients[0]), float(np.sqrt(fitted.covariance[0, 0]))
    limit = float(stdtrit(fitted.areas - 1, 0.975))
    limits = (float(np.exp(effect - limit * error)), float(np.exp(effect + limit * error)))
    p = 2 * float(stdtr(fitted.areas - 1, -abs(effect) / error)) if error > 0 else 0.0
    return make_estimate(Method.AREA_MODEL, float(np.exp(effect)), limits=limits, p=p)
