"""Rows of a delivery to counts per atom: event set, breakdown, area and period; nothing finer.

An event counts in the period of its begin. Refuses to lose a row: what has no period is told.
A delivery of one gemeente counts there only; what has no place is unknown of that gemeente.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import Field, Role, fields_with
from regiebeeld.catalogue.models import Finest, Grain
from regiebeeld.domain import TOTAL, ContractError, PeriodKind, read_period
from regiebeeld.pipeline.intake.field_sql import Parameters, moment_sql, plain_sql, value_sql
from regiebeeld.pipeline.intake.history import COUNTS
from regiebeeld.pipeline.intake.linking import Linked

_SQL = (Path(__file__).parent / "counts.sql").read_text(encoding="utf-8")
NO_PERIOD = "zonder leesbare begindatum"
OUTSIDE = "in een gebied buiten de regio"
ELSEWHERE = "in een andere gemeente dan {}, waarvoor geleverd is"
NOWHERE = "GM0000"
UNKNOWN = "onbekend"
BREAKDOWN_ROLES = (Role.ATTEMPT, Role.BREAKDOWN)


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts in the columns of history.COUNTS; rows = rows_counted + the sum of uncounted.

    `placed` are the rows themselves with what they count as: kept in memory only.
    """

    counts: pa.Table
    rows: int
    rows_counted: int
    uncounted: Mapping[str, int]
    placed: pa.Table


def count_rows(
    table: pa.Table,
    source: Source,
    linked: Linked,
    *,
    gemeenten: Collection[str],
    gemeente: str | None = None,
) -> Counted:
    """Count a delivery that passed its checks to the atoms of its contract.

    table: all text, with the columns of the contract; linked: one area a row; `gemeenten` are
    those of the region, `gemeente` the one that this delivery tells (None: all of them). Raises
    ContractError when the contract does not say what to count.
    """
    atom = source.terms.atom
    if atom is None:
        raise ContractError(
            f"het contract van {source.id} noemt geen atom: de fijnste cel die telt"
        )
    values = {"level": atom.level.value, "kind": _kind(atom).value}
    here = replace(linked, area=_place_unknown(linked.area, gemeente)) if gemeente else linked
    own = {gemeente} if gemeente else {*gemeenten, NOWHERE}
    placed = _as_rows(table, source, here, own)
    found = _ask(placed, _SQL, values)
    inside = found.filter(found["inside"])
    dated = inside.filter(pc.is_valid(inside["period"]))
    near = found.filter(pc.and_not(_is_inside_any(found["area"], gemeenten), found["inside"]))
    uncounted = {
        NO_PERIOD: _rows(inside) - _rows(dated),
        ELSEWHERE.format(gemeente): _rows(near),
        OUTSIDE: table.num_rows - _rows(inside) - _rows(near),
    }
    return Counted(
        counts=dated.select(COUNTS.names).cast(COUNTS),
        rows=table.num_rows,
        rows_counted=_rows(dated),
        uncounted={reason: rows for reason, rows in uncounted.items() if rows},
        placed=placed,
    )


def layout_by_period(counts: pa.Table) -> dict[str, int]:
    """Give the year of the layout in which most rows of each period lie, the newest of equals."""
    sizes = counts.group_by(["period", "vintage"]).aggregate([([], "count_all")])
    rows = sizes.sort_by([("count_all", "ascending"), ("vintage", "ascending")]).to_pylist()
    return {row["period"]: row["vintage"] for row in rows}


def read_begin_dates(table: pa.Table, source: Source) -> pa.ChunkedArray:
    """Read the day each event, or the period of each count, began; null where unreadable."""
    if source.terms.grain is not Grain.EVENT:
        return _look_up(table, source, _one(source, Role.PERIOD), _first_day).cast(pa.date32())
    parameters = Parameters()
    fields: tuple[Field, ...]
    if begin := next(fields_with(source.fields, Role.BEGIN), None):
        fields = (begin,)
        day = f"CAST({moment_sql(begin, 'c0')} AS DATE)"
    else:
        fields = (_one(source, Role.BEGIN_YEAR), _one(source, Role.BEGIN_MONTH))
        year, month = (value_sql(one, f"c{i}", ".") for i, one in enumerate(fields))
        day = f"make_date(CAST({year} AS BIGINT), CAST({month} AS BIGINT), 1)"
    plain = [
        f"{plain_sql(f'c{i}', source.terms.missing, parameters)} AS c{i}"
        for i in range(len(fields))
    ]
    texts = pa.table({f"c{i}": _raw(table, one) for i, one in enumerate(fields)})
    sql = f"SELECT {day} AS day FROM (SELECT {', '.join(plain)} FROM delivered)"
    return _ask(texts, sql, parameters.values)["day"]


def read_moments(table: pa.Table, source: Source, field: Field) -> NDArray[np.datetime64]:
    """Read a column of moments; NaT where unreadable, and where a day stands without a time."""
    parameters = Parameters()
    plain = plain_sql("c0", source.terms.missing, parameters)
    timed = "regexp_matches(c0, '[ T][0-9]{2}:|[.]')"  # Excel keeps the time behind the point
    sql = (
        f"SELECT CASE WHEN {timed} THEN {moment_sql(field, 'c0')} END AS moment "
        f"FROM (SELECT {plain} AS c0 FROM delivered)"
    )
    found = _ask(pa.table({"c0": _raw(table, field)}), sql, parameters.values)["moment"]
    return np.asarray(found.cast(pa.timestamp("s"), safe=False).to_numpy())


