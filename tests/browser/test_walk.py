"""A real Chromium walks the pages: keyboard only, no script, narrow, readable, and quiet."""

import re
from collections.abc import Iterator
from datetime import timedelta

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from functional.test_freshness_page import ROWS
from lib.browser import keep_axe, open_page, press_until
from lib.page_server import serving
from lib.partner_release import END, Today, copy_agreed, shelve_partner_release
from lib.proof_release import GOOD, many, shelve_proof_release
from lib.signal_release import shelve_signal_release
from lib.small_release import SmallRelease, shelve_small_release
from regiebeeld.dashboard.web import create_app
from regiebeeld.ledger import write_freshness

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "/",
    "gemeente": "/?gebied=GM9001",
    "theme": "/thema/woninginbraken?gebied=GM9001&niveau=buurt",
    "effort": "/thema/algemeen?cijfer=drugshandel",
    "area": "/gebied/GM9001",
    "buurt": "/gebied/BU90010102",
    "compare": "/vergelijk?gebied=GM9001&gebied=GM9002&gebied=BU90010101",
    "themes": "/themas",
    "sources": "/bronnen",
    "search": "/zoek?woord=alder",
    "nothing found": "/zoek?woord=aldermeier",
    "glossary": "/begrippen",
    "news": "/nieuw",
    "accessibility": "/toegankelijkheid",
    "old area": "/gebied/GM8002",
    "not found": "/nergens",
}
# Served to partners: what stands beside the figures, and pages that leave figures out.
PARTNER_PAGES = {
    "freshness": "/actualiteit",
    "law": "/afspraken",
    "left out": "/thema/algemeen",
    "sources not shown": "/bronnen",
    "nothing left": "/thema/alleen_weggelaten",
}
# Of the example region, after all its partners delivered.
DELIVERED_PAGES = {
    "partners' figures": "/thema/handhaving",
    "measures beside offences": "/thema/woninginbraken",
    "every agreement": "/afspraken",
}
PROOF_PAGES = {"proof": "/privacy"}
SIGNAL_PAGES = {
    "signals": "/signalen",
    "no signals": "/signalen?periode=2026-05",
    "register": "/signalen/algoritmeregister",
}
EVERY_PAGE = (*PAGES, *PARTNER_PAGES, *DELIVERED_PAGES, *PROOF_PAGES, *SIGNAL_PAGES)
WIDTHS = (320, 768, 1440)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_small_release(tmp_path_factory.mktemp("releases"), SmallRelease(invented=True))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.fixture(scope="module")
def partner_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A release for partners of which one source's agreement ended, and a worker that wrote."""
    root = tmp_path_factory.mktemp("partner")
    agreed = copy_agreed(root / "catalogus", var=root)
    shelf = shelve_partner_release(agreed.settings.releases, audience="regio")
    with duckdb.connect(str(shelf.folder / "2026-07-15.1" / "regio.duckdb")) as file:
        file.execute("INSERT INTO theme VALUES (3, 'alleen_weggelaten', 'Weg', 'Waar?', 'Weg.')")
        file.execute(
            "INSERT INTO withheld VALUES ('alleen_weggelaten', 'Een cijfer', 'Een bron',"
            " 'Er is geen afspraak over deze bron.', 'Maak die met de leverancier.')"
        )
    write_freshness(agreed.settings, "klein", ROWS)
    present = agreed.present(Today(END + timedelta(days=1)))
    with serving(create_app(shelf, audience="regio", present=present)) as address:
        yield address


@pytest.fixture(scope="module")
def proof_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_proof_release(tmp_path_factory.mktemp("proof"), GOOD, *many(2))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.fixture(scope="module")
def signal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_signal_release(tmp_path_factory.mktemp("signals"))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.fixture
def place(name: str, request: pytest.FixtureRequest) -> str:
    """Give the whole address of a page by its name."""
    if name in PARTNER_PAGES:
        return str(request.getfixturevalue("partner_address")) + PARTNER_PAGES[name]
    if name in PROOF_PAGES:
        return str(request.getfixturevalue("proof_address")) + PROOF_PAGES[name]
    if name in SIGNAL_PAGES:
        return str(request.getfixturevalue("signal_address")) + SIGNAL_PAGES[name]
    if name in DELIVERED_PAGES:
        return str(request.getfixturevalue("delivered_address")) + DELIVERED_PAGES[name]
    return str(request.getfixturevalue("address")) + PAGES[name]


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_page_has_no_accessibility_faults(browser: Browser, place: str, name: str) -> None:
    # axe is a script, so only here the content policy is set aside.
    page = open_page(browser, place, bypass_csp=True)
    for part in page.locator("details").all():
        part.evaluate("part => part.open = true")
    # The size of what one presses is a rule of WCAG 2.2 that axe leaves out by itself.
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    page.context.close()
    keep_axe(found, name)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_page_fits_its_width(browser: Browser, place: str, name: str, width: int) -> None:
    page = open_page(browser, place, width=width)
    for part in page.locator("details").all():
        part.evaluate("part => part.open = true")
    widest = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert widest <= width


def test_keyboard_leads_from_overview_through_the_map_to_an_area(
    browser: Browser, address: str
) -> None:
    page = open_page(browser, f"{address}/?gebied=GM9001")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    page.keyboard.press("Enter")
    press_until(page, "Sla de kaart over")
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch(r"Binnenstad: [\d,]+ per 1\.000 woningen, klasse [1-5] van 5", name)
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Binnenstad')")
    assert page.url.endswith("/gebied/BU90010101?cijfer=woninginbraken")
    page.context.close()


