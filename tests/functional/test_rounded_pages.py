"""Pages and answers about rounded and masked figures: ranges everywhere, a bare value nowhere."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import duckdb
import pytest
from httpx import Client

from lib.page_server import connect
from lib.page_words import read_words, without_marks
from lib.partner_release import SOURCE, shelve_partner_release
from lib.rounded_release import INDICATOR, LIFTED, MASKED_AREA, shelve_rounded_release
from regiebeeld.dashboard.charts import write_count
from regiebeeld.dashboard.web.api import list_sources
from regiebeeld.dashboard.web.assets import read_assets
from regiebeeld.dashboard.web.pages import Pages
from regiebeeld.dashboard.web.sources import show_sources
from regiebeeld.domain import PeriodKind, Status
from regiebeeld.releases import Release, ReleasedCell, Shelf
from regiebeeld.releases.hiding import Hidden

THEME = f"/thema/algemeen?cijfer={INDICATOR}"
PAGES = (
    "/",
    "/?gebied=GM9001",
    f"/?cijfer={INDICATOR}",
    THEME,
    f"{THEME}&maat=aantal",
    f"{THEME}&gebied=GM9001",
    f"{THEME}&gebied=GM9001&niveau=gemeente&maat=aantal&periode=2025",
    f"{THEME}&gebied=GM9002&niveau=buurt&maat=aantal",
    f"/gebied/GM9001?cijfer={INDICATOR}",
    f"/gebied/RG90?cijfer={INDICATOR}&maat=aantal",
    f"/gebied/BU90020101?cijfer={INDICATOR}",
    f"/gebied/{MASKED_AREA}?cijfer={INDICATOR}",
)
SMALL_PRINT = "Afgerond om mensen te beschermen"
RANGE = re.compile(r"(\d[\d.]*)–(\d[\d.]*)")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_rounded_release(tmp_path_factory.mktemp("rounded"))


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> Iterator[Client]:
    with connect(shelf) as client:
        yield client


@pytest.fixture(scope="module")
def release(shelf: Shelf) -> Release:
    return shelf.open_current("openbaar")


def read_all(release: Release) -> list[ReleasedCell]:
    return [
        cell
        for kind in PeriodKind
        for series in release.read_series(INDICATOR, release.areas, kind=kind).values()
        for cell in series
    ]


def words_of(html: str) -> str:
    return read_words(html)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_holds_a_bare_value_of_a_rounded_cell(
    client: Client, release: Release, address: str
) -> None:
    """Ends of ranges are no multiples of 5, so a lifted value in a page would be a bare one."""
    values = {c.value for c in read_all(release) if c.status is Status.ROUNDED and c.value}
    telling = {value for value in values if value > 1000}
    assert len(telling) > 20
    html = client.get(address).text
    for value in telling:
        for written in (str(value), write_count(value)):
            assert not re.search(rf"(?<!\d)(?<!\d[.,]){re.escape(written)}(?!\d|[.,]\d)", html), (
                written
            )


@pytest.mark.parametrize("address", PAGES[3:])
def test_counts_in_tables_are_ranges_or_words(client: Client, address: str) -> None:
    html = client.get(address).text
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    mine = [t for t in tables if "Fietsendiefstal" in re.findall("<caption.*?</caption>", t)[0]]
    assert mine
    for table in mine:
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", table, re.DOTALL):
            assert not re.fullmatch(r"0|[1-9]?[05]|[\d.]+[05]", unescape(cell)), cell


def test_the_ranges_are_those_of_the_rule(client: Client) -> None:
    seen = set()
    # Of a small gemeente no rate reaches a hundred, so that ranges of rates have a comma.
    for address in (PAGES[7], PAGES[10]):
        # Years together are sums of ranges, which are wider.
        page = re.sub(r'<section aria-labelledby="jaren-samen">.*?</section>', "",
                      client.get(address).text, flags=re.DOTALL)  # fmt: skip
        for table in re.findall(r"<td[^>]*>(\d[\d.]*)–(\d[\d.]*)</td>", page):
            seen.add(tuple(int(end.replace(".", "")) for end in table))
    assert len(seen) > 8
    for low, high in seen:
        assert (low, high) == (0, 4) or (high - low == 8 and (low + 4) % 5 == 0)


@pytest.mark.parametrize("address", PAGES)
def test_beside_rounded_figures_stands_what_that_means(client: Client, address: str) -> None:
    html = without_marks(client.get(address).text)
    figures = re.findall(r'<figure class="figure"[^>]*>.*?</figure>', html, re.DOTALL)
    assert figures
    for figure in figures:
        has_count = re.search(r"<td[^>]*>[\d.]+–[\d.]+( \(|</td>)", figure)
        assert SMALL_PRINT in figure or not has_count
    has_range = bool(RANGE.search(words_of(re.sub(r"<figure.*?</figure>", "", html, flags=re.S))))
    assert (SMALL_PRINT in html) or not has_range


def test_what_is_not_rounded_has_no_small_print_about_it(client: Client) -> None:
    assert SMALL_PRINT not in client.get("/thema/woninginbraken").text


def test_a_tile_reads_well(client: Client) -> None:
    html = client.get("/?gebied=GM9001").text
    (tile,) = re.findall(r'<li class="tile">(?:(?!</li>).)*Fietsendiefstal.*?</li>', html, re.S)
    assert re.search(r"7\.\d\d\d–7\.\d\d\d \(afgerond\)", words_of(tile))
    assert 'class="spark-range"' in tile


def test_sentences_say_between(client: Client) -> None:
    words = words_of(client.get(f"{THEME}&gebied=GM9001").text)
    assert re.search(r"2025: tussen 7\.\d+ en 7\.\d+ registraties", words)
    assert re.search(r"Aldermeer, juli 2025 tot en met juni 2026: tussen 7\.\d+ en", words)


def test_a_masked_figure_is_hatched_and_has_no_range(client: Client, release: Release) -> None:
    html = client.get(f"{THEME}&gebied=GM9001&niveau=buurt&maat=aantal").text
    (shape,) = re.findall(r'<a [^>]*aria-label="Buitengebied Noord:.*?</a>', html)
    assert "afgeschermd om mensen te beschermen" in shape
    assert 'class="k-few"' in shape
    assert "url(#" in shape
    assert "Voor 1 buurt is het cijfer afgeschermd om mensen te beschermen." in words_of(html)
    for cell in read_all(release):
        if cell.status is Status.MASKED:
            assert (cell.value, cell.lower, cell.upper, cell.rate) == (None,) * 4
    page = words_of(client.get(f"/gebied/{MASKED_AREA}?cijfer={INDICATOR}").text)
    assert "Fietsendiefstal juli 2025 tot en met juni 2026 afgeschermd om mensen" in page


def test_the_order_of_a_ranking_follows_released_rates(client: Client, release: Release) -> None:
    html = client.get(f"{THEME}&niveau=buurt&periode=2025").text
    ranking = html[html.index('class="ranking"') :]
    names = [unescape(name) for name in re.findall(r'aria-label="([^:"]+):', ranking)]
    read = release.read_map(INDICATOR, release.areas[MASKED_AREA].level, "2025")
    cells = {release.areas[code].name: c for code, c in read.items() if c.rate is not None}
    known = sorted(cells, key=lambda name: (-(cells[name].rate or 0), name))
    assert names[: len(known)] == known
    assert len(known) == 3


def test_the_api_gives_value_range_and_status_and_nothing_hidden(
    client: Client, release: Release
) -> None:
    address = f"/api/v1/cells?indicator={INDICATOR}&level=buurt&period=2025"
    cells = {cell["area"]: cell for cell in client.get(address).json()["cells"]}
    rows = client.get(f"{address}&format=csv").text.lstrip("\ufeff")
    table = {row["area"]: row for row in csv.DictReader(io.StringIO(rows, newline=""))}
    assert list(table) == list(cells)
    assert set(next(iter(table.values()))) == set(next(iter(cells.values())))
    for code, cell in cells.items():
        known = release.read_map(INDICATOR, release.areas[code].level, "2025")[code]
        assert (cell["value"], cell["lower"], cell["upper"]) == (
            known.value, known.lower, known.upper,
        )  # fmt: skip
        assert cell["estimated_share"] in (0.0, 1.0)
        if cell["status"] == "rounded":
            assert cell["value"] % 5 == 0
            assert cell["upper"] == cell["value"] + 4
            assert cell["lower"] == max(cell["value"] - 4, 0)
    masked = cells[MASKED_AREA]
    assert masked["status"] == "masked"
    assert {masked[name] for name in ("value", "lower", "upper", "rate", "rate_lower")} == {None}
    assert [table[MASKED_AREA][name] for name in ("value", "lower", "upper", "rate")] == [""] * 4


def test_rows_do_not_stand_in_order_of_value(client: Client, release: Release) -> None:
    cells = client.get(f"/api/v1/cells?indicator={INDICATOR}&level=buurt&period=2025").json()
    known = list(release.areas)
    places = [known.index(cell["area"]) for cell in cells["cells"]]
    assert places == sorted(places)


def test_a_source_that_keeps_silent_tells_no_number_of_rows(tmp_path: Path) -> None:
    """Of a source about persons the release holds 0 rows: never shown as if there were none."""
    shelf = shelve_partner_release(tmp_path)
    with duckdb.connect(str(tmp_path / "2026-07-15.1" / "openbaar.duckdb")) as file:
        file.execute("UPDATE source SET rows_in = 0, rows_kept = 0 WHERE id = ?", [SOURCE])
    release = shelf.open_current("openbaar", lambda *_: Hidden())
    (told,) = (source for source in list_sources(release) if source.id == SOURCE)
    assert (told.rows_in, told.rows_kept, told.rows_refused) == (None, None, None)
    assert all(s.rows_in == 1000 for s in list_sources(release) if s.id != SOURCE)
    shown = {**show_sources(release), "about": release.about, "themes_all": release.themes}
    html = Pages(read_assets()).draw("sources.html", **shown, here="sources")
    (section,) = re.findall(rf'<section aria-labelledby="bron-{SOURCE}".*?</section>', html, re.S)
    words = words_of(section)
    assert "Hoeveel regels het zijn staat hier niet, om mensen te beschermen." in words
    assert "gelezen" not in words
    assert "opmerking van de partner" in words
    assert "Regels Uitleg" not in words
    release.close()


def test_lifted_areas_are_the_ones_that_tell(release: Release) -> None:
    """The test of bare values would pass on a release without values to find."""
    for code in LIFTED:
        (series,) = release.read_series(INDICATOR, [code], kind=PeriodKind.YEAR).values()
        assert all((cell.value or 0) > 7000 for cell in series)
