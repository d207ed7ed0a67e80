"""This period beside the same months of earlier years, as wide as those years varied."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.margins.limits import compute_count_quantile
from regiebeeld.statistics.margins.observed import Observed, RateComparison
from regiebeeld.statistics.margins.ratios import compare_rates

FEWEST_FREEDOM = 10  # under this many degrees of freedom a dispersion says too little
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How much more a series varies than chance alone: 1 is Poisson. Arrays per series."""

    value: Floats  # variance over mean, alike in all months
    growth: Floats  # variance = mean + growth mean^2: more so in high months
    freedom: Floats  # degrees of freedom behind both
    known: NDArray[np.bool_]  # False: too short a history, value 1 is a guess

    def at(self, mean: Floats) -> Floats:
        """Give the dispersion to reckon with at a mean: the larger of the two laws.

        Widened for being estimated itself, as Student's t widens the normal. Which law
        holds cannot be told from five years, so the cautious one counts.
        """
        larger = np.maximum(self.value, 1 + self.growth * mean)
        widened: Floats = larger * (stdtrit(self.freedom, 0.975) / 1.959963985) ** 2
        return np.where(self.known, widened, 1.0)


@dataclass(frozen=True, slots=True)
class EarlierComparison:
    """The comparison, and the counts that are usual: `usual_lower` to `usual_upper`."""

    comparison: RateComparison
    expected: Floats
    usual_lower: Floats  # whole counts: 95 % of new counts lie from here
    usual_upper: Floats  # up to here, when nothing changed
    years: NDArray[np.int64]  # earlier years that were there


def estimate_dispersion(history: ArrayLike, *, noise: ArrayLike = 0.0) -> Dispersion:
    """Estimate how much more counts vary than Poisson, beside their season and yearly level.

    history: (series x years x months), counts >= 0, NaN where missing; noise: variance that
    rounding added. The mean is year effect times month effect (month length is in the
    latter); the value is Pearson's statistic over its freedom, at least 1. Under two
    years, or too few cases, `known` is False.
    Source: P. McCullagh and J. Nelder, Generalized Linear Models (1989), section 6.2.3.
    """
    found = _compare_with_fit(history, noise)
    enough, freedom = found.freedom >= FEWEST_FREEDOM, np.maximum(found.freedom, 1.0)
    value = np.maximum(found.away.sum(axis=(1, 2)) / freedom, 1.0)
    used = found.mean > 0
    part = freedom / np.maximum(used.sum(axis=(1, 2)), 1)  # residuals are this much too small
    extra = (found.away - used * part[:, None, None]) * found.variance
    squares = np.maximum((found.mean**2).sum(axis=(1, 2)) * part, 1e-12)
    growth = np.maximum(extra.sum(axis=(1, 2)) / squares, 0.0)
    return Dispersion(np.where(enough, value, 1.0), np.where(enough, growth, 0.0), freedom, enough)


def compute_pearson(history: ArrayLike, *, noise: ArrayLike = 0.0) -> tuple[Floats, Floats]:
    """Compute Pearson's statistic over its degrees of freedom, and those: both (series,).

    As estimate_dispersion, but not cut off at 1, so that it can be pooled; freedom is 0 or less
    where the history says nothing, and the value is NaN there.
    """
    found = _compare_with_fit(history, noise)
    known = found.freedom > 0
    value = found.away.sum(axis=(1, 2)) / np.where(known, found.freedom, 1.0)
    return np.where(known, value, np.nan), found.freedom


@dataclass(frozen=True, slots=True)
class _Compared:
    """Counts beside their fitted mean, (series x years x months): 0 where not known."""

    mean: Floats
    variance: Floats
    away: Floats  # squared distance over variance
    freedom: Floats


def _compare_with_fit(history: ArrayLike, noise: ArrayLike) -> _Compared:
    counts = np.asarray(history, dtype=np.float64)
    if counts.ndim != 3 or (counts < 0).any():
        raise ValueError("expected counts of 0 or more as (series x years x months)")
    known = ~np.isnan(counts)
    filled = np.where(known, counts, 0.0)
    mean = _fit_two_way(filled, known)
    used = known & (mean > 0)
    variance = np.maximum(mean + np.where(known, noise, 0.0), 1e-12)
    away = np.where(used, (filled - mean) ** 2 / variance, 0.0)
    rows = used.any(axis=2).sum(axis=1) + used.any(axis=1).sum(axis=1) - 1
    freedom = (used.sum(axis=(1, 2)) - np.maximum(rows, 0)).astype(np.float64)
    return _Compared(np.where(known, mean, 0.0), variance, away, freedom)


def _fit_two_way(counts: Floats, known: NDArray[np.bool_]) -> Floats:
    """Fit year effect x month effect by iterative proportional fitting over known cells."""
    mean = known.astype(np.float64)
    for _ in range(_ROUNDS):
        for axis in (1, 2):
            held = mean.sum(axis=axis, keepdims=True)
            mean = mean * counts.sum(axis=axis, keepdims=True) / np.where(held > 0, held, 1.0)
    return mean


def compare_with_earlier_years(
    now: Observed, earlier: Observed, *, dispersion: ArrayLike | Dispersion = 1.0
) -> EarlierComparison:
    """Compare counts with the same months of earlier years, per day.

    now: counts (series,) with their days; earlier: (series x years), a year that is missing
    has count NaN; dispersion: from estimate_dispersion on counts of this length of time, or
    a number of 1 or more. One earlier year gives "last year". The usual counts are a 95 %
    negative binomial predictive interval.
    Raises ValueError as compare_rates does, and when a series has no earlier year.
    Source: compare_rates; the prediction adds the variance of the mean, as in
    A. Noufaily and others, An improved algorithm for outbreak detection, Statistics in
    Medicine 32 (2013) 1206-1222.
    """
    before, years = _sum_years(earlier)
    _, exposure, noise = now.arrays()
    total, days, noise_before = before.arrays()
    wide: ArrayLike = (
        dispersion.at(total / days * exposure) if isinstance(dispersion, Dispersion) else dispersion
    )
    comparison = compare_rates(now, before, dispersion=wide)
    spread = np.broadcast_to(np.asarray(wide, dtype=np.float64), total.shape)
    # No case in earlier years still leaves a rate: half a case, as Jeffreys' prior has it.
    counted = np.maximum(total, 0.5)
    expected = counted / days * exposure
    doubt = expected**2 * spread * (counted + noise_before) / counted**2
    variance = spread * (expected + noise) + doubt
    return EarlierComparison(
        comparison=comparison,
        expected=total / days * exposure,
        usual_lower=compute_count_quantile(expected, variance, 0.025),
        usual_upper=compute_count_quantile(expected, variance, 0.975),
        years=years,
    )


def _sum_years(earlier: Observed) -> tuple[Observed, NDArray[np.int64]]:
    parts = (earlier.count, earlier.exposure, earlier.noise)
    count, exposure, noise = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in parts))
    known = ~np.isnan(count)
    years = known.sum(axis=-1)
    if not (years > 0).all():
        raise ValueError("a series has no earlier year to compare with")
    sums = [np.where(known, part, 0.0).sum(axis=-1) for part in (count, exposure, noise)]
    if (np.where(known, count, 0.0) < 0).any() or (np.where(known, exposure, 1.0) <= 0).any():
        raise ValueError("an earlier count is negative or its exposure not above 0")
    return Observed(*sums), years
