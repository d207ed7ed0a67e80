"""The pages as a reader without script gets them: content, states, faults, headers, cache."""

import gzip
import re
import shutil
import socket
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path

import brotli
import duckdb
import httpx
import pytest
from fastapi.routing import APIRoute
from httpx import Client, Response
from starlette.routing import BaseRoute

import regiebeeld.pipeline as pipeline
from lib.page_server import connect, serving
from lib.page_words import read_words
from lib.small_release import SmallRelease, shelve_small_release
from regiebeeld.dashboard.access import MayRead, check_loopback
from regiebeeld.dashboard.charts import Row
from regiebeeld.dashboard.web import create_app, serve, write_address
from regiebeeld.dashboard.web.app import _bind
from regiebeeld.dashboard.web.assets import read_assets
from regiebeeld.dashboard.web.caching import AnswerCache, choose_encoding, finish
from regiebeeld.dashboard.web.pages import TEXTS, Pages, write_rows
from regiebeeld.domain import AccessError, RegiebeeldError
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

PAGES = (
    "/",
    "/?gebied=GM9001",
    "/?gebied=GM9002&niveau=wijk",
    "/thema/woninginbraken",
    "/thema/woninginbraken?gebied=GM9001&niveau=buurt&periode=2024&maat=aantal",
    "/thema/algemeen?cijfer=drugshandel",
    "/gebied/RG90",
    "/gebied/GM9001",
    "/gebied/WK900101",
    "/gebied/BU90010102",
    "/vergelijk?gebied=GM9001&gebied=BU90010101",
    "/themas",
    "/bronnen",
    "/privacy",
)
API = ("/api/v1/areas", "/api/v1/indicators", "/api/v1/sources", "/status")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_small_release(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> Iterator[Client]:
    with connect(shelf) as client:
        yield client


@pytest.fixture(scope="module")
def years_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    shelf = shelve_small_release(tmp_path_factory.mktemp("years"), SmallRelease(months=False))
    with connect(shelf) as client:
        yield client


def words_of(answer: Response) -> str:
    """Give the text of a page as a reader sees it."""
    return read_words(answer.text)


@pytest.mark.parametrize("address", PAGES)
def test_page_is_well_made(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    html = answer.text
    assert '<html lang="nl"' in html
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "style=" not in html
    # No script stands in a page: what is there names one of our own files.
    named = r'<script (?:defer |type="module" )?src="/static/(\w+)\.[0-9a-f]{16}\.js"></script>'
    scripts = re.findall(named, html)
    assert len(scripts) == html.count("<script")
    assert scripts.count("recent") == 1
    assert scripts.count("map") == html.count(" data-map=")
    assert set(scripts) <= {"recent", "map", "copy"}
    assert not re.search(r'\son[a-z]+="', html)
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        assert "<caption" in table
        assert 'scope="col"' in table


@pytest.mark.parametrize("address", PAGES)
def test_every_link_on_a_page_leads_somewhere(client: Client, address: str) -> None:
    for link in set(re.findall(r'href="(/[^"]*)"', client.get(address).text)):
        answer = client.get(unescape(link), follow_redirects=link.startswith("/taal/"))
        assert answer.status_code == 200, link


def test_overview_shows_the_planted_figures(client: Client) -> None:
    words = words_of(client.get("/?gebied=GM9001"))
    assert "Veiligheidsbeeld Aldermeer" in words
    assert "Stand: juni 2026 (voorlopig)" in words
    assert "Het duidelijkst veranderd is Fietsendiefstal" in words
    assert "per 1.000 woningen" in words
    assert "juli 2025 tot en met juni 2026" in words


def test_overview_tells_what_is_late(client: Client) -> None:
    words = words_of(client.get("/thema/algemeen?gebied=GM9002&cijfer=fietsendiefstal"))
    assert "Niet meegeteld, want geen cijfer: juni." in words
    assert "nog niet binnen" in words


def test_search_effort_is_not_ranked_and_does_not_ask_for_attention(client: Client) -> None:
    page = client.get("/thema/algemeen?cijfer=drugshandel")
    assert "Geen volgorde van gebieden" in words_of(page)
    assert 'class="ranking"' not in page.text
    assert "Haaldelict: bekend doordat iemand zoekt" in words_of(page)


def test_what_was_not_collected_is_said(client: Client) -> None:
    page = client.get("/thema/algemeen?cijfer=drugshandel&gebied=GM9001")
    assert "niet verzameld, want de politie registreerde dit toen nog niet apart" in words_of(page)


def test_theme_has_its_five_blocks_in_order(client: Client) -> None:
    heads = re.findall(r'<h2 id="([a-z]+)"', client.get("/thema/woninginbraken").text)
    assert heads == ["kort", "wat", "waar", "wanneer", "hoeveel", "wie"]


def test_every_figure_has_its_source_definition_and_label(client: Client) -> None:
    html = client.get("/thema/woninginbraken?niveau=buurt").text
    figures = re.findall(r'<figure class="figure"[^>]*>.*?</figure>', html, re.DOTALL)
    assert len(figures) == 4
    for figure in figures:
        for wanted in (
            "Bron: Politie",
            "10 juli 2026",
            "14 juli 2026",
            "Label: openbaar",
            "Definitie",
            "Let op",
        ):
            assert wanted in figure


def test_small_areas_get_no_rate_but_a_reason(client: Client) -> None:
    words = words_of(client.get("/gebied/BU90010102"))
    assert "geen verhouding: minder dan 100 woningen" in words
    assert (
        "Drugs: bezit, handel en productie. Deze versie heeft cijfers per regio (per jaar);"
        " per gemeente (per jaar). Het fijnste dat mag worden getoond: per gemeente per jaar."
    ) in words


def test_a_region_with_years_only_says_so(years_client: Client) -> None:
    words = words_of(years_client.get("/?gebied=GM9001"))
    assert "Er is hier geen fijnere kaart. Deze versie heeft cijfers per regio (per jaar)" in words
    assert "Stand: 2025" in words
    theme = years_client.get("/thema/woninginbraken?gebied=GM9001")
    assert theme.status_code == 200
    assert "per maand" not in re.findall(r"<h3[^>]*>([^<]*)", theme.text)
    buurt = words_of(years_client.get("/gebied/BU90010101"))
    assert "Voor dit gebied zijn er geen cijfers in deze versie." in buurt


def test_border_history_and_old_codes(client: Client) -> None:
    assert "Oud Aldermeer (GM8001, 2020)" in words_of(client.get("/gebied/GM9001"))
    old = client.get("/gebied/GM8002")
    assert old.status_code == 410
    assert "Splithuizen (GM8002) was een gebied in 2020." in words_of(old)
    assert {"/gebied/GM9001", "/gebied/GM9002"} <= set(
        re.findall(r'href="(/gebied/[^"]*)"', old.text)
    )


def shelve_for_gemeente(folder: Path) -> Shelf:
    """Give a small release for Aldermeer: of Berkenhove nothing finer than the gemeente."""
    shelf = shelve_small_release(folder)
    path = folder / "2026-07-15.1" / "gm9001.duckdb"
    shutil.copy(path.with_name("openbaar.duckdb"), path)
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE about SET value = 'gm9001' WHERE name = 'audience'")
        file.execute("UPDATE about SET value = 'Gemeente Aldermeer' WHERE name = 'audience_title'")
        for table in ("cell_by_area", "cell_by_indicator"):
            file.execute(
                f"DELETE FROM {table} USING area WHERE {table}.area_key = area.area_key"
                " AND area.gemeente = 'GM9002' AND area.level IN ('wijk', 'buurt')"
            )
    return shelf


@pytest.fixture(scope="module")
def own_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with connect(shelve_for_gemeente(tmp_path_factory.mktemp("own")), audience="gm9001") as client:
        yield client


@pytest.mark.parametrize(
    "address",
    [
        "/thema/woninginbraken?gebied=GM9002&niveau=buurt",
        "/?gebied=GM9002&niveau=wijk",
        "/thema/woninginbraken?gebied=BU90020101&niveau=buurt",
    ],
)
def test_detail_of_another_gemeente_is_told_to_be_for_others(
    own_client: Client, address: str
) -> None:
    answer = own_client.get(address)
    assert answer.status_code == 403
    words = words_of(answer)
    assert "van andere gemeenten horen niet bij de cijfers voor Gemeente Aldermeer" in words
    assert "Wel te zien: cijfers per gemeente." in words
    (link,) = re.findall(r'href="(/thema/[^"]*niveau=gemeente[^"]*)"', answer.text)
    assert own_client.get(unescape(link)).status_code == 200
    assert "gebied=GM9002" in link


def test_other_gemeenten_stay_whole_for_a_gemeente(own_client: Client) -> None:
    theme = own_client.get("/thema/woninginbraken?gebied=GM9002")
    assert theme.status_code == 200
    assert 'value="gemeente" selected' in theme.text
    assert 'value="buurt"' not in theme.text
    assert own_client.get("/thema/woninginbraken?gebied=GM9001&niveau=buurt").status_code == 200
    buurt = own_client.get("/gebied/BU90020101")
    assert buurt.status_code == 200
    assert "horen niet bij de cijfers voor Gemeente Aldermeer" in words_of(buurt)
    assert "Deze versie heeft cijfers per buurt" not in words_of(buurt)
    assert 'href="/gebied/GM9002"' in buurt.text


def test_a_map_of_the_region_says_that_it_holds_one_gemeente(own_client: Client) -> None:
    told = "Per buurt staan hier alleen de cijfers voor Gemeente Aldermeer."
    address = "/thema/woninginbraken?niveau="
    assert told in words_of(own_client.get(f"{address}buurt"))
    assert "staan hier alleen" not in words_of(own_client.get(f"{address}gemeente"))


def test_the_api_too_tells_what_is_for_others(own_client: Client) -> None:
    address = "/api/v1/cells?indicator=woninginbraken&area="
    answer = own_client.get(f"{address}BU90020101")
    assert answer.status_code == 403
    assert "horen niet bij de cijfers voor Gemeente Aldermeer" in answer.json()["fault"]
    assert answer.json()["next"][0]["address"].startswith("/thema/woninginbraken")
    assert len(own_client.get(f"{address}BU90010101").json()["cells"]) > 0


def test_for_everybody_no_detail_is_hidden(client: Client) -> None:
    assert client.get("/thema/woninginbraken?gebied=GM9002&niveau=buurt").status_code == 200
    assert "alleen de cijfers voor" not in client.get("/thema/woninginbraken?niveau=buurt").text


def test_every_kind_of_note_has_a_dutch_word() -> None:
    """The pipeline names the kind where it makes a note; a reader never sees that name."""
    folder = Path(pipeline.__file__).parent
    # The door has notes of its own, for its own report.
    files = [path for path in folder.rglob("*.py") if "intake" not in path.parts]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    kinds = set(re.findall(r'\bNote\(\s*(?:kind=)?"([a-z_]+)"', code))
    assert {"refused", "missing", "reconciled", "corrected"} <= kinds
    assert {kind for kind in kinds if f"sources.note.{kind}" not in TEXTS} == set()


def test_how_much_says_what_is_compared_with_what(client: Client) -> None:
    html = client.get("/thema/woninginbraken?gebied=GM9001").text
    block = html[html.index('id="hoeveel"') : html.index('id="wie"')]
    head = '<th scope="col" class="utrecht-table__header-cell" role="columnheader">'
    assert f"{head}Vergeleken met de eerste" in block
    own, before, region = re.findall(r"<tr class=.*?</tr>", block)
    assert "dit is de eerste regel" in own
    assert re.search("de eerste regel is (hoger|lager)|normale schommeling|te weinig", before)
    assert "de regio" in region


def test_a_clear_rise_reads_as_the_first_row_being_higher(client: Client) -> None:
    html = client.get("/thema/algemeen?gebied=GM9001&cijfer=fietsendiefstal").text
    _, before, *_ = re.findall(r"<tr class=.*?</tr>", html[html.index('id="hoeveel"') :])
    assert "de eerste regel is hoger; waarschijnlijk geen toeval" in before  # the planted rise


def test_rows_of_a_table_are_escaped() -> None:
    row = Row("<b>", ('"a" & <i>',), link='/x?a=1&b="', marked=True)
    assert str(write_rows([row])) == (
        '<tr class="utrecht-table__row" aria-current="true"><th scope="row">'
        '<a class="nl-link" href="/x?a=1&amp;b=&quot;">&lt;b&gt;</a></th>'
        "<td>&quot;a&quot; &amp; &lt;i&gt;</td></tr>"
    )


def test_names_are_escaped(client: Client) -> None:
    html = client.get("/gebied/GM9002").text
    assert "Berkenhove &amp; Veld" in html
    assert "Berkenhove & Veld" not in html


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nergens", 404, "Op dit adres staat niets"),
        ("/thema/onbekend", 404, "Het thema ‘onbekend’ kennen we niet"),
        ("/?gebied=GM1234", 404, "Het gebied ‘GM1234’ kennen we niet"),
        ("/gebied/XX", 404, "Het gebied ‘XX’ kennen we niet"),
        ("/?gebied=BU90010101", 404, "Binnenstad heeft een eigen pagina"),
        ("/thema/algemeen?periode=morgen", 400, "‘morgen’ is geen periode"),
        ("/thema/algemeen?periode=2026-13", 400, "‘2026-13’ is geen periode"),
        ("/thema/algemeen?periode=1999", 404, "Voor de periode 1999 zijn er geen cijfers"),
        ("/thema/algemeen?niveau=straat", 400, "‘straat’ is geen niveau"),
        ("/thema/algemeen?cijfer=drugshandel&niveau=buurt", 404, "Dit cijfer is er niet per buurt"),
        ("/thema/algemeen?cijfer=woninginbraken", 404, "Het cijfer ‘woninginbraken’ kennen"),
        ("/?maat=gewicht", 400, "‘gewicht’ is geen maat"),
        ("/?gebied=" + "A" * 500, 400, "te lang"),
        ("/gebied/" + "A" * 500, 404, "kennen we niet"),
    ],
)  # fmt: skip
def test_a_wrong_question_gets_a_helpful_page(
    client: Client, address: str, status: int, words: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert words in words_of(answer)
    assert 'href="/"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_html_in_an_address_stays_text(client: Client) -> None:
    for address in ("/?gebied=<script>alert(1)</script>", "/thema/<img src=x>", "/gebied/<b>x<b>"):
        answer = client.get(address)
        assert answer.status_code in (400, 404)
        assert "<script>alert" not in answer.text
        assert "<img src" not in answer.text
        assert "<b>x" not in answer.text


def test_no_release_is_a_503_in_words(tmp_path: Path) -> None:
    with connect(Shelf(tmp_path)) as client:
        page, status = client.get("/"), client.get("/status")
    assert (page.status_code, status.status_code) == (503, 503)
    assert "Er is geen versie met cijfers om te tonen" in words_of(page)
    assert status.json()["ok"] is False
    assert str(tmp_path) not in page.text + status.text


def test_a_release_that_disappears_is_a_503(tmp_path: Path) -> None:
    shelf = shelve_small_release(tmp_path, SmallRelease(release="2026-07-15.1"))
    with connect(shelf) as client:
        assert client.get("/").status_code == 200
        shutil.rmtree(tmp_path / "2026-07-15.1")
        assert client.get("/thema/woninginbraken").status_code == 503


def test_a_swapped_release_is_noticed(tmp_path: Path) -> None:
    shelf = shelve_small_release(tmp_path, SmallRelease(release="2026-07-15.1"))
    with connect(shelf) as client:
        before = client.get("/")
        shelve_small_release(tmp_path, SmallRelease(release="2026-07-16.1", months=False))
        after = client.get("/")
    assert "Versie 2026-07-15.1" in before.text
    assert "Versie 2026-07-16.1" in after.text
    assert before.headers["etag"] != after.headers["etag"]


def test_a_crash_is_a_page_without_a_trace(tmp_path: Path) -> None:
    app = create_app(shelve_small_release(tmp_path), audience="openbaar")

    @app.get("/stuk")
    def broken() -> None:
        raise ZeroDivisionError("geheim 4711")

    with serving(app) as address:
        answer = httpx.get(f"{address}/stuk")
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.text
    assert "4711" not in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("address", [*PAGES, *API, "/nergens"])
def test_every_answer_carries_the_security_headers(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self';"
        " font-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:80"]
)
def test_a_foreign_host_name_is_refused(client: Client, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "alleen op 127.0.0.1, localhost en [::1]" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:1", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "[::1]"]
)
def test_our_own_host_names_are_answered(client: Client, host: str) -> None:
    assert client.get("/status", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "regiebeeld.example", ""])
