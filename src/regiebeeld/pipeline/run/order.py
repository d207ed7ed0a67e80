"""The order of a run: gather, read areas, count, compute, publish; with its log and provenance."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue import Catalogue, Content, Region, read_catalogue
from regiebeeld.catalogue.public_places import FILE as PLACES_FILE
from regiebeeld.disclosure import Secret
from regiebeeld.domain import Area, ContractError, DisclosureError, Intervention
from regiebeeld.pipeline.analyses import Bases
from regiebeeld.pipeline.analyses.effect_panels import refuse_unknown_areas
from regiebeeld.pipeline.gate.elsewhere import Elsewhere
from regiebeeld.pipeline.gate.judging import check_secret, pass_gate
from regiebeeld.pipeline.gate.passed import Passed
from regiebeeld.pipeline.gate.register import REGISTER, Register
from regiebeeld.pipeline.gate.secret_file import read_secret
from regiebeeld.pipeline.gate.union import Atoms
from regiebeeld.pipeline.intake.places import Gathered
from regiebeeld.pipeline.intake.retention import forget_counts
from regiebeeld.pipeline.run import dimension_tables as dimensions
from regiebeeld.pipeline.run.area_names import area_name_table
from regiebeeld.pipeline.run.basis import compute_basis
from regiebeeld.pipeline.run.beside import find_beside
from regiebeeld.pipeline.run.cell_tables import CellTables, make_cell_tables
from regiebeeld.pipeline.run.counting import Counted, count_source
from regiebeeld.pipeline.run.definition_tables import definition_tables
from regiebeeld.pipeline.run.delivering import (
    NEVER_CAME,
    Choice,
    CountedDelivery,
    choose_sources,
    count_delivery,
    read_kept,
)
from regiebeeld.pipeline.run.drafts import Drafts, Protected, compute_drafts, refuse_unpublishable
from regiebeeld.pipeline.run.estimates import Estimates
from regiebeeld.pipeline.run.finding_table import finding_table
from regiebeeld.pipeline.run.gathering import gather_region
from regiebeeld.pipeline.run.key_figures import read_figures
from regiebeeld.pipeline.run.layouts import RegionAreas, read_region_areas
from regiebeeld.pipeline.run.manifest import make_about, make_manifest, read_commit
from regiebeeld.pipeline.run.proof_tables import proof_tables
from regiebeeld.pipeline.run.public_places import public_place_table
from regiebeeld.pipeline.run.publishing import (
    Published,
    list_audience_files,
    only_run,
    publish_release,
)
from regiebeeld.pipeline.run.same_events import find_public, find_shared
from regiebeeld.pipeline.run.source_tables import (
    SourceAccount,
    account_source,
    source_tables,
)
from regiebeeld.pipeline.run.treated_sets import TreatedSet, list_treated_sets
from regiebeeld.pipeline.run.withholding import Withholding, withheld_table
from regiebeeld.pipeline.sources import Progress
from regiebeeld.pipeline.sources.conform_figures import FigureRow
from regiebeeld.pipeline.store import WorkingStore, build_store
from regiebeeld.pipeline.store.folders import keep_private
from regiebeeld.pipeline.store.owner import bind_region
from regiebeeld.releases import Shelf
from regiebeeld.releases.writing import AudienceFile
from regiebeeld.settings import Settings
from regiebeeld.statistics.breaks import NATIONAL_BREAKS

log = logging.getLogger(__name__)
_STORE = ("store", "store.duckdb")


@dataclass(slots=True)
class Run:
    """What one run knows so far; steps fill it from top to bottom."""

    settings: Settings
    catalogue: Catalogue
    region: Region
    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=dict)
    basis: Mapping[str, Any] = field(default_factory=dict)
    secret: Secret | None = None
    sets: Sequence[TreatedSet] = ()

    @property
    def register(self) -> Register:
        """What was ever told of events about persons."""
        return Register(self.settings.unprotected / REGISTER)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step, and tell it; the log holds names and durations, never a value."""
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)
        log.info("%s: %.1f s", name, self.seconds[name])
        if self.progress:
            self.progress(1, 1, name)


def run_region(
    region: str, settings: Settings, *, progress: Progress | None = None, offline: bool = False
) -> Published:
    """Make a release of one region from its sources and serve it.

    Raises the error of whatever step fails; then nothing is published and the
    release that was served before still is.
    """
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    run = Run(settings, catalogue, catalogue.read_region(region), progress)
    shelf = Shelf(settings.releases)
    bind_region(settings, run.region.id)
    keep_private(settings)
    today = datetime.now(UTC).date()
    choice = choose_sources(catalogue, run.region, today)
    run.secret = read_secret(settings, run.region)
    if choice.needs_secret:
        check_secret(run.secret, run.register)
        _refuse_lost_register(shelf, run.register)
    for source in dict.fromkeys(each.source for each in run.region.layouts):
        refuse_unpublishable(catalogue, source)
    with only_run(settings.releases, settings.unprotected / _STORE[0]):
        forget_counts(catalogue, region, settings, today)
        run.basis = compute_basis(catalogue, run.region, settings, today)
        with run.step("bronnen ophalen"):
            fetched = run.region.model_copy(update={"sources": choice.fetched})
            gathered = gather_region(
                catalogue, fetched, settings, progress=progress, offline=offline
            )
        return _publish(run, shelf, choice, *gathered)


