"""The page on which areas and periods stand side by side, and its twin for programs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from pathlib import Path

import duckdb
import pytest
from httpx import Client, Response

from functional.test_pages import shelve_for_gemeente, words_of
from lib.page_server import connect, serving
from lib.page_words import read_words
from lib.rounded_release import INDICATOR, MASKED_AREA, shelve_rounded_release
from lib.small_release import shelve_small_release
from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.dashboard.charts import write_count
from regiebeeld.dashboard.web import create_app
from regiebeeld.domain import CatalogueError, PeriodKind, Status, read_period
from regiebeeld.releases import Release, Shelf
from regiebeeld.settings import read_settings
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
    assert re.search(r"Aldermeer: \d+ van juni 2025 tot en met mei 2026, \d+ van juni 2024", words)
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
    link = link_of(page)
    assert link.startswith(
        f"{client.base_url}/vergelijk?gebied=".replace("//vergelijk", "/vergelijk")
    )
    assert (
        "gebied=GM9001&gebied" not in link
    )  # areas stand together: an address to be sent is short
    again = client.get(link)
    assert link_of(again) == link
    assert again.text == page.text.replace('screen-only" open>', 'screen-only">')
    kept = client.get(link, headers={"if-none-match": again.headers["etag"]})
    assert kept.status_code == 304


def link_of(page: Response) -> str:
    """Read the address that the page offers to be sent on; it stands there in full, as a link."""
    ((link, words),) = re.findall(r'id="adres" href="([^"]+)">([^<]+)</a>', page.text)
    assert link == words
    return unescape(link)


def test_an_address_of_before_this_still_leads_to_the_same_page(client: Client) -> None:
    old = f"{TWO}&cijfer=woninginbraken&periode=2025-06%2FP12M&eerder=2024-06%2FP12M&basis=2019"
    new = "/vergelijk?gebied=GM9001,GM9002&cijfer=woninginbraken&periode=2025-06/P12M"
    assert client.get(old).text == client.get(f"{new}&eerder=2024-06/P12M&basis=2019").text


@pytest.mark.parametrize(
    "host",
    ['localhost:80"><script>alert(1)</script>', "localhost:80/@elders.example",
     "localhost:99999999", "[::1]:8000'onmouseover='", "LOCALHOST:8000"],
)  # fmt: skip
def test_a_host_name_puts_nothing_into_the_page(client: Client, host: str) -> None:
    page = client.get("/vergelijk", headers={"host": host})
    assert page.status_code == 200
    link = link_of(page)
    safe = host == "LOCALHOST:8000"
    assert link.startswith("http://localhost:8000/vergelijk?" if safe else "/vergelijk?")
    assert "<script>alert" not in page.text
    assert "elders" not in page.text
    assert "onmouseover" not in page.text


def test_a_foreign_host_gets_no_page_and_what_one_asks_is_not_kept_for_another(
    client: Client,
) -> None:
    assert client.get("/vergelijk", headers={"host": "elders.example"}).status_code == 400
    one, other = (
        link_of(client.get(TWO, headers={"host": host})) for host in ("localhost", "127.0.0.1:81")
    )
    assert one.partition("/vergelijk")[0] == "http://localhost"
    assert other.partition("/vergelijk")[0] == "http://127.0.0.1:81"


def test_behind_a_proxy_the_link_names_the_site_that_readers_know(shelf: Shelf) -> None:
    settings = read_settings({"REGIEBEELD_SITE_ADDRESS": "https://cijfers.example"})
    app = create_app(shelf, audience="openbaar", present=PresentAgreements(settings))
    with serving(app) as address, Client(base_url=address) as client:
        assert link_of(client.get("/vergelijk")).startswith("https://cijfers.example/vergelijk?")
        there = link_of(client.get("/en/vergelijk"))
        assert there.startswith("https://cijfers.example/en/vergelijk?")
    for wrong in ("cijfers.example", "https://a.example/pad", 'https://a"b', "javascript:alert(1)"):
        with pytest.raises(CatalogueError, match="SITE_ADDRESS"):
            read_settings({"REGIEBEELD_SITE_ADDRESS": wrong})


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


def test_one_form_keeps_all_that_was_chosen(client: Client) -> None:
    html = client.get(f"{TWO}&cijfer=fietsendiefstal&periode=2025&eerder=2022&basis=2020").text
    (form,) = re.findall(r'<form class="choosing-form".*?</form>', html, re.DOTALL)
    names = re.findall(r'<(?:select|input)[^>]* name="([a-z]+)"', form)
    assert names == [
        "kies", "cijfer", *["gebied"] * 4, "periode", "eerder",
        "jaar", "naast", "van", "tot", "basis",
    ]  # fmt: skip
    chosen = re.findall(r'<option value="([^"]*)" selected', form)
    assert chosen == [
        "fietsendiefstal", "GM9001", "GM9002", "", "", "2025", "2022",
        "2026", "2025", "1", "5", "2020",
    ]  # fmt: skip


def send(client: Client, html: str, **changes: str | list[str]) -> Response:
    """Send the form as a browser without script does, with some choices changed."""
    (form,) = re.findall(r'<form class="choosing-form".*?</form>', html, re.DOTALL)
    sent: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form):
        sent.append((name, value))
    for name, options in re.findall(
        r'<select[^>]* name="([a-z]+)">(.*?)</select>', form, re.DOTALL
    ):
        (chosen,) = re.findall(r'value="([^"]*)" selected', options)
        changed = changes.get(name, unescape(chosen))
        sent.append((name, changed.pop(0) if isinstance(changed, list) else changed))
    return client.get("/vergelijk", params=sent)


def test_what_is_sent_becomes_a_short_address_that_holds_every_choice(client: Client) -> None:
    """Areas, periods, months and base year are changed at once; none of them is lost."""
    html = client.get("/vergelijk").text
    changes: dict[str, str | list[str]] = {
        "gebied": ["GM9002", "", "GM9001", ""], "cijfer": "woninginbraken", "periode": "2024",
        "eerder": "2021", "jaar": "2025", "naast": "2022", "van": "2", "tot": "4", "basis": "2020",
    }  # fmt: skip
    answer = send(client, html, **changes)
    assert answer.status_code == 303
    assert answer.headers["location"] == (
        "/vergelijk?gebied=GM9002,GM9001&cijfer=woninginbraken&periode=2024&eerder=2021"
        "&jaar=2025&naast=2022&van=2&tot=4&basis=2020"
    )
    page = client.get(answer.headers["location"])
    assert link_of(page).endswith(answer.headers["location"])
    english = client.get("/en" + str(answer.request.url.raw_path, "ascii"))
    assert english.headers["location"] == "/en" + answer.headers["location"]


def test_another_period_gets_the_one_of_a_year_earlier_beside_it(client: Client) -> None:
    html = client.get(f"{TWO}&cijfer=woninginbraken&periode=2025").text
    answer = send(client, html, periode="2023-04")
    assert "periode=2023-04&eerder=2022-04&" in answer.headers["location"]


def test_what_is_not_there_for_another_choice_is_filled_in_and_told(client: Client) -> None:
    html = client.get(f"{TWO}&cijfer=woninginbraken&periode=2025-06&eerder=2025-05").text
    page = send(client, html, gebied=["BU90010101", "BU90020101", "", ""])
    assert page.status_code == 200
    told = "Anders dan gekozen: de periode ernaast, de periode en de maanden."
    assert told in words_of(page)
    assert "periode=2026-06/P12M&eerder=2025-06/P12M" in link_of(page)
    assert "Anders dan gekozen" not in words_of(client.get(link_of(page)))
    # An address that somebody wrote is not changed in silence.
    assert client.get("/vergelijk?gebied=BU90010101&periode=2025-06").status_code == 404


def test_two_periods_that_do_not_fit_are_mended_and_told(client: Client) -> None:
    html = client.get(f"{TWO}&cijfer=woninginbraken&periode=2025&eerder=2023").text
    page = send(client, html, periode="2025-06")
    assert "Anders dan gekozen: de periode ernaast." in words_of(page)
    assert "periode=2025-06&eerder=2024-06&" in link_of(page)


def test_an_area_that_is_chosen_twice_stands_there_once(client: Client) -> None:
    answer = send(client, client.get(TWO).text, gebied=["GM9001", "GM9001", "RG90", ""])
    assert "gebied=GM9001,RG90&" in answer.headers["location"]


def test_the_form_refuses_what_is_wrong_in_itself(client: Client) -> None:
    answer = send(client, client.get(TWO).text, van="9", tot="3")
    assert answer.status_code == 400
    assert "Van maand 9 tot en met maand 3 bestaat niet" in words_of(answer)
    (link,) = re.findall(r'href="(/vergelijk\?[^"]*)"', answer.text)
    assert "gebied=GM9001,GM9002" in unescape(link)  # the next step does not begin anew


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("gebied=GM9001&periode=2025&eerder=2023", "Aldermeer, 2025 naast 2023"),
        (
            "gebied=GM9002,GM9001&periode=2025-06",
            "Berkenhove & Veld en Aldermeer, jun 2025 naast jun",
        ),
        (
            "gebied=GM9001,GM9002,RG90",
            "Aldermeer en 2 andere gebieden, jul 2025–jun 2026 naast jul",
        ),
    ],
)
def test_the_fold_says_what_is_chosen(client: Client, query: str, words: str) -> None:
    html = client.get(f"/vergelijk?cijfer=woninginbraken&{query}").text
    (told,) = re.findall(r'<details class="choosing[^>]*>\s*<summary>(.*?)</summary>', html)
    assert read_words(told).startswith(words)


def test_the_choices_are_folded_once_something_is_chosen(client: Client) -> None:
    assert '<details class="choosing screen-only" open>' in client.get("/vergelijk").text
    assert '<details class="choosing screen-only">' in client.get(TWO).text


def test_one_more_area_keeps_the_periods(client: Client) -> None:
    html = client.get("/vergelijk?gebied=GM9001&cijfer=woninginbraken&periode=2024&basis=2021").text
    (line,) = re.findall(r'<p class="choosing-add">(.*?)</p>', html)
    (link,) = [link for link in re.findall(r'href="([^"]+)"', line) if "RG90" in link]
    assert "gebied=GM9001,RG90&cijfer=woninginbraken&periode=2024&eerder=2023" in unescape(link)
    assert link.endswith("basis=2021")


# --- an index by quarter --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quarterly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Serve the small release with every third month as if it were its quarter."""
    folder = tmp_path_factory.mktemp("quarterly")
    shelf = shelve_small_release(folder)
    with duckdb.connect(str(folder / "2026-07-15.1" / "openbaar.duckdb")) as file:
        file.execute(
            "UPDATE period SET id = year(last_day) || '-Q' || quarter(last_day), kind = 'quarter',"
            " first_day = date_trunc('quarter', last_day)"
            " WHERE kind = 'month' AND month(last_day) % 3 = 0"
        )
    with connect(shelf) as client:
        yield client


