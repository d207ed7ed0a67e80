"""The server itself: one thread on the loopback, real tables, planted faults, and what it saw."""

import socket
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

import pyarrow as pa

from lib.replay.answers import Answer, Request, json_answer, text_answer
from lib.replay.cbs_tables import build_03759ned, build_85984ned
from lib.replay.faults import Fault, Faults, Kind
from lib.replay.features import Features
from lib.replay.odata3 import answer_odata3
from lib.replay.odata4 import Captures, answer_odata4
from lib.replay.ogc import answer_ogc
from lib.replay.police_tables import build_47018ned, build_47022ned
from lib.replay.shapes import Feature
from lib.replay.tables import DATADERDEN, OPENDATA, Rows, Table, Tables, as_table
from lib.replay.wfs import answer_wfs

BUILDERS = {
    "47018NED": build_47018ned,
    "47022NED": build_47022ned,
    "85984NED": build_85984ned,
    "03759ned": build_03759ned,
}


class ReplayServer:
    """CBS OData v3 and v4, PDOK OGC API Features and WFS on 127.0.0.1; use it in a `with`."""

    def __init__(
        self,
        test_data: Path,
        page_size: int = 10_000,
        *,
        odata4_page_size: int = 5_000,
        port: int = 0,
    ) -> None:
        self.page_size, self.odata4_page_size = page_size, odata4_page_size
        self.tables = Tables(test_data, BUILDERS)
        self.captures = Captures(test_data / "odata4")
        self.features = Features(test_data)
        self.faults = Faults()
        self.requests: list[tuple[str, str]] = []
        self.errors: list[str] = []
        self.stopping = threading.Event()
        self._http = _Server(("127.0.0.1", port), self)
        self._thread: threading.Thread | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that point the product here; each CBS host offers its own tables only."""
        return {
            "REGIEBEELD_CBS_DATADERDEN": f"{self.base}/{DATADERDEN}",
            "REGIEBEELD_CBS_OPENDATA": f"{self.base}/{OPENDATA}",
            "REGIEBEELD_CBS_ODATA4": self.base,
            "REGIEBEELD_PDOK_OGC": self.base,
            "REGIEBEELD_PDOK_WFS": self.base,
        }

    def start(self) -> Self:
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, break off waiting answers, and close every open connection."""
        self.stopping.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
        self._http.close_connections()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def set_modified(self, table: str, moment: str) -> None:
        """Let a table say that it changed at `moment`, for v3 and v4 alike."""
        if table in self.captures.names():
            self.captures.modified[table] = moment
        else:
            self.tables.set_modified(table, moment)

    def set_rows(self, table: str, rows: Rows) -> None:
        """Serve other rows (Arrow or dictionaries) for a table; its lists stay."""
        if table in self.captures.names():
            self.captures.changed[table, "Observations"] = as_table(rows)
        else:
            self.tables.change(table, lambda old: replace(old, rows=_rows_like(old, rows)))

    def patch_rows(self, table: str, alter: Callable[[pa.Table], pa.Table]) -> None:
        """Serve rows altered by a function, such as with duplicates or renamed columns."""
        if table in self.captures.names():
            rows = self.captures.rows(table, "Observations")
            self.captures.changed[table, "Observations"] = alter(rows)
        else:
            self.tables.change(table, lambda old: replace(old, rows=alter(old.rows)))

    def set_list(self, table: str, entity: str, rows: Rows) -> None:
        """Serve another metadata list, such as Perioden or DataProperties."""
        if table in self.captures.names():
            self.captures.changed[table, entity] = as_table(rows)
        else:
            self.tables.set_list(table, entity, rows)

    def read_table(self, table: str) -> Table:
        """Read what an OData v3 table serves now; raise KeyError for an unknown one."""
        found = self.tables.read(table)
        if found is None:
            raise KeyError(table)
        return found

    def add_table(self, table: Table) -> None:
        """Serve one more table, or another in its place."""
        self.tables.changed[table.name] = table
        self.tables.removed.discard(table.name)

    def remove_table(self, table: str) -> None:
        """Answer 404 for a table from now on."""
        self.tables.removed.add(table)

    def set_features(self, year: int, collection: str, features: Sequence[Feature]) -> None:
        """Serve other features (snake_case, WGS84) for a year and collection."""
        self.features.changed[year, collection] = features

    def restore(self) -> None:
        """Undo every change and every planted fault; what was seen stays."""
        self.faults.clear()
        for name in [*self.tables.changed, *self.tables.removed]:
            self.tables.restore(name)
        self.captures.changed.clear()
        self.captures.modified.clear()
        self.features.changed.clear()

    def answer(self, target: str, accept: str) -> Answer:
        """Answer one address (path and query); an unexpected fault becomes a 500 and is kept."""
        request = _read_request(self.base, target, accept)
        try:
            found = (
                answer_odata3(request, self.tables, self.page_size)
                or answer_odata4(request, self.captures, self.odata4_page_size)
                or answer_ogc(request, self.features)
                or answer_wfs(request, self.features)
            )
        except Exception:
            self.errors.append(traceback.format_exc())
            return text_answer(self.errors[-1], "text/plain; charset=utf-8", status=500)
        return found or json_answer({"status": 404, "title": "Not Found"}, status=404)


def _rows_like(old: Table, rows: Rows) -> pa.Table:
    """An empty list of dictionaries has no columns of its own: it keeps those of the table."""
    return as_table(rows) if len(rows) or isinstance(rows, pa.Table) else old.rows.slice(0, 0)


def _read_request(base: str, target: str, accept: str) -> Request:
    parts = urlsplit(target)
    path, host = unquote(parts.path), ""
    for name in (DATADERDEN, OPENDATA):
        if path.startswith(f"/{name}/"):
            path, host = path.removeprefix(f"/{name}"), name
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Request(f"{base}/{host}" if host else base, path, query, host, accept)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Answers are looked up by many clients at once; a short queue would refuse some.
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], replay: ReplayServer) -> None:
        self.replay = replay
        self.open_connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def close_connections(self) -> None:
        for connection in list(self.open_connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was first

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One write for head and body, at once: else each answer waits for a delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open_connections.add(self.connection)

    def finish(self) -> None:
        self.server.open_connections.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: `ReplayServer.requests` is the log."""

    def do_GET(self) -> None:
        replay = self.server.replay
        replay.requests.append((self.command, self.path))
        answer, cut = None, None
        for fault in replay.faults.take(unquote_plus(self.path)):
            if fault.kind is Kind.SLOW:
                replay.stopping.wait(fault.seconds)
            elif fault.kind is Kind.CUT:
                cut = fault.after_bytes
            else:
                answer = _faulty_answer(fault)
        if answer is None:
            answer = replay.answer(self.path, self.headers.get("Accept", ""))
        self._send(answer, cut)

    def _send(self, answer: Answer, cut: int | None) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body if cut is None else answer.body[:cut])
        self.wfile.flush()
        if cut is not None:
            self.close_connection = True


def _faulty_answer(fault: Fault) -> Answer:
    if fault.kind is Kind.BODY:
        return Answer(200, fault.body, fault.content_type)
    headers = (("Retry-After", fault.retry_after),) if fault.retry_after is not None else ()
    return replace(text_answer(f"{fault.code}", "text/plain", status=fault.code), headers=headers)
