"""Holds the sums of wijken and buurten against the gemeente's own count, and tells differences."""

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import level_of
from regiebeeld.pipeline.sources.conform_counts import Note, Observations, mark_addable


def compare_levels(seen: Observations, total: str | None) -> list[Note]:
    """Compare every count of a gemeente with the sum of its wijken and of its buurten.

    Each offence and period is compared by itself. The size of a difference is told
    over one kind of period, and over the total where the table has one, so that
    nothing is added twice.
    """
    notes = []
    for finer in (AreaLevel.WIJK, AreaLevel.BUURT):
        own, summed = (_sums(seen, level) for level in (AreaLevel.GEMEENTE, finer))
        both = sorted(own.keys() & summed.keys())
        gap = np.array([own[key] - summed[key] for key in both], dtype=np.int64)
        notes += _tell(finer, gap, _is_addable(seen, both, total))
    return notes


def depth_of(code: str) -> int:
    """The depth of a code's level; -1 for codes above the gemeente."""
    return level_of(code).depth if code[:2] in ("GM", "WK", "BU") else -1


_Key = tuple[int, int, int]  # gemeente, event set, period


def _sums(seen: Observations, level: AreaLevel) -> dict[_Key, int]:
    depth = np.array([depth_of(code) for code in seen.areas])
    gemeente = np.array([int(code[2:6]) if code[2:6].isdigit() else 0 for code in seen.areas])
    rows = (seen.count >= 0) & (depth[seen.area] == level.depth)
    shape = (10_000, len(seen.event_sets), len(seen.periods))
    at = (gemeente[seen.area[rows]], seen.event_set[rows], seen.period[rows])
    unique, places = np.unique(np.ravel_multi_index(at, shape), return_inverse=True)
    sums = np.bincount(places, weights=seen.count[rows], minlength=len(unique)).astype(np.int64)
    keys = zip(*(axis.tolist() for axis in np.unravel_index(unique, shape)), strict=True)
    return dict(zip(keys, sums.tolist(), strict=True))


def _is_addable(seen: Observations, keys: list[_Key], total: str | None) -> NDArray[np.bool_]:
    rows = mark_addable(seen, total)
    pairs = set(zip(seen.event_set[rows].tolist(), seen.period[rows].tolist(), strict=True))
    return np.array([(event, period) in pairs for _, event, period in keys], dtype=np.bool_)


def _tell(finer: AreaLevel, gap: NDArray[np.int64], addable: NDArray[np.bool_]) -> list[Note]:
    if not len(gap):
        return []
    less, more = gap > 0, gap < 0
    if not less.any() and not more.any():
        text = f"{finer}: de som is overal gelijk aan de eigen telling van de gemeente"
        return [Note("reconciled", len(gap), text)]
    notes = []
    if less.any():
        told = int(gap[less & addable].sum())
        text = f"{finer}: {told} staan wel bij de gemeente en bij geen {finer}"
        notes.append(Note("difference", int(less.sum()), text))
    if more.any():
        told = -int(gap[more & addable].sum())
        text = f"{finer}: de som is {told} hoger dan de eigen telling van de gemeente"
        notes.append(Note("difference", int(more.sum()), text))
    return notes