def _refuse_lost_register(shelf: Shelf, register: Register) -> None:
    """Raise DisclosureError when a release was judged that the register does not know any more."""
    known = set(register.releases())
    lost = [r.id for r in shelf.read_releases() if r.manifest.get("gate") and r.id not in known]
    if lost:
        raise DisclosureError(
            f"{register.folder}: versie {lost[0]} staat er niet in, en heeft cijfers over mensen. "
            "Zonder het register is niet te zeggen wat eerder is gepubliceerd; zet het terug uit "
            "een kopie. Er is niets gepubliceerd, de vorige versie blijft staan"
        )


def _publish(
    run: Run, shelf: Shelf, choice: Choice, sources: list[Gathered], layouts: list[Gathered]
) -> Published:
    with run.step("gebieden lezen"):
        areas = read_region_areas(run.region, layouts)
    with run.step("figuren en grenzen tekenen"):
        drawn = dimensions.draw_areas(areas.shown)
    points = _place_points(run, areas, drawn)
    figures, accounts = read_figures(run.region, choice, sources, areas, layouts)
    listed = dimensions.list_areas(run.region, areas.shown)
    refuse_unknown_areas(_interventions(run), listed)
    bases = _collect_bases(run, listed, figures)
    counted, drafts, passed = _compute(run, choice, sources, areas, listed)
    accounts += counted.accounts
    cells = make_cell_tables(drafts, passed, areas=listed, bases=bases)
    tables = _collect_tables(
        run, cells, areas, listed=listed, drawn=drawn, figures=figures, accounts=accounts
    )
    today = datetime.now(UTC).date()
    files = list_audience_files(run.catalogue, run.region)
    why = Withholding(run.catalogue, run.region, cells, choice.withheld, today)
    tables |= {"public_place": points, "withheld": withheld_table(why, files)}
    tables.update(proof_tables(run.catalogue, cells, passed, accounts))
    tables["finding"] = _find(run, choice, cells, areas)
    manifest = {
        **make_manifest(run.catalogue, run.region, cells, accounts, passed),
        **choice.manifest(),
        "basis": dict(run.basis),
        "catalogue_commit": read_commit(run.settings.catalogue),
        "drawing": list(drawn.told),
    }
    release = shelf.compute_next_id(today.isoformat(), taken=run.register.releases())
    about = make_about(run.catalogue, run.region, release, cells)
    return _put_on_shelf(run, shelf, Finished(release, tables, about, manifest, files), passed)


@dataclass(frozen=True, slots=True)
class Finished:
    """A release that only has to be written: its tables, what it says of itself, and for whom."""

    id: str
    tables: dict[str, pa.Table]
    about: dict[str, str]
    manifest: dict[str, Any]
    files: list[AudienceFile]


def _put_on_shelf(run: Run, shelf: Shelf, release: Finished, passed: Passed) -> Published:
    with run.step("versie schrijven"):
        published = publish_release(
            shelf,
            release.tables,
            about=release.about,
            manifest={**release.manifest, "seconds": run.seconds},
            files=release.files,
            # What will be told is in the register before anybody can read it.
            before_use=lambda: run.register.add(release.id, passed.told),
        )
    removed = ", ".join(published.removed) or "geen"
    log.info("versie %s staat klaar; verwijderd: %s", published.id, removed)
    return published


def _collect_bases(run: Run, listed: list[Area], figures: list[tuple[FigureRow, str]]) -> Bases:
    """Collect denominators; they say which areas of interventions may be told as one."""
    bases = dimensions.collect_bases(listed, [row for row, _ in figures])
    limits, interventions = run.catalogue.limits, _interventions(run)
    run.sets = list_treated_sets(interventions, listed, bases, region=run.region.id, limits=limits)
    return bases


def _compute(
    run: Run,
    choice: Choice,
    sources: list[Gathered],
    areas: RegionAreas,
    listed: list[Area],
) -> tuple["_Counts", Drafts, Passed]:
    """Count, compute every indicator, and let the attacker try what may be told of it."""
    with build_store(run.settings.unprotected.joinpath(*_STORE), run.settings) as store:
        with run.step("tellingen aan het contract houden"):
            counted = _count(run, choice, sources, areas, store)
        with run.step("indicatoren berekenen"):
            drafts = _draft(run, choice, store, listed, counted)
        with run.step("aanval op de eigen cijfers"):
            passed = _judge(run, store, drafts, counted, listed)
    return counted, drafts, passed


def _draft(
    run: Run, choice: Choice, store: WorkingStore, listed: list[Area], counted: "_Counts"
) -> Drafts:
    return compute_drafts(
        run.catalogue,
        run.region,
        store,
        areas=listed,
        may_show=choice.may_show,
        protected=Protected(run.secret, counted.atoms, counted.estimates, run.sets),
    )


