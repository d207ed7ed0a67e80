"""Keys of sets of events: every event of an atom has a secret number, a set has their sum.

The same set of events has the same key in every table, layout and release; nobody without the
secret can tell two keys apart from chance. Refuses secrets that are too short.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.domain import DisclosureError

SHORTEST_SECRET = 32  # bytes
Keys = NDArray[np.uint64]
_PIECE = 1 << 20  # events hashed at once, to bound memory
_INITIAL = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


@dataclass(frozen=True, slots=True)
class Secret:
    """The secret of a region; never printed, logged or stored beside what it protects."""

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.value) < SHORTEST_SECRET:
            raise DisclosureError(
                f"het geheim heeft {len(self.value)} bytes; minstens {SHORTEST_SECRET} zijn nodig. "
                "Maak een nieuw geheim volgens docs/explanation/geheim.md"
            )

    def derive(self, purpose: str) -> tuple[np.uint64, np.uint64]:
        """Give the two halves of a 128-bit key for one purpose (HMAC-SHA256, first 16 bytes)."""
        digest = hmac.digest(self.value, f"regiebeeld/{purpose}/1".encode(), "sha256")
        return (
            np.uint64(int.from_bytes(digest[:8], "little")),
            np.uint64(int.from_bytes(digest[8:16], "little")),
        )

    def fingerprint(self) -> str:
        """Give what a register keeps to know this secret again; it does not give it away."""
        return hmac.digest(self.value, b"regiebeeld/fingerprint/1", "sha256").hex()


def name_atoms(*dimensions: Sequence[str]) -> list[Keys]:
    """Give each label of each dimension a 64-bit name; equal labels have equal names."""
    return [
        np.array(
            [
                int.from_bytes(blake2b(label.encode(), digest_size=8).digest(), "little")
                for label in labels
            ],
            dtype=np.uint64,
        )
        for labels in dimensions
    ]


def compute_keys(secret: Secret, atoms: Sequence[Keys], counts: ArrayLike) -> Keys:
    """Compute the key of the events of each atom: the sum of a keyed number per event, mod 2^64.

    atoms: one array of names per dimension, all as long as `counts` (whole, >= 0); event i of an
    atom has the number SipHash-2-4(key, names, i), i from 0, so that a count that is revised from
    5 to 6 keeps the first five. Sums of keys (mod 2^64) are keys of unions of sets.
    Raises ValueError for a count below 0.
    """
    numbers = np.asarray(counts, dtype=np.int64)
    if numbers.size and numbers.min() < 0:
        raise ValueError("a count is below 0")
    keys = np.zeros(len(numbers), dtype=np.uint64)
    filled = np.flatnonzero(numbers)
    if not filled.size:
        return keys
    ends = np.cumsum(numbers[filled])
    key = secret.derive("atoms")
    start, done = 0, 0
    while start < len(filled):
        stop = max(int(np.searchsorted(ends, done + _PIECE, side="right")), start + 1)
        part = filled[start:stop]
        keys[part] = _sum_events(key, [names[part] for names in atoms], numbers[part])
        done, start = int(ends[stop - 1]), stop
    return keys


def list_event_keys(secret: Secret, atom: Sequence[np.uint64], count: int) -> Keys:
    """Give the numbers of the events of one atom in order; `compute_keys` gives their sum."""
    names = [np.array([word], dtype=np.uint64) for word in atom]
    return _hash_events(secret.derive("atoms"), names, np.array([count], dtype=np.int64))


def _sum_events(
    key: tuple[np.uint64, np.uint64], atoms: Sequence[Keys], counts: NDArray[np.int64]
) -> Keys:
    return np.add.reduceat(_hash_events(key, atoms, counts), np.cumsum(counts) - counts)


def _hash_events(
    key: tuple[np.uint64, np.uint64], atoms: Sequence[Keys], counts: NDArray[np.int64]
) -> Keys:
    starts = np.cumsum(counts) - counts
    events = np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(starts, counts)
    words = [np.repeat(names, counts) for names in atoms]
    return hash_words(key, [*words, events.astype(np.uint64)])


def hash_words(key: tuple[np.uint64, np.uint64], words: Sequence[Keys]) -> Keys:
    """Compute SipHash-2-4 of messages of whole 64-bit words, one message a row.

    Source: J.-P. Aumasson and D. J. Bernstein, SipHash: a fast short-input PRF (2012).
    """
    state = [np.full(len(words[0]), np.uint64(start)) for start in _INITIAL]
    for place, half in ((0, key[0]), (1, key[1]), (2, key[0]), (3, key[1])):
        state[place] ^= half
    last = np.full(len(words[0]), np.uint64((8 * len(words)) % 256) << np.uint64(56))
    for word in (*words, last):
        state[3] ^= word
        _rounds(state, 2)
        state[0] ^= word
    state[2] ^= np.uint64(0xFF)
    _rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _rounds(v: list[Keys], times: int) -> None:
    for _ in range(times):
        v[0] += v[1]
        v[2] += v[3]
        v[1] = _rotate(v[1], 13) ^ v[0]
        v[3] = _rotate(v[3], 16) ^ v[2]
        v[0] = _rotate(v[0], 32)
        v[2] += v[1]
        v[0] += v[3]
        v[1] = _rotate(v[1], 17) ^ v[2]
        v[3] = _rotate(v[3], 21) ^ v[0]
        v[2] = _rotate(v[2], 32)


def _rotate(values: Keys, bits: int) -> Keys:
    rotated: Keys = (values << np.uint64(bits)) | (values >> np.uint64(64 - bits))
    return rotated
