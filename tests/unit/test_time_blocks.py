"""Trend, dark months, funnel and honest comparison on the pages: sentence, drawing and table."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.findings_release import (
    BURGLARY,
    YEAR,
    Read,
    make_base,
    reading_findings,
    shelve_findings_release,
)
from lib.page_server import connect
from regiebeeld.dashboard.charts import Figure
from regiebeeld.dashboard.charts.dark_months import draw_dark_months
from regiebeeld.dashboard.charts.funnel import FunnelRequest, draw_funnel, list_funnel_cautions
from regiebeeld.dashboard.charts.season_trend import draw_season_trend
from regiebeeld.dashboard.web.blocks import make_headlines, read_all_series
from regiebeeld.dashboard.web.findings import Asked, FindingBlock
from regiebeeld.dashboard.web.how_much import table_of_how_much
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.dashboard.web.time_blocks import TimeBlocks, read_time_blocks
from regiebeeld.domain import AreaLevel, PeriodKind, read_period
from regiebeeld.releases import Release
from regiebeeld.releases.drawn_findings import DarkHalf, Funnel, TrendLine
from regiebeeld.releases.findings import Finding, Peer, SmoothedRate, Spread
from regiebeeld.statistics.breaks import NATIONAL_BREAKS
from unit.test_charts_figures import read_svg

ROOT = Path(__file__).parents[2]
NB = "\u00a0"
REGIO, GEMEENTE = AreaLevel.REGIO, AreaLevel.GEMEENTE


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("small"))


@pytest.fixture
def read(base: Path, tmp_path: Path) -> Iterator[Read]:
    with reading_findings(base, tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def told(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """One release with a trend of a gemeente and of the region, two winters and a funnel."""
    older = winter(2023, ratio=1.04, lower=0.82, upper=1.3, verdict="within_chance")
    found = [course(), course("RG90"), older, winter(), funnel()]
    shelf = shelve_findings_release(tmp_path_factory.mktemp("told") / "shelf", found, base=base)
    release = shelf.open_current("openbaar")
    yield release
    release.close()


def course(area: str = "GM9001", **changed: Any) -> Finding[TrendLine]:
    """Thirty months from January 2024: 40 at first, and 1 less every month from the second year."""
    values = (None, *[40.0] * 11, *[float(40 - m) for m in range(1, 19)])
    told = {"first": "2024-01", "values": values, "method": "stl", **changed}
    level = REGIO if area == "RG90" else GEMEENTE
    return Finding(TrendLine(**told), level, BURGLARY, area)


def winter(year: int = 2024, **changed: Any) -> Finding[DarkHalf]:
    told: dict[str, Any] = {
        "year": year, "dark": (180, 180), "light": (120, 120), "ratio": 1.51, "lower": 1.19,
        "upper": 1.91, "verdict": "higher", **changed,
    }  # fmt: skip
    return Finding(DarkHalf(**told), GEMEENTE, BURGLARY, "GM9001", None, 2030 - year)


def funnel(places: tuple[str, str] = ("high_sure", "within"), **changed: Any) -> Finding[Funnel]:
    areas = ("GM9001", "GM9002")
    told: dict[str, Any] = {
        "rate": 15.0, "per": 1000, "base": "woningen", "dispersion": 2.4, "areas": areas,
        "points": ((3060.0, 22.0), (2100.0, 14.0)), "places": places,
        "curve": ((1800.0, 6.0, 9.0, 21.0, 25.0), (4000.0, 9.0, 11.0, 19.0, 21.5)), **changed,
    }  # fmt: skip
    return Finding(Funnel(**told), GEMEENTE, BURGLARY, None, YEAR, 0, areas)


def of(release: Release, area: str = "GM9001") -> TimeBlocks:
    indicator = release.indicators[BURGLARY]
    return read_time_blocks(Asked(release, indicator, release.areas[area], GEMEENTE))


def figure_of(block: FindingBlock | None) -> Figure:
    assert block is not None
    return block.figures[0].figure


def text_of(figure: Figure) -> str:
    """Everything a reader sees of a figure, as one text."""
    parts = [figure.title, figure.summary, str(figure.svg)]
    parts += [" ".join((row.head, *row.cells)) for row in figure.table.rows]
    return "\n".join(parts).replace(NB, " ")


def says(figure: Figure) -> str:
    return figure.summary.replace(NB, " ")


def rows(figure: Figure) -> list[tuple[str, ...]]:
    return [(row.head, *row.cells) for row in figure.table.rows]


def draw_course(release: Release, **changed: Any) -> Figure:
    indicator, area = release.indicators[BURGLARY], release.areas["GM9001"]
    return draw_season_trend(indicator, area, course(**changed).content, [])


def draw_winters(release: Release, *halves: Finding[DarkHalf]) -> Figure:
    indicator, area = release.indicators[BURGLARY], release.areas["GM9001"]
    return draw_dark_months(indicator, area, [half.content for half in halves])


def draw(release: Release, found: Finding[Funnel]) -> Figure:
    indicator = release.indicators[BURGLARY]
    wanted = FunnelRequest(
        indicator, read_period(YEAR), release.areas, lambda area: f"/gebied/{area.code}"
    )
    return draw_funnel(wanted, found.content)


def test_every_block_is_drawn_and_leads_to_how_it_was_computed(told: Release) -> None:
    blocks = of(told)
    for block in (blocks.course, blocks.dark, blocks.funnel):
        assert block is not None
        figure = figure_of(block)
        assert read_svg(figure).attrib["role"] in ("img", "group")
        assert not re.search(r"\b(nan|NaN|None|inf)\b", text_of(figure))
        trace = dict(block.trace)
        assert (ROOT / trace["Uitleg van de methode"]).is_file()
        module, _, function = trace["Berekend door"].rpartition(".")
        assert hasattr(importlib.import_module(module), function)


def test_what_is_not_found_or_not_allowed_has_no_block(read: Read) -> None:
    assert of(read([])) == TimeBlocks(None, None, None)
    closed = of(read([course(), winter(), funnel()], analyses=("comparison",)))
    assert closed == TimeBlocks(None, None, None)
    # No order of areas where that is forbidden: there the trend is all there is.
    followed = of(read([course(), funnel()], analyses=("trend",)))
    assert followed.course is not None
    assert followed.funnel is None


def test_the_trend_says_now_a_year_before_and_the_beginning(told: Release) -> None:
    figure = figure_of(of(told).course)
    assert says(figure) == (
        "Zonder het seizoen waren het in juni 2026 ongeveer 22 registraties per maand. Een jaar"
        " eerder waren dat er 34, in februari 2024 40."
    )
    assert rows(figure)[0][0] == "juni 2026"
    assert rows(figure)[0][2] == "22,0"
    assert rows(figure)[29][2] == "geen trend"


def test_a_break_ends_the_stretch_that_is_compared(told: Release) -> None:
    figure = draw_course(told, values=(*[90.0] * 24, *[None] * 2, *[20.0] * 4))
    assert says(figure) == (
        "Zonder het seizoen waren het in juni 2026 ongeveer 20 registraties per maand; in maart"
        " 2026 waren dat er 20."
    )
    # Two lines that do not touch.
    thick = (p for p in read_svg(figure).iter("path") if p.get("stroke-width") == "3")
    assert next(p for p in thick if p.get("fill")).attrib["d"].count("M") == 2


def test_a_break_is_drawn_with_its_word_and_its_reason_only_inside_the_series(
    told: Release,
) -> None:
    indicator, area = told.indicators[BURGLARY], told.areas["GM9001"]
    line = course(first="2018-01", values=(50.0,) * 60).content
    figure = draw_season_trend(indicator, area, line, [], breaks=NATIONAL_BREAKS)
    assert "andere telling" in text_of(figure)
    assert "corona" in text_of(figure)
    assert "elk apart" in text_of(figure)
    late = draw_season_trend(indicator, area, course().content, [], breaks=NATIONAL_BREAKS[:2])
    assert "corona" not in text_of(late)


def test_an_area_without_a_trend_shows_that_of_what_it_lies_in(told: Release) -> None:
    inside = of(told, "BU90010101").course
    assert inside is not None
    assert "in Aldermeer" in figure_of(inside).title
    assert inside.cautions[0].startswith("Voor Binnenstad zelf zijn er geen maanden")
    assert "in Kleine Regio" in figure_of(of(told, "GM9002").course).title


def test_how_the_line_was_made_is_told(read: Read) -> None:
    block = of(read([course(method="robust"), course("RG90", method="poisson")])).course
    assert block is not None
    assert any("telt minder mee" in words for words in block.cautions)


def test_the_dark_months_say_the_last_winter_and_how_many_were_like_it(told: Release) -> None:
    figure = figure_of(of(told).dark)
    assert says(figure) == (
        "In de winter 2024-2025 (oktober tot en met maart): 180 registraties; in het halve jaar"
        " ervoor 120. Per dag is dat 1,5 keer zo veel (1,2–1,9); waarschijnlijk geen toeval. Dat"
        " de donkere maanden duidelijk meer hadden, zien we in 1 van 2 winters."
    )
    assert [row[0] for row in rows(figure)] == ["2024-2025", "2023-2024"]
    assert rows(figure)[1][-1] == "kan toeval zijn"


def test_a_winter_of_rounded_months_is_told_as_a_range(told: Release) -> None:
    text = text_of(draw_winters(told, winter(dark=(156, 204), light=(96, 144))))
    assert "tussen 156 en 204" in text
    assert "96–144" in text


def test_beside_rounded_winters_stands_what_rounding_means(read: Read, told: Release) -> None:
    rounded, exact = of(read([winter(dark=(156, 204))])).dark, of(told).dark
    assert rounded is not None
    assert exact is not None
    said = [any("Afgerond" in words for words in b.cautions) for b in (rounded, exact)]
    assert said == [True, False]


def test_too_few_cases_for_a_winter_are_told_and_never_a_bare_ratio(told: Release) -> None:
    few = winter(dark=(3, 3), light=(0, 0), ratio=None, lower=None, upper=None, verdict="too_few")
    figure = draw_winters(told, few)
    assert figure.svg is None
    assert "te weinig gevallen" in says(figure)
    assert rows(figure)[0][3:] == (
        "te weinig", "te weinig", "te weinig gevallen om iets over te zeggen",
    )  # fmt: skip


def test_the_funnel_counts_what_lies_outside_and_what_chance_would(told: Release) -> None:
    block = of(told).funnel
    figure = figure_of(block)
    assert says(figure) == (
        "1 van de 2 gemeenten wijkt meer af dan bij toeval en de gewone verschillen past: hoger"
        " is Aldermeer. Naar verwachting geeft toeval alleen er 0 of 1. 1 daarvan ligt ook"
        " buiten de ruimste grens."
    )
    assert [row[-1] for row in rows(figure)] == ["veel hoger dan toeval", "binnen de grenzen"]
    assert block is not None
    assert any("2,4 keer" in words for words in block.cautions)


def test_every_point_of_the_funnel_is_a_link_with_its_own_words(told: Release) -> None:
    links = list(read_svg(draw(told, funnel())).iter("a"))
    assert {link.attrib["href"] for link in links} == {"/gebied/GM9001", "/gebied/GM9002"}
    labels = {link.attrib["aria-label"] for link in links}
    assert "Berkenhove & Veld: 14,0 per 1.000 woningen, 2.100 woningen, binnen de grenzen" in labels
    # In and out differ by more than colour: those outside are filled.
    fills = [circle.get("fill") for link in links for circle in link.iter("circle")]
    assert sorted(fills) == ["#0f5266", "#fff"]


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (("within", "within"), "Geen van de 2 gemeenten wijkt meer af"),
        (("unclear", "within"), "Geen van de 2 gemeenten wijkt meer af"),
        (("low", "high"), "2 van de 2 gemeenten wijken meer af"),
    ],
)
def test_the_funnel_says_how_many(told: Release, places: tuple[str, str], words: str) -> None:
    assert says(draw(told, funnel(places))).startswith(words)


def test_it_is_told_when_the_spread_of_areas_is_not_known() -> None:
    cautions = list_funnel_cautions(funnel(dispersion=None).content)
    assert any("te weinig gebieden" in words for words in cautions)


def how_much(release: Release, code: str) -> list[tuple[str, str]]:
    area = release.areas[code]
    headlines = make_headlines(
        [release.indicators[BURGLARY]], area, read_all_series(release, area), read_spreads(release)
    )
    made = table_of_how_much(release, area, headlines[0])
    assert made is not None
    at = made[0].columns.index("Vergeleken met de eerste regel")
    return [(row.head, row.cells[at - 1]) for row in made[0].rows]


def peers(area: str, *others: str) -> list[Finding[Peer]]:
    return [
        Finding(Peer(other, 0.2, (), ()), REGIO, None, area, None, place)
        for place, other in enumerate(others)
    ]


def test_a_buurt_is_laid_beside_its_wijk_its_gemeente_the_region_and_its_peers(read: Read) -> None:
    release = read(peers("BU90010101", "BU90020101", "BU90020102"))

    told = how_much(release, "BU90010101")

    assert [name for name, _ in told[2:]] == [
        "Wijk 01 Centrum", "Aldermeer", "Kleine Regio",
        "De Berken (Berkenhove & Veld)", "'t Veld (Berkenhove & Veld)",
    ]  # fmt: skip
    assert "de wijk" in told[2][1]
    assert "de gemeente" in told[3][1]
    assert "de regio" in told[4][1]
    assert all(words.startswith("lijkt op de eerste; ") for _, words in told[5:])


def test_the_rate_of_a_buurt_stands_beside_the_one_drawn_to_its_surroundings(read: Read) -> None:
    def smoothed(area: str, rate: float) -> Finding[SmoothedRate]:
        content = SmoothedRate(rate, rate - 2, rate + 2, None, 1000)
        return Finding(content, AreaLevel.BUURT, BURGLARY, area, period)

    release = read([])
    area = release.areas["BU90010101"]
    headline = make_headlines(
        [release.indicators[BURGLARY]], area, read_all_series(release, area), read_spreads(release)
    )[0]
    assert headline.now is not None
    period = headline.now.period.id
    found = [smoothed("BU90010101", 12.0), *peers("BU90010101", "BU90020101")]
    release = read([*found, smoothed("BU90020101", 14.0)])

    made = table_of_how_much(release, area, headline)

    assert made is not None
    at = made[0].columns.index("Naar de omgeving getrokken (marge)")
    cells = {row.head: row.cells[at - 1] for row in reversed(made[0].rows)}
    assert cells["Binnenstad"] == "12,0 (10,0–14,0)"
    assert cells["De Berken (Berkenhove & Veld)"] == "14,0 (12,0–16,0)"
    assert cells["Aldermeer"] == "niet berekend"
    # A gemeente is large enough for its own rate.
    whole = table_of_how_much(release, release.areas["GM9001"], headline)
    assert whole is not None
    assert "Naar de omgeving getrokken (marge)" not in whole[0].columns


def test_a_gemeente_is_judged_by_its_own_spread_and_others_by_that_of_the_level(read: Read) -> None:
    calm, wild = Spread("gemeente", "year", 1.0, 0.0), Spread("gemeente", "year", 30.0, 0.0)
    release = read([Finding(calm, REGIO, BURGLARY), Finding(wild, GEMEENTE, BURGLARY, "GM9001")])
    spreads = read_spreads(release)
    find = spreads.find

    assert find(BURGLARY, GEMEENTE, PeriodKind.YEAR, area="GM9001") == wild
    assert find(BURGLARY, GEMEENTE, PeriodKind.YEAR, area="GM9002") == calm
    assert find(BURGLARY, GEMEENTE, PeriodKind.YEAR) == calm
    assert find(BURGLARY, GEMEENTE, PeriodKind.MONTH, area="GM9001") is None
    assert spreads.find_of_year(BURGLARY, GEMEENTE, area="GM9001") == wild


def test_the_pages_show_the_blocks(base: Path, tmp_path: Path) -> None:
    found = [course(), course("RG90"), winter(), funnel()]
    shelf = shelve_findings_release(tmp_path / "page", found, base=base)
    with connect(shelf) as client:
        theme = client.get("/thema/woninginbraken?gebied=GM9001").text
        area = client.get("/gebied/GM9001?cijfer=woninginbraken").text
    for words in ("de trend zonder seizoen", "de donkere maanden naast de lichte", "naar grootte"):
        assert words in theme
    assert 'id="wanneer-trend"' in area
    assert "Zonder het seizoen waren het in juni 2026" in area
