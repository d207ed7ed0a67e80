"""One indicator's counts as area x period matrices, one a kind of period; a gap stays a gap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel, Period, PeriodKind, Status, read_period
from regiebeeld.domain.areas import level_of, parent_code
from regiebeeld.pipeline.store import NO_REASON, WorkingStore

SHOWN, MISSING, NOT_COLLECTED = (
    list(Status).index(s) for s in (Status.SHOWN, Status.MISSING, Status.NOT_COLLECTED)
)
NOT_IN_TABLE = "staat niet in de tabel van de bron"
PART_MISSING = "een deel van de gebieden ontbreekt"


class Reasons:
    """Numbers for the words why a cell has no value; a text keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def texts(self) -> list[str]:
        return list(self._numbers)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts of the region's areas (rows) in consecutive periods of one kind (columns).

    `value` is -1 where `status` is not SHOWN; `reason` numbers stand in a Reasons.
    """

    kind: PeriodKind
    periods: tuple[Period, ...]
    value: NDArray[np.int64]
    status: NDArray[np.uint8]
    reason: NDArray[np.int16]
    estimated: NDArray[np.float64]  # units of the value that were mapped over an area change
    provisional: NDArray[np.bool_]

    def rows(self, places: NDArray[np.intp]) -> "Matrix":
        return Matrix(
            self.kind,
            self.periods,
            *(a[places] for a in (self.value, self.status, self.reason, self.estimated, self.provisional)),
        )


def read_matrices(
    store: WorkingStore, source: str, event_sets: Sequence[str], *, areas: Sequence[Area], reasons: Reasons
) -> list[Matrix]:
    """Read an indicator's matrices, one a kind of period the source has.

    areas: the region (its first row) and every area of the shown layout; a cell
    that several event sets make is missing when one of them is. A level that the
    source does not count is added up from the finer one, unplaced areas included.
    """
    codes, _, periods, texts = store.read_names()
    per_set = [store.read_rows(source, event_set) for event_set in event_sets]
    numbers = np.array([reasons.number(text) for text in texts] + [NO_REASON], dtype=np.int16)
    kinds = sorted({periods[key].kind for rows in per_set for key in np.unique(rows["period_key"])})
    matrices = []
    for kind in kinds:
        parts = [_pivot(rows, codes, periods, kind=kind, numbers=numbers, reasons=reasons) for rows in per_set]
        placed = [_place(part, names, areas, reasons) for part, names in parts]
        matrices.append(_add(placed, reasons))
    return matrices


def _pivot(
    rows: Mapping[str, NDArray[np.int64]],
    codes: list[str],
    periods: list[Period],
    *,
    kind: PeriodKind,
    numbers: NDArray[np.int16],
    reasons: Reasons,
) -> tuple[Matrix, list[str]]:
    """Lay the rows of one event set out as a matrix of the areas that the source has."""
    of_kind = np.array([period.kind is kind for period in periods])
    mine = of_kind[rows["period_key"]]
    area_keys = np.unique(rows["area_key"][mine])
    chosen = _without_holes([periods[key] for key in np.unique(rows["period_key"][mine])])
    column = np.full(len(periods), -1)
    ids = {period.id: i for i, period in enumerate(chosen)}
    for key, period in enumerate(periods):
        column[key] = ids.get(period.id, -1)
    at = np.searchsorted(area_keys, rows["area_key"][mine]), column[rows["period_key"][mine]]
    shape = (len(area_keys), len(chosen))
    value = np.full(shape, -1, dtype=np.int64)
    status = np.full(shape, MISSING, dtype=np.uint8)
    reason = np.full(shape, reasons.number(NOT_IN_TABLE), dtype=np.int16)
    estimated = np.zeros(shape)
    provisional = np.zeros(shape, dtype=np.bool_)
    value[at] = rows["count"][mine]
    status[at] = rows["status"][mine]
    reason[at] = numbers[rows["reason_key"][mine]]
    estimated[at] = rows["estimated_share"][mine] * np.maximum(rows["count"][mine], 0)
    provisional[at] = rows["provisional"][mine]
    return Matrix(kind, chosen, value, status, reason, estimated, provisional), [codes[k] for k in area_keys]


def _without_holes(found: list[Period]) -> tuple[Period, ...]:
    """Give the periods in order with those between them that nobody delivered."""
    ordered = sorted(found)
    if not ordered or ordered[0].kind not in (PeriodKind.MONTH, PeriodKind.YEAR):
        return tuple(ordered)
    first, last = ordered[0], ordered[-1]
    if first.kind is PeriodKind.YEAR:
        return tuple(read_period(str(year)) for year in range(first.year, last.year + 1))
    months = range(first.year * 12 + first.start.month - 1, last.year * 12 + last.start.month)
    return tuple(read_period(f"{m // 12}-{m % 12 + 1:02d}") for m in months)


def _place(seen: Matrix, names: list[str], areas: Sequence[Area], reasons: Reasons) -> Matrix:
    """Put the source's rows on the region's areas; add up the levels that the source lacks."""
    levels = [level_of(name) if name[:2] in ("GM", "WK", "BU") else None for name in names]
    at = {name: i for i, name in enumerate(names)}
    groups: list[list[int]] = []
    finest_first = [AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE]
    for area in areas:
        if area.code in at:
            groups.append([at[area.code]])
        elif area.level is AreaLevel.REGIO:
            groups.append(_parts_of_region(names, levels))
        elif area.level in levels:
            groups.append([])
        else:
            below = [lv for lv in finest_first if lv in levels and lv.depth > area.level.depth]
            groups.append(_parts_of(area, names, levels, below[-1]) if below else [])
    return _add_groups(seen, groups, reasons)


def _parts_of(area: Area, names: list[str], levels: list[AreaLevel | None], level: AreaLevel) -> list[int]:
    return [
        i for i, name in enumerate(names) if levels[i] is level and parent_code(name, area.level) == area.code
    ]


def _parts_of_region(names: list[str], levels: list[AreaLevel | None]) -> list[int]:
    """The region is the sum of its gemeenten, or of what stands in for them."""
    coarsest = min((lv for lv in levels if lv), key=lambda lv: lv.depth, default=None)
    return [i for i in range(len(names)) if levels[i] is coarsest]


def _add_groups(seen: Matrix, groups: list[list[int]], reasons: Reasons) -> Matrix:
    """Add rows up per group; a group with a missing part is missing, an empty group too."""
    shape = (len(groups), len(seen.periods))
    value = np.full(shape, -1, dtype=np.int64)
    status = np.full(shape, MISSING, dtype=np.uint8)
    reason = np.full(shape, reasons.number(NOT_IN_TABLE), dtype=np.int16)
    estimated, provisional = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    for i, group in enumerate(groups):
        if len(group) == 1:
            arrays = (seen.value, seen.status, seen.reason, seen.estimated, seen.provisional)
            value[i], status[i], reason[i], estimated[i], provisional[i] = (a[group[0]] for a in arrays)
        elif group:
            value[i], status[i], reason[i] = _sum_rows(seen, group, reasons)
            estimated[i] = seen.estimated[group].sum(axis=0)
            provisional[i] = seen.provisional[group].any(axis=0)
    return Matrix(seen.kind, seen.periods, value, status, reason, estimated, provisional)


def _sum_rows(
    seen: Matrix, group: list[int], reasons: Reasons
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int16]]:
    status, value, reason = seen.status[group], seen.value[group], seen.reason[group]
    whole = (status == SHOWN).all(axis=0)
    # One and the same reason for all parts is the reason of the sum.
    alike = (status == status[0]).all(axis=0) & (reason == reason[0]).all(axis=0)
    summed = np.where(whole, value.sum(axis=0), -1)
    new_status = np.where(whole, SHOWN, np.where(alike, status[0], MISSING)).astype(np.uint8)
    new_reason = np.where(alike, reason[0], reasons.number(PART_MISSING))
    return summed, new_status, np.where(whole, NO_REASON, new_reason).astype(np.int16)


def _add(matrices: list[Matrix], reasons: Reasons) -> Matrix:
    """Add event sets up; they share areas, and only periods that all of them have can be whole."""
    if len(matrices) == 1:
        return matrices[0]
    first = max(matrices, key=lambda matrix: len(matrix.periods))
    stacked = [_align(matrix, first.periods, reasons) for matrix in matrices]
    flat = Matrix(
        first.kind,
        first.periods,
        *(np.concatenate([getattr(m, name) for m in stacked]) for name in ("value", "status", "reason", "estimated", "provisional")),
    )
    size = len(first.value)
    groups = [[i + size * k for k in range(len(stacked))] for i in range(size)]
    return _add_groups(flat, groups, reasons)


def _align(matrix: Matrix, periods: tuple[Period, ...], reasons: Reasons) -> Matrix:
    at = {period.id: i for i, period in enumerate(matrix.periods)}
    places = [at.get(period.id, -1) for period in periods]
    absent = np.array(places) < 0

    def spread(array: NDArray[np.generic], fill: int) -> NDArray[np.generic]:
        taken = array[:, places].copy()
        taken[:, absent] = fill
        return taken

    return Matrix(
        matrix.kind,
        periods,
        spread(matrix.value, -1),  # type: ignore[arg-type]
        spread(matrix.status, MISSING),  # type: ignore[arg-type]
        spread(matrix.reason, reasons.number(NOT_IN_TABLE)),  # type: ignore[arg-type]
        spread(matrix.estimated, 0),  # type: ignore[arg-type]
        spread(matrix.provisional, 0),  # type: ignore[arg-type]
    )
