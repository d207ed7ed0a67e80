"""The words of a page, read from one catalogue file a language; no sentence stands in code."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from regiebeeld.releases.language import DUTCH, LANGUAGES, spoken


class Texts:
    """Looks up a sentence by its dotted key, in the language that is spoken, and fills it in.

    A catalogue without that language answers in Dutch.
    """

    def __init__(self, languages: Mapping[str, Mapping[str, str]]) -> None:
        self._languages = {name: dict(entries) for name, entries in languages.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages)

    def _spoken(self) -> Mapping[str, str]:
        return self._languages.get(spoken()) or self._languages[DUTCH]

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the sentence; raises KeyError for a key that the catalogue does not hold."""
        return self._spoken()[key].format_map(values)

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


TEXTS = read_texts(Path(__file__).parent / "nl.yaml")
