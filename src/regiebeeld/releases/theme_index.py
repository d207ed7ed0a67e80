"""The index of themes in a file: by policy field, and what the catalogue has beyond this region.

It holds definitions only, the same in the file of every audience: no figure, and not which figures
there are. Who reads it leaves out what the file does not hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

_TEXT, _NUMBER = pa.string(), pa.int32()
# One row a theme or figure of a field; `indicator` is NULL where the whole theme belongs to it.
POLICY_FIELD_SCHEMA = pa.schema(
    {
        "position": _NUMBER, "field": _TEXT, "title": _TEXT, "words": _TEXT, "origin": _TEXT,
        "theme": _TEXT, "indicator": _TEXT,
    }
)  # fmt: skip
# One row a theme of the catalogue and a source that its figures can be made from.
CATALOGUE_THEME_SCHEMA = pa.schema(
    {
        "position": _NUMBER, "theme": _TEXT, "title": _TEXT, "question": _TEXT, "source": _TEXT,
        "publisher": _TEXT, "delivered": pa.bool_(),
    }
)  # fmt: skip
# One row a figure of attempts and the figure of what was completed, of the same events.
ATTEMPT_PAIR_SCHEMA = pa.schema({"position": _NUMBER, "attempts": _TEXT, "completed": _TEXT})
INDEX_SCHEMAS = {
    "policy_field": POLICY_FIELD_SCHEMA,
    "catalogue_theme": CATALOGUE_THEME_SCHEMA,
    "attempt_pair": ATTEMPT_PAIR_SCHEMA,
}


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a field leads: a theme, or one figure of it."""

    theme: str
    indicator: str | None


@dataclass(frozen=True, slots=True)
class PolicyField:
    """A field of the policy, with what belongs to it; `origin` is where the division comes from."""

    id: str
    title: str
    words: str
    origin: str
    pointers: tuple[Pointer, ...]


@dataclass(frozen=True, slots=True)
class PossibleSource:
    """A source that figures of a theme can be made from.

    delivered: by a partner, under an agreement; else it is an open table.
    """

    title: str
    publisher: str
    delivered: bool


@dataclass(frozen=True, slots=True)
class CatalogueTheme:
    """A theme of the catalogue, whether or not this region has figures for it."""

    id: str
    title: str
    question: str
    sources: tuple[PossibleSource, ...]


@dataclass(frozen=True, slots=True)
class ThemeIndex:
    """Empty in a file of before the index."""

    fields: tuple[PolicyField, ...] = ()
    themes: tuple[CatalogueTheme, ...] = ()
    attempt_pairs: tuple[tuple[str, str], ...] = ()  # attempts, completed


Rows = Callable[[str], list[tuple[Any, ...]]]


def read_theme_index(rows: Rows, has: Callable[[str], bool]) -> ThemeIndex:
    """Read the index; rows runs a query, has tells whether a table is there."""
    if not all(map(has, INDEX_SCHEMAS)):
        return ThemeIndex()
    fields: dict[tuple[str, str, str, str], list[Pointer]] = {}
    for *head, theme, indicator in rows(
        "SELECT field, title, words, origin, theme, indicator FROM policy_field ORDER BY position"
    ):
        fields.setdefault((head[0], head[1], head[2], head[3]), []).append(
            Pointer(theme, indicator)
        )
    themes: dict[tuple[str, str, str], list[PossibleSource]] = {}
    for theme, title, question, *source in rows(
        "SELECT theme, title, question, source, publisher, delivered"
        " FROM catalogue_theme ORDER BY position"
    ):
        themes.setdefault((theme, title, question), []).append(PossibleSource(*source))
    return ThemeIndex(
        tuple(PolicyField(*head, tuple(found)) for head, found in fields.items()),
        tuple(CatalogueTheme(*head, tuple(found)) for head, found in themes.items()),
        tuple(
            (attempts, completed)
            for attempts, completed in rows(
                "SELECT attempts, completed FROM attempt_pair ORDER BY position"
            )
        ),
    )
