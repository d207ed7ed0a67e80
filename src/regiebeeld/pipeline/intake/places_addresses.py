"""The address files of a region, and what stands in for one where there is none.

Refuses a file that does not say of which layout its buurten are.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from regiebeeld.catalogue import SourceTerms
from regiebeeld.domain import AreaLevel, LinkError
from regiebeeld.domain.areas import read_area_code
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.linking.addresses import (
    AddressBook,
    note_elsewhere,
    read_addresses,
)
from regiebeeld.pipeline.intake.linking.frame import FrequentPostcodes, compute_frequent_postcodes

ADDRESS_FILES = "pc6hnr*.csv"
_BUURT_COLUMN = re.compile(r"buurt(\d{4})", re.IGNORECASE)


def read_address_books(folder: Path, gemeenten: frozenset[str]) -> dict[int, AddressBook]:
    """Read the address files of the form of CBS `pc6hnr` that lie in the folder for files.

    The column `Buurt<year>` says of which layout each is; of addresses in other gemeenten only
    the postcodes are kept. Raises LinkError for a file without that column, and for two of one
    year.
    """
    books: dict[int, AddressBook] = {}
    for path in sorted(folder.glob(ADDRESS_FILES)) if folder.is_dir() else ():
        table, vintage = _read_address_file(path)
        if vintage in books:
            raise LinkError(f"{path.name}: er is al een adressenbestand van {vintage}; houd er een")
        inside = _lies_inside(table, vintage, gemeenten)
        try:
            book = read_addresses(table.filter(inside), vintage=vintage)
        except LinkError as fault:
            raise LinkError(f"{path.name}: {fault}") from fault
        foreign = table.filter(pc.invert(inside))
        postcodes = next(n for n in table.column_names if n.lower() == "pc6")
        books[vintage] = note_elsewhere(book, foreign[postcodes]) if foreign.num_rows else book
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


def _lies_inside(table: pa.Table, vintage: int, gemeenten: frozenset[str]) -> pa.ChunkedArray:
    column = f"Gem{vintage}"
    if column not in table.column_names:
        return pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    wanted = pa.array([code for g in gemeenten for code in (g[2:], g[2:].lstrip("0"))])
    return pc.is_in(table[column], wanted)


def read_frequent_postcodes(
    terms: SourceTerms, tables: Mapping[AreaLevel, pa.Table], layout: Layout
) -> FrequentPostcodes | None:
    """Read the most frequent PC4 of each buurt, which tells the gemeente of a postcode.

    None where the map does not hold it. A postcode that is the most frequent one of no buurt,
    or of buurten in two gemeenten, is not read here as one place: the second is drawn by the
    number of its buurten.
    """
    columns = next((c for c in terms.collections if c.level is AreaLevel.BUURT), None)
    table = tables.get(AreaLevel.BUURT)
    if table is None or columns is None or columns.postcode not in table.column_names:
        return None
    known = {area.code for area in layout.at(AreaLevel.BUURT)}
    codes = [_code_of(text) for text in table[columns.code].to_pylist()]
    inside = pa.array([code in known for code in codes])
    buurten = pa.array(codes).filter(inside)
    postcodes = table[columns.postcode].combine_chunks().filter(inside)
    return compute_frequent_postcodes(buurten, postcodes, vintage=layout.vintage)


def _code_of(text: str | None) -> str:
    try:
        return read_area_code(text or "", AreaLevel.BUURT)
    except LinkError:
        return ""
