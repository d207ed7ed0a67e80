"""Which buurten a postcode or an own area lies in, and by what share.

Refuses a share without weight: a place is listed only where something is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Sorted keys, each with a run of buurten (`places` in `codes`) and where its share ends.

    The run of key k is `starts[k]` up to `starts[k] + sizes[k]`; `ends` is cumulative, the last
    of a run is 1.
    """

    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    places: NDArray[np.int32]
    ends: NDArray[np.float64]
    codes: tuple[str, ...]

    def find(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the position of each key, -1 where it is not listed."""
        return find_sorted(self.keys, keys)

    def choose(self, found: NDArray[np.int64], drawn: NDArray[np.float64]) -> NDArray[np.int32]:
        """Give, for positions and numbers in [0, 1), the place whose share the number falls in."""
        at = self.starts[found].copy()
        last = at + self.sizes[found] - 1
        todo = np.arange(len(found))
        while len(todo := todo[(at[todo] < last[todo]) & (drawn[todo] >= self.ends[at[todo]])]):
            at[todo] += 1
        return self.places[at]


def compute_shares(
    keys: NDArray[np.int64],
    places: NDArray[np.int32],
    weights: NDArray[np.float64] | None = None,
    *,
    codes: tuple[str, ...],
) -> Shares:
    """Compute the shares of each key by the weight (1 a row when None) of its places."""
    pairs = keys * len(codes) + places
    if weights is None:
        # Asking for the index makes numpy sort, which takes a tenth of the time of its hashing.
        distinct, _, counts = np.unique(pairs, return_index=True, return_counts=True)
        weight = counts.astype(np.float64)
    else:
        kept = weights > 0
        distinct, inverse = np.unique(pairs[kept], return_inverse=True)
        weight = np.bincount(inverse, weights=weights[kept], minlength=len(distinct))
    own, starts, sizes = np.unique(
        distinct // max(len(codes), 1), return_index=True, return_counts=True
    )
    cumulative = np.cumsum(weight)
    before = np.repeat(cumulative[starts] - weight[starts], sizes)
    totals = np.repeat(cumulative[starts + sizes - 1], sizes) - before
    return Shares(
        keys=own,
        starts=starts.astype(np.int64),
        sizes=sizes.astype(np.int64),
        places=(distinct % max(len(codes), 1)).astype(np.int32),
        ends=(cumulative - before) / totals,
        codes=codes,
    )


def find_sorted(table: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the position of each key in a sorted table without duplicates, -1 where absent.

    The keys are sorted first: neighbouring look-ups then share cache lines, which is what makes
    millions of look-ups in millions of addresses quick.
    """
    if len(table) == 0:
        return np.full(len(keys), -1, np.int64)
    order = np.argsort(keys)
    at = np.empty(len(keys), np.int64)
    at[order] = np.searchsorted(table, keys[order])
    at = np.minimum(at, len(table) - 1)
    return np.where(table[at] == keys, at, -1)
