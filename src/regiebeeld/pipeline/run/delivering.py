"""Deliveries of partners in a run: which may be used, and their kept counts to the working store.

Fails closed: a source about persons is refused unless region.yaml keeps it out of the release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import Catalogue, Region, RegionSource, Source
from regiebeeld.catalogue.agreements import may_serve, may_use
from regiebeeld.catalogue.fields import Role, fields_with
from regiebeeld.domain import TOTAL, AreaLevel, ContractError, Status, read_period
from regiebeeld.domain.areas import is_drawable
from regiebeeld.pipeline.areas import restate_counts
from regiebeeld.pipeline.intake.counts import BREAKDOWN_ROLES
from regiebeeld.pipeline.intake.history import DELIVERIES, State, StateFacts, state_as_of
from regiebeeld.pipeline.intake.places import DATA, Gathered, read_link_key
from regiebeeld.pipeline.run.cell_tables import refuse_unpublishable
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.run.source_tables import SourceAccount
from regiebeeld.pipeline.sources import Part, Snapshot
from regiebeeld.pipeline.sources.conform_counts import STATUS_CODES, ConformReport, Note
from regiebeeld.pipeline.store import NO_REASON, StoredDelivery, StoredObservations, WorkingStore
from regiebeeld.settings import Settings

ONLY_COUNTED = "region.yaml zegt `release: false`: wel geteld, in geen enkele versie getoond"
NOT_KNOWN = "door de leverancier niet opgegeven"
NEVER_CAME = "er is nog geen levering aangenomen"
_RESTATED = pa.schema(
    [
        *((name, pa.string()) for name in ("event_set", "breakdown", "area", "period")),
        ("count", pa.int64()),
        ("estimated_share", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run does with the sources of a region; `withheld` says why a source is not shown.

    `fetched` and `delivered` are counted; a source that is withheld because its agreement does
    not hold is in neither.
    """

    catalogue: Catalogue
    region: str
    fetched: tuple[RegionSource, ...]
    delivered: tuple[RegionSource, ...]
    withheld: Mapping[str, str]

    def may_show(self, source: str, theme: str) -> bool:
        """Tell whether figures of a source may stand on the page of a theme."""
        if source in self.withheld:
            return False
        if not self.catalogue.sources[source].terms.is_delivery:
            return True
        agreement = self.catalogue.agreement_for(self.region, source)
        return agreement is not None and bool(may_serve(agreement, theme))

    def manifest(self) -> dict[str, object]:
        """Give what proves later why a source is absent, and until when one may be shown."""
        agreements = self.catalogue.agreements.get(self.region, {})
        shown = [d.source for d in self.delivered if d.source not in self.withheld]
        return {
            "withheld": dict(self.withheld),
            "agreements": {
                name: {"start": str(agreements[name].start), "end": str(agreements[name].end)}
                for name in shown
            },
        }


def choose_sources(catalogue: Catalogue, region: Region, today: date) -> Choice:
    """Choose what a run uses; raise DisclosureError for a source that no release may hold.

    A source that is marked `release: false` is counted and withheld; a delivery whose agreement
    does not hold today is not even counted.
    """
    fetched, delivered, withheld = [], [], {}
    for wanted in region.sources:
        if wanted.release:
            refuse_unpublishable(catalogue, wanted.source)
        else:
            withheld[wanted.source] = ONLY_COUNTED
        if not catalogue.sources[wanted.source].terms.is_delivery:
            fetched.append(wanted)
            continue
        holds = may_use(catalogue.agreement_for(region.id, wanted.source), today)
        if holds is True:
            delivered.append(wanted)
        else:
            withheld[wanted.source] = holds.words
    return Choice(catalogue, region.id, tuple(fetched), tuple(delivered), withheld)


def count_delivery(
    source: Source, region: Region, settings: Settings, *, areas: RegionAreas, store: WorkingStore
) -> SourceAccount | None:
    """Add what is known now of a delivered source to the store, in the shown layout.

    Within the covered periods an area without events has 0. Gives None when nothing was ever
    delivered. Raises ContractError when a kept state cannot be read.
    """
    state = state_as_of(settings.unprotected / DELIVERIES, source.id)
    if not state.periods:
        return None
    rows, notes = _restate(state, source, areas, read_link_key(settings, region))
    seen = _observe(_add_margins(rows), state, source, areas)
    newest = max(state.told_by.values(), key=lambda facts: facts.order)
    vintage = areas.shown.vintage
    store.add(StoredDelivery(source.id, newest.file_name, newest.as_of, vintage, newest.unit), seen)
    events = int(pc.sum(state.counts["count"]).as_py() or 0)
    report = ConformReport(events, events, {}, (*notes, *_tell_unknown(rows)))
    gathered = Gathered(source, {DATA: _as_snapshot(source, state, newest)})
    return SourceAccount(gathered, report, state.periods[0], state.periods[-1])


def _as_snapshot(source: Source, state: State, newest: StateFacts) -> Snapshot:
    """Describe the kept states the way a fetched copy is described, for the list of sources."""
    used = list(dict.fromkeys(state.told_by.values()))
    return Snapshot(
        folder=Path(newest.file_name),
        source=source.id,
        kind="delivery",
        table=source.terms.table,
        request="",
        fetched_at=newest.as_of,
        modified=None,
        data_part=DATA,
        parts=tuple(Part(facts.file_name, len(facts.periods), facts.file_hash) for facts in used),
    )


