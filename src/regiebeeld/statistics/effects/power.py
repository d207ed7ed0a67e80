"""First question of any evaluation: how large must a decline be before these counts show it?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from regiebeeld.statistics.effects.estimates import LARGEST_PLAUSIBLE_DECLINE
from regiebeeld.statistics.effects.expectations import Dispersion

_ALPHA, _POWER = 0.05, 0.80


@dataclass(frozen=True, slots=True)
class Power:
    """`smallest` is the smallest visible decline as a share (0.3 is 30 %), None if even a fall
    to zero would not show; `before` and `expected` are the counts it rests on."""

    smallest: float | None
    before: float
    expected: float

    @property
    def enough(self) -> bool:
        return self.smallest is not None and self.smallest <= LARGEST_PLAUSIBLE_DECLINE


def compute_critical_value(dispersion: Dispersion) -> float:
    """Compute the two-sided 5 % limit: normal, or Student's t where dispersion was estimated."""
    if dispersion.factor > 1 and dispersion.freedom:
        return float(stdtrit(dispersion.freedom, 1 - _ALPHA / 2))
    return float(ndtri(1 - _ALPHA / 2))


def compute_smallest_visible(
    expected: float,
    *,
    log_variance: float,
    noise: float = 0.0,
    dispersion: Dispersion | None = None,
) -> float | None:
    """Compute the smallest decline that 95 % intervals show in 80 % of cases.

    expected: counts expected without effect, > 0; log_variance: variance of log expected
    (from the counts before and the controls); noise: rounding variance of the observed
    total. Returns a share between 0 and 1, or None where even a fall to zero would not
    show. A decline d shows when expected - observed exceeds the critical value times the
    standard deviation without effect; the observed count then varies around (1 - d) expected.
    Raises ValueError for expected <= 0 or a negative variance.
    Source: the two-sample normal power formula with unequal variances, as in M. Woodward,
    Epidemiology: Study Design and Data Analysis, 3rd ed. (2014), ch. 8.
    """
    if expected <= 0 or log_variance < 0 or noise < 0:
        raise ValueError("compute_smallest_visible: expected a count > 0 and variances >= 0")
    spread = dispersion or Dispersion(1.0, 0)
    limit = compute_critical_value(spread)
    shared = noise + expected**2 * log_variance
    bound = limit * np.sqrt(spread.factor * expected + shared)

    def chance_to_see(decline: float) -> float:
        deviation = np.sqrt(spread.factor * (1 - decline) * expected + shared)
        return float(ndtr((decline * expected - bound) / max(float(deviation), 1e-12)))

    return _find_smallest(chance_to_see)


def _find_smallest(chance_to_see: Callable[[float], float]) -> float | None:
    low, high = 0.0, 1.0
    if chance_to_see(high) < _POWER:
        return None
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if chance_to_see(middle) >= _POWER else (middle, high)
    return high
