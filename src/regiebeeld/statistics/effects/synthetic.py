"""Synthetic control: a mix of untreated areas that ran like the treated one before the start."""

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from regiebeeld.statistics.effects.estimates import (
    EffectKind,
    Estimate,
    Method,
    Reason,
    make_refusal,
)
from regiebeeld.statistics.effects.panels import EffectPanel, pool_areas
from regiebeeld.statistics.effects.simplex import solve_simplex
from regiebeeld.statistics.intervals import Floats

FEWEST_BEFORE, FEWEST_DONORS = 5, 5
# Mean gap before the start, as a share of the treated level, above which no answer is given.
LARGEST_GAP = 0.25
# Importances looked at before the search, and how many of the best the search starts from.
_TRIED, _STARTS = 200, 8


@dataclass(frozen=True, slots=True)
class SyntheticControl:
    """`weights` per donor (sum 1); `loss` is the mean squared gap before the start.

    importance: weight per predictor, None without predictors; starts: the losses that the
    different starting points ended in, smallest first; donors: number of placebos, so that p
    is never below 1 / (donors + 1).
    """

    estimate: Estimate
    weights: Floats
    loss: float
    importance: Floats | None
    starts: tuple[float, ...]
    donors: int


@dataclass(frozen=True, slots=True)
class Mix:
    weights: Floats
    loss: float
    importance: Floats | None
    starts: tuple[float, ...]


def fit_mix(
    treated: ArrayLike,
    donors: ArrayLike,
    *,
    treated_traits: ArrayLike | None = None,
    donor_traits: ArrayLike | None = None,
    seed: int = 1,
) -> Mix:
    """Find the donor weights (>= 0, sum 1) that follow the treated area before the start.

    treated: periods; donors: donors x periods, both before the start only. Without traits the
    gap in the outcome itself is made smallest: one exact solution. With traits (treated: traits;
    donor: donors x traits) the weights fit the traits and the importance of each trait is
    searched from several starting points, because one search ends in a local optimum; all
    losses are kept; where the donors can match the traits exactly in many ways, one of them is
    given. Raises ValueError for missing values.
    Source: A. Abadie and J. Gardeazabal, The economic costs of conflict, American Economic
    Review 93 (2003) 113-132; A. Abadie, A. Diamond and J. Hainmueller, JASA 105 (2010) 493-505.
    """
    own, others = np.asarray(treated, np.float64), np.asarray(donors, np.float64)
    if not np.isfinite(own).all() or not np.isfinite(others).all():
        raise ValueError("fit_mix: a value is missing")
    if treated_traits is None or donor_traits is None:
        weights = solve_simplex(others.T, own)
        loss = _loss(weights, own, others)
        return Mix(weights, loss, None, (loss,))
    trait, traits = np.asarray(treated_traits, np.float64), np.asarray(donor_traits, np.float64)
    spread = np.concatenate([traits, trait[None, :]]).std(axis=0, ddof=1)
    spread = np.where(spread > 0, spread, 1.0)
    return _search_importance(own, others, (trait / spread, traits / spread), seed=seed)


def weigh_traits(trait: Floats, traits: Floats, importance: Floats) -> Floats:
    """Find the donor weights that fit traits of a given importance; traits already scaled."""
    roots = np.sqrt(importance)
    return solve_simplex((traits * roots).T, trait * roots)


def _search_importance(
    own: Floats, others: Floats, scaled: tuple[Floats, Floats], *, seed: int
) -> Mix:
    trait, traits = scaled
    count = trait.size

    def loss_of(powers: Floats) -> float:
        return _loss(weigh_traits(trait, traits, _share(powers)), own, others)

    # On a scale of powers of ten: good mixes lie on ridges where some traits weigh very little.
    outcome = np.log10(np.maximum(_regress_outcome(own, others, trait, traits), 1e-4))
    tried = np.random.default_rng(seed).uniform(-3, 0, (_TRIED, count))
    tried = np.vstack([np.zeros(count), outcome, 2 * np.eye(count), tried])
    first = tried[np.argsort([loss_of(powers) for powers in tried])[:_STARTS]]
    options = {"maxfev": 150 * count, "xatol": 1e-6, "fatol": 1e-12, "adaptive": True}
    ends = [minimize(loss_of, begin, method="Nelder-Mead", options=options) for begin in first]
    best = min(ends, key=lambda end: float(end.fun))
    shares = _share(best.x)
    weights = weigh_traits(trait, traits, shares)
    losses = tuple(sorted(float(end.fun) for end in ends))
    return Mix(weights, _loss(weights, own, others), shares, losses)


def _share(powers: Floats) -> Floats:
    """Shares that add up to 1, none below a hundred-millionth of the largest."""
    raised = 10.0 ** np.clip(powers - powers.max(), -8, 0)
    return np.asarray(raised / raised.sum())


