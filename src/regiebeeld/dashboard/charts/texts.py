"""The words of a page, read from one catalogue file a language; no sentence stands in code.

Besides places a sentence can hold words that follow a value: `{count:gebied|gebieden}` is the first
with 1 and else the second; `{period:het}` is the period, behind "het" where it needs that, and
`{period:in}` the period behind "in", or "van" for a stretch of months.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from regiebeeld.releases.language import DUTCH, ENGLISH, LANGUAGES, fill_in, spoken

_FOLLOWS = re.compile(r"\{(\w+):([^{}]+)\}")
_ORDINAL = re.compile(r"\d+e |eerste |tweede ")  # what needs an article: `het 4e kwartaal`
# What is in a stretch of months, and the word before it: `van mei tot en met juli`.
_RUNS = {DUTCH: (" tot en met ", "van"), ENGLISH: (" to ", "from")}


class Texts:
    """Looks up a sentence by its dotted key, in the language that is spoken, and fills it in.

    A catalogue without that language answers in Dutch.
    """

    def __init__(self, languages: Mapping[str, Mapping[str, str]]) -> None:
        self._languages = {name: dict(entries) for name, entries in languages.items()}
        every = (sentence for entries in languages.values() for sentence in entries.values())
        self._following = frozenset(filter(_FOLLOWS.search, every))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages)

    def _spoken(self) -> Mapping[str, str]:
        return self._languages.get(spoken()) or self._languages[DUTCH]

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the sentence; raises KeyError for a key that the catalogue does not hold."""
        sentence = self._spoken()[key]
        if sentence not in self._following:
            return fill_in(sentence, values)
        return fill_in(_FOLLOWS.sub(lambda found: _follow(found, values), sentence), values)

    def __contains__(self, key: str) -> bool:
        return key in self._spoken()

    def keys(self) -> frozenset[str]:
        return frozenset(self._spoken())


@cache
def read_texts(path: Path) -> Texts:
    """Read `nl.yaml`, and beside it the same in other languages, into flat sets of sentences."""
    files = {name: path.with_name(f"{name}.yaml") for name in LANGUAGES}
    files[DUTCH] = path
    return Texts({name: _read(file) for name, file in files.items() if file.is_file()})


def _read(path: Path) -> dict[str, str]:
    nested = yaml.safe_load(path.read_text(encoding="utf-8"))
    return dict(_flatten(nested, ""))


def _flatten(nested: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, value in nested.items():
        key = f"{prefix}{name}"
        flat += _flatten(value, f"{key}.") if isinstance(value, Mapping) else [(key, str(value))]
    return flat


def _follow(found: re.Match[str], values: Mapping[str, object]) -> str:
    """Give the word that follows a value, or its place behind the article that it needs."""
    name, form = found.groups()
    if "|" in form:
        one, many = form.split("|")
        return one if str(values[name]) == "1" else many
    text, word = str(values[name]), _RUNS[spoken()]
    if form == "in":
        form = word[1] if word[0] in text else "in het" if _ORDINAL.match(text) else "in"
        return f"{form} {{{name}}}"
    return f"{form} {{{name}}}" if _ORDINAL.match(text) else f"{{{name}}}"


TEXTS = read_texts(Path(__file__).parent / "nl.yaml")
