"""Margins of a ratio of ratios: exact given the totals, or allowing for spread and rounding."""

from math import inf

import numpy as np
from scipy.special import gammaln, ndtr, stdtr

from regiebeeld.statistics.effects.expectations import Dispersion
from regiebeeld.statistics.effects.power import compute_critical_value
from regiebeeld.statistics.intervals import Floats

# Beyond this many outcomes the exact interval equals the other one in all shown digits.
MOST_OUTCOMES = 200_000


def compute_exact_ratio_interval(
    treated: tuple[int, int], control: tuple[int, int], *, offset: float = 1.0
) -> tuple[float, float, float]:
    """Compute the exact conditional 95 % interval and p of a ratio of ratios.

    treated, control: (before, after) Poisson counts; offset: expected ratio after / before of
    the treated exposure divided by that of the controls. Given all margins the treated count
    after is noncentral hypergeometric with the ratio of ratios as odds ratio. Returns (lower,
    upper, p): tails of 2.5 % each; p is twice the smaller tail. 0 and inf where a side is
    empty. Raises ValueError for negative counts or an offset of 0 or less.
    Source: J. Cornfield, A statistical problem arising from retrospective studies, Third
    Berkeley Symposium 4 (1956) 135-148.
    """
    counts = (*treated, *control)
    if min(counts) < 0 or offset <= 0:
        raise ValueError(f"counts {counts}, offset {offset}: expected counts >= 0, offset > 0")
    together, after = sum(treated), treated[1] + control[1]
    low, high = max(0, after - sum(control)), min(together, after)
    outcomes = np.arange(low, high + 1, dtype=np.float64)
    if outcomes.size > MOST_OUTCOMES:
        raise ValueError(f"{outcomes.size} possible outcomes, expected at most {MOST_OUTCOMES}")
    weights = -(
        gammaln(outcomes + 1)
        + gammaln(together - outcomes + 1)
        + gammaln(after - outcomes + 1)
        + gammaln(sum(control) - after + outcomes + 1)
    )
    place = treated[1] - low
    upper = inf if treated[1] == high else _solve(weights, outcomes, place, upwards=True)
    lower = 0.0 if treated[1] == low else _solve(weights, outcomes, place, upwards=False)
    p = min(1.0, 2 * min(_tails(weights, outcomes, place, np.log(offset))))
    return lower / offset, upper / offset, p


def _tails(weights: Floats, outcomes: Floats, place: int, log_odds: float) -> tuple[float, float]:
    """Chance of at most, and of at least, the outcome at `place`."""
    logs = weights + outcomes * log_odds
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    return float(chances[: place + 1].sum()), float(chances[place:].sum())


def _solve(weights: Floats, outcomes: Floats, place: int, *, upwards: bool) -> float:
    """Find by halving the odds ratio at which the tail is 2.5 %."""
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        at_most, at_least = _tails(weights, outcomes, place, middle)
        beyond = at_most < 0.025 if upwards else at_least > 0.025
        low, high = (low, middle) if beyond else (middle, high)
    return float(np.exp((low + high) / 2))


def compute_ratio_interval(
    observed: float,
    expected: float,
    *,
    log_variance: float,
    noise: float,
    dispersion: Dispersion,
) -> tuple[float, float, float]:
    """Compute the 95 % interval and p of observed / expected, spread and rounding included.

    observed: counts >= 0; expected: counts > 0 with variance log_variance of its logarithm;
    noise: rounding variance of observed. The limits r solve (observed - r expected)^2 =
    c^2 (factor r expected + noise + (r expected)^2 log_variance): variances under the limit
    itself, so 0 cases need no correction. Returns (lower, upper, p); upper is inf where the
    expectation is too uncertain to have one.
    Source: E. C. Fieller, Some problems in interval estimation, JRSS B 16 (1954) 175-185.
    """
    limit = compute_critical_value(dispersion)
    square = expected**2 * (1 - limit**2 * log_variance)
    linear = -(2 * observed * expected + limit**2 * dispersion.factor * expected)
    constant = observed**2 - limit**2 * noise
    lower, upper = 0.0, inf
    if square > 0:
        root = float(np.sqrt(max(linear**2 - 4 * square * constant, 0.0)))
        lower = max(0.0, (-linear - root) / (2 * square))
        upper = (-linear + root) / (2 * square)
    deviation = np.sqrt(dispersion.factor * expected + noise + expected**2 * log_variance)
    z = -abs(observed - expected) / float(deviation)
    estimated = dispersion.factor > 1 and dispersion.freedom > 0
    p = 2 * float(stdtr(dispersion.freedom, z) if estimated else ndtr(z))
    return lower, upper, p
