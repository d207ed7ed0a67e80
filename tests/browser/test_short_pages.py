"""Theme and area pages are short enough to walk, on a screen, on a phone and on paper."""

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from lib.browser import open_page
from lib.findings_release import shelve_findings_release
from lib.page_server import serving
from regiebeeld.dashboard.web import create_app

pytestmark = pytest.mark.browser

HEIGHTS = {1280: 6000, 360: 9000}
SIDES = 6
THEME = "/thema/woninginbraken"
AREA = "/gebied/GM9001?cijfer=woninginbraken"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_findings_release(tmp_path_factory.mktemp("short"))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.mark.parametrize("width", HEIGHTS)
def test_a_theme_with_everything_is_not_too_long(
    browser: Browser, delivered_address: str, width: int
) -> None:
    page = open_page(browser, delivered_address + THEME, width=width)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.context.close()
    assert height < HEIGHTS[width]


def test_a_theme_prints_on_few_sides_and_says_where_the_rest_is(
    browser: Browser, delivered_address: str
) -> None:
    page = open_page(browser, delivered_address + THEME)
    sides = len(PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages)
    page.emulate_media(media="print")
    assert (
        f"Op papier staan de hoofdzaken. De andere tekeningen en alle tabellen staan op {THEME}"
        in (page.locator("main").inner_text())
    )
    for hidden in (".page-index", ".fold", ".twin"):
        assert not any(each.is_visible() for each in page.locator(f"main {hidden}").all()), hidden
    page.context.close()
    assert sides <= SIDES


@pytest.mark.parametrize("path", [THEME, AREA])
def test_on_a_phone_every_cell_stands_in_view(browser: Browser, address: str, path: str) -> None:
    page = open_page(browser, address + path, width=320)
    tables = page.locator("main table.lines")
    assert tables.count() > 0
    for cell in page.locator("main table.lines td:visible").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    # For a screen reader it is a table still.
    table = page.get_by_role("table").first
    assert table.get_by_role("rowheader").count() > 0
    assert table.get_by_role("columnheader").count() > 3
    page.context.close()


@pytest.mark.parametrize("path", [THEME, AREA])
def test_the_index_brings_a_reader_to_a_part(browser: Browser, address: str, path: str) -> None:
    page = open_page(browser, address + path, reduced_motion="reduce")
    index = page.get_by_role("navigation", name="Op deze pagina")
    index.get_by_role("link", name="Hoeveel").press("Enter")
    top = page.locator("#hoeveel").evaluate("head => head.getBoundingClientRect().top")
    assert 0 <= top < 800
    page.context.close()


def test_a_link_opens_what_is_folded_around_a_table(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}{THEME}?gebied=GM9001")
    figure = page.locator("#places-1")
    assert not figure.locator(".drawing").is_visible()
    assert figure.locator(".says").is_visible()
    page.goto(f"{address}{THEME}?gebied=GM9001#places-1-tabel")
    figure.locator("table").wait_for(state="visible")
    assert figure.locator(".drawing").is_visible()
    page.context.close()


@pytest.mark.parametrize("path", [THEME, AREA])
def test_nothing_moves_while_a_page_loads(browser: Browser, address: str, path: str) -> None:
    page = open_page(browser, address + path, width=360, bypass_csp=True)
    shift = page.evaluate(
        "() => new Promise(done => { let sum = 0;"
        " new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 500); })"
    )
    page.context.close()
    assert shift == 0
