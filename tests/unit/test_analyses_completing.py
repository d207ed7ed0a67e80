"""How much of a month is in, from the told shares; what is not known is not guessed."""

import pytest

from regiebeeld.domain import read_period
from regiebeeld.pipeline.analyses.completing import ALL_IN, Completing, Lateness, read_completing
from regiebeeld.releases.findings import Completeness
from regiebeeld.statistics.delay import WHOLE

DECEMBER = 2025 * 12 + 11
TOLD = [Completeness("bron", 1, 0.7, 0.6), Completeness("bron", 2, 0.9, 0.85),
        Completeness("bron", 3, 1.0, 0.95)]  # fmt: skip


def told_at(*ages: int | None) -> Lateness:
    """Give the ages of the last months, December 2025 first."""
    return Lateness({DECEMBER - back: age for back, age in enumerate(ages)}, settling=9)


def share_of(part: Completing, period: str) -> float | None:
    found = part.find(read_period(period))
    return None if found is None else round(found.share, 4)


def test_a_month_has_the_share_of_its_age() -> None:
    part = read_completing(TOLD, told_at(1, 2, 3, 4), DECEMBER)

    assert [share_of(part, f"2025-{m:02d}") for m in (12, 11, 10, 9)] == [0.7, 0.9, 1.0, 1.0]
    assert part.find(read_period("2025-10")) == WHOLE
    assert share_of(part, "2025-Q4") == pytest.approx((0.7 + 0.9 + 1) / 3, abs=1e-4)
    assert share_of(part, "2025-12/P12M") == pytest.approx((0.7 + 0.9 + 10) / 12, abs=1e-4)
    assert share_of(part, "2025-Q3") == 1.0


def test_a_month_that_was_not_told_again_keeps_the_age_at_which_it_was() -> None:
    part = read_completing(TOLD, told_at(1, 1, 3), DECEMBER)

    assert [share_of(part, f"2025-{m}") for m in (12, 11)] == [0.7, 0.7]


def test_an_age_without_a_share_is_not_known_nor_is_what_comes_after() -> None:
    young = read_completing(TOLD, told_at(0, 1, 2), DECEMBER)
    apart = read_completing(TOLD, told_at(1, None, 3), DECEMBER)

    assert [share_of(young, f"2025-{m}") for m in (12, 11)] == [None, 0.7]
    assert [share_of(apart, f"2025-{m}") for m in (12, 11, 10)] == [None, None, 1.0]
    assert share_of(apart, "2025-Q4") is None
    assert not apart.may_judge(read_period("2025-12/P12M"))


def test_without_shares_the_contract_says_how_many_months() -> None:
    part = read_completing([], Lateness({}, settling=2), DECEMBER)

    assert [share_of(part, f"2025-{m}") for m in (12, 11, 10)] == [None, None, 1.0]
    assert read_completing([], Lateness({}), DECEMBER) == ALL_IN
    assert read_completing([], Lateness({}, settling=2), None) == ALL_IN


def test_less_than_half_says_nothing() -> None:
    few = read_completing([Completeness("bron", 1, 0.45, 0.4)], told_at(1), DECEMBER)
    half = read_completing([Completeness("bron", 1, 0.5, 0.4)], told_at(1), DECEMBER)

    assert not few.may_judge(read_period("2025-12"))
    assert half.may_judge(read_period("2025-12"))


def test_how_many_last_months_may_not_be_read_as_they_are() -> None:
    assert read_completing(TOLD, told_at(1, 2, 3), DECEMBER).count_late(DECEMBER) == 2
    assert read_completing([], Lateness({}, settling=3), DECEMBER).count_late(DECEMBER) == 3
    assert ALL_IN.count_late(DECEMBER) == 0
    nearly = read_completing([Completeness("bron", 1, 0.95, 0.9)], told_at(1), DECEMBER)
    assert nearly.count_late(DECEMBER) == 0
