"""The language of the reader: one per question, Dutch unless another was asked for.

What a release, a drawing or a page says follows it; numbers stay what they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

DUTCH, ENGLISH = "nl", "en"
LANGUAGES = (DUTCH, ENGLISH)
_spoken: ContextVar[str] = ContextVar("spoken", default=DUTCH)


def spoken() -> str:
    """Give the language that is spoken now: `nl` or `en`."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language until the block ends; raises ValueError for one that is not known."""
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is no language of these pages; there are {LANGUAGES}")
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)
