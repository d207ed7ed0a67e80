"""The places of a region: its area layouts from their copies, its address files, and its draw key.

Refuses nothing about deliveries: this is what deliveries are linked against.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from regiebeeld.catalogue import Catalogue, Region, RegionLayout, Source, SourceTerms
from regiebeeld.domain import AreaLevel, CatalogueError, FetchError, LinkError
from regiebeeld.domain.areas import ABROAD, UNKNOWN, read_area_code
from regiebeeld.pipeline.areas import AreaColumns, Layout, read_layout
from regiebeeld.pipeline.intake.linking.frame import FrequentPostcodes, LinkFrame
from regiebeeld.pipeline.intake.places_addresses import (
    read_address_books,
    read_frequent_postcodes,
)
from regiebeeld.pipeline.intake.places_own import read_own_areas
from regiebeeld.pipeline.sources import (
    Progress,
    Snapshot,
    TableRequest,
    fetch,
    read_part,
    read_snapshots,
)
from regiebeeld.settings import Settings

DATA, FILE = "data", "file"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Errand:
    """One copy to get; several errands can serve one source (a layout a year, a file a part)."""

    source: Source
    part: str
    request: TableRequest
    vintage: int | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The snapshots of one source, by part; network sources have the one part `data`."""

    source: Source
    snapshots: Mapping[str, Snapshot]
    vintage: int | None = None

    @property
    def main(self) -> Snapshot:
        return (
            self.snapshots[DATA] if DATA in self.snapshots else next(iter(self.snapshots.values()))
        )


def gather_layouts(
    catalogue: Catalogue,
    region: Region,
    settings: Settings,
    *,
    progress: Progress | None = None,
    offline: bool = False,
    read_files: bool = False,
) -> list[Gathered]:
    """Fetch every layout of a region (or give the newest copies), in the order of region.yaml."""
    return [
        gather_errands(
            list(_layout_errands(catalogue.sources[each.source], each, settings)),
            settings, progress, offline, read_files=read_files,
        )
        for each in region.layouts
    ]  # fmt: skip


def gather_errands(
    errands: list[Errand],
    settings: Settings,
    progress: Progress | None,
    offline: bool,
    *,
    read_files: bool = False,
) -> Gathered:
    """Bring the copies of one source: fetched, or the newest ones when offline.

    `read_files` reads what lies in the folder for files even then: it may have been corrected.
    """
    snapshots = {}
    for errand in errands:
        if offline and not (read_files and _is_there(errand)):
            snapshots[errand.part] = _read_newest(errand, settings)
        else:
            snapshots[errand.part] = fetch(errand.request, settings=settings, progress=progress)
    return Gathered(errands[0].source, snapshots, errands[0].vintage)


def _is_there(errand: Errand) -> bool:
    return errand.request.kind == FILE and Path(errand.request.table.split("#")[0]).is_file()


def _read_newest(errand: Errand, settings: Settings) -> Snapshot:
    known = read_snapshots(settings.unprotected / "copies", errand.request.source)
    fitting = [snapshot for snapshot in known if snapshot.request == errand.request.hash]
    if not fitting:
        raise FetchError(
            f"Bron {errand.request.source}: er ligt geen kopie die past bij wat nu gevraagd wordt; "
            "draai `regiebeeld run` zonder --offline"
        )
    return fitting[-1]


def file_errand(
    source: Source, part: str, name: str, settings: Settings, vintage: int | None = None
) -> Errand:
    """Ask for one file that people hold; raise CatalogueError for one outside their folder."""
    path = (settings.files / name).resolve() if not Path(name).is_absolute() else Path(name)
    if not path.is_relative_to(settings.files.resolve()):
        raise CatalogueError(
            f"bron {source.id}: {name!r} ligt buiten de map voor bestanden {settings.files}"
        )
    own = [source.id, *([str(vintage)] if vintage else []), *([part] if part != DATA else [])]
    request = TableRequest(source=".".join(own), kind=FILE, base="", table=str(path))
    return Errand(source, part, request, vintage)


def _layout_errands(source: Source, layout: RegionLayout, settings: Settings) -> Iterator[Errand]:
    if layout.files:
        for level, name in layout.files.items():
            yield file_errand(source, level.value, name, settings, layout.vintage)
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


def read_layout_tables(wanted: RegionLayout, copies: Gathered) -> dict[AreaLevel, pa.Table]:
    terms = copies.source.terms
    if wanted.files:
        return {level: read_part(copies.snapshots[level.value], DATA) for level in wanted.files}
    names = {c.level: c.collection.rpartition(":")[2] for c in terms.collections}
    return {level: read_part(copies.main, names[level]) for level in wanted.levels}