def test_quarters_have_an_index_beside_the_same_quarter(
    quarterly: Client, release: Release
) -> None:
    page = quarterly.get("/vergelijk?cijfer=fietsendiefstal&basis=2021&stap=kwartaal")
    assert link_of(page).endswith("&basis=2021&stap=kwartaal")
    part = part_of(page.text, "index")
    assert "Fietsendiefstal: index per kwartaal, 2021 is 100" in read_words(part)
    rows = {row[0]: row[1] for row in rows_of(part)}
    assert rows["3e kwartaal van 2021"] == "100"
    now, base = (count(release, "RG90", f"{year}-09", "fietsendiefstal") for year in (2024, 2021))
    assert rows["3e kwartaal van 2024"].startswith(f"{now / base * 100:.0f} (marge ")
    assert '<option value="kwartaal" selected>per kwartaal</option>' in page.text


def test_without_a_step_the_index_is_of_years(quarterly: Client) -> None:
    page = quarterly.get(f"{TWO}&cijfer=fietsendiefstal")
    assert "stap=" not in link_of(page)
    assert "Fietsendiefstal: index, 2019 is 100" in words_of(page)


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
        ("/vergelijk?gebied=BU90010101,GM9002&cijfer=drugshandel", 404, "zetten we gebieden niet"),
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
        (f"{TWO}&stap=<b>", 400, "‘<b>’ is geen stap van een index"),
        (f"{TWO}&stap=kwartaal", 404, "geen cijfers van twee jaren met stap ‘kwartaal’"),
        ("/vergelijk?gebied=GM9001,GM9002,RG90,WK900101,WK900201", 400, "Er passen vier gebieden"),
        ("/vergelijk?gebied=GM9001,GM1234", 404, "Het gebied ‘GM1234’ kennen we niet"),
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


def test_an_old_code_leads_on_with_the_areas_beside_it(client: Client) -> None:
    answer = client.get("/vergelijk?gebied=GM8002&gebied=GM9001")
    assert answer.status_code == 410
    links = [unescape(link) for link in re.findall(r'href="(/vergelijk\?[^"]*)"', answer.text)]
    assert links
    for link in links:
        assert link.startswith("/vergelijk?gebied=GM9001")
        assert client.get(link).status_code == 200


def test_a_wrong_period_leads_on_with_the_same_areas_and_figure(client: Client) -> None:
    answer = client.get(f"{TWO}&cijfer=fietsendiefstal&periode=1066")
    link = "/vergelijk?gebied=GM9001,GM9002&cijfer=fietsendiefstal"
    assert f'href="{escape(link)}"' in answer.text
    assert "Fietsendiefstal: Aldermeer en Berkenhove & Veld, met de gewone" in words_of(answer)


@pytest.mark.parametrize(
    "name",
    ["gebied", "cijfer", "periode", "eerder", "jaar", "naast", "van", "tot", "basis", "stap"],
)
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
    assert page.text.count('name="gebied"') == 1
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
    shown = words_of(page).replace(f":{client.base_url.port}/", "/")
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
