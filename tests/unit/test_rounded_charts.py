"""Rounded and masked figures in words and drawings: a range, or the words that it is protected."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from regiebeeld.dashboard.charts import (
    MapRequest,
    compare_cells,
    describe_comparison,
    describe_flags,
    describe_in_sentence,
    describe_rate,
    describe_value,
    draw_map,
    draw_ranking,
    draw_seasons,
    draw_sparkline,
    draw_trend,
    is_usable,
)
from regiebeeld.dashboard.charts.comparing import describe_change
from regiebeeld.dashboard.charts.extremes import find_highest, find_lowest
from regiebeeld.dashboard.charts.seasons import compute_season, judge_season
from regiebeeld.dashboard.charts.words import describe_bare_rate
from regiebeeld.dashboard.web.how_much import compare_with_whole
from regiebeeld.domain import PeriodKind, Status, read_period
from regiebeeld.releases import ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import Span, Verdict
from unit.test_charts_figures import AREA, BUURTEN, INDICATOR, link, make_map_request, read_svg
from unit.test_charts_words import make_cell

MASKED_WORDS = "afgeschermd om mensen te beschermen"


def rounded(value: int, period: str = "2025", **changes: object) -> ReleasedCell:
    """Give a rounded cell of a gemeente with 1.000 dwellings, with a rate and some margin."""
    lower, upper = max(value - 4, 0), value + 4
    rates = {"rate": float(value), "rate_lower": lower * 0.5, "rate_upper": upper * 2 + 4.0}
    known = {"status": Status.ROUNDED, "lower": lower, "upper": upper, "base": 1000, **rates}
    return make_cell(value, period, **{**known, **changes})


def masked(period: str = "2025", **changes: object) -> ReleasedCell:
    return make_cell(None, period, status=Status.MASKED, **changes)


def years(values: Sequence[int], first: int = 2019) -> list[ReleasedCell]:
    return [rounded(value, str(first + at)) for at, value in enumerate(values)]


def months(value: int, year: int, last: int = 12) -> list[ReleasedCell]:
    return [rounded(value, f"{year}-{month:02d}") for month in range(1, last + 1)]


@pytest.mark.parametrize(
    ("value", "table", "sentence"),
    [
        (0, "0–4", "tussen 0 en 4"),
        (5, "1–9", "tussen 1 en 9"),
        (10, "6–14", "tussen 6 en 14"),
        (1200, "1.196–1.204", "tussen 1.196 en 1.204"),
    ],
)
def test_a_rounded_count_is_its_range(value: int, table: str, sentence: str) -> None:
    assert describe_value(rounded(value)) == table
    assert describe_in_sentence(rounded(value)) == sentence


def test_an_exact_count_stays_one_number_in_a_sentence() -> None:
    assert describe_in_sentence(make_cell(7)) == "7"


def test_a_rounded_value_without_its_range_is_not_shown() -> None:
    for gone in ({"lower": None}, {"upper": None}):
        cell = rounded(5, **gone)
        assert not is_usable(cell)
        assert describe_value(cell) == describe_in_sentence(cell) == "geen cijfer"


def test_a_masked_figure_says_why_and_nothing_else() -> None:
    for cell in (masked(), masked(reason="minder dan 5 meldingen")):
        for words in (describe_value(cell), describe_value(cell, full=True), describe_flags(cell)):
            assert words == MASKED_WORDS


def test_a_rate_of_a_rounded_count_is_a_range_with_its_margin() -> None:
    """0 to 4 of 1.000 dwellings is 0 to 4 per 1.000; 6 to 14 is 6 to 14."""
    assert describe_rate(rounded(0)) == "0,0–4,0 per 1.000 woningen"
    assert describe_rate(rounded(10), full=True) == ("6,0–14,0 per 1.000 woningen (marge 3,0–32,0)")
    assert describe_bare_rate(rounded(0)) == "0,0–4,0"


@pytest.mark.parametrize("share", [1.0, 0.4, 0.001])
def test_an_estimate_of_a_rounded_figure_has_no_percentage(share: float) -> None:
    assert describe_flags(rounded(10, estimated_share=share)) == "geschat, afgerond"


def test_flags_tell_that_a_figure_is_rounded() -> None:
    assert describe_flags(rounded(10)) == "definitief, afgerond"
    assert describe_flags(rounded(10, provisional=True)) == "voorlopig, afgerond"
    assert describe_flags(rounded(10, provisional=True), rounding=False) == "voorlopig"


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (120, 60, "hoger; waarschijnlijk geen toeval"),
        (60, 120, "lager; waarschijnlijk geen toeval"),
        (80, 60, "door de afronding niet te zeggen"),
        (100, 100, "binnen de normale schommeling"),
        (5, 0, "te weinig gevallen om iets over te zeggen"),
    ],
)
def test_rounded_figures_are_compared_for_all_they_can_be(
    now: int, before: int, words: str
) -> None:
    assert describe_comparison(compare_cells(rounded(now), rounded(before, "2023"))) == words


def test_a_rounded_and_an_exact_figure_are_compared_too() -> None:
    found = compare_cells(rounded(120), make_cell(60, "2023"))
    assert describe_comparison(found) == "hoger; waarschijnlijk geen toeval"


def test_a_change_is_a_range_or_nothing() -> None:
    told = describe_change(compare_cells(rounded(1000), rounded(700, "2023")))
    assert told is not None
    found = re.fullmatch(r"tussen (\d+) en (\d+) procent hoger", told)
    assert found is not None
    # 1000/700 is 43 % more; 996/704 is 41 % and 1004/696 is 44 %: the margin lies around both.
    assert int(found[1]) < 41
    assert int(found[2]) > 44
    assert describe_change(compare_cells(rounded(120), rounded(50, "2023"))) is None  # too wide
    assert describe_change(compare_cells(rounded(20), rounded(90, "2023"))) is None
    lower = describe_change(compare_cells(rounded(700), rounded(1000, "2023")))
    assert lower is not None
    assert lower.endswith("procent lager")


def test_highest_and_lowest_hold_all_that_can_be_it() -> None:
    bounds = [(6, 14), (1, 9), (11, 19), (0, 4)]
    high, low = (find(bounds, lambda pair: pair) for find in (find_highest, find_lowest))
    # The highest is at least 11; 6-14 can reach it and 1-9 cannot. The lowest is at most 4.
    assert (high.lower, high.upper, high.items) == (11, 19, ((6, 14), (11, 19)))
    assert (low.lower, low.upper, low.items) == (0, 4, ((1, 9), (0, 4)))
    assert high.only is None
    assert find_highest([(3, 3), (8, 8)], lambda pair: pair).only == (8, 8)


def test_a_trend_speaks_and_draws_in_ranges() -> None:
    figure = draw_trend(INDICATOR, AREA, years([120, 60, 60, 10]), kind=PeriodKind.YEAR)
    assert figure.summary.startswith(
        "Alder & meer, 2022: tussen 6 en 14 registraties. Een jaar eerder: tussen 56 en 64."
    )
    assert [row.cells[0] for row in figure.table.rows] == ["6–14", "56–64", "56–64", "116–124"]
    svg = read_svg(figure)
    said = next(svg.iter("desc")).text or ""
    assert "Hoogste: 116–124 (2019). Laagste: 6–14 (2022)." in said
    assert "6–14" in [text.text for text in svg.iter("text")]
    ranges = [one for one in svg.iter("line") if one.get("stroke") == "#bcd9e1"]
    assert len(ranges) == 4


def test_a_trend_names_no_highest_when_ranges_overlap() -> None:
    figure = draw_trend(INDICATOR, AREA, years([60, 55, 60, 20]), kind=PeriodKind.YEAR)
    said = next(read_svg(figure).iter("desc")).text or ""
    assert "Hoogste: 56–64 (een van 3 periodes). Laagste: 16–24 (2022)." in said


def test_an_exact_trend_has_no_ranges() -> None:
    series = [make_cell(value, str(2019 + at)) for at, value in enumerate((9, 8, 7))]
    assert "#bcd9e1" not in str(draw_trend(INDICATOR, AREA, series, kind=PeriodKind.YEAR).svg)


def test_the_axis_holds_every_range_and_nothing_else_decides_it() -> None:
    """Two series with the same released cells give the same drawing, byte for byte."""
    first, second = (
        draw_trend(INDICATOR, AREA, years([10, 20, 95]), kind=PeriodKind.YEAR) for _ in range(2)
    )
    assert str(first.svg) == str(second.svg)
    ticks = [int(t.text or 0) for t in read_svg(first).iter("text") if (t.text or "").isdigit()]
    assert max(tick for tick in ticks if tick < 2000) == 100  # the range ends at 99


def test_a_masked_period_is_a_gap() -> None:
    series = [*years([60, 60]), masked("2021"), *years([60, 60], 2022)]
    figure = draw_trend(INDICATOR, AREA, series, kind=PeriodKind.YEAR)
    assert figure.table.rows[2].cells[0] == MASKED_WORDS
    assert (
        len([one for one in read_svg(figure).iter("line") if one.get("stroke") == "#bcd9e1"]) == 4
    )


def test_a_sparkline_draws_ranges_and_says_them() -> None:
    drawn = str(draw_sparkline(years([0, 5, 10])))
    assert "laagste 0–4, hoogste 6–14, laatste 6–14" in drawn
    path = re.search(r'class="spark-range" stroke-width="[\d.]+" d="([^"]*)"', drawn)
    assert path is not None
    assert path[1].count("M") == 3
    # Top is 14: the upper end of the last range lies at the top edge.
    assert path[1].endswith("V4.0")
    assert "spark-range" not in str(draw_sparkline([make_cell(1, "2019"), make_cell(2, "2020")]))


def test_a_season_adds_ranges_up_and_never_values() -> None:
    """Three months of 46 to 54 are 138 to 162; so are those of each year before."""
    series = [*months(50, 2023), *months(50, 2024), *months(50, 2025, 3)]
    cells = {(cell.period.year, cell.period.start.month): cell for cell in series}
    season = compute_season(cells, 2025)
    assert season.total == Span(138, 162)
    assert season.totals_before == (Span(138, 162),) * 2
    summary = draw_seasons(INDICATOR, AREA, series).summary
    assert summary == (
        "Januari tot en met maart 2025: tussen 138 en 162 registraties. In dezelfde maanden "
        "van 2 eerdere jaren: 138 tot 162. Oordeel: binnen de normale schommeling."
    )
    assert "150" not in summary


def test_a_sum_that_says_too_little_is_left_out() -> None:
    series = [*months(5, 2023), *months(5, 2024), *months(5, 2025, 6)]
    summary = draw_seasons(INDICATOR, AREA, series).summary
    assert summary == (
        "Januari tot en met juni 2025: de maanden zijn afgerond, en bij zulke kleine aantallen "
        "zegt een optelling te weinig. Kijk voor het totaal naar een langere periode."
    )


@pytest.mark.parametrize("name", ["{}", "{}-12/P12M"])
def test_a_whole_year_is_the_released_year(name: str) -> None:
    series = [cell for year in (2023, 2024, 2025) for cell in months(50, year)]
    wholes = [rounded(600 + 5 * at, name.format(2023 + at)) for at in range(3)]
    summary = draw_seasons(INDICATOR, AREA, series, years=wholes).summary
    assert summary.startswith("Januari tot en met december 2025: tussen 606 en 614 registraties.")
    assert "596 tot 609" in summary


def test_a_sliding_year_that_is_no_calendar_year_is_not_used() -> None:
    series = [cell for year in (2023, 2024) for cell in months(50, year)]
    summary = draw_seasons(INDICATOR, AREA, series, years=[rounded(700, "2024-06/P12M")]).summary
    assert "tussen 552 en 648" in summary


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        # By the normal deviate: 552 beside 408 is 4.6, 348 beside 392 is 1.6.
        (50, (30, 30), Verdict.HIGHER),
        (30, (50, 50), Verdict.LOWER),
        (50, (50, 50), Verdict.WITHIN_CHANCE),
        # 12 x 46 to 54 beside 12 x 41 to 49: 552 beside 588, or 648 beside 492 (4.6).
        (50, (45, 45), Verdict.UNCLEAR),
    ],
)
def test_a_season_is_judged_for_all_it_can_be(
    now: int, before: tuple[int, int], verdict: Verdict
) -> None:
    series = [*months(before[0], 2023), *months(before[1], 2024), *months(now, 2025)]
    cells = {(cell.period.year, cell.period.start.month): cell for cell in series}
    if verdict is Verdict.WITHIN_CHANCE:  # months leave 552 to 648; the year leaves 596 to 604
        wholes = {year: rounded(600, str(year)) for year in (2023, 2024, 2025)}
        assert judge_season(compute_season(cells, 2025, wholes)) is verdict
    else:
        assert judge_season(compute_season(cells, 2025)) is verdict


def test_the_band_and_table_of_a_season_hold_ranges() -> None:
    series = [*months(5, 2023), *months(0, 2024), *months(5, 2025, 2)]
    figure = draw_seasons(INDICATOR, AREA, series)
    assert figure.table.rows[0].cells == ("1–9", "0–4", "1–9")
    assert (
        len([one for one in read_svg(figure).iter("line") if one.get("stroke") == "#bcd9e1"]) == 2
    )


def make_rounded_map(*values: int, **changes: object) -> MapRequest:
    cells = {area.code: rounded(v) for area, v in zip(BUURTEN, values, strict=False)}
    known = {"cells": cells, "measure": "count", "breaks": (5.0, 10.0, 20.0, 50.0)}
    return replace(make_map_request(), **{**known, **changes})  # type: ignore[arg-type]


def test_a_map_of_counts_prints_ranges_everywhere() -> None:
    figure = draw_map(make_rounded_map(0, 5, 10, 25, 95))
    links = [one.attrib["aria-label"] for one in read_svg(figure).iter("a")]
    assert links[:3] == [
        "Buurt 1: 0–4 registraties, klasse 1 van 5", "Buurt 2: 1–9 registraties, klasse 2 van 5",
        "Buurt 3: 6–14 registraties, klasse 3 van 5",
    ]  # fmt: skip
    # 0 | 5 | 10, 15 | 20 to 45 | 50 and more: what the counts in each can be.
    assert [(row.label, row.count) for row in figure.legend[:5]] == [
        ("0–4", 1), ("1–9", 1), ("6–19", 1), ("16–49", 1), ("46 of meer", 1),
    ]  # fmt: skip
    assert [row.cells[0] for row in figure.table.rows[:5]] == [
        "0–4",
        "1–9",
        "6–14",
        "21–29",
        "91–99",
    ]


def test_a_class_without_a_multiple_of_five_has_no_label() -> None:
    figure = draw_map(make_rounded_map(0, 5, 10, 25, 95, breaks=(5.0, 21.0, 23.0, 50.0)))
    assert [(row.style, row.label) for row in figure.legend[:4]] == [
        ("k-1", "0–4"), ("k-2", "1–24"), ("k-4", "21–49"), ("k-5", "46 of meer"),
    ]  # fmt: skip


def test_a_map_names_the_ends_only_when_they_are_certain() -> None:
    clear = draw_map(make_rounded_map(0, 20, 20, 95)).summary
    assert "van 0–4 registraties (Buurt 1) tot 91–99 registraties (Buurt 4)" in clear
    several = draw_map(make_rounded_map(0, 5, 40, 95)).summary
    assert "van 0–4 registraties (een van 2 buurten) tot 91–99 registraties (Buurt 4)" in several
    close = draw_map(make_rounded_map(5, 10, 5)).summary
    assert "Bij de 3 buurten met een cijfer is het 1–14 registraties." in close
    assert "Buurt 2" not in close


def test_a_masked_area_is_hatched_and_told_apart_from_few() -> None:
    wanted = make_rounded_map(0, 5, 40)
    cells = {**wanted.cells, BUURTEN[3].code: masked()}
    figure = draw_map(replace(wanted, cells=cells))
    shape = list(read_svg(figure).iter("a"))[3]
    assert shape.attrib["aria-label"] == f"Buurt 4: {MASKED_WORDS}"
    path = next(shape.iter("path"))
    assert path.attrib["class"] == "k-few"
    assert path.attrib["fill"].startswith("url(#")
    assert f"Voor 1 buurt is het cijfer {MASKED_WORDS}." in figure.summary
    assert "geen verhouding" not in figure.summary


def test_a_ranking_follows_released_rates_and_names_no_uncertain_highest() -> None:
    cells = {area.code: rounded(v) for area, v in zip(BUURTEN, (10, 20, 10, 15), strict=False)}
    figure = draw_ranking(INDICATOR, BUURTEN, cells, period=read_period("2025"), link=link)
    assert [row.head for row in figure.table.rows] == ["Buurt 2", "Buurt 4", "Buurt 1", "Buurt 3"]
    assert [row.cells[0] for row in figure.table.rows] == ["16–24", "11–19", "6–14", "6–14"]
    svg = read_svg(figure)
    # 16-24 and 11-19 can both be the highest; 6-14 cannot.
    assert "Van 2 gebieden kan het cijfer het hoogste zijn." in (next(svg.iter("desc")).text or "")
    assert len([one for one in svg.iter("path") if one.get("stroke") == "#bcd9e1"]) == 4


def test_a_ranking_names_the_highest_that_is_certain() -> None:
    cells = {area.code: rounded(v) for area, v in zip(BUURTEN, (10, 95, 10), strict=False)}
    figure = draw_ranking(INDICATOR, BUURTEN, cells, period=read_period("2025"), link=link)
    assert "Hoogste: Buurt 2 met 91,0–99,0 per 1.000 woningen" in str(figure.svg)


def test_an_area_is_clear_of_the_region_only_at_both_ends_of_its_range() -> None:
    """The region reads 20, which can be 16 to 24: a margin from 22 on lies above 20, not clear."""
    region = rounded(20)
    near, far = (make_cell(1, rate=r, rate_lower=r - 8, rate_upper=r + 8) for r in (30.0, 33.0))
    low = make_cell(1, rate=9.0, rate_lower=1.0, rate_upper=15.9)
    cells = {area.code: cell for area, cell in zip(BUURTEN, (near, far, low), strict=False)}
    figure = draw_ranking(
        INDICATOR, BUURTEN, cells, period=read_period("2025"), link=link, region=region
    )
    assert "Bij 1 van de 3 buurten ligt het cijfer duidelijk boven" in figure.summary
    assert "bij 1 duidelijk eronder" in figure.summary


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (60, "het gebied ligt duidelijk boven de rest van de regio"),
        (22, "het verschil met de rest van de regio kan toeval zijn"),
        (5, "het gebied ligt duidelijk onder de rest van de regio"),
    ],
)
def test_an_area_is_laid_beside_the_rest_of_its_region(own: int, words: str) -> None:
    """The rest has 60 in 3,000 dwellings: 20 in every 1,000."""
    area, region = make_cell(own, base=1000), make_cell(own + 60, base=4000)

    assert compare_with_whole(area, region) == words


def test_of_rounded_figures_every_count_must_agree() -> None:
    # 36 to 44 and 16 to 24 in 1,000 dwellings beside 76 to 84 in 4,000.
    region = rounded(80, base=4000)

    assert compare_with_whole(rounded(60), region).startswith("het gebied ligt duidelijk boven")
    assert "door de afronding niet te zeggen" in compare_with_whole(rounded(32), region)
    assert "kan toeval zijn" in compare_with_whole(rounded(20), region)


def test_what_has_no_base_or_allows_no_comparison_gets_no_verdict() -> None:
    area, region = make_cell(40, base=None), make_cell(80)

    assert compare_with_whole(area, region) == "niet met de regio te vergelijken"
    assert compare_with_whole(area, region, judged=False) == (
        "bij dit cijfer past geen oordeel over toeval"
    )


def test_a_wave_is_no_difference_with_the_region() -> None:
    area, region = make_cell(38, base=1000), make_cell(98, base=4000)
    waves = Spread("gemeente", "year", 1.0, 0.1)

    assert "duidelijk boven" in compare_with_whole(area, region)
    assert "kan toeval zijn" in compare_with_whole(area, region, spread=waves)
