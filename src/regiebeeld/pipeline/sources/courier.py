"""Reads addresses of one source over HTTP, patiently; never follows it to another host."""

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urljoin

import httpx

from regiebeeld import __version__
from regiebeeld.domain import FetchError
from regiebeeld.pipeline.sources.spelled_json import read_json
from regiebeeld.settings import Settings

LONGEST_WAIT_SECONDS = 300.0
LARGEST_ANSWER_BYTES = 512 * 2**20
MOST_REDIRECTS = 5
T = TypeVar("T")
_TOO_MANY_ROWS = re.compile(r"10[.,\s]?000|too many|te veel", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """One whole answer: where it came from, its headers, and its bytes without transport coding."""

    address: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """The body as JSON with literal numbers; ValueError when it is none."""
        return read_json(self.body)


class _RetryError(Exception):
    """This try failed in a way that a next one may not; `wait` is what the source asked for."""

    def __init__(self, came: str, wait: float | None = None) -> None:
        self.came, self.wait = came, wait
        super().__init__(came)


class Courier:
    """A connection to one base address, with its attempts and pauses from the settings."""

    def __init__(
        self, base: str, *, settings: Settings, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.base = base.rstrip("/")
        self._origin = httpx.URL(self.base)
        if self._origin.scheme not in ("http", "https") or not self._origin.host:
            raise FetchError(f"{base!r} is geen webadres; geef een adres dat met https:// begint")
        self._attempts = max(1, settings.fetch_attempts)
        self._backoff, self._timeout = (
            settings.fetch_backoff_seconds,
            settings.fetch_timeout_seconds,
        )
        self._pause = pause
        self._client = httpx.Client(
            timeout=self._timeout,
            follow_redirects=False,
            headers={"User-Agent": f"regiebeeld/{__version__}"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def read(self, address: str, *, parse: Callable[[Answer], T]) -> T:
        """Read one address and parse it; both are tried again after a cut or unreadable answer.

        Raises FetchError when the source refuses (4xx), keeps failing, asks for
        a pause over five minutes, or points to another host.
        """
        came = ""
        for attempt in range(1, self._attempts + 1):
            try:
                return self._try(address, parse)
            except _RetryError as fault:
                came = fault.came
                if attempt < self._attempts:
                    self._pause(self._wait(attempt, fault.wait, address))
        raise FetchError(
            f"{address} is {self._attempts} keer geprobeerd; het laatste antwoord: {came}. "
            "Wat al binnen is, is bewaard: probeer het later opnieuw, dan gaat het daar verder"
        )

    def read_json(self, address: str) -> object:
        """Read an address that must answer JSON, with literal numbers."""
        return self.read(address, parse=Answer.json)

    def own(self, address: str, *, near: str = "") -> str:
        """Give an address the source named; raise FetchError when it is on another host.

        A relative address is read from `near`, where it was named. CBS writes
        some of its own links with `http`; such a link is read over `https`.
        """
        try:
            link = httpx.URL(urljoin(near or self.base + "/", address))
        except (ValueError, httpx.InvalidURL) as fault:
            raise FetchError(
                f"{self.base} verwijst naar {address!r}, en dat is geen webadres"
            ) from fault
        if self._origin.scheme == "https" and link.scheme == "http" and link.port is None:
            link = link.copy_with(scheme="https")
        if (link.scheme, link.host, link.port) != (
            self._origin.scheme,
            self._origin.host,
            self._origin.port,
        ):
            raise FetchError(
                f"{self.base} verwijst naar een andere computer: {link}. Dat wordt niet gevolgd; "
                "controleer het basisadres van deze bron in de instellingen"
            )
        return str(link)

    def _wait(self, attempt: int, asked: float | None, address: str) -> float:
        if asked is None:
            # Jitter keeps many readers from coming back at the same moment.
            usual = self._backoff * 2.0 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311
            return min(usual, LONGEST_WAIT_SECONDS)
        if asked > LONGEST_WAIT_SECONDS:
            raise FetchError(
                f"{address} vraagt om {asked:.0f} seconden te wachten; haal deze bron daarna op"
            )
        return asked

    def _try(self, address: str, parse: Callable[[Answer], T]) -> T:
        try:
            answer = self._answer(self.own(address))
        except httpx.HTTPError as fault:
            raise _RetryError(_explain_transport(fault)) from fault
        try:
            return parse(answer)
        except ValueError as fault:
            start = answer.body[:60].decode("utf-8", "replace")
            raise _RetryError(
                f"{len(answer.body)} bytes die geen hele JSON zijn (begin: {start!r})"
            ) from fault

    def _answer(self, address: str) -> Answer:
        for _ in range(MOST_REDIRECTS):
            with self._client.stream("GET", address) as response:
                body = self._body(response)
            if not response.has_redirect_location:
                _check_status(response, address, body)
                return Answer(address=address, headers=response.headers, body=body)
            address = self.own(urljoin(address, response.headers["location"]))
        raise FetchError(f"{address} blijft doorverwijzen; controleer het basisadres van deze bron")

    def _body(self, response: httpx.Response) -> bytes:
        deadline, body = time.monotonic() + self._timeout, bytearray()
        for piece in response.iter_bytes():
            body += piece
            # The client's own limit is per piece: a source that drips would never reach it.
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout(f"niet klaar binnen {self._timeout:g} seconden")
            if len(body) > LARGEST_ANSWER_BYTES:
                raise FetchError(
                    f"{response.url} geeft meer dan {LARGEST_ANSWER_BYTES // 2**20} MB in één "
                    "antwoord"
                )
        return bytes(body)


def _check_status(response: httpx.Response, address: str, body: bytes) -> None:
    status, text = response.status_code, body[:2000].decode("utf-8", "replace")
    if status == 200:
        return
    if status == 500 and _TOO_MANY_ROWS.search(text):
        raise FetchError(
            f"{address} weigert meer dan 10.000 rijen in één antwoord (500). "
            "Gebruik ODataFeed in plaats van ODataApi, of vraag minder sleutels tegelijk"
        )
    if status in (429, 503):
        raise _RetryError(
            f"status {status}", _read_retry_after(response.headers.get("retry-after"))
        )
    if status >= 500:
        raise _RetryError(f"status {status} {_read_message(text)}".strip())
    raise NotThereError(address, status, _read_message(text))


class NotThereError(FetchError):
    """The source answered that it does not have, or does not give, this address."""

    def __init__(self, address: str, status: int, message: str) -> None:
        self.status = status
        super().__init__(
            f"{address} gaf status {status} {message}".rstrip()
            + ". Controleer de naam van de tabel en het basisadres van deze bron"
        )


def _read_message(text: str) -> str:
    """Give the words of an OData error document, or nothing."""
    try:
        found = json.loads(text)
        error = found.get("odata.error") or found.get("error") or {}
        message = error.get("message", "")
        return str(message.get("value", "") if isinstance(message, dict) else message)[:300]
    except (ValueError, AttributeError):
        return ""


def _read_retry_after(text: str | None) -> float | None:
    """Read seconds or an HTTP date as seconds from now; None when there is none."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _explain_transport(fault: httpx.HTTPError) -> str:
    if isinstance(fault, httpx.TimeoutException):
        return f"geen heel antwoord op tijd ({fault})"
    if isinstance(fault, httpx.RemoteProtocolError | httpx.ReadError):
        return f"het antwoord brak halverwege af ({fault})"
    return f"geen verbinding ({fault})"
