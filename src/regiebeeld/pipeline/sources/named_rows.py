"""Turns a StatLine table of names into the codes of its contract; a table of codes passes as is.

Guesses nothing: a title, unit or breakdown that it does not know refuses the table.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import SourceTerms
from regiebeeld.catalogue.models import CountColumns, Gemeente
from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources.place_names import read_places
from regiebeeld.pipeline.sources.statline_csv import UNIT, VALUE

REGIONS = "regios"  # "Regio's" in one table, "RegioS" in the untyped form of another
PIECES = "aantal"
_SUBJECTS = frozenset({"onderwerp", "topic"})
_BESIDES = frozenset({"id", UNIT.lower(), *_SUBJECTS})
# A subject ends on its unit ("(aantal)") or, untyped, on a number; a breakdown on neither.
_SUBJECT_TITLE = re.compile(r"\)$|_\d+$")
_TITLE_AND_UNIT = re.compile(r"(.*?)(?:_\d+|\s*\(([^()]*)\))?")
_PERIOD = re.compile(r"((?:19|20)\d{2})(?:\s+(.*?))?\s*(\*{0,2})")
_PART_OF_YEAR = re.compile(r"([1-4])e (kwartaal|halfjaar)")
_PART_LETTERS = {"kwartaal": "KW", "halfjaar": "HJ"}
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_OFFENCE = re.compile(r"(\d+(?:\.\d+)+|[A-Z]{1,4}\d+)(?:\s.*)?", re.DOTALL)
_TOTALS = frozenset({"totaal", "totaal misdrijven"})


def translate_names(table: pa.Table, terms: SourceTerms, gemeenten: Sequence[Gemeente]) -> pa.Table:
    """Give a table with the columns and codes of its contract, all text, one row a count.

    A StatLine table is known by its titles ("Regio's", "Soort misdrijf"): places become
    codes through the names and aliases of `gemeenten`, other places a text that counts
    as outside the region, periods CBS keys, titles the code in front of them. A star
    at a period moves to its counts. What cannot be read stays, for conform to tell.
    Raises ContractError for absent or further titles, and offences without a code.
    """
    wanted = terms.columns
    if wanted is None or not (wanted.period and wanted.event_set and wanted.count):
        return table
    found = {_fold(title): title for title in reversed(table.column_names)}
    if wanted.area in table.column_names or not {REGIONS, _fold(wanted.area)} & found.keys():
        return table
    titles = _find_titles(table, wanted, terms.table)
    _refuse_breakdowns(table, titles, terms)
    table = _keep_subject(table, titles)
    periods = {text: _read_period(text) for text in _distinct(table[titles.period])}
    offences = _read_offences(_distinct(table[titles.event_set]), terms, titles.event_set)
    places = read_places(
        _distinct(table[titles.area]), gemeenten, mixed=_fold(titles.area) != REGIONS
    )
    late = {text: "*" if star else "" for text, (_, star) in periods.items()}
    columns = {
        wanted.area: _replace(table[titles.area], places.__getitem__),
        wanted.period: _replace(table[titles.period], lambda text: periods[text][0]),
        wanted.event_set: _replace(table[titles.event_set], offences.__getitem__),
        wanted.count: _add_stars(
            table[titles.count], _replace(table[titles.period], late.__getitem__)
        ),
    }
    return pa.table(
        {**columns, **{name: table[name] for name in terms.fixed if name in table.column_names}}
    )


@dataclass(frozen=True, slots=True)
class _Titles:
    """The table's own titles of the four columns; `subject` and its value in a long pivot."""

    area: str
    period: str
    event_set: str
    count: str
    subject: str | None = None
    kept: frozenset[str] = frozenset()


def _fold(title: str) -> str:
    """Give a title without case, signs and spaces; StatLine has one with a letter missing."""
    bare = re.sub(r"[^0-9a-z]", "", title.lower())
    return bare.replace("geregisteerde", "geregistreerde")


def _find_titles(table: pa.Table, wanted: CountColumns, name: str) -> _Titles:
    found = {_fold(title): title for title in reversed(table.column_names)}
    dimensions = [str(wanted.period), str(wanted.event_set)]
    missing = [title for title in dimensions if _fold(title) not in found]
    subject = next((found[word] for word in sorted(_SUBJECTS) if word in found), None)
    pivot = subject if subject and {UNIT, VALUE} <= set(table.column_names) else None
    kept = _find_subjects(table, pivot, wanted) if pivot else frozenset()
    counts = [title for title in table.column_names if _counts(title, wanted)]
    if pivot:
        counts = [VALUE] if kept else []
    if len(counts) != 1:
        missing.append(f"{wanted.count} (aantal)")
    if missing:
        raise ContractError(
            f"tabel {name}: in dit bestand van StatLine ontbreekt {', '.join(missing)} (of staat "
            f"er vaker in); aanwezig: {', '.join(table.column_names)}. Download de tabel opnieuw "
            "met het soort misdrijf, de perioden, de regio's en het onderwerp met de aantallen"
        )
    area = found.get(REGIONS) or found[_fold(wanted.area)]
    period, event_set = (found[_fold(title)] for title in dimensions)
    return _Titles(area, period, event_set, counts[0], pivot, kept)


