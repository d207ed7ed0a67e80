"""The last pages a reader opened: kept in this browser alone, listed where one searches, erased."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from lib.page_server import serving
from lib.small_release import shelve_small_release
from regiebeeld.dashboard.web import create_app

pytestmark = pytest.mark.browser

KEEP = """kept => localStorage.setItem(
  `regiebeeld.recent.${document.querySelector('main').dataset.shelf}`, kept)"""
LINKS = "section.recent .recent-list a"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_small_release(tmp_path_factory.mktemp("recent"))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has opened nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


def listed(page: Page) -> list[str]:
    return page.locator(LINKS).all_text_contents()


def test_last_pages_are_listed_newest_first_and_lead_back(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    for path in ("/", "/gebied/GM9001", "/thema/woninginbraken?gebied=GM9002", "/zoek?woord=alder"):
        page.goto(address + path)
    # A page to search on is none: what was typed is not kept.
    assert listed(page) == [
        "Woninginbraken · Berkenhove & Veld",
        "Aldermeer",
        "Veiligheidsbeeld Kleine Regio",
    ]
    page.locator(LINKS).first.click()
    assert page.url == f"{address}/thema/woninginbraken?gebied=GM9002"
    # The page one is on does not lead to itself.
    page.locator(".site .recent summary").click()
    menu = page.locator(".site .recent-list a")
    assert menu.all_text_contents() == ["Aldermeer", "Veiligheidsbeeld Kleine Regio"]
    assert menu.first.is_visible()


def test_eight_are_kept_and_a_page_with_other_choices_takes_its_own_place(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    paths = ["/gebied/GM9002", "/themas", "/signalen", "/bronnen", "/nieuw", "/begrippen"]
    for path in [*paths, "/privacy", "/toegankelijkheid", "/gebied/GM9001"]:
        page.goto(address + path)
    page.goto(f"{address}/gebied/GM9001?maat=aantal")
    page.goto(f"{address}/zoek")
    assert len(listed(page)) == 8
    assert "Berkenhove & Veld" not in listed(page)
    assert page.locator(LINKS).first.get_attribute("href") == "/gebied/GM9001?maat=aantal"


def test_nothing_is_sent_and_no_cookie_is_set(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.goto(f"{address}/gebied/GM9001")
    page.goto(f"{address}/zoek")
    assert listed(page) == ["Aldermeer"]
    later = asked[asked.index(f"GET {address}/zoek") :]
    assert all(each.startswith(f"GET {address}/") for each in asked)
    assert [each for each in later if "GM9001" in each or "Aldermeer" in each] == []
    assert context.cookies() == []


def test_the_button_forgets_every_list_and_says_so(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/gebied/GM9001")
    page.evaluate("localStorage.setItem('regiebeeld.recent.elders/driehoek', '[]')")
    page.goto(f"{address}/zoek")
    page.get_by_role("button", name="Vergeet deze pagina's").click()
    assert listed(page) == []
    assert page.locator("section.recent [role='status']").inner_text() == "De lijst is leeg."
    assert page.evaluate("document.activeElement.id") == "recent"
    assert page.evaluate("Object.keys(localStorage)") == []
    page.reload()
    assert page.get_by_text("Er staat nog geen pagina in deze lijst.").is_visible()


def test_what_is_damaged_or_not_ours_is_not_listed(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"{address}/zoek")
    elsewhere = ["https://elders.example/", "//elders.example/", "/\\elders.example/"]
    ours = {"title": "<img src=x onerror=alert(1)>", "address": "/nieuw"}
    kept = [
        None,
        3,
        {"title": 3, "address": "/nieuw"},
        *({"title": "Elders", "address": each} for each in [*elsewhere, "javascript:alert(1)"]),
        ours,
    ]
    for text, told in (("kapot", []), ("{}", []), (json.dumps(kept), [ours["title"]])):
        page.evaluate(KEEP, text)
        page.reload()
        assert (listed(page), faults) == (told, [])


def test_a_browser_that_keeps_nothing_still_has_a_page(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto(f"{address}/gebied/GM9001")
    page.goto(f"{address}/zoek")
    assert page.get_by_text("Er staat nog geen pagina in deze lijst.").is_visible()
    assert faults == []
    context.close()


def test_a_page_that_is_not_there_is_not_kept(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/gebied/GM1234")
    page.goto(f"{address}/zoek")
    assert listed(page) == []


def test_a_page_in_another_language_is_marked_so(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/en/nieuw")
    page.goto(f"{address}/zoek")
    link = page.locator(LINKS)
    assert link.get_attribute("href") == "/en/nieuw"
    assert link.get_attribute("lang") == "en"


def test_without_script_there_is_no_list_and_nothing_is_kept(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/gebied/GM9001")
    assert not page.locator(".site .recent").is_visible()
    page.goto(f"{address}/zoek")
    assert not page.locator("section.recent").is_visible()
    assert context.storage_state()["origins"] == []
    context.close()


@pytest.mark.parametrize("path", ["/gebied/GM9002", "/zoek"])
def test_lists_have_no_accessibility_faults_and_move_nothing(
    browser: Browser, address: str, path: str
) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/gebied/GM9001")
    page.goto(address + path)
    moved = page.evaluate(
        """() => new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 400);
        })"""
    )
    assert moved == 0
    if path != "/zoek":
        page.locator(".site .recent summary").click()
    found = Axe().run(page, context=".recent")
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_the_page_about_privacy_says_what_is_kept(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/zoek")
    page.get_by_role("link", name="Wat bewaren we?").click()
    assert page.url == f"{address}/privacy#uw-browser"
    told = page.locator("section[aria-labelledby='uw-browser']").inner_text()
    for words in ("laatste acht pagina's", "alleen in deze browser", "geen cookies"):
        assert words in told
