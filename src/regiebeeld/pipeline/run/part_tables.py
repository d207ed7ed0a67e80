"""The words of breakdowns that go with a release: what its cells can be of, and what that means."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue import Indicator
from regiebeeld.domain import TOTAL
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.releases.parts import PART_SCHEMA, Part


def part_tables(tables: CellTables) -> dict[str, pa.Table]:
    """Give the tables breakdown and part: only of what there are cells of."""
    parts = [
        part
        for _, indicator, _ in tables.indicators
        for part in _list_parts(indicator)
        if part.breakdown in tables.breakdowns
    ]
    rows = [
        {"position": k} | {name: getattr(part, name) for name in PART_SCHEMA.names[1:]}
        for k, part in enumerate(parts)
    ]
    breakdown = {
        "breakdown_key": pa.array(tables.breakdowns.values(), pa.int16()),
        "id": list(tables.breakdowns),
        # Not the words of a part: two indicators may name one value, and one of them is hidden.
        "title": ["Totaal" if name == TOTAL else name for name in tables.breakdowns],
    }
    return {
        "breakdown": pa.table(breakdown),
        "part": pa.Table.from_pylist(rows, schema=PART_SCHEMA),
    }


def _list_parts(indicator: Indicator) -> Iterator[Part]:
    one = indicator.breakdown
    for value, title in one.values.items() if one else ():
        if one is not None:
            yield Part(indicator.id, one.name(value), title, one.title, one.caution)


def list_words(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the words of a thing by name; those inside another as `breakdown.values.12-13`."""
    for name, text in fields.items():
        if isinstance(text, dict):
            yield from ((f"{name}.{inner}", words) for inner, words in list_words(text))
        else:
            yield name, text
