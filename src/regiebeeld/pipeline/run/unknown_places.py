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
    shown layout. What is not placed counts in the gemeente and in none of its buurten.
    """
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
    return [
        Note("unknown_area", 1, _words(row, source.terms.disclosure))
        for row in ordered
        if row["open_sum"]
    ]


def _words(row: dict[str, int | str], disclosure: DisclosureClass) -> str:
    some = (
        "een deel"
        if disclosure is DisclosureClass.PERSONS
        else f"{row['open_sum']} van de {row['all_sum']}"
    )
    if row["gemeente"] == _NOWHERE:
        some = some if disclosure is DisclosureClass.PERSONS else str(row["open_sum"])
        return f"{row['period']}: van {some} is ook de gemeente onbekend; geteld in de regio alleen"
    return (
        f"{row['gemeente']}, {row['period']}: van {some} is de plaats binnen de gemeente onbekend; "
        "wat kleinere gebieden tonen is daar het minste"
    )
