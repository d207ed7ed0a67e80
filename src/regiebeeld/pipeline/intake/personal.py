"""Looks for personal data in every column of a delivery; tells row and column, never the value."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

import duckdb

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import Field, Role
from regiebeeld.pipeline.intake.delivered import safe_name
from regiebeeld.pipeline.intake.findings import Finding, Severity
from regiebeeld.pipeline.intake.limits import SHOWN_ROWS
from regiebeeld.pipeline.intake.personal_patterns import (
    COARSE,
    PLAIN_PLATE,
    TESTS,
    WORDS,
    Personal,
)

_HAPPENED = (Role.BEGIN, Role.END, Role.BEGIN_YEAR, Role.BEGIN_MONTH, Role.PERIOD)
# Coordinates and moments are millions of different numbers that only look like something.
_NO_TEXT = "-?[0-9]{1,7}([.,][0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{5,8}"
_ELEVEN = (
    "("
    + " + ".join(
        f"{weight} * (({{n}} // {10 ** (8 - i)}) % 10)"
        for i, weight in enumerate((9, 8, 7, 6, 5, 4, 3, 2, -1))
    )
    + ") % 11 = 0"
)
_BIRTH_NAME = re.compile(r"geboorte|geb_?dat|birth|\bdob\b", re.IGNORECASE)
_BSN_NAME = re.compile(r"bsn|burgerservice|sofi", re.IGNORECASE)
_PLATE_NAME = re.compile(r"kenteken|licen[cs]e_?plate", re.IGNORECASE)
SERIES = 30  # different numbers needed to tell a series of case numbers from BSNs
CHANCE = 4.0  # standard deviations above one in eleven that make it no chance
SPREAD_YEARS = 15  # dates of birth lie decades apart, dates of one event do not


@dataclass(frozen=True, slots=True)
class _Column:
    """One column as it is looked through: its SQL name, its place and its field if it has one."""

    sql: str
    name: str
    position: int
    field: Field | None

    @property
    def shown(self) -> str:
        return safe_name(self.name, self.position) if self.field is None else repr(self.name)

    @property
    def label(self) -> str:
        return self.name if self.field else f"kolom {self.position}"


def check_personal(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], source: Source, *, today: date
) -> Iterator[Finding]:
    """Yield a refusal for each column and kind; `delivery` is registered as `checks.opened` does.

    Only dates of what happened are exempt, in the columns that the contract gives them. A column
    the contract does not name is looked through like any other.
    """
    fields = {one.name: one for one in source.fields}
    for i, name in enumerate(names):
        column = _Column(f"c{i}", name, i + 1, fields.get(name))
        yield from _check_texts(connection, column)
        yield from _check_numbers(connection, column)
        yield from _check_plates(connection, column)
        yield from _check_births(connection, column, today)


def _check_texts(connection: duckdb.DuckDBPyConnection, column: _Column) -> Iterator[Finding]:
    kinds = [kind for kind in Personal if not (kind is Personal.BIRTH and _is_moment(column))]
    coarse = "|".join(f"({COARSE[kind]})" for kind in kinds)
    sql = (
        f"SELECT DISTINCT trim({column.sql}) FROM delivery"
        f" WHERE regexp_matches({column.sql}, $coarse)"
        f" AND NOT regexp_full_match(trim({column.sql}), $plain)"
        f" AND NOT regexp_full_match(trim({column.sql}), '[0-9]{{9}}')"
    )
    found = connection.execute(sql, {"coarse": coarse, "plain": _NO_TEXT}).fetchall()
    allowed = set(column.field.values) if column.field else set()
    bad: dict[Personal, list[str]] = {}
    for (text,) in found:
        for kind in kinds:
            if text not in allowed and TESTS[kind](text):
                bad.setdefault(kind, []).append(text)
    for kind, texts in bad.items():
        yield _refuse(
            connection,
            column,
            kind,
            f"trim({column.sql}) IN (SELECT unnest($texts))",
            {"texts": texts},
        )


def _is_moment(column: _Column) -> bool:
    return column.field is not None and column.field.role in _HAPPENED


def _refuse(
    connection: duckdb.DuckDBPyConnection,
    column: _Column,
    kind: Personal,
    condition: str,
    values: Mapping[str, Any],
) -> Finding:
    sql = f'SELECT count(*), min("row", {SHOWN_ROWS}) FROM delivery WHERE {condition}'
    rows, numbers = connection.execute(sql, values).fetchall()[0]
    many = "1 rij" if rows == 1 else f"{rows} rijen"
    words = (
        f"Kolom {column.shown}: {many} met wat lijkt op {WORDS[kind]}. "
        "Persoonsgegevens worden niet ontvangen; haal ze weg en lever opnieuw."
    )
    return Finding(
        f"personal_{kind}", Severity.ERROR, words, column.label, rows, tuple(numbers or ())
    )


def _check_numbers(connection: duckdb.DuckDBPyConnection, column: _Column) -> Iterator[Finding]:
    """Refuse numbers of nine digits that pass the eleven test, unless they do so by chance.

    One in eleven numbers passes. Only in a column that is meant for numbers of cases (`row_key`
    or `drop`), filled with them, is a share near one in eleven taken for chance, and told.
    """
    text = f"trim({column.sql})"
    if _BSN_NAME.search(column.name) and column.field is None:
        whole, number = f"regexp_full_match({text}, '[0-9]{{8,9}}')", None
    else:
        whole, number = f"regexp_full_match({text}, '[0-9]{{9}}')", f"TRY_CAST({text} AS BIGINT)"
    passes = "true" if number is None else f"{number} >= 10000000 AND {_ELEVEN.format(n=number)}"
    sql = (
        f"SELECT count(*), count(*) FILTER (WHERE {passes}) FROM "
        f"(SELECT DISTINCT {column.sql} FROM delivery WHERE {whole})"
    )
    numbers, passing = connection.execute(sql).fetchall()[0]
    if not passing:
        return
    if (
        column.field
        and column.field.role in (Role.ROW_KEY, Role.DROP)
        and _is_chance(numbers, passing)
    ):
        words = (
            f"Kolom {column.shown} bevat nummers van negen cijfers. Eén op de elf "
            "voldoet toevallig aan de BSN-proef; dit zijn er niet meer. "
            "Gebruik liever nummers met een letter."
        )
        yield Finding("number_series", Severity.WARNING, words, column.label)
        return
    yield _refuse(connection, column, Personal.BSN, f"{whole} AND {passes}", {})


def _is_chance(numbers: int, passing: int) -> bool:
    expected = numbers / 11
    return numbers >= SERIES and passing <= expected + CHANCE * sqrt(expected * 10 / 11)


def _check_plates(connection: duckdb.DuckDBPyConnection, column: _Column) -> Iterator[Finding]:
    """Refuse a column that is mostly plates without hyphens; one such text proves nothing."""
    whole = f"regexp_full_match(trim({column.sql}), $plate)"
    sql = (
        f"SELECT count(*) FILTER (WHERE {whole}), count(*)"
        f" FROM (SELECT DISTINCT {column.sql} FROM delivery WHERE {column.sql} IS NOT NULL)"
    )
    if column.field and (column.field.values or column.field.role in (Role.X, Role.Y, *_HAPPENED)):
        return
    plates, texts = connection.execute(sql, {"plate": PLAIN_PLATE}).fetchall()[0]
    named = bool(_PLATE_NAME.search(column.name))
    if plates and (named or (plates >= 5 and plates > texts / 2)):
        yield _refuse(connection, column, Personal.PLATE, whole, {"plate": PLAIN_PLATE})


def _check_births(
    connection: duckdb.DuckDBPyConnection, column: _Column, today: date
) -> Iterator[Finding]:
    """Refuse a column of dates that lie as far apart as people are old."""
    if column.field and (
        _is_moment(column) or column.field.values or column.field.role.is_link_key
    ):
        return
    text = f"trim({column.sql})"
    formed = f"regexp_full_match({text}, '[0-9]{{1,4}}[-/]?[0-9]{{2}}[-/]?[0-9]{{2,4}}')"
    # CASE keeps DuckDB from trying to read millions of texts that are no date at all.
    day = (
        f"CASE WHEN {formed} THEN coalesce(TRY_STRPTIME({text}, '%Y-%m-%d'),"
        f" TRY_STRPTIME({text}, '%d-%m-%Y'), TRY_STRPTIME({text}, '%d/%m/%Y'),"
        f" TRY_STRPTIME({text}, '%Y%m%d')) END"
    )
    sql = (
        "SELECT count(d), count(DISTINCT d),"
        " quantile_cont(year(d), 0.9) - quantile_cont(year(d), 0.1),"
        f" median(year(d)) FROM (SELECT {day} AS d FROM delivery)"
        " WHERE year(d) BETWEEN 1900 AND $this_year"
    )
    days, different, spread, middle = connection.execute(sql, {"this_year": today.year}).fetchall()[
        0
    ]
    named = days and _BIRTH_NAME.search(column.name)
    apart = different >= 5 and spread >= SPREAD_YEARS and 1920 <= middle <= 2015
    if named or apart:
        yield _refuse(connection, column, Personal.BIRTH, formed, {})