def _judge(
    run: Run, store: WorkingStore, drafts: Drafts, counted: "_Counts", listed: list[Area]
) -> Passed:
    used = {chosen.draft.events for chosen in drafts.chosen}
    atoms = {name: each for name, each in counted.atoms.items() if name in used}
    return pass_gate(
        drafts.every,
        atoms,
        areas=listed,
        secret=run.secret,
        register=run.register,
        elsewhere=Elsewhere(
            find_public(run.catalogue, store, atoms, listed),
            find_shared(run.catalogue, atoms),
            counted.owners,
        ),
    )


def _find(run: Run, choice: Choice, cells: CellTables, areas: RegionAreas) -> pa.Table:
    """Run the statistics over the released cells, and over what only deliveries tell."""
    with run.step("statistiek over de cijfers"):
        kept = read_kept(run.region, run.settings) if choice.delivered else None
        return finding_table(
            cells,
            areas.shown,
            interventions=_interventions(run),
            beside=find_beside(run.catalogue, run.region, cells, kept),
            breaks=() if run.region.invented else NATIONAL_BREAKS,
        )


def _place_points(run: Run, areas: RegionAreas, drawn: dimensions.DrawnAreas) -> pa.Table:
    """Put the public places of the region on its map."""
    return public_place_table(
        run.catalogue.places.get(run.region.id, ()),
        shown=areas.shown,
        frame=drawn.frame,
        file=str(run.settings.regions / run.region.id / PLACES_FILE),
    )


def _interventions(run: Run) -> Sequence[Intervention]:
    return run.catalogue.interventions.get(run.region.id, ())


@dataclass(slots=True)
class _Counts:
    """What was counted: accounts of what a release may name, and the atoms of delivered sources."""

    accounts: list[SourceAccount] = field(default_factory=list)
    atoms: dict[str, Atoms] = field(default_factory=dict)
    estimates: dict[str, Estimates] = field(default_factory=dict)
    owners: dict[str, Sequence[str]] = field(default_factory=dict)

    def add(self, source: str, found: CountedDelivery) -> None:
        self.accounts.append(found.account)
        self.atoms[source], self.estimates[source] = found.atoms, found.estimates
        self.owners[source] = found.owners


def _count(
    run: Run, choice: Choice, sources: list[Gathered], areas: RegionAreas, store: WorkingStore
) -> _Counts:
    """Count every source into the store; give the accounts of those that a release may name."""
    counts = _Counts()
    for wanted, gathered in zip(choice.fetched, sources, strict=True):
        if gathered.source.terms.content is not Content.COUNTS:
            continue
        corrections = run.catalogue.corrections.get(gathered.source.id)
        counted: Counted = count_source(
            run.region, wanted, gathered, areas=areas, corrections=corrections, store=store
        )
        log.info(
            "%s: %d rijen in, %d bewaard",
            gathered.source.id,
            counted.report.rows_in,
            counted.report.rows_kept,
        )
        counts.accounts.append(
            account_source(
                gathered, counted.report, periods=(counted.first_period, counted.last_period)
            )
        )
    _count_deliveries(run, choice, areas, store, counts)
    if not counts.accounts:
        raise ContractError(
            f"regio {run.region.id} heeft geen bron met tellingen; voeg er een toe in region.yaml"
        )
    counts.accounts = [a for a in counts.accounts if a.gathered.source.id not in choice.withheld]
    return counts


def _count_deliveries(
    run: Run, choice: Choice, areas: RegionAreas, store: WorkingStore, counts: _Counts
) -> None:
    kept = read_kept(run.region, run.settings) if choice.delivered else None
    for wanted in choice.delivered if kept else ():
        source = run.catalogue.sources[wanted.source]
        corrections = run.catalogue.corrections.get(source.id)
        found = kept and count_delivery(
            source, kept, areas=areas, corrections=corrections, store=store, secret=run.secret
        )
        log.info("%s: %s", source.id, "geteld uit de leveringen" if found else NEVER_CAME)
        if found:
            counts.add(source.id, found)


def _collect_tables(
    run: Run,
    cells: CellTables,
    areas: RegionAreas,
    *,
    listed: list[Area],
    drawn: dimensions.DrawnAreas,
    figures: list[tuple[FigureRow, str]],
    accounts: list[SourceAccount],
) -> dict[str, pa.Table]:
    return {
        **definition_tables(run.catalogue, run.region, cells),
        **source_tables(
            accounts,
            invented=run.region.invented,
            agreements=run.catalogue.agreements.get(run.region.id, {}),
        ),
        "cell": pa.concat_tables(cells.parts),
        "area": dimensions.area_table(listed, drawn),
        "area_name": area_name_table(run.region, listed, run.settings),
        "drawing": drawn.table,
        "area_change": dimensions.change_table(areas),
        "key_figure": dimensions.figure_table(listed, figures),
    }
