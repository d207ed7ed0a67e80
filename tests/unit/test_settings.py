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


OUT_OF_RANGE = {
    "REGIEBEELD_THREADS": ("0", "een heel getal van 1 tot en met 256"),
    "REGIEBEELD_FETCH_ATTEMPTS": ("0", "een heel getal van 1 tot en met 20"),
    "REGIEBEELD_FETCH_TIMEOUT_SECONDS": ("-1", "een getal van 1 tot en met 3600"),
    "REGIEBEELD_FETCH_BACKOFF_SECONDS": ("nan", "een getal van 0 tot en met 60"),
    "REGIEBEELD_MEMORY_LIMIT": ("abc", "een hoeveelheid, zoals 2GB of 512MB"),
}


def test_values_out_of_range_are_told_at_once_with_the_range() -> None:
    with pytest.raises(CatalogueError) as caught:
        read_settings({name: text for name, (text, _) in OUT_OF_RANGE.items()})
    assert set(caught.value.faults) == {
        f"{name}={text!r}: verwacht wordt {words}" for name, (text, words) in OUT_OF_RANGE.items()
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("THREADS", "-3"),
        ("THREADS", "257"),
        ("FETCH_ATTEMPTS", "21"),
        ("FETCH_TIMEOUT_SECONDS", "0"),
        ("FETCH_TIMEOUT_SECONDS", "inf"),
        ("FETCH_BACKOFF_SECONDS", "-0.1"),
        ("MEMORY_LIMIT", "0GB"),
        ("MEMORY_LIMIT", "-1GB"),
        ("MEMORY_LIMIT", "2000000"),
        ("MEMORY_LIMIT", "2GB; DROP"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, text: str) -> None:
    with pytest.raises(CatalogueError, match=f"REGIEBEELD_{name}"):
        read_settings({f"REGIEBEELD_{name}": text})


def test_the_ends_of_a_range_belong_to_it() -> None:
    """Every default lies in its own range, and so do both ends of it."""
    for spec in fields(Settings):
        name = f"REGIEBEELD_{spec.name.upper()}"
        ends = [spec.metadata[end] for end in ("least", "most") if end in spec.metadata]
        for value in [*ends, spec.default]:
            assert getattr(read_settings({name: str(value)}), spec.name) == value


@pytest.mark.parametrize("text", ["512MB", "1.5GB", "0.5 GiB", "2gb", "1TB"])
def test_a_memory_limit_with_a_unit_is_accepted(text: str) -> None:
    assert read_settings({"REGIEBEELD_MEMORY_LIMIT": text}).memory_limit == text