def test_keyboard_can_skip_the_map(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/?gebied=GM9001")
    press_until(page, "Sla de kaart over")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Toon als tabel"
    page.context.close()


def test_keyboard_finds_a_buurt_by_its_postcode(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/bronnen", width=360)
    page.keyboard.press("Tab")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "woord":
            break
    page.keyboard.type("9001 ab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Zoeken')")
    press_until(page, "Binnenstad")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Binnenstad')")
    assert page.url.endswith("/gebied/BU90010101")
    page.context.close()


def test_keyboard_opens_the_menu_of_themes(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/", width=360)
    press_until(page, "Thema's")
    page.keyboard.press("Enter")
    press_until(page, "Veiligheid algemeen", most=3)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Hoe staat het met de veiligheid?')")
    assert page.url.endswith("/thema/algemeen")
    page.context.close()


def test_keyboard_opens_the_table_and_switches_gemeente(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/")
    page.locator("#gebied").focus()
    page.keyboard.type("Berken")
    press_until(page, "Toon", most=2)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Veiligheidsbeeld Berkenhove & Veld')")
    press_until(page, "Toon als tabel")
    page.keyboard.press("Enter")
    assert page.locator("details.twin table").first.is_visible()
    page.context.close()


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_page_works_without_script(browser: Browser, place: str, name: str) -> None:
    page = open_page(browser, place, java_script_enabled=False)
    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()
    page.context.close()


def test_the_map_and_the_forms_work_without_script(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/thema/woninginbraken", java_script_enabled=False)
    page.select_option("#niveau", "buurt")
    page.locator("section[aria-labelledby=waar] form.choices button").click()
    page.wait_for_selector("h3:has-text('Woninginbraken per buurt')")
    page.locator("svg.map a").first.click()
    page.wait_for_selector("h1:has-text('Binnenstad')")
    assert "/gebied/BU90010101" in page.url
    page.context.close()


@pytest.mark.parametrize("name", [n for n in EVERY_PAGE if n not in ("old area", "not found")])
def test_page_is_quiet(browser: Browser, place: str, name: str) -> None:
    """No blocked style, no missing file, no call to anywhere else."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(place)
    page.wait_for_load_state("networkidle")
    context.close()
    home = place[: place.index("/", len("http://"))]
    assert said == []
    assert all(url.startswith((home, "data:")) for url in asked)
    scripts = [url for url in asked if url.startswith(f"{home}/static/") and url.endswith(".js")]
    # The page and its style; the script of recent pages, and beside a map the parts of its own.
    assert len([url for url in asked if url.startswith(home)]) - len(scripts) == 2
    assert len(scripts) == len(set(scripts)) <= 5


def test_nothing_moves_while_loading(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/?gebied=GM9001", bypass_csp=True)
    shift = page.evaluate(
        "() => new Promise(done => { let sum = 0;"
        " new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 500); })"
    )
    page.context.close()
    assert shift == 0


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_contrast_holds_in_both_schemes(browser: Browser, address: str, scheme: str) -> None:
    page = open_page(browser, f"{address}/?gebied=GM9001", bypass_csp=True, color_scheme=scheme)
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    page.context.close()
    assert found.violations_count == 0, found.generate_report()


def test_print_shows_the_tables_and_no_navigation(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/gebied/GM9001")
    page.emulate_media(media="print")
    assert not page.locator(".site-nav").is_visible()
    assert page.locator("h1").is_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_signals_can_be_read_in_both_schemes(
    browser: Browser, signal_address: str, scheme: str
) -> None:
    page = open_page(browser, f"{signal_address}/signalen", bypass_csp=True, color_scheme=scheme)
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    page.context.close()
    assert found.violations_count == 0, found.generate_report()


def test_words_in_a_signal_stay_apart_and_inside_the_page(
    browser: Browser, signal_address: str
) -> None:
    page = open_page(browser, f"{signal_address}/signalen", width=320)
    for bullet in page.locator("svg.bullet").all():
        boxes = [text.bounding_box() for text in bullet.locator("text").all()]
        for box in boxes:
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 320
        # The words above the bar and those under it; the 0 stands left of the latter.
        if len(boxes) == 3:
            assert boxes[2]["x"] + boxes[2]["width"] <= boxes[1]["x"]  # type: ignore[index]
    page.context.close()


def test_the_keyboard_chooses_another_month(browser: Browser, signal_address: str) -> None:
    page = open_page(browser, f"{signal_address}/signalen")
    page.locator("#periode").focus()
    page.keyboard.press("ArrowDown")
    press_until(page, "Toon", most=3)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('mei 2026')")
    there = page.url
    page.context.close()
    assert "2026-05" in there


def test_signals_print_with_their_table(browser: Browser, signal_address: str) -> None:
    page = open_page(browser, f"{signal_address}/signalen")
    page.emulate_media(media="print")
    assert not page.locator("form.switch").is_visible()
    cell = page.locator("details.twin td").first
    assert cell.bounding_box()["height"] > 0  # type: ignore[index]
    # A long table pushes down what follows, instead of lying over it.
    most = "part => getComputedStyle(part).maxBlockSize"
    assert page.locator("details.twin .scroll").first.evaluate(most) == "none"
    page.context.close()


def test_the_register_prints_whole(browser: Browser, partner_address: str) -> None:
    page = open_page(browser, partner_address + PARTNER_PAGES["law"])
    page.emulate_media(media="print")
    first = page.locator("details.entry dd").first
    assert first.is_visible()
    assert first.bounding_box()["height"] > 0  # type: ignore[index]
    assert not page.locator(".site-nav").is_visible()
    page.context.close()
