"""How much one area varies by itself, drawn towards what is usual for areas like it."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma

from regiebeeld.statistics.intervals import Floats

_FEWEST = 3  # areas: of fewer nothing is usual
_MOST = 1e6  # degrees of freedom that stand for "all areas vary alike"


@dataclass(frozen=True, slots=True)
class Usual:
    """What areas have in common: variance over mean, and how many degrees of freedom that is."""

    value: float
    freedom: float


def shrink_dispersions(value: Floats, freedom: Floats) -> Floats:
    """Draw each area's variance over mean towards that of all: (areas,), 1 or more.

    value: Pearson's statistic over its freedom, above 0, not cut off at 1; freedom: its degrees of
    freedom. value x freedom / truth is taken as chi-square and the truths as scaled inverse
    chi-square; where areas differ no more than chance, all get one value. Fewer than three areas
    are left as they are. Raises ValueError for a value or freedom not above 0.
    Source: G. Smyth, Linear models and empirical Bayes methods, Statistical Applications in
    Genetics and Molecular Biology 3 (2004) article 3, section 6.2.
    """
    if not ((value > 0).all() and (freedom > 0).all()):
        raise ValueError("a dispersion or its degrees of freedom is not above 0")
    if len(value) < _FEWEST:
        return np.maximum(value, 1.0)
    usual = estimate_usual(value, freedom)
    drawn = (usual.freedom * usual.value + freedom * value) / (usual.freedom + freedom)
    return np.maximum(drawn, 1.0)


def estimate_usual(value: Floats, freedom: Floats) -> Usual:
    """Estimate what areas have in common by the mean and variance of their logs."""
    half = freedom / 2
    logs = np.log(value) - digamma(half) + np.log(half)
    beyond = float(np.var(logs, ddof=1) - np.mean(polygamma(1, half)))
    if beyond <= polygamma(1, _MOST / 2):
        return Usual(float(np.exp(np.mean(logs))), _MOST)
    prior = _invert_trigamma(beyond)
    return Usual(float(np.exp(np.mean(logs) + digamma(prior) - np.log(prior))), 2 * prior)


def _invert_trigamma(wanted: float) -> float:
    """Give x with trigamma(x) = wanted by halving in logs: it only falls."""
    low, high = 1e-6, _MOST
    for _ in range(80):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if polygamma(1, middle) > wanted else (low, middle)
    return float(high)
