"""The language of the reader: one per question, Dutch unless another was asked for.

What a release, a drawing or a page says follows it; numbers stay what they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from string import Formatter

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


class InDutch(str):
    """Words that stand in Dutch among those of another language; a page marks them as Dutch.

    `parts` are a sentence in pieces, of which those that are InDutch are Dutch; empty for one that
    is Dutch as a whole.
    """

    parts: tuple[str, ...] = ()


def keep_dutch(text: str) -> str:
    """Give words of which there are no others, known as Dutch where another language is spoken."""
    return text if spoken() == DUTCH or not text else InDutch(text)


def fill_in(sentence: str, values: Mapping[str, object]) -> str:
    """Fill in a sentence with places; what is Dutch among the values stays known as Dutch."""
    if spoken() == DUTCH or not any(isinstance(value, InDutch) for value in values.values()):
        return sentence.format_map(values)
    parts: list[str] = []
    for text, name, form, _ in Formatter().parse(sentence):
        parts.append(text)
        if name is not None:
            value = values[name]
            parts += pieces_of(value) if isinstance(value, InDutch) else [format(value, form or "")]
    return join_pieces(parts)


def pieces_of(text: str) -> tuple[str, ...]:
    """Give a text in pieces, each wholly Dutch or wholly not."""
    return (text.parts or (text,)) if isinstance(text, InDutch) else (text,)


def join_said(parts: Iterable[str], between: str = " ") -> str:
    """Put texts behind each other with something between; what is Dutch stays known as Dutch."""
    pieces: list[str] = []
    for part in parts:
        if part:
            pieces += [between, part] if pieces else [part]
    return join_pieces(pieces)


def join_pieces(parts: Iterable[str]) -> str:
    """Put pieces together to one text; what is Dutch among them stays known as Dutch."""
    kept = tuple(piece for part in parts for piece in pieces_of(part) if piece)
    if not any(isinstance(piece, InDutch) for piece in kept):
        return "".join(kept)
    made = InDutch("".join(kept))
    made.parts = kept
    return made
