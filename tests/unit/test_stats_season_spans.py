"""Dark months beside earlier ones, and comparisons that cross a break in the series."""

from datetime import date

import numpy as np
import pytest

from regiebeeld.statistics.breaks import CONCURRENT_OFFENCES, CORONA, SEXUAL_OFFENCES_ACT
from regiebeeld.statistics.season import (
    DaySpan,
    SeriesBreak,
    compute_month_days,
    find_crossed_breaks,
    list_months,
    sum_dark_months,
    sum_light_months,
)


def year(number: int) -> DaySpan:
    return DaySpan(date(number, 1, 1), date(number, 12, 31))


@pytest.mark.parametrize(
    ("now", "before", "theme", "crossed"),
    [
        (year(2017), year(2016), "", ()),
        (year(2019), year(2018), "", (CONCURRENT_OFFENCES,)),  # 2018 itself holds the break
        (year(2019), year(2017), "", (CONCURRENT_OFFENCES,)),
        (year(2020), year(2019), "", (CORONA,)),
        (year(2021), year(2020), "", (CORONA,)),
        (year(2023), year(2022), "", ()),
        (year(2025), year(2023), "woninginbraken", ()),
        (year(2025), year(2023), "zeden", (SEXUAL_OFFENCES_ACT,)),
        (year(2023), year(2025), "zeden", (SEXUAL_OFFENCES_ACT,)),
        (year(2022), year(2017), "", (CONCURRENT_OFFENCES,)),
    ],
)
def test_which_breaks_a_comparison_crosses(
    now: DaySpan, before: DaySpan, theme: str, crossed: tuple[SeriesBreak, ...]
) -> None:
    assert find_crossed_breaks(now, before, theme=theme) == crossed


def test_the_day_of_a_break_belongs_to_the_time_after_it() -> None:
    june = DaySpan(date(2018, 6, 1), date(2018, 6, 30))
    july = DaySpan(date(2018, 7, 1), date(2018, 7, 31))
    assert find_crossed_breaks(july, june) == (CONCURRENT_OFFENCES,)
    assert find_crossed_breaks(july, july) == ()
    assert find_crossed_breaks(june, june) == ()


def test_a_break_of_ones_own_counts_too() -> None:
    moved = SeriesBreak(date(2023, 5, 1), None, "Het basisteam ging anders registreren.")
    assert find_crossed_breaks(year(2024), year(2022), breaks=(moved,)) == (moved,)


def test_impossible_spans_are_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        SeriesBreak(date(2020, 1, 1), date(2019, 1, 1), "")
    with pytest.raises(ValueError, match="last day comes first"):
        DaySpan(date(2020, 1, 1), date(2019, 1, 1))


def test_days_of_months_know_leap_years() -> None:
    days = compute_month_days(list_months(date(2024, 1, 15), 14))
    assert days.tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28]


def test_a_dark_season_runs_from_october_to_march() -> None:
    at = list_months(date(2022, 1, 1), 39)  # up to and including March 2025
    counts = np.arange(1.0, 40.0)
    dark = sum_dark_months(counts, at)
    assert dark.start.tolist() == [2021, 2022, 2023, 2024]
    # Months 10 to 15 (October 2022 to March 2023) hold 10 + ... + 15.
    assert dark.counts[0, 1:].tolist() == [75, 147, 219]
    assert np.isnan(dark.counts[0, 0])  # October to December 2021 are not there
    assert dark.complete.tolist() == [[False, True, True, True]]
    assert dark.days.tolist() == [90, 182, 183, 182]
    light = sum_light_months(counts, at)
    assert light.start.tolist() == [2022, 2023, 2024]
    assert light.counts.tolist() == [[39, 111, 183]]  # months 4 to 9: 4 + ... + 9


def test_a_running_season_stands_beside_the_same_months() -> None:
    at = list_months(date(2022, 10, 1), 27)  # up to and including December 2024
    dark = sum_dark_months(np.ones(27), at)
    assert dark.counts.tolist() == [[3, 3, 3]]
    assert dark.days.tolist() == [92, 92, 92]
    assert not dark.complete.any()


def test_a_missing_month_makes_its_season_missing() -> None:
    counts = np.ones((2, 18))
    counts[1, 0] = np.nan
    dark = sum_dark_months(counts, list_months(date(2022, 10, 1), 18))
    assert dark.counts[0].tolist() == [6, 6]
    assert np.isnan(dark.counts[1, 0])
    assert dark.counts[1, 1] == 6


def test_only_light_months_have_no_dark_season() -> None:
    assert sum_dark_months(np.ones(3), list_months(date(2022, 5, 1), 3)).counts.shape == (1, 0)


def test_months_with_a_hole_are_refused() -> None:
    at = list_months(date(2022, 1, 1), 5)
    with pytest.raises(ValueError, match="without a hole"):
        sum_dark_months(np.ones(4), np.delete(at, 2))
    with pytest.raises(ValueError, match="as many"):
        sum_dark_months(np.ones(4), at)
