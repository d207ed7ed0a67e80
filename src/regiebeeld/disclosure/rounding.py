"""Protects counts: unbiased random rounding to base 5, drawn from the key of the set of events.

Every cell is rounded on its own, totals too; sums are never repaired. The same set of events
always gives the same value, so that asking again, elsewhere or later gives nothing away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.disclosure.keys import Keys, Secret, hash_words

BASE = 5
_THRESHOLDS = np.array([(rest << 64) // BASE for rest in range(BASE)], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Protected:
    """Rounded counts, and what each true count can be: `lower` to `upper`, both included."""

    value: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]


def protect_counts(secret: Secret, counts: ArrayLike, keys: Keys) -> Protected:
    """Round whole counts (>= 0) to a multiple of 5: the nearer ones likelier, the mean unbiased.

    counts and keys: as long as each other; the key is that of the set of events that is counted.
    A count of 5q + r becomes 5q + 5 with probability r / 5, else 5q; a multiple of 5 stays.
    Source: random rounding, L. Willenborg and T. de Waal, Elements of Statistical Disclosure
    Control (2001), with the draw fixed by the events. Raises ValueError for a count below 0.
    """
    numbers = np.asarray(counts, dtype=np.int64)
    if numbers.size and numbers.min() < 0:
        raise ValueError("a count is below 0")
    rest = numbers % BASE
    draws = hash_words(secret.derive("rounding"), [keys, numbers.astype(np.uint64)])
    value = numbers - rest + BASE * (draws < _THRESHOLDS[rest])
    return Protected(value, *range_of(value))


def range_of(value: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give what a count can be that was rounded to `value`: under a base away, never below 0."""
    rounded = np.asarray(value, dtype=np.int64)
    return np.maximum(rounded - BASE + 1, 0), rounded + BASE - 1


def variance_of(value: ArrayLike) -> NDArray[np.float64]:
    """Give the variance that rounding adds, over the counts that the value leaves equally likely.

    A count of 5q + r is rounded with variance r (5 - r): 4, 6, 6, 4, or 0 for a multiple of 5.
    """
    lower, upper = range_of(value)
    spread = np.array([0, 4, 6, 6, 4], dtype=np.float64)
    totals = np.concatenate([[0.0], np.cumsum(spread)])

    def up_to(ends: NDArray[np.int64]) -> NDArray[np.float64]:
        whole: NDArray[np.float64] = (ends // BASE) * totals[-1] + totals[ends % BASE]
        return whole

    mean: NDArray[np.float64] = (up_to(upper + 1) - up_to(lower)) / (upper + 1 - lower)
    return mean
