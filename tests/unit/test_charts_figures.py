"""Every chart gives drawing, sentence and table of the same values."""

import re
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from regiebeeld.dashboard.charts import (
    Figure,
    MapRequest,
    draw_map,
    draw_ranking,
    draw_seasons,
    draw_sparkline,
    draw_trend,
)
from regiebeeld.dashboard.charts.maps import FEW, NONE
from regiebeeld.dashboard.charts.ranking import compute_top
from regiebeeld.dashboard.charts.seasons import compute_season
from regiebeeld.dashboard.charts.trend import list_breaks
from regiebeeld.domain import AreaLevel, PeriodKind, read_period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.statistics import Span
from regiebeeld.statistics.breaks import NATIONAL_BREAKS
from unit.test_charts_words import make_cell

INDICATOR = Indicator(
    "inbraken", "inbraak", "Inbraken <b>", "definitie", "let op", "A20", "registratie",
    "brengdelict", "openbaar", "per buurt", ("trend", "comparison", "ranking"), "politie",
)  # fmt: skip


def make_area(code: str, name: str, level: AreaLevel = AreaLevel.BUURT) -> ReleasedArea:
    number = int(code[-1])
    path = f"M{number * 10},0h10v10h-10Z"
    return ReleasedArea(code, level, name, 2026, "GM9001", "GM9001", path, None, (0, 0, 90, 10))


AREA = make_area("GM9001", "Alder & meer", AreaLevel.GEMEENTE)


def link(area: ReleasedArea) -> str:
    return f"/gebied/{area.code}?a=1&b=2"


def read_svg(figure: Figure) -> ElementTree.Element:
    """Read the drawing as XML, so that one unescaped name fails the test."""
    assert figure.svg is not None
    root = ElementTree.fromstring(str(figure.svg))  # noqa: S314 - our own drawing
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def years(counts: Sequence[int | None], first: int = 2019) -> list[ReleasedCell]:
    return [make_cell(count, str(first + at)) for at, count in enumerate(counts)]


def months(count: int, first: int, last: int) -> list[ReleasedCell]:
    return [
        make_cell(count, f"{year}-{month:02d}")
        for year in range(first, last + 1)
        for month in range(1, 13)
    ]


def test_trend_says_the_last_two_years_and_lists_all() -> None:
    figure = draw_trend(INDICATOR, AREA, years([90, 80, 120]), kind=PeriodKind.YEAR)
    assert figure.summary.startswith("Alder & meer, 2021: 120 registraties. Een jaar eerder: 80.")
    assert "waarschijnlijk geen toeval" in figure.summary
    bare = draw_trend(
        replace(INDICATOR, analyses=("trend",)), AREA, years([90, 80, 120]), kind=PeriodKind.YEAR
    )
    assert bare.summary.endswith("Een jaar eerder: 80. Vergeleken met een jaar eerder: "
                                 "bij dit cijfer past geen oordeel over toeval.")  # fmt: skip
    assert [(row.head, row.cells[0]) for row in figure.table.rows] == [
        ("2021", "120"),
        ("2020", "80"),
        ("2019", "90"),
    ]
    assert read_svg(figure).attrib["role"] == "img"


def test_trend_leaves_a_gap_and_names_what_is_late() -> None:
    figure = draw_trend(INDICATOR, AREA, years([90, None, 80, None]), kind=PeriodKind.YEAR)
    assert "Voor 2022 is er geen cijfer: nog niet binnen." in figure.summary
    assert "Alder & meer, 2021: 80 registraties" in figure.summary
    assert figure.table.rows[0].cells[0] == "nog niet binnen"
    assert "0" not in [row.cells[0] for row in figure.table.rows]


def test_trend_of_nothing_is_a_sentence() -> None:
    figure = draw_trend(INDICATOR, AREA, [], kind=PeriodKind.YEAR)
    assert figure.svg is None
    assert figure.summary == "Over ‘Inbraken <b>’ in Alder & meer zijn hier geen cijfers per jaar."


