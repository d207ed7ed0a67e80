"""Areas and periods side by side: verdicts, squares, months and index, each in its own words."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest

from regiebeeld.dashboard.charts import compare_cells
from regiebeeld.dashboard.charts.compare import (
    Compared,
    SideBySide,
    describe_areas,
    draw_areas,
    invert,
)
from regiebeeld.dashboard.charts.compare_index import AreaIndex, draw_index
from regiebeeld.dashboard.charts.compare_months import AreaMonths, Months, draw_months
from regiebeeld.dashboard.charts.compare_two_periods import describe_periods, draw_periods
from regiebeeld.dashboard.charts.comparing import compare_rates
from regiebeeld.dashboard.charts.figure import Figure
from regiebeeld.dashboard.charts.multiples import Frame, Panel, Point, draw_panels
from regiebeeld.dashboard.charts.multiples_gemeenten import Gemeenten, draw_gemeenten
from regiebeeld.dashboard.charts.multiples_grid import place_on_grid
from regiebeeld.domain import AreaLevel, PeriodKind, Status, read_period
from regiebeeld.releases import ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import Verdict, compare_counts
from unit.test_charts_figures import INDICATOR, link, make_area, read_svg
from unit.test_charts_words import make_cell

FIRST = make_area("GM9001", "Alder & meer", AreaLevel.GEMEENTE)
OTHER = make_area("GM9002", "Berkenhove", AreaLevel.GEMEENTE)
YEAR, BEFORE = read_period("2025"), read_period("2024")


def rated(value: int, period: str = "2025", **changes: object) -> ReleasedCell:
    """Give a cell with a rate per 1,000 of 4,000 dwellings and some margin."""
    rate = value / 4
    known = {"rate": rate, "rate_lower": rate * 0.8, "rate_upper": rate * 1.2}
    return make_cell(value, period, **{**known, **changes})


def rounded(value: int, period: str = "2025") -> ReleasedCell:
    ends = {"lower": max(value - 4, 0), "upper": value + 4, "status": Status.ROUNDED}
    return make_cell(value, period, **ends)


def set_beside(
    first: ReleasedCell, other: ReleasedCell, *before: ReleasedCell, judged: bool = True
) -> SideBySide:
    """Set two areas side by side, with the year before of each where it is given."""
    cells = (*before, None, None)
    compared = [
        Compared(area, compare_cells(now, then, is_judged=judged), beside, link(area))
        for area, now, then, beside in (
            (FIRST, first, cells[0], None),
            (OTHER, other, cells[1], compare_rates(other, first)),
        )
    ]
    return SideBySide(INDICATOR, YEAR, BEFORE if before else None, tuple(compared))


# --- verdicts ---------------------------------------------------------------------------------


def test_a_clear_difference_is_told_with_its_margin() -> None:
    """200 beside 100 of as many dwellings: 2 times, p < 0.05 by any test."""
    asked = set_beside(rated(100), rated(200))
    _, told = describe_areas(asked)
    wanted = compare_counts(200, 100)
    assert told.startswith("Berkenhove (50,0 per 1.000 woningen) ligt hoger dan Alder & meer: 2,0")
    assert f"marge {wanted.lower:.1f}–{wanted.upper:.1f}".replace(".", ",") in told
    assert "waarschijnlijk geen toeval" in told
    row = draw_areas(asked).table.rows[1]
    assert row.cells[3] == "hoger; waarschijnlijk geen toeval"


@pytest.mark.parametrize(
    ("first", "other", "words"),
    [
        (100, 104, "is binnen de normale schommeling"),
        (3, 4, "te weinig gevallen"),
        (200, 100, "ligt lager dan"),
    ],
)
def test_every_verdict_has_its_words(first: int, other: int, words: str) -> None:
    _, told = describe_areas(set_beside(rated(first), rated(other)))
    assert words in told


def test_too_few_cases_shout_no_number() -> None:
    figure = draw_areas(set_beside(rated(3), rated(4)))
    assert figure.table.rows[1].cells[2] == "niet te zeggen"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (make_cell(None, status=Status.MASKED), "afgeschermd om mensen te beschermen"),
        (make_cell(None, reason="nog geen levering"), "nog niet binnen, want nog geen levering"),
        (make_cell(None, status=Status.NOT_COLLECTED), "niet verzameld"),
        (None, "geen cijfer"),
    ],
)
def test_what_is_not_there_is_told_in_its_own_words(cell: ReleasedCell | None, words: str) -> None:
    compared = (
        Compared(FIRST, compare_cells(rated(100), None), None, "/"),
        Compared(OTHER, compare_cells(cell, None), None, "/"),
    )
    asked = SideBySide(INDICATOR, YEAR, None, compared)
    _, told = describe_areas(asked)
    assert told == f"Over Berkenhove is er voor 2025 geen cijfer ({words})."
    figure = draw_areas(asked)
    drawn = [e.text for e in read_svg(figure).iter("text")]
    assert words.partition(",")[0] in drawn
    assert len(list(read_svg(figure).iter("circle"))) == 2  # the key and one area


def test_counts_without_a_rate_are_not_held_against_each_other() -> None:
    one, other = make_cell(100, base=None, per=None), make_cell(300, base=None, per=None)
    told = " ".join(describe_areas(set_beside(one, other)))
    assert "Aantallen van gebieden zijn niet met elkaar te vergelijken" in told
    assert "toeval" not in told


def test_turning_a_comparison_round_is_comparing_the_other_way() -> None:
    there, back = compare_counts(30, 60, 0.5), compare_counts(60, 30, 2.0)
    turned = invert(there)
    assert turned.verdict is back.verdict
    assert turned.ratio == pytest.approx(back.ratio)
    assert (turned.lower, turned.upper) == pytest.approx((back.lower, back.upper))
    assert invert(compare_counts(12, 0)).lower == 0.0
    assert invert(compare_counts(0, 12)).ratio == float("inf")


def test_periods_are_judged_with_the_spread_of_their_level() -> None:
    """140 beside 100 is clear by chance alone, and not where counts vary five times as much."""
    now, before = make_cell(140), make_cell(100, "2024")
    clear = compare_cells(now, before)
    calm = compare_cells(now, before, spread=Spread("gemeente", "year", 5.0, 0.0))
    assert clear.result is not None
    assert (clear.result.verdict, calm.name) == (Verdict.HIGHER, "within_chance")
    asked = SideBySide(INDICATOR, YEAR, BEFORE, (Compared(FIRST, calm, None, "/"),))
    assert list(describe_periods(asked)) == [
        "Alder & meer: 140 in 2025, 100 in 2024; binnen de normale schommeling."
    ]


def test_a_rounded_ratio_is_a_margin_without_a_dot() -> None:
    compared = Compared(FIRST, compare_cells(rounded(50), rounded(50, "2024")), None, "/")
    figure = draw_periods(SideBySide(INDICATOR, YEAR, BEFORE, (compared,)))
    assert not list(read_svg(figure).iter("circle"))
    assert re.fullmatch(r"[\d,]+–[\d,]+", figure.table.rows[0].cells[2])


def test_what_may_not_be_judged_gets_no_drawing_of_a_change() -> None:
    asked = set_beside(rated(100), rated(200), rated(90, "2024"), rated(80, "2024"), judged=False)
    figure = draw_periods(asked)
    assert figure.svg is None
    assert "bij dit cijfer past geen oordeel over toeval" in figure.summary
    assert "procent" not in figure.summary


# --- squares ----------------------------------------------------------------------------------


def test_a_map_that_is_a_grid_keeps_its_places() -> None:
    centres = {f"G{c}{r}": (c * 10.0, r * 7.0) for c in range(4) for r in range(3)}
    placed = place_on_grid(centres, columns=4)
    assert placed == {f"G{c}{r}": (c, r) for c in range(4) for r in range(3)}


@pytest.mark.parametrize("seed", range(5))
def test_squares_do_not_depend_on_the_order_and_no_exchange_helps(seed: int) -> None:
    draws = random.Random(seed)
    centres = {f"GM{n:04}": (draws.random() * 900, draws.random() * 600) for n in range(14)}
    placed = place_on_grid(centres, columns=4)
    mixed = list(centres.items())
    draws.shuffle(mixed)
    assert place_on_grid(dict(mixed), columns=4) == placed
    assert len(set(placed.values())) == 14
    assert max(row for _, row in placed.values()) == 3
    low_x, high_x = (f(x for x, _ in centres.values()) for f in (min, max))
    low_y, high_y = (f(y for _, y in centres.values()) for f in (min, max))

    def off(code: str, place: tuple[int, int]) -> float:
        x = (centres[code][0] - low_x) / (high_x - low_x) * 3
        y = (centres[code][1] - low_y) / (high_y - low_y) * 3
        return (x - place[0]) ** 2 + (y - place[1]) ** 2

    for one, other in combinations(centres, 2):
        now = off(one, placed[one]) + off(other, placed[other])
        assert off(one, placed[other]) + off(other, placed[one]) >= now - 1e-6


def test_few_areas_and_areas_on_one_spot_get_squares_of_their_own() -> None:
    assert place_on_grid({}, columns=4) == {}
    assert place_on_grid({"A": (3.0, 3.0)}, columns=4) == {"A": (0, 0)}
    assert len(set(place_on_grid(dict.fromkeys("ABCDE", (1.0, 1.0)), columns=4).values())) == 5


def test_all_squares_have_one_scale_and_a_gap_stays_open() -> None:
    points = tuple(Point(at / 3, value) for at, value in enumerate((100.0, None, 50.0, 50.0)))
    low = tuple(Point(at / 3, 50.0) for at in range(4))
    panels = [
        Panel("Een", "Een: honderd", (0, 0), points),
        Panel("Twee <b>", "Twee: vijftig", (1, 0), low),
        Panel("Drie", "Drie: niets", (0, 1), (Point(0.0, None),), absent="geen cijfer"),
    ]
    svg = draw_panels(panels, Frame("2022", "2025"), title="t", description="d")
    text = str(svg)
    assert "Twee &lt;b&gt;" in text
    assert "geen cijfer" in text
    lines = re.findall(r'<path d="(M[^"]*)" fill="none"', text)
    assert len(lines) == 2
    assert text.count("<circle") == 1  # the 100 before the gap stands alone
    ends = [re.findall(r",([\d.]+)", line)[-1] for line in lines]
    assert ends[0] == ends[1]  # 50 is as high in both squares


def test_nothing_to_draw_is_no_empty_drawing() -> None:
    empty = [Panel("Een", "Een", (0, 0), (Point(0.0, None),))]
    assert draw_panels(empty, Frame("a", "b"), title="t", description="d") is None


def test_gemeenten_are_counted_and_not_ordered() -> None:
    areas = [
        replace(make_area(f"GM900{n}", f"Gemeente {n}", AreaLevel.GEMEENTE), label=(n * 9.0, 1.0))
        for n in range(1, 4)
    ]
    counts = {"GM9001": (100, 300), "GM9002": (100, 101), "GM9003": (300, 100)}
    series = {
        code: [rated(n, year, area=code) for n, year in zip(pair, ("2024", "2025"), strict=True)]
        for code, pair in counts.items()
    }
    figure = draw_gemeenten(Gemeenten(INDICATOR, areas, series, PeriodKind.YEAR), link)
    assert "in 1 van de 3 gemeenten duidelijk hoger" in figure.summary
    assert "in 1 duidelijk lager" in figure.summary
    assert "naar verwachting minder dan 1 door" in figure.summary  # 3 comparisons at 5 %
    assert [row.head for row in figure.table.rows] == ["Gemeente 1", "Gemeente 2", "Gemeente 3"]
    assert figure.table.rows[0].cells[0] == "300; 75,0 (60,0–90,0)"
    assert len(list(read_svg(figure).iter("a"))) == 3


# --- months -----------------------------------------------------------------------------------


def make_months(counts: dict[int, list[ReleasedCell]], asked: Months) -> AreaMonths:
    cells = {(c.period.year, c.period.start.month): c for found in counts.values() for c in found}
    return AreaMonths(FIRST, asked, cells, {})


def months(year: int, *counts: int | None) -> list[ReleasedCell]:
    return [make_cell(n, f"{year}-{month:02d}") for month, n in enumerate(counts, start=1)]


def test_only_months_with_a_figure_in_both_years_count() -> None:
    asked = Months(2025, 2024, 1, 4)
    each = make_months(
        {2025: months(2025, 10, 20, None, 40), 2024: months(2024, 11, 22, 33, 44)}, asked
    )
    assert each.totals is not None
    assert [span.lower for span in each.totals] == [70, 77]
    figure = draw_months(INDICATOR, [each])
    assert "Alder & meer: 70 in januari, februari en april 2025, 77 in" in figure.summary
    assert "niet in beide jaren een cijfer: maart" in figure.summary
    assert figure.table.rows[2].cells == ("nog niet binnen", "33")
    assert figure.table.rows[-1].cells == ("70", "77")


def test_the_length_of_february_counts() -> None:
    """29 days beside 28: the same number a day is no difference."""
    asked = Months(2025, 2024, 2, 2)
    each = make_months(
        {2025: [make_cell(2800, "2025-02")], 2024: [make_cell(2900, "2024-02")]}, asked
    )
    result = each.compare()
    assert result is not None
    assert result.ratio == pytest.approx(1.0)


def test_rounded_months_add_up_to_a_range_or_to_nothing() -> None:
    asked = Months(2025, 2024, 1, 2)
    large, small = (
        AreaMonths(
            FIRST,
            asked,
            {(year, m): rounded(n, f"{year}-{m:02d}") for year in (2025, 2024) for m in (1, 2)},
            {},
        )
        for n in (100, 5)
    )
    assert draw_months(INDICATOR, [large]).table.rows[-1].cells == ("192–208", "192–208")
    figure = draw_months(INDICATOR, [small])
    assert "bij zulke kleine aantallen zegt een optelling te weinig" in figure.summary
    assert figure.table.rows[-1].cells == ("niet te zeggen", "niet te zeggen")
    assert small.compare() is None


def test_a_released_year_tells_more_than_its_rounded_months() -> None:
    asked = Months(2025, 2024, 1, 12)
    cells = {
        (year, m): rounded(20, f"{year}-{m:02d}") for year in (2025, 2024) for m in range(1, 13)
    }
    years = {year: rounded(240, str(year)) for year in (2025, 2024)}
    each = AreaMonths(FIRST, asked, cells, years)
    assert each.totals is not None
    assert [(s.lower, s.upper) for s in each.totals] == [(236, 244)] * 2


def test_months_without_a_pair_are_told() -> None:
    asked = Months(2025, 2024, 1, 1)
    figure = draw_months(INDICATOR, [make_months({2025: months(2025, 8)}, asked)])
    assert "er is geen maand met in beide jaren een cijfer" in figure.summary


def test_months_that_may_not_be_judged_get_no_verdict() -> None:
    asked = Months(2025, 2024, 1, 1)
    each = make_months({2025: months(2025, 500), 2024: months(2024, 100)}, asked)
    figure = draw_months(INDICATOR, [each], is_judged=False)
    assert "bij dit cijfer past geen oordeel over toeval" in figure.summary
    assert "waarschijnlijk" not in figure.summary


# --- index ------------------------------------------------------------------------------------


def make_index(area: ReleasedArea, *counts: int | None) -> AreaIndex:
    return index_of(area, [make_cell(n, str(2020 + at)) for at, n in enumerate(counts)])


def index_of(area: ReleasedArea, cells: Sequence[ReleasedCell]) -> AreaIndex:
    return AreaIndex(area, 2020, {cell.period: cell for cell in cells})


def test_an_index_is_the_ratio_to_its_base_with_a_margin() -> None:
    """From 200 to 300 in years of 366 and 365 days: 150 times 366 / 365."""
    figure = draw_index(INDICATOR, [make_index(FIRST, 200, 300)])
    wanted = compare_counts(300, 200, 365 / 366)
    assert wanted.ratio is not None
    text = f"{wanted.ratio * 100:.0f} (marge {wanted.lower * 100:.0f}–{wanted.upper * 100:.0f})"
    assert text.startswith("150")
    assert f"in 2021 is de index {text}; hoger; waarschijnlijk geen toeval" in figure.summary
    assert [row.cells[0] for row in figure.table.rows] == [text, "100"]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((19, 40), "geen index, want in 2020 zijn er minder dan 20 gevallen"),
        ((None, 40), "geen index, want voor 2020 is er geen cijfer: nog niet binnen"),
        ((40,), "voor andere jaren dan 2020 is er geen cijfer"),
    ],
)
def test_without_a_good_base_there_is_no_index(counts: tuple[int | None, ...], words: str) -> None:
    figure = draw_index(INDICATOR, [make_index(FIRST, *counts)])
    assert words in figure.summary


def test_a_rounded_index_is_a_margin() -> None:
    cells = [rounded(50, "2020"), rounded(50, "2021")]
    figure = draw_index(INDICATOR, [index_of(FIRST, cells)])
    assert re.fullmatch(r"\d+–\d+, door de afronding", figure.table.rows[0].cells[0])


def quarters(year: int, *counts: int | None) -> list[ReleasedCell]:
    return [make_cell(n, f"{year}-Q{part}") for part, n in enumerate(counts, start=1)]


def test_a_quarter_stands_beside_the_same_quarter_of_the_base_year() -> None:
    """The second quarter has twice the first in both years: that is the season, and no rise."""
    cells = [*quarters(2020, 100, 200, 100, 200), *quarters(2021, 100, 200, 150, 200)]
    figure = draw_index(INDICATOR, [index_of(FIRST, cells)], PeriodKind.QUARTER)
    rows = {row.head: row.cells[0] for row in figure.table.rows}
    assert [rows[f"{part}e kwartaal van 2020"] for part in range(1, 5)] == ["100"] * 4
    assert rows["2e kwartaal van 2021"].startswith("100 (marge ")
    wanted = compare_counts(150, 100)  # third quarters have 92 days in every year
    assert wanted.ratio == pytest.approx(1.5)
    assert rows["3e kwartaal van 2021"].startswith("150 (marge ")
    assert figure.summary.startswith(
        "Alder & meer: in het 4e kwartaal van 2021 is de index 100 (marge "
    )
    assert (
        "binnen de normale schommeling vergeleken met het 4e kwartaal van 2020." in figure.summary
    )
    assert "Elk kwartaal staat naast hetzelfde kwartaal van 2020" in figure.summary


def test_a_quarter_of_which_the_base_is_small_has_no_index_and_that_is_told() -> None:
    cells = [*quarters(2020, 100, 19, None, 100), *quarters(2021, 120, 90, 90, 120)]
    figure = draw_index(INDICATOR, [index_of(FIRST, cells)], PeriodKind.QUARTER)
    told = "minder dan 20 gevallen of is er geen cijfer: 2e kwartaal van 2020 en 3e kwartaal"
    assert told in figure.summary
    rows = {row.head: row.cells[0] for row in figure.table.rows}
    assert {rows[f"{part}e kwartaal van 2021"] for part in (2, 3)} == {"geen index"}
    assert len(re.findall(r'fill="none"', str(figure.svg))) == 1  # one stretch: 4 to 1 next year


def test_without_any_base_there_is_no_index_of_half_years() -> None:
    cells = [make_cell(5, f"{year}-H{part}") for year in (2020, 2021) for part in (1, 2)]
    figure = draw_index(INDICATOR, [index_of(FIRST, cells)], PeriodKind.HALF_YEAR)
    assert figure.summary.startswith(
        "Alder & meer: geen index, want in geen half jaar van 2020 zijn er 20 gevallen of meer."
    )
    assert figure.svg is None


# --- scales ---------------------------------------------------------------------------------------


def of_area(area: ReleasedArea, asked: Months, now: list[int], before: list[int]) -> AreaMonths:
    found = {asked.year: now, asked.other: before}
    cells = {
        (year, month): make_cell(n, f"{year}-{month:02d}")
        for year, counts in found.items()
        for month, n in enumerate(counts, start=1)
    }
    return AreaMonths(area, asked, cells, {})


def heights(figure: Figure) -> list[list[float]]:
    """Give how high each line of a drawing is drawn, point by point."""
    lines = re.findall(r'<path d="(M[^"]*)" fill="none"', str(figure.svg))
    return [[float(y) for y in re.findall(r",([\d.]+)", line)] for line in lines]


def test_areas_that_differ_much_have_a_scale_each_and_that_is_said() -> None:
    """A tenth of the counts is drawn as high as all of them; both ends of the axes are written."""
    asked = Months(2025, 2024, 1, 3)
    whole = of_area(FIRST, asked, [100, 50, 80], [90, 60, 70])
    part = of_area(OTHER, asked, [10, 5, 8], [9, 6, 7])
    figure = draw_months(INDICATOR, [whole, part])
    before, now, before_of_part, now_of_part = heights(figure)
    assert (before, now) == (before_of_part, now_of_part)
    assert {"100", "10"} <= {e.text for e in read_svg(figure).iter("text")}
    assert "elk vakje heeft zijn eigen schaal" in figure.summary
    assert "elk op een eigen schaal" in str(figure.svg)
    assert "één schaal" not in figure.summary + str(figure.svg)


def test_areas_of_about_one_size_keep_one_scale() -> None:
    asked = Months(2025, 2024, 1, 3)
    one = of_area(FIRST, asked, [100, 50, 80], [90, 60, 70])
    other = of_area(OTHER, asked, [50, 25, 40], [45, 30, 35])
    figure = draw_months(INDICATOR, [one, other])
    _, now, _, now_of_other = heights(figure)
    floor = 100.0  # the drawing of a square is 100 high
    top = min(now)
    assert [top + floor - y for y in now_of_other] == pytest.approx(
        [(top + floor - y) / 2 for y in now], abs=0.11
    )
    assert "aantallen op één schaal" in figure.summary
    assert "eigen schaal" not in figure.summary + str(figure.svg)


def test_the_words_name_the_lines_that_are_drawn() -> None:
    asked = Months(2025, 2024, 1, 2)
    alone = draw_months(INDICATOR, [of_area(FIRST, asked, [30, 40], [35, 45])])
    assert "De dikke lijn is 2025, de dunne grijze lijn 2024." in alone.summary
    assert "schaal" not in alone.summary
    assert "Gestreept" not in alone.summary
    cells = {(y, 1): make_cell(30, f"{y}-01", provisional=y == 2025) for y in (2025, 2024)}
    soft = draw_months(INDICATOR, [AreaMonths(FIRST, asked, cells, {})])
    assert "Gestreept is voorlopig of deels geschat." in soft.summary
