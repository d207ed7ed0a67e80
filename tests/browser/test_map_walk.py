"""A real Chromium walks over the map, slides through time, chooses layers, and moves the map."""

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from lib.browser import DRAWING, started_browser
from lib.map_release import EARLIER, shelve_map_release
from lib.page_server import serving
from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.dashboard.web import create_app
from regiebeeld.settings import Settings

pytestmark = pytest.mark.browser

THEME = "/thema/woninginbraken?niveau=buurt"
TILES = "https://tegels.example/grijs/{z}/{x}/{y}.png"
PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PLACE = (
    "INSERT INTO public_place VALUES"
    " ('Bureau', 'police_station', 'GM9001', 200, 300, 6.52, 52.27, 'Uit een lijst.')"
)
RESTED = "figure[data-map]:not([aria-busy])"
# The sheet of 0.1 by 0.06 degree fills the frame less 16 px at the tightest two sides; the place
# stands a fifth from its west, which in a frame wider than the sheet lies nearer to the middle.
SHEET = """(width) => {
  const height = document.querySelector('.map-canvas').clientHeight;
  const narrow = Math.cos((52.27 * Math.PI) / 180);
  const wide = Math.min(width - 32, ((height - 32) * 0.1 * narrow) / 0.06);
  return width / 2 - wide * 0.3;
}"""
SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(sum), 500);
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard whose operator named a background map; the reader has not asked for it."""
    shelf = shelve_map_release(tmp_path_factory.mktemp("map"), PLACE)
    settings = replace(Settings(var=shelf.folder.parent), background_map=TILES)
    app = create_app(shelf, audience="openbaar", present=PresentAgreements(settings))
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser(DRAWING) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The theme page with its script at work; any fault of a script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.goto(address + THEME)
    page.wait_for_selector("figure[data-ready]")
    yield page
    context.close()
    assert faults == []


def name_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def open_moving(page: Page) -> None:
    if not page.evaluate("!!document.createElement('canvas').getContext('webgl2')"):
        pytest.skip("this browser has no WebGL")
    page.locator(".map-open").click()
    page.wait_for_selector(".map-canvas[data-ready]")


def test_arrow_keys_walk_to_the_neighbour_and_tab_passes_the_map(page: Page) -> None:
    """Binnenstad lies left of De Berken; Buitengebied Noord below it, 't Veld right of that."""
    links = page.locator("figure[data-map] svg.map a")
    assert links.count() == 4
    assert page.locator("figure[data-map] svg.map a[tabindex='0']").count() == 1
    page.locator("figure[data-map] .nl-skip-link").focus()
    page.keyboard.press("Tab")
    assert name_focus(page).startswith("Binnenstad: ")
    for key, name in (
        ("ArrowRight", "De Berken"),
        ("ArrowDown", "'t Veld"),
        ("ArrowLeft", "Buitengebied Noord"),
        ("ArrowLeft", "Buitengebied Noord"),
        ("ArrowUp", "Binnenstad"),
        ("ArrowDown", "Buitengebied Noord"),
    ):
        page.keyboard.press(key)
        assert name_focus(page).startswith(f"{name}: "), key
    page.keyboard.press("ArrowUp")
    assert re.fullmatch(
        r"Binnenstad: [\d,]+ per 1\.000 woningen, klasse [1-5] van 5", name_focus(page)
    )
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "na-kaart"
    page.keyboard.press("Shift+Tab")
    assert page.locator("svg.map a:focus").count() == 0


def test_enter_opens_the_area_one_stands_on(page: Page) -> None:
    page.locator("figure[data-map] .nl-skip-link").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Buitengebied Noord')")
    assert "/gebied/BU" in page.url


