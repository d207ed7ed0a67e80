"""Who an indicator is about: the parts that it is told in, in words; no figure stands here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

_TEXT = pa.string()
# One row a part of an indicator; `breakdown` is the id that its cells have.
PART_SCHEMA = pa.schema(
    {
        "position": pa.int32(), "indicator": _TEXT, "breakdown": _TEXT, "title": _TEXT,
        "split_by": _TEXT, "caution": _TEXT,
    }
)  # fmt: skip
_PARTS = "SELECT indicator, breakdown, title, split_by, caution FROM part ORDER BY position"

Rows = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `split_by` is by what the indicator is broken down, caution what it is not for."""

    indicator: str
    breakdown: str
    title: str
    split_by: str
    caution: str


def read_parts(rows: Rows) -> dict[str, tuple[Part, ...]]:
    """Read the parts of each indicator that has any, in their order."""
    found: dict[str, tuple[Part, ...]] = {}
    for row in rows(_PARTS):
        found[row[0]] = (*found.get(row[0], ()), Part(*row))
    return found


def translate_part(part: Part, words: Mapping[str, str]) -> Part:
    """Give a part in other words, where there are any; words: of its indicator, by name."""
    value = part.breakdown.partition("=")[2]
    return replace(
        part,
        title=words.get(f"breakdown.values.{value}", part.title),
        split_by=words.get("breakdown.title", part.split_by),
        caution=words.get("breakdown.caution", part.caution),
    )
