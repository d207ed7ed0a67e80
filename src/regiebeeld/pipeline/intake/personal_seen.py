"""The distinct texts of one column that its contract does not already keep harmless."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from regiebeeld.catalogue.fields import AREA_NAME_FORMAT, Field, Role
from regiebeeld.catalogue.free_text import find_let_through
from regiebeeld.pipeline.intake.delivered import safe_name
from regiebeeld.pipeline.intake.field_sql import EXCEL_DAY, MOMENTS, PERIOD
from regiebeeld.pipeline.intake.findings import Finding, Severity
from regiebeeld.pipeline.intake.limits import SHOWN_ROWS
from regiebeeld.pipeline.intake.personal_patterns import WORDS, Personal
from regiebeeld.pipeline.intake.row_rules import FIXED_PATTERNS

HAPPENED = (Role.BEGIN, Role.END, Role.BEGIN_YEAR, Role.BEGIN_MONTH, Role.PERIOD)
_AREA_NAMES = (Role.AREA_NAME, Role.GEMEENTE_NAME)
_KEYS = (
    Role.AREA_CODE,
    Role.POSTCODE6,
    Role.POSTCODE4,
    Role.HOUSE_NUMBER,
    Role.HOUSE_LETTER,
)
# Up to seven digits is no number of a person; a moment with a time is when something happened.
_NUMBER = "[+-]?[0-9]{1,7}([.,][0-9]+)?"
_MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([0-9]{2}:[0-9]{2}(:[0-9]{2})?)"
_MIDNIGHT = "[ T]00:00(:00)?$"
_HAPPENED_FORMS = (
    f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T][0-9:]{{5,8}})?|{EXCEL_DAY}|{PERIOD}"
    "|[0-9]{2}-[0-9]{2}-[0-9]{4}([ T][0-9:]{5,8})?|(19|20)[0-9]{6}"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is looked through: its SQL name, its place and its field if it has one.

    known: the contract has this very name, so that it may be shown.
    """

    sql: str
    name: str
    position: int
    field: Field | None
    known: bool = True

    @property
    def shown(self) -> str:
        return safe_name(self.name, self.position, known=self.known)

    @property
    def label(self) -> str:
        return self.name if self.known else f"kolom {self.position}"

    @property
    def role(self) -> Role | None:
        return self.field.role if self.field else None

    @property
    def is_moment(self) -> bool:
        return self.role in HAPPENED

    @property
    def is_link_key(self) -> bool:
        return self.role is not None and self.role.is_link_key

    @property
    def holds_names(self) -> bool:
        """Tell whether the column is meant for names of areas: words, and no numbers."""
        named = self.field is not None and self.field.format == AREA_NAME_FORMAT
        return named or self.role in _AREA_NAMES

    @property
    def is_date(self) -> bool:
        return self.field is not None and self.field.type in MOMENTS


def gather_texts(
    connection: duckdb.DuckDBPyConnection, column: Column, *, harmless: bool = True
) -> int:
    """Make the table `seen` (text, rows) of a column; give how many different texts it has.

    What the contract bounds so that it can be nothing of a person is left out; with `harmless`
    false nothing is.
    """
    safe, values = _safe_sql(column) if harmless else ("false", {})
    # Trimming millions of texts costs more than looking at them, so it is done to what is left.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE seen AS SELECT text, sum(rows) AS rows FROM ("
        f"  SELECT trim(text) AS text, count(*) AS rows FROM (SELECT {column.sql} AS text"
        f"  FROM delivery) WHERE text IS NOT NULL AND NOT ({safe}) GROUP BY text"
        f") WHERE text <> '' AND NOT ({safe}) GROUP BY text",
        values,
    )
    return int(_ask(connection, "SELECT count(*) FROM seen")[0])


def _safe_sql(column: Column) -> tuple[str, dict[str, Any]]:
    """Whether `text` is kept harmless; values go along as parameters."""
    field, form = column.field, _harmless_form(column.field)
    if field is not None and field.values:
        return "list_contains($values, text)", {"values": list(field.values)}
    ways, values = [f"regexp_full_match(text, '{_NUMBER}')"], {}
    if form:
        ways.insert(0, "regexp_full_match(text, $form)")
        values["form"] = form
    if not column.is_moment:
        midnight = f"regexp_matches(text, '{_MIDNIGHT}')"
        ways.append(f"(regexp_full_match(text, '{_MOMENT}') AND NOT {midnight})")
    return " OR ".join(ways), values


def _harmless_form(field: Field | None) -> str | None:
    """The form in which a text of this field is no personal data, or a link key by contract."""
    if field is None:
        return None
    if field.role in HAPPENED:
        return _HAPPENED_FORMS
    if field.role in _KEYS:
        return FIXED_PATTERNS[field.role][0]
    names = field.format == AREA_NAME_FORMAT or field.role in _AREA_NAMES
    if field.pattern and not names and not find_let_through(field.pattern):
        return field.pattern
    return None


def _ask(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None
) -> tuple[Any, ...]:
    return connection.execute(sql, values or {}).fetchone() or ()


def ask_seen(
    connection: duckdb.DuckDBPyConnection, what: str, values: Mapping[str, Any] | None = None
) -> tuple[Any, ...]:
    """Give one row of answers about the table `seen`."""
    return _ask(connection, f"SELECT {what} FROM seen", values)


def refuse_where(
    connection: duckdb.DuckDBPyConnection,
    column: Column,
    kind: Personal,
    condition: str,
    values: Mapping[str, Any] | None = None,
) -> Finding:
    """Make the refusal for the texts of `seen` that fit a condition: how many rows, which first."""
    texts = f"SELECT text FROM seen WHERE {condition}"
    rows, numbers = _ask(
        connection,
        f'SELECT count(*), min("row", {SHOWN_ROWS}) FROM delivery'
        f" WHERE trim({column.sql}) IN ({texts})",
        values,
    )
    many = "1 rij" if rows == 1 else f"{rows} rijen"
    words = (
        f"Kolom {column.shown}: {many} met wat lijkt op {WORDS[kind]}. "
        "Persoonsgegevens worden niet ontvangen; haal ze weg en lever opnieuw."
    )
    return Finding(
        f"personal_{kind}", Severity.ERROR, words, column.label, rows, tuple(numbers or ())
    )


def refuse_texts(
    connection: duckdb.DuckDBPyConnection, column: Column, kind: Personal, texts: Sequence[str]
) -> Finding:
    """Make the refusal for these texts of a column."""
    # As a parameter: a table registered for one kind is still in use when the next one comes.
    named = {"found": list(texts)}
    return refuse_where(connection, column, kind, "text IN (SELECT unnest($found))", named)
