"""What the source page says of events without a known place; no number of events about persons."""

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.models import DisclosureClass
from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import UNKNOWN, is_drawable
from regiebeeld.pipeline.sources.conform_counts import Note

_NOWHERE = UNKNOWN[AreaLevel.GEMEENTE]


def tell_unknown(rows: pa.Table, source: Source, drawn: frozenset[str]) -> list[Note]:
    """Tell per gemeente and period how many events have no place finer than the gemeente.

    rows: area, period and count, a cell once for each event set; `drawn` are the areas of the
    shown layout. What is not placed counts in the gemeente and in none of its buurten. Of a source
    about persons it is told that this happens, and never where or when.
    """
    if source.terms.disclosure is DisclosureClass.PERSONS:
        return _tell_in_general(source)
    gemeente = pc.binary_join_element_wise("GM", pc.utf8_slice_codeunits(rows["area"], 2, 6), "")
    is_open = pa.array([c not in drawn or not is_drawable(c) for c in rows["area"].to_pylist()])
    count = rows["count"].fill_null(0)
    table = pa.table(
        {
            "gemeente": gemeente,
            "period": rows["period"],
            "all": count,
            "open": pc.if_else(is_open, count, 0),
        }
    )
    sums = table.group_by(["gemeente", "period"]).aggregate([("all", "sum"), ("open", "sum")])
    ordered = sums.sort_by([("gemeente", "ascending"), ("period", "ascending")]).to_pylist()
    return [Note("unknown_area", 1, _words(row)) for row in ordered if row["open_sum"]]


def _tell_in_general(source: Source) -> list[Note]:
    atom = source.terms.atom
    if atom is None or atom.level is AreaLevel.GEMEENTE:
        return []
    words = (
        "wat geen bekende plaats binnen de gemeente heeft, telt in de gemeente en in geen kleiner "
        "gebied; is dat veel, dan worden de kleinere gebieden niet getoond"
    )
    return [Note("unknown_area", 1, words)]


def _words(row: dict[str, int | str]) -> str:
    if row["gemeente"] == _NOWHERE:
        return (
            f"{row['period']}: van {row['open_sum']} is ook de gemeente onbekend; "
            "geteld in de regio alleen"
        )
    return (
        f"{row['gemeente']}, {row['period']}: van {row['open_sum']} van de {row['all_sum']} is de "
        "plaats binnen de gemeente onbekend; wat kleinere gebieden tonen is daar het minste"
    )
