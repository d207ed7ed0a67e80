"""Parts of a whole with their margin: a share of two counts, also where those were rounded."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from regiebeeld.statistics.comparisons import Span

FEWEST_TOGETHER = 10  # as in statistics.effects.shares: below this a share says nothing
_LIMIT = 1.959963984540054


class ShareVerdict(StrEnum):
    """What a share says beside an earlier one, for every count that the two can be."""

    HIGHER = "higher"
    LOWER = "lower"
    WITHIN_CHANCE = "within_chance"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Parted:
    """Counts of two parts that make a whole; each a range where it was rounded."""

    part: Span
    rest: Span

    @property
    def is_enough(self) -> bool:
        return self.part.lower + self.rest.lower >= FEWEST_TOGETHER


@dataclass(frozen=True, slots=True)
class Share:
    """A part of 1 with its 95 % interval, which holds for every count that it can be made of."""

    lowest: float
    highest: float
    lower: float
    upper: float


def compute_wilson_interval(part: int, whole: int) -> tuple[float, float]:
    """Compute the 95 % interval of a proportion, both ends between 0 and 1.

    Raises ValueError unless 0 <= part <= whole and whole > 0.
    Source: E. Wilson, JASA 22 (1927) 209-212; method 3 of R. Newcombe, Two-sided confidence
    intervals for the single proportion, Statistics in Medicine 17 (1998) 857-872.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} of {whole}: expected 0 <= part <= whole and whole > 0")
    share, square = part / whole, _LIMIT**2
    middle = share + square / (2 * whole)
    half = _LIMIT * float(np.sqrt(share * (1 - share) / whole + square / (4 * whole**2)))
    scale = 1 + square / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def compute_share(counts: Parted) -> Share | None:
    """Compute the share of the part; None of fewer than 10 cases.

    Of rounded counts the lowest share is the smallest part beside the largest rest.
    """
    if not counts.is_enough:
        return None
    ends = _list_ends(counts)
    margins = [compute_wilson_interval(part, part + rest) for part, rest in ends]
    shares = [part / (part + rest) for part, rest in ends]
    return Share(shares[0], shares[1], margins[0][0], margins[1][1])


def compare_shares(now: Parted, before: Parted) -> ShareVerdict:
    """Tell whether a share differs from an earlier one by more than chance (95 %).

    Newcombe's interval of the difference (method 10, Statistics in Medicine 17 (1998) 873-890)
    for each pair of ends; higher or lower only where it holds for all of them.
    """
    if not (now.is_enough and before.is_enough):
        return ShareVerdict.TOO_FEW
    low, high = _list_ends(now)
    earlier_low, earlier_high = _list_ends(before)
    if _compute_difference(low, earlier_high)[0] > 0:
        return ShareVerdict.HIGHER
    if _compute_difference(high, earlier_low)[1] < 0:
        return ShareVerdict.LOWER
    return ShareVerdict.WITHIN_CHANCE


def _list_ends(counts: Parted) -> tuple[tuple[int, int], tuple[int, int]]:
    """Give part and rest where the share is lowest, and where it is highest."""
    low = (counts.part.lower, counts.rest.upper)
    return low, (counts.part.upper, counts.rest.lower)


def _compute_difference(now: tuple[int, int], before: tuple[int, int]) -> tuple[float, float]:
    shares = [part / (part + rest) for part, rest in (now, before)]
    margins = [compute_wilson_interval(part, part + rest) for part, rest in (now, before)]
    difference = shares[0] - shares[1]
    down = np.hypot(shares[0] - margins[0][0], margins[1][1] - shares[1])
    up = np.hypot(margins[0][1] - shares[0], shares[1] - margins[1][0])
    return difference - float(down), difference + float(up)
