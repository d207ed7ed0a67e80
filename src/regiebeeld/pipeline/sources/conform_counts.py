"""Makes a count table meet its contract: a row is kept, or refused with a reason, never lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.catalogue import SourceTerms
from regiebeeld.domain import ContractError, Period, Status, read_cbs_period
from regiebeeld.domain.areas import level_of, may_be_unknown
from regiebeeld.pipeline.sources.count_areas import OUTSIDE, PLACED, judge_areas
from regiebeeld.pipeline.sources.count_areas import CountFrame as CountFrame
from regiebeeld.pipeline.sources.count_columns import (
    Count,
    Spelled,
    read_any_area,
    read_column,
    read_count,
    read_event_set,
)

# More unreadable rows than this and the columns are wrong (swapped, moved, another table).
MOST_UNREADABLE = 0.01
# A table of keys larger than this many bytes a row is not worth its memory.
MOST_KEYS_A_ROW = 64
MOST_NAMED = 10
NO_NUMBER = -1
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the release's source page."""

    kind: str
    rows: int
    text: str


@dataclass(frozen=True, slots=True)
class ConformReport:
    """rows_in = rows_kept + the sum of refused, always."""

    rows_in: int
    rows_kept: int
    refused: Mapping[str, int]
    notes: tuple[Note, ...]

    @property
    def rows_refused(self) -> int:
        return sum(self.refused.values())


@dataclass(frozen=True, slots=True)
class Observations:
    """Counts as columns of one length: codes into the three lists, and what each may be read as.

    `count` is NO_NUMBER where there is none; `reason` then indexes `reasons`.
    `placed` is per area: False is counted and never drawn.
    """

    areas: tuple[str, ...]
    event_sets: tuple[str, ...]
    periods: tuple[Period, ...]
    area: NDArray[np.int32]
    event_set: NDArray[np.int32]
    period: NDArray[np.int32]
    count: NDArray[np.int64]
    status: NDArray[np.uint8]
    reason: NDArray[np.int16]
    provisional: NDArray[np.bool_]
    placed: NDArray[np.bool_]
    reasons: tuple[str, ...] = field(default=())


STATUS_CODES = {status: np.uint8(i) for i, status in enumerate(Status)}


def conform_counts(
    table: pa.Table, terms: SourceTerms, frame: CountFrame
) -> tuple[Observations, ConformReport]:
    """Read an all-text table of counts against its contract and the region's layout.

    table: one row a count, columns named by `terms.columns`. Codes are trimmed,
    prefixed and zero-padded; markers become a status with a reason; years,
    quarters and months stay apart as periods of their kind.
    Raises ContractError for absent columns, no rows, unreadable columns and
    duplicate keys, LinkError for a table in another year's layout. Rows of other
    regions, of abroad, of nowhere (GM0000) and of a breakdown that `terms.fixed` does
    not name are refused; places unknown within a gemeente are counted, never drawn.
    """
    columns = _Columns.read(table, terms)
    columns.check_readable()
    area_kind = judge_areas(columns.area.values, frame)
    refused = _refuse_rows(columns, area_kind, _other_breakdown(table, terms))
    kept = refused < 0
    observations = _observe(columns, kept, area_kind=area_kind, frame=frame)
    _check_keys(observations, kept)
    return observations, _report(columns, refused, observations, frame=frame, total=terms.total)


@dataclass(frozen=True, slots=True)
class _Columns:
    area: Spelled[str]
    event_set: Spelled[str]
    period: Spelled[Period]
    count: Spelled[Count]
    names: tuple[str, str, str, str]
    rows: int

    @classmethod
    def read(cls, table: pa.Table, terms: SourceTerms) -> "_Columns":
        wanted = terms.columns
        if wanted is None or not (wanted.period and wanted.event_set and wanted.count):
            raise ContractError(
                f"het contract van tabel {terms.table} noemt geen kolommen voor tellingen"
            )
        names = (wanted.area, wanted.event_set, wanted.period, wanted.count)
        if missing := [name for name in names if name not in table.column_names]:
            raise ContractError(
                f"tabel {terms.table} mist de kolom {', '.join(missing)}; "
                f"aanwezig: {', '.join(table.column_names)}. "
                "Vergelijk de tabel met het contract van de bron"
            )
        if table.num_rows == 0:
            raise ContractError(
                f"tabel {terms.table} is leeg; haal de bron opnieuw op of controleer de selectie"
            )
        return cls(
            area=read_column(table[names[0]], read_any_area),
            event_set=read_column(table[names[1]], read_event_set),
            period=read_column(table[names[2]], read_cbs_period),
            count=read_column(table[names[3]], read_count),
            names=names,
            rows=table.num_rows,
        )

    def each(self) -> tuple[tuple[str, Spelled[str] | Spelled[Period] | Spelled[Count]], ...]:
        return tuple(
            zip(self.names, (self.area, self.event_set, self.period, self.count), strict=True)
        )

    def check_readable(self) -> None:
        """Refuse the table when a column mostly holds something else than its contract says."""
        for name, column in self.each():
            if column.rows_unread() > max(MOST_UNREADABLE * self.rows, 0.5):
                row, wrong = column.unread[0]
                raise ContractError(
                    f"kolom {name}: {column.rows_unread()} van {self.rows} rijen zijn niet "
                    f"te lezen, de eerste is rij {row}: {wrong}. "
                    "Zijn de kolommen verwisseld of verschoven?"
                )