def test_breaks_are_drawn_with_a_word_only_inside_the_series() -> None:
    long = draw_trend(
        INDICATOR, AREA, years([9] * 8, 2016), kind=PeriodKind.YEAR, breaks=NATIONAL_BREAKS
    )
    short = draw_trend(
        INDICATOR, AREA, years([9] * 4, 2012), kind=PeriodKind.YEAR, breaks=NATIONAL_BREAKS
    )
    assert "corona" in str(long.svg)
    assert "andere telling" in str(long.svg)
    assert "corona" not in str(short.svg)


def test_a_sliding_year_that_counts_over_a_break_is_left_out_and_told_in_the_table() -> None:
    ends = ("2017-12", "2018-03", "2018-06", "2018-12", "2019-06", "2019-12")
    series = [make_cell(90, f"{end}/P12M") for end in ends]

    figure = draw_trend(INDICATOR, AREA, series, kind=PeriodKind.ROLLING, breaks=NATIONAL_BREAKS)

    told = {row.head: (row.cells[0], row.cells[-1]) for row in figure.table.rows}
    assert told["januari 2018 tot en met december 2018"] == ("90", "over een breuk heen geteld")
    # July 2018 up to June 2019 holds no day of before it.
    assert told["juli 2018 tot en met juni 2019"] == ("90", "definitief")
    assert "Voor" not in figure.summary
    # A figure of its own on each side, and a year of which a half was counted in another way.
    assert "Er is geen eerder cijfer" in figure.summary


def test_two_years_around_a_break_are_not_compared() -> None:
    series = years([90, 180], 2018)

    figure = draw_trend(INDICATOR, AREA, series, kind=PeriodKind.YEAR, breaks=NATIONAL_BREAKS)

    assert "waarschijnlijk geen toeval" not in figure.summary
    assert "niet goed te vergelijken. Sinds juli 2018 telt de politie" in figure.summary


def test_only_the_police_counted_otherwise_and_nothing_changed_in_an_invented_country() -> None:
    police = replace(INDICATOR, police_codes="A20, A30")
    names = [each.name for each in list_breaks(police, invented=False)]
    assert names == ["counting", "corona"]
    others = replace(INDICATOR, police_codes="")
    assert [each.name for each in list_breaks(others, invented=False)] == ["corona"]
    assert list_breaks(police, invented=True) == ()


def test_a_provisional_year_is_dashed() -> None:
    series = [*years([9, 9]), make_cell(9, "2021", provisional=True)]
    assert "stroke-dasharray" in str(draw_trend(INDICATOR, AREA, series, kind=PeriodKind.YEAR).svg)
    firm = draw_trend(INDICATOR, AREA, years([9, 9, 9]), kind=PeriodKind.YEAR)
    assert "stroke-dasharray" not in str(firm.svg)
    assert [row.cells[-1] for row in firm.table.rows] == ["definitief"] * 3


def test_drawings_hold_no_english_no_style_and_no_script() -> None:
    for figure in (
        draw_trend(INDICATOR, AREA, years([9, 9]), kind=PeriodKind.YEAR),
        draw_seasons(INDICATOR, AREA, months(9, 2024, 2025)),
    ):
        text = str(figure.svg)
        for unwanted in ("style=", "<script", "aria-roledescription", "axis titled", "January"):
            assert unwanted not in text


def test_season_compares_with_the_same_months_of_five_earlier_years() -> None:
    series = [*months(10, 2019, 2024), *(make_cell(20, f"2025-{m:02d}") for m in (1, 2, 3))]
    figure = draw_seasons(INDICATOR, AREA, series)
    assert figure.summary == (
        "Januari tot en met maart 2025: 60 registraties. In dezelfde maanden van 5 eerdere jaren: "
        "30 tot 30. Oordeel: hoger dan gebruikelijk; waarschijnlijk geen toeval."
    )
    assert figure.table.columns == ("Maand", "2025", "2024", "2023", "2022", "2021", "2020")
    assert figure.table.rows[0].cells == ("20", "10", "10", "10", "10", "10")
    assert figure.table.rows[11].cells[0] == ""


