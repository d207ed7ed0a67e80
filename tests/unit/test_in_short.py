"""The first sentences of a theme or area page, and the rows that come first in its table."""

from dataclasses import replace

from regiebeeld.dashboard.web.blocks import Headline
from regiebeeld.dashboard.web.in_short import MOST_ROWS, pick_first, say_area, say_theme
from unit.test_charts_figures import AREA, INDICATOR
from unit.test_rounded_overview import RISE, SAME


def named(one: Headline, name: str) -> Headline:
    return replace(one, indicator=replace(INDICATOR, id=name, title=name))


CALM = [named(SAME, f"kalm {number}") for number in range(9)]
ROSE = named(RISE, "gestegen")


def test_the_chosen_and_the_changed_come_first_in_the_order_of_the_theme() -> None:
    chosen = CALM[8]
    first = pick_first([*CALM[:7], ROSE, chosen], chosen.indicator)
    assert first == [*CALM[: MOST_ROWS - 2], ROSE, chosen]


def test_what_stands_out_is_said_once() -> None:
    other = say_theme([*CALM, ROSE], AREA, CALM[0], None)
    assert other[0].startswith(f"kalm 0 in {AREA.name}, 2025: tussen 96 en 104; ")
    assert "Het duidelijkst veranderd is gestegen" in other[1]
    assert "1 is duidelijk veranderd" in other[1]
    itself = say_theme([*CALM, ROSE], AREA, ROSE, None)
    assert itself[0].startswith(f"gestegen in {AREA.name}, 2025: tussen 116 en 124; ")
    assert itself[1].startswith("We vergeleken 10 cijfers")
    none = say_theme(CALM, AREA, CALM[0], None)
    assert none[1].startswith("We vergeleken 9 cijfers")


def test_a_theme_without_the_chosen_figure_says_what_there_is() -> None:
    assert say_theme([], AREA, None, None) == []
    assert say_theme([ROSE], AREA, None, None)[0].startswith("Het duidelijkst veranderd")


def test_an_area_tells_of_signals_only_where_they_were_looked_for() -> None:
    assert say_area([], None) == []
    told = say_area([ROSE], ("fietsen", "brommers"))
    assert told[-1].startswith("Anders dan gebruikelijk in deze maanden: fietsen, brommers.")
    assert say_area([ROSE], ())[-1] == (
        "Geen enkel cijfer is anders dan gebruikelijk in deze maanden."
    )
    assert len(say_area([ROSE], None)) == 2
