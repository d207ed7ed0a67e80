"""Which figures to withhold next: by what fails and how sets lie in each other.

Never looks at a true value, so that what is withheld tells nothing by itself.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.statements import Ints, Statements, number_sets

# Around a failing figure: of how many unknowns, of how many sets that hold it, and how many figures
# are withheld more in one step (a power of two).
MOST_LOOKED_AT, MOST_HELD, MOST_DOUBLED = 64, 4, 4
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
        most = 1 << min(step - 1, MOST_DOUBLED)
        can = self.ours & ~masked
        for target in failing:
            near = self._meeting(self._members(int(target))[:MOST_LOOKED_AT], int(target))
            found = near[can[near]]
            if not len(found):
                # What holds it cannot be withheld: look at what else lies in that.
                inside = [self._members(int(s)) for s in near[:MOST_HELD]]
                wide = np.unique(np.concatenate([*inside, np.empty(0, np.int32)]))
                found = self._meeting(wide[:MOST_LOOKED_AT], int(target))
                found = found[can[found]]
            yield from (int(s) for s in found[:most])

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
