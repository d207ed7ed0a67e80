"""The words that pages use, explained; one file a language holds them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from regiebeeld.releases.language import DUTCH, ENGLISH, spoken

_HERE = Path(__file__).parent
FILES = {DUTCH: _HERE / "begrippen.yaml", ENGLISH: _HERE / "terms.yaml"}


@dataclass(frozen=True, slots=True)
class Term:
    """One word with its meaning; `also` are other words for it, without a meaning of their own.

    in_text: how sentences of pages write it, so that it can be pressed there.
    """

    id: str
    title: str
    text: str
    also: tuple[str, ...] = ()
    in_text: tuple[str, ...] = ()


def read_glossary() -> Mapping[str, Term]:
    """Give the terms by id, in the language that is spoken and in its alphabet."""
    return read_terms(FILES[spoken()])


@cache
def read_terms(path: Path) -> Mapping[str, Term]:
    """Read the terms of one file by id, in the order of the alphabet of their titles."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    terms = [
        Term(
            id,
            entry["title"],
            entry["text"],
            tuple(_words(entry.get("also", ""))),
            tuple(_words(entry.get("in_text", ""))),
        )
        for id, entry in found.items()
    ]
    return {term.id: term for term in sorted(terms, key=lambda term: fold(term.title))}


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def fold(text: str) -> str:
    """Give a text without accents and capitals, so that `Één` is found as `een`."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in bare if not unicodedata.combining(c))


def show_glossary() -> dict[str, Any]:
    """Give everything the template shows."""
    return {"terms": tuple(read_glossary().values())}
