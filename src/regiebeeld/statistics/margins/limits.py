"""Limits of a mean behind one count, rounded or overdispersed, and what a new count can be."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc, gammaincc

from regiebeeld.statistics.intervals import Floats

_STEPS = 80
HALF_GRID = 2.0  # of rounding to multiples of five; its variance is 4
Reached = Callable[[Floats], NDArray[np.bool_]]


def compute_mean_limits(
    counts: Floats, noise: Floats, dispersion: Floats, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Give the limits of the mean of counts whose variance is dispersion (mean + noise).

    All of one shape. With noise 0 and dispersion 1 it is Garwood's exact interval. Else the
    count over its variance ratio c = variance / mean stands in for a Poisson count, with c
    taken at the mean that is tried. A rounded count lies on a grid: its limits are those of
    the counts up to 2 below and above, so that they hold the mean at least as often as said.
    Source: the scaled Poisson of quasi-likelihood, P. McCullagh and J. Nelder (1989),
    chapter 9, through F. Garwood, Biometrika 28 (1936) 437-442.
    """
    tail = (1 - confidence) / 2
    low, high = widen_to_grid(counts, noise)

    def wide(mean: Floats) -> Floats:
        return dispersion * (mean + noise) / mean

    def as_much(mean: Floats) -> NDArray[np.bool_]:
        chance: Floats = gammainc(np.maximum(low, 1e-9) / wide(mean), mean / wide(mean))
        return chance >= tail

    def as_little(mean: Floats) -> NDArray[np.bool_]:
        chance: Floats = gammaincc(high / wide(mean) + 1, mean / wide(mean))
        return chance <= tail

    far = counts + 12 * dispersion * (1 + np.sqrt(counts + noise)) + 60
    lower = _cross(as_much, np.full_like(far, 1e-9), counts + 1e-9)
    upper = _cross(as_little, counts + 1e-9, far)
    return np.where(low > 0, lower, 0.0), upper


def widen_to_grid(counts: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Give the counts that stand for a rounded one at its low and its high side."""
    half = np.minimum(np.sqrt(noise), HALF_GRID)
    return np.maximum(counts - half, 0.0), counts + half


def _cross(reached: Reached, low: Floats, high: Floats) -> Floats:
    """Halve until the first place where `reached` holds, between low and high."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        there = reached(middle)
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    return high


def compute_count_quantile(mean: Floats, variance: Floats, share: float) -> Floats:
    """Give the smallest whole count that at least `share` of new counts do not exceed.

    mean > 0; Poisson where the variance is not larger, else negative binomial.
    """
    poisson = variance <= mean * (1 + 1e-9)
    size = mean**2 / np.where(poisson, 1.0, variance - mean)
    chance = size / (size + mean)

    def reached(count: Floats) -> NDArray[np.bool_]:
        whole = np.maximum(count, 0.0)
        under: Floats = np.where(
            poisson, gammaincc(whole + 1, mean), betainc(size, whole + 1, chance)
        )
        return under >= share

    far = mean + 60 * np.sqrt(variance) + 60
    place = _cross(reached, np.full_like(far, -1.0), far)
    return np.maximum(np.ceil(place - 1e-9), 0.0)
