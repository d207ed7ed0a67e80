"""Tells how the areas of a count table stand to the region: placed, strange, unknown or outside."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, LinkError
from regiebeeld.domain.areas import (
    ABROAD,
    UNKNOWN,
    is_unknown,
    level_of,
    may_be_unknown,
    parent_code,
)

# More codes outside the layout than this and the table is counted in another year's layout.
MOST_UNPLACED = 0.10

# How an area code stands to the region; the order is the code.
PLACED, UNPLACED, UNKNOWN_WITHIN, OUTSIDE, NOWHERE, IN_ABROAD = range(6)


@dataclass(frozen=True, slots=True)
class CountFrame:
    """What a table is held against: the region's gemeenten and the codes of its layout."""

    vintage: int
    gemeenten: frozenset[str]
    codes: Mapping[AreaLevel, frozenset[str]]
    provisional_periods: frozenset[str] = frozenset()


def judge_areas(codes: tuple[str, ...], frame: CountFrame) -> NDArray[np.int8]:
    """Give how each code stands to the region; raise LinkError for another year's layout."""
    kinds = np.array([_judge_area(code, frame) for code in codes], dtype=np.int8)
    inside = kinds <= UNPLACED
    if (kinds == UNPLACED).sum() > max(MOST_UNPLACED * inside.sum(), 1):
        raise LinkError(_tell_unplaced(codes, kinds, frame))
    return kinds


def _tell_unplaced(codes: tuple[str, ...], kinds: NDArray[np.int8], frame: CountFrame) -> str:
    strange = sorted(c for c, k in zip(codes, kinds, strict=True) if k == UNPLACED)
    told = (
        f"{len(strange)} van {(kinds <= UNPLACED).sum()} gebiedscodes staan niet in de indeling "
        f"{frame.vintage}, zoals {', '.join(strange[:5])}. "
    )
    levels = {level_of(code) for code in strange}
    if any(frame.codes.get(level) for level in levels):
        return told + "Noem bij de bron in region.yaml de goede `vintage`"
    named = " en ".join(sorted(levels))
    return told + (
        f"Die indeling heeft geen niveau {named}: noem het in region.yaml bij `layouts`, "
        "of geef de bron een `vintage` die het wel heeft"
    )


def _judge_area(code: str, frame: CountFrame) -> int:
    if code[:2] not in ("GM", "WK", "BU"):
        return OUTSIDE
    gemeente = parent_code(code, AreaLevel.GEMEENTE)
    if gemeente == ABROAD:
        return IN_ABROAD
    if gemeente == UNKNOWN[AreaLevel.GEMEENTE]:
        return NOWHERE
    if gemeente not in frame.gemeenten:
        return OUTSIDE
    # The layout goes first: some real wijken have a code that elsewhere means "unknown".
    if not is_unknown(code) and code in frame.codes.get(level_of(code), frozenset()):
        return PLACED
    return UNKNOWN_WITHIN if may_be_unknown(code) else UNPLACED
