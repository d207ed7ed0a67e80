"""Rates of small areas drawn towards the mean, as far as their smallness calls for.

Empirical Bayes: over all areas, or over each area with its neighbours. Gives no intervals;
`bym2` does.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.spatial.neighbours import Bools, Floats, Neighbours, as_matrix


@dataclass(frozen=True, slots=True)
class SmoothedRates:
    """Arrays (areas,): the rate per unit of base, and how much of it is the area's own (0 to 1).

    from_all: True where the mean of all areas stood in for that of the neighbours.
    """

    rate: Floats
    own_share: Floats
    from_all: Bools


def standardise_rates(counts: ArrayLike, base: ArrayLike, noise: ArrayLike = 0.0) -> Floats:
    """Make rates of large and small areas comparable, for Moran's I and local clusters.

    counts: (areas,) or (areas, types), >= 0; base: (areas,), dwellings or expected counts, > 0;
    noise: variance that rounding added to each count. Returns z of the shape of counts, all 0
    for a type without events. Raises ValueError for missing, negative or zero-base input.
    Source: R. M. Assunção and E. A. Reis, A new proposal to adjust Moran's I for population
    density, Statistics in Medicine 18 (1999) 2147-2162; where the variance would be negative the
    Poisson variance alone, as spdep does.
    """
    table, exposure = read_counts(counts, base)
    flat = table.ndim == 1
    table = table[:, None] if flat else table
    added = np.broadcast_to(np.asarray(noise, dtype=np.float64), np.shape(counts)).reshape(
        table.shape
    )
    weight = exposure[:, None]
    mean = table.sum(axis=0) / exposure.sum()
    chance = mean / weight + added / weight**2
    spread = (weight * (table / weight - mean) ** 2).sum(axis=0) / exposure.sum()
    between = spread - (weight * chance).sum(axis=0) / exposure.sum()
    variance = between + chance
    variance = np.where(variance > 0, variance, chance)
    z = (table / weight - mean) / np.sqrt(np.where(variance > 0, variance, 1.0))
    return np.asarray(z[:, 0] if flat else z)


def smooth_over_all(counts: ArrayLike, base: ArrayLike, noise: ArrayLike = 0.0) -> SmoothedRates:
    """Draw each rate towards the mean of all areas.

    counts: (areas,), >= 0; base: (areas,), > 0; noise: variance that rounding added to a count.
    Raises ValueError for missing, negative or zero-base input.
    Source: R. J. Marshall, Mapping disease and mortality rates using empirical Bayes estimators,
    Applied Statistics 40 (1991) 283-294.
    """
    table, exposure = read_counts(counts, base)
    added = np.broadcast_to(np.asarray(noise, dtype=np.float64), table.shape)
    everyone = np.ones((1, len(table)))
    mean, between = (part[0] for part in _moments(table, exposure, added, everyone))
    rate, share = _shrink(table, exposure, added, (mean, between))
    return SmoothedRates(rate, share, np.ones(len(table), dtype=np.bool_))


def smooth_over_neighbours(
    counts: ArrayLike, base: ArrayLike, neighbours: Neighbours, noise: ArrayLike = 0.0
) -> SmoothedRates:
    """Draw each rate towards the mean of the area and its neighbours.

    As smooth_over_all; an area without neighbours is drawn towards the mean of all.
    Source: R. J. Marshall, Applied Statistics 40 (1991) 283-294, section 4.
    """
    table, exposure = read_counts(counts, base)
    if len(table) != neighbours.size:
        raise ValueError(f"{len(table)} counts for {neighbours.size} areas")
    added = np.broadcast_to(np.asarray(noise, dtype=np.float64), table.shape)
    around = as_matrix(neighbours).tolil()
    around.setdiag(1.0)
    moments = _moments(table, exposure, added, around.tocsr())
    rate, share = _shrink(table, exposure, added, moments)
    everywhere = smooth_over_all(table, exposure, added)
    alone = neighbours.islands
    return SmoothedRates(
        np.where(alone, everywhere.rate, rate),
        np.where(alone, everywhere.own_share, share),
        alone,
    )


def read_counts(counts: ArrayLike, base: ArrayLike) -> tuple[Floats, Floats]:
    """Give counts and base as floats; raise ValueError for what cannot be a rate."""
    table = np.asarray(counts, dtype=np.float64)
    exposure = np.asarray(base, dtype=np.float64)
    if not len(table) or exposure.shape != table.shape[:1]:
        raise ValueError(
            f"counts {table.shape} and base {exposure.shape}: expected one base an area"
        )
    if not np.isfinite(table).all() or (table < 0).any():
        raise ValueError("a count is missing or negative: leave that area out")
    if not np.isfinite(exposure).all() or (exposure <= 0).any():
        raise ValueError("a base is missing, zero or negative: leave that area out")
    return table, exposure


def _moments(table: Floats, exposure: Floats, noise: Floats, around: Any) -> tuple[Floats, Floats]:
    """Compute mean and variance between areas within each row of `around`."""
    total = around @ exposure
    mean = np.asarray(around @ table / total)
    rate = table / exposure
    squares = around @ (exposure * rate**2) / total - mean**2
    size = around @ np.ones(len(table))
    chance = mean * size / total + around @ (noise / exposure) / total
    return mean, np.maximum(squares - chance, 0.0)


def _shrink(
    table: Floats, exposure: Floats, noise: Floats, moments: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    mean, between = moments
    chance = mean / exposure + noise / exposure**2
    whole = between + chance
    share = between / np.where(whole > 0, whole, 1.0)
    return mean + share * (table / exposure - mean), np.broadcast_to(share, table.shape).copy()