def _first_day(text: str) -> str | None:
    try:
        return read_period(text).start.isoformat()
    except ContractError:
        return None


def _rows(found: pa.Table) -> int:
    return int(pc.sum(found["rows"]).as_py() or 0)


def _ask(rows: pa.Table, sql: str, values: Mapping[str, Any]) -> pa.Table:
    """Ask one question about the rows `delivered`, in memory: no value is spilled to a disk."""
    with duckdb.connect(":memory:", config={"temp_directory": ""}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET enable_external_access = false")
        connection.register("delivered", rows)
        return connection.sql(sql, params=dict(values)).to_arrow_table()


def _kind(atom: Finest) -> PeriodKind:
    # A sliding year is a sum of months.
    return PeriodKind.MONTH if atom.period is PeriodKind.ROLLING else atom.period


def _as_rows(
    table: pa.Table, source: Source, linked: Linked, gemeenten: Collection[str]
) -> pa.Table:
    size = table.num_rows
    is_event = source.terms.grain is Grain.EVENT
    one = pa.repeat(pa.scalar(1, pa.int64()), size)
    return pa.table(
        {
            "event_set": _event_sets(table, source),
            "breakdown": _breakdowns(table, source),
            "area": linked.area,
            "vintage": linked.vintage,
            "inside": _is_inside(linked.area, gemeenten),
            "amount": one if is_event else _amounts(table, source),
            "told": pa.nulls(size, pa.string())
            if is_event
            else column_of(table, source, _one(source, Role.PERIOD)),
            "begin": read_begin_dates(table, source) if linked.dates is None else linked.dates,
        }
    )


def _is_inside(area: pa.DictionaryArray, gemeenten: Collection[str]) -> pa.Array:
    known = {code[2:6] for code in gemeenten}
    inside = np.array([code[2:6] in known for code in area.dictionary.to_pylist()] or [False])
    return pa.array(inside[area.indices.to_numpy()])


def _is_inside_any(areas: pa.ChunkedArray, gemeenten: Collection[str]) -> pa.ChunkedArray:
    known = pa.array(sorted({code[2:6] for code in gemeenten}), pa.string())
    return pc.is_in(pc.utf8_slice_codeunits(areas, 2, 6), known)


def _place_unknown(area: pa.DictionaryArray, gemeente: str) -> pa.DictionaryArray:
    """Give `gemeente` where not even the gemeente is known: its own supplier sent the row."""
    codes = area.dictionary.to_pylist()
    known = [gemeente if code[2:6] == NOWHERE[2:6] else code for code in codes]
    return pa.DictionaryArray.from_arrays(area.indices, pa.array(known, pa.string()))


def _one(source: Source, role: Role) -> Field:
    found = list(fields_with(source.fields, role))
    if len(found) != 1:
        raise ContractError(
            f"het contract van {source.id} heeft {len(found)} kolommen met de rol {role}; "
            "er hoort er een te zijn"
        )
    return found[0]


def _raw(table: pa.Table, field: Field) -> pa.ChunkedArray:
    """Give a column; nothing stands in one that a partner may leave out."""
    if field.name in table.column_names:
        return table[field.name]
    return pa.chunked_array([pa.nulls(table.num_rows, pa.string())])


def column_of(table: pa.Table, source: Source, field: Field) -> pa.ChunkedArray:
    """Give the trimmed texts of a field; null where nothing stood or the contract says so."""
    texts = pc.utf8_trim_whitespace(_raw(table, field))
    nothing = pc.is_in(texts, pa.array(["", *source.terms.missing]))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), texts)


def _event_sets(table: pa.Table, source: Source) -> pa.ChunkedArray | pa.Array:
    if not any(fields_with(source.fields, Role.EVENT_SET)):
        return pa.repeat(source.terms.event_set or source.id, table.num_rows)
    return _stored(table, source, _one(source, Role.EVENT_SET))


def _stored(table: pa.Table, source: Source, field: Field) -> pa.ChunkedArray:
    return _look_up(table, source, field, field.stored_as)


def _look_up(
    table: pa.Table, source: Source, field: Field, meaning: Callable[[str], str | None]
) -> pa.ChunkedArray:
    """Give what each delivered text means; the few distinct ones are looked up once."""
    coded = column_of(table, source, field).dictionary_encode().unify_dictionaries()
    if not coded.num_chunks:
        return pa.chunked_array([], pa.string())
    meant = pa.array([meaning(text) for text in coded.chunk(0).dictionary.to_pylist()], pa.string())
    return pa.chunked_array([meant.take(chunk.indices) for chunk in coded.chunks], pa.string())


def _breakdowns(table: pa.Table, source: Source) -> pa.ChunkedArray | pa.Array:
    """Give the atom's place in every declared breakdown: `attempt=poging;leeftijd=18-24`."""
    fields = list(fields_with(source.fields, *BREAKDOWN_ROLES))
    if not fields:
        return pa.repeat(TOTAL, table.num_rows)
    parts = [
        pc.binary_join_element_wise(
            breakdown_name(field), pc.fill_null(_stored(table, source, field), UNKNOWN), "="
        )
        for field in fields
    ]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, ";")


def breakdown_name(field: Field) -> str:
    """Give the name of a breakdown: attempts are always `attempt`, others by their column."""
    return "attempt" if field.role is Role.ATTEMPT else field.id or field.name


def _amounts(table: pa.Table, source: Source) -> pa.ChunkedArray:
    texts = column_of(table, source, _one(source, Role.COUNT))
    return pc.utf8_ltrim(texts, "+").cast(pa.int64())
