"""Reads columns of link keys: every distinct text once, whatever the number of rows.

Refuses nothing: what cannot be read is marked, so that the row is counted and told.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

ABSENT, UNREADABLE = -1, -2
_BLANK = r"^\s*$"
_NUMBER = r"^\s*[-+]?[0-9]+(?:[.,][0-9]*)?(?:[eE][-+]?[0-9]+)?\s*$"
_LETTERS = 26


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A text column as its distinct values (`texts`) and, per row, a place in them (-1 = empty)."""

    texts: pa.Array
    places: NDArray[np.int64]

    def spread(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give per row the value of its text; ABSENT for an empty row."""
        return np.append(values, ABSENT)[self.places]


def encode_texts(column: pa.Array | pa.ChunkedArray) -> Encoded:
    """Encode a column of any type as text, trimmed; blank counts as empty."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    encoded = column.cast(pa.string()).dictionary_encode()
    texts = pc.utf8_trim_whitespace(encoded.dictionary)
    places = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.int64)
    blank = np.append(pc.match_substring_regex(texts, _BLANK).to_numpy(zero_copy_only=False), True)
    return Encoded(texts, np.where(blank[places], ABSENT, places))


def read_postcodes6(column: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Read PC6 as numbers (see `pack_postcode6`); spaces, dots and small letters are tolerated."""
    encoded = encode_texts(column)
    return encoded.spread(pack_postcodes6(encoded.texts))


def pack_postcodes6(texts: pa.Array) -> NDArray[np.int64]:
    """Pack `7511AB` to 7511 * 676 + 0 * 26 + 1, so that // 676 gives the PC4."""
    bare = pc.utf8_upper(pc.replace_substring_regex(texts, r"[\s.\x{00A0}-]", ""))
    fits = pc.match_substring_regex(bare, "^[1-9][0-9]{3}[A-Z]{2}$")
    packed = np.full(len(texts), UNREADABLE, np.int64)
    letters = np.array(bare.filter(fits).to_pylist(), dtype="S6").view(np.uint8).reshape(-1, 6)
    digits = (letters[:, :4].astype(np.int64) - ord("0")) @ np.array([1000, 100, 10, 1])
    first, second = (letters[:, place].astype(np.int64) - ord("A") for place in (4, 5))
    fitting = fits.to_numpy(zero_copy_only=False)
    packed[fitting] = digits * _LETTERS**2 + first * _LETTERS + second
    return packed


def unpack_postcodes6(packed: NDArray[np.int64]) -> list[str]:
    """Write packed PC6 (see `pack_postcodes6`) as text again: `7511AB`."""
    letters = [chr(ord("A") + place) for place in range(_LETTERS)]
    return [
        f"{number // _LETTERS**2:04d}"
        f"{letters[number // _LETTERS % _LETTERS]}{letters[number % _LETTERS]}"
        for number in packed.tolist()
    ]


def read_postcodes4(column: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Read the four digits of a PC4, or of a PC6 that was delivered in its place."""
    return _read_digits(column, r"^(?P<number>[1-9][0-9]{3})(?:\.0+)?(?:\s*[A-Za-z]{2})?$")


def read_house_numbers(column: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Read the number before any letter or addition: `12a`, `12-14`, `12 bis`, `12.0` are 12."""
    return _read_digits(column, r"^0*(?P<number>[1-9][0-9]{0,4})(?:[^0-9].*)?$")


def _read_digits(column: pa.Array | pa.ChunkedArray, pattern: str) -> NDArray[np.int64]:
    encoded = encode_texts(column)
    found = pc.struct_field(pc.extract_regex(encoded.texts, pattern), "number")
    numbers = found.cast(pa.int64()).fill_null(UNREADABLE).to_numpy(zero_copy_only=False)
    return encoded.spread(numbers.astype(np.int64))


def read_numbers(
    column: pa.Array | pa.ChunkedArray,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read decimal numbers with point or comma: values (NaN where none) and what is unreadable."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        values = column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
        return np.asarray(values), np.isinf(values)
    encoded = encode_texts(column)
    readable = pc.match_substring_regex(encoded.texts, _NUMBER)
    numbers = pc.if_else(readable, pc.replace_substring(encoded.texts, ",", "."), None)
    values = numbers.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    told = np.append(~readable.to_numpy(zero_copy_only=False), False)
    return np.append(values, np.nan)[encoded.places], told[encoded.places]
