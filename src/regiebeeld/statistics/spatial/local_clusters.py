"""Where it concentrates: local Moran and Getis-Ord Gi* for all types at once, with chance.

Takes counts as they are, or rates made comparable by `standardise_rates`; never raw rates.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.false_discovery import adjust_false_discovery
from regiebeeld.statistics.spatial.neighbours import Bools, Floats, Ints, Neighbours
from regiebeeld.statistics.spatial.permuting import (
    count_as_extreme,
    draw_neighbours,
    sum_neighbours,
)

# Rates become whole numbers of this many steps a unit, so that equal sums are equal however they
# are added up; for standardised rates that is finer than any difference that means something.
_STEPS = 1 << 24
_MOST = 1 << 40  # the sum of a million areas of this size still fits


class LocalKind(IntEnum):
    """What stands out at an area: itself (high or low) among neighbours (high or low)."""

    WITHIN_CHANCE = 0
    HIGH_AMONG_HIGH = 1
    LOW_AMONG_LOW = 2
    HIGH_AMONG_LOW = 3
    LOW_AMONG_HIGH = 4
    NO_NEIGHBOURS = 5
    NOT_POSSIBLE = 6  # all areas have the same figure, or there are fewer than four


@dataclass(frozen=True, slots=True)
class LocalClusters:
    """Arrays (areas, types); where `kind` is NO_NEIGHBOURS or NOT_POSSIBLE: 0, p and q are 1.

    moran: local Moran, row-standardised, in the scaling of spdep (that of esda is
    (n - 1) / n times it); gi_star: Gi* as a z-value, binary weights, the area itself included;
    p: two-sided, of the neighbours given the area itself, the same for both; q: p adjusted per
    type for the number of areas; kind: LocalKind as whole numbers, judged on q.
    """

    moran: Floats
    gi_star: Floats
    p: Floats
    q: Floats
    kind: NDArray[np.int8]

    @property
    def hot(self) -> Bools:
        """Areas whose neighbours hold more than chance, and Gi* is positive."""
        high = (LocalKind.HIGH_AMONG_HIGH, LocalKind.LOW_AMONG_HIGH)
        return np.isin(self.kind, high) & (self.gi_star > 0)

    @property
    def cold(self) -> Bools:
        """Areas whose neighbours hold less than chance, and Gi* is negative."""
        low = (LocalKind.LOW_AMONG_LOW, LocalKind.HIGH_AMONG_LOW)
        return np.isin(self.kind, low) & (self.gi_star < 0)


def compute_local_clusters(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    permutations: int | None = None,
    false_discovery: float = 0.05,
    seed: int = 0,
) -> LocalClusters:
    """Compute local Moran, Gi* and how likely chance alone is to give such neighbours.

    values: (areas, types) or (areas,), whole counts or rates from `standardise_rates`, finite;
    neighbours: of the same areas. Conditional permutation: the area keeps its value, its
    neighbours are drawn without replacement from all others; every type sees the same draws.
    Given the area, local Moran and Gi* both depend on the sum of its neighbours only, so they
    share one p: twice the smaller tail, permutations that tie counted for half (mid-p: equal
    sums of counts are many, and counting them whole or not at all is far from nominal). Rounding
    to base 5 needs no correction: rounded cells can change places as well as exact ones.
    permutations: by default 40 an area (999 to 99,999): with fewer than 20 an area, no single
    area can come through the adjustment for all areas. Raises ValueError for values that are
    missing, too large or of another length.
    Sources: L. Anselin, Local indicators of spatial association, Geographical Analysis 27 (1995)
    93-115; J. K. Ord and A. Getis, Local spatial autocorrelation statistics, Geographical
    Analysis 27 (1995) 286-306; H. O. Lancaster, Significance tests in discrete distributions,
    JASA 56 (1961) 223-234 (mid-p).
    """
    table = _read_values(values, neighbours.size)
    whole = _as_whole(table)
    permutations = permutations or min(max(40 * neighbours.size, 1_000), 100_000) - 1
    less, same = _count(whole, neighbours, permutations=permutations, seed=seed)
    tails = (np.minimum(less, permutations - less - same) + 0.5 * same + 0.5) / (permutations + 1)
    usable = _is_usable(table, neighbours)
    p = np.where(usable, np.minimum(2 * tails, 1.0), 1.0)
    moran, gi_star = _describe(table, neighbours)
    q = _adjust(p, neighbours.islands)
    surrounded_high = less + 0.5 * same > permutations / 2
    kind = _name(table > table.mean(axis=0), surrounded_high, flagged=q <= false_discovery)
    kind = np.where(usable, kind, LocalKind.NOT_POSSIBLE)
    kind = np.where(neighbours.islands[:, None], LocalKind.NO_NEIGHBOURS, kind)
    return LocalClusters(
        moran=np.where(usable, moran, 0.0),
        gi_star=np.where(usable, gi_star, 0.0),
        p=p,
        q=q,
        kind=kind.astype(np.int8),
    )


def _read_values(values: ArrayLike, size: int) -> Floats:
    table = np.asarray(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or not size or len(table) != size:
        raise ValueError(f"values have shape {table.shape}, expected ({size}, types)")
    if not np.isfinite(table).all():
        raise ValueError("a value is missing: leave such areas out first, with select_areas")
    return table


def _as_whole(table: Floats) -> Ints:
    """Give counts as they are, anything else in fixed small steps."""
    scale = 1 if (table == np.rint(table)).all() else _STEPS
    if table.size and np.abs(table).max() * scale > _MOST:
        raise ValueError(f"a value is above {_MOST // scale:,}: give rates in larger units")
    return np.rint(table * scale).astype(np.int64)


def _count(
    whole: Ints, neighbours: Neighbours, *, permutations: int, seed: int
) -> tuple[Ints, Ints]:
    """Count permutations below and equal, (areas, types) each."""
    observed = sum_neighbours(whole, neighbours.indptr, neighbours.indices)
    most = int(neighbours.degrees.max(initial=0))
    uniform = np.random.default_rng(seed).random((permutations, min(most + 1, neighbours.size)))
    draws = draw_neighbours(uniform, neighbours.size)
    less, same = count_as_extreme(
        np.ascontiguousarray(whole.T),
        np.ascontiguousarray(observed.T),
        neighbours.degrees,
        draws,
    )
    return less.T, same.T


def _is_usable(table: Floats, neighbours: Neighbours) -> Bools:
    enough = len(table) >= 4
    varied = np.ptp(table, axis=0) > 0 if len(table) else np.zeros(table.shape[1], dtype=np.bool_)
    return np.asarray(enough & varied[None, :] & ~neighbours.islands[:, None])


def _describe(table: Floats, neighbours: Neighbours) -> tuple[Floats, Floats]:
    """Compute local Moran (scaling of spdep) and Gi*."""
    size, degrees = len(table), neighbours.degrees[:, None]
    mean = table.mean(axis=0) if size else np.zeros(table.shape[1])
    centred = table - mean
    variance = (centred**2).mean(axis=0) if size else np.zeros(table.shape[1])
    variance = np.where(variance > 0, variance, 1.0)
    around = sum_neighbours(centred, neighbours.indptr, neighbours.indices)
    lag = around / np.maximum(degrees, 1)
    together = degrees + 1.0
    spread = np.maximum(size * together - together**2, 1e-12) / max(size - 1, 1)
    gi_star = (around + centred) / np.sqrt(variance * spread)
    gi_star = np.where(together < size, gi_star, 0.0)  # everyone is a neighbour: no contrast
    return centred * lag / variance, gi_star


def _adjust(p: Floats, islands: Bools) -> Floats:
    """Adjust per type over the areas that have neighbours; the others are no tests."""
    q = np.ones_like(p)
    q[~islands] = adjust_false_discovery(p[~islands])
    return q


def _name(high: Bools, surrounded_high: Bools, *, flagged: Bools) -> NDArray[np.int64]:
    kinds = np.where(
        surrounded_high,
        np.where(high, LocalKind.HIGH_AMONG_HIGH, LocalKind.LOW_AMONG_HIGH),
        np.where(high, LocalKind.HIGH_AMONG_LOW, LocalKind.LOW_AMONG_LOW),
    )
    return np.where(flagged, kinds, LocalKind.WITHIN_CHANCE)
