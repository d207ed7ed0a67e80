"""The cells of one indicator: every level and period its definition allows, and no finer one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Indicator
from regiebeeld.domain import (
    Area,
    AreaLevel,
    ContractError,
    Period,
    PeriodKind,
    read_period,
    rolling_year,
)
from regiebeeld.pipeline.indicators.matrices import (
    MISSING,
    NOT_COLLECTED,
    NOT_IN_TABLE,
    SHOWN,
    Matrix,
    Reasons,
)
from regiebeeld.pipeline.indicators.unplaced import Protect, hide_unplaced, list_unplaced
from regiebeeld.pipeline.store import NO_REASON

# A release holds counts in 32 bits; a sum above this would be another number there.
LARGEST_VALUE = 2**31 - 1
INCOMPLETE = "niet alle maanden van deze periode zijn er"
Number = TypeVar("Number", np.int64, np.float64, np.uint64)
_COLUMNS = ("area", "period", "value", "status", "reason", "estimated", "provisional", "key")
_MONTHS = {PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}
# A sliding year moves only as often as the finest period does, or its steps show finer ones.
_SLIDE = {PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6}


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells as columns of one length; `area` is a row of the region's areas."""

    periods: tuple[Period, ...]
    area: NDArray[np.int32]
    period: NDArray[np.int32]
    value: NDArray[np.int64]
    status: NDArray[np.uint8]
    reason: NDArray[np.int16]
    estimated_share: NDArray[np.float32]
    provisional: NDArray[np.bool_]
    key: NDArray[np.uint64]  # of the set of events; 0 where nothing needs protection
    asides: "Asides | None" = None


@dataclass(frozen=True, slots=True)
class Asides:
    """Counts that are not shown and decided what is: of an area, what lies in none of its parts.

    area: a row of the region's areas; period: a place in the periods of the cells.
    """

    area: NDArray[np.int32]
    period: NDArray[np.int32]
    value: NDArray[np.int64]
    key: NDArray[np.uint64]


def compute_indicator_cells(
    indicator: Indicator,
    matrices: Sequence[Matrix],
    *,
    areas: Sequence[Area],
    reasons: Reasons,
    hides: bool = False,
    protect: Protect | None = None,
) -> Cells:
    """Compute every allowed cell: periods as delivered, and sums of delivered months.

    Years are taken from a yearly table where the source has one, else added up
    from twelve months; the two are never mixed. An incomplete sum is missing. A level
    that the source does not know at all gets no cells, rather than thousands of gaps.
    `hides`: cells below an area of which too many events have no known place are missing;
    with `protect` only what that gives of counts decides.
    Raises ContractError for a sum that a release cannot hold.
    """
    delivered = {matrix.kind: matrix for matrix in matrices}
    unknown = reasons.number(NOT_IN_TABLE)
    found: list[tuple[Matrix, NDArray[np.intp], NDArray[np.intp]]] = []
    weighed: list[Matrix] = []
    always = {PeriodKind.MONTH, PeriodKind.ROLLING, PeriodKind.YEAR}
    for kind in sorted(always | {f.period for f in indicator.finest}):
        counted = delivered.get(kind) or delivered.get(PeriodKind.MONTH)
        matrix = delivered.get(kind) or add_months_up(counted, kind, reasons)
        if counted is None or matrix is None:
            continue
        if hides:
            weighed.append(matrix)
            matrix = hide_unplaced(matrix, areas, reasons=reasons, protect=protect)
        for level in AreaLevel:
            at = [i for i, area in enumerate(areas) if area.level is level]
            rows = np.array(at, dtype=np.intp)
            columns = _allowed_columns(indicator, level, matrix)
            if len(rows) and len(columns) and (counted.reason[rows] != unknown).any():
                found.append((matrix, rows, columns))
    cells = _flatten(found)
    _refuse_too_large(indicator, cells)
    if protect is None:
        return cells
    return replace(cells, asides=list_asides(cells.periods, weighed, areas))


def _refuse_too_large(indicator: Indicator, cells: Cells) -> None:
    if len(cells.value) and cells.value.max() > LARGEST_VALUE:
        raise ContractError(
            f"indicator {indicator.id}: een som is groter dan {LARGEST_VALUE}; "
            "controleer of de bron wel aantallen levert"
        )


def list_asides(
    periods: Sequence[Period], weighed: Sequence[Matrix], areas: Sequence[Area]
) -> Asides:
    """List what of the matrices lies in an area and in none of its parts, in these periods."""
    numbers = {period.id: i for i, period in enumerate(periods)}
    parts: list[tuple[NDArray[Any], ...]] = []
    for matrix in weighed:
        named = np.array([numbers.get(period.id, -1) for period in matrix.periods], np.int32)
        for found in list_unplaced(matrix, areas):
            at = np.flatnonzero((found.count >= 0) & (named >= 0))
            area = np.full(len(at), found.area, np.int32)
            parts.append((area, named[at], found.count[at], found.key[at]))
    types = (np.int32, np.int32, np.int64, np.uint64)
    empty = [np.array([], kind) for kind in types]
    return Asides(*(np.concatenate(each) for each in zip(empty, *parts, strict=True)))


def _allowed_columns(indicator: Indicator, level: AreaLevel, matrix: Matrix) -> NDArray[np.intp]:
    allowed = [f for f in indicator.finest if f.allows(level, matrix.kind)]
    if not allowed:
        return np.array([], dtype=np.intp)
    if matrix.kind is not PeriodKind.ROLLING:
        return np.arange(len(matrix.periods))
    step = min(_SLIDE.get(f.period, 1) for f in allowed)
    places = [i for i, period in enumerate(matrix.periods) if period.end.month % step == 0]
    return np.array(places, dtype=np.intp)


def add_months_up(months: Matrix | None, kind: PeriodKind, reasons: Reasons) -> Matrix | None:
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
    no_status = np.where(none_collected, NOT_COLLECTED, MISSING)
    status = np.where(whole, SHOWN, no_status).astype(np.uint8)
    incomplete = np.where(none_collected, months.reason[:, last], reasons.number(INCOMPLETE))
    return Matrix(
        kind,
        tuple(_name_period(months.periods[i], kind, size) for i in ends),
        np.where(whole, value, -1),
        status,
        np.where(whole, NO_REASON, incomplete).astype(np.int16),
        np.where(whole, _window(months.estimated, last, size), 0.0),
        _window(months.provisional.astype(np.int64), last, size) > 0,
        _window(months.key, last, size),
    )


def _window(array: NDArray[Number], last: NDArray[np.intp], size: int) -> NDArray[Number]:
    """Sum `size` columns ending at each column of `last`."""
    start = np.zeros((len(array), 1), dtype=array.dtype)
    running = np.concatenate([start, np.cumsum(array, axis=1)], axis=1)
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
    arrays: dict[str, list[NDArray[Any]]] = {name: [np.array([], np.int64)] for name in _COLUMNS}
    arrays["key"] = [np.array([], np.uint64)]  # with a signed part it would become a float
    for matrix, rows, columns in found:
        named = np.array([numbers[matrix.periods[c].id] for c in columns], dtype=np.int32)
        arrays["area"].append(np.repeat(rows.astype(np.int32), len(columns)))
        arrays["period"].append(np.tile(named, len(rows)))
        for name in _COLUMNS[2:]:
            arrays[name].append(getattr(matrix, name)[np.ix_(rows, columns)].ravel())
    whole = {name: np.concatenate(parts) for name, parts in arrays.items()}
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
        key=whole["key"].astype(np.uint64),
    )
