"""A source whose agreement does not hold now is on no page, in no table and in no export."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import duckdb
import pytest
from fastapi import FastAPI
from httpx import Client

from functional.test_pages import walk_routes, words_of
from lib.page_server import serving
from lib.partner_release import (
    DAY,
    END,
    INDICATOR,
    NUMBER,
    SOURCE,
    SOURCE_TITLE,
    TITLE,
    Agreed,
    Today,
    copy_agreed,
    shelve_partner_release,
)
from regiebeeld.cli import main
from regiebeeld.dashboard.web import create_app
from regiebeeld.domain import ReleaseError
from regiebeeld.releases import Release, Shelf

# The number as a page, a table and a program write it.
NUMBERS = (str(NUMBER), f"{NUMBER:,}".replace(",", "."))
STARTS = (
    "/", "/bronnen", "/actualiteit", "/afspraken", "/status",
    "/api/v1/signals", "/api/v1/signal_families",
    "/api/v1/areas", "/api/v1/areas?format=csv", "/api/v1/indicators",
    "/api/v1/indicators?format=csv", "/api/v1/sources", "/api/v1/sources?format=csv",
    f"/api/v1/cells?indicator={INDICATOR}&level=buurt&period=2024",
    f"/api/v1/cells?indicator={INDICATOR}&period=2017",
    f"/api/v1/cells?indicator={INDICATOR}&area=GM9001&format=csv",
    f"/thema/algemeen?cijfer={INDICATOR}", f"/gebied/GM9001?cijfer={INDICATOR}",
    f"/vergelijk?cijfer={INDICATOR}", f"/api/v1/compare?indicator={INDICATOR}&area=GM9001",
    "/thema/algemeen?periode=2017", "/api/v1/geojson/gemeente", "/api/v1/openapi.json",
    "/zoek?woord=2017", f"/zoek?woord={TITLE[:5]}", "/nieuw", "/themas", "/api/v1/nowcasts",
    f"/api/v1/classes?indicator={INDICATOR}&level=gemeente", "/taal/en",
    f"/en/thema/algemeen?cijfer={INDICATOR}", f"/en/gebied/GM9001?cijfer={INDICATOR}",
)  # fmt: skip


@pytest.fixture
def agreed(tmp_path: Path) -> Agreed:
    return copy_agreed(tmp_path / "catalogus", var=tmp_path)


@pytest.fixture
def shelf(agreed: Agreed) -> Shelf:
    return shelve_partner_release(agreed.settings.releases)


def make_app(shelf: Shelf, agreed: Agreed, today: Today | None = None) -> FastAPI:
    return create_app(shelf, audience="openbaar", present=agreed.present(today))


@contextmanager
def asking(app: FastAPI) -> Iterator[Client]:
    with serving(app) as address, Client(base_url=address, timeout=60) as client:
        yield client


def walk(app: FastAPI, most: int = 160) -> dict[str, str]:
    """Follow every link from the starts, and give what was answered by address."""
    answers: dict[str, str] = {}
    with asking(app) as client:
        waiting = list(STARTS)
        while waiting and len(answers) < most:
            asked = waiting.pop(0)
            if asked in answers:
                continue
            answer = client.get(asked)
            answers[asked] = answer.text
            links = [unescape(one) for one in re.findall(r'href="(/[^"#]*)', answer.text)]
            waiting += [link for link in links if link not in answers]
    return answers


def without_reasons(html: str) -> str:
    """Leave out the lists that say why something is not there."""
    return re.sub(r'<section aria-labelledby="niet.*?</section>', "", html, flags=re.DOTALL)


def tells_of_it(text: str) -> bool:
    told = without_reasons(text)
    return any(word in told for word in (*NUMBERS, TITLE, SOURCE_TITLE, "opmerking van de partner"))


def test_no_route_shows_a_source_whose_agreement_ended(shelf: Shelf, agreed: Agreed) -> None:
    shown = walk(make_app(shelf, agreed))
    # Without this the walk could miss the places where figures stand.
    for place in ("/", "/bronnen", "/thema/algemeen", "/gebied/GM9001", "/api/v1/indicators"):
        assert tells_of_it(shown[place]), place
    app = make_app(shelf, agreed, Today(END + timedelta(days=1)))
    hidden = walk(app)
    seen = {
        asked: text
        for asked, text in hidden.items()
        if tells_of_it(text) or f'"{INDICATOR}"' in text or "2017" in without_reasons(text)
    }
    asked_for = {a: t for a, t in seen.items() if "2017" in a and not tells_of_it(t)}
    assert seen.keys() - asked_for.keys() == set()
    routes = [route.path for route in walk_routes(app)]  # type: ignore[attr-defined]
    patterns = [re.compile(re.sub(r"\{[^}]+\}", "[^/?]+", path) + r"(\?.*)?") for path in routes]
    missed = [p.pattern for p in patterns if not any(p.fullmatch(asked) for asked in hidden)]
    assert missed == []


def test_the_page_of_its_theme_says_why(shelf: Shelf, agreed: Agreed) -> None:
    with asking(make_app(shelf, agreed, Today(date(2028, 1, 1)))) as client:
        theme, sources = client.get("/thema/algemeen"), client.get("/bronnen")
        overview = client.get("/")
    words = words_of(theme)
    assert "Niet op deze pagina" in words
    told = f"{SOURCE_TITLE}: De afspraak van deze versie is afgelopen op 31-12-2027"
    assert f"{TITLE} {told}" in words
    assert "Maak na een nieuwe afspraak met de leverancier een nieuwe versie." in words
    assert f"{SOURCE_TITLE} De afspraak van deze versie is afgelopen" in words_of(sources)
    assert "Waarom niet, staat bij: Veiligheid algemeen (1)" in words_of(overview)


def test_the_last_day_still_counts(shelf: Shelf, agreed: Agreed) -> None:
    for day, expected in ((END, True), (END + timedelta(days=1), False)):
        with asking(make_app(shelf, agreed, Today(day))) as client:
            text = client.get("/api/v1/indicators").text
        assert (TITLE in text) is expected


def test_a_day_that_passes_while_serving_hides_it(shelf: Shelf, agreed: Agreed) -> None:
    """The same server, the same addresses, every answer in its cache."""
    today = Today(END)
    with asking(make_app(shelf, agreed, today)) as client:
        places = ("/", "/thema/algemeen", "/bronnen", "/api/v1/indicators", "/gebied/GM9001")
        before = {place: client.get(place) for place in places}
        assert all(tells_of_it(answer.text) for answer in before.values())
        today.day = END + timedelta(days=1)
        for place, first in before.items():
            etag = first.headers["etag"]
            answer = client.get(place, headers={"if-none-match": etag})
            assert answer.status_code == 200
            assert not tells_of_it(answer.text)
        today.day = END
        assert tells_of_it(client.get("/").text)


def remove(agreed: Agreed) -> None:
    agreed.agreement.unlink()
    # A region that still names the source would be a fault in the catalogue: hidden too.
    region = agreed.agreement.parents[1] / "region.yaml"
    text = region.read_text(encoding="utf-8")
    region.write_text(text.replace(f"  - source: {SOURCE}\n", ""), encoding="utf-8")


def end_it(agreed: Agreed) -> None:
    agreed.edit(f"end: {END}", f"end: {DAY - timedelta(days=1)}")


def narrow_receivers(agreed: Agreed) -> None:
    agreed.edit("receivers: [all]", "receivers: [regio]")


def narrow_themes(agreed: Agreed) -> None:
    text = agreed.agreement.read_text(encoding="utf-8")
    agreed.agreement.write_text(re.sub(r"themes: \[.*\]", "themes: [woninginbraken]", text))


def break_catalogue(agreed: Agreed) -> None:
    agreed.edit("source:", "bron:")


def forget_region(agreed: Agreed) -> None:
    home = agreed.agreement.parents[1]
    home.rename(home.with_name("ander"))
    region = home.with_name("ander") / "region.yaml"
    region.write_text(region.read_text().replace("id: klein", "id: ander", 1))


def close_label(agreed: Agreed) -> None:
    contract = agreed.settings.catalogue / "sources" / f"{SOURCE}.odcs.yaml"
    contract.write_text(contract.read_text().replace("label: openbaar", "label: intern"))


def forbid_class(agreed: Agreed) -> None:
    audiences = agreed.settings.catalogue / "audiences.yaml"
    text = audiences.read_text()
    rule = "id: not_about_persons\n    publish: true"
    assert rule in text
    audiences.write_text(text.replace(rule, rule.replace("true", "false")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (remove, "Er is geen afspraak over deze bron."),
        (end_it, "De afspraak is afgelopen op 14-7-2026"),
        (narrow_receivers, "Iedereen staat niet bij de ontvangers van de afspraak."),
        (narrow_themes, "Het doel van de afspraak past niet bij algemeen"),
        (break_catalogue, "De afspraken zijn nu niet te lezen"),
        (forget_region, "Regio 'klein' staat niet in de catalogus"),
    ],
)
def test_the_agreement_as_it_is_now_counts_while_serving(
    shelf: Shelf, agreed: Agreed, change: Callable[[Agreed], None], words: str
) -> None:
    with asking(make_app(shelf, agreed)) as client:
        assert tells_of_it(client.get("/thema/algemeen").text)
        change(agreed)
        theme = client.get("/thema/algemeen")
        listed = client.get("/api/v1/indicators")
        cells = client.get(f"/api/v1/cells?indicator={INDICATOR}&period=2024")
        sources = client.get("/bronnen")
    assert words in words_of(theme)
    assert not tells_of_it(theme.text)
    assert TITLE not in listed.text
    assert cells.status_code == 404
    assert NUMBERS[0] not in cells.text
    assert not tells_of_it(sources.text)


@pytest.mark.parametrize("change", [close_label, forbid_class])
def test_a_contract_or_rule_that_was_closed_counts_too(
    shelf: Shelf, agreed: Agreed, change: Callable[[Agreed], None]
) -> None:
    """Either the catalogue is whole and forbids it, or it is not whole: hidden both ways."""
    change(agreed)
    with asking(make_app(shelf, agreed)) as client:
        assert TITLE not in client.get("/api/v1/indicators").text


def test_an_agreement_that_is_mended_shows_it_again(shelf: Shelf, agreed: Agreed) -> None:
    text = agreed.agreement.read_text()
    with asking(make_app(shelf, agreed)) as client:
        agreed.agreement.unlink()
        assert not tells_of_it(client.get("/").text)
        agreed.agreement.write_text(text)
        assert tells_of_it(client.get("/").text)


def test_a_purpose_that_shrinks_hides_one_page_only(agreed: Agreed) -> None:
    shelf = shelve_partner_release(agreed.settings.releases)
    path = agreed.settings.releases / "2026-07-15.1" / "openbaar.duckdb"
    with duckdb.connect(str(path)) as file:
        file.execute(
            "INSERT INTO indicator SELECT 5 AS indicator_key, 5 AS position, 'cameras_wonen' AS id,"
            " 'woninginbraken' AS theme, 'Toezicht bij woningen' AS title, * EXCLUDE"
            " (indicator_key, position, id, theme, title) FROM indicator WHERE indicator_key = 4"
        )
    agreed.edit("themes: [", "themes: [woninginbraken, ")
    narrow_themes(agreed)
    with asking(make_app(shelf, agreed)) as client:
        listed = {one["id"] for one in client.get("/api/v1/indicators").json()["indicators"]}
        assert "cameras_wonen" in listed
        assert INDICATOR not in listed
        sources = client.get("/api/v1/sources").json()["sources"]
        assert SOURCE in {one["id"] for one in sources}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A release of which every figure is of one partner, whose agreement ended."""
    root = tmp_path_factory.mktemp("bare")
    agreed = copy_agreed(root / "catalogus", var=root)
    shelf = shelve_partner_release(agreed.settings.releases, only=True)
    with asking(make_app(shelf, agreed, Today(date(2028, 1, 1)))) as client:
        yield client


