"""Hides the finer cells of an area of which too many events have no known place.

Where events of a gemeente have no known buurt, what its buurten show is the least there can be,
and 0 is no zero. Refuses to show that where it is more than a fifth; below, a note tells it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.indicators.matrices import MISSING, SHOWN, Matrix, Reasons

MOST_UNPLACED = 0.2
NO_PLACE = "van meer dan 20 % is de plaats niet nauwkeuriger bekend"


def hide_unplaced(matrix: Matrix, areas: Sequence[Area], *, reasons: Reasons) -> Matrix:
    """Make cells missing below every area of which more than MOST_UNPLACED lies in no finer one.

    areas: the rows of the matrix. The region is held against its gemeenten, a gemeente against
    the finest level that is there. Where a part itself is missing nothing is judged.
    """
    hidden = np.zeros(matrix.value.shape, np.bool_)
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
            hidden[below] |= _is_unplaced(matrix, i, parts)
    hidden &= matrix.status == SHOWN
    return replace(
        matrix,
        value=np.where(hidden, -1, matrix.value),
        status=np.where(hidden, MISSING, matrix.status).astype(np.uint8),
        reason=np.where(hidden, reasons.number(NO_PLACE), matrix.reason).astype(np.int16),
        estimated=np.where(hidden, 0.0, matrix.estimated),
    )


def _finest_level(matrix: Matrix, areas: Sequence[Area]) -> AreaLevel:
    shown = (matrix.status == SHOWN).any(axis=1)
    there = [area.level for area, has in zip(areas, shown, strict=True) if has]
    return max(there, key=lambda level: level.depth, default=AreaLevel.REGIO)


def _lies_in(part: Area, area: Area) -> bool:
    return area.level is AreaLevel.REGIO or part.code[2:6] == area.code[2:6]


def _is_unplaced(matrix: Matrix, whole: int, parts: list[int]) -> NDArray[np.bool_]:
    """Tell the columns in which too much of a whole lies in none of its parts."""
    known = (matrix.status[[whole, *parts]] == SHOWN).all(axis=0)
    total, placed = matrix.value[whole], matrix.value[parts].sum(axis=0)
    return np.asarray(known & (total - placed > MOST_UNPLACED * total))
