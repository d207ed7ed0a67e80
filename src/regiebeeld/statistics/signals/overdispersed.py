"""Counts with a mean and a variance of at least the mean: Poisson, else negative binomial."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammainc, gammaincc, ndtri

from regiebeeld.statistics.signals.plans import Bools, Floats

# Closer to 1 than this, variance / mean is 1 to the incomplete beta function too.
_POISSON = 1e-9
# From this mean on a count is normal, and one more or less is beyond what a float can tell.
_NORMAL = 1e10


def compute_upper_tail(counts: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Floats:
    """Compute P(Y >= count) for a mean > 0 and dispersion = variance / mean, arrays that broadcast.

    A dispersion of 1 or less is Poisson. A count of 0 or less gives 1; a count between whole
    numbers is interpolated by the continuous form of the distribution function.
    """
    y, mu, phi = _together(counts, mean, dispersion)
    over = phi > 1 + _POISSON
    at = np.maximum(y, 1e-9)
    size = mu / np.where(over, phi - 1, 1)
    binomial = betainc(at, size, 1 - 1 / np.where(over, phi, 2))
    return np.where(y <= 0, 1.0, np.where(over, binomial, gammainc(at, mu)))


def compute_lower_tail(counts: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Floats:
    """Compute P(Y <= count); a count below 0 gives 0; else as compute_upper_tail."""
    y, mu, phi = _together(counts, mean, dispersion)
    over = phi > 1 + _POISSON
    at = np.maximum(y, 0) + 1
    size = mu / np.where(over, phi - 1, 1)
    binomial = betainc(size, at, 1 / np.where(over, phi, 2))
    return np.where(y < 0, 0.0, np.where(over, binomial, gammaincc(at, mu)))


def compute_quantile(part: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Floats:
    """Compute the smallest count with P(Y <= count) >= part; parts lie within (0, 1).

    part, mean > 0, dispersion: arrays that broadcast. A first guess from the normal and its
    skewness, then a bracket around it that grows until it holds the answer, then halving. From a
    mean of 10 billion on the first guess is the answer. Raises ValueError for other input.
    """
    arrays = _together(part, mean, dispersion)
    if not all(np.isfinite(a).all() for a in arrays) or (arrays[1] <= 0).any():
        raise ValueError("a part, mean or dispersion is not a number, or a mean is not above 0")
    if ((arrays[0] <= 0) | (arrays[0] >= 1)).any():
        raise ValueError("a part is not within 0 and 1")
    p, mu, phi = (a.ravel() for a in arrays)
    target = p * (1 - 64 * np.finfo(np.float64).eps)  # R's: a part that is met to rounding is met
    deviation = np.sqrt(mu * np.maximum(phi, 1))
    z = ndtri(p)
    skew = (2 * np.maximum(phi, 1) - 1) / deviation
    guess = np.floor(np.maximum(mu + deviation * (z + skew * (z**2 - 1) / 6), 0))
    few = mu < _NORMAL
    given = (target[few], mu[few], phi[few])
    low, high = _bracket(guess[few], np.ceil(deviation[few] / 16), given)
    while (apart := high - low > 1).any():
        middle = np.floor((low[apart] + high[apart]) / 2)
        enough = _reaches(middle, given, apart)
        high[apart] = np.where(enough, middle, high[apart])
        low[apart] = np.where(enough, low[apart], middle)
    guess[few] = high
    quantile: Floats = guess.reshape(arrays[0].shape)
    return quantile


def _bracket(
    guess: Floats, step: Floats, given: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats]:
    """Find low and high with P(Y <= low) < part <= P(Y <= high); low is -1 at the least."""
    low, high = guess - 1, guess.copy()
    everywhere = np.ones(guess.shape, dtype=np.bool_)
    short = ~_reaches(high, given, everywhere)
    far = ~short & (low >= 0)
    while short.any():
        low[short] = high[short]
        high[short] += step[short]
        step = step * 2
        short[short] = ~_reaches(high[short], given, short)
    step = np.maximum(step, 1)
    while far.any():
        reached = _reaches(low[far], given, far)
        far[far] = reached
        high[far] = low[far]
        low[far] = np.maximum(low[far] - step[far], -1)
        step = step * 2
        far &= low >= 0
    return low, high


def _reaches(counts: Floats, given: tuple[Floats, Floats, Floats], rows: Bools) -> Bools:
    target, mu, phi = given
    reached: Bools = compute_lower_tail(counts, mu[rows], phi[rows]) >= target[rows]
    return reached


def _together(*arrays: ArrayLike) -> list[Floats]:
    return list(np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in arrays)))
