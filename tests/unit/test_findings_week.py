"""The parts of the week and what follows soon and near: sentences, drawings, and no block."""

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.findings_release import BURGLARY, shelve_findings_release
from lib.page_server import connect
from regiebeeld.dashboard.charts.repeats import describe_repeats, draw_repeats
from regiebeeld.dashboard.charts.weeks import describe_week, draw_week
from regiebeeld.dashboard.web.findings import Asked, FindingBlock, read_theme_findings
from regiebeeld.domain import AreaLevel
from regiebeeld.releases.findings import Finding, NearRepeat, WeekHour
from unit.test_charts_figures import INDICATOR, read_svg

DOCS = Path(__file__).parents[2]
BANDS = (
    NearRepeat(0, 0, 0, 7, 2.5, "as_chance"),
    NearRepeat(0, 100, 0, 7, 2.0, "more"),
    NearRepeat(0, 100, 8, 14, 1.5, "more"),
    NearRepeat(100, 200, 0, 7, 1.0, "as_chance"),
)


def week(**times: float) -> list[WeekHour]:
    """Give the 28 parts, 1.0 each; `d5h18` is Saturday (0 is Monday) from 18 hours."""
    return [
        WeekHour(day, hour, hour + 6, times.get(f"d{day}h{hour}", 1.0), "2018-01", "2025-09")
        for day in range(7)
        for hour in range(0, 24, 6)
    ]


def as_findings(contents: Sequence[Any]) -> list[Finding[Any]]:
    return [
        Finding(content, AreaLevel.REGIO, BURGLARY, place=place)
        for place, content in enumerate(contents)
    ]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (
            {"d5h18": 2.0, "d0h6": 0.5},
            "De meeste registraties vallen op zaterdag tussen 18 en 24 uur: ongeveer 2 keer zo veel"
            " als gemiddeld. De minste vallen op maandag tussen 6 en 12 uur: ongeveer 0,5 keer het"
            " gemiddelde.",
        ),
        (
            {f"d{day}h18": 1.5 for day in range(7)},
            "De meeste registraties vallen elke dag tussen 18 en 24 uur: ongeveer 1,5 keer zo veel"
            " als gemiddeld.",
        ),
        (
            {"d4h18": 2.0, "d5h18": 2.0, "d6h0": 2.0},
            "De meeste registraties vallen op zondag tussen 0 en 6 uur en op vrijdag en zaterdag"
            " tussen 18 en 24 uur: ongeveer 2 keer zo veel als gemiddeld.",
        ),
        ({}, "Geen enkel deel van de week verschilt duidelijk van een gemiddeld deel."),
        (
            {"d1h0": 0.0},
            "De minste vallen op dinsdag tussen 0 en 6 uur: minder dan een kwart van het"
            " gemiddelde.",
        ),
        (
            {f"d{day}h{hour}": 0.5 for day in range(4) for hour in (0, 6)},
            "De minste vallen in 8 verschillende delen van de week: ongeveer 0,5 keer het"
            " gemiddelde.",
        ),
    ],
)
def test_the_busiest_and_the_quietest_part_are_named(times: dict[str, float], said: str) -> None:
    assert describe_week(INDICATOR, week(**times)) == said


def test_the_week_is_drawn_whole_with_its_numbers_and_periods() -> None:
    figure = draw_week(INDICATOR, "Kleine Regio", week(d5h18=2.5, d1h0=0.0))

    drawing = read_svg(figure)
    said = [element.text for element in drawing.iter("title")]
    assert len(list(drawing.iter("rect"))) == 28
    assert "zaterdag, 18–24 uur: 2,5 keer een gemiddeld deel van de week" in said
    assert "< 0,25" in [element.text for element in drawing.iter("text")]
    assert figure.table.columns[0] == "Dag"
    assert [row.head for row in figure.table.rows][:2] == ["Maandag", "Dinsdag"]
    assert figure.table.rows[5].cells == ("1 keer", "1 keer", "1 keer", "2,5 keer")
    assert figure.table.rows[1].cells[0] == "minder dan 0,25 keer"
    assert figure.summary.endswith("Berekend over januari 2018 tot en met september 2025 samen.")


def test_what_follows_more_often_than_by_chance_is_told() -> None:
    assert describe_repeats(INDICATOR, BANDS) == (
        "Na een registratie volgt binnen 100 meter binnen 7 dagen ongeveer 2 keer zo vaak nog een"
        " als bij toeval. Ook bij 1 andere combinatie van afstand en tijd gebeurt dat vaker dan bij"
        " toeval."
    )
    far = NearRepeat(200, 400, 15, 30, 1.5, "more")
    assert "volgt op 200 tot en met 400 meter na 15 tot en met 30 dagen ongeveer 1,5" in (
        describe_repeats(INDICATOR, [far])
    )
    chance = [replace(band, verdict="as_chance") for band in BANDS]
    assert describe_repeats(INDICATOR, chance) == (
        "Bij geen enkele afstand en tijd volgt er vaker nog een dan bij toeval."
    )


def test_a_band_that_is_not_there_has_too_few() -> None:
    rows = draw_repeats(INDICATOR, "Kleine Regio", BANDS).table.rows

    assert [row.head for row in rows] == ["Dezelfde plek", "0–100 meter", "100–200 meter"]
    assert rows[0].cells == ("2,5 keer, kan toeval zijn", "te weinig")
    assert rows[1].cells == ("2 keer", "1,5 keer")


def test_the_theme_page_shows_both_and_without_findings_neither(tmp_path: Path) -> None:
    found = as_findings(week(d5h18=2.0)) + as_findings(BANDS)
    shelf = shelve_findings_release(tmp_path / "with", found)
    release = shelf.open_current("openbaar")
    indicator = release.indicators[BURGLARY]
    gemeente = read_theme_findings(Asked(release, indicator, release.areas["GM9001"], None))
    for block in (gemeente.week, gemeente.near):
        check_traced(block)
        assert block is not None
        assert "als geheel, niet over Aldermeer apart" in block.cautions[-1]
    assert gemeente.near is not None
    assert "geen voorspelling" in gemeente.near.cautions[0]
    other = release.indicators["fietsendiefstal"]
    none = read_theme_findings(Asked(release, other, release.areas["RG90"], None))
    assert (none.week, none.near) == (None, None)

    page = read_page(shelf, f"cijfer={BURGLARY}")
    assert "Dag van de week en uur" in page
    assert "Volgt er snel nog een, dichtbij?" in page
    assert "geen dag van de week en geen uur" not in page
    release.close()


def check_traced(block: FindingBlock | None) -> None:
    assert block is not None
    trace = dict(block.trace)
    assert (DOCS / trace["Uitleg van de methode"]).is_file()
    module, _, function = trace["Berekend door"].rpartition(".")
    assert hasattr(importlib.import_module(module), function)
    assert "levering" in trace["Berekend uit"]


def read_page(shelf: Any, query: str) -> str:
    with connect(shelf) as client:
        return str(client.get(f"/thema/{BURGLARY}?{query}").text)