# Why a row is refused; the first four are the columns, in their order.
_UNREADABLE_REASON = "kolom {name} is niet te lezen"
_OUTSIDE_REASONS = (
    "gebied buiten de regio",
    "plaats onbekend in heel Nederland: bij geen gemeente te tellen",
    "buitenland",
)
_BREAKDOWN_REASON = "uitsplitsing die niet wordt gebruikt"
_FIRST_OUTSIDE, _BREAKDOWN = 4, 4 + len(_OUTSIDE_REASONS)


def _other_breakdown(table: pa.Table, terms: SourceTerms) -> NDArray[np.bool_] | None:
    """Tell which rows belong to a breakdown that the contract does not use; None where none do."""
    other: NDArray[np.bool_] | None = None
    # A source that was asked for one key only may leave the column itself out.
    for name in terms.fixed.keys() & set(table.column_names):
        found = read_column(table[name], str.strip)
        wanted = np.array([value == terms.fixed[name] for value in found.values] or [False])
        rows = ~wanted[found.codes]
        other = rows if other is None else other | rows
    return other


def _refuse_rows(
    columns: _Columns, area_kind: NDArray[np.int8], other: NDArray[np.bool_] | None
) -> NDArray[np.int8]:
    """Give per row -1 (kept) or which reason refuses it; an unreadable column goes first."""
    outside = np.where(area_kind >= OUTSIDE, area_kind - OUTSIDE + _FIRST_OUTSIDE, -1)
    # One more for code -1, an area that could not be read.
    refused = np.append(outside, -1).astype(np.int8)[columns.area.codes]
    if other is not None:
        refused[other & (refused < 0)] = _BREAKDOWN
    for i, (_, column) in reversed(tuple(enumerate(columns.each()))):
        if column.unread:
            refused[column.codes < 0] = i
    return refused


def _observe(
    columns: _Columns, kept: NDArray[np.bool_], *, area_kind: NDArray[np.int8], frame: CountFrame
) -> Observations:
    counts = columns.count.values
    reasons = tuple(sorted({count.reason for count in counts if count.reason}))
    number = np.array([NO_NUMBER if c.number is None else c.number for c in counts], dtype=np.int64)
    reason = np.array([reasons.index(c.reason) if c.reason else -1 for c in counts], dtype=np.int16)
    starred = np.array([c.provisional for c in counts], dtype=np.bool_)
    late = np.array(
        [p.id in frame.provisional_periods for p in columns.period.values], dtype=np.bool_
    )
    everything = bool(kept.all())
    at = [c.codes if everything else c.codes[kept] for _, c in columns.each()]
    lists = columns.area.values, columns.event_set.values, columns.period.values
    used = [
        _compact(codes, len(values), everything=everything)
        for codes, values in zip(at[:3], lists, strict=True)
    ]
    count = number[at[3]]
    return Observations(
        areas=_take(columns.area.values, used[0][1]),
        event_sets=_take(columns.event_set.values, used[1][1]),
        periods=_take(columns.period.values, used[2][1]),
        area=used[0][0],
        event_set=used[1][0],
        period=used[2][0],
        count=count,
        status=np.where(count >= 0, STATUS_CODES[Status.SHOWN], STATUS_CODES[Status.MISSING]),
        reason=reason[at[3]],
        provisional=starred[at[3]] | late[at[2]],
        placed=area_kind[used[0][1]] == PLACED,
        reasons=reasons,
    )


