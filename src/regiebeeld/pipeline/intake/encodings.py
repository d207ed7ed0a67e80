"""Bytes of a text table to UTF-8; refuses binary content and two encodings in one file."""

import codecs
import re
from typing import NoReturn

from regiebeeld.pipeline.intake.limits import RefusedFile

_PIECE = 8 * 2**20
_UTF8_LETTER = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_HIGH = re.compile(rb"(" + _UTF8_LETTER + rb")|([\x80-\xff])")
_NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def line_of(body: bytes, position: int) -> int:
    """Give the line, counted from 1, that a byte stands on."""
    return body.count(b"\n", 0, position) + 1


def to_utf8(body: bytes) -> tuple[bytes, str]:
    """Give the text as UTF-8 without byte order mark, and the encoding it had.

    Knows UTF-8, UTF-16 with a mark and Windows-1252. Raises RefusedFile with the lines for two
    encodings in one file, for bytes that are no letter in any, and for binary content.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _from_utf16(body), "utf-16"
    encoding = "utf-8"
    if body.startswith(codecs.BOM_UTF8):
        body, encoding = body[3:], "utf-8-sig"
    zero = body.find(b"\0")
    if zero >= 0:
        words = f"Regel {line_of(body, zero)} bevat een nulbyte: dit is geen tekst."
        raise RefusedFile("encoding", words + " Sla het bestand op als CSV (UTF-8).")
    if body.isascii() or is_utf8(body):
        return body, encoding
    _refuse_mixed(body)
    return _from_cp1252(body), "windows-1252"


def is_utf8(body: bytes) -> bool:
    """Tell whether all bytes are UTF-8, a piece at a time so that memory stays small."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), _PIECE):
            decoder.decode(body[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_mixed(body: bytes) -> None:
    first: dict[bool, int] = {}
    for found in _HIGH.finditer(body):
        first.setdefault(found[1] is not None, found.start())
        if len(first) == 2:
            _refuse(
                f"Regel {line_of(body, first[True])} staat in UTF-8 en regel "
                f"{line_of(body, first[False])} in een andere tekenset (Windows-1252)."
            )


def _from_cp1252(body: bytes) -> bytes:
    if unknown := _NOT_IN_CP1252.search(body):
        line = line_of(body, unknown.start())
        _refuse(f"Regel {line} bevat een teken dat in geen tekenset bestaat.")
    pieces = (body[start : start + _PIECE] for start in range(0, len(body), _PIECE))
    return b"".join(piece.decode("cp1252").encode() for piece in pieces)


def _from_utf16(body: bytes) -> bytes:
    try:
        plain = body.decode("utf-16").encode()
    except UnicodeError as fault:
        words = "Het bestand is als UTF-16 begonnen maar niet zo geëindigd; het is niet heel."
        raise RefusedFile("encoding", words + " Sla het op als CSV (UTF-8).") from fault
    if b"\0" in plain:
        _refuse("Het bestand bevat nulbytes.")
    return plain


def _refuse(words: str) -> NoReturn:
    raise RefusedFile("encoding", f"{words} Sla het hele bestand op als CSV UTF-8.")
