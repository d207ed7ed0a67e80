"""Checks a delivery against its contract, every rule compiled to SQL; stores nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import Field, Role, fields_with
from regiebeeld.catalogue.models import Grain
from regiebeeld.pipeline.intake.completeness import check_completeness
from regiebeeld.pipeline.intake.delivered import Delivered
from regiebeeld.pipeline.intake.field_sql import (
    PERIOD,
    Columns,
    Parameters,
    matches,
)
from regiebeeld.pipeline.intake.findings import (
    Covered,
    DeliveryReport,
    Earlier,
    Finding,
    Severity,
    decide_outcome,
)
from regiebeeld.pipeline.intake.headers import check_columns
from regiebeeld.pipeline.intake.left_rows import check_left_rows
from regiebeeld.pipeline.intake.limits import SHOWN_ROWS
from regiebeeld.pipeline.intake.linking.report import count_rows
from regiebeeld.pipeline.intake.personal import check_personal
from regiebeeld.pipeline.intake.row_rules import RowRule, compile_rules
from regiebeeld.pipeline.intake.row_statements import Asking, find_broken, typed_parts

_HERE = Path(__file__).parent
_REPEATS = (_HERE / "repeats.sql").read_text(encoding="utf-8")
_TOTALS = (_HERE / "totals.sql").read_text(encoding="utf-8")
_DIFFERENT = (
    "SELECT count(*), count(DISTINCT hash({key})) FROM (SELECT *{typed} FROM"
    ' (SELECT "row"{plain} FROM delivery)) WHERE {keyed}'
)
_COVERAGE = (_HERE / "coverage.sql").read_text(encoding="utf-8")
_MEMORY = "1GB"


def check_delivery(
    delivered: Delivered,
    source: Source,
    *,
    earlier: Earlier | None,
    today: date,
    others: Sequence[Source] = (),
) -> DeliveryReport:
    """Check header, rows, personal data and completeness; give the report, whatever the outcome.

    `earlier` is the previous accepted delivery, `others` the contracts that a misdirected file
    may belong to. No value of the delivery is in the report.
    """
    columns = _columns_of(delivered, source)
    findings = [Finding(note.rule, Severity.WARNING, note.words) for note in delivered.facts.notes]
    findings += check_columns(delivered.table.column_names, source, others)
    findings += _check_crs(delivered, source)
    coverage: tuple[Covered, ...] = ()
    with opened(delivered.table) as connection:
        findings += check_personal(connection, delivered.table.column_names, source, today=today)
        if columns.fields:
            prepared = _Prepared(delivered, source, columns)
            asking = Asking(connection, columns, Parameters())
            findings += check_rows(asking, prepared, today=today)
            coverage = read_coverage(asking)
    findings += check_completeness(coverage, source, earlier=earlier, today=today)
    kept = tuple(findings)
    return DeliveryReport(
        source=source.id,
        title=source.title,
        checked_on=today,
        outcome=decide_outcome(kept),
        findings=kept,
        rows=delivered.table.num_rows,
        columns=delivered.table.num_columns,
        facts=delivered.facts,
        coverage=coverage,
    )


@dataclass(frozen=True)
class _Prepared:
    delivered: Delivered
    source: Source
    columns: Columns


@contextmanager
def opened(table: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory on the delivery: column i is `c<i>`, `row` counts from 1.

    It spills nowhere and reaches no file or network, so no value can stay behind.
    """
    connection = duckdb.connect()
    try:
        connection.execute("SET temp_directory = ''")
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute("SET enable_external_access = false")
        numbered = table.rename_columns([f"c{i}" for i in range(table.num_columns)])
        rows = pa.array(np.arange(1, table.num_rows + 1, dtype=np.int32))
        connection.register("delivery", numbered.append_column("row", rows))
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def _columns_of(delivered: Delivered, source: Source) -> Columns:
    known = {one.name: one for one in source.fields}
    names = delivered.table.column_names
    return Columns(
        fields=tuple(known[name] for name in names if name in known),
        decimal=delivered.facts.decimal,
        missing=source.terms.missing,
        names={name: f"c{i}" for i, name in enumerate(names)},
    )


def check_rows(asking: Asking, prepared: _Prepared, *, today: date) -> Iterator[Finding]:
    """Yield what the key, the totals and the row rules find; first rows that do not belong."""
    yield from check_left_rows(asking, prepared.source)
    yield from _check_repeats(asking, prepared.source)
    yield from _check_totals(asking, prepared.source)
    rules = compile_rules(
        prepared.columns,
        asking.parameters,
        today=today,
        from_csv=prepared.delivered.facts.kind == "csv",
    )
    for rule, rows, numbers in find_broken(asking, rules):
        yield _finding_of(rule, rows, numbers)


