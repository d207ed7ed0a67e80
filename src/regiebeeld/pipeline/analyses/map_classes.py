"""The breaks of map classes: equal over time within an indicator, made from released values."""

from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

CLASSES = 5


def compute_breaks(values: NDArray[np.float64]) -> list[float]:
    """Compute at most four rising breaks between five classes of about equal size.

    values: the released counts or rates of one indicator, level and kind of period,
    all periods together, so that a colour means the same in each of them. Zeros and
    NaN do not count: on sparse counts they would take several classes. Breaks are
    rounded to two significant digits, and up to whole numbers between whole values
    (the same classes, but "4 to 4" is none); equal ones fall together. Empty when
    there are fewer than two different values.
    """
    known = values[np.isfinite(values) & (values > 0)]
    if len(np.unique(known)) < 2:
        return []
    quantiles = np.quantile(known, np.arange(1, CLASSES) / CLASSES)
    whole = bool((known == np.rint(known)).all())
    rounded = sorted({float(ceil(_round(q))) if whole else _round(q) for q in quantiles})
    return [b for b in rounded if known.min() <= b <= known.max()]


def _round(value: float) -> float:
    digits = 1 - floor(log10(value))
    return round(float(value), digits)
