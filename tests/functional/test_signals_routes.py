"""`/signalen`, its text for the register and its tables, as a reader and a program get them."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import duckdb
import pytest
from httpx import Client

from functional.test_pages import (
    test_every_link_on_a_page_leads_somewhere as check_links,
)
from functional.test_pages import (
    test_page_is_well_made as check_well_made,
)
from functional.test_pages import words_of
from lib.page_server import connect
from lib.signal_release import (
    BEFORE,
    FINDINGS,
    MONTH,
    OTHERS,
    RELEASE,
    YEAR,
    shelve_signal_release,
)
from regiebeeld.releases.findings import Signal
from regiebeeld.releases.shelf import compute_file_hash, read_manifest, write_manifest

PAGES = (
    "/signalen", f"/signalen?periode={BEFORE}", "/signalen?gebied=GM9002",
    "/signalen/algoritmeregister",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    shelf = shelve_signal_release(tmp_path_factory.mktemp("signals"), invented=True)
    with connect(shelf) as client:
        yield client


@pytest.mark.parametrize("address", PAGES)
def test_signal_pages_are_well_made_and_lead_somewhere(client: Client, address: str) -> None:
    check_well_made(client, address)
    check_links(client, address)


def test_the_page_shows_sentence_drawing_table_small_print_in_order(client: Client) -> None:
    page = client.get("/signalen")
    heads = re.findall(r'<h2 id="([a-z]+)"', page.text)
    assert heads == ["kort", "stijgingen", "dalingen", "tabel", "bekeken", "methode", "herkomst"]
    words = words_of(page)
    assert "zien we 5 signalen: 4 stijgingen en 1 daling" in words
    assert "Afgerond om mensen te beschermen" in words
    assert "Bron: Politie" in words
    assert "Label: openbaar" in words
    assert "brengdelict" in words
    assert page.text.count('<svg class="bullet"') == 5
    links = {unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)}
    assert "/gebied/BU90020101?cijfer=fietsendiefstal" in links
    assert "/thema/algemeen?gebied=GM9002&cijfer=fietsendiefstal" in links
    assert "aria-current" in page.text.split('href="/signalen"')[1][:30]


def test_every_page_leads_to_the_signals(client: Client) -> None:
    assert 'href="/signalen"' in client.get("/").text


def test_a_month_without_signals_has_no_empty_drawing(client: Client) -> None:
    page = client.get(f"/signalen?periode={BEFORE}")
    assert "zien we geen signalen" in words_of(page)
    assert "<svg class=" not in page.text
    assert 'id="stijgingen"' not in page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/signalen?periode=ooit", 400),
        ("/signalen?periode=2019-01", 404),
        ("/signalen?gebied=GM1234", 404),
        ("/api/v1/signals?period=ooit", 400),
        ("/api/v1/signals?period=2019-01", 404),
        ("/api/v1/signals?format=xml", 400),
        ("/api/v1/signal_families?period=x", 400),
    ],
)
def test_a_wrong_question_about_signals_is_answered_in_words(
    client: Client, address: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert len(words_of(answer)) > 20


def test_the_tables_hold_every_finding_unchanged(client: Client) -> None:
    told = [f for f in FINDINGS if isinstance(f.content, Signal)]
    rows = client.get("/api/v1/signals").json()["signals"]
    assert {
        (r["indicator"], r["area"], r["period"], r["observed_lower"], r["q"]) for r in rows
    } == {(f.indicator, f.area, f.period, f.content.observed_lower, f.content.q) for f in told}
    by_month = client.get(f"/api/v1/signals?period={MONTH}").json()
    assert by_month["invented"] is True
    assert YEAR in {row["period"] for row in by_month["signals"]}
    assert client.get(f"/api/v1/signals?period={BEFORE}").json()["signals"] == []
    families = client.get(f"/api/v1/signal_families?period={BEFORE}").json()["signal_families"]
    assert [(row["tested"], row["found"]) for row in families] == [(3, 0)]


def test_the_tables_are_csv_with_their_columns_also_without_rows(client: Client) -> None:
    text = client.get(f"/api/v1/signals?period={BEFORE}&format=csv").text
    assert text.startswith("\ufeffindicator,area,level,period,direction,observed,")
    text = client.get(f"/api/v1/signals?period={MONTH}&format=csv").text
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    assert len(rows) == 5
    assert {row["invented"] for row in rows} == {"true"}
    assert {row["above"] for row in rows} == {"true", "false", ""}


def test_the_description_names_the_fields_of_a_signal(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    fields = described["components"]["schemas"]["SignalOut"]["properties"]
    assert set(fields) == set(client.get("/api/v1/signals").json()["signals"][0])


def test_the_register_is_filled_from_the_release(client: Client) -> None:
    words = words_of(client.get("/signalen/algoritmeregister"))
    assert "Vroege signalen in veiligheidscijfers, Kleine Regio" in words
    assert "Er zijn 8 reeksen bekeken" in words
    assert f"Versie van de cijfers: {RELEASE}." in words
    assert "[contactgegevens]" in words
    assert "{" not in words


def test_a_release_of_before_the_signals_says_that_it_is_older(tmp_path: Path) -> None:
    shelf = shelve_signal_release(tmp_path, OTHERS)
    path = tmp_path / RELEASE / "openbaar.duckdb"
    with duckdb.connect(str(path)) as file:
        file.execute("DROP TABLE finding")
    manifest = read_manifest(path.parent)
    files = {**manifest["files"], path.name: compute_file_hash(path)}
    write_manifest(path.parent, {**manifest, "files": files})
    with connect(shelf) as client:
        page = client.get("/signalen")
        assert page.status_code == 200
        assert "zij is ouder dan dit onderdeel" in words_of(page)
        assert "<select" not in page.text
        assert client.get("/signalen/algoritmeregister").status_code == 200
        assert client.get("/api/v1/signals").json()["signals"] == []
