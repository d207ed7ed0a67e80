"""The page on which areas and periods stand side by side, and its twin for programs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import duckdb
import pytest
from httpx import Client

from functional.test_pages import shelve_for_gemeente, words_of
from lib.page_server import connect, serving
from lib.page_words import read_words
from lib.rounded_release import INDICATOR, MASKED_AREA, shelve_rounded_release
from lib.small_release import shelve_small_release
from regiebeeld.dashboard.charts import write_count
from regiebeeld.dashboard.web import create_app
from regiebeeld.domain import PeriodKind, Status, read_period
from regiebeeld.releases import Release, Shelf
from regiebeeld.statistics import compare_counts

TWO = "/vergelijk?gebied=GM9001&gebied=GM9002"
API = "/api/v1/compare?indicator=woninginbraken"
PARTS = ["gebieden", "perioden", "maanden", "index", "gemeenten", "link"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_small_release(tmp_path_factory.mktemp("compare"))


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> Iterator[Client]:
    with connect(shelf) as client:
        yield client


@pytest.fixture(scope="module")
def release(shelf: Shelf) -> Release:
    return shelf.open_current("openbaar")


@pytest.fixture(scope="module")
def rounded_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_rounded_release(tmp_path_factory.mktemp("rounded"))


@pytest.fixture(scope="module")
def rounded_client(rounded_shelf: Shelf) -> Iterator[Client]:
    with connect(rounded_shelf) as client:
        yield client


def part_of(html: str, name: str) -> str:
    """Cut one section out of a page."""
    start = html.index(f'aria-labelledby="{name}"')
    return html[start : html.index("</section>", start)]


def rows_of(html: str) -> list[list[str]]:
    """Read the cells of the first table, its header column first."""
    body = re.findall(r"<tbody.*?</tbody>", html, re.DOTALL)[0]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]


def count(release: Release, area: str, period: str, indicator: str = "woninginbraken") -> int:
    value = release.read_area_cells(area, period=period)[indicator].value
    assert value is not None
    return value


# --- what it shows ----------------------------------------------------------------------------


def test_without_a_choice_it_starts_with_the_region(client: Client) -> None:
    page = client.get("/vergelijk")
    assert page.status_code == 200
    assert re.findall(r'<h2 id="([a-z]+)"', page.text) == PARTS
    assert "Kleine Regio: " in words_of(page)
    assert 'href="/vergelijk" aria-current="page"' in page.text


def test_areas_stand_in_the_order_in_which_they_were_chosen(client: Client) -> None:
    there = client.get(TWO).text
    back = client.get("/vergelijk?gebied=GM9002&gebied=GM9001").text
    names = ["Aldermeer", "Berkenhove & Veld"]
    assert [row[0] for row in rows_of(part_of(there, "gebieden"))] == names
    assert [row[0] for row in rows_of(part_of(back, "gebieden"))] == names[::-1]


def test_the_ratio_is_that_of_the_released_counts_and_dwellings(
    client: Client, release: Release
) -> None:
    period = "2026-06/P12M"
    counts = count(release, "GM9002", period), count(release, "GM9001", period)
    wanted = compare_counts(*counts, 2100 / 3060)  # the planted dwellings
    (row,) = [
        row for row in client.get(f"{API}&area=GM9001&area=GM9002").json()["compare"]
        if row["other_area"] == "GM9001" != row["area"]
    ]  # fmt: skip
    assert row["period"] == row["other_period"] == period
    told = row["ratio"], row["lower"], row["upper"]
    assert told == pytest.approx((wanted.ratio, wanted.lower, wanted.upper))
    assert row["verdict"] == wanted.verdict.value
    first, other = rows_of(part_of(client.get(TWO).text, "gebieden"))
    assert first[1] == write_count(counts[1])
    assert other[1] == write_count(counts[0])
    assert other[3].startswith(f"{wanted.ratio:.2f}".replace(".", ",").rstrip("0"))


def test_a_whole_is_compared_without_its_part(client: Client, release: Release) -> None:
    words = words_of(client.get("/vergelijk?gebied=GM9001&gebied=RG90"))
    assert re.search(r"Kleine Regio \([\d,]+ per 1\.000 woningen\) zonder Aldermeer", words)
    assert "(vergeleken met Kleine Regio zonder Aldermeer)" in words
    rows = client.get(f"{API}&area=GM9001&area=RG90").json()["compare"]
    beside = next(row for row in rows if row["area"] == "RG90" and row["other_area"] == "GM9001")
    assert beside["without"] == "GM9001"
    period = beside["period"]
    own, whole = count(release, "GM9001", period), count(release, "RG90", period)
    wanted = compare_counts(whole - own, own, (5160 - 3060) / 3060)
    assert beside["ratio"] == pytest.approx(wanted.ratio)
    assert (beside["lower"], beside["upper"]) == pytest.approx((wanted.lower, wanted.upper))
    back = client.get(f"{API}&area=RG90&area=GM9001").json()["compare"]
    turned = next(row for row in back if row["area"] == "GM9001" and row["other_area"] == "RG90")
    assert turned["ratio"] == pytest.approx(1 / beside["ratio"])


def test_two_periods_are_compared_whichever_is_named_first(client: Client) -> None:
    one = client.get("/vergelijk?gebied=GM9001&cijfer=fietsendiefstal&periode=2024&eerder=2025")
    other = client.get("/vergelijk?gebied=GM9001&cijfer=fietsendiefstal&periode=2025&eerder=2024")
    assert one.headers["etag"] == other.headers["etag"]
    assert "2025 naast 2024" in words_of(one)


def test_the_planted_rise_is_clear(client: Client) -> None:
    page = client.get(f"{TWO}&cijfer=fietsendiefstal&periode=2026-05/P12M")
    words = words_of_part(part_of(page.text, "perioden"))
    assert re.search(r"Aldermeer: \d+ in juni 2025 tot en met mei 2026, \d+ in juni 2024", words)
    assert "procent hoger" in words
    assert "waarschijnlijk geen toeval" in words


def words_of_part(html: str) -> str:
    return read_words(html)


def test_same_months_of_two_years(client: Client, release: Release) -> None:
    page = client.get(f"{TWO}&cijfer=woninginbraken&jaar=2025&naast=2023&van=2&tot=3")
    rows = rows_of(part_of(page.text, "maanden"))
    assert [row[0] for row in rows] == ["Februari", "Maart", "Deze maanden samen"]
    months = [count(release, "GM9001", f"2025-{month}") for month in ("02", "03")]
    assert [row[1] for row in rows] == [str(n) for n in (*months, sum(months))]
    assert "februari tot en met maart 2025" in words_of(page)


def test_months_end_with_the_last_one_that_all_areas_have(client: Client) -> None:
    """Of Berkenhove June 2026 is missing for bicycle theft."""
    page = client.get(f"{TWO}&cijfer=fietsendiefstal")
    assert "januari tot en met mei 2026" in words_of_part(part_of(page.text, "maanden"))
    late = client.get(f"{TWO}&cijfer=fietsendiefstal&tot=6")
    words = words_of_part(part_of(late.text, "maanden"))
    assert "Berkenhove & Veld: niet meegeteld, want niet in beide jaren een cijfer: juni" in words
    assert rows_of(part_of(late.text, "maanden"))[5][3] == "nog niet binnen"


def test_an_index_starts_at_its_base_year(client: Client) -> None:
    page = client.get(f"{TWO}&cijfer=woninginbraken&basis=2021")
    rows = {row[0]: row[1:] for row in rows_of(part_of(page.text, "index"))}
    assert rows["2021"] == ["100", "100"]
    assert "index, 2021 is 100" in words_of(page)


def test_every_gemeente_has_a_square_that_leads_to_it(client: Client) -> None:
    part = part_of(client.get("/vergelijk").text, "gemeenten")
    squares = re.findall(r'<a href="(/gebied/[^"?]+)', part[part.index("<svg") :])
    assert set(squares) == {"/gebied/GM9001", "/gebied/GM9002"}


def test_small_areas_have_no_months_and_are_told_so(client: Client) -> None:
    page = client.get("/vergelijk?gebied=BU90010101&gebied=BU90020101")
    assert page.status_code == 200
    assert "Er zijn geen maandcijfers van twee jaren voor al deze gebieden" in words_of(page)
    assert 'id="jaar"' not in page.text
    assert '<optgroup label="Buurten in Aldermeer">' in page.text


def test_an_area_without_a_rate_says_why(client: Client) -> None:
    page = client.get("/vergelijk?gebied=BU90010101&gebied=BU90010102&cijfer=woninginbraken")
    words = words_of_part(part_of(page.text, "gebieden"))
    assert "geen verhouding: minder dan 100 woningen" in words
    assert "Aantallen van gebieden zijn niet met elkaar te vergelijken" in words


def test_changed_counting_is_told_where_it_lies_between(client: Client) -> None:
    told = "Sinds juli 2018 telt de politie misdrijven"
    corona = "In de coronatijd waren mensen vaker thuis"
    page = client.get("/vergelijk?periode=2023&eerder=2021&jaar=2025&naast=2024&basis=2022")
    assert corona in words_of_part(part_of(page.text, "perioden"))
    assert corona not in words_of_part(part_of(page.text, "maanden"))
    assert corona not in words_of_part(part_of(page.text, "index"))
    assert told not in words_of(page)  # these figures begin in 2019


# --- an address is the whole state --------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/vergelijk", TWO, f"{TWO}&gebied=RG90&cijfer=fietsendiefstal&van=2",
     "/vergelijk?gebied=BU90010101&gebied=GM9002", "/vergelijk?cijfer=drugshandel"],
)  # fmt: skip
def test_its_link_reproduces_it_exactly(client: Client, address: str) -> None:
    page = client.get(address)
    part = page.text[page.text.index('aria-labelledby="link"') :]
    (link,) = re.findall(r'href="(/vergelijk\?[^"]+)"', part)
    again = client.get(unescape(link))
    assert again.content == page.content
    assert again.headers["etag"] == page.headers["etag"]
    kept = client.get(unescape(link), headers={"if-none-match": page.headers["etag"]})
    assert kept.status_code == 304


def test_the_same_comparison_in_other_words_shares_an_answer(shelf: Shelf) -> None:
    app = create_app(shelf, audience="openbaar")
    with serving(app) as address, Client(base_url=address) as client:
        first = client.get(TWO)
        held = len(app.state.desk.cache)
        for more in ("&gebied=", "&utm=1", "&gebied=&gebied=&basis=", "&niveau=wijk"):
            assert client.get(TWO + more).content == first.content
        lower = client.get("/vergelijk?gebied=gm9001&gebied=%20GM9002%20")
        assert lower.content == first.content
        assert len(app.state.desk.cache) == held


def test_the_forms_keep_what_was_chosen(client: Client) -> None:
    html = client.get(f"{TWO}&cijfer=fietsendiefstal&periode=2025&eerder=2022&basis=2020").text
    chosen = re.findall(r'<option value="([^"]*)" selected', html)
    assert chosen[:5] == ["fietsendiefstal", "GM9001", "GM9002", "", ""]
    assert chosen[5:7] == ["2025", "2022"]
    assert chosen[-1] == "2020"
    hidden = re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', html)
    assert hidden == [
        ("cijfer", "fietsendiefstal"), ("gebied", "GM9001"), ("gebied", "GM9002"),
    ]  # fmt: skip


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        (f"{TWO}&gebied=RG90&gebied=WK900101&gebied=WK900201", 400, "Er passen vier gebieden"),
        ("/vergelijk?" + "gebied=GM9001&" * 300, 400, "Er passen vier gebieden"),
        (f"{TWO}&gebied=gm9001", 400, "Aldermeer staat er twee keer"),
        ("/vergelijk?gebied=GM1234", 404, "Het gebied ‘GM1234’ kennen we niet"),
        ("/vergelijk?gebied=GM0000", 404, "‘Onbekend’ is geen plaats"),
        ("/vergelijk?gebied=GM8002&gebied=GM9001", 410, "Splithuizen (GM8002) was een gebied"),
        ("/vergelijk?gebied=" + "A" * 500, 400, "te lang"),
        ("/vergelijk?cijfer=onbekend", 404, "Het cijfer ‘onbekend’ kennen we niet"),
        (f"{TWO}&cijfer=drugshandel", 404, "Bij Drugs: bezit, handel en productie zetten we"),
        ("/vergelijk?gebied=BU90010101&cijfer=drugshandel", 404, "Dit cijfer is er niet per buurt"),
        (f"{TWO}&periode=morgen", 400, "‘morgen’ is geen periode"),
        (f"{TWO}&eerder=1999", 404, "Voor de periode 1999 zijn er geen cijfers"),
        ("/vergelijk?gebied=BU90010101&periode=2025-06", 404, "Voor de periode 2025-06"),
        (f"{TWO}&periode=2025&eerder=2025", 400, "hebben dagen gemeen"),
        (f"{TWO}&periode=2025&eerder=2025-06/P12M", 400, "hebben dagen gemeen"),
        (f"{TWO}&periode=2025&eerder=2024-06", 400, "duren niet even lang"),
        (f"{TWO}&jaar=1900", 404, "Voor de periode 1900 zijn er geen cijfers"),
        (f"{TWO}&jaar=2025&naast=2025", 400, "Kies twee verschillende jaren"),
        (f"{TWO}&van=9&tot=3", 400, "Van maand 9 tot en met maand 3 bestaat niet"),
        (f"{TWO}&tot=13", 400, "tot en met maand 13 bestaat niet"),
        (f"{TWO}&van=0", 400, "‘0’ bij ‘van’ is geen jaar of maand"),
        (f"{TWO}&van=-1", 400, "‘-1’ bij ‘van’ is geen jaar of maand"),
        (f"{TWO}&tot=99999999999999999999", 400, "is geen jaar of maand"),
        (f"{TWO}&jaar=٢٠٢٥", 400, "is geen jaar of maand"),
        ("/vergelijk?gebied=BU90010101&van=1", 404, "zijn er geen maandcijfers van twee jaren"),
        (f"{TWO}&basis=1066", 404, "Voor de periode 1066 zijn er geen cijfers"),
        (f"{TWO}&basis=<b>", 400, "‘<b>’ bij ‘basis’ is geen jaar"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told_with_a_next_step(
    client: Client, address: str, status: int, words: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert words in words_of(answer)
    assert "Traceback" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    links = set(re.findall(r'href="(/[^"]*)"', answer.text[answer.text.index("<main") :]))
    assert "/" in links
    for link in links:
        assert client.get(unescape(link)).status_code == 200, link


@pytest.mark.parametrize("name", ["gebied", "cijfer", "periode", "eerder", "jaar", "van", "basis"])
def test_html_in_a_parameter_stays_text(client: Client, name: str) -> None:
    answer = client.get("/vergelijk", params={name: "<script>alert(1)</script>\"'><img src=x>"})
    assert answer.status_code in (400, 404)
    assert "<script>alert" not in answer.text
    assert "<img src" not in answer.text


def test_what_depends_on_searching_stands_alone_and_is_not_judged(client: Client) -> None:
    page = client.get("/vergelijk?cijfer=drugshandel")
    assert page.status_code == 200
    assert re.findall(r'<h2 id="([a-z]+)"', page.text) == [
        "gebieden",
        "perioden",
        "maanden",
        "link",
    ]
    assert page.text.count('name="gebied"') == 2  # one to choose, one kept by the form of periods
    words = words_of(page)
    assert "bij dit cijfer past geen oordeel over toeval" in words
    assert "waarschijnlijk geen toeval" not in words
    assert "normale schommeling" not in words


def test_a_figure_that_allows_nothing_is_not_compared_at_all(tmp_path: Path) -> None:
    shelf = shelve_small_release(tmp_path)
    with duckdb.connect(str(tmp_path / "2026-07-15.1" / "openbaar.duckdb")) as file:
        file.execute("UPDATE indicator SET analyses = [] WHERE id = 'drugshandel'")
    with connect(shelf) as client:
        answer = client.get("/vergelijk?cijfer=drugshandel")
        assert answer.status_code == 404
        assert "is er niet om te vergelijken" in words_of(answer)
        assert 'value="drugshandel"' not in client.get("/vergelijk").text


def test_detail_of_another_gemeente_is_for_others(tmp_path: Path) -> None:
    with connect(shelve_for_gemeente(tmp_path), audience="gm9001") as client:
        mine = "/vergelijk?gebied=BU90010101"
        assert client.get(mine).status_code == 200
        answer = client.get(f"{mine}&gebied=BU90020101")
        assert answer.status_code == 403
        assert "van andere gemeenten horen niet bij de cijfers voor" in words_of(answer)
        twin = client.get(f"{API}&area=BU90010101&area=BU90020101")
        assert twin.status_code == 403
        whole = client.get(f"{mine}&gebied=GM9002")
        assert whole.status_code == 200
        assert "Buurten in Berkenhove" not in whole.text
        assert whole.headers["cache-control"] == "private, no-cache"


# --- no total over areas that a reader chose ------------------------------------------------------


CHOSEN = (
    ("GM9001", "GM9002"),
    ("BU90010101", "BU90020101", "BU90020102"),
    ("WK900101", "GM9002"),
    ("GM9001", "BU90020101"),
)
UNIT, BASE = 1000, 40


def shelve_lifted(folder: Path, areas: Sequence[str]) -> Shelf:
    """Lift the counts of the n-th area by 1,000 times 40 to the n.

    Whatever is added up of one area alone, over at most a year of months, then is a number of
    thousands with one digit in base 40, and a total over areas has more of them.
    """
    shelf = shelve_small_release(folder)
    with duckdb.connect(str(folder / "2026-07-15.1" / "openbaar.duckdb")) as file:
        for number, area in enumerate(areas):
            for table in ("cell_by_area", "cell_by_indicator"):
                file.execute(
                    f"UPDATE {table} SET value = value + $lift, lower = lower + $lift,"
                    " upper = upper + $lift FROM area"
                    f" WHERE {table}.area_key = area.area_key AND area.code = $area",
                    {"lift": UNIT * BASE**number, "area": area},
                )
    return shelf


def find_totals(text: str) -> set[int]:
    """Find the whole numbers of a text that hold counts of more than one lifted area."""
    found = re.findall(r"(?<![\w.,])(\d{1,3}(?:\.\d{3})+|\d+)(?![\w]|[.,]\d)", text)
    return {n for n in (int(number.replace(".", "")) for number in found) if _digits(n) > 1}


def _digits(number: int) -> int:
    rest, digits = number // UNIT, 0
    while rest:
        digits += bool(rest % BASE)
        rest //= BASE
    return digits


@pytest.mark.parametrize("areas", CHOSEN)
def test_nothing_is_added_up_over_chosen_areas(tmp_path: Path, areas: tuple[str, ...]) -> None:
    query = "&".join(f"gebied={area}" for area in areas)
    with connect(shelve_lifted(tmp_path, areas)) as client:
        page = client.get(f"/vergelijk?{query}&cijfer=fietsendiefstal")
        twin = client.get("/api/v1/compare?" + query.replace("gebied", "area"))
    shown = words_of(page)
    lifted = [UNIT * BASE**number for number in range(len(areas))]
    for lift in lifted:
        assert re.search(write_count(lift)[:-3] + r"\d{3}", shown)  # its own count is there
    assert find_totals(shown) == set()
    assert find_totals(twin.text) == set()
    # The count of all areas together, and of two months of one beside one of another, are seen.
    assert find_totals(f"{shown} Samen: {write_count(sum(lifted) + 190)}.")
    assert find_totals(f'{twin.text}{{"total":{2 * lifted[0] + lifted[1] + 31}}}')


def test_months_are_added_up_for_each_area_alone(client: Client, release: Release) -> None:
    page = client.get(f"{TWO}&cijfer=fietsendiefstal&jaar=2025&naast=2024&van=1&tot=12")
    last = rows_of(part_of(page.text, "maanden"))[-1]
    whole = [
        count(release, area, str(year), "fietsendiefstal")
        for area in ("GM9001", "GM9002")
        for year in (2025, 2024)
    ]
    assert last[1:] == [write_count(number) for number in whole]


# --- rounded figures ------------------------------------------------------------------------------


ROUNDED = (
    f"{TWO}&cijfer={INDICATOR}",
    f"{TWO}&gebied=RG90&cijfer={INDICATOR}&periode=2025&eerder=2024",
    f"/vergelijk?gebied=BU90020101&gebied={MASKED_AREA}&cijfer={INDICATOR}",
)


@pytest.mark.parametrize("address", ROUNDED)
def test_rounded_figures_are_ranges_everywhere(
    rounded_client: Client, rounded_shelf: Shelf, address: str
) -> None:
    release = rounded_shelf.open_current("openbaar")
    cells = [
        cell
        for kind in PeriodKind
        for series in release.read_series(INDICATOR, release.areas, kind=kind).values()
        for cell in series
    ]
    telling = {c.value for c in cells if c.status is Status.ROUNDED and (c.value or 0) > 1000}
    assert len(telling) > 20
    page = rounded_client.get(address)
    assert page.status_code == 200
    for value in telling:
        assert not re.search(rf"(?<![\d.,]){write_count(value)}(?!\d|[.,]\d)", words_of(page))
        assert not re.search(rf"(?<![\d.,]){value}(?!\d|[.,]\d)", page.text)
    assert "Afgerond om mensen te beschermen" in page.text
    for table in re.findall(r"<tbody.*?</tbody>", page.text, re.DOTALL):
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", table, re.DOTALL):
            assert not re.fullmatch(r"[1-9]?[05]|[\d.]+[05]", unescape(cell)) or cell == "100"


def test_a_masked_area_keeps_its_words(rounded_client: Client) -> None:
    page = rounded_client.get(ROUNDED[2])
    words = words_of_part(part_of(page.text, "gebieden"))
    assert "geen cijfer (afgeschermd om mensen te beschermen)" in words
    row = rows_of(part_of(page.text, "gebieden"))[1]
    assert row[1] == "afgeschermd om mensen te beschermen"


def test_a_rounded_ratio_is_an_interval_only(rounded_client: Client) -> None:
    rows = rounded_client.get(
        f"/api/v1/compare?indicator={INDICATOR}&area=GM9001&area=GM9002&period=2025&earlier=2024"
    ).json()["compare"]
    assert len(rows) == 3
    for row in rows:
        assert row["ratio"] is None
        assert row["without"] is None


# --- the twin -------------------------------------------------------------------------------------


def test_the_twin_has_a_row_for_each_comparison(client: Client) -> None:
    answer = client.get(f"{API}&area=GM9001&area=GM9002&period=2025&earlier=2023")
    rows = answer.json()["compare"]
    told = [(r["area"], r["period"], r["other_area"], r["other_period"]) for r in rows]
    assert told == [
        ("GM9002", "2025", "GM9001", "2025"),
        ("GM9001", "2025", "GM9001", "2023"),
        ("GM9002", "2025", "GM9002", "2023"),
    ]
    table = client.get(f"{API}&area=GM9001&area=GM9002&period=2025&earlier=2023&format=csv")
    read = list(csv.DictReader(io.StringIO(table.text.lstrip("\ufeff"))))
    assert [row["verdict"] for row in read] == [row["verdict"] for row in rows]
    assert [float(row["ratio"]) for row in read] == [row["ratio"] for row in rows]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("area=GM1", 404, "kennen we niet"),
        ("area=GM9001&area=GM9001", 400, "twee keer"),
        ("&".join(["area=GM9001"] * 5), 400, "vier gebieden"),
        ("area=GM9001&area=GM9002&indicator=drugshandel", 404, "niet naast elkaar"),
        ("period=x", 400, "is geen periode"),
        ("format=pdf", 400, "is geen vorm"),
    ],
)
def test_the_twin_refuses_what_the_page_refuses(
    client: Client, query: str, status: int, words: str
) -> None:
    answer = client.get(f"/api/v1/compare?{query}")
    assert answer.status_code == status
    assert words in answer.json()["fault"]
    for step in answer.json()["next"]:
        assert client.get(step["address"]).status_code == 200


def test_the_twin_tells_what_may_not_be_judged(client: Client) -> None:
    rows = client.get("/api/v1/compare?indicator=drugshandel").json()["compare"]
    assert [row["verdict"] for row in rows] == ["not_judged"]
    assert rows[0]["ratio"] is None
    assert read_period(rows[0]["period"]).kind is PeriodKind.YEAR


# --- the way to it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("/gebied/BU90010101", "/vergelijk?gebied=BU90010101"),
        ("/thema/woninginbraken?gebied=GM9001", "/vergelijk?cijfer=woninginbraken&gebied=GM9001"),
    ],
)
def test_pages_lead_to_it(client: Client, address: str, link: str) -> None:
    links = {unescape(found) for found in re.findall(r'href="(/[^"]*)"', client.get(address).text)}
    assert sorted(link.partition("?")[2].split("&")) in [
        sorted(found.partition("?")[2].split("&")) for found in links if "/vergelijk" in found
    ]


def test_the_comparison_downloads_as_the_table_of_its_areas_and_periods(
    client: Client,
) -> None:
    part = part_of(client.get(f"{TWO}&periode=2025&eerder=2023").text, "gebieden")
    (link,) = re.findall(r'href="(/api/v1/compare[^"]*)"', part)
    answer = client.get(unescape(link))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = [(row["area"], row["period"], row["other_area"], row["other_period"]) for row in rows]
    assert told == [
        ("GM9002", "2025", "GM9001", "2025"),
        ("GM9001", "2025", "GM9001", "2023"),
        ("GM9002", "2025", "GM9002", "2023"),
    ]
