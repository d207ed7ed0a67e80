"""The page and the PDF that prove a release: the words follow the rows, and fail closed."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from httpx import Client, Response
from pypdf import PdfReader

from functional.test_pages import words_of
from lib.page_server import connect
from lib.proof_release import (
    CLASSES,
    GOOD,
    OUTSIDE,
    PERSONS,
    TITLE,
    Account,
    many,
    seal,
    shelve_proof_release,
)
from regiebeeld.dashboard.exports.proof import PROOF_TEXTS
from regiebeeld.disclosure import BASE, range_of
from regiebeeld.pipeline.gate.judging import MOST_MASKED
from regiebeeld.pipeline.gate.usefulness import MOST_LOW
from regiebeeld.releases import Shelf
from regiebeeld.releases.language import speaking

PAGE, PDF = "/privacy", "/privacy.pdf"
SAFE = (
    "Wie alle cijfers van deze en eerdere versies naast elkaar legt en de regels kent, kan geen "
    "enkel klein cijfer precies terugrekenen: 0 van 12.345."
)
UNSAFE = (
    "Van deze versie is niet bewezen dat kleine cijfers over mensen niet zijn terug te rekenen."
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with connect(shelve_proof_release(tmp_path_factory.mktemp("proof"), GOOD)) as client:
        yield client


def ask(shelf: Shelf) -> tuple[str, str]:
    """Give the words of the page and of the PDF."""
    with connect(shelf) as client:
        return words_of(client.get(PAGE)), words_of_pdf(client.get(PDF))


def words_of_pdf(answer: Response) -> str:
    assert answer.status_code == 200
    (page,) = PdfReader(io.BytesIO(answer.content)).pages
    # A word that is broken off at the end of a line is one word.
    return " ".join(page.extract_text().replace("\u00ad\n", "").split())


def test_the_page_says_the_proof_first(client: Client) -> None:
    words = words_of(client.get(PAGE))
    assert words.index(SAFE) < words.index("Het bewijs van deze versie")
    assert "Afgeschermd, dus niet getoond: 321 van de 23.456 cijfers (1,4 procent)." in words
    assert f"{TITLE} 23.456 12.345 12.345 2 321 1,4 7 0 11" in words
    assert f"Als al bekend gerekend bij {TITLE}: {OUTSIDE}." in words
    assert "Over mensen Afgerond met een geheime sleutel, en getest. 1" in words
    assert f"{TITLE} Over mensen per wijk per jaar" in words
    for limit in ("Wat mensen zelf al weten.", "Een hele groep.", "De kans binnen de ruimte."):
        assert limit in words


@pytest.mark.parametrize(
    ("language", "multiple", "more"),
    [("nl", "veelvoud van", "meer dan {:.0f} procent"), ("en", "multiple of", "more than {:.0f} ")],
)
def test_the_policy_in_words_is_the_policy_in_code(language: str, multiple: str, more: str) -> None:
    with speaking(language):
        keys = ("rounded", "ranged", "withheld", "levels")
        say = {key: PROOF_TEXTS(f"proof.{key}") for key in keys}
    assert f"{multiple} {BASE}" in say["rounded"]
    for value in (0, 5, 10):
        low, high = (int(bound) for bound in range_of(value))
        assert f"{low}–{high}" in say["ranged"], value
    assert more.format(100 * MOST_MASKED) in say["withheld"]
    assert more.format(100 * MOST_LOW) in say["levels"]


def test_every_page_leads_to_it(client: Client) -> None:
    for address in ("/", "/bronnen", "/gebied/GM9001"):
        assert 'href="/privacy"' in client.get(address).text
    assert 'href="/privacy.pdf"' in client.get(PAGE).text


def test_the_pdf_is_one_tagged_page_with_the_same_words(client: Client) -> None:
    answer = client.get(PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="privacy-2026-07-15.1.pdf"' in answer.headers["content-disposition"]
    reader = PdfReader(io.BytesIO(answer.content))
    root = reader.trailer["/Root"]
    assert len(reader.pages) == 1
    assert bool(root["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "nl"
    assert reader.metadata
    assert reader.metadata.title == PROOF_TEXTS("proof.title")
    assert reader.metadata.creation_date_raw == "D:20260715063000Z"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    words = words_of_pdf(answer)
    assert SAFE in words
    assert f"{TITLE} 23.456 12.345 12.345 2 321 1,4 7 0 11" in words
    page = words_of(client.get(PAGE))
    sentences = re.findall(r"[A-Z][^.:•]{20,}\.", words.partition("Wat er met cijfers")[2])
    assert len(sentences) > 12
    for sentence in sentences:
        assert sentence in page, sentence


def test_the_proof_in_english_is_english_on_the_page_and_in_the_pdf(client: Client) -> None:
    answer = client.get(f"/en{PDF}")
    reader = PdfReader(io.BytesIO(answer.content))
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata
    assert reader.metadata.title == "Privacy: how figures about people are protected"
    for words in (words_of_pdf(answer), words_of(client.get(f"/en{PAGE}"))):
        assert "can work out no small figure exactly: 0 of 12,345." in words
        assert f"{TITLE} 23,456 12,345 12,345 2 321 1.4 7 0 11" in words
        assert "About people" in words
        assert "Over mensen" not in words
        assert SAFE not in words


def test_the_pdf_holds_its_own_fonts(client: Client) -> None:
    """Every font is embedded and comes with the program, so no machine makes another page."""
    (page,) = PdfReader(io.BytesIO(client.get(PDF).content)).pages
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts
    for font in fonts:
        (inner,) = font["/DescendantFonts"]
        described = inner.get_object()["/FontDescriptor"].get_object()
        assert "LibertinusSerif" in described["/FontName"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)


def test_the_pdf_is_kept_and_known_again(client: Client) -> None:
    first, again = client.get(PDF), client.get(PDF)
    assert first.headers["etag"] == again.headers["etag"]
    assert first.content == again.content
    known = client.get(PDF, headers={"if-none-match": first.headers["etag"]})
    assert known.status_code == 304


def test_the_same_release_gives_the_same_bytes(tmp_path: Path, client: Client) -> None:
    with connect(shelve_proof_release(tmp_path, GOOD)) as other:
        assert other.get(PDF).content == client.get(PDF).content


BROKEN = {
    "recovered": (replace(GOOD, exact=3), "3 van de 12.345 kleine cijfers zijn precies"),
    "not certified": (
        replace(GOOD, certified=12000),
        "van 345 van de 12.345 kleine cijfers is geen bewijs gevonden",
    ),
    "too narrow": (replace(GOOD, width=1), "de bewezen ruimte is 1, en moet minstens 2 zijn"),
    "impossible": (replace(GOOD, masked=23457), "de getallen van het bewijs passen niet"),
    "negative": (replace(GOOD, known=-1), "de getallen van het bewijs passen niet"),
}


@pytest.mark.parametrize(("account", "words"), BROKEN.values(), ids=BROKEN)
def test_what_is_not_proven_is_said(tmp_path: Path, account: Account, words: str) -> None:
    for told in ask(shelve_proof_release(tmp_path, account)):
        assert UNSAFE in told
        assert f"{TITLE}: {words}" in told
        assert "Deel deze cijfers niet verder." in told
        assert "kan geen enkel klein cijfer" not in told


def test_one_source_without_proof_spoils_all(tmp_path: Path) -> None:
    shelf = shelve_proof_release(tmp_path, *many(1))
    for told in ask(shelf):
        assert UNSAFE in told
        assert f"{TITLE}: deze versie heeft cijfers van deze bron, maar geen bewijs." in told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM policy_source WHERE source = $source", "er staat niet bij of deze bron over"),
        ("UPDATE policy_source SET class = 'raar'", "er staat niet bij of deze bron over mensen"),
        ("DELETE FROM gate_account", "deze versie heeft cijfers van deze bron, maar geen bewijs"),
        (
            "UPDATE cell_by_indicator SET status = 0",
            "cijfers in deze versie die niet zijn afgerond",
        ),
    ],
)
def test_what_the_rows_do_not_say_is_not_promised(tmp_path: Path, change: str, words: str) -> None:
    shelf = shelve_proof_release(tmp_path, GOOD)
    with duckdb.connect(str(shelf.folder / "2026-07-15.1" / "openbaar.duckdb")) as file:
        file.execute(change, {"source": PERSONS} if "$source" in change else None)
    for told in ask(seal(shelf)):
        assert UNSAFE in told
        assert words in told
        assert "kan geen enkel klein cijfer" not in told


def test_a_class_that_is_not_known_is_protected_too(tmp_path: Path) -> None:
    """A class of which the policy speaks, but that is not one of the open ones."""
    shelf = shelve_proof_release(
        tmp_path, persons=False, classes=(*CLASSES, ("raar", "Nieuw", True, "Nog te bezien."))
    )
    with duckdb.connect(str(shelf.folder / "2026-07-15.1" / "openbaar.duckdb")) as file:
        file.execute("UPDATE policy_source SET class = 'raar'")
    for told in ask(seal(shelf)):
        assert UNSAFE in told
        assert "maar geen bewijs" in told


def test_a_release_of_before_says_so(tmp_path: Path) -> None:
    for told in ask(shelve_proof_release(tmp_path, classes=())):
        assert "Deze versie is gemaakt voordat dit bewijs bestond." in told
        assert "kan geen enkel" not in told
        assert "veelvoud van 5" not in told


def test_a_release_without_figures_about_people_says_so(tmp_path: Path) -> None:
    for told in ask(shelve_proof_release(tmp_path, persons=False)):
        assert "geen cijfers over mensen die bescherming nodig hebben" in told
        assert "Er is dus niets afgerond en niets afgeschermd." in told
        assert UNSAFE not in told


def test_a_source_of_which_no_number_is_there_needs_no_proof(tmp_path: Path) -> None:
    shelf = shelve_proof_release(tmp_path)
    with duckdb.connect(str(shelf.folder / "2026-07-15.1" / "openbaar.duckdb")) as file:
        for table in ("cell_by_area", "cell_by_indicator"):
            file.execute(f"UPDATE {table} SET status = 3, value = NULL WHERE indicator_key = 1")
    for told in ask(seal(shelf)):
        assert "geen cijfers over mensen die bescherming nodig hebben" in told
        assert UNSAFE not in told


def test_without_small_figures_nothing_is_counted(tmp_path: Path) -> None:
    nothing = replace(GOOD, tested=0, certified=0, masked=0)
    for told in ask(shelve_proof_release(tmp_path, nothing)):
        assert "Er is dus geen klein cijfer om terug te rekenen." in told
        assert "0 van 0" not in told


def test_sums_are_over_all_sources(tmp_path: Path) -> None:
    second = replace(
        GOOD, source="persoon", figures=100, tested=55, certified=55, masked=1, width=3, earlier=2
    )
    for told in ask(shelve_proof_release(tmp_path, GOOD, second)):
        assert "precies terugrekenen: 0 van 12.400." in told
        assert "minstens 2 overblijft" in told
        assert "Alle bronnen 23.556 12.400 12.400 2 322 1,4 14 0 11" in told


@pytest.mark.parametrize("number", [10, 80])
def test_many_sources_stay_on_one_page_and_the_rest_is_told(tmp_path: Path, number: int) -> None:
    page, pdf = ask(shelve_proof_release(tmp_path, GOOD, *many(number)))
    assert f"Bron persoon {number - 1:02d}" in page
    assert ("nog" in pdf and f"Nog {number + 2 - 14} bronnen" in pdf) == (number > 12)
    assert f"0 van {12345 * (number + 1):,}".replace(",", ".") in pdf


def test_the_worst_there_is_stays_on_one_page(tmp_path: Path) -> None:
    """Every one of many sources unproven, each with a long list of tables of others."""
    outside = "; ".join(f"Politie, tabel {i} over misdrijven" for i in range(40))
    broken = [
        replace(one, exact=2, certified=1, width=1, outside=outside) for one in (GOOD, *many(60))
    ]
    page, pdf = ask(shelve_proof_release(tmp_path, *broken))
    assert outside in page
    # Three faults a source and what to do: 184 texts, of which the first three and the last stay.
    assert "Nog 180; die staan op de pagina Privacy." in pdf
    assert "Deel deze cijfers niet verder." in pdf
    assert "Wat dit bewijs niet belooft" in pdf


def test_words_of_a_source_are_words_only(tmp_path: Path) -> None:
    """A title that looks like a program is printed, never run."""
    strange = '#panic("x") *dik* $1/0$ ] ) \\ <b>vet</b> "'
    shelf = shelve_proof_release(tmp_path, replace(GOOD, outside=strange))
    page, pdf = ask(shelf)
    assert strange in page
    assert strange.replace("  ", " ") in pdf


def test_an_invented_region_says_so(tmp_path: Path) -> None:
    with connect(shelve_proof_release(tmp_path, GOOD, invented=True)) as client:
        answer = client.get(PDF)
        assert answer.headers["x-regiebeeld-invented"] == "true"
        assert "Verzonnen voorbeeld" in words_of_pdf(answer)
        assert "Verzonnen voorbeeld" in words_of(client.get(PAGE))