def test_the_slider_shows_what_the_page_of_that_period_shows(page: Page, address: str) -> None:
    whole = page.locator("figure[data-map]")
    slider = page.locator("#kaart-tijd")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    page.wait_for_selector(f"{RESTED} .map-time output:has-text('juni 2025')")
    assert page.url.endswith(f"periode={EARLIER.replace('/', '%2F')}")
    assert page.evaluate("document.activeElement.id") == "kaart-tijd"
    assert slider.get_attribute("aria-valuetext") == "juli 2024 tot en met juni 2025"
    told = page.locator(".map-time [role='status']").text_content() or ""
    shown = {name: whole.locator(name).all_inner_texts() for name in (".says", "h3", ".legend li")}
    assert told == f"juli 2024 tot en met juni 2025. {shown['.says'][0]}"
    labels = whole.locator("svg.map a").evaluate_all("all => all.map(a => a.ariaLabel)")
    rows = whole.locator(".twin tbody tr").all_text_contents()
    ranked = page.locator("section[aria-labelledby='waar'] .figure h3").all_inner_texts()
    period = page.locator("select[name='periode']").input_value()
    page.goto(f"{address}{THEME}&periode={EARLIER}")
    page.wait_for_selector("figure[data-ready]")
    fresh = page.locator("figure[data-map]")
    assert shown == {name: fresh.locator(name).all_inner_texts() for name in shown}
    assert labels == fresh.locator("svg.map a").evaluate_all("all => all.map(a => a.ariaLabel)")
    assert rows == fresh.locator(".twin tbody tr").all_text_contents()
    assert ranked == page.locator("section[aria-labelledby='waar'] .figure h3").all_inner_texts()
    assert period == page.locator("select[name='periode']").input_value() == EARLIER


def test_the_map_can_be_walked_after_sliding(page: Page) -> None:
    page.locator("#kaart-tijd").press("ArrowLeft")
    page.wait_for_selector(f"{RESTED} .map-time output:has-text('mei 2026')")
    page.locator("svg.map a[tabindex='0']").first.focus()
    page.keyboard.press("ArrowRight")
    assert name_focus(page).startswith("De Berken: ")


def test_playing_goes_on_from_the_first_period_until_it_is_stopped(page: Page) -> None:
    play = page.locator(".map-play")
    play.click()
    assert play.inner_text() == "Stop"
    page.wait_for_selector(".map-time output:has-text('februari 2019 tot en met januari 2020')")
    # The sentence is of another period, so nobody reads it meanwhile.
    assert not page.locator("figure[data-map] .says").is_visible()
    play.click()
    page.wait_for_selector(RESTED)
    assert play.inner_text() == "Speel af"
    assert "januari 2020" in page.locator("figure[data-map] h3").inner_text()


def test_who_wants_no_motion_has_no_button_to_play(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + THEME)
    assert page.locator("#kaart-tijd").is_visible()
    assert not page.locator(".map-play").is_visible()
    context.close()


def test_without_the_table_of_classes_the_slider_says_so(page: Page) -> None:
    page.route("**/api/v1/classes*", lambda route: route.fulfill(status=200, body="kapot"))
    page.locator("#kaart-tijd").press("ArrowLeft")
    page.wait_for_selector(".map-time output:has-text('konden niet worden geladen')")
    assert page.locator("figure[data-map] .says").is_visible()


def test_a_layer_is_shown_when_it_is_chosen_and_stands_in_the_address(page: Page) -> None:
    ring = page.locator(".layer-kringen")
    assert not ring.is_visible()
    page.get_by_label("Kringen", exact=True).check()
    assert ring.is_visible()
    assert page.url.endswith("&laag=kringen")
    page.get_by_label("Signalen", exact=True).check()
    assert page.url.endswith("&laag=signalen&laag=kringen")
    page.reload()
    assert page.locator(".layer-signalen").is_visible()
    page.get_by_label("Kringen", exact=True).uncheck()
    assert not ring.is_visible()
    page.locator(".layer-list-signalen summary").click()
    assert page.get_by_text("Binnenstad: meer dan gebruikelijk").is_visible()


