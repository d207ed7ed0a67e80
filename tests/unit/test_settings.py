"""Settings are read from the environment, and a value that does not fit is told."""

from dataclasses import fields
from pathlib import Path

import pytest

from regiebeeld.domain import CatalogueError
from regiebeeld.settings import ENVIRONMENT_PREFIX, Settings, read_settings


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_each_kind_of_value_is_read() -> None:
    found = read_settings(
        {
            "REGIEBEELD_VAR": "/data/twente",
            "REGIEBEELD_THREADS": "4",
            "REGIEBEELD_FETCH_TIMEOUT_SECONDS": "2.5",
            "REGIEBEELD_QUIET": "yes",
            "REGIEBEELD_PDOK_OGC": "https://pdok.example",
        }
    )
    assert (found.var, found.threads, found.fetch_timeout_seconds) == (Path("/data/twente"), 4, 2.5)
    assert (found.quiet, found.pdok_ogc) == (True, "https://pdok.example")


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(CatalogueError) as caught:
        read_settings({"REGIEBEELD_THREADS": "veel", "REGIEBEELD_QUIET": "misschien"})
    assert "REGIEBEELD_THREADS='veel': verwacht wordt een heel getal" in str(caught.value)
    assert "REGIEBEELD_QUIET='misschien': verwacht wordt een true of false" in str(caught.value)


def test_every_setting_tells_what_it_is_for() -> None:
    assert ENVIRONMENT_PREFIX == "REGIEBEELD_"
    assert all(len(spec.metadata["help"]) > 10 for spec in fields(Settings))
