"""Hides the finer cells of an area of which too many events have no known place.

Where events of a gemeente have no known buurt, what its buurten show is the least there can be,
and 0 is no zero. Refuses to show that where it is more than a fifth; below, a note tells it.
Of a source about persons only what may be released decides, since hiding can be seen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.indicators.matrices import MISSING, SHOWN, Matrix, Reasons

MOST_UNPLACED = 0.2
FEWEST = 10  # of a rounded number: below it nothing is sure, not even that there is one
Counts = NDArray[np.int64]
# Gives what may be released of counts, with the keys of their events.
Protect = Callable[[Counts, NDArray[np.uint64]], Counts]
NO_PLACE = "van meer dan 20 % is de plaats niet nauwkeuriger bekend"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The events of one area (a row of the areas) that lie in none of its finest parts.

    count and key: one a column of the matrix; the count is -1 where a part is not known.
    """

    area: int
    below: list[int]
    total: Counts
    total_key: NDArray[np.uint64]
    count: Counts
    key: NDArray[np.uint64]


def hide_unplaced(
    matrix: Matrix, areas: Sequence[Area], *, reasons: Reasons, protect: Protect | None = None
) -> Matrix:
    """Make cells missing below every area of which more than MOST_UNPLACED lies in no finer one.

    areas: the rows of the matrix. The region is held against its gemeenten, a gemeente against
    the finest level that is there. Where a part itself is missing nothing is judged. With
    `protect` the decision follows from what that gives, and from nothing else.
    """
    hidden = np.zeros(matrix.value.shape, np.bool_)
    for found in list_unplaced(matrix, areas):
        hidden[found.below] |= _is_too_much(found, protect)
    hidden &= matrix.status == SHOWN
    return replace(
        matrix,
        value=np.where(hidden, -1, matrix.value),
        status=np.where(hidden, MISSING, matrix.status).astype(np.uint8),
        reason=np.where(hidden, reasons.number(NO_PLACE), matrix.reason).astype(np.int16),
        estimated=np.where(hidden, 0.0, matrix.estimated),
    )


def list_unplaced(matrix: Matrix, areas: Sequence[Area]) -> Iterator[Unplaced]:
    """Yield what of the region lies in no gemeente, and of each gemeente in no finest part."""
    finest = _finest_level(matrix, areas)
    for i, area in enumerate(areas):
        if area.level not in (AreaLevel.REGIO, AreaLevel.GEMEENTE) or area.level is finest:
            continue
        inner = AreaLevel.GEMEENTE if area.level is AreaLevel.REGIO else finest
        parts = [j for j, part in enumerate(areas) if part.level is inner and _lies_in(part, area)]
        below = [
            j for j, part in enumerate(areas)
            if part.level.depth > area.level.depth and _lies_in(part, area)
        ]  # fmt: skip
        if parts:
            known = (matrix.status[[i, *parts]] == SHOWN).all(axis=0)
            count = matrix.value[i] - matrix.value[parts].sum(axis=0)
            key = matrix.key[i] - matrix.key[parts].sum(axis=0, dtype=np.uint64)
            total = matrix.value[i], matrix.key[i]
            yield Unplaced(i, below, *total, np.where(known, count, -1), key)


def _finest_level(matrix: Matrix, areas: Sequence[Area]) -> AreaLevel:
    shown = (matrix.status == SHOWN).any(axis=1)
    there = [area.level for area, has in zip(areas, shown, strict=True) if has]
    return max(there, key=lambda level: level.depth, default=AreaLevel.REGIO)


def _lies_in(part: Area, area: Area) -> bool:
    return area.level is AreaLevel.REGIO or part.code[2:6] == area.code[2:6]


def _is_too_much(found: Unplaced, protect: Protect | None) -> NDArray[np.bool_]:
    """Tell the columns in which too much of a whole lies in none of its parts."""
    if protect is None:
        return np.asarray((found.count >= 0) & (found.count > MOST_UNPLACED * found.total))
    total = protect(np.maximum(found.total, 0), found.total_key)
    count = protect(np.maximum(found.count, 0), found.key)
    too_much = (found.count >= 0) & (count >= FEWEST) & (count > MOST_UNPLACED * total)
    return np.asarray(too_much)
