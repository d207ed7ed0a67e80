"""The signals themselves: what was seen, what is usual, since when, and how sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from regiebeeld.statistics.signals.discoveries import (
    Discoveries,
    Gate,
    PValues,
    find_discoveries,
)
from regiebeeld.statistics.signals.farrington import Judged
from regiebeeld.statistics.signals.plans import Bools, Ints

FEWEST_OF_A_RISE = 5  # as in Farrington et al. (1996): fewer cases are no outbreak


class Direction(StrEnum):
    RISE = "rise"
    FALL = "fall"


@dataclass(frozen=True, slots=True)
class Signal:
    """One unusual month of one unit.

    unit: place in its level; time: time step; usual is lower to upper (cases, both included);
    since: first time step of the unbroken run beyond the same bound, a month without an answer
    ends the run; p: two-sided, q: after correction; above: place of the parent in the level above
    or None; below: places of the children in the level below that are signals in the same
    direction. parent_agrees: the parent is a signal in the same direction.
    """

    level: int
    unit: int
    time: int
    direction: Direction
    observed: float
    expected: float
    lower: float
    upper: float
    since: int
    p: float
    q: float
    above: int | None
    parent_agrees: bool
    below: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of areas of one type: the judged months (last column: now) and each parent."""

    judged: Judged
    parent: Ints


@dataclass(frozen=True, slots=True)
class Found:
    """The signals of one family (type), most certain first, and how many of them are chance."""

    signals: tuple[Signal, ...]
    levels: tuple[Discoveries, ...]

    @property
    def expected_false(self) -> float:
        """How many of the signals are chance at most, on average."""
        return sum(level.expected_false for level in self.levels)


def find_signals(
    levels: Sequence[Level], *, share: float = 0.05, gate: Gate = Gate.LOOSE, gate_p: float = 0.25
) -> Found:
    """Find the signals in the last judged month of one type, coarsest level first.

    levels: of each the same judged time steps; parent: as in discoveries.PValues. A rise of fewer
    than five cases is never a signal. share, gate, gate_p: as in find_discoveries. Raises
    ValueError where the levels were judged at other time steps.
    """
    times = [tuple(level.judged.times.tolist()) for level in levels]
    if len(set(times)) > 1 or not all(times):
        raise ValueError(f"levels judged at {times}: expected the same time steps")
    found = find_discoveries(
        [_last(level) for level in levels], share=share, gate=gate, gate_p=gate_p
    )
    rises = [_rises(level.judged) for level in levels]
    sinces = [find_since(level.judged) for level in levels]
    signals = [
        _describe((depth, int(unit)), levels, found, (rises, sinces))
        for depth, one in enumerate(found)
        for unit in np.flatnonzero(one.alarm)
    ]
    return Found(tuple(sorted(signals, key=lambda signal: (signal.q, signal.p))), found)


def find_since(judged: Judged) -> Ints:
    """Find for each unit the first time step of the run beyond a bound that lasts to the end.

    Returns one time step a unit, -1 where the last one lies within the bounds or has no answer. A
    run keeps its direction, is not broken by a time step left out of `judged.times`, and ends at
    a month without an answer.
    """
    with np.errstate(invalid="ignore"):
        side = np.where(judged.observed > judged.upper, 1, 0)
        side = np.where(judged.observed < judged.lower, -1, side)
    side = np.where(judged.possible, side, 0)
    same = (side == side[:, -1:]) & (side != 0)
    length = np.cumprod(same[:, ::-1], axis=1).sum(axis=1)
    first = np.maximum(judged.times.size - length, 0)
    return np.where(length > 0, judged.times[np.minimum(first, judged.times.size - 1)], -1)


def _rises(judged: Judged) -> Bools:
    rises: Bools = judged.p_rise[:, -1] <= judged.p_fall[:, -1]
    return rises


def _last(level: Level) -> PValues:
    judged = level.judged
    observed, possible = judged.observed[:, -1], judged.possible[:, -1]
    # The test is made, and lost: leaving it out would make the family smaller by what was seen.
    small = possible & (np.where(possible, observed, 0) < FEWEST_OF_A_RISE)
    return PValues(
        p_rise=np.where(small, 1.0, judged.p_rise[:, -1]),
        p_fall=judged.p_fall[:, -1],
        parent=level.parent,
    )


def _describe(
    where: tuple[int, int],
    levels: Sequence[Level],
    found: Sequence[Discoveries],
    told: tuple[Sequence[Bools], Sequence[Ints]],
) -> Signal:
    depth, unit = where
    rises, sinces = told
    judged = levels[depth].judged
    rise, above = bool(rises[depth][unit]), int(levels[depth].parent[unit]) if depth else None
    since = int(sinces[depth][unit])
    now = int(judged.times[-1])
    return Signal(
        level=depth,
        unit=unit,
        time=now,
        direction=Direction.RISE if rise else Direction.FALL,
        observed=float(judged.observed[unit, -1]),
        expected=float(judged.expected[unit, -1]),
        lower=float(judged.lower[unit, -1]),
        upper=float(judged.upper[unit, -1]),
        since=now if since < 0 else since,
        p=float(judged.p[unit, -1]),
        q=float(found[depth].q[unit]),
        above=above,
        parent_agrees=above is not None
        and bool(found[depth - 1].alarm[above] and rises[depth - 1][above] == rise),
        below=_children(where, levels, found, rises),
    )


def _children(
    where: tuple[int, int],
    levels: Sequence[Level],
    found: Sequence[Discoveries],
    rises: Sequence[Bools],
) -> tuple[int, ...]:
    depth, unit = where
    if depth + 1 >= len(levels):
        return ()
    same = rises[depth + 1] == rises[depth][unit]
    agrees = found[depth + 1].alarm & same & (levels[depth + 1].parent == unit)
    return tuple(np.flatnonzero(agrees).tolist())
