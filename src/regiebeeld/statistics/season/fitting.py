"""Quasi-Poisson regression of many series at once: they share one design, not one fit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.statistics.intervals import Floats

_CHUNK = 2048  # series at once
_STEPS = 60
# Weak pulls that keep effects finite where a stretch of years, or a month, holds only zeros.
_PULL_TREND, _PULL_MONTHS = 1e-3, 0.1
MONTH_COLUMNS = 11  # the last columns of the design: twelve effects that sum to 0
_CLOSE = 1e-8


@dataclass(frozen=True, slots=True)
class Fit:
    """effects (series x p), covariance (series x p x p), expected per unit of exposure."""

    effects: Floats
    covariance: Floats
    expected: Floats
    dispersion: Floats
    freedom: Floats
    settled: NDArray[np.bool_]


def fit_counts(
    counts: Floats, used: NDArray[np.bool_], design: Floats, exposure: Floats, *, noise: Floats
) -> Fit:
    """Fit log(mean / exposure) = design @ effects, with variance phi (mean + noise).

    counts, used, noise: (series x n); design: (n x p); exposure: (n,), > 0. The effects
    solve the Poisson equations, which hold whatever the variance is; the covariance takes
    the variance in (sandwich). phi is Pearson's, at least 1.
    """
    parts = [
        _fit_part(counts[rows], used[rows], design, exposure, noise=noise[rows])
        for rows in (
            slice(start, start + _CHUNK) for start in range(0, max(len(counts), 1), _CHUNK)
        )
    ]
    columns = zip(*parts, strict=True)
    return Fit(*(np.concatenate(column) for column in columns))


def _fit_part(
    counts: Floats, used: NDArray[np.bool_], design: Floats, exposure: Floats, *, noise: Floats
) -> tuple[NDArray[np.generic], ...]:
    width = design.shape[1]
    squares = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    weighing = used.astype(np.float64)
    total = (weighing * exposure).sum(axis=1, keepdims=True)
    level = np.log(np.maximum(counts.sum(axis=1, keepdims=True), 0.5) / np.maximum(total, 1e-9))
    # The trend's knots are values, pulled to the series' level; month effects are pulled to 0.
    centre = np.where(np.arange(width) < width - MONTH_COLUMNS, level, 0.0)
    effects, pull = centre.copy(), _pull(width)
    bread = np.zeros((len(counts), width, width))
    settled = np.zeros(len(counts), dtype=np.bool_)
    for _ in range(_STEPS):
        mean = weighing * _expect(effects, design, level) * exposure
        bread = (mean @ squares).reshape(-1, width, width) + pull
        score = (weighing * counts - mean) @ design - (effects - centre) @ pull
        step = np.linalg.solve(bread, score[..., None])[..., 0]
        far = np.abs(step @ design.T).max(axis=1, initial=0.0)
        effects = effects + step * np.minimum(1.0, 3.0 / np.maximum(far, 1e-300))[:, None]
        settled = far < _CLOSE
        if settled.all():
            break
    expected = _expect(effects, design, level)
    freedom = np.maximum(used.sum(axis=1) - width, 1).astype(np.float64)
    variance = expected * exposure + noise
    pearson = (weighing * (counts - expected * exposure) ** 2 / variance).sum(axis=1)
    dispersion = np.maximum(pearson / freedom, 1.0)
    meat = ((weighing * variance * dispersion[:, None]) @ squares).reshape(bread.shape) + pull
    inverse = np.linalg.inv(bread)
    return effects, inverse @ meat @ inverse, expected, dispersion, freedom, settled


def _expect(effects: Floats, design: Floats, level: Floats) -> Floats:
    expected: Floats = np.exp(np.clip(effects @ design.T, level - 25, level + 12))
    return expected


def _pull(width: int) -> Floats:
    """Weigh each of the twelve month effects alike: December is minus the sum of the others."""
    pull = _PULL_TREND * np.eye(width)
    pull[-MONTH_COLUMNS:, -MONTH_COLUMNS:] = _PULL_MONTHS * (np.eye(MONTH_COLUMNS) + 1.0)
    return pull
