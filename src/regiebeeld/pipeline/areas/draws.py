"""Draws, with a secret key, where each unit of a count goes when its area is divided.

The draw of unit i of an atom depends on nothing but the key, the two years, the atom and i:
the same unit always goes the same way, whatever else is counted or delivered later.
"""

import hmac
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.areas.crosswalk import SHARE_UNITS

SHORTEST_KEY = 16  # bytes
_PURPOSE = b"regiebeeld/restate/1"


def atom_id(vintages: tuple[int, int], names: Sequence[str], values: Sequence[object]) -> bytes:
    """Write an atom as bytes that no other atom has: every part carries its own length."""
    parts = [_PURPOSE, str(vintages[0]).encode(), str(vintages[1]).encode()]
    for name, value in zip(names, values, strict=True):
        parts += [name.encode(), b"null" if value is None else b"=" + str(value).encode()]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def draw_uniforms(key: bytes, atom: bytes, count: int) -> NDArray[np.uint64]:
    """Give `count` uniform numbers: the first 64 bits of HMAC-SHA256(key, atom + i), i from 0."""
    digests = b"".join(
        hmac.digest(key, atom + i.to_bytes(8, "big"), "sha256")[:8] for i in range(count)
    )
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


def thresholds(units: Sequence[int] | NDArray[np.int64]) -> NDArray[np.uint64]:
    """Give the upper bounds, but the last, of the parts of the 64-bit range for each share."""
    ends = np.cumsum(np.array(units, dtype=np.int64))[:-1]
    return np.array([(int(end) << 64) // SHARE_UNITS for end in ends], dtype=np.uint64)


def place_units(
    key: bytes, atom: bytes, *, count: int, bounds: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Give for each of `count` units the part that `bounds` (see `thresholds`) puts it in."""
    places: NDArray[np.int64] = np.searchsorted(
        bounds, draw_uniforms(key, atom, count), side="right"
    ).astype(np.int64)
    return places


def check_key(key: bytes) -> None:
    """Raise DisclosureError for a key that is too short to keep a secret."""
    if len(key) < SHORTEST_KEY:
        raise DisclosureError(
            f"de sleutel voor het verdelen van tellingen heeft {len(key)} bytes; "
            f"minstens {SHORTEST_KEY} zijn nodig. Maak een nieuw geheim aan."
        )
