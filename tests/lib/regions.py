"""Runs a region for a test, against the replay server, in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lib.replay import ReplayServer
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Release, Shelf
from regiebeeld.settings import Settings, read_settings


def settings_for(server: ReplayServer, var: Path) -> Settings:
    """Settings that point every base address at the replay server, with short pauses."""
    environment = {**server.environment, "REGIEBEELD_FETCH_BACKOFF_SECONDS": "0.01"}
    return replace(read_settings(environment), var=var, quiet=True)


@contextmanager
def released(region: str, server: ReplayServer, var: Path) -> Iterator[Release]:
    """Run a region and yield its regional file."""
    settings = settings_for(server, var)
    run_region(region, settings)
    release = Shelf(settings.releases).open_current("regio")
    try:
        yield release
    finally:
        release.close()
