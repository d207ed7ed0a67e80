"""Proves of figures that two tables fit which lie apart: search, solve, and a second look."""

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.solving import WIDTHS
from regiebeeld.attack.statements import Ints, Statements, mask
from regiebeeld.attack.verifying import prepare, verify_witnesses
from regiebeeld.attack.witnesses import Witnesses, search_witnesses, solve_witnesses

# A solver looks at what the search leaves open: this many in all, for each takes up to a second.
# Of many only the nearest surroundings.
MOST_SOLVED, FEW = 200, 20
# How often to try, and of how many at most: at first, for what is left, and for the last few.
_TRIES = ((1, 1 << 40), (40, 1 << 40), (200, FEW))


class Prover:
    """Tells which figures have two witnesses that a second look confirms, and which fail."""

    def __init__(self, statements: Statements, table: Ints) -> None:
        self.statements, self.table, self.seed = statements, table, 0
        self.ready = prepare(statements.starts, statements.members, table)
        self.sums = statements.sums(table)
        self.left = MOST_SOLVED

    def find_failing(self, masked: NDArray[np.bool_], targets: Ints) -> Ints:
        """Give the targets that fail when the masked figures say nothing."""
        told = mask(self.statements, masked)
        for tries, most in _TRIES:
            if not 0 < len(targets) <= most:
                continue
            self.seed += 1
            truth = (self.table, self.sums)
            found = search_witnesses(told, truth, targets, tries=tries, seed=self.seed)
            targets = targets[~self._verify(told, found)]
        if 0 < len(targets) <= self.left:
            self.left -= len(targets)
            widths = WIDTHS if len(targets) <= FEW else WIDTHS[:1]
            found = solve_witnesses(told, (self.table, self.sums), targets, widths)
            targets = targets[~self._verify(told, found)]
        return targets

    def _verify(self, told: Statements, found: Witnesses) -> NDArray[np.bool_]:
        return verify_witnesses(
            (told.starts, told.members, told.lower, told.upper),
            self.table,
            found.targets,
            (found.sizes, found.places, found.changes),
            self.ready,
        )
