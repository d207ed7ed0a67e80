"""Finished answers kept in memory, least used thrown out first; bounded by bytes."""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import brotli

ENCODINGS = ("br", "gzip", "identity")
_SMALLEST = 512  # below this, compressing costs more than it saves


@dataclass(frozen=True, slots=True)
class Finished:
    """The bytes of one answer in one encoding, ready to be sent."""

    body: bytes
    media_type: str
    encoding: str
    etag: str
    headers: tuple[tuple[str, str], ...] = ()


def finish(body: bytes, media_type: str, headers: tuple[tuple[str, str], ...] = ()) -> Finished:
    """Give an answer its name: the hash of its bytes."""
    return Finished(body, media_type, "identity", f'"{sha256(body).hexdigest()[:32]}"', headers)


@lru_cache(maxsize=32)
def encode_file(plain: Finished, encoding: str) -> Finished:
    """Compress one of the few static files, once."""
    return encode(plain, encoding)


def encode(plain: Finished, encoding: str) -> Finished:
    """Compress a finished answer; another encoding has another name, as HTTP asks."""
    if encoding == "identity" or len(plain.body) < _SMALLEST:
        return plain
    body = (
        brotli.compress(plain.body, quality=5)
        if encoding == "br"
        else gzip.compress(plain.body, 6, mtime=0)
    )
    return Finished(
        body, plain.media_type, encoding, f'{plain.etag[:-1]}-{encoding}"', plain.headers
    )


def choose_encoding(accepted: str) -> str:
    """Pick the best encoding a reader accepts; `q=0` is a refusal."""
    known = {}
    for part in accepted.lower().split(","):
        name, _, rest = part.strip().partition(";")
        known[name.strip()] = rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ENCODINGS if known.get(name)), "identity")


class AnswerCache:
    """Finished answers by key; safe to use from several threads."""

    def __init__(self, max_bytes: int = 64 * 1024 * 1024) -> None:
        self.max_bytes = max_bytes
        self.held_bytes = 0
        self._kept: OrderedDict[Hashable, Finished] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Finished | None:
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, answer: Finished) -> None:
        """Keep an answer, unless it alone is larger than a quarter of the room."""
        if len(answer.body) > self.max_bytes // 4:
            return
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self.held_bytes -= len(old.body)
            self._kept[key] = answer
            self.held_bytes += len(answer.body)
            while self.held_bytes > self.max_bytes:
                _, gone = self._kept.popitem(last=False)
                self.held_bytes -= len(gone.body)

    def __len__(self) -> int:
        return len(self._kept)
