"""Asks the database how many rows break each rule and which first; each text is judged once.

A column of millions of rows often has a few thousand different texts: those are judged, and the
rows that have them counted.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from regiebeeld.catalogue.fields import Field
from regiebeeld.pipeline.intake.field_sql import Columns, Parameters, plain_sql, value_sql
from regiebeeld.pipeline.intake.limits import SHOWN_ROWS
from regiebeeld.pipeline.intake.row_rules import RowRule

_NAMED = re.compile(r"\b[cv]([0-9]+)\b")
_SAMPLE = 100_000
_FEWER = 4  # a different text in at most one of so many rows pays to look at texts by themselves


@dataclass(frozen=True, slots=True)
class Asking:
    """The delivery as a table `delivery`, the columns it has, and the values that rules name."""

    connection: duckdb.DuckDBPyConnection
    columns: Columns
    parameters: Parameters

    def ask(self, sql: str) -> tuple[Any, ...]:
        """Give the one row that a statement answers."""
        return self.connection.execute(sql, self.parameters.used_in(sql)).fetchone() or ()


def typed_parts(
    columns: Columns, parameters: Parameters, fields: Iterable[Field] | None = None
) -> dict[str, str]:
    """Write the SQL of the texts (`c<i>`) and values (`v<i>`) of some fields, or of all."""
    wanted = set(columns.fields if fields is None else fields)
    plain, typed = "", ""
    for i, one in enumerate(columns.fields):
        if one not in wanted:
            continue
        plain += f", {plain_sql(columns.names[one.name], columns.missing, parameters)} AS c{i}"
        if value := value_sql(one, f"c{i}", columns.decimal):
            typed += f", {value} AS v{i}"
    return {"plain": plain, "typed": typed}


def find_broken(
    asking: Asking, rules: Sequence[RowRule]
) -> list[tuple[RowRule, int, tuple[int, ...]]]:
    """Give every rule that rows break: in how many rows, and the first row numbers."""
    counts = _count_broken(asking, rules)
    broken = [rule for rule in rules if counts[rule]]
    if not broken:
        return []
    first = [f'min("row", {SHOWN_ROWS}) FILTER (WHERE {rule.condition})' for rule in broken]
    numbers = _ask_typed(asking, ", ".join(first), _named_in_any(broken, asking.columns))
    return [(rule, counts[rule], tuple(rows)) for rule, rows in zip(broken, numbers, strict=True)]


def _count_broken(asking: Asking, rules: Sequence[RowRule]) -> dict[RowRule, int]:
    few = _find_few(asking)
    apart: dict[Field | None, list[RowRule]] = {}
    for rule in rules:
        named = _named_in(rule, asking.columns)
        alone = next(iter(named)) if len(named) == 1 and named <= few else None
        apart.setdefault(alone, []).append(rule)
    counts: dict[RowRule, int] = {}
    for field, own in apart.items():
        counts |= zip(own, _count_of(asking, field, own), strict=True)
    return counts


def _count_of(asking: Asking, field: Field | None, rules: Sequence[RowRule]) -> tuple[int, ...]:
    """Count the rows that break rules: of all their fields, or of the texts of one `field`."""
    if field is None:
        counts = [f"count(*) FILTER (WHERE {rule.condition})" for rule in rules]
        return _ask_typed(asking, ", ".join(counts), _named_in_any(rules, asking.columns))
    counts = [f"coalesce(sum(many) FILTER (WHERE {rule.condition}), 0)" for rule in rules]
    name = asking.columns.names[field.name]
    texts = f"(SELECT {name}, count(*) AS many FROM delivery GROUP BY {name})"
    found = _ask_typed(asking, ", ".join(counts), {field}, of=(texts, "many"))
    return tuple(int(count) for count in found)


def _ask_typed(
    asking: Asking,
    asked: str,
    fields: Iterable[Field],
    *,
    of: tuple[str, str] = ("delivery", '"row"'),
) -> tuple[Any, ...]:
    parts = typed_parts(asking.columns, asking.parameters, fields)
    return asking.ask(
        f"WITH plain AS NOT MATERIALIZED (SELECT {of[1]}{parts['plain']} FROM {of[0]}),"
        f" typed AS NOT MATERIALIZED (SELECT *{parts['typed']} FROM plain)"
        f" SELECT {asked} FROM typed"
    )


def _named_in(rule: RowRule, columns: Columns) -> set[Field]:
    """Give the fields whose text or value the condition of a rule names."""
    places = {int(place) for place in _NAMED.findall(rule.condition)}
    return {one for i, one in enumerate(columns.fields) if i in places}


def _named_in_any(rules: Iterable[RowRule], columns: Columns) -> set[Field]:
    return {one for rule in rules for one in _named_in(rule, columns)}


def _find_few(asking: Asking) -> set[Field]:
    """Give the fields with few different texts, as the first rows have it; none in a small file."""
    names = [asking.columns.names[one.name] for one in asking.columns.fields]
    distinct = ", ".join(f"count(DISTINCT {name})" for name in names)
    first = f"SELECT * FROM delivery LIMIT {_SAMPLE}"
    rows, *texts = asking.ask(f"SELECT count(*), {distinct} FROM ({first})")
    if rows < _SAMPLE:
        return set()
    found = zip(asking.columns.fields, texts, strict=True)
    return {one for one, different in found if different * _FEWER <= rows}
