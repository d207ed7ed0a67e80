"""Count tables from their copies to the working store: conformed, restated, never lost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
import pyarrow as pa

from regiebeeld.catalogue import Region, RegionSource, SourceKind
from regiebeeld.catalogue.models import Corrections
from regiebeeld.domain import AreaLevel, Status, read_cbs_period, read_period
from regiebeeld.pipeline.areas import Crosswalk, restate_counts
from regiebeeld.pipeline.intake.places import DATA, Gathered
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.run.level_sums import compare_levels, depth_of
from regiebeeld.pipeline.sources import Snapshot, read_part
from regiebeeld.pipeline.sources.conform_counts import (
    STATUS_CODES,
    ConformReport,
    Note,
    Observations,
    conform_counts,
)
from regiebeeld.pipeline.sources.corrections import apply_corrections
from regiebeeld.pipeline.sources.named_rows import translate_names
from regiebeeld.pipeline.sources.zero_periods import tell_empty_periods
from regiebeeld.pipeline.store import StoredDelivery, StoredObservations, WorkingStore

PERIODS = "Perioden"
DEFINITE = "Definitief"
# Public counts hold no secret, so the draw that moves them whole needs none either.
PUBLIC_KEY = sha256(b"regiebeeld: restating of public counts").digest()


@dataclass(frozen=True, slots=True)
class Counted:
    """One source's report, and the periods its table says are not final."""

    report: ConformReport
    snapshot: Snapshot
    first_period: str
    last_period: str


def count_source(
    region: Region,
    wanted: RegionSource,
    gathered: Gathered,
    *,
    areas: RegionAreas,
    corrections: Corrections | None,
    store: WorkingStore,
) -> Counted:
    """Conform one count table and add it to the store, in the shown layout.

    Raises ContractError or LinkError when the table does not meet its contract; then
    nothing of it is stored.
    """
    terms, snapshot = gathered.source.terms, gathered.main
    vintage = wanted.vintage or region.vintage
    frame = areas.frame_of(vintage, frozenset(region.gemeente_codes), read_provisional(gathered))
    table = translate_names(read_part(snapshot, snapshot.data_part), terms, region.gemeenten)
    seen, report = conform_counts(table, terms, frame)
    seen, notes = apply_corrections(seen, corrections)
    seen, empty = tell_empty_periods(seen, total=terms.total, rare=terms.rare)
    notes += empty
    notes += compare_levels(seen, terms.total)
    stored = _as_stored(seen)
    if vintage != region.vintage:
        stored, moved = _restate(stored, gathered.source.id, vintage, areas)
        report, notes = _with_refused(report, moved), [*notes, *moved]
    delivery = StoredDelivery(
        gathered.source.id, snapshot.id, snapshot.fetched_at, vintage, str(terms.unit)
    )
    store.add(delivery, stored)
    periods = sorted(p for i, p in enumerate(seen.periods) if np.any(seen.period == i))
    full = replace(report, notes=(*report.notes, *notes))
    return Counted(full, snapshot, periods[0].id, periods[-1].id)


def read_provisional(gathered: Gathered) -> frozenset[str]:
    """Read which periods the source's own list does not call final; none when it has no list."""
    snapshot = gathered.main
    if PERIODS in snapshot.part_names:
        table = read_part(snapshot, PERIODS)
    elif PERIODS in gathered.snapshots:
        table = read_part(gathered.snapshots[PERIODS], DATA)
    elif (
        gathered.source.terms.kind is SourceKind.CBS_ODATA4
        and f"{PERIODS}Codes" in snapshot.part_names
    ):
        table = read_part(snapshot, f"{PERIODS}Codes")
    else:
        return frozenset()
    key = "Key" if "Key" in table.column_names else "Identifier"
    rows = table.select([key, "Status"]).to_pylist()
    return frozenset(
        read_cbs_period(row[key]).id for row in rows if (row["Status"] or "").strip() != DEFINITE
    )


def _as_stored(seen: Observations) -> StoredObservations:
    return StoredObservations(
        areas=seen.areas,
        placed=seen.placed,
        event_sets=seen.event_sets,
        periods=seen.periods,
        area=seen.area,
        event_set=seen.event_set,
        period=seen.period,
        count=seen.count,
        status=seen.status,
        reason=seen.reason,
        provisional=seen.provisional,
        reasons=seen.reasons,
        estimated_share=np.zeros(len(seen.count), dtype=np.float32),
    )


