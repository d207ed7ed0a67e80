"""Which copies a region needs, and fetching them: from the network or from files people have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from regiebeeld.catalogue import (
    Catalogue,
    Content,
    Region,
    RegionLayout,
    RegionSource,
    Source,
    SourceKind,
)
from regiebeeld.domain import CatalogueError, FetchError
from regiebeeld.pipeline.sources import Progress, Snapshot, TableRequest, fetch, read_snapshots
from regiebeeld.settings import Settings

DATA = "data"


@dataclass(frozen=True, slots=True)
class Errand:
    """One copy to get; several errands can serve one source (a layout a year, a file a part)."""

    source: Source
    part: str
    request: TableRequest
    vintage: int | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The snapshots of one source of a region by part; over the network that is one, `data`."""

    source: Source
    snapshots: Mapping[str, Snapshot]
    vintage: int | None = None

    @property
    def main(self) -> Snapshot:
        return (
            self.snapshots[DATA] if DATA in self.snapshots else next(iter(self.snapshots.values()))
        )


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
        _gather(
            list(_table_errands(catalogue.sources[s.source], s, region, wanted, settings)),
            settings,
            progress,
            offline,
        )
        for s in region.sources
    ]
    layouts = [
        _gather(
            list(_layout_errands(catalogue.sources[each.source], each, settings)),
            settings,
            progress,
            offline,
        )
        for each in region.layouts
    ]
    return sources, layouts


def _gather(
    errands: list[Errand], settings: Settings, progress: Progress | None, offline: bool
) -> Gathered:
    snapshots = {}
    for errand in errands:
        if offline:
            snapshots[errand.part] = _read_newest(errand, settings)
        else:
            snapshots[errand.part] = fetch(errand.request, settings=settings, progress=progress)
    return Gathered(errands[0].source, snapshots, errands[0].vintage)


def _read_newest(errand: Errand, settings: Settings) -> Snapshot:
    known = read_snapshots(settings.unprotected / "copies", errand.request.source)
    fitting = [snapshot for snapshot in known if snapshot.request == errand.request.hash]
    if not fitting:
        raise FetchError(
            f"Bron {errand.request.source}: er ligt geen kopie die past bij wat nu gevraagd wordt; "
            "draai `regiebeeld run` zonder --offline"
        )
    return fitting[-1]


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
        yield _file_errand(source, part, name, settings)


def _file_errand(
    source: Source, part: str, name: str, settings: Settings, vintage: int | None = None
) -> Errand:
    path = (settings.files / name).resolve() if not Path(name).is_absolute() else Path(name)
    if not path.is_relative_to(settings.files.resolve()):
        raise CatalogueError(
            f"bron {source.id}: {name!r} ligt buiten de map voor bestanden {settings.files}"
        )
    own = [source.id, *([str(vintage)] if vintage else []), *([part] if part != DATA else [])]
    request = TableRequest(source=".".join(own), kind="file", base="", table=str(path))
    return Errand(source, part, request, vintage)


def _layout_errands(source: Source, layout: RegionLayout, settings: Settings) -> Iterator[Errand]:
    if layout.files:
        for level, name in layout.files.items():
            yield _file_errand(source, level.value, name, settings, layout.vintage)
        return
    terms = source.terms
    address = terms.table.format(vintage=layout.vintage)
    wanted = [c.collection for c in terms.collections if c.level in layout.levels]
    request = TableRequest(
        source=f"{source.id}.{layout.vintage}",
        kind=terms.kind.value,
        base=f"{str(getattr(settings, str(terms.base))).rstrip('/')}/{address}",
        table=",".join(wanted),
    )
    yield Errand(source, DATA, request, layout.vintage)
