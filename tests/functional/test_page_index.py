"""What comes first on theme and area pages: the page in short, its index, and what is folded."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from httpx import Client

from lib.findings_release import BURGLARY, shelve_findings_release
from lib.page_server import connect
from lib.page_words import read_words
from regiebeeld.dashboard.charts import Row
from regiebeeld.dashboard.web.pages import list_sections, write_labelled_rows
from regiebeeld.releases import Release, Shelf

PAGES = (
    "/thema/woninginbraken",
    "/thema/woninginbraken?gebied=GM9001&niveau=buurt",
    "/thema/algemeen?cijfer=drugshandel",
    "/gebied/RG90",
    "/gebied/GM9001",
    "/gebied/BU90010101?cijfer=woninginbraken",
)
YEAR = "2026-06/P12M"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_findings_release(tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def release(shelf: Shelf) -> Iterator[Release]:
    opened = shelf.open_current("openbaar")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> Iterator[Client]:
    with connect(shelf) as client:
        yield client


def index_of(html: str) -> list[tuple[str, str]]:
    found = re.search(r'<nav class="page-index.*?</nav>', html, re.DOTALL)
    assert found
    return re.findall(r'<a class="nl-link" href="#([^"]+)">([^<]+)</a>', found.group())


def in_short(html: str) -> str:
    found = re.search(r'<section aria-labelledby="kort".*?</section>', html, re.DOTALL)
    assert found
    return read_words(found.group())


@pytest.mark.parametrize("address", PAGES)
def test_the_index_names_every_part_below_it_in_order(client: Client, address: str) -> None:
    html = client.get(address).text
    below = html[html.index('<nav class="page-index') :]
    parts = re.findall(r'<section aria-labelledby="([^"]+)"', below)
    assert [anchor for anchor, _ in index_of(html)] == parts
    assert {"wat", "waar", "wanneer", "hoeveel", "wie"} <= set(parts)
    names = [name for _, name in index_of(html)]
    assert len(set(names)) == len(names)
    assert "Waar" in names  # which figure it is about is not said nine times over


def test_the_index_is_a_landmark_with_a_name(client: Client) -> None:
    html = client.get(PAGES[0]).text
    named = re.search(r'<nav class="page-index screen-only" aria-labelledby="([^"]+)">', html)
    assert named
    assert f'<p id="{named.group(1)}">Op deze pagina</p>' in html
    assert 'aria-labelledby="op-deze-pagina"' not in client.get("/").text


def test_a_theme_says_first_what_it_is_whether_it_changed_and_where(
    client: Client, release: Release
) -> None:
    html = client.get("/thema/woninginbraken?gebied=GM9001").text
    words = in_short(html)
    cell = release.read_area_cells("GM9001", period=YEAR)[BURGLARY]
    assert f"Woninginbraken in Aldermeer, juli 2025 tot en met juni 2026: {cell.value}" in words
    assert "Een jaar eerder" in words
    assert "met een jaar eerder" in words
    where = re.search(
        r'<figure class="figure" id="waar-(?:trechter|kaart).*?<p class="says">(.*?)</p>',
        html,
        re.DOTALL,
    )
    assert where
    assert read_words(where.group(1)).rstrip(".") in words


def test_an_area_names_its_signals_first(client: Client) -> None:
    with_signal = in_short(client.get("/gebied/GM9001").text)
    assert "Anders dan gebruikelijk in deze maanden: " in with_signal
    html = client.get("/gebied/GM9001").text
    assert html.index('id="signals"') < html.index('id="wat"')
    title = re.search(r'id="signals-1">\s*<h3[^>]*>([^<]+) · ', html)
    assert title
    assert unescape(title.group(1)) in with_signal
    # Looked at, and nothing found: that is an answer too.
    assert "Geen enkel cijfer is anders dan gebruikelijk" in in_short(
        client.get("/gebied/GM9002").text
    )


@pytest.mark.parametrize("address", PAGES[:2])
def test_what_is_folded_keeps_its_sentence_in_sight(client: Client, address: str) -> None:
    html = client.get(address).text
    for folded in ("waar-trechter", "places-1", "effects-1", "drivers-1"):
        figure = re.search(rf'<figure class="figure" id="{folded}">.*?</figure>', html, re.DOTALL)
        if figure is None:
            assert folded == "waar-trechter"
            continue
        before, _, inside = figure.group().partition('<details class="fold')
        assert '<p class="says">' in before
        assert "<svg" not in before
        assert "<table" in inside
        assert "</h3>" in before
    for shown in ("waar-kaart", "wanneer-maanden", "wanneer-jaren"):
        figure = re.search(rf'<figure class="figure" id="{shown}".*?<details', html, re.DOTALL)
        assert figure, shown
        assert "<svg" in figure.group(), shown


def test_a_cell_without_words_has_the_head_of_its_column() -> None:
    row = Row("<b>", ("2025", "34", "2,8 per 1.000 <i> (2,4–3,2)", "", "lager"))
    columns = ("Cijfer", "Periode", "Een & al", "Verhouding", "Niets", "Verschil")
    html = str(write_labelled_rows([row], columns))
    assert '<td role="cell" data-head="Periode">2025</td>' in html
    assert 'data-head="Een &amp; al">34</td>' in html
    assert '&lt;i&gt; <span class="kept">(2,4–3,2)</span></td>' in html
    assert '<td role="cell"></td>' in html
    assert '<td role="cell">lager</td>' in html
    assert "&lt;b&gt;</th>" in html


def test_a_part_is_named_until_the_colon() -> None:
    html = (
        '<h2 id="a" class="x">Waar: <span lang="nl">Fiets &amp; brommer</span></h2>'
        '<h2 class="no-anchor">Niets</h2><h2 id="b">Wie</h2>'
    )
    assert list_sections(html) == [("a", "Waar"), ("b", "Wie")]
