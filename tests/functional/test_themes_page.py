"""All themes on one page: with figures, by policy field, and what is missing and from whom."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from httpx import Client, Response

from lib.changed_release import shelve_changed_release
from lib.page_server import connect
from lib.page_words import read_words
from lib.small_release import shelve_small_release


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with connect(shelve_small_release(tmp_path_factory.mktemp("releases"))) as client:
        yield client


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The same release as those who take part in the region get it."""
    shelf = shelve_changed_release(
        tmp_path_factory.mktemp("partner"),
        "UPDATE about SET value = 'regio' WHERE name = 'audience'",
        name="regio",
    )
    with connect(shelf, audience="regio") as client:
        yield client


def words_of(answer: Response) -> str:
    """Give the text of the page itself, as a reader sees it."""
    found = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert found
    return read_words(found.group())


def section(answer: Response, name: str) -> str:
    """Give the HTML between the heading with this id and the next section."""
    start = answer.text.index(f'id="{name}"')
    return answer.text[start:].split("<section")[0]


def links_in(html: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', html)]


def test_the_themes_of_the_release_stand_first_with_their_question(client: Client) -> None:
    answer = client.get("/themas")
    assert answer.status_code == 200
    words = words_of(answer)
    assert "Woninginbraken Waar wordt ingebroken, en verandert dat? 1 cijfer" in words
    assert "Veiligheid algemeen Hoe staat het met de veiligheid? 2 cijfers" in words
    order = [words.index(text) for text in ("Thema's met een pagina", "Per veiligheidsveld")]
    assert order == sorted(order)


def test_a_field_leads_to_the_pages_of_this_release_only(client: Client) -> None:
    living = section(client.get("/themas"), "veld-wonen")
    assert links_in(living) == [
        "/thema/woninginbraken",
        "/thema/algemeen?cijfer=fietsendiefstal",
        "#niet",
    ]
    assert "straatroof" not in living  # a figure that this audience does not get
    assert "Brandveiligheid" in living  # a theme that nobody delivers, with what is missing


def test_a_field_without_a_figure_says_so(client: Client) -> None:
    shops = section(client.get("/themas"), "veld-winkels")
    assert "Over dit veld heeft deze versie geen cijfers." in shops
    assert links_in(shops) == []


def test_every_link_leads_somewhere(client: Client) -> None:
    answer = client.get("/themas")
    for link in set(links_in(answer.text)):
        if link.startswith("/"):
            answered = client.get(link, follow_redirects=link.startswith("/taal/"))
            assert answered.status_code == 200, link
        elif link.startswith("#"):
            assert f'id="{link[1:]}"' in answer.text


def test_what_is_missing_names_who_could_tell_it_and_what_is_needed(partner: Client) -> None:
    words = words_of(partner.get("/themas"))
    assert "Nog niet in deze regio" in words
    assert (
        "Brandveiligheid Veiligheidsregio: Meldingen van brand · Schoorsteenbranden "
        "afspraak en levering" in words
    )
    assert "Cybercrime Politie: Misdrijven · Aangiften online deels niets, deels" in words
    assert "docs/how-to/add_a_partner_source.md" in words


def test_everybody_is_not_told_that_partners_have_nothing(client: Client) -> None:
    """Who gets less than partners cannot be told that the region has no such figures."""
    words = words_of(client.get("/themas"))
    assert "Niet in deze cijfers" in words
    assert "Nog niet in deze regio" not in words
    assert "docs/how-to" not in words
    assert "region.yaml" not in words


def test_a_theme_of_the_catalogue_without_figures_says_what_is_missing(partner: Client) -> None:
    answer = partner.get("/thema/brand")
    assert answer.status_code == 404
    words = words_of(answer)
    assert "Over Brandveiligheid heeft deze regio nog geen cijfers." in words
    assert "Veiligheidsregio: Meldingen van brand · Schoorsteenbranden" in words
    assert "Een afspraak met de leverancier" in words
    assert "/themas" in links_in(answer.text)


def test_everybody_gets_the_source_of_such_figures_and_no_claim(client: Client) -> None:
    answer = client.get("/thema/brand")
    assert answer.status_code == 404
    words = words_of(answer)
    assert "Over Brandveiligheid staan hier geen cijfers." in words
    assert "heeft deze regio nog geen cijfers" not in words


@pytest.mark.parametrize("theme", ["onzin", "<b>x"])
def test_a_theme_that_does_not_exist_stays_unknown(client: Client, theme: str) -> None:
    answer = client.get(f"/thema/{theme}")
    assert answer.status_code == 404
    assert "kennen we niet" in words_of(answer)
    assert "<b>" not in answer.text


def test_a_file_of_before_the_index_has_themes_and_no_fields(tmp_path: Path) -> None:
    shelf = shelve_changed_release(
        tmp_path, "DROP TABLE policy_field", "DROP TABLE catalogue_theme"
    )
    with connect(shelf) as client:
        words = words_of(client.get("/themas"))
        assert "Waar wordt ingebroken" in words
        assert "veiligheidsveld" not in words
        assert client.get("/thema/brand").status_code == 404


def test_every_theme_is_in_the_menu_and_in_search(client: Client) -> None:
    assert "/themas" in links_in(client.get("/").text)
    assert '"/themas" aria-current="page"' in client.get("/themas").text
    assert "/themas" in links_in(client.get("/zoek", params={"woord": "alle thema"}).text)
