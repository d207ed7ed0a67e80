"""Makes a count table meet its contract: every row is kept or refused with a reason, none is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.catalogue import SourceTerms
from regiebeeld.domain import AreaLevel, ContractError, LinkError, Period, Status, read_cbs_period
from regiebeeld.domain.areas import ABROAD, is_unknown, level_of, parent_code
from regiebeeld.pipeline.sources.count_columns import (
    Count,
    Spelled,
    read_any_area,
    read_column,
    read_count,
    read_event_set,
)

# More unreadable rows than this and the columns themselves are wrong (swapped, moved, another table).
MOST_UNREADABLE = 0.01
# More codes outside the layout than this and the table is counted in another year's layout.
MOST_UNPLACED = 0.10
NO_NUMBER = -1


@dataclass(frozen=True, slots=True)
class CountFrame:
    """What a table is held against: the region's gemeenten and the codes of its layout."""

    vintage: int
    gemeenten: frozenset[str]
    codes: Mapping[AreaLevel, frozenset[str]]
    provisional_periods: frozenset[str] = frozenset()


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


def conform_counts(table: pa.Table, terms: SourceTerms, frame: CountFrame) -> tuple[Observations, ConformReport]:
    """Read an all-text table of counts against its contract and the region's layout.

    table: one row a count, columns named by `terms.columns`. Codes are trimmed,
    prefixed and zero-padded; markers become a status with a reason; years,
    quarters and months stay apart as periods of their kind.
    Raises ContractError for absent columns, no rows, unreadable columns and
    duplicate keys, LinkError for a table in another year's layout.
    """
    columns = _Columns.read(table, terms)
    columns.check_readable()
    area_kind = _judge_areas(columns.area, frame)
    refused = _refuse_rows(columns, area_kind)
    kept = refused < 0
    observations = _observe(columns, kept, area_kind=area_kind, frame=frame)
    _check_keys(observations, kept)
    report = _report(columns, refused, observations)
    return observations, report


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
            raise ContractError(f"het contract van tabel {terms.table} noemt geen kolommen voor tellingen")
        names = (wanted.area, wanted.event_set, wanted.period, wanted.count)
        if missing := [name for name in names if name not in table.column_names]:
            raise ContractError(
                f"tabel {terms.table} mist de kolom {', '.join(missing)}; aanwezig: {', '.join(table.column_names)}. "
                "Vergelijk de tabel met het contract van de bron"
            )
        if table.num_rows == 0:
            raise ContractError(f"tabel {terms.table} is leeg; haal de bron opnieuw op of controleer de selectie")
        return cls(
            area=read_column(table[names[0]], read_any_area),
            event_set=read_column(table[names[1]], read_event_set),
            period=read_column(table[names[2]], read_cbs_period),
            count=read_column(table[names[3]], read_count),
            names=names,
            rows=table.num_rows,
        )

    def each(self) -> tuple[tuple[str, Spelled[str] | Spelled[Period] | Spelled[Count]], ...]:
        return tuple(zip(self.names, (self.area, self.event_set, self.period, self.count), strict=True))

    def check_readable(self) -> None:
        """Refuse the table when a column mostly holds something else than its contract says."""
        for name, column in self.each():
            if column.rows_unread() > max(MOST_UNREADABLE * self.rows, 0.5):
                row, text = column.unread[0]
                raise ContractError(
                    f"kolom {name}: {column.rows_unread()} van {self.rows} rijen zijn niet te lezen, "
                    f"de eerste is rij {row}: {text!r}. Zijn de kolommen verwisseld of verschoven?"
                )


# How an area code stands to the region; the order is the code.
_PLACED, _UNPLACED, _UNKNOWN, _OUTSIDE, _ABROAD = range(5)
_OUTSIDE_REASON = "gebied buiten de regio"
_UNREADABLE_REASON = "kolom {name} is niet te lezen"


def _judge_areas(area: Spelled[str], frame: CountFrame) -> NDArray[np.int8]:
    kinds = np.array([_judge_area(code, frame) for code in area.values], dtype=np.int8)
    inside = kinds <= _UNPLACED
    if inside.sum() and (kinds == _UNPLACED).sum() > max(MOST_UNPLACED * inside.sum(), 1):
        strange = [code for code, kind in zip(area.values, kinds, strict=True) if kind == _UNPLACED]
        raise LinkError(
            f"{len(strange)} van {inside.sum()} gebiedscodes staan niet in de indeling {frame.vintage}, "
            f"zoals {', '.join(sorted(strange)[:5])}. Noem bij de bron in region.yaml de goede `vintage`"
        )
    return kinds


