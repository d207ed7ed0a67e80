"""Judges what one text cannot show: a column that is mostly BSNs, plates, postcodes or births.

Each asks the table `seen` of one column; a few matches by chance refuse nothing.
"""

import re
from collections.abc import Iterator
from datetime import date
from math import exp, lgamma, log

import duckdb

from regiebeeld.catalogue.fields import Role
from regiebeeld.pipeline.intake.findings import Finding, Severity
from regiebeeld.pipeline.intake.personal_patterns import PLAIN_PLATE, PLAIN_POSTCODE, Personal
from regiebeeld.pipeline.intake.personal_seen import Column, ask_seen, refuse_texts, refuse_where
from regiebeeld.pipeline.intake.personal_words import ends_in_number, may_be_person

BIRTH_NAME = re.compile(r"geboorte|geb_?(dat|jr|jaar)|birth|\bdob\b", re.IGNORECASE)
_BSN_NAME = re.compile(r"bsn|burgerservice|sofi", re.IGNORECASE)
_PLATE_NAME = re.compile(r"kenteken|licen[cs]e_?plate", re.IGNORECASE)
_POSTCODE_NAME = re.compile(r"postcode|pc6|zip", re.IGNORECASE)
_ELEVEN = (
    "("
    + " + ".join(
        f"{weight} * ((CAST(text AS BIGINT) // {10 ** (8 - i)}) % 10)"
        for i, weight in enumerate((9, 8, 7, 6, 5, 4, 3, 2, -1))
    )
    + ") % 11 = 0"
)
_PASSES = f"CAST(text AS BIGINT) >= 10000000 AND {_ELEVEN}"
_NINE = "regexp_full_match(text, '[0-9]{9}')"
# Eight digits can be a day; others are a BSN of which a sheet took the leading zero.
_EIGHT = (
    "regexp_full_match(text, '[0-9]{8}')"
    " AND TRY_STRPTIME(text, '%Y%m%d') IS NULL AND TRY_STRPTIME(text, '%d%m%Y') IS NULL"
)
_NINE_PASS = f"CASE WHEN {_NINE} THEN {_PASSES} END"
_EIGHT_PASS = f"CASE WHEN {_EIGHT} THEN {_PASSES} END"
BY_CHANCE = 1 / 11  # of random numbers, the share that passes the eleven test
UNLIKELY = 1e-3  # a share that chance gives more seldom than this is no chance
SERIES = 30  # different numbers needed to tell a series of case numbers from BSNs
_ENOUGH = 50_000
SPREAD_YEARS = 15  # dates of birth lie decades apart, dates of one event do not
_MOBILE = "regexp_full_match(text, '6[0-9]{8}')"
_SERIAL = "[1-4][0-9]{4}([.]0)?"
_DAYS = "%Y-%m-%d %d-%m-%Y %d/%m/%Y %Y/%m/%d %d.%m.%Y %Y.%m.%d %Y%m%d %d%m%Y %d-%m-%y %d/%m/%y"
_DAY_FORM = "([0-9]{1,4}[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,4})([ T]00:00(:00)?)?"


def check_numbers(connection: duckdb.DuckDBPyConnection, column: Column) -> Iterator[Finding]:
    """Refuse numbers that pass the eleven test, unless they do so by chance.

    One in eleven numbers passes. A `row_key` or `drop` column may be a series of case numbers:
    it is used to find repeats and is dropped before anything is kept, so one real BSN among
    thousands of numbers is not kept either, and refusing every eleventh series would make the
    door useless. Such a column is refused when more pass than chance explains, and told else.
    """
    nine, nine_pass, eight, eight_pass, mobile, starts = ask_seen(
        connection,
        f"count(*) FILTER (WHERE {_NINE}), count(*) FILTER (WHERE {_NINE_PASS}),"
        f" count(*) FILTER (WHERE {_EIGHT}), count(*) FILTER (WHERE {_EIGHT_PASS}),"
        f" count(*) FILTER (WHERE {_MOBILE}),"
        f" count(DISTINCT left(text, 4)) FILTER (WHERE {_MOBILE})",
    )
    if not nine + eight:
        return
    too_many = compute_tail(nine, nine_pass) < UNLIKELY
    # Mobile numbers of which a sheet took the zero: they start alike, and then differ.
    if mobile >= 5 and mobile >= 0.9 * nine and starts >= min(10, mobile / 2) and not too_many:
        yield refuse_where(connection, column, Personal.PHONE, _MOBILE)
        return
    named = bool(_BSN_NAME.search(column.name))
    may_be_series = column.role in (Role.ROW_KEY, Role.DROP) and nine >= SERIES
    short = named or compute_tail(eight, eight_pass) < UNLIKELY
    ways = [_NINE_PASS] if nine_pass and (named or too_many or not may_be_series) else []
    ways += [_EIGHT_PASS] if eight_pass and short else []
    if ways:
        yield refuse_where(connection, column, Personal.BSN, " OR ".join(ways))
    elif nine_pass:
        yield _tell_series(column)


def _tell_series(column: Column) -> Finding:
    words = (
        f"Kolom {column.shown} bevat nummers van negen cijfers. Eén op de elf "
        "voldoet toevallig aan de BSN-proef; dit zijn er niet meer. "
        "Gebruik liever nummers met een letter."
    )
    return Finding("number_series", Severity.WARNING, words, column.label)