@pytest.mark.parametrize("place", ["/", "/thema/algemeen", "/gebied/GM9001", "/gebied/BU90010101"])
def test_a_page_without_any_figure_is_whole_and_says_why(bare: Client, place: str) -> None:
    answer = bare.get(place)
    assert answer.status_code == 200
    words = words_of(answer)
    assert "De afspraak van deze versie is afgelopen op 31-12-2027" in words
    assert NUMBERS[1] not in words
    assert answer.text.count("<h1") == 1
    for link in set(re.findall(r'href="(/[^"#]*)', answer.text)):
        # The switch of language leads back to where the reader came from.
        status = 303 if link.startswith("/taal/") else 200
        assert bare.get(unescape(link)).status_code == status, link


def test_who_opens_a_release_without_judging_sees_no_partner(shelf: Shelf) -> None:
    release = shelf.open_current("openbaar")
    assert INDICATOR not in release.indicators
    assert [words for _, words in release.hidden.sources] == [
        "Niemand keek na of de afspraak over deze bron nog geldt."
    ]


def test_no_reader_of_a_release_gives_a_hidden_figure(shelf: Shelf) -> None:
    """Every table that the file has, asked under its plain name."""
    release = shelf.open_current("openbaar")
    names = {name for (name,) in release._rows("SELECT view_name FROM duckdb_views() "
             "WHERE database_name = 'memory' AND NOT internal")}  # fmt: skip
    tables = {name for (name,) in release._rows(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'file'")}  # fmt: skip
    assert names == tables
    for name in sorted(names):
        found = str(release._rows(f"SELECT * FROM {name}"))
        assert NUMBERS[0] not in found, name
        assert TITLE not in found, name
        assert SOURCE not in found, name


def test_an_end_date_that_is_absent_or_no_date_hides_the_source(agreed: Agreed) -> None:
    shelf = shelve_partner_release(agreed.settings.releases, end=None)
    with asking(make_app(shelf, agreed)) as client:
        assert TITLE not in client.get("/api/v1/indicators").text
        words = words_of(client.get("/thema/algemeen"))
    assert "Deze versie zegt niet tot wanneer deze bron mag worden getoond." in words


def test_a_file_of_before_the_end_dates_is_refused_in_words(shelf: Shelf) -> None:
    path = shelf.folder / "2026-07-15.1" / "openbaar.duckdb"
    with duckdb.connect(str(path)) as file:
        file.execute("ALTER TABLE source DROP COLUMN agreement_end")
    with pytest.raises(ReleaseError, match=r"oudere Regiebeeld.*`regiebeeld run`"):
        Release(path)


def test_going_back_to_an_old_release_tells_what_is_hidden(
    agreed: Agreed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIEBEELD_CATALOGUE", str(agreed.settings.catalogue))
    monkeypatch.setenv("REGIEBEELD_REGIONS", str(agreed.settings.regions))
    releases = agreed.settings.releases
    shelve_partner_release(releases, "2026-07-14.1", end=date(2026, 7, 14))
    shelf = shelve_partner_release(releases, "2026-07-15.1", end=date(2999, 1, 1))
    agreed.edit(f"end: {END}", "end: 2998-12-31")
    command = ["--var", str(agreed.settings.var), "release"]
    assert main([*command, "use", "2026-07-14.1"]) == 0
    told = capsys.readouterr().out
    assert f"Niet getoond aan openbaar: {SOURCE_TITLE}. De afspraak van deze versie is" in told
    assert main([*command, "use", "2026-07-15.1"]) == 0
    assert "Alle bronnen erin zijn te zien." in capsys.readouterr().out
    assert main([*command, "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip().startswith("Niet getoond") for line in lines] == [False, True, False]
    shelf.use("2026-07-14.1")
    with asking(make_app(shelf, agreed)) as client:
        assert not tells_of_it(client.get("/thema/algemeen").text)
        shelf.use("2026-07-15.1")
        assert tells_of_it(client.get("/thema/algemeen").text)


def test_the_catalogue_is_read_again_only_when_a_file_changed(agreed: Agreed) -> None:
    present = agreed.present()
    first = present.read_catalogue()
    assert first is not None
    assert present.read_catalogue() is first
    agreed.edit(f"end: {END}", "end: 2027-06-30")
    second = present.read_catalogue()
    assert second is not None
    assert second is not first
    agreed.agreement.write_text("kapot")
    assert present.read_catalogue() is None
