"""The map of a page as it is sent: its script, its layers, and its classes at every period."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import brotli
import httpx
import pytest
from httpx import Client

from lib.map_release import EARLIER, LAST, shelve_map_release
from lib.page_server import connect, serving
from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.dashboard.web import create_app
from regiebeeld.dashboard.web.assets import STATIC, read_assets
from regiebeeld.dashboard.web.map_classes import read_class_question, write_classes
from regiebeeld.domain import CatalogueError
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings, read_settings

THEME = "/thema/woninginbraken?niveau=buurt"
CLASSES = "/api/v1/classes?indicator=woninginbraken&level=buurt"
TILES = "https://tegels.example/grijs/{z}/{x}/{y}.png"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_map_release(tmp_path_factory.mktemp("map"))


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> Iterator[Client]:
    with connect(shelf) as client:
        yield client


def find_groups(html: str) -> dict[str, bool]:
    """Give the layers that are drawn, and whether they are shown."""
    found = re.findall(r'<g class="layer layer-(\w+)( shown)?"', html)
    return {name: bool(shown) for name, shown in found}


def list_places(html: str, layer: str) -> list[str]:
    (listed,) = re.findall(
        rf'<details class="layer-list layer-list-{layer}"[^>]*>.*?</details>', html, re.S
    )
    return [unescape(words) for words in re.findall(r"<li[^>]*>(.*?)</li>", listed)]


def test_a_page_without_a_map_has_no_script(client: Client) -> None:
    script = '<script type="module" src="/static/map.'
    assert script in client.get(THEME).text
    assert script not in client.get("/bronnen").text


def test_every_file_that_a_script_names_is_there(client: Client) -> None:
    """A name with another hash would leave the map as it is, and nobody would see why."""
    names = list(read_assets().files)
    assert {name.split(".")[0] for name in names} >= {"map", "walking", "sliding", "moving", "site"}
    for name in names:
        answer = client.get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        if name.startswith("maplibre") or not name.endswith(".js"):
            continue
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        for other in re.findall(r"'\./([^']+)'", answer.text):
            assert other in names, f"{name} names {other}"


def test_our_scripts_make_no_markup_and_run_no_text() -> None:
    """Words from a release are text wherever a script puts them."""
    for path in STATIC.glob("*.js"):
        if not path.name.startswith("maplibre"):
            text = path.read_text(encoding="utf-8")
            for unwanted in (
                "innerHTML",
                "outerHTML",
                "insertAdjacent",
                "eval(",
                "new Function",
                "http",
            ):
                assert unwanted not in text, f"{path.name}: {unwanted}"


def test_no_layer_is_shown_until_it_is_asked_for(client: Client) -> None:
    html = client.get(THEME).text
    assert find_groups(html) == {"signalen": False, "kringen": False, "interventies": False}
    chosen = client.get(f"{THEME}&laag=kringen&laag=signalen").text
    assert find_groups(chosen) == {"signalen": True, "kringen": True, "interventies": False}
    boxes = re.findall(r'name="laag" value="(\w+)"( checked)?', chosen)
    assert boxes == [("signalen", " checked"), ("kringen", " checked"), ("interventies", "")]
    # The form holds the rest of the address.
    for name, value in (("niveau", "buurt"), ("periode", LAST), ("cijfer", "woninginbraken")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in chosen


def test_layers_tell_in_words_what_they_draw(client: Client) -> None:
    html = client.get(THEME).text
    assert list_places(html, "signalen") == [
        "Binnenstad: meer dan gebruikelijk, juli 2025 tot en met juni 2026"
    ]
    assert list_places(html, "kringen") == [
        "Binnenstad en Buitengebied Noord: samen meer dan hun deel, juli 2025 tot en met juni 2026"
    ]
    (effect,) = list_places(html, "interventies")
    assert effect == "Buurtapps, vanaf maart 2023: Binnenstad en Buitengebied Noord"


def test_signals_are_those_of_the_period_of_the_map(client: Client) -> None:
    html = client.get(f"{THEME}&periode={EARLIER}").text
    assert list_places(html, "signalen") == [
        "'t Veld: minder dan gebruikelijk, juli 2024 tot en met juni 2025"
    ]


def test_a_gemeente_shows_only_what_touches_it(client: Client) -> None:
    html = client.get(f"{THEME}&gebied=GM9002").text
    assert find_groups(html) == {}
    absent = "signalen, kringen, interventies, politie en brandweer"
    assert f"Niet bij dit cijfer of in deze gebieden: {absent}." in html


def test_another_figure_has_not_these_layers(client: Client) -> None:
    assert find_groups(client.get("/thema/algemeen?cijfer=fietsendiefstal&niveau=buurt").text) == {}


@pytest.mark.parametrize("layer", ["cameras", "<b>", "signalen,kringen,punten"])
def test_an_unknown_layer_is_refused_in_words(client: Client, layer: str) -> None:
    answer = client.get(THEME, params={"niveau": "buurt", "laag": layer})
    assert answer.status_code == 400
    assert "is geen laag van de kaart" in answer.text
    assert "signalen, kringen, interventies" in answer.text
    assert "<b>’" not in answer.text


def letters_of(html: str) -> dict[str, str]:
    """Give the class of each area as the page draws it."""
    drawn = re.findall(
        r'<a href="/gebied/(\w+)\?[^"]*" aria-label="[^"]*"><path class="k-(\w+)"', html
    )
    return {code: {"few": "f", "none": "n"}.get(style, style) for code, style in drawn}


@pytest.mark.parametrize("measure", ["rate", "count"])
def test_the_classes_of_every_period_are_those_of_the_page(client: Client, measure: str) -> None:
    found = client.get(f"{CLASSES}&measure={measure}").json()
    maat = {"rate": "verhouding", "count": "aantal"}[measure]
    assert len(found["periods"]) > 12
    for period in found["periods"][::13]:
        page = client.get(f"{THEME}&periode={period['id']}&maat={maat}").text
        codes = [code for code, _ in found["areas"]]
        assert dict(zip(codes, period["classes"], strict=True)) == letters_of(page)


def test_one_answer_holds_every_period_of_a_kind(client: Client) -> None:
    whole = client.get(f"{CLASSES}&period={LAST}")
    assert client.get(f"{CLASSES}&period={EARLIER}").text == whole.text
    years = client.get(f"{CLASSES}&period=2024").json()
    assert [period["id"] for period in years["periods"]] == [str(y) for y in range(2019, 2026)]
    assert whole.json()["invented"] is True


def test_the_slider_asks_for_the_classes_of_its_own_map(client: Client) -> None:
    html = client.get(f"{THEME}&gebied=GM9001&maat=aantal").text
    address = unescape(re.findall(r'data-classes="([^"]+)"', html)[0])
    found = client.get(address).json()
    assert (found["measure"], found["level"]) == ("count", "buurt")
    assert {code for code, _ in found["areas"]} == set(letters_of(html))
    most, now = re.findall(r'id="kaart-tijd" min="0" max="(\d+)" step="1" value="(\d+)"', html)[0]
    assert int(most) == len(found["periods"]) - 1 == int(now)


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("", 400, "woninginbraken"),
        ("?indicator=niets", 404, "niets"),
        ("?indicator=woninginbraken&level=straat", 400, "is geen niveau"),
        ("?indicator=woninginbraken&measure=som", 400, "is geen maat"),
        ("?indicator=woninginbraken&period=1900", 404, "1900"),
        ("?indicator=woninginbraken&area=GM1", 404, "GM1"),
        ("?indicator=drugshandel&level=gemeente", 404, "niet in elke periode gelijk"),
    ],
)
def test_classes_that_are_not_there_are_refused_in_words(
    client: Client, question: str, status: int, words: str
) -> None:
    answer = client.get(f"/api/v1/classes{question}")
    assert answer.status_code == status
    assert words in answer.json()["fault"]


def test_classes_that_change_by_period_have_no_slider(client: Client) -> None:
    html = client.get("/thema/algemeen?cijfer=drugshandel").text
    assert "De klassen zijn gemaakt uit de cijfers van deze periode" in html
    assert "data-map=" in html
    assert "kaart-tijd" not in html


def test_the_classes_of_500_buurten_are_a_small_file(example_region: Settings) -> None:
    release = Shelf(example_region.releases).open_current("openbaar")
    view = read_class_question(release, {"indicator": "fietsendiefstal", "level": "buurt"})
    text = write_classes(release, view).text
    assert isinstance(text, str)
    told = json.loads(text)
    assert len(told["areas"]) > 400
    assert len(told["periods"]) >= 60
    assert len(brotli.compress(text.encode(), quality=5)) < 60_000


def test_a_background_is_asked_for_only_where_the_operator_named_one(
    shelf: Shelf, client: Client
) -> None:
    plain = client.get(THEME)
    assert "map-background" not in plain.text
    assert "example" not in plain.headers["content-security-policy"]
    present = PresentAgreements(replace(Settings(var=shelf.folder.parent), background_map=TILES))
    app = create_app(shelf, audience="openbaar", present=present)
    with serving(app) as address:
        answer = httpx.get(address + THEME)
    assert "Uw browser vraagt die op bij tegels.example" in answer.text
    assert f'data-background="{TILES}"' in answer.text
    assert '<input type="checkbox" class="map-background" autocomplete="off">' in answer.text
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["img-src"] == "'self' data: https://tegels.example"
    assert policy["connect-src"] == "'self' https://tegels.example"
    assert policy["script-src"] == policy["worker-src"] == "'self'"


@pytest.mark.parametrize(
    "text",
    ["http://tegels.example/{z}/{x}/{y}.png", "https://a.example/1.png", "https://a.nl;x/{z}"],
)
def test_an_address_that_holds_no_tiles_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        read_settings({"REGIEBEELD_BACKGROUND_MAP": text})
    assert "adres van tegels, zoals https://" in str(refused.value) + " ".join(
        map(str, refused.value.args)
    )


def test_the_map_of_tiles_has_a_place_for_all_its_parts(client: Client) -> None:
    """What the script fills in stands in the page already, so that nothing moves when it loads."""
    html = client.get(THEME).text
    for name in ("map-time", "map-layers", "map-moving", "map-stage", "map-choose", "map-open"):
        assert f'class="{name}' in html or f" {name}" in html
    words = json.loads(unescape(re.findall(r"data-words='([^']+)'", html)[0]))
    assert "{name}" in words["area"]
    assert set(re.findall(r"words\.(\w+)", _our_scripts())) <= set(words)


def _our_scripts() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(STATIC).glob("*.js")
        if not path.name.startswith("maplibre")
    )
