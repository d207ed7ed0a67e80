"""The profile of an area, the five blocks, the menu of every figure, and the way to an area."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest
from httpx import Client

from lib.findings_release import effect, every_kind, shelve_findings_release
from lib.page_server import connect
from lib.page_words import read_words

BLOCKS = ["wat", "waar", "wanneer", "hoeveel", "wie"]
AREAS = ("RG90", "GM9001", "WK900101", "BU90010101")
CONTACT = "cijfers@regio.example"
FIGURE = re.compile(r'<figure class="figure" id="([^"]+)".*?</figure>', re.DOTALL)
PAGES = (
    "/",
    "/thema/woninginbraken?gebied=GM9001&niveau=buurt",
    "/thema/algemeen?cijfer=drugshandel",
    "/gebied/GM9001?cijfer=woninginbraken",
    "/gebied/BU90010101",
    "/vergelijk?gebied=GM9001&gebied=GM9002",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A release with one of every finding, an address for doubts, and a figure of people."""
    own = effect(areas=("BU90020101",), title="Alleen in De Berken")
    shelf = shelve_findings_release(tmp_path_factory.mktemp("profile"), [*every_kind(), own])
    with duckdb.connect(str(shelf.folder / "2026-07-15.1" / "openbaar.duckdb")) as file:
        file.execute("INSERT INTO about VALUES ('contact', ?)", [CONTACT])
        file.execute("UPDATE indicator SET unit = 'persoon' WHERE id = 'drugshandel'")
    with connect(shelf) as client:
        yield client


def part_of(html: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}".*?</section>', html, re.DOTALL)
    assert found, name
    return found.group()


def drawn_in(html: str) -> tuple[list[str], list[str]]:
    """Give the paths of the small map: what lies around, and the area itself."""
    found = re.search(r'<svg class="locator".*?</svg>', html, re.DOTALL)
    assert found
    shapes = re.findall(r'<path class="(\w+)" d="([^"]+)"', found.group())
    return [d for kind, d in shapes if kind == "outline"], [d for k, d in shapes if k == "here"]


@pytest.mark.parametrize("code", AREAS)
def test_a_profile_has_five_blocks_and_what_goes_with_them(client: Client, code: str) -> None:
    heads = re.findall(r'<h2 id="([a-z]+)"', client.get(f"/gebied/{code}").text)
    assert [head for head in heads if head in BLOCKS] == BLOCKS
    assert {"interventies", "duiding", "grenzen"} <= set(heads)


def test_the_small_map_shows_an_area_in_what_it_lies_in(client: Client) -> None:
    # The rectangles of the small release: a gemeente among two, a buurt in one wijk.
    around, here = drawn_in(client.get("/gebied/GM9001").text)
    assert (len(around), here) == (2, ["M0,0h600v600h-600Z"])
    around, here = drawn_in(client.get("/gebied/BU90010102").text)
    assert (around, here) == (["M0,0h600v600h-600Z"], ["M0,400h600v200h-600Z"])
    page = client.get("/gebied/BU90010102").text
    assert 'aria-label="Kaartje: Buitengebied Noord ligt in Aldermeer"' in page
    assert 'class="locator"' not in client.get("/gebied/RG90").text


def test_key_figures_stand_in_the_head(client: Client) -> None:
    head = re.search(r'<dl class="key-row">.*?</dl>', client.get("/gebied/GM9001").text, re.DOTALL)
    assert head
    assert "woningen (" in read_words(head.group())
    assert "3.060" in read_words(head.group())


@pytest.mark.parametrize(
    ("code", "told", "not_told"),
    [
        ("BU90010101", "Buurtapps", "Alleen in De Berken"),
        ("GM9002", "Alleen in De Berken", "Buurtapps"),
        ("BU90020102", "geen interventie", "Alleen in De Berken"),
    ],
)
def test_interventions_stand_where_they_were(
    client: Client, code: str, told: str, not_told: str
) -> None:
    words = read_words(part_of(client.get(f"/gebied/{code}").text, "interventies"))
    assert told in words
    assert not_told not in words


def test_an_intervention_comes_with_what_could_be_seen(client: Client) -> None:
    part = part_of(client.get("/gebied/WK900101").text, "interventies")
    words = read_words(part)
    assert "Een daling kleiner dan 30 % kunnen we niet zien." in words.replace("\u00a0", " ")
    assert "1.200 huishoudens" in words
    assert "cijfer=woninginbraken#effects" in unescape(part)


