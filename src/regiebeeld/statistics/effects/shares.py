"""Share of attempts among burglaries: its own outcome, read together with completed ones."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

import numpy as np

from regiebeeld.statistics.effects.estimates import EffectKind

FEWEST_TOGETHER = 10
_LIMIT = 1.959963984540054


class ShareReading(StrEnum):
    """What the share says beside the completed burglaries."""

    MORE_FAIL = "more_fail"  # share up, completed down: more burglars turned away at the door
    MORE_RECORDED = "more_recorded"  # share up, completed not down: perhaps more is reported
    FEWER_FAIL = "fewer_fail"
    NO_CHANGE_SEEN = "no_change_seen"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class ShareChange:
    """`difference` in share (0.05 is 5 percentage points), less that of the controls if given.

    95 % interval; NaN where the reading is TOO_FEW.
    """

    before: float
    after: float
    difference: float
    lower: float
    upper: float
    reading: ShareReading


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """Attempts and completed burglaries of one group in one time; noise: variance per count."""

    attempts: float
    completed: float
    noise: float = 0.0


def compute_share_change(
    before: AttemptCounts,
    after: AttemptCounts,
    *,
    controls: tuple[AttemptCounts, AttemptCounts] | None = None,
    completed: EffectKind = EffectKind.NOT_POSSIBLE,
) -> ShareChange:
    """Compute the change in the share of attempts, with controls the difference of changes.

    controls: (before, after); completed: what the evaluation of completed burglaries found.
    Wilson's interval per share, joined by Newcombe's square-and-add; rounding widens each
    through the number of cases that would be as uncertain. Fewer than 10 cases in a group:
    TOO_FEW. Raises ValueError for negative counts.
    Source: R. Newcombe, Interval estimation for the difference between independent
    proportions, Statistics in Medicine 17 (1998) 873-890 (method 10).
    """
    groups = (after, before, *(controls or ()))
    for group in groups:
        if min(group.attempts, group.completed, group.noise) < 0:
            raise ValueError(f"{group}: expected counts and noise >= 0")
    if any(group.attempts + group.completed < FEWEST_TOGETHER for group in groups):
        return ShareChange(nan, nan, nan, nan, nan, ShareReading.TOO_FEW)
    margins = [_compute_wilson(group) for group in groups]
    signs = (1, -1, 1, -1)  # after - before, less (controls after - before)
    difference, down, up = 0.0, 0.0, 0.0
    for sign, (share, lower, upper) in zip(signs, margins, strict=False):
        difference += sign * share
        # The far end of each share counts on the side it pushes the difference to.
        down += (share - lower) ** 2 if sign > 0 else (upper - share) ** 2
        up += (upper - share) ** 2 if sign > 0 else (share - lower) ** 2
    low, high = difference - float(np.sqrt(down)), difference + float(np.sqrt(up))
    reading = _read(low, high, completed)
    return ShareChange(margins[1][0], margins[0][0], difference, low, high, reading)


def _compute_wilson(group: AttemptCounts) -> tuple[float, float, float]:
    """Share with Wilson's interval, at the number of cases that carries its information."""
    cases = group.attempts + group.completed
    share = group.attempts / cases
    # A share of 0 or 1 has a chance of its own too: the variance of half a case more.
    near = (group.attempts + 0.5) / (cases + 1)
    chance = near * (1 - near)
    worth = chance / (chance / cases + group.noise * (share**2 + (1 - share) ** 2) / cases**2)
    middle = (share + _LIMIT**2 / (2 * worth)) / (1 + _LIMIT**2 / worth)
    half = _LIMIT * np.sqrt(share * (1 - share) / worth + _LIMIT**2 / (4 * worth**2))
    half = float(half / (1 + _LIMIT**2 / worth))
    return share, max(0.0, middle - half), min(1.0, middle + half)


def _read(lower: float, upper: float, completed: EffectKind) -> ShareReading:
    if lower > 0:
        fewer = completed is EffectKind.DECLINE
        return ShareReading.MORE_FAIL if fewer else ShareReading.MORE_RECORDED
    return ShareReading.FEWER_FAIL if upper < 0 else ShareReading.NO_CHANGE_SEEN
