"""Times the pages over loopback: first views, cached views, and bytes over the wire.

`python -m bench.pages [releases folder]`; without a folder, the first region in var/ that has one.
"""

import http.client
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.machine import ROOT, describe_machine

FIRST_MS, CACHED_MS, OVERVIEW_KB = 100, 5, 150  # the targets
MOST_MAPS = 15


def find_releases() -> Path:
    """Find a region that was built here; the example region before others."""
    found = sorted(
        (ROOT / "var").glob("*/releases/current"), key=lambda p: "voorbeeld" not in str(p)
    )
    if not found:
        sys.exit("no release in var/; build one with `make demo`, or name a releases folder")
    return found[0].parent


class Server(http.client.HTTPConnection):
    """A connection to a server that runs in a process of its own, `pid`."""

    pid: int = 0


def serve(folder: Path, port: int, audience: str) -> None:
    """Serve a folder in this process, as `regiebeeld serve` does."""
    from regiebeeld.dashboard import web
    from regiebeeld.settings import Settings

    web.serve(Settings(var=folder.parent), audience=audience, port=port)


@contextmanager
def serving(folder: Path, audience: str = "openbaar") -> Iterator[Server]:
    """Serve a folder in a process of its own, so that the client costs the server nothing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.pages", "--serve", str(folder), str(port), audience]
    with subprocess.Popen(command, cwd=ROOT) as server:
        try:
            found = wait_for(port)
            found.pid = server.pid
            yield found
        finally:
            server.terminate()


def wait_for(port: int) -> Server:
    """Connect as soon as the server listens; raise TimeoutError after 30 seconds."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        connection = Server("127.0.0.1", port, timeout=60)
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return connection
    raise TimeoutError(f"no server on port {port} within 30 seconds")


def ask(connection: http.client.HTTPConnection, address: str) -> tuple[float, bytes, int]:
    """Ask for an address as a browser does; give milliseconds, the body, and all bytes received."""
    started = time.perf_counter()
    connection.request("GET", address, headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    return took, body, len(body) + head


def list_addresses(folder: Path) -> dict[str, list[str]]:
    """List first views of each kind of page: every gemeente once, and maps of all buurten."""
    from regiebeeld.domain import AreaLevel
    from regiebeeld.releases import Shelf

    release = Shelf(folder).open_current("openbaar")
    gemeenten = [a.code for a in release.areas.values() if a.level is AreaLevel.GEMEENTE and a.path]
    theme = list(release.themes)[-1]
    fine = [
        i for i in release.indicators.values() if release.read_periods_of(i.id, AreaLevel.BUURT)
    ]
    return {
        "overview": ["/", *(f"/?gebied={code}" for code in gemeenten)],
        "theme": [f"/thema/{theme}", *(f"/thema/{theme}?gebied={code}" for code in gemeenten)],
        "theme, all buurten": [
            f"/thema/{i.theme}?cijfer={i.id}&niveau=buurt" for i in fine[:MOST_MAPS]
        ],
        "area": [f"/gebied/{code}" for code in gemeenten],
    }


def measure_pages(folder: Path) -> None:
    """Print the median of first and of cached views per kind of page, and the overview's bytes."""
    import brotli

    with serving(folder) as connection:
        for _ in range(20):  # the drawing engine warms up beside the server
            ask(connection, "/status")
            time.sleep(0.1)
        ask(connection, "/bronnen")
        for name, addresses in list_addresses(folder).items():
            first = [ask(connection, address)[0] for address in addresses]
            cached = [ask(connection, address)[0] for address in addresses * 20]
            at_99 = sorted(cached)[int(len(cached) * 0.99)]
            print(
                f"{name}: {statistics.median(first):.0f} ms at first view (target {FIRST_MS}),"
                f" slowest {max(first):.0f} ms; {statistics.median(cached):.2f} ms cached"
                f" (target {CACHED_MS}), 99 in 100 under {at_99:.2f} ms;"
                f" {len(first)} pages"
            )
        _, body, received = ask(connection, "/")
        style = re.search(r'href="(/static/[^"]+)"', brotli.decompress(body).decode())
        of_style = ask(connection, style[1])[2] if style else 0
        print(
            f"overview over the wire: {(received + of_style) / 1000:.1f} kB in 2 requests"
            f" (page {received / 1000:.1f}, style {of_style / 1000:.1f}; target {OVERVIEW_KB})"
        )


def main(folder: Path | None = None) -> None:
    folder = folder or find_releases()
    print(f"pages of {folder}")
    measure_pages(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        print(f"machine: {describe_machine()}")
        main(Path(sys.argv[1]) if sys.argv[1:] else None)
