"""Every rule of trying again, against a server that answers from a script."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.courier import Answer, Courier, NotThereError
from regiebeeld.settings import Settings

GOOD = b'{"value": [1382]}'
Script = list[Callable[[BaseHTTPRequestHandler], None]]


def say(
    status: int = 200, body: bytes = GOOD, *, length: int | None = None, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return answer


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Give a byte now and then: each piece is on time, the whole never is."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.close_connection = True
    waiting = threading.Event()
    for _ in range(40):
        try:
            handler.wfile.write(b" ")
        except OSError:
            return
        waiting.wait(0.05)


@contextmanager
def scripted(*script: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, list[str]]]:
    """Serve the answers one by one, the last one for ever; give the base and the asked paths."""
    left, asked = list(script), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            (left.pop(0) if len(left) > 1 else left[0])(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def courier(
    base: str, *, attempts: int = 4, timeout: float = 5.0
) -> Iterator[tuple[Courier, list[float]]]:
    pauses: list[float] = []
    settings = Settings(
        fetch_attempts=attempts, fetch_timeout_seconds=timeout, fetch_backoff_seconds=2.0
    )
    with Courier(base, settings=settings, pause=pauses.append) as carrier:
        yield carrier, pauses


def read_after(
    *script: Callable[[BaseHTTPRequestHandler], None],
) -> tuple[object, list[float], int]:
    with scripted(*script) as (base, asked), courier(base) as (carrier, pauses):
        found = carrier.read_json(f"{base}/table")
    return found, pauses, len(asked)


def refused(
    kind: type[Exception],
    words: str,
    *script: Callable[[BaseHTTPRequestHandler], None],
    attempts: int = 4,
    timeout: float = 5.0,
) -> tuple[list[float], int]:
    """Read a scripted address that must be refused with these words; give pauses and requests."""
    with (
        scripted(*script) as (base, asked),
        courier(base, attempts=attempts, timeout=timeout) as (carrier, pauses),
        pytest.raises(kind, match=words),
    ):
        carrier.read_json(f"{base}/table")
    return pauses, len(asked)


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(say(500, b"oops"), id="server fault"),
        pytest.param(say(502, b"<html>"), id="gateway fault"),
        pytest.param(say(503, b""), id="busy without Retry-After"),
        pytest.param(say(length=400), id="connection cut before Content-Length"),
        pytest.param(say(body=GOOD[:-4]), id="whole answer, but half a JSON document"),
        pytest.param(say(body=b""), id="empty answer"),
        pytest.param(say(body=b"\xff\xfe\x00"), id="answer that is no text"),
    ],
)
def test_a_passing_fault_is_tried_again(failure: Callable[[BaseHTTPRequestHandler], None]) -> None:
    found, pauses, asked = read_after(failure, say())
    assert found == {"value": ["1382"]}
    assert asked == 2
    assert len(pauses) == 1


def test_pauses_double_and_are_never_exactly_equal() -> None:
    """The first pause is 2 seconds, each next one twice that; jitter moves it a quarter at most."""
    _, pauses, _ = read_after(say(500), say(500), say(500), say())
    assert len(pauses) == 3
    for pause, usual in zip(pauses, (2.0, 4.0, 8.0), strict=True):
        assert 0.75 * usual <= pause <= 1.25 * usual
    assert pauses != [2.0, 4.0, 8.0]


def test_it_gives_up_after_the_attempts_and_says_what_came() -> None:
    with scripted(say(500, b'{"odata.error":{"message":{"value":"onderhoud"}}}')) as (base, asked):
        with courier(base) as (carrier, _), pytest.raises(FetchError) as caught:
            carrier.read_json(f"{base}/table")
        assert len(asked) == 4
        words = str(caught.value)
        assert f"{base}/table" in words
        assert "4 keer" in words
        assert "500 onderhoud" in words
        assert "later opnieuw" in words


def test_a_cut_answer_that_stays_cut_says_so() -> None:
    _, asked = refused(FetchError, "brak halverwege af", say(length=400), attempts=2)
    assert asked == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    assert refused(NotThereError, f"status {status}", say(status, b"")) == ([], 1)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_honoured(status: int) -> None:
    _, pauses, asked = read_after(say(status, Retry_After="7"), say())
    assert pauses == [7.0]
    assert asked == 2


def test_retry_after_as_a_date_is_honoured() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    _, pauses, _ = read_after(say(429, Retry_After=moment), say())
    assert 25 <= pauses[0] <= 30


def test_an_unreadable_retry_after_falls_back_to_the_usual_pause() -> None:
    _, pauses, _ = read_after(say(429, Retry_After="straks"), say())
    assert 1.5 <= pauses[0] <= 2.5


def test_a_pause_that_is_too_long_is_told_instead_of_waited() -> None:
    assert refused(FetchError, "3600 seconden", say(429, Retry_After="3600")) == ([], 1)


def test_a_500_about_ten_thousand_rows_is_explained_and_not_tried_again() -> None:
    error = {"odata.error": {"message": {"value": "The query exceeds 10000 records"}}}
    assert refused(FetchError, "ODataFeed", say(500, json.dumps(error).encode())) == ([], 1)


def test_an_answer_that_drips_is_broken_off_at_the_limit() -> None:
    refused(FetchError, "op tijd", drip, attempts=1, timeout=0.3)


def test_a_redirect_on_the_same_host_is_followed() -> None:
    found, _, asked = read_after(say(302, b"", Location="/elsewhere"), say())
    assert found == {"value": ["1382"]}
    assert asked == 2


def test_a_redirect_to_another_host_is_refused() -> None:
    elsewhere = say(302, b"", Location="http://169.254.169.254/latest")
    assert refused(FetchError, "andere computer", elsewhere) == ([], 1)


def test_redirects_without_end_are_refused() -> None:
    assert refused(FetchError, "doorverwijzen", say(302, b"", Location="/round")) == ([], 5)


@pytest.mark.parametrize(
    "link",
    ["https://elders.nl/odata", "//elders.nl/odata", "https://bron.nl:8443/odata", "file:///etc"],
)
def test_a_link_to_another_host_port_or_scheme_is_refused(link: str) -> None:
    with (
        courier("https://bron.nl") as (carrier, _),
        pytest.raises(FetchError, match="andere computer"),
    ):
        carrier.own(link)


def test_own_links_are_made_whole_and_safe() -> None:
    with courier("https://bron.nl/odata") as (carrier, _):
        assert carrier.own("http://bron.nl/odata/T?$skip=1") == "https://bron.nl/odata/T?$skip=1"
        near = "https://bron.nl/odata/T/TypedDataSet?$skip=1"
        assert carrier.own("TypedDataSet?$skip=2", near=near).endswith("/T/TypedDataSet?$skip=2")


@pytest.mark.parametrize("base", ["", "bron.nl", "ftp://bron.nl", "file:///etc/passwd"])
def test_a_base_that_is_no_web_address_is_refused(base: str) -> None:
    with pytest.raises(FetchError, match="geen webadres"):
        Courier(base, settings=Settings())


def test_a_double_name_in_a_row_is_named_and_not_tried_again() -> None:
    double = say(body=b'{"value": [{"a": 1, "b": 2, "a": 3}]}')
    assert refused(ContractError, "'a'", double) == ([], 1)


def test_it_says_who_asks() -> None:
    seen: list[str | None] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["User-Agent"])
        say()(handler)

    with scripted(note) as (base, _), courier(base) as (carrier, _):
        answer = carrier.read(f"{base}/table", parse=lambda found: found)
    assert isinstance(answer, Answer)
    assert (seen[0] or "").startswith("regiebeeld/")
