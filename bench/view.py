"""Measures one view of any dashboard, ours or a rival's, in the same headless browser.

`python -m bench.view ADDRESS ...`: milliseconds to the complete view, requests, bytes over the wire
and how far things moved while it loaded; the median of five views with an empty cache. Addresses
of this machine only unless `--anywhere` is given. Without an address: a page of each kind of the
regions in var/.
"""

import statistics
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page

from bench.browser import browsing
from bench.machine import describe_machine
from bench.pages import find_regions, find_releases, list_addresses, serving

VIEWS = 5
WIDTH, HEIGHT = 412, 823  # a phone, as Lighthouse takes it
QUIET_MS = 500  # the view is complete when nothing came over the wire for so long
LIMIT_MS = 60_000
OURS = ("127.0.0.1", "localhost", "::1")
# Shifts without a hand on the page, added up; `buffered` also tells those of before the question.
_SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 100);
})"""
_PAINTED = """() => new Promise(done => {
  let last = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) last = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => done(last), 100);
})"""


@dataclass(frozen=True, slots=True)
class View:
    """One view: ms to the last byte that it asked for, ms to its largest paint, and its cost."""

    complete: float
    painted: float
    requests: int
    bytes: int
    shift: float


class _Wire:
    """Counts what comes over the wire, and when the last of it came."""

    def __init__(self, session: CDPSession) -> None:
        self.requests, self.bytes, self.first, self.last = 0, 0, 0.0, 0.0
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._came)

    def _asked(self, event: dict[str, float]) -> None:
        self.requests += not str(event.get("documentURL", "")).startswith("data:")
        self.first = self.first or event["timestamp"]

    def _came(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.last = event["timestamp"]


def measure(browser: Browser, address: str) -> View:
    """Measure one view with an empty cache."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        wire = _Wire(session)
        page.goto(address, wait_until="networkidle", timeout=LIMIT_MS)
        return _read(page, wire)
    finally:
        context.close()


def _read(page: Page, wire: _Wire) -> View:
    loaded = page.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventEnd")
    complete = max((wire.last - wire.first) * 1000, float(loaded))
    return View(
        complete,
        float(page.evaluate(_PAINTED)),
        wire.requests,
        wire.bytes,
        float(page.evaluate(_SHIFTS)),
    )


def tell(browser: Browser, address: str, name: str = "") -> None:
    views = [measure(browser, address) for _ in range(VIEWS)]
    middle = {
        field: statistics.median(getattr(view, field) for view in views)
        for field in ("complete", "painted", "requests", "bytes", "shift")
    }
    print(
        f"{name or address}: complete in {middle['complete']:.0f} ms, largest paint at"
        f" {middle['painted']:.0f} ms, {middle['requests']:.0f} requests,"
        f" {middle['bytes'] / 1000:.1f} kB, layout shift {middle['shift']:.3f}"
    )


def main(words: list[str] | None = None) -> None:
    given = [word for word in words or [] if word != "--anywhere"]
    foreign = [a for a in given if urlsplit(a).hostname not in OURS]
    if foreign and "--anywhere" not in (words or []):
        sys.exit(f"{foreign[0]} is not on this machine; add --anywhere if you mean it")
    with browsing() as browser:
        if given:
            for address in given:
                tell(browser, address)
            return
        for folder in find_regions() or [find_releases()]:
            print(f"views of {folder}")
            with serving(folder) as server:
                start = f"http://127.0.0.1:{server.port}"
                for name, addresses in list_addresses(folder).items():
                    if addresses:
                        tell(browser, start + addresses[0], name)


if __name__ == "__main__":
    print(f"machine: {describe_machine()}")
    main(sys.argv[1:])
