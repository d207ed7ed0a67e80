"""A real Chromium compares areas: by keyboard, without script, narrow and wide, accessible."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from lib.browser import open_page, press_until
from lib.page_server import serving
from lib.rounded_release import INDICATOR, shelve_rounded_release
from regiebeeld.dashboard.web import create_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = shelve_rounded_release(tmp_path_factory.mktemp("compared"))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rounded_areas_side_by_side_have_no_accessibility_faults(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    there = f"{address}/vergelijk?cijfer={INDICATOR}&gebied=GM9001&gebied=GM9002&gebied=RG90"
    page = open_page(browser, there, width=width, bypass_csp=True, color_scheme=scheme)
    for part in page.locator("details").all():
        part.evaluate("part => part.open = true")
    found = Axe().run(page, "main", {"rules": {"target-size": {"enabled": True}}})
    widest = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert found.violations_count == 0, found.generate_report()
    assert widest <= width


def test_the_keyboard_puts_a_second_area_beside_the_first(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/gebied/GM9001")
    press_until(page, "Vergelijk met andere gebieden en perioden")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Vergelijk')")
    page.locator("#gebied2").focus()
    page.keyboard.type("Berken")
    press_until(page, "Toon", most=3)
    page.keyboard.press("Enter")
    page.wait_for_selector(".where-line a:has-text('Berkenhove & Veld')")
    press_until(page, "Toon als tabel")
    page.keyboard.press("Enter")
    rows = page.locator("section[aria-labelledby=gebieden] tbody th").all_inner_texts()
    page.context.close()
    assert rows == ["Aldermeer", "Berkenhove & Veld"]


def test_months_are_chosen_without_script(browser: Browser, address: str) -> None:
    page = open_page(
        browser, f"{address}/vergelijk?cijfer=woninginbraken", java_script_enabled=False
    )
    page.select_option("#van", "2")
    page.select_option("#tot", "3")
    page.locator("form[aria-label='Kies perioden'] button").click()
    page.wait_for_selector("h3:has-text('februari tot en met maart')")
    there = page.url
    page.context.close()
    assert "van=2&tot=3" in there


@pytest.mark.parametrize("width", [360, 1280])
def test_no_word_leaves_its_drawing(browser: Browser, address: str, width: int) -> None:
    there = f"{address}/vergelijk?gebied=GM9001&gebied=BU90010102&cijfer=woninginbraken"
    page = open_page(browser, there, width=width)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.drawing svg')].flatMap(svg => {
            const box = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => {
                const own = text.getBoundingClientRect();
                return own.left < box.left - 1 || own.right > box.right + 1
                    || own.top < box.top - 1 || own.bottom > box.bottom + 1;
            }).map(text => text.textContent);
        })"""
    )
    drawings = page.locator(".drawing svg").count()
    page.context.close()
    assert drawings >= 4
    assert outside == []
