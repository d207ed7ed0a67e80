"""Fixtures that every test may use."""

from pathlib import Path

import pytest

from regiebeeld.settings import read_settings


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder with real tables; the test skips where it is absent."""
    folder = read_settings().test_data
    if not folder.is_dir():
        pytest.skip(f"de map met echte gegevens ontbreekt: {folder}")
    return folder
