"""Which figures to withhold next: by what fails and how sets lie in each other.

Never looks at a true value, so that what is withheld tells nothing by itself.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.statements import Ints, Statements, number_sets

# Around a failing figure: of how many unknowns the sets are looked at, what counts as a small set,
# how many sets stand in where none is small, and how many steps away at most.
MOST_LOOKED_AT, SMALL_SET, MOST_HELD, MOST_RINGS = 64, 100, 4, 5
# How many figures are withheld more in one step around one that fails (a power of two); of the
# last few more, for they can hang on a long chain of sums.
MOST_DOUBLED, LAST_DOUBLED, LAST_FEW = 4, 9, 4
_NONE: Ints = np.empty(0, np.int64)


class Ladder:
    """Which figures to mask next: what fails itself, then the sets around it, smallest first."""

    def __init__(self, statements: Statements, ours: NDArray[np.bool_]) -> None:
        self.statements, self.ours = statements, ours
        self.groups = number_sets(statements)

    def climb(self, failing: Ints, masked: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
        """Add the failing figures themselves; then, each step, twice as many around each."""
        chosen = list(failing) if step == 0 else [*self._around(failing, masked, step)]
        if step == 0 and not (self.ours[failing] & ~masked[failing]).any():
            chosen = [*self._around(failing, masked, 1)]
        added = np.isin(self.groups, self.groups[np.array(chosen, dtype=np.int64)])
        fresh: NDArray[np.bool_] = added & self.ours & ~masked
        return fresh

    def _around(self, failing: Ints, masked: NDArray[np.bool_], step: int) -> Iterator[int]:
        doubled = LAST_DOUBLED if len(failing) <= LAST_FEW else MOST_DOUBLED
        most = 1 << min(step - 1, doubled)
        can = self.ours & ~masked
        for target in failing:
            found: list[int] = []
            for ring in self._rings(int(target)):
                found += (int(s) for s in ring[can[ring]][: most - len(found)])
                if len(found) == most or (found and most <= 1 << MOST_DOUBLED):
                    break
            yield from found

    def _rings(self, target: int) -> Iterator[Ints]:
        """Give the statements that meet the target, then those that meet these, and so on.

        Where what meets it cannot be withheld, what lies further on in the chain can.
        """
        seen = np.zeros(len(self.statements), dtype=bool)
        unknowns = self._members(target)[:MOST_LOOKED_AT]
        for _ in range(MOST_RINGS):
            near = self._meeting(unknowns, target)
            near = near[~seen[near]]
            if not len(near):
                return
            seen[near] = True
            yield near
            small = near[self.statements.sizes[near] <= SMALL_SET]
            wider = [self._members(int(s)) for s in (small if len(small) else near[:MOST_HELD])]
            unknowns = np.unique(np.concatenate(wider))

    def _members(self, statement: int) -> NDArray[np.int32]:
        starts = self.statements.starts
        return self.statements.members[starts[statement] : starts[statement + 1]]

    def _meeting(self, unknowns: NDArray[np.int32], target: int) -> Ints:
        """Give the statements that meet some unknowns: that hold them all first, then by size."""
        heads, holders = self.statements.by_unknown
        every = [holders[heads[u] : heads[u + 1]] for u in unknowns]
        found, times = np.unique(np.concatenate([*every, _NONE]), return_counts=True)
        whole = times == len(unknowns)
        order = np.lexsort((found, self.statements.sizes[found], ~whole))
        near: Ints = found[order][found[order] != target].astype(np.int64)
        return near