def _restate(
    state: State, source: Source, areas: RegionAreas, key: bytes
) -> tuple[pa.Table, list[Note]]:
    """Bring every atom to the shown layout; what cannot be brought is unknown, never lost."""
    level = source.terms.atom.level if source.terms.atom else AreaLevel.GEMEENTE
    parts, notes = [], []
    for vintage in sorted(set(state.counts["vintage"].to_pylist())):
        mine = state.counts.filter(pc.equal(state.counts["vintage"], vintage)).drop_columns(
            "vintage"
        )
        mine = mine.append_column("source", pa.repeat(source.id, mine.num_rows))
        share = pa.array(np.zeros(mine.num_rows))
        crosswalk = areas.crosswalks.get((vintage, level))
        if vintage == areas.shown.vintage:
            parts.append(mine.append_column("estimated_share", share))
        elif crosswalk is not None:
            parts.append(restate_counts(mine, crosswalk, key=key))
            text = (
                f"{level}: van de indeling {vintage} overgezet naar {areas.shown.vintage}; "
                "totalen bleven gelijk"
            )
            notes.append(Note("restated", mine.num_rows, text))
        else:
            raise ContractError(
                f"bron {source.id} is geteld in de indeling {vintage} op niveau {level}; "
                "die staat met dat niveau niet onder `layouts` in region.yaml"
            )
    columns = ["event_set", "breakdown", "area", "period", "count", "estimated_share"]
    return pa.concat_tables([part.select(columns).cast(_RESTATED) for part in parts]), notes


def _add_margins(rows: pa.Table) -> pa.Table:
    """Give per event set its total, and per value of each breakdown a set `name:value` of its own.

    Never a cross of breakdowns: an indicator names one of them, or none.
    """
    # A drawn 0 is an estimate too: it counts as one unit, so that its share is not lost.
    units = pc.multiply(rows["estimated_share"], pc.max_element_wise(rows["count"], 1))
    rows = rows.drop_columns("estimated_share").append_column("units", units)
    parts = [rows]
    places = sorted({p for text in rows["breakdown"].unique().to_pylist() for p in _places(text)})
    for place in places:
        mine = [t for t in rows["breakdown"].unique().to_pylist() if place in _places(t)]
        part = rows.filter(pc.is_in(rows["breakdown"], pa.array(mine, pa.string())))
        named = pc.binary_join_element_wise(part["event_set"], place.partition("=")[2], ":")
        parts.append(part.set_column(part.column_names.index("event_set"), "event_set", named))
    keys = ["event_set", "area", "period"]
    whole = pc.ScalarAggregateOptions(skip_nulls=False)  # with a part unknown, so is the sum
    added = (
        pa.concat_tables(parts)
        .group_by(keys)
        .aggregate([("count", "sum", whole), ("units", "sum")])
    )
    return added.rename_columns([*keys, "count", "units"])


def _places(breakdown: str) -> list[str]:
    return [] if breakdown == TOTAL else breakdown.split(";")


def _observe(
    rows: pa.Table, state: State, source: Source, areas: RegionAreas
) -> StoredObservations:
    """Lay the counts out whole: every area, event set and covered period, 0 where nothing was."""
    level = source.terms.atom.level if source.terms.atom else AreaLevel.GEMEENTE
    drawn = [area.code for area in areas.shown.at(level)]
    names = list(dict.fromkeys([*drawn, *sorted(set(rows["area"].to_pylist()))]))
    sets = sorted({*_known_sets(source), *rows["event_set"].to_pylist()})
    periods = [read_period(text) for text in state.periods]
    shape = (len(names), len(sets), len(periods))
    at = tuple(
        pc.index_in(rows[column], pa.array(values, pa.string())).to_numpy()
        for column, values in (
            ("area", names),
            ("event_set", sets),
            ("period", list(state.periods)),
        )
    )
    count, units = np.zeros(shape, np.int64), np.zeros(shape)
    count[at], units[at] = rows["count"].fill_null(-1).to_numpy(), rows["units"].to_numpy()
    area, event_set, period = (array.ravel().astype(np.int32) for array in np.indices(shape))
    flat = count.ravel()
    share = np.clip(units.ravel() / np.maximum(flat, 1), 0, 1)
    late = np.array([_is_provisional(state.told_by[p.id], p.end, source) for p in periods])
    return StoredObservations(
        areas=names,
        placed=np.isin(names, drawn),
        event_sets=sets,
        periods=periods,
        area=area,
        event_set=event_set,
        period=period,
        count=flat,
        status=np.where(flat < 0, STATUS_CODES[Status.MISSING], STATUS_CODES[Status.SHOWN]),
        reason=np.where(flat < 0, 0, NO_REASON).astype(np.int16),
        provisional=late[period],
        reasons=(NOT_KNOWN,),
        estimated_share=share.astype(np.float32),
    )


def _is_provisional(facts: StateFacts, end: date, source: Source) -> bool:
    """Figures that came before they were due may still lack events that were known late."""
    return facts.as_of < (end + timedelta(days=source.terms.due_days)).isoformat()


def _known_sets(source: Source) -> set[str]:
    """Give what the contract counts, so that a kind of event that never happened has 0."""
    fields = list(fields_with(source.fields, Role.EVENT_SET))
    sets = {f.stored_as(v) for f in fields for v in f.values}
    sets = sets or ({source.terms.event_set or source.id} if not fields else set())
    parts = {
        field.stored_as(value)
        for field in fields_with(source.fields, *BREAKDOWN_ROLES)
        for value in field.values
    }
    return sets | {f"{name}:{part}" for name in sets for part in parts}


def _tell_unknown(rows: pa.Table) -> list[Note]:
    """Tell what is counted and not drawn, per area that stands for "somewhere in this gemeente"."""
    totals = rows.group_by("area").aggregate([("count", "sum")]).sort_by("area").to_pylist()
    return [
        Note(
            "unknown_area",
            1,
            f"{row['area']}: plaats onbekend, {row['count_sum'] or 0} geteld en niet getekend",
        )
        for row in totals
        if not is_drawable(row["area"])
    ]
