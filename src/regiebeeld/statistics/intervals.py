"""Exact intervals for counts."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

Floats = NDArray[np.float64]


def compute_poisson_interval(counts: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Compute the exact (Garwood) interval of a Poisson mean for each count.

    counts: array of any shape, whole numbers >= 0; confidence: between 0 and 1.
    Returns (lower, upper), each of the shape of counts, in counts; lower is 0
    where the count is 0. Raises ValueError for negative counts or a confidence
    outside (0, 1). The true coverage is at least `confidence`.
    Source: F. Garwood, Fiducial limits for the Poisson distribution, Biometrika
    28 (1936) 437-442, through the gamma quantile.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}, expected between 0 and 1")
    values = np.asarray(counts)
    # Counts repeat: the quantile is computed once for each different one.
    unique, places = np.unique(values, return_inverse=True)
    if unique.size and unique[0] < 0:
        raise ValueError(f"a count is {unique[0]}, expected 0 or more")
    tail = (1 - confidence) / 2
    lower = np.where(unique > 0, gammaincinv(np.maximum(unique, 1), tail), 0.0)
    upper = gammaincinv(unique + 1.0, 1 - tail)
    return lower[places].reshape(values.shape), upper[places].reshape(values.shape)
