"""Small-area risks with intervals: each area borrows from its neighbours and from all (BYM2).

A Laplace approximation in the place of sampling: for maps, not for one area's exact tail.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from regiebeeld.statistics.spatial.laplace import (
    Approximation,
    Counts,
    approximate,
    describe_risks,
    start_values,
)
from regiebeeld.statistics.spatial.neighbours import Floats, Neighbours
from regiebeeld.statistics.spatial.scaled_field import ScaledField, scale_field
from regiebeeld.statistics.spatial.smoothing import read_counts

FEWEST_EVENTS = 10
_SPREAD_RATE = -float(np.log(0.01))  # a spread above 1 has a prior chance of 1 %
_COARSE = np.geomspace(0.02, 3.0, 9)
_FINE = 9
_MIXES = np.sin(np.pi * (np.arange(6) + 0.5) / 12) ** 2  # equally likely under Beta(1/2, 1/2)


class Fit(StrEnum):
    USABLE = "usable"
    TOO_FEW = "too_few"  # fewer than 10 events or fewer than four areas


@dataclass(frozen=True, slots=True)
class SmallAreaRisks:
    """Arrays (areas,): posterior mean relative risk, 95 % interval, and chance that it is above 1.

    spread: standard deviation of the log risks; spatial_share: how much of their variance lies
    in the pattern of neighbours (0 to 1). All are 0 where fit is TOO_FEW.
    """

    risk: Floats
    lower: Floats
    upper: Floats
    above: Floats
    spread: float
    spatial_share: float
    fit: Fit


def estimate_risks(
    counts: ArrayLike, expected: ArrayLike, neighbours: Neighbours, noise: ArrayLike = 0.0
) -> SmallAreaRisks:
    """Estimate the relative risk of every area with the BYM2 model.

    counts: (areas,), >= 0; expected: (areas,), > 0: the counts that equal risks would give;
    neighbours: of the same areas, made symmetric; noise: variance that rounding added to each
    count (4 for base 5): a rounded count y stands for a Poisson count y + noise with mean
    risk * expected + noise, which has the right mean and variance. Every group of connected
    areas has its own pattern, adding up to 0; areas without neighbours keep a part of their own.
    The spread has an exponential prior with 1 % above 1, the spatial share Beta(1/2, 1/2); both
    are integrated over a grid. Raises ValueError for missing, negative or zero-base input.
    Sources: A. Riebler et al., An intuitive Bayesian spatial model for disease mapping that
    accounts for scaling, Statistical Methods in Medical Research 25 (2016) 1145-1165; A.
    Freni-Sterrantino et al., A note on intrinsic conditional autoregressive models for
    disconnected graphs, Spatial and Spatio-temporal Epidemiology 26 (2018) 25-34; H. Rue et al.,
    Approximate Bayesian inference for latent Gaussian models, JRSS B 71 (2009) 319-392.
    """
    table, base = read_counts(counts, expected)
    if table.ndim != 1 or len(table) != neighbours.size:
        raise ValueError(f"counts {table.shape} for {neighbours.size} areas")
    if table.sum() < FEWEST_EVENTS or len(table) < 4:
        nothing = np.zeros(len(table))
        return SmallAreaRisks(nothing, nothing, nothing, nothing, 0.0, 0.0, Fit.TOO_FEW)
    added = np.broadcast_to(np.asarray(noise, dtype=np.float64), table.shape)
    field = scale_field(neighbours)
    data = Counts(table, base, added)
    start = start_values(data)
    coarse = [approximate(data, field, (float(s), 0.5), start) for s in _COARSE]
    spreads = _refine(np.array([_weigh(part) for part in coarse]))
    parts = []
    for mix in _MIXES:
        for spread in spreads:
            part = approximate(data, field, (float(spread), float(mix)), start)
            start = part.mode
            parts.append(part)
    return _combine(data, field, parts)


def _weigh(part: Approximation) -> float:
    """Give the log posterior of a grid point, the prior of log spread included."""
    spread = part.setting[0]
    return part.log_evidence - _SPREAD_RATE * spread + float(np.log(spread))


def _refine(weights: Floats) -> Floats:
    """Give a finer range of spreads where the coarse one holds nearly all posterior weight."""
    near = np.flatnonzero(weights > weights.max() - 7)
    low, high = max(near[0] - 1, 0), min(near[-1] + 1, len(_COARSE) - 1)
    return np.geomspace(_COARSE[low], _COARSE[high], _FINE)


def _combine(data: Counts, field: ScaledField, parts: list[Approximation]) -> SmallAreaRisks:
    logs = np.array([_weigh(part) for part in parts])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    kept = weights > 1e-3
    weights = weights[kept] / weights[kept].sum()
    parts = [part for part, keep in zip(parts, kept, strict=True) if keep]
    described = [describe_risks(data, field, part) for part in parts]
    mean = np.stack([risk for risk, _ in described])
    deviation = np.sqrt(np.stack([variance for _, variance in described]))
    settings = np.array([part.setting for part in parts])
    return SmallAreaRisks(
        risk=weights @ np.exp(mean + deviation**2 / 2),
        lower=np.exp(_find_quantile(mean, deviation, weights, 0.025)),
        upper=np.exp(_find_quantile(mean, deviation, weights, 0.975)),
        above=weights @ ndtr(mean / deviation),
        spread=float(weights @ settings[:, 0]),
        spatial_share=float(weights @ settings[:, 1]),
        fit=Fit.USABLE,
    )


def _find_quantile(mean: Floats, deviation: Floats, weights: Floats, share: float) -> Floats:
    """Find a quantile of a mixture of normals per area, by halving."""
    low = (mean - 8 * deviation).min(axis=0)
    high = (mean + 8 * deviation).max(axis=0)
    for _ in range(50):
        middle = (low + high) / 2
        below = weights @ ndtr((middle - mean) / deviation) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