def test_season_leaves_a_missing_month_out_on_both_sides() -> None:
    series = [
        *months(10, 2023, 2024),
        make_cell(5, "2025-01"),
        make_cell(None, "2025-02"),
        make_cell(5, "2025-03"),
    ]
    cells = {(cell.period.year, cell.period.start.month): cell for cell in series}
    season = compute_season(cells, 2025)
    assert (season.months, season.left_out) == ((1, 3), (2,))
    assert (season.total, season.totals_before) == (Span(10, 10), (Span(20, 20),) * 2)
    assert (
        "Niet meegeteld, want geen cijfer: februari."
        in draw_seasons(INDICATOR, AREA, series).summary
    )


BUURTEN = [make_area(f"BU9001000{number}", f"Buurt {number}") for number in range(1, 7)]
RATES = (0.5, 1.5, 2.5, 9.0)


def make_map_request(**changes: object) -> MapRequest:
    """Give a map of six buurten: four rates, one without a rate, one without a figure."""
    cells = {
        area.code: make_cell(round(rate * 10), rate=rate, rate_lower=rate / 2, rate_upper=rate * 2)
        for area, rate in zip(BUURTEN, RATES, strict=False)
    }
    cells["BU90010005"] = make_cell(0, per=None, no_rate="minder dan 100 woningen")
    known = {
        "indicator": INDICATOR, "level": AreaLevel.BUURT, "period": read_period("2025"),
        "measure": "rate", "areas": BUURTEN, "cells": cells, "breaks": (1.0, 2.0, 3.0, 8.0),
        "view_box": "0 0 90 10", "link": link,
    }  # fmt: skip
    return MapRequest(**{**known, **changes})  # type: ignore[arg-type]


def test_map_puts_each_area_in_the_class_of_the_fixed_breaks() -> None:
    figure = draw_map(make_map_request())
    drawn = read_svg(figure)
    classes = [path.attrib["class"] for path in drawn.iter("path") if "k-" in path.get("class", "")]
    assert classes == ["k-1", "k-2", "k-3", "k-5", FEW, NONE]
    assert [(row.label, row.count) for row in figure.legend] == [
        ("minder dan 1,0", 1),
        ("1,0 tot 2,0", 1),
        ("2,0 tot 3,0", 1),
        ("3,0 tot 8,0", 0),
        ("8,0 of meer", 1),
        ("te weinig of afgeschermd", 1),
        ("geen cijfer", 1),
    ]


def test_map_areas_are_links_with_name_value_and_class() -> None:
    links = list(read_svg(draw_map(make_map_request())).iter("a"))
    assert [found.attrib["aria-label"] for found in links] == [
        "Buurt 1: 0,5 per 1.000 woningen, klasse 1 van 5",
        "Buurt 2: 1,5 per 1.000 woningen, klasse 2 van 5",
        "Buurt 3: 2,5 per 1.000 woningen, klasse 3 van 5",
        "Buurt 4: 9,0 per 1.000 woningen, klasse 5 van 5",
        "Buurt 5: geen verhouding",
        "Buurt 6: geen cijfer",
    ]
    assert links[0].attrib["href"] == "/gebied/BU90010001?a=1&b=2"


def test_map_table_twin_holds_every_area_and_never_zero_for_missing() -> None:
    table = draw_map(make_map_request()).table
    assert [row.head for row in table.rows] == [area.name for area in BUURTEN]
    assert table.rows[4].cells == ("0", "geen verhouding", "", "definitief")
    assert table.rows[5].cells == ("geen cijfer", "geen verhouding", "", "geen cijfer")


def test_map_names_the_spread_unless_areas_may_not_be_ranked() -> None:
    assert "(Buurt 1) tot 9,0 per 1.000 woningen (Buurt 4)" in draw_map(make_map_request()).summary
    neutral = draw_map(make_map_request(may_rank=False)).summary
    assert "Buurt 4" not in neutral
    assert "Voor 1 buurt is er geen cijfer." in neutral


def test_an_undrawn_area_has_no_class() -> None:
    unknown = ReleasedArea("BU00000000", AreaLevel.BUURT, "Onbekend", 2026, None, None, *[None] * 3)
    figure = draw_map(make_map_request(areas=[*BUURTEN, unknown]))
    assert sum(row.count for row in figure.legend) == len(BUURTEN)
    assert figure.table.rows[-1].head == "Onbekend"


