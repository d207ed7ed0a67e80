"""Factors, changes, chances and verdicts of findings in words, and the axis they are drawn on."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from lib.findings_release import ALL, BURGLARY, drivers, effect
from regiebeeld.catalogue import Factor
from regiebeeld.dashboard.charts.dots import Axis, Dot, draw_ratios
from regiebeeld.dashboard.charts.drivers import (
    describe_driver,
    describe_step,
    draw_drivers,
    list_driver_cautions,
    name_factor,
)
from regiebeeld.dashboard.charts.effects import describe_effect, name_start
from regiebeeld.dashboard.charts.shares import (
    describe_chance,
    describe_change,
    describe_margin,
    write_factor,
    write_percent,
)
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Indicator
from regiebeeld.releases.findings import Effect

NB = "\u00a0"


def burglary() -> Indicator:
    texts = dict.fromkeys(
        ("definition", "caution", "police_codes", "effort", "label", "finest"), ""
    )
    return Indicator(
        id=BURGLARY, theme="woninginbraken", title="Woninginbraken", unit="registratie",
        analyses=ALL, source="politie", **texts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("factor", "text"),
    [(0.0, "0"), (0.004, "minder dan 0,01"), (0.62, "0,62"), (0.996, "1,0"), (1.04, "1,04"),
     (1.38, "1,4"), (9.96, "10,0"), (12.3, "12"), (1234.0, "1.234")],
)  # fmt: skip
def test_a_factor_has_two_figures_that_matter(factor: float, text: str) -> None:
    assert write_factor(factor) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.6, "40 % minder"), (1.12, "12 % meer"), (1.004, "even veel"), (3.06, "3,1 keer zo veel")],
)
def test_a_ratio_is_told_as_a_change(ratio: float, text: str) -> None:
    assert describe_change(ratio).replace(NB, " ") == text


@pytest.mark.parametrize(
    ("ends", "text"),
    [((0.48, 0.75), "25 % tot 52 % minder"), ((1.05, 1.2), "5 % tot 20 % meer"),
     ((0.8, 1.18), "20 % minder tot 18 % meer"), ((1.0, 1.001), "even veel"),
     ((1.5, 4.0), "50 % meer tot 4,0 keer zo veel")],
)  # fmt: skip
def test_a_margin_runs_from_small_to_large(ends: tuple[float, float], text: str) -> None:
    assert describe_margin(*ends).replace(NB, " ") == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.001, "1 op 1.000"), (0.0123, "1 op 81"), (0.00321, "1 op 310"),
     (0.0, "minder dan 1 op 10.000"), (0.7, "meer dan 1 op 2"), (1.0, "meer dan 1 op 2")],
)  # fmt: skip
def test_a_chance_is_one_in_so_many(p: float, text: str) -> None:
    assert describe_chance(p) == text


def test_a_part_above_zero_never_reads_zero() -> None:
    assert (write_percent(0.0), write_percent(0.004), write_percent(0.18)) == (
        "0", "minder dan 1", "18",
    )  # fmt: skip


def test_half_as_much_lies_as_far_from_the_line_as_twice_as_much() -> None:
    axis = Axis(0.25, 4.0, True, 1.0)
    middle = axis.place(1.0)
    assert middle - axis.place(0.5) == pytest.approx(axis.place(2.0) - middle, abs=0.2)
    assert axis.place(0.01) == axis.place(0.25)
    assert 1.0 in axis.marks()


def test_numbers_under_an_axis_do_not_touch() -> None:
    for high in (1.25, 1.6, 2.0, 5.0, 20.0):
        axis = Axis(1 / high, high, True, 1.0)
        places = [axis.place(mark) for mark in axis.marks()]
        assert len(places) > 2
        assert all(b - a >= 34 for a, b in pairwise(places))


def test_words_in_a_drawing_are_escaped() -> None:
    dot = Dot("<b>", 1.1, 1.0, 1.2, '"<script>"', link='/x"y')
    drawn = draw_ratios([dot], title="<i>", description="<u>")
    assert not re.search(r"<(b|script|i|u)>", drawn)
    assert 'href="/x&quot;y"' in drawn


@pytest.mark.parametrize(
    ("figure", "step", "common", "told"),
    [("adressendichtheid", 1.0, "2,0 keer zo veel", "Per 2 keer zo veel adressen per km²"),
     ("woningdichtheid", 2.0, "4,0 keer zo veel", "Per 2 keer zo veel woningen per km²"),
     ("eengezinswoningen", 20.0, "20 procentpunt meer",
      "Per 10 procentpunt meer eengezinswoningen"),
     ("bouwjaar_voor_2000", 25.0, "25 procentpunt meer",
      "Per 10 procentpunt meer woningen van voor 2000"),
     ("koopwoningen", 22.0, "22 procentpunt meer", "Per 10 procentpunt meer koopwoningen"),
     ("onbewoond", 1.8, "1,8 procentpunt meer", "Per 1 procentpunt meer onbewoonde woningen"),
     ("woz_waarde", 80.0, "80.000 euro hoger", "Per 50.000 euro hogere WOZ-waarde"),
     ("verkoopprijs", 60.0, "60.000 euro hoger", "Per 50.000 euro hogere verkoopprijs"),
     ("afstand_supermarkt", 0.9, "0,90 km verder", "Per 1 km verder van een grote supermarkt"),
     ("afstand_treinstation", 6.0, "6,0 km verder", "Per 1 km verder van een treinstation"),
     ("afstand_oprit", 7.5, "7,5 km verder", "Per 1 km verder van een oprit van een hoofdweg")],
)  # fmt: skip
def test_a_relation_is_told_in_round_steps_beside_the_common_one(
    figure: str, step: float, common: str, told: str
) -> None:
    driver = replace(drivers()[0].content, figure=figure, step=step)
    assert describe_step(driver) == common
    assert describe_driver(driver, burglary()).startswith(f"{told} zijn er naar verhouding ")


def test_every_factor_of_the_catalogue_has_its_words() -> None:
    for factor in Factor:
        driver = replace(drivers()[0].content, figure=factor.value)
        assert describe_step(driver)
        assert describe_driver(driver, burglary())
        assert name_factor(factor.value) != factor.value


def test_the_ratio_of_a_round_step_is_that_of_the_common_one_by_its_size() -> None:
    """1.21 per 20 procentpunt is 1.1 per 10, for 1.1 x 1.1 = 1.21; so for both ends."""
    one = replace(drivers()[1].content, step=20.0, ratio=1.21, lower=1.1025, upper=1.44)
    assert "10 % meer registraties (marge: 5 % tot 20 % meer)." in describe_driver(
        one, burglary()
    ).replace(NB, " ")


def test_a_margin_without_an_end_is_told() -> None:
    wide = replace(drivers()[1].content, step=0.01, ratio=3.0, lower=0.0, upper=1e20)
    assert "geen duidelijk verschil (marge: 100 % minder tot " in describe_driver(
        wide, burglary()
    ).replace(NB, " ")


def test_cautions_name_what_is_hard_to_tell_apart_and_what_was_left_out() -> None:
    first, second = (f.content for f in drivers())
    told = list_driver_cautions(
        [replace(first, vif=12.0, left_out=("afstand_oprit", "onbewoond")), second]
    )
    assert "Moeilijk los te zien van de andere kenmerken: adressen per km²." in told
    assert any(one.endswith(": afstand tot oprit hoofdweg en onbewoonde woningen.") for one in told)
    assert not any("Moeilijk" in one or "Niet meegerekend" in one
                   for one in list_driver_cautions([first, second]))  # fmt: skip


def test_every_view_of_drivers_says_that_it_is_no_cause() -> None:
    figure = draw_drivers(burglary(), AreaLevel.BUURT, [f.content for f in drivers()])
    assert figure.summary.endswith("Dit is een verband, geen oorzaak.")
    assert "Het zijn verbanden, geen oorzaken." in str(figure.svg)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"verdict": "no_effect_seen", "ratio": 0.95, "lower": 0.8, "upper": 1.1},
            "Een daling kleiner dan 30 % kunnen we niet zien. We zien geen effect (marge: 20 %"
            " minder tot 10 % meer).",
        ),
        (
            {"verdict": "too_few", "smallest": None},
            "Zelfs een daling tot nul zouden we met deze aantallen niet zien. Te weinig gevallen om"
            " iets over te zeggen.",
        ),
        (
            {"verdict": "not_possible", "why": "Na de start is er nog geen hele periode."},
            "Het effect is niet te berekenen. Na de start is er nog geen hele periode.",
        ),
        ({"verdict": "more_fail", "why": "Meer inbraken mislukken."}, "Meer inbraken mislukken."),
    ],
)
def test_each_verdict_has_its_words(changed: dict[str, Any], words: str) -> None:
    found: Effect = effect(agree=None, **changed).content
    assert describe_effect(burglary(), found).replace(NB, " ") == words


def test_a_start_is_named_as_a_reader_says_it() -> None:
    assert [name_start(text) for text in ("2023-03", "2023-03-01", "vorig jaar")] == [
        "maart 2023", "1 maart 2023", "vorig jaar",
    ]  # fmt: skip
