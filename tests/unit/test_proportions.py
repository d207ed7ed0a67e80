"""Shares of two counts: published intervals, and ranges that hold for every rounded count."""

from itertools import product

import pytest

from regiebeeld.statistics import Span
from regiebeeld.statistics.proportions import (
    Parted,
    ShareVerdict,
    compare_shares,
    compute_share,
    compute_wilson_interval,
)

# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score, no correction).
PUBLISHED = {
    (81, 263): (0.2553, 0.3662),
    (15, 148): (0.0624, 0.1605),
    (0, 20): (0.0, 0.1611),
    (1, 29): (0.0061, 0.1718),
}


def parted(part: tuple[int, int], rest: tuple[int, int]) -> Parted:
    return Parted(Span(*part), Span(*rest))


def exact(part: int, rest: int) -> Parted:
    return parted((part, part), (rest, rest))


@pytest.mark.parametrize(("counts", "interval"), PUBLISHED.items())
def test_the_interval_is_the_published_one(
    counts: tuple[int, int], interval: tuple[float, float]
) -> None:
    assert compute_wilson_interval(*counts) == pytest.approx(interval, abs=0.00005)


@pytest.mark.parametrize("counts", [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_part_of_a_whole_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="expected 0 <= part <= whole"):
        compute_wilson_interval(*counts)


def test_an_exact_share_is_one_number() -> None:
    share = compute_share(exact(81, 182))
    assert share is not None
    assert share.lowest == share.highest == 81 / 263
    assert (share.lower, share.upper) == compute_wilson_interval(81, 263)


def test_a_share_of_rounded_counts_holds_for_every_count_they_can_be() -> None:
    counts = parted((6, 14), (21, 29))
    share = compute_share(counts)
    assert share is not None
    every = list(product(range(6, 15), range(21, 30)))
    shares = [part / (part + rest) for part, rest in every]
    margins = [compute_wilson_interval(part, part + rest) for part, rest in every]
    assert (share.lowest, share.highest) == (min(shares), max(shares))
    assert share.lower == min(lower for lower, _ in margins)
    assert share.upper == max(upper for _, upper in margins)


def test_of_fewer_than_ten_cases_nothing_is_said() -> None:
    assert compute_share(exact(4, 5)) is None
    assert compute_share(exact(4, 6)) is not None
    assert compute_share(parted((1, 9), (6, 14))) is None  # it may be seven
    assert compare_shares(exact(4, 5), exact(40, 50)) is ShareVerdict.TOO_FEW
    assert compare_shares(exact(40, 50), exact(4, 5)) is ShareVerdict.TOO_FEW


def test_a_clear_change_is_told_and_a_small_one_is_chance() -> None:
    # Newcombe 1998 (873-890), table II, case a: 56/70 beside 48/80 differs by 0.0524 to 0.3339.
    assert compare_shares(exact(56, 14), exact(48, 32)) is ShareVerdict.HIGHER
    assert compare_shares(exact(48, 32), exact(56, 14)) is ShareVerdict.LOWER
    # Case b: 9/10 beside 3/10 differs; 6/7 beside 2/7 (case c) does too, but of too few cases.
    assert compare_shares(exact(9, 1), exact(3, 7)) is ShareVerdict.HIGHER
    assert compare_shares(exact(6, 1), exact(2, 5)) is ShareVerdict.TOO_FEW
    # Case d: 5/56 beside 0/29 holds 0.
    assert compare_shares(exact(5, 51), exact(0, 29)) is ShareVerdict.WITHIN_CHANCE


def test_a_change_that_rounding_can_make_is_chance() -> None:
    """Exactly 56 of 70 and 48 of 80 differ; rounded to fives they need not."""
    now, before = parted((51, 59), (11, 19)), parted((46, 54), (26, 34))
    assert compare_shares(now, before) is ShareVerdict.WITHIN_CHANCE
