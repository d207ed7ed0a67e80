"""Factors, changes, chances and verdicts of findings in words, and the axis they are drawn on."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from lib.findings_release import ALL, BURGLARY, FIGURES, drivers, effect
from regiebeeld.dashboard.charts.dots import Axis, Dot, draw_ratios
from regiebeeld.dashboard.charts.drivers import describe_driver, describe_step
from regiebeeld.dashboard.charts.effects import describe_effect, name_start
from regiebeeld.dashboard.charts.shares import (
    describe_chance,
    describe_change,
    describe_margin,
    write_factor,
    write_percent,
)
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
    [(0.0, "0"), (0.004, "minder dan 0,01"), (0.62, "0,62"), (0.996, "1,0"), (1.38, "1,4"),
     (9.96, "10,0"), (12.3, "12"), (1234.0, "1.234")],
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
    ("figure", "step", "words"),
    [(FIGURES[0], 1.0, "2,0 keer zo hoog"),
     ("woningen (in verdubbelingen)", 1.0, "2,0 keer zo hoog"), (FIGURES[1], 0.25, "0,25 hoger"),
     ("verkoopprijs van woningen (1.000 euro)", 60.0, "60 × 1.000 euro hoger"),
     ("afstand tot winkels (km)", 1.5, "1,5 km hoger")],
)  # fmt: skip
def test_a_step_is_told_with_its_unit(figure: str, step: float, words: str) -> None:
    driver = replace(drivers()[0].content, figure=figure, step=step)
    assert describe_step(driver) == words
    assert f"{words} is, zijn er" in describe_driver(driver, burglary())


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
