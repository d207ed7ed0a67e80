"""The cells of one indicator: every level and period its definition allows, and no finer one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Indicator
from regiebeeld.domain import Area, AreaLevel, Period, PeriodKind, read_period, rolling_year
from regiebeeld.pipeline.indicators.matrices import (
    MISSING,
    NOT_COLLECTED,
    SHOWN,
    Matrix,
    Reasons,
)
from regiebeeld.pipeline.store import NO_REASON

INCOMPLETE = "niet alle maanden van deze periode zijn er"
_MONTHS = {PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}
# A sliding year may move only as often as the finest period does, or its steps would show finer ones.
_SLIDE = {PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6}


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells as columns of one length; `area` is a row of the region's areas, `period` of `periods`."""

    periods: tuple[Period, ...]
    area: NDArray[np.int32]
    period: NDArray[np.int32]
    value: NDArray[np.int64]
    status: NDArray[np.uint8]
    reason: NDArray[np.int16]
    estimated_share: NDArray[np.float32]
    provisional: NDArray[np.bool_]


def compute_indicator_cells(
    indicator: Indicator, matrices: Sequence[Matrix], *, areas: Sequence[Area], reasons: Reasons
) -> Cells:
    """Compute every allowed cell: periods as delivered, and sums of months where months are delivered.

    Years are taken from a yearly table where the source has one, else added up
    from twelve months; the two are never mixed. An incomplete sum is missing.
    """
    delivered = {matrix.kind: matrix for matrix in matrices}
    found: list[tuple[Matrix, NDArray[np.intp], NDArray[np.intp]]] = []
    wanted = {PeriodKind.MONTH, PeriodKind.ROLLING, PeriodKind.YEAR} | {f.period for f in indicator.finest}
    for kind in sorted(wanted):
        matrix = delivered.get(kind) or _from_months(delivered.get(PeriodKind.MONTH), kind, reasons)
        if matrix is None:
            continue
        for level in AreaLevel:
            rows = np.array([i for i, area in enumerate(areas) if area.level is level], dtype=np.intp)
            columns = _allowed_columns(indicator, level, matrix)
            if len(rows) and len(columns) and not _is_empty(matrix, rows):
                found.append((matrix, rows, columns))
    return _flatten(found)


def _is_empty(matrix: Matrix, rows: NDArray[np.intp]) -> bool:
    """A level that the source does not know at all gets no cells, rather than thousands of gaps."""
    status = matrix.status[rows]
    return bool((status == MISSING).all() and (matrix.reason[rows] == matrix.reason[rows].flat[0]).all())


def _allowed_columns(indicator: Indicator, level: AreaLevel, matrix: Matrix) -> NDArray[np.intp]:
    allowed = [f for f in indicator.finest if f.allows(level, matrix.kind)]
    if not allowed:
        return np.array([], dtype=np.intp)
    if matrix.kind is not PeriodKind.ROLLING:
        return np.arange(len(matrix.periods))
    step = min(_SLIDE.get(f.period, 1) for f in allowed)
    return np.array([i for i, p in enumerate(matrix.periods) if p.end.month % step == 0], dtype=np.intp)


def _from_months(months: Matrix | None, kind: PeriodKind, reasons: Reasons) -> Matrix | None:
    """Add months up to longer periods; only whole calendar periods and whole sliding years."""
    if months is None or kind not in (*_MONTHS, PeriodKind.ROLLING):
        return None
    size = _MONTHS.get(kind, 12)
    ends = [
        i for i, month in enumerate(months.periods)
        if i >= size - 1 and (kind is PeriodKind.ROLLING or month.start.month % size == 0)
    ]  # fmt: skip
    if not ends:
        return None
    last = np.array(ends)
    shown = months.status == SHOWN
    whole = _window(shown.astype(np.int64), last, size) == size
    none_collected = _window((months.status == NOT_COLLECTED).astype(np.int64), last, size) == size
    value = _window(np.maximum(months.value, 0), last, size)
    status = np.where(whole, SHOWN, np.where(none_collected, NOT_COLLECTED, MISSING)).astype(np.uint8)
    incomplete = np.where(none_collected, months.reason[:, last], reasons.number(INCOMPLETE))
    return Matrix(
        kind,
        tuple(_name_period(months.periods[i], kind, size) for i in ends),
        np.where(whole, value, -1),
        status,
        np.where(whole, NO_REASON, incomplete).astype(np.int16),
        np.where(whole, _window(months.estimated, last, size), 0.0),
        _window(months.provisional.astype(np.int64), last, size) > 0,
    )


def _window(array: NDArray[np.generic], last: NDArray[np.intp], size: int) -> NDArray[np.int64]:
    """Sum `size` columns ending at each column of `last`."""
    running = np.concatenate([np.zeros((len(array), 1), dtype=array.dtype), np.cumsum(array, axis=1)], axis=1)
    return np.asarray(running[:, last + 1] - running[:, last + 1 - size])


def _name_period(month: Period, kind: PeriodKind, size: int) -> Period:
    if kind is PeriodKind.ROLLING:
        return rolling_year(month)
    if kind is PeriodKind.YEAR:
        return read_period(str(month.year))
    letter = "Q" if kind is PeriodKind.QUARTER else "H"
    return read_period(f"{month.year}-{letter}{month.start.month // size}")


def _flatten(found: list[tuple[Matrix, NDArray[np.intp], NDArray[np.intp]]]) -> Cells:
    periods = tuple(sorted({m.periods[c] for m, _, columns in found for c in columns}))
    numbers = {period.id: i for i, period in enumerate(periods)}
    parts: dict[str, list[NDArray[np.generic]]] = {name: [] for name in ("area", "period", "value", "status", "reason", "estimated", "provisional")}
    for matrix, rows, columns in found:
        named = np.array([numbers[matrix.periods[c].id] for c in columns], dtype=np.int32)
        parts["area"].append(np.repeat(rows.astype(np.int32), len(columns)))
        parts["period"].append(np.tile(named, len(rows)))
        for name in ("value", "status", "reason", "estimated", "provisional"):
            parts[name].append(getattr(matrix, name)[np.ix_(rows, columns)].ravel())
    if not found:
        empty = np.array([], dtype=np.int64)
        parts = {name: [empty] for name in parts}
    whole = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    share = whole["estimated"] / np.maximum(whole["value"], 1)
    return Cells(
        periods=periods,
        area=whole["area"].astype(np.int32),
        period=whole["period"].astype(np.int32),
        value=whole["value"].astype(np.int64),
        status=whole["status"].astype(np.uint8),
        reason=whole["reason"].astype(np.int16),
        estimated_share=np.clip(share, 0, 1).astype(np.float32),
        provisional=whole["provisional"].astype(np.bool_),
    )
