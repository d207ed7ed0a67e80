"""What reading a delivery gives: one table of text, and the facts about the file it came from."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from regiebeeld.pipeline.intake.limits import Limits, RefusedFile
from regiebeeld.pipeline.intake.row_places import COUNTED, RowPlaces

_PLAIN_SHEET = re.compile(r"levering|(Blad|Sheet|Tabelle|Feuil)[ _]?[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader saw that the partner should hear, but that does not refuse."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """How the file was written; `sha256` is of the bytes as delivered."""

    name: str
    kind: str
    size: int
    sha256: str
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    sheet: str | None = None
    crs: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery as read: every column text (null where nothing stood), named as in the file."""

    table: pa.Table
    facts: Facts
    places: RowPlaces = COUNTED


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader of one file kind found."""

    table: pa.Table
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    crs: str | None = None
    notes: tuple[Note, ...] = ()
    places: RowPlaces = COUNTED


def check_header(names: Sequence[str], limits: Limits) -> tuple[str, ...]:
    """Give the header without surrounding spaces; raise RefusedFile for one that cannot be used."""
    if not names:
        words = "De eerste regel is leeg; daar hoort de kop. Haal lege regels bovenaan weg."
        raise RefusedFile("header_name", words)
    if len(names) > limits.columns:
        raise RefusedFile(
            "header_width",
            f"De kop heeft {len(names)} kolommen; hoogstens {limits.columns} worden gelezen. "
            "Lever alleen de kolommen van het contract.",
        )
    clean = tuple(name.strip().lstrip("\ufeff").strip() for name in names)
    nameless = [str(i) for i, name in enumerate(clean, start=1) if not name]
    if nameless:
        raise RefusedFile("header_name", _tell_nameless(nameless, len(clean)))
    if strange := [i for i, name in enumerate(clean, start=1) if not _is_plain(name)]:
        words = f"De kop van kolom {strange[0]} is te lang of bevat een regeleinde of stuurteken."
        raise RefusedFile("header_name", words + " Gebruik de namen van het contract.")
    _refuse_twice(clean)
    return clean


def _tell_nameless(nameless: Sequence[str], width: int) -> str:
    if 2 * len(nameless) >= width:  # a title stands alone, or over a few columns
        return (
            "De eerste regel is geen kop: daarin staat maar iets in "
            f"{width - len(nameless)} van de {width} kolommen. Haal weg wat boven de kop staat, "
            "zoals een titel, zodat de namen van de kolommen op de eerste regel staan."
        )
    many = "Kolom" if len(nameless) == 1 else "De kolommen"
    verb = "heeft" if len(nameless) == 1 else "hebben"
    listed = ", ".join(nameless[:20])
    return f"{many} {listed} {verb} geen naam in de kop. Geef de naam van het contract of haal weg."


def _is_plain(name: str) -> bool:
    return len(name) <= 200 and name.isprintable()


def _refuse_twice(names: Sequence[str]) -> None:
    # Two names that differ in case only are one name for DuckDB, and for most readers.
    counts = Counter(name.casefold() for name in names)
    for i, name in enumerate(names, start=1):
        if counts[name.casefold()] > 1:
            at = [str(j) for j, other in enumerate(names, 1) if other.casefold() == name.casefold()]
            raise RefusedFile(
                "header_twice",
                f"De naam van kolom {i} staat {len(at)} keer in de kop (kolom {', '.join(at)}). "
                "Laat elke kolom één keer voorkomen.",
            )


def check_size(rows: int, columns: int, limits: Limits) -> None:
    """Raise RefusedFile for a table without rows, or with more than the limits."""
    if rows == 0:
        raise RefusedFile(
            "no_rows", "Het bestand bevat een kop maar geen rijen. Lever de gegevens."
        )
    if rows > limits.rows or rows * columns > limits.cells:
        raise RefusedFile(
            "too_many_rows",
            f"Het bestand heeft {rows} rijen; hoogstens {limits.rows} worden gelezen. "
            "Lever het per jaar.",
        )


def safe_name(name: str, position: int, *, known: bool) -> str:
    """Give a column for in a message: by its name when the contract has it, else by its place.

    A file without a header has its first row as header, and a surname is a word like any other.
    """
    return repr(name) if known else f"op plaats {position}"


def safe_sheet(name: str | None) -> str | None:
    """Give the name of a sheet when a program or the template gave it; else it is the sender's."""
    return name if name and _PLAIN_SHEET.fullmatch(name) else None
