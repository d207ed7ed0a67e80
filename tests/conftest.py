"""Fixtures that every test may use."""

import fcntl
from dataclasses import replace
from pathlib import Path

import pytest

from regiebeeld.example import write_example
from regiebeeld.pipeline.run import run_region
from regiebeeld.settings import Settings, read_settings


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder with real tables; the test skips where it is absent."""
    folder = read_settings().test_data
    if not folder.is_dir():
        pytest.skip(f"de map met echte gegevens ontbreekt: {folder}")
    return folder


@pytest.fixture(scope="session")
def example_region(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The example region, written and released once for all workers of a test run; only read it."""
    shared = tmp_path_factory.getbasetemp()
    if "popen-gw" in shared.name:
        shared = shared.parent
    settings = replace(read_settings({}), var=shared / "voorbeeld", quiet=True)
    with (shared / "voorbeeld.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (settings.releases / "current").exists():
            write_example(settings.files)
            run_region("voorbeeld", settings)
    return settings