def test_serving_beyond_this_machine_is_refused(host: str, tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="alleen op deze machine"):
        serve(Settings(var=tmp_path), audience="openbaar", host=host)


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.2", "127.0.0.2"), ("::1", "[::1]"), ("0:0:0:0:0:0:0:1", "[::1]")]
)
def test_the_address_that_was_bound_is_answered(shelf: Shelf, host: str, name: str) -> None:
    """The app is asked under the name that a browser sends for the address it was bound to."""
    assert write_address(host, 8000) == f"http://{name}:8000"
    with serving(create_app(shelf, audience="openbaar", host=host)) as address:
        for known in (name, f"{name}:8000", "localhost"):
            assert httpx.get(f"{address}/status", headers={"host": known}).status_code == 200
        other = httpx.get(f"{address}/status", headers={"host": "127.0.0.3:8000"})
        assert other.status_code == 400


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_port_that_cannot_exist_is_told(port: int) -> None:
    with pytest.raises(AccessError, match=f"poort {port} bestaat niet; kies met --port"):
        _bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_loopback_is_accepted(host: str) -> None:
    check_loopback(host)


def test_every_route_names_its_permission(shelf: Shelf) -> None:
    app = create_app(shelf, audience="openbaar")
    routes = list(walk_routes(app))
    assert len(routes) >= 11
    for route in routes:
        assert names_permission(route), route.path


