"""The browser of the tests in this folder, and the example region as its partners see it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from lib.browser import started_browser
from lib.page_server import serving
from regiebeeld.dashboard.web import create_app
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module: it runs a loop of its own, which tests elsewhere must not meet."""
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def delivered_address(delivered_region: Settings) -> Iterator[str]:
    with serving(create_app(Shelf(delivered_region.releases), audience="regio")) as address:
        yield address