def _compact(
    codes: NDArray[np.int32], size: int, *, everything: bool
) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Renumber codes to the values that are used; give them with the places of those values."""
    if everything:
        return codes, np.arange(size)
    places = np.flatnonzero(np.bincount(codes, minlength=size))
    if len(places) == size:
        return codes, places
    numbers = np.zeros(size, dtype=np.int32)
    numbers[places] = np.arange(len(places), dtype=np.int32)
    return numbers[codes], places


def _take(values: tuple[Value, ...], places: NDArray[np.intp]) -> tuple[Value, ...]:
    return tuple(values[i] for i in places)


def _check_keys(seen: Observations, kept: NDArray[np.bool_]) -> None:
    """Refuse a table that says one cell twice: nobody can tell which of the two is true."""
    size = len(seen.periods) * len(seen.event_sets)
    keys = seen.area.astype(np.int64) * size
    keys += seen.event_set * np.int64(len(seen.periods)) + seen.period
    if _all_different(keys, size * len(seen.areas)):
        return
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(np.diff(keys[order]) == 0)
    # The repeat that a reader going down the table meets first.
    first = twice[np.argmin(order[twice + 1])]
    at, again = order[first], order[first + 1]
    rows = np.flatnonzero(kept) + 1
    raise ContractError(
        f"{len(twice)} dubbele sleutels, de eerste in rij {rows[at]} en {rows[again]}: "
        f"{seen.event_sets[seen.event_set[at]]}, {seen.areas[seen.area[at]]}, "
        f"{seen.periods[seen.period[at]].id}. "
        "De tabel wordt niet gebruikt; vraag de bron welke rij geldt"
    )


def _all_different(keys: NDArray[np.int64], size: int) -> bool:
    """Tell whether no key stands twice; a tally is fast, if it is not far too large."""
    if size > MOST_KEYS_A_ROW * max(len(keys), 1000):
        return len(np.unique(keys)) == len(keys)
    tally = np.zeros(size, dtype=np.uint8)
    tally[keys] = 1
    return int(tally.sum(dtype=np.int64)) == len(keys)


def _report(
    columns: _Columns,
    refused: NDArray[np.int8],
    seen: Observations,
    *,
    frame: CountFrame,
    total: str | None,
) -> ConformReport:
    unreadable = [_UNREADABLE_REASON.format(name=name) for name in columns.names]
    reasons = [*unreadable, *_OUTSIDE_REASONS, _BREAKDOWN_REASON]
    tally = np.bincount(refused[refused >= 0], minlength=len(reasons))
    told = {reason: int(rows) for reason, rows in zip(reasons, tally, strict=True) if rows}
    kept = len(seen.count)
    if kept + sum(told.values()) != columns.rows:
        raise ContractError(
            f"{columns.rows} rijen gelezen, maar {kept} bewaard en {sum(told.values())} geweigerd: "
            "er is iets verloren"
        )
    if not kept:
        counted = ", ".join(f"{reason}: {rows}" for reason, rows in told.items())
        raise ContractError(
            f"geen van de {columns.rows} rijen is bruikbaar ({counted}). "
            "Controleer de tabel en de gemeenten in region.yaml"
        )
    notes = [Note("refused", rows, reason) for reason, rows in told.items()]
    for name, column in columns.each():
        notes += [
            Note("refused", 1, f"rij {r}, kolom {name}: {wrong}") for r, wrong in column.unread[:20]
        ]
    notes += [*_note_unplaced(seen, frame.vintage, total), *_note_missing(seen)]
    return ConformReport(columns.rows, kept, told, tuple(notes))


def mark_addable(seen: Observations, total: str | None) -> NDArray[np.bool_]:
    """Mark the rows that may be added up: one kind of period, and a total without its parts."""
    kinds = [period.kind for period in seen.periods]
    shortest = min((kinds[i] for i in np.unique(seen.period)), key=lambda kind: kind.days)
    rows = (seen.count >= 0) & np.array([kind is shortest for kind in kinds])[seen.period]
    if total in seen.event_sets:
        rows &= seen.event_set == seen.event_sets.index(total)
    return np.asarray(rows)


def _note_unplaced(seen: Observations, vintage: int, total: str | None) -> Iterator[Note]:
    """Tell which areas are counted and not drawn; the sum is the region's, never one area's."""
    if seen.placed.all():
        return
    addable = mark_addable(seen, total)
    groups: dict[tuple[str, bool], list[int]] = {}
    for i in np.flatnonzero(~seen.placed):
        code = seen.areas[i]
        groups.setdefault((level_of(code).value, may_be_unknown(code)), []).append(int(i))
    for (level, unknown), places in sorted(groups.items()):
        rows = np.isin(seen.area, places)
        counted = int(seen.count[rows & addable].sum())
        why = "zonder bekende plaats" if unknown else f"buiten de indeling {vintage}"
        named = ", ".join(seen.areas[i] for i in places[:MOST_NAMED])
        more = f" en nog {len(places) - MOST_NAMED}" if len(places) > MOST_NAMED else ""
        number = "1 gebied" if len(places) == 1 else f"{len(places)} gebieden"
        text = f"{number} ({level}) {why}: {named}{more}; samen {counted} geteld en niet getekend"
        yield Note("unknown_area", int(rows.sum()), text)


def _note_missing(seen: Observations) -> Iterator[Note]:
    empty = seen.reason[seen.reason >= 0]
    for i, rows in enumerate(np.bincount(empty, minlength=len(seen.reasons))):
        if rows:
            yield Note("missing", int(rows), seen.reasons[i])