def test_a_route_without_permission_is_noticed(shelf: Shelf) -> None:
    app = create_app(shelf, audience="openbaar")
    app.get("/vergeten")(lambda: None)
    assert [route.path for route in walk_routes(app) if not names_permission(route)] == [
        "/vergeten"
    ]


def walk_routes(app: object) -> Iterator[BaseRoute]:
    """Give every route, also those of routers inside routers."""
    for route in app.routes:  # type: ignore[attr-defined]
        inside = getattr(route, "original_router", None)
        if inside is None:
            yield route
        else:
            yield from walk_routes(inside)


def names_permission(route: BaseRoute) -> bool:
    if not isinstance(route, APIRoute):
        return False
    return any(isinstance(found.call, MayRead) for found in route.dependant.dependencies)


def test_the_same_question_in_other_words_shares_an_answer(shelf: Shelf) -> None:
    app = create_app(shelf, audience="openbaar")
    with serving(app) as address, Client(base_url=address) as client:
        cache = app.state.desk.cache
        first = client.get("/?gebied=GM9001&maat=verhouding")
        held = len(cache)
        for junk in range(50):
            again = client.get(f"/?rommel={junk}&maat=verhouding&gebied=GM9001&niveau=&utm={junk}")
            assert again.content == first.content
        assert len(cache) == held


