"""Searching, the words explained, and what is new: as a reader without script gets them."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import duckdb
import pytest
from httpx import Client, Response

from lib.page_server import connect
from lib.small_release import SmallRelease, build_small_release, shelve_small_release
from regiebeeld.dashboard.web.glossary import fold, read_glossary
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, write_manifest

BEFORE = "2026-06-15.1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with connect(shelve_small_release(tmp_path_factory.mktemp("releases"))) as client:
        yield client


def titles_of(answer: Response) -> list[str]:
    """Give the titles of what was found, in the order of the page."""
    found = re.findall(r'<li><a class="nl-link" href="[^"]*">([^<]*)</a> <span>', answer.text)
    return [unescape(title) for title in found]


def search(client: Client, word: str) -> Response:
    answer = client.get("/zoek", params={"woord": word})
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("Aldermeer", "Aldermeer"),
        ("aldermeer", "Aldermeer"),
        ("berkenh", "Berkenhove & Veld"),
        ("BU90010102", "Buitengebied Noord"),
        ("gm9002", "Berkenhove & Veld"),
        ("noord buiten", "Buitengebied Noord"),
        ("Alderstad", "Aldermeer"),  # another name in use
        ("9001 AB", "Binnenstad"),  # a postcode, whole
        ("9001ab", "Binnenstad"),
        ("fietsendief", "Fietsendiefstal"),
        ("toeval", "Waarschijnlijk geen toeval"),
        ("hot spot", "Kring"),
        ("waar wordt ingebroken", "Woninginbraken"),
        ("welke bronnen", ""),
    ],
)
def test_word_finds_what_it_means_first(client: Client, word: str, first: str) -> None:
    assert (titles_of(search(client, word)) or [""])[0] == first


def test_postcode_gives_every_buurt_it_lies_in_the_largest_part_first(client: Client) -> None:
    assert titles_of(search(client, "9001AB")) == ["Binnenstad", "Buitengebied Noord"]


def test_first_four_digits_give_the_buurt_with_most_of_those_postcodes_first(
    client: Client,
) -> None:
    assert titles_of(search(client, "9001"))[:2] == ["Buitengebied Noord", "Binnenstad"]


def test_area_that_is_found_twice_is_listed_once(client: Client) -> None:
    titles = titles_of(search(client, "alder"))
    assert titles.count("Aldermeer") == 1


def test_nothing_found_is_said_with_words_that_look_like_it(client: Client) -> None:
    answer = search(client, "aldermeier")
    assert "Niets gevonden voor ‘aldermeier’" in unescape(answer.text)
    assert "/zoek?woord=Aldermeer" in answer.text


@pytest.mark.parametrize("word", ["<script>alert(1)</script>", "' OR 1=1 --", "%", "\\", "☃", "(("])
def test_what_is_typed_stays_text(client: Client, word: str) -> None:
    answer = search(client, word)
    assert "<script>" not in answer.text
    assert titles_of(answer) == []


def test_too_long_a_word_is_refused(client: Client) -> None:
    assert client.get("/zoek", params={"woord": "a" * 81}).status_code == 400


def test_without_a_word_there_is_only_the_box(client: Client) -> None:
    answer = client.get("/zoek")
    assert answer.status_code == 200
    assert 'name="woord"' in answer.text
    assert 'role="status" class="lead-text"' not in answer.text


def test_pages_for_partners_are_not_found_by_everybody(client: Client) -> None:
    assert "/afspraken" not in search(client, "afspraken").text
    assert "/actualiteit" not in search(client, "actualiteit").text


def test_every_page_has_the_search_box_and_the_themes(client: Client) -> None:
    html = client.get("/bronnen").text
    assert 'action="/zoek"' in html
    assert "/thema/woninginbraken" in html


def test_file_of_before_other_names_is_searched_still(tmp_path: Path) -> None:
    with duckdb.connect(str(build_small_release(tmp_path / "2026-07-15.1"))) as file:
        file.execute("DROP TABLE area_name")
    with connect(_shelved(tmp_path, "2026-07-15.1")) as client:
        assert titles_of(search(client, "Aldermeer"))[0] == "Aldermeer"


def test_statement_says_where_to_tell_what_does_not_work(client: Client, tmp_path: Path) -> None:
    assert "deze regio noemt nog geen adres" in client.get("/toegankelijkheid").text
    with duckdb.connect(str(build_small_release(tmp_path / "2026-07-15.1"))) as file:
        file.execute("INSERT INTO about VALUES ('contact', 'cijfers@klein.example')")
    with connect(_shelved(tmp_path, "2026-07-15.1")) as named:
        html = named.get("/toegankelijkheid").text
    assert 'href="mailto:cijfers@klein.example?subject=Twijfel%20over%3A%20Toegankelijkheid' in html


def test_glossary_explains_every_word_once(client: Client) -> None:
    html = client.get("/begrippen").text
    for term in read_glossary().values():
        assert html.count(f'<dt id="{term.id}">') == 1
        assert term.text in unescape(html)


def test_words_are_told_apart_without_accents_and_capitals() -> None:
    assert fold("Eén CAFÉ") == "een cafe"


def _shelved(folder: Path, *releases: str) -> Shelf:
    """Put built releases on a shelf and serve the last."""
    for release in releases:
        path = folder / release / "openbaar.duckdb"
        files = {path.name: compute_file_hash(path)}
        write_manifest(path.parent, {"id": release, "files": files})
    shelf = Shelf(folder)
    shelf.use(releases[-1])
    return shelf


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Two releases: the older one without 2026-06, and with one figure that was corrected."""
    folder = tmp_path_factory.mktemp("two")
    old = build_small_release(folder / BEFORE, SmallRelease(release=BEFORE))
    with duckdb.connect(str(old)) as file:
        gone = "(SELECT period_key FROM period WHERE last_day >= DATE '2026-06-01')"
        for name in ("available", "cell_by_area", "cell_by_indicator", "period"):
            file.execute(f"DELETE FROM {name} WHERE period_key IN {gone}")
        for name in ("cell_by_area", "cell_by_indicator"):
            file.execute(
                f"UPDATE {name} SET value = value + 3 WHERE area_key = 1 AND indicator_key = 1"
                " AND period_key = (SELECT period_key FROM period WHERE id = '2026-05')"
            )
    new = build_small_release(folder / "2026-07-15.1")
    with connect(_shelved(folder, old.parent.name, new.parent.name)) as client:
        yield client


