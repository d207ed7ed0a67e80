"""Opens a headless browser in which every figure about pages is measured, ours and a rival's."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# As root and off-line: no sandbox, and none of the calls a browser makes on its own.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str:
    """Find the browser of this machine; end with words when there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        sys.exit(f"no browser found ({', '.join(NAMES)}); `make test` installs one on Debian")
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """Give a browser that is closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
