"""The share of attempts beside what was completed, and a figure that no line is drawn of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client, Response

from lib.changed_release import shelve_changed_release
from lib.page_server import connect
from lib.page_words import read_words
from lib.small_release import count_of
from regiebeeld.dashboard.web.attempts import show_attempts
from regiebeeld.dashboard.web.findings import Asked
from regiebeeld.domain import read_period
from regiebeeld.releases import Hidden
from regiebeeld.statistics import Span
from regiebeeld.statistics.proportions import Parted, compute_share

# In the small release these two count the same place and time; here one is the other's attempts.
PAIR = "INSERT INTO attempt_pair VALUES (0, 'woninginbraken', 'fietsendiefstal')"
HEADING = "Hoeveel bleef bij een poging?"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    shelf = shelve_changed_release(
        tmp_path_factory.mktemp("pair"),
        PAIR,
        "UPDATE indicator SET analyses = [] WHERE id = 'drugshandel'",
    )
    with connect(shelf) as client:
        yield client


def words_of(answer: Response) -> str:
    assert answer.status_code == 200
    return read_words(answer.text)


@pytest.mark.parametrize(
    "page", ["woninginbraken?gebied=GM9001", "algemeen?gebied=GM9001&cijfer=fietsendiefstal"]
)
def test_both_halves_tell_the_share_of_the_last_year(client: Client, page: str) -> None:
    words = words_of(client.get(f"/thema/{page}"))
    assert HEADING in words
    year = read_period("2025")
    attempts, completed = (count_of(which, 3060, year, area_key=2) for which in (1, 2))
    share = compute_share(Parted(Span(attempts, attempts), Span(completed, completed)))
    assert share is not None
    margin = f"{100 * share.lower:.0f}–{100 * share.upper:.0f}"
    assert f"In 2025 bleef {100 * share.lowest:.0f} procent bij een poging" in words
    assert f"(marge {margin} procent)" in words
    assert "lees ze samen" in words


def test_of_a_few_cases_no_share_is_told(client: Client) -> None:
    words = words_of(client.get("/thema/woninginbraken?gebied=BU90010102"))
    assert "te weinig gevallen om iets over het aandeel pogingen te zeggen" in words


def test_a_figure_without_another_half_has_no_share(client: Client) -> None:
    assert HEADING not in words_of(client.get("/thema/algemeen?cijfer=drugshandel"))


@pytest.mark.parametrize(
    "missing",
    [
        "UPDATE indicator SET id = 'iets_anders' WHERE id = 'fietsendiefstal'",
        "UPDATE indicator SET source = 'een_ander' WHERE id = 'fietsendiefstal'",
        "DROP TABLE attempt_pair",
    ],
)
def test_who_does_not_have_both_of_one_source_gets_no_share(tmp_path: Path, missing: str) -> None:
    shelf = shelve_changed_release(tmp_path, PAIR, missing)
    release = shelf.open_current("openbaar", lambda *_: Hidden())
    asked = Asked(release, release.indicators["woninginbraken"], release.areas["GM9001"], None)
    assert show_attempts(asked) is None


def test_no_line_is_drawn_where_no_trend_is_allowed(client: Client) -> None:
    page = client.get("/thema/algemeen?cijfer=drugshandel")
    assert "Van dit cijfer tekenen we geen lijn" in words_of(page)
    start = page.text.index('id="wanneer"')
    assert "<svg" not in page.text[start : page.text.index('id="hoeveel"')]


def test_a_line_is_drawn_where_a_trend_is_allowed(client: Client) -> None:
    assert "tekenen we geen lijn" not in words_of(client.get("/thema/woninginbraken"))
