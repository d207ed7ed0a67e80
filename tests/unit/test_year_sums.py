"""Years together of small areas: sums, margins and verdicts that were worked out by hand."""

from dataclasses import replace
from datetime import date

import pytest

from regiebeeld.dashboard.charts.year_sums import (
    NoSum,
    YearSum,
    add_same_years,
    add_years,
    compare_with_rest,
    find_last_year,
)
from regiebeeld.domain import Status
from regiebeeld.releases import ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import Span, Verdict
from regiebeeld.statistics.breaks import SeriesBreak
from unit.test_charts_words import make_cell

MASKED = {"status": Status.MASKED}


def of_year(year: int, value: int | None, **changes: object) -> ReleasedCell:
    """Give one year of a buurt of 500 dwellings; its rate is there, as in a release."""
    known: dict[str, object] = {"base": 500, "rate": None if value is None else value * 2.0}
    return make_cell(value, str(year), **{**known, **changes})


def of_years(*values: int, first: int = 2022, **changes: object) -> list[ReleasedCell]:
    return [of_year(first + at, value, **changes) for at, value in enumerate(values)]


def rounded(year: int, value: int) -> ReleasedCell:
    ends = {"lower": max(value - 4, 0), "upper": value + 4, "status": Status.ROUNDED}
    return of_year(year, value, **ends)


def whole_of(*values: int, base: int = 100_000) -> list[ReleasedCell]:
    return of_years(*values, base=base)


def added(*values: int) -> YearSum:
    found = add_years(of_years(*values))
    assert isinstance(found, YearSum)
    return found


def test_four_years_are_one_count_over_the_homes_of_each_year() -> None:
    """3 + 2 + 1 + 3 = 9 in 4 x 500 = 2,000 home-years: 4.5 per 1,000 a year.

    The exact 95 % interval of 9 cases is 4.12 to 17.08 (Garwood's table), so 2.06 to 8.54.
    """
    found = added(3, 2, 1, 3)
    assert (found.years, found.span) == ((2022, 2025), Span(9, 9))
    assert found.rate == (4.5, 4.5)
    assert found.margin == pytest.approx((2.06, 8.54), abs=0.005)


def test_only_the_last_four_years_count() -> None:
    assert added(90, 1, 1, 1, 1).years == (2023, 2026)


def test_homes_that_are_built_count_from_their_year_on() -> None:
    """4 cases over 400 + 600 homes: 4 per 1,000, though the rates a year are 5 and 3.33."""
    cells = [of_year(2024, 2, base=400), of_year(2025, 2, base=600)]
    found = add_years(cells)
    assert isinstance(found, YearSum)
    assert found.rate == (4.0, 4.0)


def test_ranges_of_rounded_years_add_up_to_a_range() -> None:
    """5 is 1 to 9, 0 is 0 to 4 and 10 is 6 to 14: together 7 to 27, never 15."""
    found = add_years([rounded(2023, 5), rounded(2024, 0), rounded(2025, 10)])
    assert isinstance(found, YearSum)
    assert found.span == Span(7, 27)
    assert found.rate == (pytest.approx(7 / 1.5), pytest.approx(27 / 1.5))
    assert found.margin is not None
    # From the lower limit of 7 cases (2.81) to the upper one of 27 (39.28).
    assert found.margin == pytest.approx((2.81 / 1.5, 39.28 / 1.5), abs=0.01)
    assert found.is_rounded


def test_exact_and_rounded_years_together_are_a_range() -> None:
    found = add_years([of_year(2024, 3), rounded(2025, 5)])
    assert isinstance(found, YearSum)
    assert found.span == Span(4, 12)


@pytest.mark.parametrize(
    ("hidden", "year"),
    [
        (of_year(2023, None, **MASKED), 2023),
        (of_year(2023, None), 2023),
        (of_year(2023, None, status=Status.NOT_COLLECTED), 2023),
        (of_year(2025, None, **MASKED), 2025),
        (of_year(2022, None, **MASKED), 2022),
        # A rounded figure without its range can be anything.
        (of_year(2024, 5, status=Status.ROUNDED, lower=None, upper=None), 2024),
    ],
)
def test_a_year_that_is_hidden_or_missing_makes_no_sum(hidden: ReleasedCell, year: int) -> None:
    cells = {cell.period.year: cell for cell in of_years(3, 2, 1, 3)} | {year: hidden}
    assert add_years(list(cells.values())) == NoSum((2022, 2025), ((year, hidden),))


def test_a_year_without_a_cell_is_missing_too() -> None:
    cells = [of_year(2022, 1), of_year(2024, 1), of_year(2025, 1)]
    assert add_years(cells) == NoSum((2022, 2025), ((2023, None),))


def test_a_last_year_that_is_not_in_yet_is_waited_for() -> None:
    found = add_years([*of_years(3, 2, 1, 3), of_year(2026, None)])
    assert isinstance(found, YearSum)
    assert found.years == (2022, 2025)


def test_years_after_the_last_of_the_region_wait_for_it() -> None:
    region = [*whole_of(400, 400), of_year(2024, None), of_year(2025, None)]
    assert find_last_year(region) == 2023
    found = add_years(of_years(3, 2, 1, 3), until=2023)
    assert isinstance(found, YearSum)
    assert (found.years, found.span) == ((2022, 2023), Span(5, 5))
    assert find_last_year([of_year(2024, None)]) is None


@pytest.mark.parametrize(
    ("values", "told"),
    [((19, 19, 19, 19), True), ((20, 20, 20, 20), False), ((79, 0, 0, 0), True), ((5,), False)],
)
def test_only_few_cases_a_year_are_added_up_and_never_one_year(
    values: tuple[int, ...], told: bool
) -> None:
    assert (add_years(of_years(*values)) is not None) is told


