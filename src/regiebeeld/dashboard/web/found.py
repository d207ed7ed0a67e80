"""Findings of an open release by indicator, read once a kind: they never change after that.

A page asks for six kinds; with a query each they would take longer than the drawings.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from regiebeeld.releases import Release, ReleasedArea
from regiebeeld.releases.findings import Finding, Signal

Content = TypeVar("Content")
_Sorted = Mapping[str | None, Sequence[Finding[Any]]]
# A release that is closed takes its findings along; two threads may both read the first time.
_READ: WeakKeyDictionary[Release, dict[type[Any], _Sorted]] = WeakKeyDictionary()


def read_found(release: Release, kind: type[Content], indicator: str) -> list[Finding[Content]]:
    """Give the findings of one kind about one indicator, in their order."""
    return cast(list[Finding[Content]], list(_read(release, kind).get(indicator, ())))


def read_all_found(release: Release, kind: type[Content]) -> list[Finding[Content]]:
    """Give every finding of one kind, those of one indicator together."""
    every = [each for found in _read(release, kind).values() for each in found]
    return cast(list[Finding[Content]], every)


def _read(release: Release, kind: type[Any]) -> _Sorted:
    known = _READ.setdefault(release, {})
    if kind not in known:
        found: dict[str | None, list[Finding[Any]]] = {}
        for each in release.read_findings(kind):
            found.setdefault(each.indicator, []).append(each)
        known[kind] = found
    return known[kind]


def find_below(
    found: Finding[Signal],
    others: Sequence[Finding[Signal]],
    areas: Mapping[str, ReleasedArea],
) -> tuple[str, ...]:
    """Give the areas inside that of a signal that show the same, of the coarsest level that does.

    The same: of one indicator, over one period and in one direction.
    """
    same = [
        each
        for each in others
        if each.level.depth > found.level.depth
        and (each.indicator, each.period) == (found.indicator, found.period)
        and each.content.direction == found.content.direction
        and _lies_inside(each.area, found.area, areas)
    ]
    nearest = min((each.level.depth for each in same), default=0)
    return tuple(each.area for each in same if each.area and each.level.depth == nearest)


def _lies_inside(code: str | None, whole: str | None, areas: Mapping[str, ReleasedArea]) -> bool:
    step = areas.get(code or "")
    while step is not None:
        if step.parent == whole and whole is not None:
            return True
        step = areas.get(step.parent or "")
    return False
