"""Public places on the map of a page: drawn with a shape and a letter, and listed in words."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from httpx import Client

from lib.changed_release import shelve_changed_release
from lib.page_server import connect
from lib.page_words import read_words

THEME = "/thema/woninginbraken?niveau=buurt"
PLACES = (
    "INSERT INTO public_place VALUES"
    " ('Bureau <Oost>', 'police_station', 'GM9001', 200, 100, 6.52, 52.29, 'Uit een lijst.'),"
    " ('Kazerne Zuid', 'fire_station', 'GM9002', 800, 500, 6.58, 52.25, 'Uit een lijst.')"
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with connect(shelve_changed_release(tmp_path_factory.mktemp("places"), PLACES)) as client:
        yield client


def layer_of(html: str) -> str:
    found = re.search(r'<g class="layer layer-plekken.*?</g></g>', html, re.DOTALL)
    return found.group() if found else ""


def list_of(html: str) -> str:
    found = re.search(
        r'<details class="layer-list layer-list-plekken"[^>]*>.*?</details>', html, re.S
    )
    return unescape(" ".join(read_words(found.group()).split())) if found else ""


def test_each_kind_has_its_shape_and_letter_on_its_point(client: Client) -> None:
    html = client.get(f"{THEME}&laag=plekken").text
    drawn = re.findall(
        r'<g class="point" transform="translate\(([\d.]+) ([\d.]+)\)[^"]*">'
        r"<(circle|path)[^>]*/><text[^>]*>(\w)</text></g>",
        layer_of(html),
    )
    assert drawn == [("800.0", "500.0", "path", "B"), ("200.0", "100.0", "circle", "P")]
    assert 'class="layer layer-plekken shown"' in html
    assert (
        'aria-label="Politie en brandweer op de kaart: 2. De lijst staat onder de kaart."' in html
    )


def test_the_list_says_what_is_drawn_and_where_it_was_read(client: Client) -> None:
    told = list_of(client.get(THEME).text)
    assert "Kazerne Zuid: brandweerkazerne in Berkenhove & Veld" in told
    assert "Uit een lijst." in told
    assert "Bureau &lt;Oost&gt;" in client.get(THEME).text
    assert "<Oost>" not in client.get(THEME).text


def test_the_layer_is_off_until_it_is_asked_for(client: Client) -> None:
    html = client.get(THEME).text
    assert 'class="layer layer-plekken"' in html
    assert re.search(r'name="laag" value="plekken"> Politie en brandweer', html)


def test_the_map_of_a_gemeente_has_only_its_own_places(client: Client) -> None:
    html = client.get(f"{THEME}&gebied=GM9001&laag=plekken").text
    assert layer_of(html).count("<text") == 1
    assert "Kazerne Zuid" not in list_of(html)


def test_places_speak_english(client: Client) -> None:
    html = client.get(f"/en{THEME}&laag=plekken").text
    assert "Kazerne Zuid: fire station in Berkenhove & Veld" in list_of(html)
    assert ">F</text>" in layer_of(html)
    # Where it was read is a sentence of the region, in Dutch.
    assert '<span lang="nl">Uit een lijst.</span>' in html


@pytest.mark.parametrize(
    "statement", ["DELETE FROM public_place", "DROP TABLE public_place"], ids=["none", "older"]
)
def test_a_release_without_places_says_that_the_layer_is_not_there(
    tmp_path_factory: pytest.TempPathFactory, statement: str
) -> None:
    shelf = shelve_changed_release(tmp_path_factory.mktemp("none"), statement)
    with connect(shelf) as client:
        html = client.get(f"{THEME}&laag=plekken").text
    assert layer_of(html) == list_of(html) == ""
    assert "politie en brandweer" in html
