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
    press_until(page, "Toon", most=15)
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
    page.select_option("#gebied1", "GM9002")
    page.select_option("#van", "2")
    page.select_option("#tot", "3")
    page.locator("form.choosing-form button").click()
    page.wait_for_selector("h3:has-text('februari tot en met maart')")
    there = page.url
    link = page.locator("#adres").get_attribute("href")
    copies = page.locator("button.copy").is_visible()
    page.context.close()
    assert "gebied=GM9002&" in there
    assert "van=2&tot=3" in there
    assert "kies" not in there
    assert there == f"{link}#gebieden"
    assert not copies  # without script the address stands there to be selected


@pytest.mark.parametrize(("width", "folded"), [(360, True), (768, True), (1280, False)])
def test_figures_come_first_on_a_phone_and_choices_unfold(
    browser: Browser, address: str, width: int, folded: bool
) -> None:
    there = f"{address}/vergelijk?cijfer=woninginbraken&gebied=GM9001,GM9002"
    page = open_page(browser, there, width=width)
    first = page.locator("#gebieden").bounding_box()
    assert first
    assert page.locator("#gebied2").is_visible() is not folded
    assert page.locator(".choosing > summary").is_visible() is folded
    if folded:
        assert first["y"] < 800  # within the first screen
        press_until(page, "Wijzig de keuze")
        page.keyboard.press("Enter")
    assert page.locator("#gebied2").is_visible()
    page.locator("#gebied2").focus()
    press_until(page, "Toon", most=12)
    page.context.close()


def test_the_address_is_copied_and_that_is_told(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/vergelijk?gebied=GM9001")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopieer het adres").click()
    page.wait_for_selector("[role=status]:has-text('Het adres is gekopieerd.')")
    copied = page.evaluate("navigator.clipboard.readText()")
    link = page.locator("#adres").inner_text()
    page.context.close()
    assert copied == link
    assert copied.startswith(f"{address}/vergelijk?gebied=GM9001&")


def test_where_copying_fails_the_address_is_selected(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/vergelijk?gebied=GM9001")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error('no')); }")
    page.get_by_role("button", name="Kopieer het adres").click()
    page.wait_for_selector("[role=status]:has-text('Kopiëren lukt hier niet')")
    selected = page.evaluate("getSelection().toString()")
    link = page.locator("#adres").inner_text()
    page.context.close()
    assert selected == link


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