def test_new_periods_and_corrected_figures_are_told(two: Client) -> None:
    html = unescape(two.get("/nieuw").text)
    assert f"Sinds versie {BEFORE}" in html
    assert "juli 2025 tot en met juni 2026" in html
    assert "juni 2025 tot en met mei 2026" in html
    # One month was corrected, and nothing else of the whole region: one figure, one period.
    assert re.search(r"Woninginbraken</a></th><td>1</td><td>mei 2026: eerst", html)


def test_first_release_has_nothing_before_it(client: Client) -> None:
    assert "Er is geen eerdere versie" in client.get("/nieuw").text


def test_release_before_that_was_removed_is_none(tmp_path: Path) -> None:
    for release in (BEFORE, "2026-07-15.1"):
        build_small_release(tmp_path / release, SmallRelease(release=release))
    shelf = _shelved(tmp_path, BEFORE, "2026-07-15.1")
    (tmp_path / BEFORE / "openbaar.duckdb").write_bytes(b"spoilt")
    with connect(shelf) as client:
        assert "Er is geen eerdere versie" in client.get("/nieuw").text


def test_what_is_hidden_now_is_not_told_of_the_release_before(tmp_path: Path) -> None:
    """A source of which the agreement ended is gone from both: it is not told as removed."""
    for release in (BEFORE, "2026-07-15.1"):
        path = build_small_release(tmp_path / release, SmallRelease(release=release))
        with duckdb.connect(str(path)) as file:
            file.execute(
                "UPDATE source SET delivered = true, agreement_start = '2020-01-01',"
                " agreement_end = '2020-12-31'"
            )
    with connect(_shelved(tmp_path, BEFORE, "2026-07-15.1")) as client:
        html = client.get("/nieuw").text
    assert "Fietsendiefstal" not in html
    assert "Woninginbraken" not in html.split("<main", 1)[1]
