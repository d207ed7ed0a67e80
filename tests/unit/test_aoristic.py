"""Weekday x hour of events between two moments, worked out by hand."""

import numpy as np
import pytest

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.intake.aoristic import SHARE_UNITS, TooLong, compute_aoristic

MONDAY, TUESDAY, SUNDAY = 0, 1, 6


def moments(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[s]")


def table_of(begin: str, end: str, **more) -> dict[tuple[int, int], float]:
    """The cells that are not zero of one event; 2024-01-01 was a Monday."""
    weights = compute_aoristic(moments(begin), moments(end), **more).weights
    return {
        (int(d), int(h)): float(weights[d, h]) for d, h in zip(*np.nonzero(weights), strict=True)
    }


def test_an_event_of_one_moment_counts_whole_in_its_hour() -> None:
    assert table_of("2024-01-01T10:59", "2024-01-01T10:59") == {(MONDAY, 10): 1.0}
    assert table_of("2024-01-01T10:59", "NaT") == {(MONDAY, 10): 1.0}


def test_an_event_between_two_hours_is_divided_by_minutes() -> None:
    assert table_of("2024-01-01T10:45", "2024-01-01T11:45") == {
        (MONDAY, 10): 0.25,
        (MONDAY, 11): 0.75,
    }
    assert table_of("2024-01-01T10:00", "2024-01-01T11:00") == {(MONDAY, 10): 1.0}


def test_a_night_passes_midnight_and_the_week_passes_sunday() -> None:
    night = table_of("2024-01-01T22:00", "2024-01-02T02:00")
    assert night == {(MONDAY, 22): 0.25, (MONDAY, 23): 0.25, (TUESDAY, 0): 0.25, (TUESDAY, 1): 0.25}
    assert table_of("2024-01-07T23:00", "2024-01-08T01:00") == {(SUNDAY, 23): 0.5, (MONDAY, 0): 0.5}


def test_the_example_of_ratcliffe_gives_each_of_four_hours_a_quarter() -> None:
    """Ratcliffe (2000): a car stolen somewhere in four hours weighs 0.25 in each of them."""
    assert set(table_of("2024-01-03T08:00", "2024-01-03T12:00").values()) == {0.25}


def test_exactly_a_week_is_even_and_longer_is_spread_or_left_out_and_told() -> None:
    even = table_of("2024-01-01T10:30", "2024-01-08T10:30")
    assert len(even) == 168
    assert list(even.values()) == pytest.approx([1 / 168] * 168, abs=1 / SHARE_UNITS)
    begin, end = moments("2024-01-01T10:00"), moments("2024-01-08T10:01")
    spread = compute_aoristic(begin, end)
    assert (spread.events, spread.too_long, spread.left_out) == (1, 1, 0)
    assert spread.weights.ravel() == pytest.approx([1 / 168] * 168, abs=1 / SHARE_UNITS)
    assert any("gelijk over de week" in sentence for sentence in spread.sentences())
    out = compute_aoristic(begin, end, too_long=TooLong.LEAVE_OUT)
    assert (out.events, out.too_long, out.left_out) == (0, 1, 1)
    assert not out.units.any()
    assert any("niet meegeteld" in sentence for sentence in out.sentences())


def test_a_longer_maximum_lets_weeks_count_with_what_is_left() -> None:
    # Eight days from Monday 0:00: every hour once, those of Monday twice; 192 hours in all.
    found = table_of("2024-01-01T00:00", "2024-01-09T00:00", longest_hours=240)
    for (day, _), weight in found.items():
        assert weight == pytest.approx((2 if day == MONDAY else 1) / 192, abs=1 / SHARE_UNITS)


def test_events_that_end_before_they_begin_or_have_no_begin_are_left_out_and_told() -> None:
    found = compute_aoristic(
        moments("2024-01-02T10:00", "NaT", "2024-01-01T10:00"),
        moments("2024-01-01T10:00", "2024-01-01T10:00", "2024-01-01T11:00"),
    )
    assert (found.events, found.reversed, found.without_begin) == (1, 1, 1)
    assert int(found.units.sum()) == SHARE_UNITS
    told = " ".join(found.sentences())
    assert "1 eindigen voor zij beginnen" in told
    assert "1 hebben geen begin" in told


def test_dates_without_a_time_are_refused() -> None:
    days = np.array(["2024-01-01"], dtype="datetime64[D]")
    with pytest.raises(ContractError, match="alleen datums"):
        compute_aoristic(days, days)


def test_thirds_still_sum_exactly() -> None:
    begin, end = moments("2024-01-01T10:00"), moments("2024-01-01T13:00")
    assert (
        int(compute_aoristic(np.repeat(begin, 7), np.repeat(end, 7)).units.sum()) == 7 * SHARE_UNITS
    )


def test_no_events_give_a_table_of_zeros() -> None:
    assert compute_aoristic(moments(), moments()).units.tolist() == [[0] * 24] * 7


def test_equal_remainders_do_not_depend_on_the_order_of_the_file() -> None:
    rng = np.random.default_rng(7)
    hours = rng.integers(0, 168, 2_000).astype("timedelta64[h]")
    begin = np.datetime64("2024-01-01T00:00:00") + hours
    end = begin + rng.choice([3, 6, 7, 9, 11], 2_000).astype("timedelta64[h]")
    orders = [rng.permutation(2_000) for _ in range(20)]
    assert len({compute_aoristic(begin[o], end[o]).units.tobytes() for o in orders}) == 1
