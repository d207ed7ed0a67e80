"""Which row of the file, as its sender sees it, each row of the table is.

A sender looks for row 6 by the number in the margin: blank lines and the header count there too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_BLOCK = 2**26
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """The first row of the table stands in row `first`; `numbers` when not each follows the last.

    A file without rows of its own, such as JSON, has `first` 1: its rows are counted.
    """

    first: int = 1
    numbers: pa.Array | None = field(default=None, compare=False)

    def of(self, rows: Iterable[int]) -> tuple[int, ...]:
        """Give where rows of the table, counted from 1, stand in the file."""
        if self.numbers is None:
            return tuple(row + self.first - 1 for row in rows)
        return tuple(self.numbers[row - 1].as_py() for row in rows)


COUNTED = RowPlaces()


def find_lines(plain: bytes, rows: int, *, skipped: int, quoted: bool) -> RowPlaces:
    """Give the line that each row of a CSV begins on; `skipped` lines were taken off before it.

    A file with as many lines as rows, which is nearly every one, is not looked through.
    """
    ends = plain.count(b"\n") or plain.count(b"\r")
    straight = RowPlaces(2 + skipped)
    if ends + (not plain.endswith((b"\n", b"\r"))) == rows + 1:
        return straight
    lines = _find_filled_lines(plain, quoted=quoted)[1:] + skipped
    return RowPlaces(2 + skipped, pa.array(lines)) if len(lines) == rows else straight


def _find_filled_lines(plain: bytes, *, quoted: bool) -> NDArray[np.int64]:
    """Give the line number of every row that is not empty; a line end in quotes ends no row."""
    text = np.frombuffer(plain, np.uint8)
    ends = _find_all(text, _NEWLINE if b"\n" in plain else _RETURN)
    closing = ends
    if quoted:
        quotes = _find_all(text, _QUOTE)
        closing = ends[np.searchsorted(quotes, ends) % 2 == 0]
    starts = np.concatenate(([0], closing + 1))
    stops = np.concatenate((closing, [len(text)]))
    first = text[np.minimum(starts, len(text) - 1)]
    empty = (starts == stops) | ((stops - starts == 1) & (first == _RETURN))
    before: NDArray[np.int64] = np.searchsorted(ends, starts[~empty])
    return before + 1


def _find_all(text: NDArray[np.uint8], sign: int) -> NDArray[np.int64]:
    """Give every place of a sign, a block at a time so that memory stays small."""
    found = [
        np.flatnonzero(text[start : start + _BLOCK] == sign) + start
        for start in range(0, len(text), _BLOCK)
    ]
    return np.concatenate(found) if found else np.zeros(0, np.int64)
