"""Compiled sums of the e-test over every pair of counts that two rates may give."""

from collections.abc import Callable
from math import erfc, exp, floor, inf, lgamma, log, log1p, sqrt
from typing import Any, TypeVar, cast

import numba
import numpy as np

from regiebeeld.statistics.intervals import Floats

LARGE = 20_000.0  # where the smaller count is above this, the normal law gives the same
_REACH = 7.0  # standard deviations that are summed over; beyond lies less than 1e-9
_TIE = 1e-9  # two statistics this close are equal: the seen pair itself must count
_ALPHA = 0.05
_CLOSE = 1e-4  # limits are found to this share of themselves

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def _compiled(function: Kernel) -> Kernel:
    return cast(Kernel, numba.njit(cache=True, nogil=True)(function))


@_compiled
def _chance(value: float, mean: float, variance: float) -> float:
    """Give the chance of a count: Poisson, or negative binomial when it varies more."""
    if mean <= 0:
        return 1.0 if value == 0 else 0.0
    extra = variance - mean
    if extra <= 1e-9 * mean:
        return exp(value * log(mean) - mean - lgamma(value + 1))
    size = mean * mean / extra
    rest = value * (log(mean) - log(mean + size)) - size * log1p(mean / size)
    return exp(lgamma(value + size) - lgamma(size) - lgamma(value + 1) + rest)


@_compiled
def _chances(mean: float, variance: float) -> tuple[int, Floats]:
    """Give the first count that can be and the chances of it and those after."""
    spread = sqrt(variance)
    # The right tail of a negative binomial falls off by variance / mean, not by the spread;
    # next to a mean of almost nothing it would never end.
    tail = _REACH * spread + min(16 * max(variance / max(mean, 1e-9) - 1, 0.0), 2000.0) + 12
    first = int(max(0.0, floor(mean - _REACH * spread)))
    last = int(mean + tail)
    chances = np.empty(last - first + 1)
    extra = variance / mean - 1 if mean > 0 else 0.0
    size = mean / extra if extra > 1e-9 else 0.0
    step = mean / (mean + size) if size > 0 else mean
    chances[0] = _chance(float(first), mean, variance)
    for place in range(1, chances.size):
        count = first + place
        more = (count - 1 + size) * step if size > 0 else step
        chances[place] = chances[place - 1] * more / count
    return first, chances


@_compiled
def _distance(one: float, two: float, scale: float, wide: tuple[float, float, float]) -> float:
    """Give the squared difference of the two rates over its variance when they are equal.

    With Wald's variance (x + scale^2 y) limits fail: a ratio near 0 would never be rejected.
    """
    dispersion, noise, noise_two = wide
    variance = dispersion * (scale * (one + two) + noise + scale * scale * noise_two)
    away = one - scale * two
    return away * away / variance if variance > 0 else 0.0


@_compiled
def _within(
    near: float,
    scale: float,
    laws: tuple[tuple[int, Floats], tuple[int, Floats]],
    wide: tuple[float, float, float],
) -> float:
    """Sum the chance of all pairs closer together: for each count one run of the other's."""
    (first, chances), (first_two, chances_two) = laws
    sums = np.zeros(chances_two.size + 1)
    sums[1:] = np.cumsum(chances_two)
    last = chances_two.size
    low, high, within = 0, 0, 0.0
    for place in range(chances.size):
        one = float(first + place)
        middle = one / scale - first_two
        # Both ends of the run only move up with the count, so each is walked once.
        while low < last and low < middle and _distance(one, first_two + low, scale, wide) >= near:
            low += 1
        high = max(high, low)
        while high < last and (
            high <= middle or _distance(one, first_two + high, scale, wide) < near
        ):
            high += 1
        if low < high and _distance(one, first_two + low, scale, wide) < near:
            within += chances[place] * (sums[high] - sums[low])
    return within


@_compiled
def compute_p(
    counts: tuple[float, float],
    exposures: tuple[float, float],
    wide: tuple[float, float, float],
    ratio: float,
) -> float:
    """Give the two-sided p that the first rate is `ratio` times the second."""
    one, two = counts
    exposed, exposed_two = exposures[0] * ratio, exposures[1]
    scale = exposed / exposed_two
    # Rounded counts lie on a grid that the laws below do not know: a quarter step is given away.
    grid = min(0.5 * sqrt(wide[1] + scale * scale * wide[2]), 1.0)
    away = abs(one - scale * two)
    if away <= grid:
        return 1.0
    seen = _distance(one, two, scale, wide) * (1 - grid / away) ** 2
    if min(one, two) > LARGE:
        return erfc(sqrt(seen / 2))
    rate = (one + two) / (exposed + exposed_two)
    dispersion, noise, noise_two = wide
    mean, mean_two = rate * exposed, rate * exposed_two
    laws = (
        _chances(mean, dispersion * (mean + noise)),
        _chances(mean_two, dispersion * (mean_two + noise_two)),
    )
    within = _within(seen * (1 - _TIE), scale, laws, wide)
    return min(1.0, max(0.0, 1.0 - within))


@_compiled
def _find_limit(
    counts: tuple[float, float],
    exposures: tuple[float, float],
    wide: tuple[float, float, float],
    start: float,
    factor: float,
) -> float:
    """Walk from `start` by `factor` until p is under 5 %, then halve the last step in logs."""
    inner, outer = start, start * factor
    for _ in range(60):
        if compute_p(counts, exposures, wide, outer) < _ALPHA:
            break
        inner, outer = outer, outer * factor
    else:
        return inf if factor > 1 else 0.0
    while abs(outer / inner - 1) > _CLOSE:
        middle = sqrt(inner * outer)
        if compute_p(counts, exposures, wide, middle) < _ALPHA:
            outer = middle
        else:
            inner = middle
    return outer


@_compiled
def compute_pairs(counts: Floats, exposures: Floats, noises: Floats, dispersion: Floats) -> Floats:
    """Give p, lower and upper limit of the ratio: (pairs x 3) from (pairs x 2) arrays."""
    found = np.empty((len(counts), 3))
    for row in range(len(counts)):
        one, two = counts[row, 0], counts[row, 1]
        pair, exposed = (one, two), (exposures[row, 0], exposures[row, 1])
        wide = (dispersion[row], noises[row, 0], noises[row, 1])
        found[row, 0] = compute_p(pair, exposed, wide, 1.0)
        one_, two_ = max(one, 0.5), max(two, 0.5)
        start = (one_ / exposed[0]) / (two_ / exposed[1])
        variance = (one_ + wide[1]) / one_**2 + (two_ + wide[2]) / two_**2
        factor = exp(min(2.1 * sqrt(wide[0] * variance), 3.0))
        found[row, 1] = _find_limit(pair, exposed, wide, start, 1 / factor) if one > 0 else 0.0
        found[row, 2] = _find_limit(pair, exposed, wide, start, factor) if two > 0 else inf
    return found
