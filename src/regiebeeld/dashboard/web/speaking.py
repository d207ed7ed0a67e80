"""Pages in another language: the same addresses below `/en`, so that a link keeps its language.

The words are those of the catalogues; this only sets the language, and where links lead.
"""

import re
from functools import lru_cache
from html import escape

from starlette.types import ASGIApp, Receive, Scope, Send

from regiebeeld.releases.language import (
    DUTCH,
    LANGUAGES,
    InDutch,
    pieces_of,
    speaking,
    spoken,
)

# Files and tables are the same in every language.
_OWN_LINK = re.compile(r'(?<=\s)(href|action)="/(?!static/|api/|taal/)')
_OTHERS = tuple(name for name in LANGUAGES if name != DUTCH)


class Speaker:
    """Wraps the app: of an address below `/en` the rest is answered in English."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        language, path = split_language(scope["path"]) if scope["type"] == "http" else (DUTCH, "")
        if language == DUTCH:
            await self.app(scope, receive, send)
            return
        with speaking(language):
            await self.app({**scope, "path": path, "raw_path": path.encode()}, receive, send)


def split_language(path: str) -> tuple[str, str]:
    """Split a path into the language it is asked in and the path of the page itself."""
    for language in _OTHERS:
        if path == f"/{language}" or path.startswith(f"/{language}/"):
            return language, path.removeprefix(f"/{language}") or "/"
    return DUTCH, path


def lead_path(path: str) -> str:
    """Give a path as it leads to a page in the language that is spoken."""
    return path if spoken() == DUTCH else f"/{spoken()}{path}"


def write_words(text: str) -> str:
    """Write words for a page, escaped; what is Dutch among those of another language says so."""
    if type(text) is str:
        return _escape(text)
    return "".join(
        f'<span lang="{DUTCH}">{escape(piece)}</span>'
        if isinstance(piece, InDutch)
        else escape(str(piece))
        for piece in pieces_of(text)
    )


# The cells of tables hold the same figures and words over and over.
_escape = lru_cache(maxsize=8192)(escape)


def lead_links(html: str) -> str:
    """Make the links of a page lead to pages in the language that is spoken."""
    if spoken() == DUTCH:
        return html
    return _OWN_LINK.sub(rf'\1="/{spoken()}/', html)
