"""Bytes of a text file to UTF-8, saying which encoding was found; refuses what is no text."""

import codecs
from dataclasses import dataclass

from regiebeeld.domain import ContractError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class TextFile:
    """A text file as UTF-8 bytes without byte order mark; `name` is for messages."""

    name: str
    body: bytes
    encoding: str


def read_text(body: bytes, *, name: str) -> TextFile:
    """Find the encoding: byte order mark, else UTF-8, else Windows-1252, else Latin-1.

    Raises ContractError for an empty file, a binary one and a web page.
    """
    encoding = _find_encoding(body)
    plain = body if encoding == "utf-8" else body.decode(encoding).encode()
    if not plain.strip():
        raise ContractError(f"{name} is leeg; haal het bestand opnieuw op")
    if b"\0" in plain[:65536]:
        raise ContractError(f"{name} is geen tekstbestand; sla het op als CSV of GeoJSON")
    if plain[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise ContractError(
            f"{name} is een webpagina en geen tabel; haal het bestand zelf op, niet de pagina ervan"
        )
    return TextFile(name, plain, encoding)


def _find_encoding(body: bytes) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"  # every byte is a character in Latin-1
