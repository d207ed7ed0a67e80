"""What reading a delivery gives: one table of text, and the facts about the file it came from."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from regiebeeld.pipeline.intake.limits import Limits, RefusedFile

_MAY_BE_A_VALUE = re.compile(r"[@<>=]|[0-9]([ .-]?[0-9]){3}")


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


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader of one file kind found."""

    table: pa.Table
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    crs: str | None = None
    notes: tuple[Note, ...] = ()


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
        words = f"Kolom {', '.join(nameless[:20])} heeft geen naam in de kop. Haal die weg."
        raise RefusedFile("header_name", words)
    if strange := [i for i, name in enumerate(clean, start=1) if not _is_plain(name)]:
        words = f"De kop van kolom {strange[0]} is te lang of bevat een regeleinde of stuurteken."
        raise RefusedFile("header_name", words + " Gebruik de namen van het contract.")
    _refuse_twice(clean)
    return clean


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


def safe_name(name: str, position: int | None = None) -> str:
    """Give a column name for in a message, or its place when it may be a value.

    A file without a header has its first row as header: that may not end in a report.
    """
    plain = len(name) <= 60 and not _MAY_BE_A_VALUE.search(name) and name[:1].isalpha()
    return repr(name) if plain else f"op plaats {position}" if position else "(naam niet getoond)"
