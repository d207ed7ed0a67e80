"""The order of a run: gather, read areas, count, compute, publish; with its log and provenance."""

import logging
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld import __version__
from regiebeeld.catalogue import Catalogue, Content, Label, Region, read_catalogue
from regiebeeld.domain import Area, ContractError, DisclosureError
from regiebeeld.pipeline.intake.places import Gathered
from regiebeeld.pipeline.intake.retention import forget_counts
from regiebeeld.pipeline.run import dimension_tables as dimensions
from regiebeeld.pipeline.run.basis import compute_basis
from regiebeeld.pipeline.run.cell_tables import (
    CellTables,
    compute_cell_tables,
    refuse_unpublishable,
)
from regiebeeld.pipeline.run.counting import Counted, count_source
from regiebeeld.pipeline.run.definition_tables import definition_tables
from regiebeeld.pipeline.run.delivering import (
    NEVER_CAME,
    Choice,
    choose_sources,
    count_delivery,
    read_kept,
)
from regiebeeld.pipeline.run.gathering import gather_region
from regiebeeld.pipeline.run.layouts import RegionAreas, read_region_areas
from regiebeeld.pipeline.run.moved_figures import move_figures
from regiebeeld.pipeline.run.publishing import (
    Published,
    list_audience_files,
    only_run,
    publish_release,
)
from regiebeeld.pipeline.run.source_tables import (
    SourceAccount,
    account_layouts,
    account_source,
    source_tables,
)
from regiebeeld.pipeline.run.withholding import Withholding, withheld_table
from regiebeeld.pipeline.sources import Progress, read_part
from regiebeeld.pipeline.sources.conform_figures import FigureRow, conform_figures
from regiebeeld.pipeline.store import WorkingStore, build_store
from regiebeeld.pipeline.store.folders import keep_private
from regiebeeld.pipeline.store.owner import bind_region
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

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


def _publish(
    run: Run, shelf: Shelf, choice: Choice, sources: list[Gathered], layouts: list[Gathered]
) -> Published:
    with run.step("gebieden lezen"):
        areas = read_region_areas(run.region, layouts)
    with run.step("figuren en grenzen tekenen"):
        drawn = dimensions.draw_areas(areas.shown)
    figures, accounts = _read_figures(run, choice, sources, areas, layouts)
    listed = dimensions.list_areas(run.region, areas.shown)
    cells, counted = _compute(run, choice, sources, areas, listed=listed, figures=figures)
    accounts += counted
    tables = _collect_tables(
        run, cells, areas, listed=listed, drawn=drawn, figures=figures, accounts=accounts
    )
    today = datetime.now(UTC).date()
    release = shelf.compute_next_id(today.isoformat())
    files = list_audience_files(run.catalogue, run.region)
    why = Withholding(run.catalogue, run.region, cells, choice.withheld, today)
    tables["withheld"] = withheld_table(why, files)
    with run.step("versie schrijven"):
        published = publish_release(
            shelf,
            tables,
            about=_about(run, release, cells),
            manifest={**_manifest(run, cells, accounts, drawn.told), **choice.manifest()},
            files=files,
        )
    removed = ", ".join(published.removed) or "geen"
    log.info("versie %s staat klaar; verwijderd: %s", published.id, removed)
    return published


def _compute(
    run: Run,
    choice: Choice,
    sources: list[Gathered],
    areas: RegionAreas,
    *,
    listed: list[Area],
    figures: list[tuple[FigureRow, str]],
) -> tuple[CellTables, list[SourceAccount]]:
    """Fill the working store and compute every indicator's cells from it."""
    with build_store(run.settings.unprotected.joinpath(*_STORE), run.settings) as store:
        with run.step("tellingen aan het contract houden"):
            accounts = _count(run, choice, sources, areas, store)
        with run.step("indicatoren berekenen"):
            bases = dimensions.collect_bases(listed, [row for row, _ in figures])
            cells = compute_cell_tables(
                run.catalogue,
                run.region,
                store,
                areas=listed,
                bases=bases,
                may_show=choice.may_show,
            )
    return cells, accounts


def _read_figures(
    run: Run, choice: Choice, sources: list[Gathered], areas: RegionAreas, layouts: list[Gathered]
) -> tuple[list[tuple[FigureRow, str]], list[SourceAccount]]:
    accounts = account_layouts(layouts, areas)
    named = {account.gathered.vintage: account.id for account in accounts}
    figures = [(row, named[year]) for year, rows in areas.figures.items() for row in rows]
    for gathered in layouts:
        _refuse_closed_figures(gathered)
    gemeenten = frozenset(run.region.gemeente_codes)
    for wanted, gathered in zip(choice.fetched, sources, strict=True):
        terms = gathered.source.terms
        if terms.content is not Content.KEY_FIGURES or wanted.source in choice.withheld:
            continue
        _refuse_closed_figures(gathered)
        frame = areas.frame_of(wanted.vintage or run.region.vintage, gemeenten, frozenset())
        table = read_part(gathered.main, gathered.main.data_part)
        rows, report = conform_figures(table, terms, frame, year=terms.figures_year)
        rows, changed = move_figures(rows, areas.shown, areas.crosswalks)
        report = replace(report, notes=(*report.notes, *changed))
        # A table made for its purpose goes before what a map happens to carry.
        figures += [(row, gathered.source.id) for row in rows]
        accounts.append(account_source(gathered, report, years=sorted({row.year for row in rows})))
    return figures, accounts


