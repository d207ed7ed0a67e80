"""What a release says in another language: the words of definitions, never a figure."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cached_property
from typing import Any, TypeVar

import pyarrow as pa

from regiebeeld.releases.language import DUTCH, spoken
from regiebeeld.releases.tables import Indicator, Theme
from regiebeeld.releases.theme_index import CatalogueTheme, PolicyField, ThemeIndex

# One row a word of the catalogue: of which kind of thing, its id, the name of the field, the text.
TRANSLATION_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("language", "kind", "id", "name", "text")]
)
_ALL = "SELECT language, kind, id, name, text FROM translation"

Thing = TypeVar("Thing", Theme, Indicator, CatalogueTheme, PolicyField)
Rows = Callable[[str], list[tuple[Any, ...]]]


class Translator:
    """Gives definitions in the language that is spoken; made once a language.

    rows runs a query, has tells whether a table is there: a file of before it speaks Dutch.
    """

    def __init__(self, rows: Rows, has: Callable[[str], bool]) -> None:
        self._rows, self._has = rows, has
        self._made: dict[tuple[str, str], dict[str, Any]] = {}

    @cached_property
    def _words(self) -> Mapping[tuple[str, str, str], Mapping[str, str]]:
        found: dict[tuple[str, str, str], dict[str, str]] = {}
        for language, kind, id, name, text in self._rows(_ALL) if self._has("translation") else ():
            found.setdefault((language, kind, id), {})[name] = text
        return found

    def speak(self, kind: str, things: dict[str, Thing]) -> dict[str, Thing]:
        """Give things by id with their words in the language that is spoken, where it has them."""
        if spoken() == DUTCH:
            return things
        language = spoken()
        made = self._made.get((language, kind))
        if made is None:
            made = {id: self._translate(language, kind, each) for id, each in things.items()}
            self._made[language, kind] = made
        return made

    def speak_index(self, index: ThemeIndex) -> ThemeIndex:
        """Give the index of themes with its words in the language that is spoken."""
        language = spoken()
        if language == DUTCH:
            return index
        return replace(
            index,
            fields=tuple(self._translate(language, "policy_fields", one) for one in index.fields),
            themes=tuple(self._translate(language, "themes", one) for one in index.themes),
        )

    def _translate(self, language: str, kind: str, thing: Thing) -> Thing:
        # A theme of the index has no introduction: only words it has a place for.
        found = self._words.get((language, kind, thing.id), {})
        words: dict[str, Any] = {
            one.name: found[one.name] for one in fields(thing) if one.name in found
        }
        return replace(thing, **words)