def test_without_script_there_are_layers_and_nothing_that_does_not_work(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + THEME)
    for name in (".map-time", ".map-moving", ".map-how"):
        assert not page.locator(name).is_visible()
    page.locator("input[value='kringen']").check()
    assert page.locator(".layer-kringen").is_visible()
    page.get_by_role("button", name="Toon deze lagen").click()
    assert "laag=kringen" in page.url
    assert page.locator(".layer-kringen").is_visible()
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_the_script_loads(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for path in (THEME, "/", "/gebied/GM9001"):
        page.goto(address + path)
        page.wait_for_selector("figure[data-ready]")
        assert page.evaluate(SHIFTS) == 0
    context.close()


def test_areas_chosen_on_the_moving_map_are_set_side_by_side(page: Page) -> None:
    open_moving(page)
    chosen = page.locator(".map-choose select")
    for name in ("Binnenstad", "De Berken"):
        chosen.select_option(label=name)
        page.locator(".map-add").click()
    assert page.locator(".map-chosen").inner_text() == "Gekozen: Binnenstad, De Berken."
    page.get_by_role("button", name="Haal De Berken weg").click()
    assert page.locator(".map-chosen").inner_text() == "Gekozen: Binnenstad."
    # The sheet fills the frame, so a quarter from the right and the top lies in De Berken.
    box = page.locator(".map-canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.4)
    page.wait_for_selector(".map-chosen:has-text('De Berken')")
    page.get_by_role("link", name="Vergelijk deze gebieden").click()
    page.wait_for_url("**/vergelijk?*")
    assert page.url.endswith("cijfer=woninginbraken&gebied=BU90010101&gebied=BU90020101")
    assert page.locator("h1").count() == 1


def test_layers_lie_over_the_moving_map_by_the_same_boxes(page: Page) -> None:
    """The ring is of two buurten; the signal stands in Binnenstad, the place where it is."""
    page.get_by_label("Signalen", exact=True).check()
    open_moving(page)
    marker = page.locator(".map-canvas .maplibregl-marker")
    signal = "Binnenstad: meer dan gebruikelijk, juli 2025 tot en met juni 2026"
    assert marker.evaluate_all("all => all.map(each => each.ariaLabel)") == [signal]
    canvas = page.locator(".map-canvas")
    assert canvas.get_attribute("data-lines") == "0"
    page.get_by_label("Politie en brandweer", exact=True).check()
    page.wait_for_function("document.querySelectorAll('.maplibregl-marker').length === 2")
    # A hundredth of a degree from the west of a sheet that is a tenth wide.
    box, whole = marker.last.bounding_box(), canvas.bounding_box()
    assert box
    assert whole
    shapes = page.evaluate(SHEET, whole["width"])
    middle = box["x"] + box["width"] / 2 - whole["x"]
    assert middle == pytest.approx(shapes, abs=3)
    page.get_by_label("Kringen", exact=True).check()
    page.wait_for_selector(".map-canvas[data-lines='1']")
    page.get_by_label("Signalen", exact=True).uncheck()
    page.wait_for_function("document.querySelectorAll('.maplibregl-marker').length === 1")
    assert page.url.endswith("&laag=kringen&laag=plekken")


def test_a_layer_that_cannot_be_laid_is_told(page: Page) -> None:
    open_moving(page)
    page.evaluate(
        "document.querySelector('.layer-list-kringen li').dataset.level = 'wijk'",
    )
    page.route("**/api/v1/geojson/wijk", lambda route: route.fulfill(status=200, body="kapot"))
    page.get_by_label("Kringen", exact=True).check()
    page.wait_for_selector(".map-fault:has-text('Een laag kon niet op deze kaart')")
    assert page.locator(".layer-kringen").is_visible()


def test_a_fifth_area_is_refused_in_words(page: Page) -> None:
    open_moving(page)
    page.evaluate(
        "document.querySelector('.map-choose select').append("
        "...['A', 'B'].map((name) => new Option(name, name)))"
    )
    for at in range(5):
        page.locator(".map-choose select").select_option(index=at)
        page.locator(".map-add").click()
    assert "Er passen vier gebieden naast elkaar" in page.locator(".map-chosen").inner_text()
    assert page.locator(".map-chips li").count() == 4


def test_nothing_is_asked_elsewhere_until_the_reader_wants_a_background(page: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        headers = {"access-control-allow-origin": "*"}
        route.fulfill(status=200, content_type="image/png", body=PIXEL, headers=headers)

    page.context.route("https://tegels.example/**", answer)
    open_moving(page)
    page.wait_for_timeout(300)
    assert asked == []
    with page.expect_request("https://tegels.example/**"):
        page.locator(".map-background").check()
    page.wait_for_selector(".maplibregl-ctrl-attrib:has-text('Kadaster, PDOK')")
    page.locator(".map-background").uncheck()


def test_the_moving_map_closes_and_has_no_accessibility_faults(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(bypass_csp=True)  # axe is a script of its own
    page = context.new_page()
    page.goto(address + THEME)
    page.wait_for_selector("figure[data-ready]")
    open_moving(page)
    found = Axe().run(page, context="figure[data-map]")
    assert found.violations_count == 0, found.generate_report()
    page.locator(".map-open").click()
    assert page.locator(".map-canvas").count() == 0
    assert page.locator(".map-open").inner_text() == "Beweeg door de kaart"
    context.close()


def test_without_webgl_the_drawing_stays_and_a_sentence_says_why(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(address + THEME)
    page.wait_for_selector("figure[data-ready]")
    page.locator(".map-open").click()
    page.wait_for_selector(".map-fault:has-text('Uw browser kan deze kaart niet tekenen')")
    assert page.locator("figure[data-map] svg.map").is_visible()
    context.close()
