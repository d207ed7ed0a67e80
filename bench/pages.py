"""Times the pages over loopback: first views, cached views, and bytes over the wire.

`python -m bench.pages [releases folder ...]`; without a folder, every region of the issue that was
released in var/, for everybody and for the region.
"""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.machine import ROOT, describe_machine

if TYPE_CHECKING:
    from regiebeeld.domain import AreaLevel
    from regiebeeld.releases import Release

FIRST_MS, CACHED_MS, WEIGHT_KB = 100, 5, 150  # the targets
REGIONS = ("voorbeeld", "den_haag_eo")
AUDIENCES = ("openbaar", "regio")
MOST = 15  # pages of a kind that has hundreds
_OF_A_PAGE = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def find_regions() -> list[Path]:
    """Find the regions of the issue that were released here; say which is not."""
    folders = {name: ROOT / "var" / name / "releases" for name in REGIONS}
    for name, folder in folders.items():
        if not (folder / "current").is_file():
            print(f"{name}: not measured, there is no release in {folder.relative_to(ROOT)}")
    return [folder for folder in folders.values() if (folder / "current").is_file()]


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

    def read_processor(self) -> float:
        """Give the seconds of processor time that the server used, in steps of 10 ms."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question gave: milliseconds, the body, and all bytes received."""

    ms: float
    body: bytes
    received: int


def ask(connection: http.client.HTTPConnection, address: str) -> Answer:
    """Ask for an address as a browser does."""
    started = time.perf_counter()
    connection.request("GET", address, headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    return Answer(took, body, len(body) + head)


def list_addresses(folder: Path, audience: str = "openbaar") -> dict[str, list[str]]:
    """List first views of each kind of page, each address once."""
    from regiebeeld.domain import AreaLevel
    from regiebeeld.releases import Shelf

    release = Shelf(folder).open_current(audience)
    gemeenten = _list_codes(release, AreaLevel.GEMEENTE)
    themes = list(release.themes)
    fine = [
        i for i in release.indicators.values() if release.read_periods_of(i.id, AreaLevel.BUURT)
    ]
    four = "&".join(f"gebied={code}" for code in gemeenten[:4])
    parts = [code for level in (AreaLevel.WIJK, AreaLevel.BUURT) for code in
             islice(_list_codes(release, level), 0, None, 40)]  # fmt: skip
    return {
        "overview": ["/", *(f"/?gebied={code}" for code in gemeenten)],
        "theme": [
            *(f"/thema/{theme}" for theme in themes),
            *(f"/thema/{theme}?gebied={code}" for theme in themes[:2] for code in gemeenten),
        ],
        "theme, another period": _list_periods(release),
        "theme, all buurten": [f"/thema/{i.theme}?cijfer={i.id}&niveau=buurt" for i in fine[:MOST]],
        "area": [f"/gebied/{code}" for code in (*gemeenten, release.about.region_code, *parts)],
        "compare": [
            f"/vergelijk?{four}",
            *(f"/vergelijk?gebied={code}&gebied={gemeenten[0]}" for code in gemeenten[1:]),
        ],
        "signals": ["/signalen", *(f"/signalen?gebied={code}" for code in gemeenten)],
        "other": ["/themas", "/bronnen", "/nieuw", "/begrippen", "/privacy",
                  *(f"/zoek?woord={word}" for word in ("diefstal", "centrum", "99"))],
    }  # fmt: skip


def _list_codes(release: "Release", level: "AreaLevel") -> list[str]:
    return [area.code for area in release.areas.values() if area.level is level and area.path]


def _list_periods(release: "Release") -> list[str]:
    """List maps of the period before the last, of figures from all through the catalogue."""
    from regiebeeld.domain import AreaLevel

    found = []
    for each in release.indicators.values():
        kinds = release.read_periods_of(each.id, AreaLevel.GEMEENTE)
        before = next((periods[-2].id for periods in kinds.values() if len(periods) > 1), None)
        if before:
            period = before.replace("/", "%2F")
            found.append(f"/thema/{each.theme}?cijfer={each.id}&niveau=gemeente&periode={period}")
    return found[:: max(1, len(found) // MOST)]


def measure_pages(folder: Path, audience: str = "openbaar") -> None:
    """Print first and cached views and bytes per kind of page, and the weight of a whole view."""
    with serving(folder, audience) as connection:
        started = ask(connection, "/")
        print(f"the very first view after a start, /: {started.ms:.0f} ms")
        time.sleep(2)  # the drawing engine warms up beside the server
        kinds = list_addresses(folder, audience)
        heaviest = {name: _measure_kind(connection, name, each) for name, each in kinds.items()}
        for name in ("overview", "theme", "theme, all buurten"):
            if name in heaviest:
                _weigh(connection, name, heaviest[name])


def _measure_kind(connection: Server, name: str, addresses: Sequence[str]) -> str:
    """Print how long one kind of page takes; give the address of the heaviest."""
    if not addresses:
        return ""
    before = connection.read_processor()
    first = {address: ask(connection, address) for address in addresses}
    used = (connection.read_processor() - before) * 1000 / len(first)
    took = [answer.ms for answer in first.values()]
    cached = sorted(ask(connection, address).ms for address in (*addresses,) * 20)
    heaviest = max(first, key=lambda address: first[address].received)
    print(
        f"{name}: {statistics.median(took):.0f} ms at first view (target {FIRST_MS}),"
        f" 99 in 100 under {_at_99(took):.0f}, processor {used:.0f};"
        f" {statistics.median(cached):.2f} ms cached (target {CACHED_MS}),"
        f" 99 in 100 under {_at_99(cached):.2f};"
        f" at most {first[heaviest].received / 1000:.1f} kB; {len(first)} pages"
    )
    return heaviest


def _at_99(took: Sequence[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)]


def _weigh(connection: Server, name: str, address: str) -> None:
    """Print the bytes of a whole view: the page, its style and its scripts, without MapLibre.

    MapLibre and the scripts that start it come only when a reader asks to move the map.
    """
    import brotli

    if not address:
        return
    page = ask(connection, address)
    html = brotli.decompress(page.body).decode()
    files = [each for each in dict.fromkeys(_OF_A_PAGE.findall(html)) if "maplibre" not in each]
    of_files = sum(ask(connection, each).received for each in files)
    drawings = len(re.findall(r"<svg(?![^>]*spark)", html))
    tables = html.count("<table")
    print(
        f"{name}, the heaviest, over the wire: {(page.received + of_files) / 1000:.1f} kB in"
        f" {1 + len(files)} requests (page {page.received / 1000:.1f};"
        f" target {WEIGHT_KB}); {drawings} drawings, {tables} tables: {address}"
    )


def main(folders: Sequence[Path] = ()) -> None:
    for folder in folders or find_regions() or [find_releases()]:
        for audience in AUDIENCES:
            print(f"pages of {folder}, {audience}")
            measure_pages(folder, audience)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        print(f"machine: {describe_machine()}")
        main([Path(word) for word in sys.argv[1:]])
