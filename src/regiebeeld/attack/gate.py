"""The gate: tests every figure that could be small, masks what cannot be proven safe, or says no.

What is masked follows from which figures fail and from how sets lie in each other, never from a
true value; a masked figure must be proven safe as well.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.giving_back import give_back
from regiebeeld.attack.ladder import Ladder
from regiebeeld.attack.propagation import Derived, find_exact, propagate
from regiebeeld.attack.proving import Prover
from regiebeeld.attack.statements import Ints, Statements, mask
from regiebeeld.attack.verifying import WIDTH

SMALL = 4  # a figure that can be 1 to 4 is tested
MOST_ROUNDS = 16
OVER = 4  # so many times more than may be masked is tried, since most of it is given back
_NONE: Ints = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate found; all arrays hold statement numbers.

    `certified`: proven that two tables at least 2 apart fit; `masked`: to be withheld, each of
    them certified too; `failed`: not proven with masking either, so nothing may be published;
    `known`: told within 1 by the facts that others published, and withheld unless told exactly;
    `exact`: what plain arithmetic gave away before anything was masked.
    """

    tested: Ints
    certified: Ints
    masked: Ints
    failed: Ints
    known: Ints
    exact: Ints
    rounds: int

    @property
    def clean(self) -> bool:
        return not len(self.failed)


def find_small(statements: Statements) -> Ints:
    """Find the statements whose number can be 1 to 4 as far as they say themselves."""
    reaches = (statements.lower <= SMALL) & (statements.upper >= 1)
    found: Ints = np.flatnonzero(reaches)
    return found


def judge(
    statements: Statements,
    table: Ints,
    *,
    ours: NDArray[np.bool_],
    withheld: NDArray[np.bool_] | None = None,
    search: bool = True,
    small: Ints | None = None,
    most_masked: int | None = None,
) -> Judgement:
    """Judge everything published about the same events at once.

    statements: published earlier, elsewhere and now, with facts that others publish; table: the
    true value of each unknown; ours: which statements are protected figures of a release of
    today, that can still be masked; withheld: which of those were masked before, and stay so, for
    figures that come and go give more away than those that stay; search: False when just this was
    judged before, with just these withheld, and nothing failed; small: which statements can be
    1 to 4, when that was found before what everybody knows was taken out of them; most_masked:
    with more than this many masked nothing more is tried. Raises ValueError for a table that does
    not fit.
    """
    open_ = _lay_open(statements, ours, find_small(statements) if small is None else small)
    masked = open_.near if withheld is None else open_.near | (withheld & ours)
    exact = find_exact(propagate(statements), open_.tested)
    prover: Prover | _Proven = Prover(statements, table) if search else _Proven()
    most = len(statements) if most_masked is None else most_masked
    masked, failed, rounds = _withhold(open_, masked, prover, most)
    certified = np.setdiff1d(np.union1d(open_.tested, np.flatnonzero(masked)), failed)
    return Judgement(
        tested=open_.tested,
        certified=np.setdiff1d(certified, open_.others),
        masked=np.flatnonzero(masked),
        failed=failed,
        known=open_.known,
        exact=exact,
        rounds=rounds,
    )


@dataclass(frozen=True, slots=True)
class _Open:
    """What is to be judged.

    others: all that others tell within 1, and `known` the small ones of it; near: those of them
    that are not told exactly, which we withhold.
    """

    statements: Statements
    ours: NDArray[np.bool_]
    tested: Ints
    known: Ints
    others: Ints
    near: NDArray[np.bool_]


def _lay_open(statements: Statements, ours: NDArray[np.bool_], small: Ints) -> _Open:
    small = small[_is_figure(statements)[small]]
    every = np.union1d(small, np.flatnonzero(ours & _is_figure(statements)))
    others, told = _known_before(statements, ours, every)
    known = np.intersect1d(others, small)
    tested = np.setdiff1d(small[_is_protected(statements, ours)[small]], known)
    near = np.zeros(len(statements), dtype=bool)
    near[np.setdiff1d(known, told)] = True
    return _Open(statements, ours, tested, known, others, near & ours)


def _withhold(
    open_: _Open, masked: NDArray[np.bool_], prover: "Prover | _Proven", most: int
) -> tuple[NDArray[np.bool_], Ints, int]:
    """Mask until nothing fails, or nothing more may be masked; give masks, failures and rounds."""
    targets = np.setdiff1d(np.union1d(open_.tested, np.flatnonzero(masked)), open_.others)
    failed = prover.find_failing(masked, targets)
    rounds, ladder = 0, Ladder(open_.statements, open_.ours)
    hard, around = failed, np.zeros_like(masked)
    while len(failed) and rounds < MOST_ROUNDS and np.count_nonzero(masked) <= OVER * most:
        added = ladder.climb(failed, masked, rounds)
        if not added.any():
            break
        masked, around = masked | added, around | (added if rounds else False)
        rounds += 1
        # What was proven stays so: withholding more only makes room.
        again = np.setdiff1d(np.union1d(failed, np.flatnonzero(added)), open_.others)
        failed = prover.find_failing(masked, again)
        hard = np.union1d(hard, failed)
    if not len(failed) and np.count_nonzero(masked) > most:
        every = np.setdiff1d(np.union1d(open_.tested, np.flatnonzero(masked)), open_.others)
        masked = give_back(prover, masked, around, hard, every)
    return masked, failed, rounds


def _is_figure(statements: Statements) -> NDArray[np.bool_]:
    """Tell figures from what follows from two of them."""
    if statements.depends is None:
        return np.ones(len(statements), dtype=bool)
    figure: NDArray[np.bool_] = statements.depends[:, 0] < 0
    return figure


def _is_protected(statements: Statements, ours: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Earlier figures of ours are tested too: those with a range; an exact fact is public."""
    ranged: NDArray[np.bool_] = ours | (statements.upper > statements.lower)
    return ranged


def _known_before(
    statements: Statements, ours: NDArray[np.bool_], small: Ints
) -> tuple[Ints, Ints]:
    """Find what the exact facts of others tell within 1, and of that what they tell exactly.

    The former is not ours to give away; of the latter there is nothing left to give.
    """
    if not (facts := ~_is_protected(statements, ours)).any():
        return _NONE, _NONE
    derived: Derived = propagate(mask(statements, ~facts))
    room = derived.upper[small] - derived.lower[small]
    return small[room < WIDTH], small[room == 0]


class _Proven:
    """Finds nothing that fails: it was all proven before."""

    def find_failing(self, masked: NDArray[np.bool_], targets: Ints) -> Ints:
        del masked, targets
        return _NONE
