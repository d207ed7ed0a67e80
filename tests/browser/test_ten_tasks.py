"""Ten tasks of a new user, each from the first page and by keyboard only, on two sizes of screen.

What the reader should find is read from the release, never from the page.
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lib.browser import open_page
from lib.findings_release import BURGLARY
from lib.keyboard_reader import Reader
from lib.map_release import HOT
from lib.page_server import serving
from lib.visited_release import BEFORE, LEFT_OUT, NEW_MONTH, REVISED, THIRD, shelve_visited_release
from regiebeeld.dashboard.web import create_app
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.releases import Release, Shelf
from regiebeeld.releases.findings import Signal

pytestmark = pytest.mark.browser

YEAR, YEAR_WORDS = f"{NEW_MONTH}/P12M", "juli 2025 tot en met juni 2026"
SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
MOST_KEYS = 100  # of one task, letters that are typed included


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_visited_release(tmp_path_factory.mktemp("visited"))


@pytest.fixture(scope="module")
def release(shelf: Shelf) -> Release:
    return shelf.open_current("openbaar")


@pytest.fixture(scope="module")
def address(shelf: Shelf) -> Iterator[str]:
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.fixture(params=SIZES)
def reader(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Reader]:
    """Someone who opens the first page, and never presses too many keys for one task."""
    width, height = SIZES[request.param]
    page = open_page(browser, f"{address}/", width=width)
    page.set_viewport_size({"width": width, "height": height})
    reader = Reader(page)
    yield reader
    page.context.close()
    assert reader.keys <= MOST_KEYS


def test_find_your_gemeente(reader: Reader, release: Release) -> None:
    code, name = THIRD
    reader.reach("Gebied, postcode, cijfer of woord")
    reader.type("duinra")
    reader.press("Enter")
    reader.page.wait_for_selector("h1:has-text('Zoeken')")
    reader.open(name, name)
    assert f"/gebied/{code}" in reader.page.url
    count = release.read_area_cells(code, period=YEAR)[BURGLARY].value
    assert f"{release.indicators[BURGLARY].title} {YEAR_WORDS} {count} " in reader.read()


def test_see_where_burglary_rose_and_whether_that_is_chance(
    reader: Reader, release: Release
) -> None:
    reader.skip_to_main()
    reader.open("Signalen: wat is anders dan gebruikelijk", "Signalen: juni 2026")
    words = reader.read()
    rises = [
        each
        for each in release.read_findings(Signal, indicator=BURGLARY)
        if each.period in (NEW_MONTH, YEAR) and each.content.direction == "rise"
    ]
    assert {each.area for each in rises} == {"GM9001", HOT}
    for each in rises:
        told = each.content
        usual = f"{math.ceil(told.usual_lower)}–{math.floor(told.usual_upper)}"
        name = release.areas[each.area or ""].name
        after = words[words.index(f"{release.indicators[BURGLARY].title} · {name}") :]
        wanted = f"{usual}. Nu: {told.observed}. Waarschijnlijk geen toeval."
        assert wanted in after[:300]
    assert "Naar verwachting is minder dan 1 daarvan toeval." in words


def test_compare_with_two_neighbours_and_the_region_over_the_same_months(
    reader: Reader, release: Release
) -> None:
    reader.open("Vergelijk", "Vergelijk")
    place_side_by_side(reader)
    words = reader.read()
    for code in ("GM9001", "GM9002", THIRD[0], "RG90"):
        now, then = (sum_half_year(release, code, year) for year in (2026, 2023))
        name = release.areas[code].name
        assert (
            f"{name}: {now} van januari tot en met juni 2026, {then} in dezelfde maanden van 2023;"
            in words
        )
    # After a choice one stands at the figures, not above all the choices again.
    reader.reach(f"{release.areas['GM9001'].name}. {YEAR_WORDS}: ", most=2)


def place_side_by_side(reader: Reader) -> None:
    """Choose a gemeente, its two neighbours, the region, and another year, in one form."""
    for place, name in enumerate(("Alder", "Berken", "Duin", "Kleine"), start=1):
        reader.choose(f"Gebied {place}", name)
    reader.choose("Naast jaar", "2023")
    reader.open("Toon", "Vergelijk")
    reader.page.wait_for_selector(".where-line a:has-text('Duinrade')")
    reader.page.wait_for_url("**naast=2023**")


def sum_half_year(release: Release, code: str, year: int) -> int:
    months = release.read_series(BURGLARY, [code], kind=PeriodKind.MONTH)[code]
    return sum(c.value or 0 for c in months if c.period.year == year and c.period.start.month <= 6)


def test_open_the_buurt_that_stands_out(reader: Reader, release: Release) -> None:
    reader.open("Signalen", "Signalen")
    name = release.areas[HOT].name
    reader.open(name, name)
    cell = release.read_map(BURGLARY, AreaLevel.BUURT, YEAR)[HOT]
    words = reader.read()
    assert f"{release.indicators[BURGLARY].title} {YEAR_WORDS} {cell.value} " in words
    signal = release.read_findings(Signal, indicator=BURGLARY, area=HOT)[0].content
    assert f"Nu: {signal.observed}. Waarschijnlijk geen toeval." in words


def test_read_what_is_in_the_figure(reader: Reader, release: Release) -> None:
    indicator = release.indicators["fietsendiefstal"]
    reader.skip_to_main()
    reader.open(indicator.title, release.themes[indicator.theme].question)
    reader.skip_to_main()
    reader.unfold("Wat telt dit cijfer?")
    words = reader.read()
    for what, told in (
        ("Definitie", indicator.definition),
        ("Let op", indicator.caution),
        ("Politiecodes", indicator.police_codes),
        ("Eenheid", indicator.unit),
    ):
        assert f"{what} {told}" in words


def test_download_the_figure(reader: Reader, release: Release) -> None:
    reader.skip_to_main()
    reader.open("Woninginbraken", release.themes[BURGLARY].question)
    rows = {row["area"]: row for row in download_figure(reader)}
    cells = release.read_map(BURGLARY, AreaLevel.GEMEENTE, YEAR)
    drawn = {code: cell for code, cell in cells.items() if release.areas[code].path}
    assert {code: int(rows[code]["value"]) for code in drawn} == {
        code: cell.value for code, cell in drawn.items()
    }


def download_figure(reader: Reader) -> list[dict[str, str]]:
    """Download the first figure of a page that can be, and read the file."""
    reader.skip_to_main()
    reader.unfold("Meer met deze figuur")
    reader.reach("download")
    with reader.page.expect_download() as download:
        reader.press("Enter")
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_send_the_link(reader: Reader, browser: Browser) -> None:
    reader.open("Vergelijk", "Vergelijk")
    place_side_by_side(reader)
    shown = reader.read()
    assert "dezelfde maanden van 2023" in shown
    received = open_elsewhere(browser, reader)
    there = reader.page.url.removesuffix("#gebieden")
    reader.open(there, "Vergelijk")  # the link for this on the page itself, whole
    reader.page.wait_for_url(there)
    assert there.endswith("basis=2019")
    assert [received, open_elsewhere(browser, reader)] == [shown, shown]


def open_elsewhere(browser: Browser, sender: Reader) -> str:
    """Open the address of the sender's page in a browser that knows nothing, and read it."""
    size = sender.page.viewport_size
    assert size is not None
    page = open_page(browser, sender.page.url, width=size["width"])
    words = Reader(page).read()
    page.context.close()
    return words


