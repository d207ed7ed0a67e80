"""Deliveries of partners in a run: which may be used, and their kept counts to the working store.

Fails closed: a source about persons is refused unless region.yaml keeps it out of the release.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import Catalogue, Region, RegionSource, Source
from regiebeeld.catalogue.agreements import may_serve, may_use
from regiebeeld.catalogue.models import Corrections, DisclosureClass
from regiebeeld.disclosure import Secret
from regiebeeld.domain import TOTAL, AreaLevel, ContractError, read_period
from regiebeeld.ledger import open_ledger
from regiebeeld.pipeline.areas import restate_counts
from regiebeeld.pipeline.gate.union import Atoms
from regiebeeld.pipeline.intake.counts import layout_by_period
from regiebeeld.pipeline.intake.history import (
    DELIVERIES,
    REST,
    State,
    StateFacts,
    read_used,
    state_as_of,
)
from regiebeeld.pipeline.intake.places import DATA, Gathered, read_link_key
from regiebeeld.pipeline.run.delivered_cells import add_unsaid, lay_out_counts, list_sets
from regiebeeld.pipeline.run.drafts import refuse_unpublishable
from regiebeeld.pipeline.run.estimates import Estimates, find_changed
from regiebeeld.pipeline.run.event_keys import EVENT_KEY, EventKeys, Frame, make_atoms
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.run.source_tables import SourceAccount
from regiebeeld.pipeline.run.unknown_places import tell_unknown
from regiebeeld.pipeline.sources import Part, Snapshot
from regiebeeld.pipeline.sources.conform_counts import ConformReport, Note
from regiebeeld.pipeline.sources.corrections import apply_corrections
from regiebeeld.pipeline.store import StoredDelivery, WorkingStore
from regiebeeld.settings import Settings

ONLY_COUNTED = "region.yaml zegt `release: false`: wel geteld, in geen enkele versie getoond"
NEVER_CAME = "er is nog geen levering aangenomen"
_RESTATED = pa.schema(
    [
        *((name, pa.string()) for name in ("event_set", "breakdown", "area", "period")),
        ("count", pa.int64()),
        ("estimated_share", pa.float64()),
        (EVENT_KEY, pa.uint64()),
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

    @property
    def needs_secret(self) -> bool:
        """Tell whether a figure about persons may come into the release."""
        terms = (self.catalogue.sources[each.source].terms for each in self.delivered
                 if each.source not in self.withheld)  # fmt: skip
        return any(each.disclosure is DisclosureClass.PERSONS for each in terms)

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


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the counts of deliveries lie, which of them the ledger accepted, and the link key."""

    deliveries: Path
    accepted: frozenset[int]
    key: bytes

    def state_of(self, source: str) -> State:
        """Give what is known now: a state whose delivery has no good outcome tells nothing."""
        return state_as_of(self.deliveries, source, keep=self.has_accepted)

    def list_used(self, source: str) -> list[str]:
        """Give the names of the states that tell something now."""
        return sorted(f.file_name for f in read_used(self.deliveries, source, self.has_accepted))

    def has_accepted(self, facts: StateFacts) -> bool:
        return facts.delivery in self.accepted


def read_kept(region: Region, settings: Settings) -> Kept:
    """Read from the ledger which deliveries of a region count; raise LedgerError without it."""
    ledger = open_ledger(settings)
    try:
        accepted = ledger.read_accepted(region.id)
    finally:
        ledger.close()
    return Kept(settings.unprotected / DELIVERIES, accepted, read_link_key(settings, region))


@dataclass(frozen=True, slots=True)
class CountedDelivery:
    """One delivered source: what may be said of it, and its atoms when it is about persons."""

    account: SourceAccount
    atoms: Atoms
    estimates: Estimates
    owners: tuple[str, ...]


def count_delivery(
    source: Source,
    kept: Kept,
    *,
    areas: RegionAreas,
    corrections: Corrections | None,
    store: WorkingStore,
    secret: Secret | None,
) -> CountedDelivery | None:
    """Add what is known now of a delivered source to the store, in the shown layout.

    Within what its gemeente covers an area without events has 0, and a count that a file does
    not name is missing. Of a source about persons every count has the key of its events; without
    a secret it has none, and cannot be released. Gives None when nothing was ever delivered.
    Raises ContractError when a kept state cannot be read, or a correction does not fit.
    """
    state = kept.state_of(source.id)
    if not state.periods:
        return None
    persons = source.terms.disclosure is DisclosureClass.PERSONS
    keys = EventKeys(secret, source.id) if persons and secret else None
    rows, notes = _restate(state, source, areas, key=kept.key, keys=keys)
    drawn = frozenset(area.code for area in areas.shown.areas)
    atoms = make_atoms(rows, _frame_of(state, source, areas))
    seen, more = lay_out_counts(add_margins(rows), state, source, areas)
    seen, marked = apply_corrections(seen, corrections)
    newest = max(state.used, key=lambda facts: facts.order)
    vintage = areas.shown.vintage
    store.add(StoredDelivery(source.id, newest.file_name, newest.as_of, vintage, newest.unit), seen)
    unknown = tell_unknown(rows, source, drawn)
    events = int(pc.sum(state.counts["count"]).as_py() or 0)
    report = ConformReport(events, events, {}, (*notes, *more, *marked, *unknown))
    gathered = Gathered(source, {DATA: _as_snapshot(source, state, newest)})
    first, last = (f(seen.periods).id if seen.periods else None for f in (min, max))
    account = SourceAccount(gathered, silence_report(report) if persons else report, first, last)
    return CountedDelivery(
        account, atoms, _find_estimates(state, source, areas), list_owners(state)
    )