def _judge_area(code: str, frame: CountFrame) -> int:
    if code == ABROAD:
        return _ABROAD
    if code[:2] not in ("GM", "WK", "BU"):
        return _OUTSIDE
    gemeente = parent_code(code, AreaLevel.GEMEENTE)
    if gemeente not in frame.gemeenten:
        return _OUTSIDE
    if is_unknown(code):
        return _UNKNOWN
    return _PLACED if code in frame.codes.get(level_of(code), frozenset()) else _UNPLACED


def _refuse_rows(columns: _Columns, area_kind: NDArray[np.int8]) -> NDArray[np.int8]:
    """Give per row -1 (kept) or which reason refuses it: 0-3 an unreadable column, 4 outside."""
    refused = np.full(columns.rows, -1, dtype=np.int8)
    outside = np.append(area_kind >= _OUTSIDE, False)[columns.area.codes]
    refused[outside] = 4
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
    late = np.array([p.id in frame.provisional_periods for p in columns.period.values], dtype=np.bool_)
    everything = bool(kept.all())
    at = [c.codes if everything else c.codes[kept] for _, c in columns.each()]
    count = number[at[3]]
    return Observations(
        areas=columns.area.values,
        event_sets=columns.event_set.values,
        periods=columns.period.values,
        area=at[0],
        event_set=at[1],
        period=at[2],
        count=count,
        status=np.where(count >= 0, STATUS_CODES[Status.SHOWN], STATUS_CODES[Status.MISSING]),
        reason=reason[at[3]],
        provisional=starred[at[3]] | late[at[2]],
        placed=area_kind == _PLACED,
        reasons=reasons,
    )


def _check_keys(seen: Observations, kept: NDArray[np.bool_]) -> None:
    """Refuse a table that says one cell twice: nobody can tell which of the two is true."""
    size = len(seen.periods) * len(seen.event_sets)
    keys = seen.area.astype(np.int64) * size + seen.event_set * np.int64(len(seen.periods)) + seen.period
    tally = np.zeros(size * max(len(seen.areas), 1), dtype=np.uint8)
    if _all_different(keys, tally):
        return
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(np.diff(keys[order]) == 0)
    first, second = order[twice[0]], order[twice[0] + 1]
    rows = np.flatnonzero(kept)
    raise ContractError(
        f"{len(twice)} dubbele sleutels, de eerste in rij {rows[first] + 1} en {rows[second] + 1}: "
        f"{seen.event_sets[seen.event_set[first]]}, {seen.areas[seen.area[first]]}, "
        f"{seen.periods[seen.period[first]].id}. De tabel wordt niet gebruikt; vraag de bron welke rij geldt"
    )


def _all_different(keys: NDArray[np.int64], tally: NDArray[np.uint8]) -> bool:
    tally[keys] = 1
    return int(tally.sum(dtype=np.int64)) == len(keys)


def _report(columns: _Columns, refused: NDArray[np.int8], seen: Observations) -> ConformReport:
    reasons = [_UNREADABLE_REASON.format(name=name) for name in columns.names] + [_OUTSIDE_REASON]
    tally = np.bincount(refused[refused >= 0], minlength=len(reasons))
    told = {reason: int(rows) for reason, rows in zip(reasons, tally, strict=True) if rows}
    kept = len(seen.count)
    if kept + sum(told.values()) != columns.rows:
        raise ContractError(
            f"{columns.rows} rijen gelezen, maar {kept} bewaard en {sum(told.values())} geweigerd: er is iets verloren"
        )
    return ConformReport(columns.rows, kept, told, tuple(_notes(columns, told, seen)))


def _notes(columns: _Columns, told: Mapping[str, int], seen: Observations) -> list[Note]:
    notes = [Note("refused", rows, reason) for reason, rows in told.items()]
    for name, column in columns.each():
        notes += [Note("refused", 1, f"rij {row}, kolom {name}: {text!r}") for row, text in column.unread[:20]]
    strange = [i for i, code in enumerate(seen.areas) if not seen.placed[i] and np.any(seen.area == i)]
    for i in strange:
        rows = seen.area == i
        total = int(seen.count[rows][seen.count[rows] > 0].sum())
        why = "plaats onbekend" if is_unknown(seen.areas[i]) else "staat niet in de indeling"
        notes.append(Note("unknown_area", int(rows.sum()), f"{seen.areas[i]}: {why}, {total} geteld en niet getekend"))
    empty = seen.reason[seen.reason >= 0]
    for i, rows in enumerate(np.bincount(empty, minlength=len(seen.reasons))):
        if rows:
            notes.append(Note("missing", int(rows), seen.reasons[i]))
    return notes
