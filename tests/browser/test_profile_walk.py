"""A real Chromium prints the profile of an area, presses words, and opens the menu of a figure."""

import io
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from lib.browser import open_page
from lib.findings_release import shelve_findings_release
from lib.page_server import serving
from regiebeeld.dashboard.web import create_app

pytestmark = pytest.mark.browser

SIDES = 2
FOCUSED = "document.activeElement.id || document.activeElement.className"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_findings_release(tmp_path_factory.mktemp("profile"))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


def count_sides(page: Page) -> int:
    return len(PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages)


@pytest.mark.parametrize("code", ["RG90", "GM9001", "WK900101", "BU90010101"])
def test_a_profile_prints_on_two_sides(browser: Browser, address: str, code: str) -> None:
    page = open_page(browser, f"{address}/gebied/{code}?cijfer=woninginbraken")
    assert count_sides(page) <= SIDES
    page.context.close()


@pytest.mark.parametrize("code", ["GM9901", "WK990105", "BU99010501?cijfer=woninginbraken"])
def test_a_profile_of_all_figures_prints_on_two_sides(
    browser: Browser, delivered_address: str, code: str
) -> None:
    page = open_page(browser, f"{delivered_address}/gebied/{code}")
    assert count_sides(page) <= SIDES
    page.context.close()


def test_print_has_no_controls_and_says_where_the_rest_stands(
    browser: Browser, address: str
) -> None:
    page = open_page(browser, f"{address}/gebied/GM9001?cijfer=woninginbraken")
    page.emulate_media(media="print")
    for hidden in ("form", ".more", ".crumbs", ".long", ".map-moving"):
        assert not any(each.is_visible() for each in page.locator(f"main {hidden}").all()), hidden
    assert "/gebied/GM9001?cijfer=woninginbraken" in page.locator(".print-only").inner_text()
    for figure in page.locator("main figure").all():
        assert figure.evaluate("each => getComputedStyle(each).breakInside") == "avoid"
    page.context.close()


def test_a_word_opens_and_closes_by_keyboard(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/gebied/GM9001", bypass_csp=True)
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    word, meaning = page.locator("button.term").first, page.locator(".meaning").first
    assert not meaning.is_visible()
    word.focus()
    page.keyboard.press("Enter")
    assert meaning.is_visible()
    assert page.evaluate(FOCUSED) == meaning.get_attribute("id")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    assert not meaning.is_visible()
    assert page.evaluate(FOCUSED) == "term"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_word_can_be_read_in_both_schemes(
    browser: Browser, address: str, scheme: str
) -> None:
    place = f"{address}/thema/woninginbraken?gebied=GM9001"
    page = open_page(browser, place, width=320, bypass_csp=True, color_scheme=scheme)
    page.locator("button.term").first.click()
    box = page.locator(".meaning:popover-open").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    page.context.close()
    assert found.violations_count == 0, found.generate_report()


def test_the_menu_of_a_figure_opens_its_folded_table(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/thema/woninginbraken?gebied=GM9001")
    figure = page.locator("#wanneer-jaren")
    assert not figure.locator("table").is_visible()
    figure.locator(".more summary").press("Enter")
    figure.get_by_role("link", name="tabel").press("Enter")
    assert figure.locator("table").is_visible()
    figure.get_by_role("link", name="wat telt dit cijfer?").press("Enter")
    assert figure.locator("dl").is_visible()
    page.context.close()


def test_the_link_of_a_figure_brings_a_reader_to_it(browser: Browser, address: str) -> None:
    # Smooth scrolling would still be on its way.
    place = f"{address}/gebied/GM9001"
    page = open_page(browser, place, width=320, reduced_motion="reduce")
    figure = page.locator("#wanneer-jaren")
    figure.locator(".more summary").click()
    link = figure.get_by_role("link", name="link naar deze figuur").get_attribute("href")
    page.goto(f"{address}{link}")
    assert page.locator("#wanneer-jaren h3").evaluate(
        "head => { const box = head.getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()
