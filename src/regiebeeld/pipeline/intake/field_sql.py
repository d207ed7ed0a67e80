"""Writes the SQL that turns the text of a field into a value; null where it cannot be one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regiebeeld.catalogue.fields import MONTH_NAME_FORMAT, MONTH_NAMES, Field, FieldType

MOMENTS = (FieldType.DATE, FieldType.TIMESTAMP)
NUMBERS = (FieldType.INTEGER, FieldType.NUMBER)
_TIME = "([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?"
ISO = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}"
_DAY_FIRST = f"[0-9]{{2}}-[0-9]{{2}}-[0-9]{{4}}{_TIME}"
_COMPACT = "[0-9]{8}"
# Days since 30 December 1899: 20000 is in 1954, 80000 in 2119.
EXCEL_DAY = "[2-7][0-9]{4}(\\.[0-9]+)?"
PERIOD = "[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]|W(0[1-9]|[1-4][0-9]|5[0-3])))?"
_PARAMETER = re.compile(r"\$(p[0-9]+)\b")
_TRUE, _FALSE = ("j", "ja", "true", "1", "waar"), ("n", "nee", "false", "0", "onwaar")


@dataclass
class Parameters:
    """Collects values and gives the name each has in the statement; no value is ever in SQL."""

    values: dict[str, Any] = field(default_factory=dict)

    def add(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def used_in(self, sql: str) -> dict[str, Any]:
        """Give the values that a statement names; it takes no others."""
        return {name: self.values[name] for name in _PARAMETER.findall(sql)}


@dataclass(frozen=True, slots=True)
class Columns:
    """The fields a delivery has, each as column `c<i>` of the registered table."""

    fields: tuple[Field, ...]
    decimal: str = "."
    missing: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def text(self, one: Field) -> str:
        return f"c{self.fields.index(one)}"

    def value(self, one: Field) -> str:
        return f"v{self.fields.index(one)}"


def plain_sql(column: str, missing: Sequence[str], parameters: Parameters) -> str:
    """Text without surrounding space; null where nothing stood or the contract says so."""
    text = f"nullif(trim({column}), '')"
    if not missing:
        return text
    known = parameters.add(list(missing))
    return f"CASE WHEN list_contains({known}, trim({column})) THEN NULL ELSE {text} END"


def value_sql(one: Field, column: str, decimal: str) -> str | None:
    """The typed value of a field (moment, number, truth, month number); None for plain text."""
    if one.type in MOMENTS:
        return moment_sql(one, column)
    if one.type is FieldType.INTEGER:
        return _if_match(column, "[+-]?[0-9]{1,15}", f"CAST({column} AS DOUBLE)")
    if one.type is FieldType.NUMBER:
        sign = "," if decimal == "," else "[.]"
        number = f"CAST(replace({column}, ',', '.') AS DOUBLE)"
        return _if_match(column, f"[+-]?[0-9]{{1,15}}({sign}[0-9]{{1,20}})?", number)
    if one.type is FieldType.BOOLEAN:
        return _one_of(column, {text: value for value, texts in _WORDS for text in texts})
    if one.format == MONTH_NAME_FORMAT:
        names = {name: str(i) for i, pair in enumerate(MONTH_NAMES, start=1) for name in pair}
        return _one_of(column, names)
    return None


_WORDS = (("true", _TRUE), ("false", _FALSE))


def moment_sql(one: Field, column: str) -> str:
    """A date or moment: the contract's notation, ISO, or the day number Excel keeps inside.

    DuckDB casts more than that (`epoch`, `infinity`, time zones), so the form is checked first.
    """
    ways = [(ISO, f"TRY_CAST({column} AS TIMESTAMP)")]
    if one.format == "yyyyMMdd":
        ways.append((_COMPACT, _cast_parts(column, (1, 5, 7), rest=9)))
    elif (one.format or "").startswith("dd-"):
        ways.append((_DAY_FIRST, _cast_parts(column, (7, 4, 1), rest=11)))
    ways.append((EXCEL_DAY, _excel_sql(column)))
    return (
        "CASE "
        + " ".join(f"WHEN {matches(column, form)} THEN {sql}" for form, sql in ways)
        + " END"
    )


def matches(column: str, pattern: str) -> str:
    """Whether the whole text has a form; the pattern is one of this module's, without quotes."""
    return f"regexp_full_match({column}, '{pattern}')"


def _cast_parts(column: str, starts: tuple[int, int, int], *, rest: int) -> str:
    year, month, day = starts
    parts = f"substr({column}, {year}, 4) || '-' || substr({column}, {month}, 2) || '-'"
    return (
        f"TRY_CAST({parts} || substr({column}, {day}, 2) || substr({column}, {rest}) AS TIMESTAMP)"
    )


def _excel_sql(column: str) -> str:
    seconds = f"CAST(round(CAST({column} AS DOUBLE) * 86400) AS BIGINT)"
    return f"TIMESTAMP '1899-12-30' + to_seconds({seconds})"


def _if_match(column: str, pattern: str, sql: str) -> str:
    return f"CASE WHEN {matches(column, pattern)} THEN {sql} END"


def _one_of(column: str, values: Mapping[str, str]) -> str:
    ways = " ".join(f"WHEN '{text}' THEN {value}" for text, value in values.items())
    return f"CASE lower({column}) {ways} END"
