"""Do areas with much lie together: Moran's I over all areas, for several types at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.spatial.neighbours import Bools, Floats, Neighbours
from regiebeeld.statistics.spatial.permuting import correlate_permuted


@dataclass(frozen=True, slots=True)
class GlobalMoran:
    """Per type: `moran`, two-sided `p`; moran 0 and p 1 where `usable` is False.

    Without any pattern `moran` is `expected`, which is just below 0.
    """

    moran: Floats
    p: Floats
    usable: Bools
    expected: float


def compute_global_moran(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    row_standardised: bool = True,
    permutations: int = 999,
    seed: int = 0,
) -> GlobalMoran:
    """Compute Moran's I with a permutation p for each type.

    values: (areas, types) or (areas,), finite. All values change places at once; areas without
    neighbours keep out of the sum but stay in the mean. usable is False for a type that is the
    same everywhere, for fewer than four areas, or when nobody has neighbours. Raises ValueError
    for missing values or another length.
    Source: P. A. P. Moran, Notes on continuous stochastic phenomena, Biometrika 37 (1950) 17-23;
    A. D. Cliff and J. K. Ord, Spatial Processes (Pion, 1981).
    """
    table = np.asarray(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    size = neighbours.size
    if table.ndim != 2 or len(table) != size or not np.isfinite(table).all():
        raise ValueError(f"expected ({size}, types) values without gaps, got {table.shape}")
    types = table.shape[1]
    weight = float((~neighbours.islands).sum() if row_standardised else len(neighbours.indices))
    possible = size >= 4 and weight > 0
    varied = np.ptp(table, axis=0) > 0 if possible else np.zeros(types, dtype=np.bool_)
    expected = -1 / (size - 1) if size > 1 else 0.0
    if not possible:
        return GlobalMoran(np.zeros(types), np.ones(types), varied, expected)
    centred = np.ascontiguousarray(table - table.mean(axis=0))
    spread = np.where(varied, (centred**2).mean(axis=0), 1.0) * weight
    graph = (neighbours.indptr, neighbours.indices, row_standardised)
    moran = correlate_permuted(centred, np.arange(size), *graph) / spread
    rng = np.random.default_rng(seed)
    above, below = np.zeros(types), np.zeros(types)
    for _ in range(permutations):
        chance = correlate_permuted(centred, rng.permutation(size), *graph) / spread
        above += chance >= moran - 1e-12
        below += chance <= moran + 1e-12
    p = np.minimum(2 * (np.minimum(above, below) + 1) / (permutations + 1), 1.0)
    return GlobalMoran(np.where(varied, moran, 0.0), np.where(varied, p, 1.0), varied, expected)