def _regress_outcome(own: Floats, others: Floats, trait: Floats, traits: Floats) -> Floats:
    """Importance by how strongly each trait goes with the outcome: the usual second start."""
    rows = np.concatenate([traits, trait[None, :]])
    rows = np.column_stack([np.ones(rows.shape[0]), rows])
    slopes = np.linalg.lstsq(rows, np.concatenate([others, own[None, :]]), rcond=None)[0][1:]
    strength = (slopes**2).sum(axis=1)
    return np.asarray(strength / max(float(strength.sum()), 1e-300))


def _loss(weights: Floats, own: Floats, others: Floats) -> float:
    return float(((own - weights @ others) ** 2).mean())


def compute_synthetic_control(
    outcome: ArrayLike, donors: ArrayLike, start: int
) -> SyntheticControl:
    """Compare one treated area with its synthetic control, with placebos over the donors.

    outcome: periods (rates); donors: donors x periods; start: first period under the measure.
    Each donor in turn plays the treated area among the others; the ratio of the squared gap
    after to before is ranked; p = (donors at least as extreme + 1) / (donors + 1). At least 5
    periods before and 5 donors. NO_CLOSE_FIT where the mix misses the treated area by more
    than a quarter of its level before the start.
    """
    own, others = np.asarray(outcome, np.float64), np.asarray(donors, np.float64)
    reason = _check(own, others, start)
    if reason is not None:
        return _refuse(reason, others.shape[0])
    mix = fit_mix(own[:start], others[:, :start])
    ratios = [_gap_ratio(own, others, start)]
    for place in range(others.shape[0]):
        rest = np.delete(others, place, axis=0)
        ratios.append(_gap_ratio(others[place], rest, start))
    # A tie counts as extreme; the tolerance keeps equal numbers equal.
    p = sum(ratio >= ratios[0] * (1 - 1e-9) for ratio in ratios) / len(ratios)
    without = float((mix.weights @ others[:, start:]).sum())
    level = float(own[:start].mean())
    if without <= 0 or level <= 0 or np.sqrt(mix.loss) > LARGEST_GAP * level:
        refused = make_refusal(Method.SYNTHETIC_CONTROL, Reason.NO_CLOSE_FIT)
        return SyntheticControl(refused, mix.weights, mix.loss, None, mix.starts, others.shape[0])
    ratio = float(own[start:].sum()) / without
    kind = EffectKind.NO_EFFECT_SEEN
    if p <= 0.05:
        kind = EffectKind.DECLINE if ratio < 1 else EffectKind.RISE
    estimate = Estimate(Method.SYNTHETIC_CONTROL, kind, ratio, p=p)
    return SyntheticControl(estimate, mix.weights, mix.loss, None, mix.starts, others.shape[0])


def compute_synthetic_ratio(panel: EffectPanel) -> SyntheticControl:
    """Pool the treated areas to one rate and let each complete control area be a donor."""
    rates = panel.controls.counts / panel.controls.exposure
    rates = rates[~np.isnan(rates).any(axis=1)]
    if panel.staggered or not panel.treated.counts.shape[0]:
        reason = Reason.STARTS_DIFFER if panel.staggered else Reason.NO_TREATED
        return _refuse(reason, rates.shape[0])
    treated = pool_areas(panel.treated)
    own = treated.counts[0] / treated.exposure[0]
    return compute_synthetic_control(own, rates, int(panel.starts[0]))


def _check(own: Floats, others: Floats, start: int) -> Reason | None:
    if start < 1:
        return Reason.STARTS_BEFORE_DATA
    if start >= own.size:
        return Reason.STARTS_AFTER_DATA
    if others.shape[0] < FEWEST_DONORS:
        return Reason.NO_CONTROLS if not others.shape[0] else Reason.TOO_FEW_AREAS
    if start < FEWEST_BEFORE:
        return Reason.TOO_FEW_PERIODS
    if not np.isfinite(own).all() or not np.isfinite(others).all():
        return Reason.ALL_MISSING
    return None if own[:start].any() else Reason.TOO_FEW_CASES


def _refuse(reason: Reason, donors: int) -> SyntheticControl:
    refusal = make_refusal(Method.SYNTHETIC_CONTROL, reason)
    return SyntheticControl(refusal, np.zeros(0), nan, None, (), donors)


def _gap_ratio(own: Floats, others: Floats, start: int) -> float:
    weights = fit_mix(own[:start], others[:, :start]).weights
    gaps = (own - weights @ others) ** 2
    # A perfect fit before would divide by 0: no gap is taken smaller than rounding of floats.
    floor = max(float((own**2).mean()) * 1e-12, 1e-300)
    return float(gaps[start:].mean() / max(float(gaps[:start].mean()), floor))
