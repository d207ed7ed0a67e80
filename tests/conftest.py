"""Fixtures that every test may use."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from regiebeeld.example import (
    deliver_example,
    make_example,
    write_address_file,
    write_example,
)
from regiebeeld.pipeline.run import run_region
from regiebeeld.settings import Settings, read_settings

# Left out of the quick part: these, and every test that needs a whole release. The catalogue
# itself is read by `regiebeeld check`, which is in that part.
_SLOW_FOLDERS = {"catalogue", "functional", "mutation", "properties", "spec"}
_SLOW_MODULES = {
    "test_analyses_spreads", "test_effects_analysis", "test_imports", "test_intake_checks",
    "test_interventions", "test_light_start", "test_reading_apart", "test_reference",
    "test_row_statements", "test_shelf", "test_signals_page", "test_stats_margins_earlier",
    "test_stats_season", "test_templates",
}  # fmt: skip
_RELEASES = {"example_region", "delivered_region"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what waits for a release of the example region, or draws many cases."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        is_slow = folder in _SLOW_FOLDERS or item.path.stem in _SLOW_MODULES
        if is_slow or _RELEASES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder with real tables; the test skips where it is absent."""
    folder = read_settings().test_data
    if not folder.is_dir():
        pytest.skip(f"de map met echte gegevens ontbreekt: {folder}")
    return folder


@pytest.fixture(scope="session")
def example_region(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The example region, written and released once for all workers of a test run; only read it.

    It holds open figures only; `delivered_region` holds those of the partners too.
    """
    with _made_once(tmp_path_factory, "voorbeeld") as settings:
        if not (settings.releases / "current").exists():
            write_example(settings.files)
            run_region("voorbeeld", settings)
    return settings


@pytest.fixture(scope="session")
def delivered_region(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The example region after every delivery of its partners, made once a run; only read it.

    It takes a minute or two: for tests of what is shown of deliveries.
    """
    with _made_once(tmp_path_factory, "geleverd") as settings:
        if not (settings.releases / "current").exists():
            made = make_example()
            write_example(settings.files, example=made)
            write_address_file(settings.files, example=made)
            deliver_example(settings, made)
            run_region("voorbeeld", settings)
    return settings


@contextmanager
def _made_once(factory: pytest.TempPathFactory, name: str) -> Iterator[Settings]:
    """Give the settings of a folder that all workers share, held by one at a time."""
    shared = factory.getbasetemp()
    if "popen-gw" in shared.name:
        shared = shared.parent
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield replace(read_settings({}), var=shared / name, quiet=True)
