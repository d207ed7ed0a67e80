"""Spoils a good delivery on purpose, one function a fault; every value in it is fictitious."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import Role, Source
from regiebeeld.catalogue.fields import fields_with
from regiebeeld.example.truths import DeliveryFault

# Passes the eleven test; the series of nines is used for tests and is given to nobody.
FICTITIOUS_BSN = "999999990"
# The domain example is kept free for examples (RFC 2606).
FICTITIOUS_EMAIL = "melder@voorbeeld.example"
_SPOILED_ROWS = 3

Spoil = Callable[[pa.Table, Source], pa.Table]


def spoil_table(fault: DeliveryFault, table: pa.Table, source: Source) -> pa.Table:
    """Give the table with a fault in it; a fault of the file itself leaves it as it is."""
    return _SPOILERS[fault](table, source) if fault in _SPOILERS else table


def _rename_column(table: pa.Table, source: Source) -> pa.Table:
    renamed = next(fields_with(source.fields, Role.BREAKDOWN)).name
    names = ["resultaat" if name == renamed else name for name in table.column_names]
    return table.rename_columns(names)


def _add_bsn(table: pa.Table, _: Source) -> pa.Table:
    empty = [None] * (table.num_rows - _SPOILED_ROWS)
    column = pa.array([FICTITIOUS_BSN] * _SPOILED_ROWS + empty, pa.string())
    return table.append_column("burgerservicenummer", column)


def _add_email(table: pa.Table, source: Source) -> pa.Table:
    name = next(fields_with(source.fields, Role.EVENT_SET)).name
    texts = table[name].to_pylist()
    texts[_SPOILED_ROWS] = f"{texts[_SPOILED_ROWS]} {FICTITIOUS_EMAIL}"
    return table.set_column(table.column_names.index(name), name, pa.array(texts))


def _set_next_year(table: pa.Table, source: Source) -> pa.Table:
    name = next(fields_with(source.fields, Role.BEGIN)).name
    texts = pc.replace_substring(table[name], pattern="2025", replacement="2027")
    return table.set_column(table.column_names.index(name), name, texts)


_SPOILERS: dict[DeliveryFault, Spoil] = {
    DeliveryFault.WRONG_COLUMN: _rename_column,
    DeliveryFault.BSN: _add_bsn,
    DeliveryFault.EMAIL: _add_email,
    DeliveryFault.NEXT_YEAR: _set_next_year,
}


def cut_file(path: Path) -> None:
    """Cut a CSV off in the middle of a row, about two thirds on."""
    body = path.read_bytes()
    start = body.index(b"\n", len(body) * 2 // 3) + 1
    row = body.index(b"\n", start) - start
    path.write_bytes(body[: start + row // 2])
