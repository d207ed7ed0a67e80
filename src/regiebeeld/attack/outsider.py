"""What an outsider who knows the rules can derive from published figures, cell by cell.

Attacks any table: ours, or one that others protected in their own way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.propagation import NO_RELATIONS, Relations, propagate
from regiebeeld.attack.proving import Prover
from regiebeeld.attack.statements import Ints, Statements
from regiebeeld.attack.verifying import WIDTH


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of each target: bounds that are proven, and whether it is certified.

    lower, upper: every table that fits lies within them; certified: two tables that fit lie at
    least `width` apart.
    """

    targets: Ints
    lower: Ints
    upper: Ints
    certified: NDArray[np.bool_]
    width: int = WIDTH

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Tell which targets plain arithmetic gives away."""
        return np.asarray(self.lower == self.upper)

    @property
    def undecided(self) -> NDArray[np.bool_]:
        """Tell which targets were neither recovered nor certified."""
        return ~self.exact & ~self.certified


def attack_figures(
    statements: Statements, table: Ints, targets: Ints, relations: Relations = NO_RELATIONS
) -> Outcome:
    """Derive what follows from everything published, and search what does not.

    table: the true value of each unknown, from which the search for other tables starts; targets:
    statement numbers; relations: totals with their published parts. Raises ValueError for a table
    that does not fit.
    """
    derived = propagate(statements, relations)
    lower, upper = derived.lower[targets], derived.upper[targets]
    nothing = np.zeros(len(statements), dtype=bool)
    failing = Prover(statements, table).find_failing(nothing, targets[lower < upper])
    certified = (lower < upper) & ~np.isin(targets, failing)
    return Outcome(targets, lower, upper, certified)