def test_cache_is_bounded_by_bytes_and_drops_the_least_used() -> None:
    cache = AnswerCache(max_bytes=1000)
    for name in ("a", "b", "c", "d"):
        cache.keep(name, finish(name.encode() * 240, "text/plain"))
    assert cache.find("a") is not None
    cache.keep("e", finish(b"e" * 240, "text/plain"))
    assert cache.held_bytes <= 1000
    assert cache.find("b") is None
    assert cache.find("a") is not None
    cache.keep("big", finish(b"x" * 900, "text/plain"))
    assert cache.find("big") is None


def test_bytes_are_the_same_in_every_encoding_and_named_by_their_hash(client: Client) -> None:
    address = "/thema/woninginbraken"
    answers = {}
    for encoding in ("identity", "gzip", "br"):
        with client.stream("GET", address, headers={"accept-encoding": encoding}) as answer:
            answers[encoding] = (b"".join(answer.iter_raw()), answer.headers)
    plain = answers["identity"][0]
    assert gzip.decompress(answers["gzip"][0]) == plain
    assert brotli.decompress(answers["br"][0]) == plain
    assert len({headers["etag"] for _, headers in answers.values()}) == 3
    assert answers["br"][1]["vary"] == "Accept-Encoding"
    assert answers["br"][1]["cache-control"] == "public, no-cache"


