"""Reads the text columns of a count table as numbers: each distinct spelling is read once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import ContractError, LinkError
from regiebeeld.domain.areas import CODE_LENGTHS, PREFIXES, read_area_code

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
# What a release can hold: its value columns are 32-bit, and no count of offences comes near.
LARGEST_COUNT = 2**31 - 1
# One or two zeros are a float's spelling; three are a Dutch thousand ("1.000"), which is refused.
_NUMBER = re.compile(r"(-?[0-9]+)(?:\.0{1,2})?(\*{0,2})")
_ABOVE_GEMEENTE = re.compile(r"(NL|LD|PV|CR|RE|AM|OD)[0-9]{2}.*")
_LEVELS = {prefix: level for level, prefix in PREFIXES.items()}


@dataclass(frozen=True, slots=True)
class Spelled(Generic[Value]):
    """A text column as codes into its distinct values; -1 is a value that could not be read."""

    codes: Codes
    values: tuple[Value, ...]
    unread: tuple[tuple[int, str], ...]  # (first row, what is wrong) of each spelling not read

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
    different spellings share one code. Null is read as the empty text. Raises
    ContractError for a column that is no text: a code is never a number.
    """
    coded = _encode(column)
    spellings = [text or "" for text in coded.dictionary.to_pylist()]
    places_of_rows = coded.indices
    if places_of_rows.null_count:  # a null of a column that came as a dictionary
        places_of_rows = places_of_rows.fill_null(len(spellings))
        spellings.append("")
    places: dict[Value, int] = {}
    translated = np.full(max(len(spellings), 1), -1, dtype=np.int32)
    wrong: dict[int, str] = {}
    for i, text in enumerate(spellings):
        try:
            translated[i] = places.setdefault(read(text), len(places))
        except (ContractError, LinkError) as fault:
            wrong[i] = str(fault)
    indices = places_of_rows.to_numpy(zero_copy_only=False)
    codes = translated[indices]
    unread = _first_rows(indices, codes, wrong) if wrong else ()
    return Spelled(codes=codes, values=tuple(places), unread=unread)


def _encode(column: pa.ChunkedArray) -> pa.DictionaryArray:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)):
        raise ContractError(f"een kolom van het type {kind} is geen tekst; lees de tabel als tekst")
    whole = column.combine_chunks()
    if pa.types.is_null(kind):
        whole = whole.cast(pa.string())
    return whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode("encode")


def _first_rows(
    indices: NDArray[np.int32], codes: Codes, wrong: dict[int, str]
) -> tuple[tuple[int, str], ...]:
    """Give the first row (from 1) of each spelling that could not be read, in order of row."""
    rows = np.flatnonzero(codes < 0)
    found, first = np.unique(indices[rows], return_index=True)
    at = zip(rows[first].tolist(), found.tolist(), strict=True)
    return tuple((row + 1, wrong[i]) for row, i in sorted(at))


def read_event_set(text: str) -> str:
    """Give the code of an offence without padding; raise ContractError for an empty one."""
    if not (code := text.strip()):
        raise ContractError("een lege code")
    return code


def read_any_area(text: str) -> str:
    """Give a full area code; codes above the gemeente (NL01, PV23) stay as they are.

    Prefix and leading zeros may be missing: `GM153` and `153` are GM0153. Without a
    prefix the length tells the level: up to 4 gemeente, up to 6 wijk, up to 8 buurt.
    Raises LinkError for anything else, letters without a prefix included: `7511AB`
    may be a postcode.
    """
    code = text.strip().upper()
    if _ABOVE_GEMEENTE.fullmatch(code):
        return code
    if level := _LEVELS.get(code[:2]):
        return read_area_code(code, level)
    if not re.fullmatch(r"[0-9]{1,8}", code):
        raise LinkError(f"{text!r} is geen gebiedscode")
    fitting = (level for level in _LEVELS.values() if len(code) <= CODE_LENGTHS[level])
    return read_area_code(code, next(fitting))


def read_marker(text: str) -> str | None:
    """Give the words for a marker that stands where a number is expected; None for other text."""
    bare = text.strip().lower()
    return MARKERS.get(bare.removesuffix(".0") if bare.startswith("-9") else bare)


def read_count(text: str) -> Count:
    """Read one spelling of a count.

    Raises ContractError for text, a number below zero, or one above LARGEST_COUNT.
    """
    if reason := read_marker(text):
        return Count(None, reason)
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        raise ContractError(f"{text!r} is geen heel getal")
    if found[1].startswith("-"):
        raise ContractError(f"{text!r} is negatief")
    digits = found[1].lstrip("0") or "0"
    # The length is looked at first: Python refuses to read a number of thousands of digits.
    if len(digits) > 10 or (number := int(digits)) > LARGEST_COUNT:
        raise ContractError(f"{text!r} is groter dan een telling kan zijn")
    # One star is provisional, two is nearly final: both may still change.
    return Count(number, None, provisional=bool(found[2]))
