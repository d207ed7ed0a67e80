"""What a release says in another language: the words of definitions, never a figure."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cached_property
from typing import Any, TypeVar

import pyarrow as pa

from regiebeeld.releases.language import DUTCH, keep_dutch, spoken
from regiebeeld.releases.parts import Part, translate_part
from regiebeeld.releases.tables import (
    About,
    Indicator,
    LeftOut,
    PolicyClass,
    SourceRow,
    Theme,
)
from regiebeeld.releases.theme_index import (
    CatalogueTheme,
    PolicyField,
    PossibleSource,
    ThemeIndex,
)

# One row a word of the catalogue: of which kind of thing, its id, the name of the field, the text.
TRANSLATION_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("language", "kind", "id", "name", "text")]
)
_ALL = "SELECT language, kind, id, name, text FROM translation"
# Words that go by the Dutch ones, not by an id: `id` holds the Dutch words.
WORDS = "words"
_SAID = "SELECT language, id, text FROM file.translation WHERE kind = 'words'"
# The fields of a thing that are words of the catalogue.
_FIELDS = {"title", "question", "introduction", "definition", "caution", "words"}

Thing = TypeVar("Thing", Theme, Indicator, CatalogueTheme, PolicyField)
Row = TypeVar("Row", About, SourceRow, LeftOut, PolicyClass, PossibleSource)
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

    @cached_property
    def _said(self) -> Mapping[tuple[str, str], str]:
        rows = self._rows(_SAID) if self._has("translation") else ()
        return {(language, dutch): text for language, dutch, text in rows}

    def say(self, text: str) -> str:
        """Give words of the catalogue in the language that is spoken; Dutch where it has none."""
        if spoken() == DUTCH:
            return text
        return self._said.get((spoken(), text)) or keep_dutch(text)

    def say_fields(self, thing: Row, *names: str) -> Row:
        """Give a row with some of its fields in the language that is spoken."""
        if spoken() == DUTCH:
            return thing
        said: dict[str, Any] = {name: self.say(getattr(thing, name)) for name in names}
        return replace(thing, **said)

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

    def speak_parts(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Give the parts of one indicator with their words in the language that is spoken."""
        if spoken() == DUTCH or not parts:
            return parts
        words = self._words.get((spoken(), "indicators", parts[0].indicator), {})
        return tuple(translate_part(part, words) for part in parts)

    def speak_index(self, index: ThemeIndex) -> ThemeIndex:
        """Give the index of themes with its words in the language that is spoken."""
        language = spoken()
        if language == DUTCH:
            return index
        return replace(
            index,
            fields=tuple(
                replace(
                    self._translate(language, "policy_fields", one), origin=keep_dutch(one.origin)
                )
                for one in index.fields
            ),
            themes=tuple(
                replace(self._translate(language, "themes", one), sources=self._say_sources(one))
                for one in index.themes
            ),
        )

    def _say_sources(self, theme: CatalogueTheme) -> tuple[PossibleSource, ...]:
        return tuple(self.say_fields(one, "title", "publisher") for one in theme.sources)

    def _translate(self, language: str, kind: str, thing: Thing) -> Thing:
        # A theme of the index has no introduction: only words it has a place for.
        found = self._words.get((language, kind, thing.id), {})
        words: dict[str, Any] = {
            one.name: found.get(one.name) or keep_dutch(getattr(thing, one.name))
            for one in fields(thing)
            if one.name in _FIELDS
        }
        return replace(thing, **words)