def compute_tail(numbers: int, passing: int) -> float:
    """Give the chance that at least `passing` of `numbers` pass the eleven test by themselves."""
    if passing <= numbers * BY_CHANCE:
        return 1.0
    ways = lgamma(numbers + 1) - lgamma(passing + 1) - lgamma(numbers - passing + 1)
    term = exp(ways + passing * log(BY_CHANCE) + (numbers - passing) * log(1 - BY_CHANCE))
    total, odds = 0.0, BY_CHANCE / (1 - BY_CHANCE)
    for more in range(passing, numbers + 1):
        total += term
        if term <= total * 1e-12:
            break
        term *= (numbers - more) / (more + 1) * odds
    return total


def check_plates(connection: duckdb.DuckDBPyConnection, column: Column) -> Iterator[Finding]:
    """Refuse a column that is mostly plates without hyphens; one such text proves nothing."""
    if column.is_link_key or column.is_moment:
        return
    whole = "regexp_full_match(text, $plate)"
    plates, texts = ask_seen(
        connection, f"count(*) FILTER (WHERE {whole}), count(*)", {"plate": PLAIN_PLATE}
    )
    mostly = plates == texts or (plates >= 5 and plates > texts / 2)
    if plates and (mostly or _PLATE_NAME.search(column.name)):
        yield refuse_where(connection, column, Personal.PLATE, whole, {"plate": PLAIN_PLATE})


def check_postcodes(connection: duckdb.DuckDBPyConnection, column: Column) -> Iterator[Finding]:
    """Refuse whole postcodes, alone or with a number behind, in any column but their link key."""
    if column.is_link_key or column.is_moment:
        return
    whole = "regexp_full_match(text, $form)"
    form = f"{PLAIN_POSTCODE}[ ,/-]?([0-9]{{1,5}}[A-Za-z]?)?"
    codes, texts, years = ask_seen(
        connection,
        f"count(*) FILTER (WHERE {whole}), count(*),"
        f" count(*) FILTER (WHERE {whole} AND regexp_matches(text, '^(199|20[0-4])[0-9]'))",
        {"form": form},
    )
    # `2026AB` in every row is a year with letters, as systems number their cases.
    mostly = (codes == texts or (codes >= 3 and codes >= texts / 5)) and years < 0.9 * codes
    if codes and (mostly or _POSTCODE_NAME.search(column.name)):
        yield refuse_where(connection, column, Personal.POSTCODE, whole, {"form": form})


def check_births(
    connection: duckdb.DuckDBPyConnection, column: Column, today: date
) -> Iterator[Finding]:
    """Refuse a column of dates that lie as far apart as people are old, or that says what it is."""
    if column.is_moment or column.is_link_key:
        return
    formed = f"regexp_full_match(text, '{_DAY_FORM}')"
    if BIRTH_NAME.search(column.name):
        said = f"{formed} OR regexp_full_match(text, '(19|20)[0-9]{{2}}|{_SERIAL}')"
        if ask_seen(connection, f"count(*) FILTER (WHERE {said})")[0]:
            yield refuse_where(connection, column, Personal.BIRTH, said)
        return
    # CASE keeps DuckDB from trying to read millions of texts that are no date at all.
    ways = ", ".join(
        f"TRY_STRPTIME(regexp_extract(text, '^[^ T]+'), '{form}')" for form in _DAYS.split()
    )
    day = f"CASE WHEN {formed} THEN coalesce({ways}) END"
    lived = f"FILTER (WHERE year({day}) BETWEEN 1900 AND $this_year)"
    days, high, low, middle = ask_seen(
        connection,
        f"count(DISTINCT {day}) {lived}, quantile_cont(year({day}), 0.9) {lived},"
        f" quantile_cont(year({day}), 0.1) {lived}, median(year({day})) {lived}",
        {"this_year": today.year},
    )
    if days >= 5 and high - low >= SPREAD_YEARS and 1920 <= middle <= 2015:
        yield refuse_where(connection, column, Personal.BIRTH, formed)


def check_people(connection: duckdb.DuckDBPyConnection, column: Column) -> Iterator[Finding]:
    """Refuse a column that is largely names of people; tell one that has a few.

    A buurt can be called after a person, so one name refuses nothing.
    """
    if column.role is Role.ROW_KEY or column.is_moment or column.is_date:
        return
    texts = _read_some(connection)
    people = [text for text in texts if may_be_person(text)]
    if len(people) >= 3 and len(people) >= 0.3 * len(texts):
        yield refuse_texts(connection, column, Personal.NAME, people)
    elif people and (len(people) >= 3 or len(people) >= 0.05 * len(texts)):
        words = (
            f"Kolom {column.shown}: {len(people)} verschillende teksten lijken op een naam van een "
            "persoon. Kijk dat na; namen van personen worden niet ontvangen."
        )
        yield Finding("maybe_names", Severity.WARNING, words, column.label)


def _read_some(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Read as many different texts as are needed to judge a column by its share."""
    sql = f"SELECT text FROM seen WHERE length(text) < 100 LIMIT {_ENOUGH}"
    return [text for (text,) in connection.execute(sql).fetchall()]


def check_house_numbers(connection: duckdb.DuckDBPyConnection, column: Column) -> Iterator[Finding]:
    """Refuse a column of names of areas that mostly end in a number: those are addresses.

    A few do by themselves: `Noord 2` is a buurt.
    """
    if not column.holds_names:
        return
    texts = _read_some(connection)
    ending = [text for text in texts if ends_in_number(text)]
    if len(ending) >= 5 and len(ending) >= 0.5 * len(texts):
        yield refuse_texts(connection, column, Personal.ADDRESS, ending)