def read_area_columns(
    terms: SourceTerms, tables: Mapping[AreaLevel, pa.Table]
) -> dict[AreaLevel, AreaColumns]:
    found = {}
    for collection in terms.collections:
        if collection.level not in tables:
            continue
        there = tables[collection.level].column_names
        found[collection.level] = AreaColumns(
            code=collection.code,
            name=collection.name,
            water=collection.water if collection.water in there else None,
            year_code=collection.year_code if collection.year_code in there else None,
        )
    return found


def read_link_frame(
    catalogue: Catalogue, region: Region, settings: Settings, *, fetching: bool = True
) -> LinkFrame:
    """Read what the rows of a region are linked against: from copies, fetched when there are none.

    Layouts without buurten take no part when another one has them, but the gemeenten they name
    outside the region are known by it. Maps that people hold as files are read as they lie there
    now. Raises FetchError or LinkError when a layout cannot be had or read; without `fetching`
    one of which there is no copy cannot be had.
    """
    try:
        gathered = gather_layouts(catalogue, region, settings, offline=True, read_files=True)
    except FetchError:
        if not fetching:
            raise
        gathered = gather_layouts(catalogue, region, settings)
    pairs = list(zip(region.layouts, gathered, strict=True))
    maps = [_read_map(region, wanted, copies) for wanted, copies in pairs]
    with_buurten = [each for each in maps if each.layout.at(AreaLevel.BUURT)] or maps
    layouts = {each.layout.vintage: each.layout for each in with_buurten}
    names = [(name, g.code) for g in region.gemeenten for name in (g.name, *g.aliases)]
    return LinkFrame(
        layouts=layouts,
        gemeenten=tuple(names),
        elsewhere=_newest_elsewhere(maps),
        books=read_address_books(settings.files, frozenset(region.gemeente_codes)),
        frequent={e.layout.vintage: e.frequent for e in with_buurten if e.frequent},
        own_areas=read_own_areas(region, layouts, settings),
        key=read_link_key(settings, region),
    )


@dataclass(frozen=True, slots=True)
class _Map:
    """One year's layout, the gemeenten outside the region that it holds, and its postcodes."""

    layout: Layout
    elsewhere: tuple[tuple[str, str], ...]
    frequent: FrequentPostcodes | None


def _newest_elsewhere(maps: list[_Map]) -> tuple[tuple[str, str], ...]:
    """Give the other gemeenten of the newest national map: an older one may be the region's now."""
    national = [each for each in maps if each.elsewhere]
    return max(national, key=lambda each: each.layout.vintage).elsewhere if national else ()


def _read_map(region: Region, wanted: RegionLayout, copies: Gathered) -> _Map:
    terms = copies.source.terms
    tables = read_layout_tables(wanted, copies)
    columns = read_area_columns(terms, tables)
    try:
        layout, _ = read_layout(
            tables, vintage=wanted.vintage, columns=columns, gemeenten=region.gemeente_codes
        )
    except LinkError as fault:
        named = f" ({', '.join(wanted.files.values())})" if wanted.files else ""
        raise LinkError(
            f"kaart van {wanted.vintage}, bron {wanted.source}{named}: {fault}"
        ) from fault
    elsewhere = _read_elsewhere(tables, columns, region)
    return _Map(layout, elsewhere, read_frequent_postcodes(terms, tables, layout))


def _read_elsewhere(
    tables: Mapping[AreaLevel, pa.Table], columns: Mapping[AreaLevel, AreaColumns], region: Region
) -> tuple[tuple[str, str], ...]:
    """Give name and code of the gemeenten of a national map that are not of the region."""
    if AreaLevel.GEMEENTE not in tables:
        return ()
    table, own = tables[AreaLevel.GEMEENTE], columns[AreaLevel.GEMEENTE]
    pairs = zip(table[own.name].to_pylist(), table[own.code].to_pylist(), strict=True)
    known = {*region.gemeente_codes, UNKNOWN[AreaLevel.GEMEENTE], ABROAD}
    found = {(str(name), read_area_code(code, AreaLevel.GEMEENTE)) for name, code in pairs if code}
    return tuple(sorted(pair for pair in found if pair[1] not in known))


def read_link_key(settings: Settings, region: Region) -> bytes:
    """Read the secret of the draws, made at first use; an invented region has a fixed one."""
    if region.invented:
        return sha256(f"regiebeeld: draws of {region.id}".encode()).digest()
    path = settings.unprotected / "secret" / "link.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(_KEY_BYTES))
        draft.rename(path)
    return path.read_bytes()
