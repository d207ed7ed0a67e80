"""Draws, with a secret key, to which buurt an event goes when its key names several.

The draw depends on nothing but the key, the year, the place and the event: the same event goes
the same way in every delivery, and all rows of one event go together.
"""

import hmac
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.pipeline.areas.draws import check_key

_PURPOSE = b"regiebeeld/link/1"
_FRACTION_BITS = 53  # of a float64: every draw is an exact multiple of 2^-53


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """Who each row is: the pseudonymous `row_keys` of the supplier where there are any.

    Rows without such a key are the n-th of their place and day (`days`, -1 = no date): equal
    rows are told apart by their number, and their order in the file does not matter.
    """

    key: bytes
    days: NDArray[np.int64]
    row_keys: pa.Array | pa.ChunkedArray | None = None

    def draw(
        self, rows: NDArray[np.int64], places: NDArray[np.int64], *, vintage: int, kind: str
    ) -> NDArray[np.float64]:
        """Draw a number in [0, 1) for each of `rows`, whose link key is the number in `places`.

        The first 53 bits of HMAC-SHA256 over purpose, kind, year, place and identity.
        Raises DisclosureError for a key that is too short.
        """
        check_key(self.key)
        names = self._names(rows, places)
        start = b"\0".join((_PURPOSE, kind.encode(), str(vintage).encode()))
        digests = b"".join(
            hmac.digest(self.key, b"%b\0%d\0%b" % (start, place, name), "sha256")[:8]
            for place, name in zip(places.tolist(), names, strict=True)
        )
        whole = np.frombuffer(digests, dtype=">u8").astype(np.uint64)
        drawn = (whole >> np.uint64(64 - _FRACTION_BITS)).astype(np.float64)
        return np.asarray(drawn * 2.0**-_FRACTION_BITS, dtype=np.float64)

    def _names(self, rows: NDArray[np.int64], places: NDArray[np.int64]) -> list[bytes]:
        days = self.days[rows]
        own = self._own_keys(rows)
        nameless = np.array([name is None for name in own], dtype=bool)
        numbers = np.zeros(len(rows), np.int64)
        numbers[nameless] = number_equals(places[nameless], days[nameless])
        return [
            b"row=" + str(name).encode() if name is not None else b"day=%d=%d" % (day, number)
            for name, day, number in zip(own, days.tolist(), numbers.tolist(), strict=True)
        ]

    def _own_keys(self, rows: NDArray[np.int64]) -> list[str | None]:
        """Give the supplier's keys of the rows that are drawn, which are few of all."""
        if self.row_keys is None:
            return [None] * len(rows)
        keys: list[str | None] = self.row_keys.take(pa.array(rows)).cast(pa.string()).to_pylist()
        return keys


def number_equals(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the rows that are equal in every column: 0, 1, 2, ... in their order."""
    if len(columns[0]) == 0:
        return np.empty(0, np.int64)
    order = np.lexsort(columns)
    sorted_columns = [column[order] for column in columns]
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.any([column[1:] != column[:-1] for column in sorted_columns], axis=0)
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, len(order)))
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.arange(len(order)) - np.repeat(starts, sizes)
    return numbers
