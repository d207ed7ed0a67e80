"""Areas: one type for every level, codes as text, always with their vintage."""

import re
from dataclasses import dataclass
from enum import StrEnum

from regiebeeld.domain.errors import LinkError


class AreaLevel(StrEnum):
    """The levels of the CBS hierarchy, coarse to fine, with the region on top."""

    REGIO = "regio"
    GEMEENTE = "gemeente"
    WIJK = "wijk"
    BUURT = "buurt"

    @property
    def depth(self) -> int:
        """0 for the region, 3 for a buurt: a larger number is a finer level."""
        return _DEPTH[self]

    def is_at_least_as_coarse_as(self, other: "AreaLevel") -> bool:
        return self.depth <= other.depth


_DEPTH = {
    AreaLevel.REGIO: 0,
    AreaLevel.GEMEENTE: 1,
    AreaLevel.WIJK: 2,
    AreaLevel.BUURT: 3,
}
PREFIXES = {AreaLevel.GEMEENTE: "GM", AreaLevel.WIJK: "WK", AreaLevel.BUURT: "BU"}
CODE_LENGTHS = {AreaLevel.GEMEENTE: 4, AreaLevel.WIJK: 6, AreaLevel.BUURT: 8}
# Counted, never drawn: GM0000 and its children are "unknown", GM0998 is abroad.
ABROAD = "GM0998"
UNKNOWN = {
    AreaLevel.GEMEENTE: "GM0000",
    AreaLevel.WIJK: "WK000000",
    AreaLevel.BUURT: "BU00000000",
}
# CBS also writes 9999 or 9997 in the buurt position (BU03639999) for "not known within this
# gemeente", and 99 in the wijk position; but some real wijken have 99 too (WK010699).
_UNKNOWN_WITHIN = re.compile(r"^BU\d{4}99(99|97)$")
_UNKNOWN_OR_WIJK = re.compile(r"^WK\d{4}99$")


@dataclass(frozen=True, slots=True)
class Area:
    """One area of one year's layout; `vintage` is that year, `parent` a code one level up."""

    code: str
    level: AreaLevel
    name: str
    vintage: int
    parent: str | None = None

    @property
    def is_drawable(self) -> bool:
        return is_drawable(self.code)


def is_unknown(code: str) -> bool:
    """Tell whether the code stands for "somewhere", so that it is counted and never drawn."""
    return code in UNKNOWN.values() or bool(_UNKNOWN_WITHIN.match(code))


def may_be_unknown(code: str) -> bool:
    """Tell whether the code stands for "somewhere" unless a layout has it as a place."""
    return is_unknown(code) or bool(_UNKNOWN_OR_WIJK.match(code))


def is_drawable(code: str) -> bool:
    """Tell whether the code names a place on the map."""
    return not is_unknown(code) and code != ABROAD


def level_of(code: str) -> AreaLevel:
    """Read the level from a full code (`GM0153`); raise LinkError when it has none."""
    for level, prefix in PREFIXES.items():
        if code.startswith(prefix) and len(code) == len(prefix) + CODE_LENGTHS[level]:
            return level
    raise LinkError(f"{code!r} is geen gebiedscode; verwacht wordt GM + 4, WK + 6 of BU + 8 tekens")


def read_area_code(text: str, level: AreaLevel) -> str:
    """Give the full code of `level` for text from anywhere.

    Trims padding, adds a dropped prefix and dropped leading zeros: `5031200` as
    a buurt is `BU05031200`, `1719` as a gemeente `GM1719`. Letters are kept
    (`WK0363AA`). Raises LinkError for anything that cannot be such a code.
    """
    prefix, length = PREFIXES[level], CODE_LENGTHS[level]
    bare = text.strip().upper().removeprefix(prefix)
    shortest = length - 3  # only leading zeros of the four-digit gemeente part can be lost
    # The gemeente part is always digits: a code of another level is refused, never padded.
    fits = re.fullmatch(r"[0-9]{4}[0-9A-Z]*", bare.zfill(length))
    if not fits or not shortest <= len(bare) <= length:
        raise LinkError(
            f"{text!r} kan geen code van een {level} zijn; "
            f"verwacht wordt {prefix} + {length} tekens (voorloopnullen mogen ontbreken)"
        )
    return prefix + bare.zfill(length)


def parent_code(code: str, level: AreaLevel) -> str:
    """Give the code one of the coarser levels has inside a wijk or buurt code.

    CBS codes nest: BU01531203 lies in WK015312 and in GM0153.
    """
    return PREFIXES[level] + code[2 : 2 + CODE_LENGTHS[level]]
