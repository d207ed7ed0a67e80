"""The list of rules that span files; a rule joins it with the decorator `rule`."""

from collections.abc import Callable, Iterator

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import tell_fault
from regiebeeld.catalogue.located_yaml import LocatedYaml, Place

# Every file that was read, by form and id: `Theme:algemeen`.
Files = dict[str, LocatedYaml]
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


def repeats(names: list[str]) -> Iterator[tuple[int, str]]:
    """Give the position and name of everything that a list says for the second time."""
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            yield i, name
        seen.add(name)
