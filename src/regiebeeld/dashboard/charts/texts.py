"""The words of a page, read from one catalogue file a language; no sentence stands in code."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml


class Texts:
    """Looks up a sentence by its dotted key and fills in the values."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = dict(entries)

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the sentence; raises KeyError for a key that the catalogue does not hold."""
        return self._entries[key].format_map(values)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def keys(self) -> frozenset[str]:
        return frozenset(self._entries)


@cache
def read_texts(path: Path) -> Texts:
    """Read a catalogue file with nested keys into one flat set of sentences."""
    nested = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Texts(dict(_flatten(nested, "")))


def _flatten(nested: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, value in nested.items():
        key = f"{prefix}{name}"
        flat += _flatten(value, f"{key}.") if isinstance(value, Mapping) else [(key, str(value))]
    return flat


TEXTS = read_texts(Path(__file__).parent / "nl.yaml")
