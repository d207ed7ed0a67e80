"""Two rates against each other by the e-test, with the interval that belongs to it."""

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.margins.kernels import compute_pairs
from regiebeeld.statistics.margins.limits import compute_mean_limits
from regiebeeld.statistics.margins.observed import (
    Observed,
    RateComparison,
    judge_ratios,
    read_dispersion,
)
from regiebeeld.statistics.rates import Rates


def compute_rate_intervals(
    observed: Observed, *, per: float = 1.0, dispersion: ArrayLike = 1.0
) -> Rates:
    """Compute count / exposure * per with a 95 % interval that holds rounding and overdispersion.

    dispersion: variance over Poisson variance, 1 or more. With noise 0 and dispersion 1
    the interval is Garwood's exact one. Every rate is usable; ValueError for what is not.
    Source: see compute_mean_limits.
    """
    count, exposure, noise = observed.arrays()
    wide = read_dispersion(dispersion, count.shape)
    lower, upper = compute_mean_limits(count, noise, wide)
    scale = per / exposure
    usable = np.ones(count.shape, dtype=np.bool_)
    return Rates(rate=count * scale, lower=lower * scale, upper=upper * scale, usable=usable)


def compare_rates(
    now: Observed, before: Observed, *, dispersion: ArrayLike = 1.0
) -> RateComparison:
    """Compare two rates by the e-test; the interval holds the ratios it does not reject.

    now, before: counts with exposures (days, homes), all broadcast to one shape;
    dispersion: variance over Poisson variance, 1 or more. p is two-sided. Where the smaller
    count is above 20,000 the normal law is used. Raises ValueError for missing or negative
    counts, exposures not above 0 or a dispersion under 1. TOO_FEW under ten cases together.
    Source: K. Krishnamoorthy and J. Thomson, A more powerful test for comparing two Poisson
    means, J. Statistical Planning and Inference 119 (2004) 23-35. Their statistic where the
    exposures are equal; else with the score variance of K. Gu and others, Testing the ratio of
    two Poisson rates, Biometrical Journal 50 (2008) 283-298, because limits need it. With noise
    or dispersion the two laws are negative binomial with that variance.
    """
    one, two = now.arrays(), before.arrays()
    count, exposure, noise, count_two, exposure_two, noise_two = np.broadcast_arrays(*one, *two)
    wide = read_dispersion(dispersion, count.shape)
    found = compute_pairs(
        np.column_stack([count.ravel(), count_two.ravel()]),
        np.column_stack([exposure.ravel(), exposure_two.ravel()]),
        np.column_stack([noise.ravel(), noise_two.ravel()]),
        np.ascontiguousarray(wide.ravel()),
    )
    p, lower, upper = (found[:, column].reshape(count.shape) for column in range(3))
    ratio = _divide(count / exposure, count_two / exposure_two)
    verdict = judge_ratios(ratio, p, count + count_two)
    return RateComparison(ratio, lower, upper, p, verdict)


def _divide(rate: Floats, rate_two: Floats) -> Floats:
    both_empty = (rate == 0) & (rate_two == 0)
    below = np.where(rate_two > 0, rate_two, 1.0)
    ratio: Floats = np.where(rate_two > 0, rate / below, np.inf)
    return np.where(both_empty, 1.0, ratio)
