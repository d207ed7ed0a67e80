"""Many tests at once: p-values adjusted so that few of what is flagged is chance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def adjust_false_discovery(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values by the step-up rule for the false discovery rate.

    p: (n,) or (n, families), each in [0, 1]; every column is a family of its own. Returns the
    same shape: flag where it is at most the rate accepted. Raises ValueError outside [0, 1].
    Source: Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, Journal of the
    Royal Statistical Society B 57 (1995) 289-300.
    """
    values = np.asarray(p, dtype=np.float64)
    if values.size and not ((values >= 0) & (values <= 1)).all():
        raise ValueError("a p-value lies outside 0 to 1 or is missing")
    if not values.size:
        return values.copy()
    order = np.argsort(values, axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    ranks = np.arange(1, len(values) + 1).reshape((-1,) + (1,) * (values.ndim - 1))
    stepped = np.minimum.accumulate((ranked * len(values) / ranks)[::-1], axis=0)[::-1]
    adjusted = np.empty_like(values)
    np.put_along_axis(adjusted, order, np.minimum(stepped, 1), axis=0)
    return adjusted
