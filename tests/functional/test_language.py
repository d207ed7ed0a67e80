"""The pages in English: below /en, with links that stay there, and a switch to and fro."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import yaml
from httpx import Client

import regiebeeld.dashboard
from lib.page_server import connect
from lib.small_release import shelve_small_release
from regiebeeld.dashboard.charts.formats import DAYS, MONTHS, write_count, write_number
from regiebeeld.dashboard.charts.reasons import say_reason
from regiebeeld.dashboard.web.glossary import FILES, fold, read_glossary, read_terms
from regiebeeld.dashboard.web.speaking import split_language
from regiebeeld.pipeline.analyses import rates
from regiebeeld.pipeline.areas import meeting
from regiebeeld.pipeline.indicators import cells, matrices, unplaced
from regiebeeld.pipeline.run import delivered_cells
from regiebeeld.pipeline.sources import zero_periods
from regiebeeld.releases.language import speaking, spoken

DASHBOARD = Path(regiebeeld.dashboard.__file__).parent
CATALOGUES = sorted(DASHBOARD.glob("*/nl.yaml"))
PAGES = ("/", "/thema/woninginbraken", "/gebied/GM9001", "/bronnen", "/begrippen", "/nergens")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with connect(shelve_small_release(tmp_path_factory.mktemp("releases"))) as client:
        yield client


def flatten(nested: object, at: str = "") -> dict[str, str]:
    if not isinstance(nested, dict):
        return {at: str(nested)}
    return {k: v for name, each in nested.items() for k, v in flatten(each, f"{at}.{name}").items()}


def places_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("dutch", CATALOGUES, ids=lambda path: path.parent.name)
def test_every_sentence_stands_in_both_languages_with_the_same_places(dutch: Path) -> None:
    known, other = (
        flatten(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in (dutch, dutch.with_name("en.yaml"))
    )
    assert known.keys() == other.keys()
    wrong = [key for key in known if not places_in(other[key]) <= places_in(known[key])]
    assert wrong == []


@pytest.mark.parametrize("dutch", CATALOGUES, ids=lambda path: path.parent.name)
def test_english_calls_nothing_significant_good_or_bad(dutch: Path) -> None:
    english = flatten(yaml.safe_load(dutch.with_name("en.yaml").read_text(encoding="utf-8")))
    judged = re.compile(r"significan|improve|worse|favourabl|\bsafer\b", re.IGNORECASE)
    assert [key for key, text in english.items() if judged.search(text)] == []


@pytest.mark.parametrize("page", PAGES)
def test_page_below_en_speaks_english_and_leads_to_its_like(client: Client, page: str) -> None:
    dutch, english = client.get(page), client.get(f"/en{page}")
    assert english.status_code == dutch.status_code
    assert '<html lang="en"' in english.text
    assert '<html lang="nl"' in dutch.text
    links = re.findall(r'\s(?:href|action)="(/[^"]*)"', english.text)
    shared = ("/static/", "/api/", "/taal/")
    assert [a for a in links if not a.startswith(("/en/", *shared))] == []
    assert not any(a.startswith("/en/") for a in re.findall(r'href="(/[^"]*)"', dutch.text))


# Months and numbers of the other language, outside what a page marks as such.
OTHER = {
    "en": re.compile(
        r"\b(?:januari|februari|maart|mei|juni|juli|augustus|oktober)\b|(?<![-\d.,])\d+,\d\d?\b"
    ),
    "nl": re.compile(
        r"\b(?:January|February|March|May|June|July|August|October)\b|(?<![-\d.,])\d+\.\d\d?\b"
    ),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_dates_numbers_and_the_switch_are_of_one_language(
    client: Client, language: str, page: str
) -> None:
    html = client.get(page if language == "nl" else f"/en{page}").text
    body = re.sub(r"<(svg|script|style)\b.*?</\1>", " ", html.partition("<body")[2], flags=re.S)
    body = re.sub(r'<(\w+)[^>]* lang="\w\w"[^>]*>.*?</\1>', " ", body, flags=re.S)
    words = re.sub(r"<[^>]+>|CC BY 4.0", " ", body)
    assert [found.group() for found in OTHER[language].finditer(words)] == []
    other = "en" if language == "nl" else "nl"
    assert html.count("<html ") == html.count(f'<html lang="{language}"') == 1
    if "site-language" in html:  # a page without a release has no bar
        assert html.count(f'href="/taal/{other}" lang="{other}" hreflang="{other}"') == 1


def test_glossary_explains_the_same_words_in_both_languages(client: Client) -> None:
    dutch, english = (read_terms(FILES[language]) for language in ("nl", "en"))
    assert dutch.keys() == english.keys()
    assert [term for term in dutch if dutch[term].text == english[term].text] == []
    assert {t.id for t in dutch.values() if t.in_text} == {
        t.id for t in english.values() if t.in_text
    }
    html = client.get("/en/begrippen").text
    assert re.findall(r'<dt id="(\w+)">', html) == list(english)
    titles = [fold(term.title) for term in english.values()]
    assert titles == sorted(titles)
    assert english["wijk"].text in html
    assert dutch["wijk"].text not in html
    assert read_glossary() == dutch


def test_search_finds_the_words_of_the_language_that_is_spoken(client: Client) -> None:
    found = client.get("/en/zoek", params={"woord": "interpretation"}).text
    assert 'href="/en/begrippen#duiding"' in found
    assert 'href="/begrippen#duiding"' not in client.get("/zoek?woord=interpretation").text


def test_dutch_register_stays_dutch_and_says_so(client: Client) -> None:
    dutch, english = (client.get(f"{at}/signalen/algoritmeregister").text for at in ("", "/en"))
    sections = re.findall(r"<section.*?</section>", dutch, re.DOTALL)
    assert len(sections) > 2
    told = re.findall(r'<section lang="nl">.*?</section>', english, re.DOTALL)
    assert [one.replace(' lang="nl"', "") for one in told] == sections
    assert english.count(' lang="nl"') > len(sections)
    assert "<h1" in english
    assert re.search(r'<h1[^>]* lang="nl">', english)
    assert 'lang="nl"' not in dutch.partition("<body")[2]


# Page, what it says in English, and the Dutch words that stand for the same.
SPOKEN = [
    ("/", "Burglaries of dwellings", "Woninginbraken"),
    ("/gebied/GM9001", "Burglaries of dwellings", "Woninginbraken"),
    ("/thema/woninginbraken", "Burglaries: a definition.", "Woninginbraken: definitie."),
    ("/themas", "Fire safety", "Brandveiligheid"),
    ("/themas", "Safe homes", "Veilig wonen"),
]


@pytest.mark.parametrize(("page", "english", "dutch"), SPOKEN)
def test_words_of_the_catalogue_follow_the_language(
    client: Client, page: str, english: str, dutch: str
) -> None:
    first, second = client.get(f"/en{page}").text, client.get(page).text
    assert (english in first, dutch in first) == (True, False)
    assert (english in second, dutch in second) == (False, True)


def test_words_without_english_are_shown_in_dutch(client: Client) -> None:
    assert "Veiligheid algemeen" in client.get("/en/themas").text


def test_answers_of_both_languages_are_kept_apart(client: Client) -> None:
    first = client.get("/begrippen").headers["etag"]
    assert client.get("/en/begrippen").headers["etag"] != first
    assert client.get("/begrippen").headers["etag"] == first


@pytest.mark.parametrize(
    ("asked", "came", "there"),
    [
        ("/taal/en", "{home}/gebied/GM9001?cijfer=x", "/en/gebied/GM9001?cijfer=x"),
        ("/en/taal/nl", "{home}/en/gebied/GM9001?cijfer=x", "/gebied/GM9001?cijfer=x"),
        ("/taal/en", "", "/en/"),
        ("/taal/en", "https://elders.example/x?y=z", "/en/"),
        ("/taal/nl", "https://elders.example//x", "/"),
        ("/taal/nl", "{home}//elders.example/x", "/elders.example/x"),
        ("/taal/nl", "{home}/\\elders.example/x", "/elders.example/x"),
    ],
)
def test_switch_leads_back_and_to_no_other_site(
    client: Client, asked: str, came: str, there: str
) -> None:
    home = str(client.base_url).rstrip("/")
    headers = {"referer": came.format(home=home)}
    answer = client.get(asked, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, there)


def test_unknown_language_has_no_page(client: Client) -> None:
    assert client.get("/taal/fy").status_code == 404


def test_path_is_split_at_whole_words_only() -> None:
    assert split_language("/en") == ("en", "/")
    assert split_language("/en/bronnen") == ("en", "/bronnen")
    assert split_language("/enschede") == ("nl", "/enschede")


def test_numbers_and_names_follow_the_language() -> None:
    assert (write_count(1234567), write_number(1.5, 1), MONTHS[5]) == ("1.234.567", "1,5", "mei")
    with speaking("en"):
        assert (write_count(1234567), write_number(1.5, 1)) == ("1,234,567", "1.5")
        assert (MONTHS[5], DAYS[0]) == ("May", "Monday")
    assert spoken() == "nl"


def test_language_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="fy"), speaking("fy"):
        pass


@pytest.mark.parametrize(
    "reason",
    [
        *zero_periods.REASONS,
        delivered_cells.NOT_KNOWN,
        delivered_cells.NOT_DELIVERED,
        matrices.NOT_IN_TABLE,
        matrices.PART_MISSING,
        cells.INCOMPLETE,
        unplaced.NO_PLACE,
        meeting.REASON_MET,
        rates.NO_BASE,
        rates.PART_OF_YEAR,
        rates.NO_DENOMINATOR,
        rates.TOO_SMALL.format(minimum="1.000", figure="woningen", per="1.000"),
    ],
)
def test_reason_that_a_release_writes_is_said_in_english(reason: str) -> None:
    assert say_reason(reason) == reason
    with speaking("en"):
        assert say_reason(reason) != reason


def test_numbers_in_a_reason_are_written_as_the_reader_does() -> None:
    with speaking("en"):
        said = say_reason("minder dan 100 woningen: te klein voor een cijfer per 1.000")
        assert said == "fewer than 100 homes: too small for a figure per 1,000"
        assert say_reason("zegt de partner") == "zegt de partner"


def test_a_drawing_made_beside_the_page_is_in_the_language_of_the_page(client: Client) -> None:
    html = client.get("/en/thema/woninginbraken").text
    drawings = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    assert "January" in drawings or "Jan" in drawings
    assert "januari" not in drawings
