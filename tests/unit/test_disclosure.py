"""Keyed rounding: known answers of the hash, the mean kept, and the same events the same value."""

import numpy as np
import pytest

from regiebeeld.disclosure import (
    Secret,
    compute_keys,
    name_atoms,
    protect_counts,
    range_of,
    variance_of,
)
from regiebeeld.disclosure.keys import Keys, hash_words
from regiebeeld.domain import DisclosureError

SECRET = Secret(bytes(range(32)))
OTHER = Secret(bytes(range(1, 33)))
_MASK = (1 << 64) - 1


def slow_siphash(key: tuple[int, int], message: bytes) -> int:
    """SipHash-2-4 of one message, written from the paper step by step."""
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    v = [a ^ b for a, b in zip(start, key * 2, strict=True)]

    def turn(value: int, bits: int) -> int:
        return ((value << bits) | (value >> (64 - bits))) & _MASK

    def sip_round() -> None:
        for a, b, left in ((0, 1, 13), (2, 3, 16)):
            v[a] = (v[a] + v[b]) & _MASK
            v[b] = turn(v[b], left) ^ v[a]
        v[0] = turn(v[0], 32)
        for a, b, left in ((2, 1, 17), (0, 3, 21)):
            v[a] = (v[a] + v[b]) & _MASK
            v[b] = turn(v[b], left) ^ v[a]
        v[2] = turn(v[2], 32)

    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        v[3] ^= word
        sip_round()
        sip_round()
        v[0] ^= word
    v[2] ^= 0xFF
    for _ in range(4):
        sip_round()
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_the_slow_hash_gives_the_answer_of_the_paper() -> None:
    # Appendix A of the SipHash paper: key 00..0f, message 00..0e.
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert slow_siphash(key, bytes(range(15))) == 0xA129CA6149BE45E5


@pytest.mark.parametrize("words", [1, 2, 3, 5])
def test_the_fast_hash_equals_the_slow_one(words: int) -> None:
    generator = np.random.default_rng(words)
    columns = [generator.integers(0, 1 << 64, 20, dtype=np.uint64) for _ in range(words)]
    halves = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    found = hash_words((np.uint64(halves[0]), np.uint64(halves[1])), columns)
    for row, value in enumerate(found):
        message = b"".join(int(column[row]).to_bytes(8, "little") for column in columns)
        assert int(value) == slow_siphash(halves, message)


def _atoms(size: int) -> list[Keys]:
    return name_atoms([f"BU{i:08d}" for i in range(size)], ["2025-06"] * size)


def test_the_key_of_a_set_is_the_sum_of_the_keys_of_its_events() -> None:
    atoms, key = _atoms(3), SECRET.derive("atoms")
    keys = compute_keys(SECRET, atoms, [2, 0, 3])
    assert keys[1] == 0
    for row, count in ((0, 2), (2, 3)):
        words = [np.repeat(names[row : row + 1], count) for names in atoms]
        events = hash_words(key, [*words, np.arange(count, dtype=np.uint64)])
        assert keys[row] == sum(int(event) for event in events) % (1 << 64)


def test_a_revised_count_keeps_its_first_events() -> None:
    five, six = (compute_keys(SECRET, _atoms(1), [n])[0] for n in (5, 6))
    assert five != six
    assert compute_keys(SECRET, _atoms(1), [5])[0] == five


def test_many_events_are_hashed_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.arange(50)
    whole = compute_keys(SECRET, _atoms(50), counts)
    monkeypatch.setattr("regiebeeld.disclosure.keys._PIECE", 7)
    assert (compute_keys(SECRET, _atoms(50), counts) == whole).all()


def test_the_same_events_read_the_same_in_every_table() -> None:
    counts = np.array([0, 1, 2, 3, 4, 7, 11, 18] * 40)
    keys = compute_keys(SECRET, _atoms(len(counts)), counts)
    first = protect_counts(SECRET, counts, keys).value
    shuffled = np.random.default_rng(5).permutation(len(counts))
    again = protect_counts(SECRET, counts[shuffled], keys[shuffled]).value
    assert (first[shuffled] == again).all()
    # A wijk of one buurt has the same events as the buurt, and the sum with an empty one has too.
    assert keys[0] == 0
    assert (
        protect_counts(SECRET, counts[[3]] + counts[[0]], keys[[3]] + keys[[0]]).value == first[3]
    )


def test_another_secret_rounds_otherwise() -> None:
    counts = np.full(400, 2)
    atoms = _atoms(400)
    values = [
        protect_counts(s, counts, compute_keys(s, atoms, counts)).value for s in (SECRET, OTHER)
    ]
    assert (values[0] != values[1]).any()
    assert SECRET.fingerprint() != OTHER.fingerprint()


def test_a_count_lies_in_its_range_and_a_multiple_of_five_stays() -> None:
    counts = np.tile(np.arange(60), 50)
    found = protect_counts(SECRET, counts, compute_keys(SECRET, _atoms(len(counts)), counts))
    assert (found.value % 5 == 0).all()
    assert (found.lower <= counts).all()
    assert (counts <= found.upper).all()
    assert (found.value[counts % 5 == 0] == counts[counts % 5 == 0]).all()
    # data_model.md: 0 prints "0-4", 5 "1-9", 10 "6-14".
    assert [tuple(int(end) for end in range_of(v)) for v in (0, 5, 10)] == [(0, 4), (1, 9), (6, 14)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 12])
def test_rounding_is_unbiased_with_the_published_probabilities(count: int) -> None:
    size = 20_000
    counts = np.full(size, count)
    value = protect_counts(SECRET, counts, compute_keys(SECRET, _atoms(size), counts)).value
    rest = count % 5
    up = (value > count).mean()
    # Five standard errors of a share of r / 5.
    assert abs(up - rest / 5) < 5 * np.sqrt(rest / 5 * (1 - rest / 5) / size)


def test_rounds_of_neighbouring_sets_are_unrelated() -> None:
    size = 20_000
    counts = np.full(size, 2)
    keys = compute_keys(SECRET, _atoms(size), counts)
    alone = protect_counts(SECRET, counts, keys).value > 0
    pairs = protect_counts(SECRET, counts[::2] + counts[1::2], keys[::2] + keys[1::2]).value > 0
    # Of 4 events the sum is up in 0.8 of the cases, whatever its parts did.
    for part in (alone[::2], alone[1::2]):
        assert abs(pairs[part].mean() - 0.8) < 5 * np.sqrt(0.16 / part.sum())


def test_the_variance_of_rounding_is_that_of_the_counts_it_can_be() -> None:
    # 5q + r: r (5 - r). A value of 5 can be 1 to 9: 4 6 6 4 0 4 6 6 4.
    assert variance_of([0, 5]).tolist() == [20 / 5, 40 / 9]


def test_a_short_secret_is_refused_and_a_secret_is_never_shown() -> None:
    with pytest.raises(DisclosureError, match="minstens 32"):
        Secret(b"kort")
    assert "\\x01" not in repr(SECRET)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        compute_keys(SECRET, _atoms(1), [-1])
    with pytest.raises(ValueError, match="below 0"):
        protect_counts(SECRET, [-1], np.zeros(1, np.uint64))