def test_a_reader_who_has_the_page_gets_304(client: Client) -> None:
    first = client.get("/bronnen")
    again = client.get("/bronnen", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = client.get("/bronnen", headers={"if-none-match": '"anders"'})
    assert other.status_code == 200


def test_answers_that_are_not_public_stay_private(tmp_path: Path) -> None:
    shelf = shelve_small_release(tmp_path)
    folder = tmp_path / "2026-07-15.1"
    shutil.copy(folder / "openbaar.duckdb", folder / "regio.duckdb")
    with connect(shelf, audience="regio") as client:
        headers = client.get("/").headers
    assert headers["cache-control"] == "private, no-cache"
    assert "Cookie" in headers["vary"]


@pytest.mark.parametrize(
    "address",
    [
        *PAGES,
        *API,
        "/nergens",
        "/api/v1/cells?indicator=woninginbraken&period=2024&format=csv",
        "/api/v1/cells",
        "/api/v1/geojson/buurt",
        "/api/v1/openapi.json",
    ],
)
def test_head_gives_the_headers_only(client: Client, address: str) -> None:
    whole, answer = client.get(address), client.head(address)
    assert (answer.status_code, answer.content) == (whole.status_code, b"")
    times = {"date"}
    assert {n: v for n, v in answer.headers.items() if n not in times} == {
        n: v for n, v in whole.headers.items() if n not in times
    }
    assert int(answer.headers["content-length"]) > 0
    assert client.post(address).status_code in (404, 405)


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("", "identity"),
        ("*", "identity"),
    ],
)
def test_encoding_follows_the_reader(accepted: str, chosen: str) -> None:
    assert choose_encoding(accepted) == chosen