def test_find_what_is_new(reader: Reader, release: Release) -> None:
    reader.open("Nieuw", "Wat is er nieuw")
    words = reader.read()
    assert f"Sinds versie {BEFORE} van 15 juni 2026" in words
    assert f"Woninginbraken {YEAR_WORDS} juni 2025 tot en met mei 2026" in words
    period, more = REVISED
    months = release.read_area_series("RG90", kind=PeriodKind.MONTH)["fietsendiefstal"]
    (now,) = [cell.value or 0 for cell in months if cell.period.id == period]
    assert f"Fietsendiefstal 1 mei 2026: eerst {now - more}, nu {now}" in words
    reader.reach("Fietsendiefstal")
    reader.reach("Fietsendiefstal", most=3)  # a figure with a new period, then a changed one
    reader.open("Woninginbraken in Binnenstad: hoger dan gebruikelijk", "Signalen: juni 2026")


def test_see_what_is_missing_and_why(reader: Reader, release: Release) -> None:
    theme, title, _, why, step = LEFT_OUT
    reader.skip_to_main()
    reader.open(f"{release.themes[theme].title} (1)", release.themes[theme].question)
    words = reader.read()
    assert title in words
    assert f"{why} {step}" in words
    reader.unfold("Thema's")
    reader.open("Alle thema's", "Alle thema's")
    assert "Brandveiligheid Veiligheidsregio: Meldingen van brand" in reader.read()


def test_read_it_in_english(reader: Reader, release: Release) -> None:
    reader.open("English", "Safety")
    assert reader.page.locator("html").get_attribute("lang") == "en"
    reader.reach("Skip to the content", most=1)
    reader.press("Enter")
    reader.open("Burglaries of dwellings", "Where do burglaries happen?")
    words = reader.read()
    cell = release.read_area_cells("RG90", period=YEAR)[BURGLARY]
    assert cell.rate is not None
    assert f"{cell.value}; {cell.rate:.1f} per 1,000 homes" in words
    assert "Burglaries: a definition." in words
