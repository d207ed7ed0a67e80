"""Which copies a region needs, and fetching them: from the network or from files people have."""

from collections.abc import Iterator, Mapping

from regiebeeld.catalogue import Catalogue, Content, Region, RegionSource, Source, SourceKind
from regiebeeld.domain import CatalogueError
from regiebeeld.pipeline.intake.places import (
    DATA,
    Errand,
    Gathered,
    file_errand,
    gather_errands,
    gather_layouts,
)
from regiebeeld.pipeline.sources import Progress, TableRequest
from regiebeeld.settings import Settings


def gather_region(
    catalogue: Catalogue,
    region: Region,
    settings: Settings,
    *,
    progress: Progress | None,
    offline: bool = False,
) -> tuple[list[Gathered], list[Gathered]]:
    """Fetch every source and layout of a region; give (sources, layouts).

    offline: use the newest copies that lie there and ask nobody. Raises FetchError
    or ContractError for the first source that cannot be had whole; copies that
    were made stay.
    """
    wanted = {
        (source.source, event_set)
        for _, indicator in catalogue.indicators_of(region).values()
        for source in indicator.sources
        for event_set in source.event_sets
    }
    sources = [
        gather_errands(
            list(_table_errands(catalogue.sources[s.source], s, region, wanted, settings)),
            settings,
            progress,
            offline,
        )
        for s in region.sources
    ]
    return sources, gather_layouts(catalogue, region, settings, progress=progress, offline=offline)


def _table_errands(
    source: Source,
    wanted: RegionSource,
    region: Region,
    event_sets: set[tuple[str, str]],
    settings: Settings,
) -> Iterator[Errand]:
    if wanted.files:
        yield from _file_errands(source, wanted.files, settings)
        return
    terms = source.terms
    if terms.columns is None:
        raise CatalogueError(
            f"bron {source.id}: het contract noemt geen columns, dus niet welk gebied een rij is"
        )
    prefixes = {
        terms.columns.area: tuple(
            p + g[2:] for g in region.gemeente_codes for p in ("GM", "WK", "BU")
        )
    }
    keys: dict[str, tuple[str, ...]] = {dimension: (key,) for dimension, key in terms.fixed.items()}
    if terms.content is Content.COUNTS and terms.columns.event_set:
        mine = {code for name, code in event_sets if name == source.id}
        keys[terms.columns.event_set] = tuple(sorted(set(wanted.event_sets) or mine))
    if terms.kind is SourceKind.CBS_ODATA4:
        keys |= {"Measure": tuple(f.column for f in terms.figures)}
    request = TableRequest(
        source=source.id,
        kind=terms.kind.value,
        base=str(getattr(settings, str(terms.base))),
        table=terms.table,
        keys=tuple(keys.items()),
        prefixes=tuple(prefixes.items()),
        columns=_needed_columns(source),
    )
    yield Errand(source, DATA, request)


def _needed_columns(source: Source) -> tuple[str, ...]:
    columns = source.terms.columns
    named = (columns.area, columns.period, columns.event_set, columns.count) if columns else ()
    return tuple(name for name in named if name)


def _file_errands(source: Source, files: Mapping[str, str], settings: Settings) -> Iterator[Errand]:
    for part, name in files.items():
        yield file_errand(source, part, name, settings)