def test_a_map_without_fixed_breaks_says_so() -> None:
    figure = draw_map(make_map_request(breaks=()))
    assert "gemaakt uit de cijfers van deze periode" in figure.summary
    assert sum(row.count for row in figure.legend) == len(BUURTEN)


def test_ranking_counts_who_differs_clearly_from_the_region() -> None:
    wanted = make_map_request()
    region = make_cell(100, rate=2.0, rate_lower=1.9, rate_upper=2.1)
    figure = draw_ranking(
        INDICATOR, BUURTEN, wanted.cells, period=read_period("2025"), link=link, region=region
    )
    # 0.5 has the interval 0.25-1.0 (below 2.0) and 9.0 has 4.5-18 (above); 1.5 and 2.5 hold 2.0.
    assert "Bij 1 van de 4 buurten ligt het cijfer duidelijk boven" in figure.summary
    assert "bij 1 duidelijk eronder" in figure.summary
    assert [row.head for row in figure.table.rows] == ["Buurt 4", "Buurt 3", "Buurt 2", "Buurt 1"]
    assert len(list(read_svg(figure).iter("circle"))) == 4


def test_two_areas_are_not_ranked() -> None:
    cells = dict(list(make_map_request().cells.items())[:2])
    figure = draw_ranking(INDICATOR, BUURTEN, cells, period=read_period("2025"), link=link)
    assert figure.svg is None


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0.0, 1.0), (0.03, 0.03), (0.9, 1.0), (4.2, 5.0), (11.0, 15.0), (470.0, 500.0)],
)
def test_axis_ends_on_a_whole_step(highest: float, top: float) -> None:
    found = compute_top(highest)
    assert found == pytest.approx(top)
    assert found >= highest


def test_sparkline_lifts_the_pen_at_a_gap() -> None:
    whole, gap = (str(draw_sparkline(years(counts))) for counts in ([1, 2, 3, 4], [1, None, 3, 4]))
    line = re.compile(r'class="spark-line" d="([^"]*)"')
    drawn, broken = (line.search(text) for text in (whole, gap))
    assert drawn is not None
    assert broken is not None
    assert (drawn[1].count("M"), drawn[1].count("L")) == (1, 3)
    assert (broken[1].count("M"), broken[1].count("L")) == (2, 1)
    assert draw_sparkline(years([1, None])) is None


def test_season_calls_nothing_unusual_that_lies_between_the_earlier_years() -> None:
    """2,400 a year lies between 2,160 and 3,240, though far below their mean."""
    series = [
        *months(270, 2011, 2013),
        *months(180, 2014, 2014),
        *months(200, 2015, 2015),
    ]
    summary = draw_seasons(INDICATOR, AREA, series).summary
    assert "2.400" in summary
    assert "2.160 tot 3.240" in summary
    assert "binnen de normale schommeling" in summary
    assert "lager" not in summary


@pytest.mark.parametrize(
    ("total", "verdict"),
    [
        (4140, "binnen de normale schommeling"),  # ten fewer than the lowest year: chance
        (3900, "lager dan gebruikelijk; waarschijnlijk geen toeval"),
        (5756, "binnen de normale schommeling"),
        (6000, "hoger dan gebruikelijk; waarschijnlijk geen toeval"),
    ],
)
def test_season_outside_the_range_is_compared_with_its_nearest_end(
    total: int, verdict: str
) -> None:
    """By the normal approximation: 3,900 - 4,150 is 2.8 times the root of their sum, 10 is 0.1;
    6,000 - 5,746 is 2.3 times, 10 is 0.1. All of them lie far from the mean of 4,948."""
    series = [
        *(make_cell(count, f"{year}-01") for year, count in ((2023, 4150), (2024, 5746))),
        make_cell(total, "2025-01"),
    ]
    summary = draw_seasons(INDICATOR, AREA, series).summary
    assert "4.150 tot 5.746" in summary
    assert summary.endswith(f"Oordeel: {verdict}.")
