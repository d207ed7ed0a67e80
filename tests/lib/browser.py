"""Drives a real Chromium for tests: opens a page, and walks it by keyboard."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.base import AxeResults
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
# The same browser without its windows, which costs a third of the processor.
_LIGHT = Path("/usr/bin/chromium-headless-shell")
KEPT = Path(__file__).parents[2] / "var" / "axe"
# As root and off-line: no sandbox, and none of the calls a browser makes on its own.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


# Draws a map to move through without a graphics card.
DRAWING = [
    *(flag for flag in FLAGS if flag != "--disable-gpu"),
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip


@contextmanager
def started_browser(flags: list[str] = FLAGS) -> Iterator[Browser]:
    """Give a browser that is closed afterwards; the test skips where there is none."""
    program = _LIGHT if _LIGHT.exists() else CHROMIUM
    if not program.exists():
        pytest.skip(f"{CHROMIUM} ontbreekt; installeer chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, address: str, *, width: int = 1280, **options: object) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    return page


def press_until(page: Page, wanted: str, *, key: str = "Tab", most: int = 80) -> str:
    """Press a key until what has the focus has a name with `wanted` in it; give that name."""
    for _ in range(most):
        page.keyboard.press(key)
        name = page.evaluate(
            "document.activeElement.getAttribute('aria-label')"
            " || document.activeElement.textContent"
        ).strip()
        if wanted in name:
            return str(name)
    raise AssertionError(f"{wanted!r} was not reached by {most} times {key}")


def keep_axe(found: AxeResults, name: str) -> None:
    """Keep what axe found on a page, and which of its rules passed, in var/axe."""
    told = found.response
    kept = {part: told[part] for part in ("url", "timestamp", "violations", "incomplete")}
    kept["passes"] = [rule["id"] for rule in told["passes"]]
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{name.replace(' ', '_')}.json"
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")