def _find_subjects(table: pa.Table, subject: str, wanted: CountColumns) -> frozenset[str]:
    pairs = set(zip(table[subject].to_pylist(), table[UNIT].to_pylist(), strict=True))
    return frozenset(
        text
        for text, unit in pairs
        if _counts(text, wanted) and (unit or "").strip().lower() == PIECES
    )


def _counts(title: str, wanted: CountColumns) -> bool:
    """Tell whether a subject is the contract's count: the same words, in pieces."""
    own, found = (_TITLE_AND_UNIT.fullmatch(text.strip()) for text in (str(wanted.count), title))
    if own is None or found is None:
        return False
    return _fold(own[1]) == _fold(found[1]) and (found[2] or PIECES).lower() == PIECES


def _refuse_breakdowns(table: pa.Table, titles: _Titles, terms: SourceTerms) -> None:
    """A dimension that the contract does not name could make every count a part of itself."""
    known = {titles.area, titles.period, titles.event_set, titles.count, *terms.fixed}
    for title in table.column_names:
        if title in known or title.lower() in _BESIDES or _SUBJECT_TITLE.search(title):
            continue
        raise ContractError(
            f"tabel {terms.table}: de kolom {title!r} is een uitsplitsing die het contract niet "
            "kent. Download de tabel zonder die uitsplitsing, of haal de kolom uit het bestand"
        )


def _keep_subject(table: pa.Table, titles: _Titles) -> pa.Table:
    """Keep the rows of the counts: in a pivot made long, the other rows are other columns."""
    if titles.subject is None:
        return table
    wanted = pc.is_in(table[titles.subject], value_set=pa.array(sorted(titles.kept), pa.string()))
    return table.filter(pc.and_(wanted, pc.equal(pc.utf8_lower(table[UNIT]), PIECES)))


def _read_period(text: str) -> tuple[str, bool]:
    """Give a CBS key and whether the period is starred; other text stays as it is."""
    found = _PERIOD.fullmatch(text.strip())
    if not found:
        return text, False
    year, rest, stars = found[1], (found[2] or "").lower(), bool(found[3])
    if not rest:
        return f"{year}JJ00", stars
    if rest in _MONTHS:
        return f"{year}MM{_MONTHS.index(rest) + 1:02d}", stars
    if part := _PART_OF_YEAR.fullmatch(rest):
        return f"{year}{_PART_LETTERS[part[2]]}0{part[1]}", stars
    return text, False


def _read_offences(texts: Sequence[str], terms: SourceTerms, title: str) -> dict[str, str]:
    codes = {text: _read_offence(text, terms.total) for text in texts}
    if unknown := [text for text, code in codes.items() if code is None]:
        raise ContractError(
            f"tabel {terms.table}, kolom {title}: geen code vooraan bij "
            f"{', '.join(map(repr, unknown[:5]))}{' en meer' if len(unknown) > 5 else ''}. "
            'Verwacht wordt bijvoorbeeld "1.1.1 Diefstal/inbraak woning" of "Totaal misdrijven"; '
            "laat andere soorten weg bij het downloaden"
        )
    return {text: code or "" for text, code in codes.items()}


def _read_offence(text: str, total: str | None) -> str | None:
    bare = text.strip()
    if bare.lower() in _TOTALS:
        return total
    found = _OFFENCE.fullmatch(bare)
    return found[1] if found else None if bare else ""


def _distinct(column: pa.ChunkedArray) -> list[str]:
    return [text or "" for text in _plain(column).unique().to_pylist()]


def _plain(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(column.cast(pa.string()), "").combine_chunks()


def _replace(column: pa.ChunkedArray, read: Callable[[str], str]) -> pa.Array:
    coded = _plain(column).dictionary_encode()
    words: Iterator[str] = (read(text) for text in coded.dictionary.to_pylist())
    return pa.array(words, pa.string()).take(coded.indices)


def _add_stars(counts: pa.ChunkedArray, stars: pa.Array) -> pa.Array:
    """Write the star of a period at its numbers; a marker is no number and gets none."""
    texts = _plain(counts)
    starred = pc.binary_join_element_wise(pc.utf8_trim_whitespace(texts), stars, "")
    return pc.if_else(pc.match_substring_regex(texts, r"^\s*\d+\s*$"), starred, texts)
