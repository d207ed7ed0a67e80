"""The text of a page as a reader sees it, with words of the glossary in their sentence."""

import re
from html import unescape

_MARK = re.compile(
    r'(?:<span class="kept">(\(?))?<button type="button" class="term"[^>]*>([^<]*)</button>'
    r"(?:([).,;:]?)</span>)?"
)
_MEANING = re.compile(r"<div popover .*?</div>", re.DOTALL)


def without_marks(html: str) -> str:
    """Give a page as it would be without a glossary: no word can be pressed, no meaning waits."""
    return _MEANING.sub("", _MARK.sub(r"\1\2\3", html))


def read_words(html: str) -> str:
    """Give the text of a page, or of a part of it, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without_marks(html))).split())
