"""Reads YAML with the line of every value, so that a fault can say where it is."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]
# The same parser in C, where PyYAML was built with it: a hundred files in a tenth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class LocatedYaml:
    """The values of one file and the line (from 1) on which each path starts."""

    path: Path
    values: Any
    lines: dict[Place, int]

    def line_of(self, place: Place) -> int:
        """Give the line of a path, or of the nearest parent that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class LocatedYamlError(Exception):
    """The text is no YAML, or says one key twice; `line` says where."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def read_located_yaml(path: Path) -> LocatedYaml:
    """Read one file; raise LocatedYamlError when it is no YAML or repeats a key.

    Raises OSError when the file cannot be opened.
    """
    lines: dict[Place, int] = {}
    try:
        root = _compose(path.read_text(encoding="utf-8"))
        values = _read_node(root, (), lines) if root else None
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise LocatedYamlError(line, f"geen geldige YAML: {fault.problem}") from fault
    except (UnicodeDecodeError, yaml.YAMLError) as fault:
        words = f"geen leesbare tekst, bewaar het bestand als UTF-8: {fault}"
        raise LocatedYamlError(1, words) from fault
    except RecursionError as fault:
        raise LocatedYamlError(1, "een blok verwijst naar zichzelf (& en *)") from fault
    return LocatedYaml(path=path, values=values, lines=lines)


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:
        # The words of the slow parser say more, and are the same wherever this runs.
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _read_node(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _read_mapping(node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_read_node(child, (*place, i), lines) for i, child in enumerate(node.value)]
    return _read_scalar(node)


def _read_scalar(node: yaml.Node) -> Any:
    try:
        return _SCALARS.construct_object(node)
    except ValueError as fault:
        line = node.start_mark.line + 1
        raise LocatedYamlError(line, f"{node.value!r} is geen {node.tag.split(':')[-1]}") from fault


def _read_mapping(
    node: yaml.MappingNode, place: Place, lines: dict[Place, int]
) -> dict[Hashable, Any]:
    found: dict[Hashable, Any] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise LocatedYamlError(line, "de naam van een veld moet één woord zijn")
        key = key_node.value
        if key in found:
            raise LocatedYamlError(line, f"{key!r} staat hier voor de tweede keer")
        found[key] = _read_node(child, (*place, key), lines)
        lines[(*place, key)] = line
    return found


class _ScalarLoader(yaml.SafeLoader):
    """Turns one scalar into a value; a date stays the text that was written."""


_ScalarLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
_SCALARS = _ScalarLoader("")
