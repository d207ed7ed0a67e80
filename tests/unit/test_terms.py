"""Words of the glossary in sentences: marked once a page, explained at its end, never markup."""

import re

import pytest

from lib.page_words import read_words, without_marks
from regiebeeld.dashboard.web.glossary import FILES, read_terms
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.dashboard.web.terms import explain_terms, mark_terms
from regiebeeld.releases.language import speaking


def page(*sentences: str) -> str:
    marked = "".join(f"<p>{mark_terms(each)}</p>" for each in sentences)
    return explain_terms(f"<main>{marked}</main>", TEXTS)


def test_a_word_is_marked_the_first_time_only() -> None:
    html = page("Dit is voorlopig.", "Dat is ook voorlopig.")
    assert html.count('popovertarget="begrip-voorlopig"') == 1
    assert html.index("popovertarget") < html.index("Dat is ook")
    assert html.count('id="begrip-voorlopig"') == 1


def test_the_meaning_is_that_of_the_glossary_and_leads_to_it() -> None:
    html = page("De marge is ruim.")
    meaning = re.search(r"<div popover.*?</div>", html, re.DOTALL)
    assert meaning
    assert read_terms(FILES["nl"])["marge"].text in re.sub(r"<[^>]+>", "", meaning.group())
    assert 'href="/begrippen#marge"' in meaning.group()
    assert html.endswith("</main>")


def test_a_page_without_such_words_stays_as_it_is() -> None:
    assert page("Er is niets bijzonders.") == "<main><p>Er is niets bijzonders.</p></main>"


def test_a_part_of_a_longer_word_is_not_marked() -> None:
    assert "popovertarget" not in page("Vroege margedag, onafgerondheid.")


def test_the_longest_of_two_words_is_marked() -> None:
    html = page("Er zijn te weinig gevallen om iets over te zeggen.")
    assert re.findall(r'popovertarget="begrip-(\w+)"', html) == ["te_weinig"]


def test_what_a_reader_gave_stays_text() -> None:
    html = page("<b>marge</b> & meer")
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "&amp; meer" in html


def test_a_bracket_stays_on_the_line_of_its_word() -> None:
    html = page("Stand: juni (voorlopig), en (te weinig gevallen om iets over te zeggen).")
    assert '<span class="kept">(<button' in html
    assert html.count('class="kept"') == 1
    assert without_marks(html).startswith("<main><p>Stand: juni (voorlopig), en (te weinig")
    assert read_words(html).startswith("Stand: juni (voorlopig), en (te weinig gevallen")


def test_english_pages_have_english_words() -> None:
    with speaking("en"):
        html = page("These are provisional and voorlopig.")
        terms = read_terms(FILES["en"])
    assert re.findall(r">(\w+)</button>", html) == ["provisional"]
    assert terms["voorlopig"].title in html


@pytest.mark.parametrize("language", FILES)
def test_every_language_explains_the_same_words_in_sentences(language: str) -> None:
    terms = read_terms(FILES[language])
    needed = {"marge", "afgerond", "voorlopig", "haaldelict", "te_weinig", "normale_schommeling"}
    assert {name for name, term in terms.items() if term.in_text} >= needed
    written = [word.casefold() for term in terms.values() for word in term.in_text]
    assert len(written) == len(set(written))
