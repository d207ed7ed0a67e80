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
    key: NDArray[np.uint64]  # of the set of events that is counted; sums are of the union


def read_matrices(
    store: WorkingStore,
    source: str,
    event_sets: Sequence[str],
    *,
    areas: Sequence[Area],
    reasons: Reasons,
) -> list[Matrix]:
    """Read an indicator's matrices, one a kind of period the source has.

    areas: the region (its first row) and every area of the shown layout; a cell
    that several event sets make is missing when one of them is. A level that the
    source does not count is added up from the finer one, unplaced areas included;
    the region is missing when one of its gemeenten is.
    """
    codes, _, periods, texts = store.read_names()
    per_set = [store.read_rows(source, event_set) for event_set in event_sets]
    numbers = np.array([reasons.number(text) for text in texts] + [NO_REASON], dtype=np.int16)
    kinds = sorted({periods[key].kind for rows in per_set for key in np.unique(rows["period_key"])})
    matrices = []
    for kind in kinds:
        parts = [
            _pivot(rows, codes, periods, kind=kind, numbers=numbers, reasons=reasons)
            for rows in per_set
        ]
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
    event_key = np.zeros(shape, dtype=np.uint64)
    value[at] = rows["count"][mine]
    status[at] = rows["status"][mine]
    reason[at] = numbers[rows["reason_key"][mine]]
    # A drawn 0 is an estimate too: it counts as one unit, so that its share is not lost.
    units = np.where(rows["count"][mine] < 0, 0, np.maximum(rows["count"][mine], 1))
    estimated[at] = rows["estimated_share"][mine] * units
    provisional[at] = rows["provisional"][mine]
    event_key[at] = rows["event_key"][mine]
    names = [codes[key] for key in area_keys]
    return Matrix(kind, chosen, value, status, reason, estimated, provisional, event_key), names


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
    parts = _Parts.of(names)
    groups = [parts.group(area) for area in areas]
    gemeenten = [i for i, area in enumerate(areas) if area.level is AreaLevel.GEMEENTE]
    top = [i for i, area in enumerate(areas) if area.level is AreaLevel.REGIO and not groups[i]]
    # A region of which one gemeente is not in the table at all is no smaller region.
    whole = all(groups[i] for i in gemeenten)
    for i in top:
        groups[i] = parts.coarsest if whole else []
    placed = _add_groups(seen, groups, reasons)
    if names and not whole:
        placed.reason[top] = reasons.number(PART_MISSING)
    return placed


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rows of a source by code, and below every coarser code at each level it counts."""

    at: dict[str, int]
    levels: tuple[AreaLevel, ...]  # that the source counts, coarse to fine
    below: dict[tuple[AreaLevel, str], list[int]]
    coarsest: list[int]  # every row of the coarsest level, unplaced areas included

    @classmethod
    def of(cls, names: list[str]) -> "_Parts":
        below: dict[tuple[AreaLevel, str], list[int]] = {}
        of_level: dict[AreaLevel, list[int]] = {}
        for i, name in enumerate(names):
            level = level_of(name)
            of_level.setdefault(level, []).append(i)
            for coarser in (AreaLevel.GEMEENTE, AreaLevel.WIJK):
                if coarser.depth < level.depth:
                    below.setdefault((level, parent_code(name, coarser)), []).append(i)
        levels = tuple(sorted(of_level, key=lambda level: level.depth))
        at = {name: i for i, name in enumerate(names)}
        return cls(at, levels, below, of_level[levels[0]] if levels else [])

    def group(self, area: Area) -> list[int]:
        """Give the rows that make an area: its own, or those of the coarsest finer level."""
        if area.code in self.at:
            return [self.at[area.code]]
        finer = [level for level in self.levels if level.depth > area.level.depth]
        if area.level in self.levels or not finer:
            return []
        return self.below.get((finer[0], area.code), [])


def _add_groups(seen: Matrix, groups: list[list[int]], reasons: Reasons) -> Matrix:
    """Add rows up per group; a group with a missing part is missing, an empty group too."""
    shape = (len(groups), len(seen.periods))
    value = np.full(shape, -1, dtype=np.int64)
    status = np.full(shape, MISSING, dtype=np.uint8)
    reason = np.full(shape, reasons.number(NOT_IN_TABLE), dtype=np.int16)
    estimated, provisional = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    key = np.zeros(shape, dtype=np.uint64)
    for i, group in enumerate(groups):
        if len(group) == 1:
            arrays = (seen.value, seen.status, seen.reason, seen.estimated, seen.provisional)
            value[i], status[i], reason[i], estimated[i], provisional[i] = (
                array[group[0]] for array in arrays
            )
        elif group:
            value[i], status[i], reason[i] = _sum_rows(seen, group, reasons)
            estimated[i] = seen.estimated[group].sum(axis=0)
            provisional[i] = seen.provisional[group].any(axis=0)
        key[i] = seen.key[group].sum(axis=0, dtype=np.uint64)
    return Matrix(seen.kind, seen.periods, value, status, reason, estimated, provisional, key)


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
    periods = _without_holes(list({p for matrix in matrices for p in matrix.periods}))
    stacked = [_align(matrix, periods, reasons) for matrix in matrices]
    flat = Matrix(
        matrices[0].kind,
        periods,
        np.concatenate([m.value for m in stacked]),
        np.concatenate([m.status for m in stacked]),
        np.concatenate([m.reason for m in stacked]),
        np.concatenate([m.estimated for m in stacked]),
        np.concatenate([m.provisional for m in stacked]),
        np.concatenate([m.key for m in stacked]),
    )
    size = len(matrices[0].value)
    groups = [[i + size * k for k in range(len(stacked))] for i in range(size)]
    return _add_groups(flat, groups, reasons)


def _align(matrix: Matrix, periods: tuple[Period, ...], reasons: Reasons) -> Matrix:
    at = {period.id: i for i, period in enumerate(matrix.periods)}
    taken = np.array([i for i, period in enumerate(periods) if period.id in at], dtype=np.intp)
    places = np.array([at[periods[i].id] for i in taken], dtype=np.intp)
    shape = (len(matrix.value), len(periods))
    value = np.full(shape, -1, dtype=np.int64)
    status = np.full(shape, MISSING, dtype=np.uint8)
    reason = np.full(shape, reasons.number(NOT_IN_TABLE), dtype=np.int16)
    estimated, provisional = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    key = np.zeros(shape, dtype=np.uint64)
    value[:, taken] = matrix.value[:, places]
    status[:, taken] = matrix.status[:, places]
    reason[:, taken] = matrix.reason[:, places]
    estimated[:, taken] = matrix.estimated[:, places]
    provisional[:, taken] = matrix.provisional[:, places]
    key[:, taken] = matrix.key[:, places]
    return Matrix(matrix.kind, periods, value, status, reason, estimated, provisional, key)
