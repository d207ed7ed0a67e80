"""Reads the text columns of a count table as numbers: each distinct spelling is read once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, ContractError, LinkError
from regiebeeld.domain.areas import level_of, read_area_code

Value = TypeVar("Value")
Codes = NDArray[np.int32]

# What sources write where they have no number. Empty is not zero.
MARKERS = {
    "": "de bron geeft een lege waarde",
    ".": "de bron geeft een punt: onbekend, onvoldoende betrouwbaar of geheim",
    "-": "de bron geeft een streepje: nihil of onbekend",
    "x": "de bron houdt dit cijfer geheim",
    "-99999999": "de bron geeft -99999999: onbekend of geheim",
    "-99999998": "de bron geeft -99999998: nog niet beschikbaar",
    "-99999997": "de bron geeft -99999997: onbekend of geheim",
    "-99997": "de bron geeft -99997: onbekend of geheim",
    "-99995": "de bron geeft -99995: niet van toepassing of onbekend",
}
_NUMBER = re.compile(r"^(-?\d+)(?:\.0+)?(\*{0,2})$")


@dataclass(frozen=True, slots=True)
class Spelled(Generic[Value]):
    """A text column as codes into its distinct values; -1 is a value that could not be read."""

    codes: Codes
    values: tuple[Value, ...]
    unread: tuple[
        tuple[int, str], ...
    ]  # (first row, spelling) of each spelling that could not be read

    def rows_unread(self) -> int:
        return int((self.codes < 0).sum())


@dataclass(frozen=True, slots=True)
class Count:
    """One spelling of a count: a whole number >= 0, or why there is none."""

    number: int | None
    reason: str | None = None
    provisional: bool = False


def read_column(column: pa.ChunkedArray, read: Callable[[str], Value]) -> Spelled[Value]:
    """Read a text column through `read`, once per distinct spelling.

    `read` gives the value or raises ContractError or LinkError; equal values of
    different spellings share one code. Null is read as the empty text.
    """
    coded = pa.array(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))
    coded = (
        coded
        if pa.types.is_dictionary(coded.type)
        else coded.dictionary_encode(null_encoding="encode")
    )
    spellings = [text or "" for text in coded.dictionary.to_pylist()]
    places: dict[Value, int] = {}
    translated = np.full(max(len(spellings), 1), -1, dtype=np.int32)
    for i, text in enumerate(spellings):
        try:
            translated[i] = places.setdefault(read(text), len(places))
        except (ContractError, LinkError):
            continue
    indices = coded.indices.to_numpy(zero_copy_only=False)
    unread = tuple(
        (int(np.argmax(indices == i)) + 1, spellings[i])
        for i in np.flatnonzero(translated < 0)
        if i < len(spellings)
    )
    return Spelled(codes=translated[indices], values=tuple(places), unread=unread)


def read_event_set(text: str) -> str:
    """Give the code of an offence without padding; raise ContractError for an empty one."""
    if not (code := text.strip()):
        raise ContractError("een lege code")
    return code


def read_any_area(text: str) -> str:
    """Give a full area code; codes above the gemeente (NL00, PV23) stay as they are.

    Without a prefix the length tells the level: 4 gemeente, up to 6 wijk, up to 8 buurt.
    """
    code = text.strip().upper()
    if re.fullmatch(r"[A-Z]{2}\d{2}.*", code) and code[:2] in (
        "NL",
        "LD",
        "PV",
        "CR",
        "RE",
        "AM",
        "OD",
    ):
        return code
    if code[:2] in ("GM", "WK", "BU"):
        level_of(code)
        return code
    if not re.fullmatch(r"\d{1,8}", code):
        raise LinkError(f"{text!r} is geen gebiedscode")
    level = (
        AreaLevel.GEMEENTE
        if len(code) <= 4
        else AreaLevel.WIJK
        if len(code) <= 6
        else AreaLevel.BUURT
    )
    return read_area_code(code, level)


def read_count(text: str) -> Count:
    """Read one spelling of a count; raise ContractError for text or a number below zero."""
    bare = text.strip()
    if bare in MARKERS:
        return Count(None, MARKERS[bare])
    found = _NUMBER.match(bare)
    if not found:
        raise ContractError(f"{text!r} is geen heel getal")
    number = int(found[1])
    if number < 0:
        raise ContractError(f"{text!r} is negatief")
    # One star is provisional, two is nearly final: both may still change.
    return Count(number, None, provisional=bool(found[2]))