def test_who_lists_only_what_counts_people(client: Client) -> None:
    theme = part_of(client.get("/thema/algemeen").text, "wie")
    assert "Het cijfer ‘Fietsendiefstal’ telt" in read_words(theme)
    assert "niet wie slachtoffer of verdachte is" in read_words(theme)
    assert re.findall(r'scope="row"[^>]*><a[^>]*>([^<]+)', theme) == [
        "Drugs: bezit, handel en productie"
    ]
    people = part_of(client.get("/thema/algemeen?cijfer=drugshandel").text, "wie")
    assert "Het cijfer ‘Drugs: bezit, handel en productie’ telt mensen." in read_words(people)
    none = part_of(client.get("/thema/woninginbraken").text, "wie")
    assert "Er staan hier geen cijfers die mensen tellen." in read_words(none)
    assert "<table" not in none


@pytest.mark.parametrize("address", PAGES)
def test_every_link_in_the_menu_of_a_figure_leads_to_what_it_names(
    client: Client, address: str
) -> None:
    html = client.get(address).text
    figures = FIGURE.findall(html)
    assert figures
    assert html.count('<figure class="figure"') == len(figures)
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    for figure in FIGURE.finditer(html):
        menu = re.search(r'<details class="more.*?</details>', figure.group(), re.DOTALL)
        assert menu, figure.group(1)
        found = re.findall(r'href="([^"]+)">([^<]+)</a>', menu.group())
        links = {words: unescape(link) for link, words in found}
        if "<table" in figure.group():
            assert links["tabel"] == f"#{figure.group(1)}-tabel"
            assert links["tabel"][1:] in ids
        _check_definition(client, links.get("wat telt dit cijfer?", ""), html)
        page, _, name = links["bron"].partition("#")
        # What is made of many indicators leads to all sources.
        assert not name or f'id="{name}"' in client.get(page).text
        assert client.get(links.get("download (CSV)", "/status")).status_code == 200
        page, _, name = links["link naar deze figuur"].partition("#")
        assert name == figure.group(1)
        assert f'id="{name}"' in client.get(page).text
        _check_doubt(links["meld een twijfel"], links["link naar deze figuur"])


def _check_definition(client: Client, link: str, html: str) -> None:
    if link:
        page, _, name = link.partition("#")
        there = client.get(page).text if page else html
        assert re.search(rf'<(\w+)[^>]* id="{name}">((?!</\1>).)*: definitie\.', there, re.DOTALL)


def _check_doubt(link: str, figure: str) -> None:
    assert link.startswith(f"mailto:{CONTACT}?")
    assert figure in unquote(link)
    assert "Versie: 2026-07-15.1" in unquote(link)


def test_a_menu_without_an_address_for_doubts_has_no_such_link(tmp_path: Path) -> None:
    with connect(shelve_findings_release(tmp_path, [])) as client:
        html = client.get("/gebied/GM9001").text
    assert 'class="more' in html
    assert "meld een twijfel" not in html


def test_the_link_of_a_figure_holds_the_whole_state_of_its_page(client: Client) -> None:
    address = "/thema/woninginbraken?gebied=GM9001&niveau=buurt&periode=2024&maat=aantal"
    html = client.get(address).text
    links = re.findall(r'href="([^"]+#waar-kaart)"', html)
    assert len(links) == 1
    kept = unescape(links[0])
    for part in ("gebied=GM9001", "niveau=buurt", "periode=2024", "maat=aantal"):
        assert part in kept
    again = client.get(kept.partition("#")[0]).text
    assert FIGURE.findall(again) == FIGURE.findall(html)


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("/gebied/BU90010101", ["/gebied/RG90", "/gebied/GM9001", "/gebied/WK900101"]),
        (
            "/thema/woninginbraken?gebied=BU90010101",
            [
                f"/thema/woninginbraken?gebied={code}&cijfer=woninginbraken"
                for code in ("RG90", "GM9001", "WK900101")
            ],
        ),
        ("/vergelijk?gebied=GM9002&gebied=GM9001", ["/gebied/RG90"]),
    ],
)
def test_the_way_to_an_area_stands_above_its_pages(
    client: Client, address: str, links: list[str]
) -> None:
    html = client.get(address).text
    found = re.search(r'<nav class="utrecht-breadcrumb-nav crumbs.*?</nav>', html, re.DOTALL)
    assert found
    assert [unescape(link) for link in re.findall(r'href="([^"]+)"', found.group())] == links
    assert found.group().count('aria-current="page"') == 1


def test_the_region_has_no_way_to_it(client: Client) -> None:
    assert "utrecht-breadcrumb-nav" not in client.get("/gebied/RG90").text


def test_words_of_the_glossary_can_be_pressed_on_the_pages(client: Client) -> None:
    pressed = re.findall(r'popovertarget="([^"]+)"', client.get("/gebied/GM9001").text)
    assert "begrip-marge" in pressed
    assert "begrip-voorlopig" in pressed
    assert len(pressed) == len(set(pressed))
    searched = client.get("/thema/algemeen?cijfer=drugshandel").text
    assert 'popovertarget="begrip-haaldelict"' in searched