def _refuse_closed_figures(gathered: Gathered) -> None:
    """A denominator stands beside every rate, so a closed one would be open on the page."""
    if gathered.source.terms.label is not Label.OPENBAAR:
        raise DisclosureError(
            f"bron {gathered.source.id} heeft kerncijfers met het label "
            f"{gathered.source.terms.label}; alleen openbare kerncijfers kunnen noemer zijn. "
            "Haal de bron uit region.yaml; er is niets gepubliceerd"
        )


def _count(
    run: Run, choice: Choice, sources: list[Gathered], areas: RegionAreas, store: WorkingStore
) -> list[SourceAccount]:
    """Count every source into the store; give the accounts of those that a release may name."""
    accounts = []
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
        accounts.append(
            account_source(
                gathered, counted.report, periods=(counted.first_period, counted.last_period)
            )
        )
    accounts += _count_deliveries(run, choice, areas, store)
    if not accounts:
        raise ContractError(
            f"regio {run.region.id} heeft geen bron met tellingen; voeg er een toe in region.yaml"
        )
    return [account for account in accounts if account.gathered.source.id not in choice.withheld]


def _count_deliveries(
    run: Run, choice: Choice, areas: RegionAreas, store: WorkingStore
) -> list[SourceAccount]:
    accounts: list[SourceAccount] = []
    if not choice.delivered:
        return accounts
    kept = read_kept(run.region, run.settings)
    for wanted in choice.delivered:
        source = run.catalogue.sources[wanted.source]
        corrections = run.catalogue.corrections.get(source.id)
        account = count_delivery(source, kept, areas=areas, corrections=corrections, store=store)
        log.info("%s: %s", source.id, "geteld uit de leveringen" if account else NEVER_CAME)
        accounts += [account] if account else []
    return accounts


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
        "drawing": drawn.table,
        "area_change": dimensions.change_table(areas),
        "key_figure": dimensions.figure_table(listed, figures),
    }


def _about(run: Run, release: str, cells: CellTables) -> dict[str, str]:
    last = dimensions.last_month(cells)
    return {
        "release": release,
        "region": run.region.id,
        "region_title": run.region.title,
        "region_code": dimensions.region_code(run.region),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "invented": "true" if run.region.invented else "false",
        "vintage": str(run.region.vintage),
        "catalogue_hash": run.catalogue.hash,
        **({"last_month": f"{last:%Y-%m}"} if last else {}),
    }


def _manifest(
    run: Run, cells: CellTables, accounts: list[SourceAccount], drawn: tuple[str, ...]
) -> dict[str, Any]:
    """Give the provenance that is kept beside the files."""
    return {
        "region": run.region.id,
        "basis": dict(run.basis),
        "invented": run.region.invented,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "catalogue_hash": run.catalogue.hash,
        "catalogue_commit": _read_commit(run.settings),
        "policy": [
            rule.model_dump(mode="json")
            for rule in (run.catalogue.audiences.classes if run.catalogue.audiences else ())
        ],
        "versions": _versions(),
        "sources": [account.manifest() for account in accounts],
        "indicators": {
            i.id: {"source": source, "periods": _period_span(cells, k)}
            for k, (_, i, source) in enumerate(cells.indicators)
        },
        "indicators_without_source": cells.absent,
        "drawing": list(drawn),
        "seconds": run.seconds,
        "cited": False,
    }


def _period_span(cells: CellTables, key: int) -> list[str]:
    ids = list(cells.periods)
    used = cells.parts[key]["period_key"].unique().to_pylist()
    ordered = sorted(cells.periods[ids[i]] for i in used)
    return [ordered[0].id, ordered[-1].id] if ordered else []


def _versions() -> Mapping[str, str]:
    return {
        "regiebeeld": __version__,
        **{name: version(name) for name in ("duckdb", "pyarrow", "numpy", "shapely")},
    }


def _read_commit(settings: Settings) -> str | None:
    """The commit of a catalogue in a git work tree, with `+` when it was changed since."""
    head = _ask_git(settings.catalogue, "rev-parse", "HEAD")
    changed = _ask_git(settings.catalogue, "status", "--porcelain", "--", ".")
    return None if head is None else head + ("+" if changed else "")


def _ask_git(folder: Path, *words: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - fixed words on a folder of the settings
            [program, "-C", str(folder.resolve()), *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
