"""Looks for personal data in every column of a delivery; tells row and column, never the value."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import duckdb

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import FieldType
from regiebeeld.pipeline.intake.findings import Finding, Severity
from regiebeeld.pipeline.intake.headers import find_meant
from regiebeeld.pipeline.intake.personal_columns import (
    BIRTH_NAME,
    check_births,
    check_house_numbers,
    check_numbers,
    check_people,
    check_plates,
    check_postcodes,
)
from regiebeeld.pipeline.intake.personal_patterns import COARSE, Personal, find_kinds
from regiebeeld.pipeline.intake.personal_seen import (
    Column,
    ask_seen,
    gather_texts,
    refuse_texts,
    refuse_where,
)
from regiebeeld.pipeline.intake.personal_words import STREETS
from regiebeeld.pipeline.intake.row_rules import LONGEST_TEXT

_BATCH = 20_000
# Nothing that is agreed is longer; patterns are not let loose on it.
_LONG = f"length(text) > {LONGEST_TEXT}"
_STREET_NAME = re.compile(r"straat|street|adres", re.IGNORECASE)
_NUMBER_NAME = re.compile(r"huis_?n|hnr|house|nummer$|^nr$|number", re.IGNORECASE)
_STREET = f"(?i)([a-z]({STREETS})|(laan|weg|plein|hof|kade) (van|der|de|den|aan) .*)"
_HOUSE = "[1-9][0-9]{0,4} ?[A-Za-z]?([ -][0-9A-Za-z]{1,4})?"


def check_personal(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], source: Source, *, today: date
) -> Iterator[Finding]:
    """Yield a refusal for each column and kind; `delivery` is registered as `checks.opened` does.

    Only dates of what happened and link keys are exempt, in the columns that the contract gives
    them. A column the contract does not name is looked through like any other.
    """
    streets, columns = [], _columns_of(names, source)
    for column in columns:
        plain = BIRTH_NAME.search(column.name) is None
        if not gather_texts(connection, column, harmless=plain):
            continue
        yield from _check_texts(connection, column)
        yield from check_numbers(connection, column)
        yield from check_plates(connection, column)
        yield from check_postcodes(connection, column)
        yield from check_births(connection, column, today)
        yield from check_people(connection, column)
        yield from check_house_numbers(connection, column)
        if _holds_streets(connection, column):
            streets.append(column)
    yield from _check_split_addresses(connection, streets, columns)


def _columns_of(names: Sequence[str], source: Source) -> list[Column]:
    """Give each column its field; a misspelled one its field too, for it is refused as unknown."""
    fields = {one.name: one for one in source.fields}
    missing = [name for name in fields if name not in names]
    meant = [name if name in fields else find_meant(name, missing) for name in names]
    return [
        Column(f"c{i}", name, i + 1, fields.get(meant[i] or ""), known=name in fields)
        for i, name in enumerate(names)
    ]


def _check_texts(connection: duckdb.DuckDBPyConnection, column: Column) -> Iterator[Finding]:
    """Look at each text by itself; a batch that refuses ends the search, for that is enough."""
    if ask_seen(connection, f"count(*) FILTER (WHERE {_LONG})")[0]:
        yield refuse_where(connection, column, Personal.TEXT, _LONG)
    looked, values = "true", {}
    if not column.holds_names:  # whole numbers and days are judged as a column
        looked = "regexp_matches(text, $coarse) AND NOT regexp_full_match(text, '[0-9]{8,9}')"
        values = {"coarse": COARSE}
    bad: dict[Personal, list[str]] = {}
    asked = connection.execute(f"SELECT text FROM seen WHERE NOT {_LONG} AND {looked}", values)
    while not bad and (batch := asked.fetchmany(_BATCH)):
        for (text,) in batch:
            for kind in find_kinds(text, in_names=column.holds_names):
                if not (kind is Personal.BIRTH and (column.is_moment or column.is_date)):
                    bad.setdefault(kind, []).append(text)
    for kind, texts in bad.items():
        yield refuse_texts(connection, column, kind, texts)


def _holds_streets(connection: duckdb.DuckDBPyConnection, column: Column) -> bool:
    if column.is_link_key or column.is_moment:
        return False
    whole = "regexp_full_match(text, $street)"
    streets, texts = ask_seen(
        connection, f"count(*) FILTER (WHERE {whole}), count(*)", {"street": f".*{_STREET}"}
    )
    return bool(streets >= 0.5 * texts or (streets and _STREET_NAME.search(column.name)))


def _check_split_addresses(
    connection: duckdb.DuckDBPyConnection, streets: Sequence[Column], columns: Sequence[Column]
) -> Iterator[Finding]:
    """Refuse a street in one column with its house number in another, when neither is a key."""
    numbers = [column for column in columns if _holds_houses(connection, column)] if streets else []
    for street in streets:
        for number in numbers:
            words = (
                f"Kolom {street.shown} en kolom {number.shown} zijn samen een adres: straat en "
                "huisnummer. Persoonsgegevens worden niet ontvangen; haal ze weg en lever opnieuw."
            )
            yield Finding(f"personal_{Personal.ADDRESS}", Severity.ERROR, words, street.label)


def _holds_houses(connection: duckdb.DuckDBPyConnection, column: Column) -> bool:
    """Tell whether a column can only be house numbers, by its name or because nobody agreed it."""
    if column.is_link_key or column.is_moment:
        return False
    agreed = column.field is not None and (
        column.field.type is not FieldType.STRING or column.field.values or column.field.pattern
    )
    if agreed and not _NUMBER_NAME.search(column.name):
        return False
    texts = gather_texts(connection, column, harmless=False)
    houses = ask_seen(
        connection,
        "count(*) FILTER (WHERE regexp_full_match(text, $house))",
        {"house": _HOUSE},
    )[0]
    return bool(texts) and houses >= 0.8 * texts
