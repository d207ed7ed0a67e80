"""The cells of areas that are told together as one: per period the sum of what each counts.

Missing wherever one of the areas is, or is hidden.
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel, PeriodKind
from regiebeeld.pipeline.indicators.cells import Asides, Cells, add_months_up, list_asides
from regiebeeld.pipeline.indicators.matrices import SHOWN, Matrix, Reasons
from regiebeeld.pipeline.indicators.unplaced import Protect, hide_unplaced
from regiebeeld.pipeline.store import NO_REASON


def compute_together_cells(
    matrices: Sequence[Matrix],
    wanted: Sequence[tuple[Collection[str], Collection[PeriodKind]]],
    *,
    areas: Sequence[Area],
    reasons: Reasons,
    protect: Protect | None,
) -> list[Cells]:
    """Compute the cells of sets of areas: of each its members, and the kinds of period it may have.

    areas: the rows of the matrices. Only periods that are known of all members are there. Cells
    below an area of which too many events have no known place are left out, as always.
    """
    kinds = sorted({kind for _, each in wanted for kind in each})
    shown = {
        kind: (matrix, hide_unplaced(matrix, areas, reasons=reasons, protect=protect))
        for kind, matrix in ((kind, _sum_to(matrices, kind, reasons)) for kind in kinds)
        if matrix is not None
    }
    return [
        _add_up([shown[kind] for kind in kinds if kind in shown and kind in mine], members, areas)
        for members, mine in wanted
    ]


def _sum_to(matrices: Sequence[Matrix], kind: PeriodKind, reasons: Reasons) -> Matrix | None:
    delivered = {matrix.kind: matrix for matrix in matrices}
    return delivered.get(kind) or add_months_up(delivered.get(PeriodKind.MONTH), kind, reasons)


def _add_up(
    shown: Sequence[tuple[Matrix, Matrix]], members: Collection[str], areas: Sequence[Area]
) -> Cells:
    """Add the rows of the members up; shown: each matrix before and after hiding."""
    rows = np.array([i for i, area in enumerate(areas) if area.code in members], dtype=np.intp)
    periods = tuple(sorted(p for matrix, _ in shown for p in matrix.periods))
    at = {period.id: i for i, period in enumerate(periods)}
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]] = []
    for _, matrix in shown:
        known = np.flatnonzero((matrix.status[rows] == SHOWN).all(axis=0))
        if len(rows) == len(members):
            named = np.array([at[matrix.periods[i].id] for i in known], dtype=np.int64)
            value = matrix.value[np.ix_(rows, known)].sum(axis=0)
            key = matrix.key[np.ix_(rows, known)].sum(axis=0, dtype=np.uint64)
            parts.append((named, value, key))
    empty = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint64))
    period, value, key = (np.concatenate(each) for each in zip(empty, *parts, strict=True))
    size = len(value)
    return Cells(
        periods=periods,
        area=np.zeros(size, np.int32),
        period=period.astype(np.int32),
        value=value,
        status=np.full(size, SHOWN, np.uint8),
        reason=np.full(size, NO_REASON, np.int16),
        estimated_share=np.zeros(size, np.float32),
        provisional=np.zeros(size, np.bool_),
        key=key,
        asides=_take_around(list_asides(periods, [m for m, _ in shown], areas), members, areas),
    )


def _take_around(asides: Asides, members: Collection[str], areas: Sequence[Area]) -> Asides:
    """Take what could have hidden a member: of the region, and of the gemeenten that hold one."""
    homes = {code[2:6] for code in members}
    near = [area.level is AreaLevel.REGIO or area.code[2:6] in homes for area in areas]
    kept = np.array(near)[asides.area]
    return Asides(asides.area[kept], asides.period[kept], asides.value[kept], asides.key[kept])
