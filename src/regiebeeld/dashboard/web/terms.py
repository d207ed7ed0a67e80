"""Words of the glossary in the sentences of a page: press one and its meaning opens beside it.

Only the first time that a word stands on a page, so that a keyboard does not stop at each.
"""

import re
from collections.abc import Mapping
from functools import cache
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts import Texts
from regiebeeld.dashboard.web.glossary import FILES, Term, read_glossary, read_terms
from regiebeeld.dashboard.web.speaking import write_words
from regiebeeld.releases.language import InDutch, pieces_of, spoken

_START = "begrip-"
_MARKED = re.compile(
    rf'<button type="button" class="term" popovertarget="{_START}(\w+)">(.*?)</button>'
)


def mark_terms(text: object) -> Markup:
    """Mark the words of the glossary in a text, which is escaped unless it is markup."""
    html = "".join(map(_mark_piece, pieces_of(text) if isinstance(text, InDutch) else (text,)))
    return Markup(html)  # noqa: S704 - escaped in _mark_piece


def _mark_piece(text: object) -> str:
    if isinstance(text, InDutch):
        return write_words(text)
    return _find_words(spoken())[0].sub(_mark, str(Markup.escape(text)))


def _mark(found: re.Match[str]) -> str:
    before, word, after = found.groups()
    term = _find_words(spoken())[1][word.casefold()]
    mark = f'<button type="button" class="term" popovertarget="{_START}{term}">{word}</button>'
    if " " in word or not (before or after):
        return f"{before}{mark}{after}"
    # A browser may break a line on either side of a button, also next to a bracket.
    return f'<span class="kept">{before}{mark}{after}</span>'


@cache
def _find_words(language: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Give what finds the words as sentences write them, and the term of each."""
    terms = read_terms(FILES[language])
    known = {word.casefold(): term.id for term in terms.values() for word in term.in_text}
    # The longest first, so that a word inside another does not take its place.
    words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    return re.compile(rf"(\(?)\b({words})\b([).,;:]?)", re.IGNORECASE), known


def explain_terms(html: str, texts: Texts) -> str:
    """Keep the first mark of each word on a page, and write the meanings at the end of it."""
    used: dict[str, Term] = {}

    def keep_first(found: re.Match[str]) -> str:
        if found.group(1) in used:
            return found.group(2)
        used[found.group(1)] = read_glossary()[found.group(1)]
        return found.group()

    kept = _MARKED.sub(keep_first, html)
    meanings = "".join(_write_meaning(term, texts) for term in used.values())
    return kept.replace("</main>", f"{meanings}</main>", 1)


def _write_meaning(term: Term, texts: Texts) -> str:
    # Focus goes to the meaning, so that it is read aloud; Escape brings it back to the word.
    return (
        f'<div popover autofocus tabindex="-1" role="note" id="{_START}{term.id}" class="meaning"'
        f' aria-labelledby="{_START}{term.id}-naam"><p><strong id="{_START}{term.id}-naam">'
        f"{escape(term.title)}</strong><br>{escape(term.text)}</p>"
        f'<p><a class="nl-link" href="/begrippen#{term.id}">{escape(texts("glossary.title"))}</a>'
        "</p></div>\n"
    )
