"""The places of a region: its area layouts from their copies, its address files, and its draw key.

Refuses nothing about deliveries: this is what deliveries are linked against.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from regiebeeld.catalogue import Catalogue, Region, RegionLayout, Source, SourceTerms
from regiebeeld.domain import AreaLevel, CatalogueError, FetchError, LinkError
from regiebeeld.pipeline.areas import AreaColumns, Layout, read_layout
from regiebeeld.pipeline.intake.linking.addresses import AddressBook, read_addresses
from regiebeeld.pipeline.intake.linking.frame import LinkFrame
from regiebeeld.pipeline.sources import (
    Progress,
    Snapshot,
    TableRequest,
    fetch,
    read_part,
    read_snapshots,
)
from regiebeeld.settings import Settings

DATA = "data"
ADDRESS_FILES = "pc6hnr*.csv"
_KEY_BYTES = 32
_BUURT_COLUMN = re.compile(r"buurt(\d{4})", re.IGNORECASE)


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
) -> list[Gathered]:
    """Fetch every layout of a region (or give the newest copies), in the order of region.yaml."""
    return [
        gather_errands(
            list(_layout_errands(catalogue.sources[each.source], each, settings)),
            settings, progress, offline,
        )
        for each in region.layouts
    ]  # fmt: skip


def gather_errands(
    errands: list[Errand], settings: Settings, progress: Progress | None, offline: bool
) -> Gathered:
    """Bring the copies of one source: fetched, or the newest ones when offline."""
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
    request = TableRequest(source=".".join(own), kind="file", base="", table=str(path))
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


def read_link_frame(catalogue: Catalogue, region: Region, settings: Settings) -> LinkFrame:
    """Read what the rows of a region are linked against: from copies, fetched when there are none.

    Layouts without buurten take no part when another one has them. Raises FetchError or LinkError
    when a layout cannot be had or read.
    """
    try:
        gathered = gather_layouts(catalogue, region, settings, offline=True)
    except FetchError:
        gathered = gather_layouts(catalogue, region, settings)
    layouts = [
        _read_one(region, wanted, copies)
        for wanted, copies in zip(region.layouts, gathered, strict=True)
    ]
    with_buurten = [layout for layout in layouts if layout.at(AreaLevel.BUURT)]
    names = [(name, g.code) for g in region.gemeenten for name in (g.name, *g.aliases)]
    return LinkFrame(
        layouts={layout.vintage: layout for layout in with_buurten or layouts},
        gemeenten=tuple(names),
        books=read_address_books(settings.files, frozenset(region.gemeente_codes)),
        key=read_link_key(settings, region),
    )


def _read_one(region: Region, wanted: RegionLayout, copies: Gathered) -> Layout:
    tables = read_layout_tables(wanted, copies)
    columns = read_area_columns(copies.source.terms, tables)
    layout, _ = read_layout(
        tables, vintage=wanted.vintage, columns=columns, gemeenten=region.gemeente_codes
    )
    return layout


def read_address_books(folder: Path, gemeenten: frozenset[str]) -> dict[int, AddressBook]:
    """Read the address files of the form of CBS `pc6hnr` that lie in the folder for files.

    The column `Buurt<year>` says of which layout each is; addresses of other gemeenten are not
    read. Raises LinkError for a file without that column, and for two files of one year.
    """
    books: dict[int, AddressBook] = {}
    for path in sorted(folder.glob(ADDRESS_FILES)) if folder.is_dir() else ():
        table, vintage = _read_address_file(path)
        if vintage in books:
            raise LinkError(f"{path.name}: er is al een adressenbestand van {vintage}; houd er een")
        books[vintage] = read_addresses(_only_of(table, vintage, gemeenten), vintage=vintage)
    return books


def _read_address_file(path: Path) -> tuple[pa.Table, int]:
    with path.open(encoding="utf-8-sig") as file:
        header = file.readline().strip()
    delimiter = ";" if ";" in header else ","
    names = [name.strip().strip('"') for name in header.split(delimiter)]
    years = [int(found[1]) for name in names if (found := _BUURT_COLUMN.fullmatch(name))]
    if len(years) != 1:
        raise LinkError(
            f"{path.name}: verwacht wordt PC6;Huisnummer;Buurt2024;Wijk2024;Gem2024, "
            f"aanwezig is {', '.join(names[:8])}"
        )
    table = pa_csv.read_csv(
        path,
        read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    return table, years[0]


def _only_of(table: pa.Table, vintage: int, gemeenten: frozenset[str]) -> pa.Table:
    column = f"Gem{vintage}"
    if column not in table.column_names:
        return table
    wanted = pa.array([code for g in gemeenten for code in (g[2:], g[2:].lstrip("0"))])
    return table.filter(pc.is_in(table[column], wanted))


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
