"""From a question to finished bytes: look in the cache, else make, keep and send them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.dashboard.web.caching import AnswerCache, Finished, choose_encoding, encode, finish
from regiebeeld.dashboard.web.pages import Pages
from regiebeeld.domain import ReleaseError
from regiebeeld.releases import Hidden, Release, Shelf
from regiebeeld.releases.language import spoken
from regiebeeld.releases.last_read import LastRead
from regiebeeld.releases.shelf import compute_file_hash, read_manifest

HTML = "text/html; charset=utf-8"
PUBLIC = "openbaar"
MOST_STATES = 4096  # addresses whose meaning is remembered; each is a few hundred bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What a page, the API or an export made: text or bytes, its type, and headers of its own."""

    text: str | bytes
    media_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Desk:
    """What every route needs: the shelf, the audience it serves, the words, files and cache."""

    shelf: Shelf
    audience: str
    pages: Pages
    files: dict[str, Finished]
    present: PresentAgreements
    cache: AnswerCache = field(default_factory=AnswerCache)
    states: LastRead[Hashable] = field(default_factory=partial(LastRead, MOST_STATES))
    _hashes: dict[tuple[Path, int, int], str] = field(default_factory=dict)

    def open_release(self) -> Release:
        """Open what is served, without the sources that may not be shown today."""
        return self.shelf.open_current(self.audience, partial(self.present.hide, self.audience))

    def identify(self, release: Release) -> tuple[str, Hidden]:
        """Give what tells one served release from another: its bytes, and what is hidden of it."""
        return self.hash_of(release), release.hidden

    def hash_of(self, release: Release) -> str:
        """Give the hash of an audience file; from the manifest, so that nothing is read twice."""
        try:
            status = release.path.stat()
        except OSError as fault:
            raise ReleaseError(
                f"{release.path}: deze versie is weg; kies een andere met `regiebeeld release use`"
            ) from fault
        known = (release.path, status.st_mtime_ns, status.st_size)
        if known not in self._hashes:
            self._hashes = {known: _read_hash(release.path)}
        return self._hashes[known]


def _read_hash(path: Path) -> str:
    try:
        return str(read_manifest(path.parent)["files"][path.name])
    except (ReleaseError, KeyError):
        return compute_file_hash(path)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of which release: `name` the page, `state` its canonical parameters."""

    release: Release
    name: str
    state: Hashable


def read_state(
    desk: Desk,
    release: Release,
    name: str,
    given: tuple[str | None, ...],
    read: Callable[[], Hashable],
) -> Hashable:
    """Read the canonical state of a page, once for the same words in an address.

    given: the known parameters as they stand in the address; others change nothing.
    """
    return desk.states.find((desk.identify(release), name, given), read)


async def answer(
    request: Request, desk: Desk, question: Question, make: Callable[[], Draft]
) -> Response:
    """Answer with the finished bytes for (release, page, state, language, encoding)."""
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    file = desk.identify(question.release)
    key = (file, desk.audience, question.name, question.state, spoken())
    finished = desk.cache.find((*key, encoding))
    if finished is None:
        finished = await run_in_threadpool(_make, desk, key, encoding, make)
    return send(request, finished, public=desk.audience == PUBLIC)


def _make(
    desk: Desk, key: tuple[Hashable, ...], encoding: str, make: Callable[[], Draft]
) -> Finished:
    plain = desk.cache.find((*key, "identity"))
    if plain is None:
        draft = make()
        body = draft.text if isinstance(draft.text, bytes) else draft.text.encode()
        plain = finish(body, draft.media_type, draft.headers)
        desk.cache.keep((*key, "identity"), plain)
    finished = encode(plain, encoding)
    desk.cache.keep((*key, encoding), finished)
    return finished


def send(
    request: Request, finished: Finished, *, public: bool, immutable: bool = False
) -> Response:
    """Send finished bytes, or 304 when the reader holds them already."""
    freshness = (
        "public, max-age=31536000, immutable"
        if immutable
        else "public, no-cache"
        if public
        else "private, no-cache"
    )
    headers = {
        "etag": finished.etag,
        "cache-control": freshness,
        "vary": "Accept-Encoding" if public else "Accept-Encoding, Cookie",
    }
    headers |= dict(finished.headers)
    known = [
        part.strip().removeprefix("W/")
        for part in request.headers.get("if-none-match", "").split(",")
    ]
    if finished.etag in known:
        return Response(status_code=304, headers=headers)
    if finished.encoding != "identity":
        headers["content-encoding"] = finished.encoding
    return Response(finished.body, headers=headers, media_type=finished.media_type)