def _check_repeats(asking: Asking, source: Source) -> Iterator[Finding]:
    columns = asking.columns
    key = _key_of(source, columns.fields)
    if not key:
        return
    texts = [columns.text(one) for one in key]
    keyed = f"{texts[0]} IS NOT NULL"
    parts = typed_parts(columns, asking.parameters, key) | {"key": ", ".join(texts), "keyed": keyed}
    rows, different = asking.ask(_DIFFERENT.format(**parts))
    if rows == different:  # as almost always: no two hashes are equal, so no two keys are
        return
    rows, numbers = asking.ask(_REPEATS.format(shown=SHOWN_ROWS, **parts))
    if rows:
        subject = "1 rij staat" if rows == 1 else f"{rows} rijen staan"
        words = f"{subject} er dubbel in: dezelfde sleutel kwam al eerder voor."
        yield Finding("duplicate", Severity.ERROR, words, rows=rows, row_numbers=tuple(numbers))


def _key_of(source: Source, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Give what makes a row unique: its key, or for counts all that says what is counted.

    Event rows without a key may repeat: two burglaries can be equal in all that is delivered.
    """
    if own := tuple(fields_with(fields, Role.ROW_KEY)):
        return own
    if source.terms.grain is not Grain.COUNT:
        return ()
    counted = (Role.COUNT, Role.DROP)
    return tuple(
        one
        for one in sorted(fields, key=lambda one: one.role is not Role.PERIOD)
        if one.role not in counted
    )


def _check_totals(asking: Asking, source: Source) -> Iterator[Finding]:
    columns, total = asking.columns, source.terms.total
    count = next(fields_with(columns.fields, Role.COUNT), None)
    event_set = next(fields_with(columns.fields, Role.EVENT_SET), None)
    if not (total and count and event_set):
        return
    apart = (Role.COUNT, Role.DROP, Role.EVENT_SET, Role.ROW_KEY)
    key = [columns.text(one) for one in columns.fields if one.role not in apart]
    sql = _TOTALS.format(
        shown=SHOWN_ROWS,
        is_total=f"{columns.text(event_set)} = {asking.parameters.add(total)}",
        counted=columns.value(count),
        total_key=", ".join(key) or "true",
        **typed_parts(columns, asking.parameters),
    )
    rows, numbers = asking.ask(sql)
    if rows:
        subject = "1 totaalrij is" if rows == 1 else f"{rows} totaalrijen zijn"
        words = f"{subject} niet gelijk aan de som van de delen."
        yield Finding("total", Severity.ERROR, words, rows=rows, row_numbers=tuple(numbers))


def _finding_of(rule: RowRule, rows: int, numbers: Sequence[int]) -> Finding:
    name = rule.field.name if rule.field else None
    words = f"Kolom {name!r}: in {count_rows(rows)} geldt: de waarde {rule.words}."
    return Finding(rule.name, rule.severity, words, name, rows, tuple(numbers))


def _check_crs(delivered: Delivered, source: Source) -> Iterator[Finding]:
    said = delivered.facts.crs
    wanted = next((one.crs for one in source.fields if one.crs), None)
    if said and wanted and said != wanted:
        words = (
            f"De punten staan in een ander coördinatenstelsel ({said}) dan het contract vraagt "
            f"({wanted}). Zet ze om en lever opnieuw."
        )
        yield Finding("crs", Severity.ERROR, words)


def read_coverage(asking: Asking) -> tuple[Covered, ...]:
    """Count the rows of each period and event set; empty when the contract has no period."""
    columns = asking.columns
    period = _period_sql(columns)
    if period is None:
        return ()
    event_set = next(fields_with(columns.fields, Role.EVENT_SET), None)
    sql = _COVERAGE.format(
        **typed_parts(columns, asking.parameters),
        period=period,
        event_set=f"coalesce({columns.text(event_set)}, '')" if event_set else "''",
    )
    found = asking.connection.execute(sql, asking.parameters.used_in(sql)).fetchall()
    # An unknown code is a value of the partner; only words of the contract go further.
    allowed = {"", *(event_set.values if event_set else ())}
    return tuple(
        Covered(period, name if name in allowed else "?", rows) for period, name, rows in found
    )


def _period_sql(columns: Columns) -> str | None:
    first: dict[Role, Field] = {}
    for one in columns.fields:
        first.setdefault(one.role, one)
    if Role.PERIOD in first:
        text = columns.text(first[Role.PERIOD])
        return f"CASE WHEN {matches(text, PERIOD)} THEN {text} END"
    if Role.BEGIN in first:
        return f"strftime({columns.value(first[Role.BEGIN])}, '%Y-%m')"
    if Role.BEGIN_YEAR in first and Role.BEGIN_MONTH in first:
        year, month = columns.value(first[Role.BEGIN_YEAR]), columns.value(first[Role.BEGIN_MONTH])
        return f"printf('%04d-%02d', CAST({year} AS INTEGER), CAST({month} AS INTEGER))"
    return None