def list_owners(state: State) -> tuple[str, ...]:
    """List the gemeenten that told their own part, when a part of another is in it as well."""
    told = {(name, facts.delivery) for by in state.told_by.values() for name, facts in by.items()}
    own = sorted({name for name, _ in told if name != REST})
    return tuple(own) if len({name for name, _ in told}) > 1 else ()


def _frame_of(state: State, source: Source, areas: RegionAreas) -> Frame:
    level = source.terms.atom.level if source.terms.atom else AreaLevel.GEMEENTE
    return Frame(
        frozenset(area.code for area in areas.shown.areas),
        [area.code for area in areas.shown.at(level)],
        state.periods,
        list_sets(source),
        areas.shown.vintage,
    )


def silence_report(report: ConformReport) -> ConformReport:
    """Leave every number out that follows from the true counts; the words stay."""
    notes = tuple(replace(note, rows=1) for note in report.notes)
    return ConformReport(0, 0, {}, notes)


def _find_estimates(state: State, source: Source, areas: RegionAreas) -> Estimates:
    level = source.terms.atom.level if source.terms.atom else AreaLevel.GEMEENTE
    layouts = {read_period(text): year for text, year in layout_by_period(state.counts).items()}
    found = {year: areas.crosswalks.get((year, level)) for year in set(layouts.values())}
    changed = {year: find_changed(crosswalk) for year, crosswalk in found.items() if crosswalk}
    return Estimates(layouts, changed)


def _as_snapshot(source: Source, state: State, newest: StateFacts) -> Snapshot:
    """Describe the kept states the way a fetched copy is described, for the list of sources.

    The hash of a file about persons stays in the ledger: of a small file every content that the
    figures allow could be tried against it.
    """
    persons = source.terms.disclosure is DisclosureClass.PERSONS
    return Snapshot(
        folder=Path(newest.file_name),
        source=source.id,
        kind="delivery",
        table=source.terms.table,
        request="",
        fetched_at=newest.as_of,
        modified=None,
        data_part=DATA,
        parts=tuple(
            Part(facts.file_name, len(facts.periods), "" if persons else facts.file_hash)
            for facts in state.used
        ),
    )


def _restate(
    state: State, source: Source, areas: RegionAreas, *, key: bytes, keys: EventKeys | None
) -> tuple[pa.Table, list[Note]]:
    """Bring every atom to the shown layout; what cannot be brought is unknown, never lost."""
    level = source.terms.atom.level if source.terms.atom else AreaLevel.GEMEENTE
    parts, notes = [], []
    counts = add_unsaid(state.counts, source, areas)
    for vintage in sorted(set(counts["vintage"].to_pylist())):
        mine = counts.filter(pc.equal(counts["vintage"], vintage)).drop_columns("vintage")
        mine = mine.append_column("source", pa.repeat(source.id, mine.num_rows))
        units = keys.unit_keys(mine, vintage) if keys else None
        mine = keys.add_keys(mine, vintage) if keys else without_keys(mine)
        share = pa.array(np.zeros(mine.num_rows))
        crosswalk = areas.crosswalks.get((vintage, level))
        if vintage == areas.shown.vintage:
            parts.append(mine.append_column("estimated_share", share))
        elif crosswalk is not None:
            parts.append(restate_counts(mine, crosswalk, key=key, unit_keys=units))
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
    restated = [part.select(_RESTATED.names).cast(_RESTATED) for part in parts]
    return pa.concat_tables([_RESTATED.empty_table(), *restated]), notes


def without_keys(rows: pa.Table) -> pa.Table:
    """Append an event_key of 0: nothing needs protection, or nothing can be protected."""
    return rows.append_column(EVENT_KEY, pa.array(np.zeros(rows.num_rows, np.uint64)))


def add_margins(rows: pa.Table) -> pa.Table:
    """Give per event set its total, and per value of each breakdown a set `name:breakdown=value`.

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
        named = pc.binary_join_element_wise(part["event_set"], place, ":")
        parts.append(part.set_column(part.column_names.index("event_set"), "event_set", named))
    keys = ["event_set", "area", "period"]
    whole = pc.ScalarAggregateOptions(skip_nulls=False)  # with a part unknown, so is the sum
    added = (
        pa.concat_tables(parts)
        .group_by(keys)
        .aggregate([("count", "sum", whole), ("units", "sum"), (EVENT_KEY, "sum")])
    )
    return added.rename_columns([*keys, "count", "units", EVENT_KEY])


def _places(breakdown: str) -> list[str]:
    return [] if breakdown == TOTAL else breakdown.split(";")
