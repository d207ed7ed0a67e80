"""Months that are not all in: on the pages of theme, area and signals, and in the API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from functional.test_pages import words_of
from lib.page_server import connect
from lib.signal_release import BEFORE, FINDINGS, MONTH, found_in, shelve_signal_release, signal
from regiebeeld.dashboard.charts import SeenSignal, draw_signal
from regiebeeld.domain import AreaLevel, read_period
from regiebeeld.releases import Release
from regiebeeld.releases.findings import Finding, Nowcast, Signal, Unjudged, read_content
from unit.test_charts_figures import AREA, INDICATOR

LATE = Nowcast(23, 23, 23, 0.7, 33, 26, 41)
CASTS: tuple[Finding[Any], ...] = (
    Finding(LATE, AreaLevel.GEMEENTE, "fietsendiefstal", "GM9001", MONTH),
    Finding(
        Nowcast(40, 36, 44, 0.9, 44, 38, 51), AreaLevel.GEMEENTE, "fietsendiefstal", "GM9001",
        BEFORE,
    ),
    Finding(Unjudged(MONTH, MONTH, "not_known"), AreaLevel.REGIO, "woninginbraken", period=MONTH),
)  # fmt: skip
PAGE = "/thema/algemeen?gebied=GM9001&cijfer=fietsendiefstal"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    shelf = shelve_signal_release(tmp_path_factory.mktemp("nowcast"), (*FINDINGS[:1], *CASTS))
    found = shelf.open_current("openbaar")
    yield found
    found.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("nowcast_served")
    with connect(shelve_signal_release(folder, (*FINDINGS[:1], *CASTS), invented=True)) as client:
        yield client


def test_the_theme_says_what_is_in_and_what_it_becomes(client: Client) -> None:
    page = client.get(PAGE)
    words = words_of(page)
    assert "Nog niet volledig: juni 2026. Gebruikelijk is nu 70 procent binnen." in words
    assert "naar schatting worden het er 26 tot 41 als alles binnen is" in words
    assert "Geteld zijn tussen 36 en 44" in words  # a rounded count is a range
    assert "nog niet volledig (70 procent)" in words  # in the table beside the drawing
    assert "volledig genoeg" in words
    assert words.count("Nog niet volledig: ") == 2


def test_where_all_is_in_there_is_no_estimate(client: Client) -> None:
    other = words_of(client.get(PAGE.replace("GM9001", "GM9002")))
    assert "naar schatting" not in other
    assert "Nog niet volledig" not in words_of(client.get("/gebied/GM9002"))


def test_the_area_says_it_of_the_last_period(client: Client) -> None:
    words = words_of(client.get("/gebied/GM9001"))
    assert "Nog niet volledig: juni 2026." in words
    assert "mei 2026. Gebruikelijk" not in words


def test_the_api_gives_estimates_by_month(client: Client) -> None:
    told = client.get("/api/v1/nowcasts").json()["nowcasts"]
    assert [(one["period"], one["estimate"]) for one in told] == [(BEFORE, 44), (MONTH, 33)]
    one = client.get(f"/api/v1/nowcasts?period={MONTH}").json()["nowcasts"]
    assert [(row["lower"], row["upper"], row["share"]) for row in one] == [(26, 41, 0.7)]
    assert client.get("/api/v1/nowcasts?period=2001-01").status_code == 404


def test_the_page_of_signals_says_which_months_wait(client: Client) -> None:
    words = words_of(client.get(f"/signalen?periode={MONTH}"))
    assert "het is niet bekend hoeveel. Deze maand bekijken we daarom later." in words


def test_a_signal_of_a_part_shows_count_estimate_and_what_is_usual() -> None:
    known = signal(share=0.7, estimate=33, estimate_lower=26, estimate_upper=41)
    seen = SeenSignal(known, INDICATOR, AREA, read_period(MONTH), read_period(MONTH))
    figure = draw_signal(seen)
    assert "nu 70 procent binnen" in figure.summary
    assert "Tot nu toe geteld: 23; naar schatting wordt het tussen 26 en 41." in figure.summary
    assert "Gebruikelijk als alles binnen is: 6–14." in figure.summary
    assert "23, naar schatting 26–41" in figure.table.rows[0].cells
    assert figure.svg is not None
    assert "naar schatting 26–41" in figure.svg
    assert "bullet-range" in figure.svg
    assert not seen.is_rounded
    whole = SeenSignal(signal(), INDICATOR, AREA, read_period(MONTH), read_period(MONTH))
    assert "schatting" not in draw_signal(whole).summary


def test_a_signal_of_an_older_release_is_of_a_whole_month() -> None:
    old = (
        '{"direction": "rise", "observed": 9, "observed_lower": 9, "observed_upper": 9, '
        '"expected": 3.0, "usual_lower": 1.0, "usual_upper": 6.0, "since": "2026-05", '
        '"p": 0.01, "q": 0.02, "above": null}'
    )
    found = read_content(Signal, old)
    assert (found.share, found.estimate) == (1.0, None)


def test_findings_of_a_part_are_stored_and_read_back(release: Release) -> None:
    kept = {each.period: each.content for each in release.read_findings(Nowcast)}
    assert kept[MONTH] == LATE
    late = found_in("GM9001", signal(share=0.7, estimate=33, estimate_lower=26, estimate_upper=41))
    assert late.content.estimate == 33
