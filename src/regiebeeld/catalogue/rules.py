"""The list of rules that span files; a rule joins it with the decorator `rule`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest, tell_fault
from regiebeeld.catalogue.located_yaml import LocatedYaml, Place


@dataclass(slots=True)
class Files:
    """Every file that was opened, by form and name: `Theme:algemeen`; broken ones too.

    `present` holds each name that a file claims, `loose` the names of files in a
    wrong place: a mention of one of those is no second fault.
    """

    opened: dict[str, LocatedYaml] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)

    def __getitem__(self, owner: str) -> LocatedYaml:
        return self.opened[owner]

    def names(self, form: str) -> list[str]:
        """Give every name of a form, also of a file that could not be read."""
        return sorted(
            name
            for kind, _, name in (owner.partition(":") for owner in self.present)
            if kind == form
        )

    def know(self, form: str, name: str) -> bool:
        """Tell whether a mention has something to mean, be it broken."""
        return f"{form}:{name}" in self.present or name in self.loose


Rule = Callable[[Catalogue, Files], Iterator[str]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    """Make a function one of the rules."""
    RULES.append(check)
    return check


def fault_in(files: Files, owner: str, place: Place, words: str) -> str:
    """Tell a fault at a place of one read file."""
    file = files[owner]
    return tell_fault(file.path, file.line_of(place), place, words)


def unknown_word(files: Files, form: str, name: str) -> str:
    """Say that a name means nothing, with the nearest that does; empty when it is known."""
    if files.know(form, name):
        return ""
    return f"{_WORDS[form]} {name!r} bestaat niet{suggest(name, files.names(form))}"


def unknown_mentions(files: Files, owner: str, path: Place, form: str) -> Iterator[str]:
    """Yield a fault for each name at `path` (`*` is every line of a list) that means nothing.

    It reads the file as it was written, so a file with another fault is checked too.
    """
    for file in sorted(name for name in files.opened if name.startswith(f"{owner}:")):
        for place, name in _mentions(files[file].values, path):
            if words := unknown_word(files, form, name):
                yield fault_in(files, file, place, words)


def _mentions(values: object, path: Place, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if not path:
        # What is no name at all is already told as a wrong form.
        if isinstance(values, str) and _NAME.fullmatch(values):
            yield place, values
    elif path[0] == "*":
        for i, value in enumerate(values if isinstance(values, list) else []):
            yield from _mentions(value, path[1:], (*place, i))
    elif isinstance(values, dict) and path[0] in values:
        yield from _mentions(values[path[0]], path[1:], (*place, path[0]))


def repeats(names: list[str]) -> Iterator[tuple[int, str]]:
    """Give the position and name of everything that a list says for the second time."""
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            yield i, name
        seen.add(name)


_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WORDS = {"Source": "bron", "Indicator": "indicator", "Theme": "thema"}
