"""Each area together with its neighbours: more or fewer events than an equal risk would give.

Asks another question than local Moran: a whole region of equal, high risk is not chance here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from regiebeeld.statistics.false_discovery import adjust_false_discovery
from regiebeeld.statistics.spatial.neighbours import Floats, Neighbours, as_matrix
from regiebeeld.statistics.spatial.smoothing import read_counts


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """Arrays (areas,): events in the area and its neighbours, what equal risk gives, two-sided p.

    An area without neighbours is judged on its own. q: p adjusted for the number of areas.
    Without any events observed and expected are 0 and p is 1.
    """

    observed: Floats
    expected: Floats
    p: Floats
    q: Floats


def compare_neighbourhoods(
    counts: ArrayLike, expected: ArrayLike, neighbours: Neighbours, noise: ArrayLike = 0.0
) -> Neighbourhoods:
    """Compare the events in each area and its neighbours with their share of all events.

    counts: (areas,) >= 0; expected: (areas,) > 0, any scale (dwellings, or counts expected);
    noise: variance that rounding added to each count. Given the total, the count is binomial; p
    is twice the smaller tail, the observed value counted for half (mid-p), at most 1. Noise
    widens the distribution in the proportion of the variances. Raises ValueError for missing,
    negative or zero-base input.
    Source: J. Besag and J. Newell, The detection of clusters in rare diseases, JRSS A 154 (1991)
    143-155 (fixed neighbourhoods here); H. O. Lancaster, JASA 56 (1961) 223-234 (mid-p).
    """
    table, base = read_counts(counts, expected)
    if table.ndim != 1 or len(table) != neighbours.size:
        raise ValueError(f"counts {table.shape} for {neighbours.size} areas")
    around = as_matrix(neighbours)
    observed = table + around @ table
    shares = np.minimum((base + around @ base) / base.sum(), 1.0)
    total = table.sum()
    added = np.broadcast_to(np.asarray(noise, dtype=np.float64), table.shape)
    variance = total * shares * (1 - shares)
    widening = 1 + (added + around @ added) / np.where(variance > 0, variance, 1.0)
    p = _compute_mid_p(observed / widening, total / widening, shares)
    p = np.where(variance > 0, p, 1.0)
    return Neighbourhoods(observed, total * shares, p, adjust_false_discovery(p))


def _compute_mid_p(count: Floats, total: Floats, share: Floats) -> Floats:
    """Compute the two-sided mid-p of a binomial count, which need not be whole."""
    inside = np.clip(share, 1e-300, 1 - 1e-16)
    at_least = np.where(
        count > 0, betainc(np.maximum(count, 1e-300), total - count + 1, inside), 1.0
    )
    rest = np.maximum(total - count, 1e-300)
    more = np.where(count < total, betainc(count + 1, rest, inside), 0.0)
    above = (at_least + more) / 2
    return np.asarray(np.minimum(2 * np.minimum(above, 1 - above), 1.0))
