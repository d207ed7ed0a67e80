"""Years together on the page of a wijk or buurt: what a reader sees of small, large and hidden."""

import re
from collections.abc import Iterator

import pytest
from httpx import Client

from lib.changed_release import shelve_changed_release
from lib.page_server import connect
from lib.page_words import read_words

VELD, BERKEN, REGION = "BU90020102", "BU90020101", "RG90"  # the first has 900 homes
TABLES = ("cell_by_area", "cell_by_indicator")
WHERE = (
    " WHERE indicator_key = {indicator}"
    " AND area_key = (SELECT area_key FROM area WHERE code = '{code}')"
    " AND period_key = (SELECT period_key FROM period WHERE id = '{year}')"
)


def plant(indicator: int, code: str, *counts: int) -> Iterator[str]:
    """Give the statements that make the years from 2022 on count this much."""
    for at, count in enumerate(counts):
        where = WHERE.format(indicator=indicator, code=code, year=2022 + at)
        for table in TABLES:
            yield f"UPDATE {table} SET value = {count}, lower = {count}, upper = {count}{where}"


def mask(indicator: int, code: str, year: int) -> Iterator[str]:
    where = WHERE.format(indicator=indicator, code=code, year=year)
    for table in TABLES:
        yield f"UPDATE {table} SET value = NULL, lower = NULL, upper = NULL, status = 2{where}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    shelf = shelve_changed_release(
        tmp_path_factory.mktemp("several"),
        *plant(1, VELD, 3, 2, 1, 3),
        *plant(1, REGION, 52, 52, 52, 52),
        *plant(2, VELD, 1, 1, 1, 1),
        *mask(2, VELD, 2024),
        *plant(1, BERKEN, 20, 20, 20, 20),
        *plant(2, BERKEN, 1, 1, 1, 1),
    )
    with connect(shelf) as client:
        yield client


def block_of(client: Client, address: str) -> str:
    html = client.get(address).text
    found = re.search(r'<section aria-labelledby="jaren-samen">.*?</section>', html, re.DOTALL)
    return " ".join(read_words(found.group()).split()) if found else ""


def test_few_cases_a_year_are_shown_together_beside_the_region(client: Client) -> None:
    """9 cases in 4 x 900 homes; the region has 208 in 4 x 5,160, and without 't Veld 11.7."""
    told = block_of(client, f"/gebied/{VELD}?cijfer=woninginbraken")
    sentence = (
        "Woninginbraken in 't Veld, 2022 tot en met 2025 samen: 9 registraties. Dat is 2,5 per"
        " 1.000 woningen (1,1–4,7) per jaar; in de regio 10,1 per 1.000 woningen (8,8–11,5)."
        " Oordeel: het gebied ligt duidelijk onder de rest van de regio."
    )
    assert sentence in told
    row = "Woninginbraken 2022–2025 9 2,5 per 1.000 woningen (1,1–4,7) 10,1"
    assert row in told


def test_a_hidden_year_makes_no_sum_and_is_named(client: Client) -> None:
    told = block_of(client, f"/gebied/{VELD}?cijfer=fietsendiefstal")
    assert (
        "Fietsendiefstal in 't Veld, 2022 tot en met 2025: we geven geen som."
        " Over 2024 afgeschermd om mensen te beschermen."
    ) in told
    assert "geen som: over 2024 afgeschermd om mensen te beschermen" in told


def test_enough_cases_a_year_stand_on_their_own(client: Client) -> None:
    told = block_of(client, f"/gebied/{BERKEN}?cijfer=woninginbraken")
    assert "Woninginbraken telt hier genoeg gevallen per jaar" in told
    assert "Woninginbraken 2022" not in told
    assert "Fietsendiefstal 2022–2025 4 " in told


@pytest.mark.parametrize("code", [REGION, "GM9001"])
def test_larger_areas_have_no_such_block(client: Client, code: str) -> None:
    assert block_of(client, f"/gebied/{code}") == ""


@pytest.mark.parametrize("change", ["unit = 'persoon'", "analyses = ['trend']"])
def test_persons_and_what_stays_are_not_added_up(
    tmp_path_factory: pytest.TempPathFactory, change: str
) -> None:
    shelf = shelve_changed_release(
        tmp_path_factory.mktemp("persons"),
        *plant(1, VELD, 3, 2, 1, 3),
        f"UPDATE indicator SET {change}",
    )
    with connect(shelf) as client:
        assert block_of(client, f"/gebied/{VELD}") == ""


def test_the_block_speaks_english(client: Client) -> None:
    told = block_of(client, f"/en/gebied/{VELD}?cijfer=woninginbraken")
    assert "2022 to 2025 together: 9" in told
    assert "in the region" in told