def _restate(
    seen: StoredObservations, source: str, vintage: int, areas: RegionAreas
) -> tuple[StoredObservations, list[Note]]:
    """Move every level's counts to the shown layout; a level without a crosswalk keeps nothing."""
    names = np.array(seen.areas, dtype=object)
    depth = np.array([depth_of(code) for code in seen.areas])
    drawn = {area.code for area in areas.shown.areas}
    parts, notes = [], []
    for level in (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT):
        rows = depth[seen.area] == level.depth
        if not rows.any():
            continue
        crosswalk = areas.crosswalks.get((vintage, level))
        if crosswalk is None:
            text = f"{level}: geen indeling van {vintage} om mee te vergelijken, niet overgezet"
            notes.append(Note("refused", int(rows.sum()), text))
            continue
        table = _to_table(seen, rows, names, source)
        parts.append(restate_counts(table, crosswalk, key=PUBLIC_KEY))
        notes.append(
            Note("restated", int(rows.sum()), _tell_restated(level, crosswalk, vintage, areas))
        )
    return _from_table(pa.concat_tables(parts), drawn), notes


def _with_refused(report: ConformReport, moved: list[Note]) -> ConformReport:
    """Count rows that could not be moved to the shown layout as refused: none is lost unsaid."""
    left = {note.text: note.rows for note in moved if note.kind == "refused"}
    refused = {**report.refused, **left}
    return replace(report, rows_kept=report.rows_kept - sum(left.values()), refused=refused)


def _tell_restated(level: AreaLevel, crosswalk: Crosswalk, vintage: int, areas: RegionAreas) -> str:
    divided = len(crosswalk.estimated)
    kept = (
        "geen gebied is verdeeld"
        if not divided
        else f"{divided} gebieden zijn naar schatting verdeeld"
    )
    moved = f"{level}: van de indeling {vintage} naar {areas.shown.vintage}"
    return f"{moved}, {kept}; totalen bleven gelijk"


def _to_table(
    seen: StoredObservations, rows: np.ndarray, names: np.ndarray, source: str
) -> pa.Table:
    count = seen.count[rows]
    statuses = np.array([s.value for s in Status], dtype=object)
    reasons = np.array([*seen.reasons, None], dtype=object)
    return pa.table(
        {
            "area": pa.array(names[seen.area[rows]]),
            "source": pa.repeat(source, len(count)),
            "event_set": pa.array(np.array(seen.event_sets, dtype=object)[seen.event_set[rows]]),
            "period": pa.array(
                np.array([p.id for p in seen.periods], dtype=object)[seen.period[rows]]
            ),
            "provisional": pa.array(seen.provisional[rows]),
            "count": pa.array(count, mask=count < 0),
            "status": pa.array(statuses[seen.status[rows]], pa.string()),
            "reason": pa.array(reasons[seen.reason[rows]], pa.string()),
        }
    )


def _from_table(table: pa.Table, drawn: set[str]) -> StoredObservations:
    coded = {
        name: table[name].combine_chunks().dictionary_encode()
        for name in ("area", "event_set", "period", "reason")
    }
    listed: Mapping[str, list[str]] = {
        name: array.dictionary.to_pylist() for name, array in coded.items()
    }
    index = {
        name: array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        for name, array in coded.items()
    }
    count = table["count"].fill_null(-1).to_numpy().astype(np.int64)
    status = [STATUS_CODES[Status(text)] for text in table["status"].to_pylist()]
    return StoredObservations(
        areas=listed["area"],
        placed=np.array([code in drawn for code in listed["area"]], dtype=np.bool_),
        event_sets=listed["event_set"],
        periods=[read_period(text) for text in listed["period"]],
        area=index["area"].astype(np.int32),
        event_set=index["event_set"].astype(np.int32),
        period=index["period"].astype(np.int32),
        count=count,
        status=np.array(status, dtype=np.uint8),
        reason=index["reason"].astype(np.int16),
        provisional=table["provisional"].to_numpy(zero_copy_only=False).astype(np.bool_),
        reasons=listed["reason"],
        estimated_share=table["estimated_share"].to_numpy().astype(np.float32),
    )
