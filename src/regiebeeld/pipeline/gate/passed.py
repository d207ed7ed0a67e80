"""What came of judging a release: the cells that may be told, and an account of each group.

Plain values; nothing here judges.
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.verifying import WIDTH
from regiebeeld.pipeline.gate.protecting import ReleasedCells
from regiebeeld.pipeline.gate.told import Earlier, join_figures
from regiebeeld.pipeline.gate.usefulness import Grain


@dataclass(frozen=True, slots=True)
class GateAccount:
    """What the gate did with one group of events, in numbers that anybody may read.

    Figures that were published; tested because they can be 1 to 4; certified: two tables at least
    `width` apart fit everything told; masked: withheld; known: told by others already; exact:
    what arithmetic still gives away (0, or nothing would be published); earlier: how many
    releases and tables of others were laid beside it; owners: as how many gemeenten that know
    their own part it was attacked as well.
    """

    events: str
    figures: int
    tested: int
    certified: int
    masked: int
    known: int
    exact: int
    earlier: int
    rounds: int
    owners: int = 0
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class TooFine:
    """A level x kind of period that is left out of an indicator, and whether it was unsafe.

    together: the id of a set of areas, when only what is told of those together is left out;
    breakdown: the column, when only the parts are.
    """

    indicator: str
    grain: Grain
    unsafe: bool
    together: str = ""
    breakdown: str = ""


class Turn(IntEnum):
    """In which order the figures of a group of events are judged: what comes later gives way."""

    WHOLES = 0
    PARTS = 1
    SETS = 2


@dataclass(slots=True)
class Passed:
    """What may be released: cells in the order of the drafts, and the account per group.

    kept: of each draft the cells that are there at all; of a level that is too fine nothing is.
    """

    cells: list[ReleasedCells]
    kept: list[NDArray[np.bool_]]
    accounts: list[GateAccount] = field(default_factory=list)
    told: dict[str, Earlier] = field(default_factory=dict)
    outside: dict[str, tuple[str, ...]] = field(default_factory=dict)  # titles of public tables
    too_fine: list[TooFine] = field(default_factory=list)

    def add(self, account: GateAccount, now: Earlier, areas: Earlier | None) -> None:
        """Add what is told of a group; areas: what was told of it already, in an earlier turn."""
        if areas is None:
            self.accounts.append(account)
            self.told[account.events] = now
            return
        before = next(each for each in self.accounts if each.events == account.events)
        names = ("figures", "tested", "certified", "masked", "known", "exact")
        both = {name: getattr(before, name) + getattr(account, name) for name in names}
        rounds = max(before.rounds, account.rounds)
        self.accounts[self.accounts.index(before)] = replace(before, **both, rounds=rounds)
        figures = join_figures(areas.figures, now.figures)
        kept = [each for each in (areas.withheld, now.withheld) if each is not None]
        self.told[account.events] = Earlier(now.atoms, figures, reduce(join_figures, kept))
