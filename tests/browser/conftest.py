"""The browser of the tests in this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from lib.browser import started_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module: it runs a loop of its own, which tests elsewhere must not meet."""
    with started_browser() as browser:
        yield browser
