"""A real Chromium reads the blocks about findings: accessible, narrow, quiet, by keyboard."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from lib.browser import open_page
from lib.findings_release import shelve_findings_release
from lib.page_server import serving
from regiebeeld.dashboard.web import create_app

pytestmark = pytest.mark.browser

PAGES = {
    "theme": "/thema/woninginbraken?niveau=buurt",
    "theme of a gemeente": "/thema/woninginbraken?gebied=GM9001&niveau=wijk",
    "gemeente": "/gebied/GM9001",
    "buurt": "/gebied/BU90010101",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_findings_release(tmp_path_factory.mktemp("findings"))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


def open_whole(browser: Browser, address: str, *, width: int = 1280, **how: object) -> Page:
    """Open a page with every table and explanation shown."""
    page = open_page(browser, address, width=width, **how)
    for part in page.locator("details").all():
        part.evaluate("part => part.open = true")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_the_blocks_have_no_accessibility_faults(
    browser: Browser, address: str, name: str, scheme: str
) -> None:
    page = open_whole(browser, address + PAGES[name], bypass_csp=True, color_scheme=scheme)
    found = Axe().run(page)
    page.context.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 768, 1440])
@pytest.mark.parametrize("name", PAGES)
def test_the_blocks_fit_their_width(browser: Browser, address: str, name: str, width: int) -> None:
    page = open_whole(browser, address + PAGES[name], width=width)
    widest = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert widest <= width


def test_a_hot_spot_on_the_map_leads_to_its_area(browser: Browser, address: str) -> None:
    page = open_whole(browser, address + PAGES["theme"], java_script_enabled=False)
    page.locator("section[aria-labelledby=places] svg.map a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Binnenstad')")
    there = page.url
    page.context.close()
    assert "/gebied/BU90010101" in there


def test_the_blocks_ask_for_nothing_and_say_nothing(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + PAGES["theme"])
    page.wait_for_load_state("networkidle")
    context.close()
    assert said == []
    scripts = [url for url in asked if url.startswith(f"{address}/static/") and url.endswith(".js")]
    assert len([url for url in asked if url.startswith(address)]) - len(scripts) == 2