def test_static_files_are_immutable_and_named_by_hash(client: Client) -> None:
    name = re.search(r'href="(/static/site\.[0-9a-f]{16}\.css)"', client.get("/").text)
    assert name is not None
    answer = client.get(name[1])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert client.get("/static/assets.json").status_code == 404


def test_without_a_built_style_the_server_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(RegiebeeldError, match="npm run build --prefix frontend"):
        create_app(Shelf(tmp_path), audience="openbaar", static=tmp_path)


def test_invented_data_is_marked_on_every_page_and_answer(tmp_path: Path) -> None:
    with connect(shelve_small_release(tmp_path, SmallRelease(invented=True))) as client:
        for address in (*PAGES, "/nergens", "/gebied/GM8002"):
            assert "Verzonnen voorbeeld" in client.get(address).text, address
        for address in API:
            assert client.get(address).json()["invented"] is True
        table = client.get("/api/v1/cells?indicator=woninginbraken&period=2025&format=csv")
        lines = table.text.lstrip("\ufeff").splitlines()
        assert lines[0].endswith(",invented")
        assert all(line.endswith(",true") for line in lines[1:])
        assert table.headers["x-regiebeeld-invented"] == "true"


def test_real_data_is_not_marked_as_invented(client: Client) -> None:
    assert "Verzonnen voorbeeld" not in client.get("/").text
    assert client.get("/api/v1/areas").json()["invented"] is False


def test_pages_refuse_unknown_values_in_templates() -> None:
    pages = Pages(read_assets())
    with pytest.raises(Exception, match="undefined"):
        pages.draw("sources.html", about=None, here="sources", themes_all={})


def test_answers_are_sent_at_once() -> None:
    """asyncio turns Nagle's delay off only on sockets that name TCP; it costs 40 ms an answer."""
    with _bind("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