def test_nothing_is_told_where_there_is_nothing() -> None:
    assert add_years([]) is None
    assert add_years([of_year(2025, None), of_year(2024, None)]) is None
    months = [make_cell(1, "2025-01"), make_cell(2, "2025-02"), make_cell(2, "2025-06/P12M")]
    assert add_years(months) is None


def test_years_before_a_lasting_break_are_left_out() -> None:
    """A break in July 2023 lies within 2023: only 2024 and 2025 counted alike."""
    lasting = SeriesBreak(date(2023, 7, 1), None, "anders geteld")
    passing = SeriesBreak(date(2023, 3, 1), date(2024, 12, 31), "thuis")
    found = add_years(of_years(3, 2, 1, 3), [lasting])
    assert isinstance(found, YearSum)
    assert (found.years, found.span) == ((2024, 2025), Span(4, 4))
    assert add_years(of_years(3, 2, 1, 3), [replace(lasting, start=date(2024, 7, 1))]) is None
    assert added(3, 2, 1, 3) == add_years(of_years(3, 2, 1, 3), [passing])


def test_without_a_rate_in_each_year_there_is_none_together() -> None:
    for other in (
        of_year(2025, 2, rate=None, base=60),
        of_year(2025, 2, rate=None, base=None),
        of_year(2025, 2, base_figure="inwoners"),
        of_year(2025, 2, per=10_000),
    ):
        found = add_years([of_year(2024, 2), other])
        assert isinstance(found, YearSum)
        assert (found.span, found.base, found.rate, found.margin) == (Span(4, 4), None, None, None)


def test_what_is_soft_in_one_year_is_soft_together() -> None:
    soft = {"provisional": True, "estimated_share": 0.2}
    found = add_years([of_year(2024, 2), of_year(2025, 2, **soft)])
    assert isinstance(found, YearSum)
    assert (found.is_provisional, found.is_estimated, found.is_rounded) == (True, True, False)
    firm = added(2, 2)
    assert (firm.is_provisional, firm.is_estimated) == (False, False)


def test_the_region_over_the_same_years_or_not_at_all() -> None:
    mine = added(3, 2, 1, 3)
    whole = add_same_years(whole_of(400, 400, 400, 400, 900), mine)
    assert whole is not None
    assert (whole.years, whole.span) == ((2022, 2025), Span(1600, 1600))
    assert whole.rate == (4.0, 4.0)
    assert add_same_years(whole_of(400, 400, 400), mine) is None


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        # The rest of the region has 4 per 1,000; 8 cases are usual in 2,000 home-years.
        ((2, 2, 2, 2), Verdict.WITHIN_CHANCE),
        ((6, 5, 5, 6), Verdict.HIGHER),  # 22: P(X >= 22) at 8 is below 0.0001
        ((1, 0, 0, 0), Verdict.LOWER),  # 1: P(X <= 1) at 8 is 0.003
        # P(X >= 15) at 8 is 0.017, so two-sided 0.034; P(X >= 14) is 0.034, two-sided 0.068.
        ((4, 4, 4, 3), Verdict.HIGHER),
        ((4, 4, 3, 3), Verdict.WITHIN_CHANCE),
    ],
)
def test_the_verdict_is_that_of_the_years_together(
    values: tuple[int, ...], verdict: Verdict
) -> None:
    mine = added(*values)
    whole = add_same_years(whole_of(400, 400, 400, 400), mine)
    assert compare_with_rest(mine, whole) is verdict


def test_the_area_is_taken_out_of_the_region() -> None:
    """Half of a region of 1,000 homes with all its 16 cases: beside the rest it stands out.

    Beside the whole, 16 in 1,000 home-years against 16 in 2,000, it would not.
    """
    mine = added(8, 8)
    whole = add_same_years(whole_of(8, 8, base=1000), mine)
    assert compare_with_rest(mine, whole) is Verdict.HIGHER


def test_counts_that_vary_more_by_themselves_need_more_to_stand_out() -> None:
    mine = added(4, 4, 4, 3)
    whole = add_same_years(whole_of(400, 400, 400, 400), mine)
    steady, lively = (Spread("buurt", "year", value, 0.0) for value in (1.0, 3.0))
    assert compare_with_rest(mine, whole, spread=steady) is Verdict.HIGHER
    assert compare_with_rest(mine, whole, spread=lively) is Verdict.WITHIN_CHANCE


def test_of_rounded_years_the_verdict_holds_for_all_they_can_be() -> None:
    """13 to 29 around 8: 13 may be chance and 29 not, so the rounding leaves it open."""
    found = add_years([rounded(2024, 10), rounded(2025, 11)])
    assert isinstance(found, YearSum)
    assert found.span == Span(13, 29)
    whole = add_same_years([of_year(y, 400, base=50_000) for y in (2024, 2025)], found)
    assert compare_with_rest(found, whole) is Verdict.UNCLEAR


def test_nothing_is_compared_without_rates_on_one_base() -> None:
    mine = added(3, 3)
    assert compare_with_rest(mine, None) is None
    people = [of_year(y, 400, base=100_000, base_figure="inwoners") for y in (2022, 2023)]
    assert compare_with_rest(mine, add_same_years(people, mine)) is None
    bare = add_years([of_year(y, 3, rate=None) for y in (2022, 2023)])
    assert isinstance(bare, YearSum)
    assert compare_with_rest(bare, add_same_years(whole_of(400, 400), bare)) is None
    smaller = [of_year(y, 1, base=100_000) for y in (2022, 2023)]
    assert compare_with_rest(mine, add_same_years(smaller, mine)) is None
