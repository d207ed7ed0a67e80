"""Rates per so many inhabitants or dwellings, with margins that include the rounding."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats, compute_poisson_interval


@dataclass(frozen=True, slots=True)
class Rates:
    """Arrays of one shape; NaN where `usable` is False, never shown as a number."""

    rate: Floats
    lower: Floats
    upper: Floats
    usable: NDArray[np.bool_]


def compute_rates(
    value: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    base: ArrayLike,
    per: ArrayLike,
) -> Rates:
    """Compute value / base * per with a 95 % exact Poisson interval.

    value, lower, upper: counts and what they can be after rounding (equal where
    nothing was rounded); base: the denominator, > 0; per: for example 1,000. All
    broadcast to one shape; a negative value or a base of 0 or less gives
    usable = False. The interval runs from the lower limit of the lowest possible
    count to the upper limit of the highest, so it covers rounding and chance.
    """
    arrays = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in (value, lower, upper, base, per))
    )
    value_, lower_, upper_, base_, per_ = arrays
    usable = (value_ >= 0) & (base_ > 0)
    counts = [np.where(usable, a, 0).astype(np.int64) for a in (lower_, upper_)]
    low, high = compute_poisson_interval(counts[0])[0], compute_poisson_interval(counts[1])[1]
    scale = np.where(usable, per_ / np.where(usable, base_, 1), np.nan)
    return Rates(rate=value_ * scale, lower=low * scale, upper=high * scale, usable=usable)
