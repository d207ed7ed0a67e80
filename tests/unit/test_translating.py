"""A release speaks the language of the reader, and hides the same in each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from lib.release_tables import ABOUT, DRIEHOEK, OPENBAAR, release_tables
from regiebeeld.releases import Hidden, Release
from regiebeeld.releases.hiding import Hide
from regiebeeld.releases.language import InDutch, speaking
from regiebeeld.releases.opening import open_file
from regiebeeld.releases.theme_index import INDEX_SCHEMAS
from regiebeeld.releases.translating import TRANSLATION_SCHEMA
from regiebeeld.releases.writing import AudienceFile, ReleaseTables

SECRET, SECRET_SOURCE = "kwetsbare_cijfers", "kwetsbare bron"
FIELD = ("wonen", "Veilig wonen", "Hoe veilig het wonen is.", "Handreiking")
INDEX: dict[str, list[tuple[object, ...]]] = {
    "policy_field": [(0, *FIELD, "open", None)],
    "catalogue_theme": [
        (0, "open", "Open thema", "?", "Misdrijven", "Politie", False),
        (1, "brand", "Brandveiligheid", "Waar brandt het?", "Branden", "Brandweer", True),
    ],
}
# Kind, id, name, text; the open theme has no word of its introduction, `elders` is not there.
# Fire safety stands in the index only, which has no introductions.
WORDS = (
    ("themes", "open", "title", "Open theme"),
    ("themes", "open", "question", "How open?"),
    ("themes", "dicht", "introduction", "A vulnerable introduction"),
    ("themes", "brand", "title", "Fire safety"),
    ("themes", "brand", "introduction", "Fires in brief"),
    ("indicators", "woninginbraken", "title", "Burglaries of dwellings"),
    ("indicators", "woninginbraken", "definition", "Attempts included"),
    ("indicators", SECRET, "title", "A vulnerable title"),
    ("indicators", "elders", "title", "Figure of another region"),
    ("policy_fields", "wonen", "words", "How safe it is to live here."),
    # By the Dutch words: a title of a source, of a figure that is left out, and of what is secret.
    ("words", "politie", "text", "Police figures"),
    ("words", "Fietsendiefstal", "text", "Bicycle theft"),
    ("words", "kwetsbare bron", "text", "A vulnerable source"),
    ("words", "Kwetsbare Titel", "text", "What is left out for few"),
    ("words", "Nergens in het bestand", "text", "Words of nothing here"),
)
SECRETS = (
    "A vulnerable introduction", "A vulnerable title", "A vulnerable source",
    "What is left out for few", "Figure of another region", "Fires in brief",
    "Words of nothing here",
)  # fmt: skip


def translations() -> dict[str, pa.Table]:
    rows = [dict(zip(TRANSLATION_SCHEMA.names, ("en", *row), strict=True)) for row in WORDS]
    index = {
        name: pa.Table.from_pylist(
            [dict(zip(INDEX_SCHEMAS[name].names, row, strict=True)) for row in found],
            schema=INDEX_SCHEMAS[name],
        )
        for name, found in INDEX.items()
    }
    return {**index, "translation": pa.Table.from_pylist(rows, schema=TRANSLATION_SCHEMA)}


def write(folder: Path, audience: AudienceFile = OPENBAAR) -> Path:
    path = folder / f"{audience.name}.duckdb"
    tables = ReleaseTables({**release_tables(), **translations()}, about=ABOUT, threads=1)
    tables.write(path, audience)
    tables.close()
    return path


def hide_nothing(region: str, delivered: object) -> Hidden:
    return Hidden()


def hide_secret(region: str, delivered: object) -> Hidden:
    return Hidden(((SECRET_SOURCE, "De afspraak is afgelopen."),))


@contextmanager
def opened(path: Path, hide: Hide = hide_nothing) -> Iterator[Release]:
    release = Release(path, hide)
    try:
        yield release
    finally:
        release.close()


def say(release: Release) -> list[str]:
    """Everything that a release says in words of the catalogue, in one order."""
    index = release.theme_index
    return [
        *(f"{one.title}|{one.question}|{one.introduction}" for one in release.themes.values()),
        *(f"{one.title}|{one.definition}" for one in release.indicators.values()),
        *(f"{one.title}|{one.words}" for one in index.fields),
        *(f"{one.title}|{one.question}" for one in index.themes),
    ]


DUTCH = [
    "Open thema|?|",
    "Woninginbraken|",
    "Veilig wonen|Hoe veilig het wonen is.",
    "Open thema|?",
    "Brandveiligheid|Waar brandt het?",
]
ENGLISH = [
    "Open theme|How open?|",
    "Burglaries of dwellings|Attempts included",
    "Veilig wonen|How safe it is to live here.",
    "Open theme|How open?",
    "Fire safety|Waar brandt het?",
]


def test_a_release_speaks_the_language_of_the_reader_word_for_word(tmp_path: Path) -> None:
    with opened(write(tmp_path)) as release:
        assert say(release) == DUTCH
        with speaking("en"):
            assert say(release) == ENGLISH
        assert say(release) == DUTCH


def test_words_change_and_nothing_else_does(tmp_path: Path) -> None:
    with opened(write(tmp_path)) as release:
        dutch = (release.indicators["woninginbraken"], release.theme_index)
        with speaking("en"):
            english = (release.indicators["woninginbraken"], release.theme_index)
    for name in ("id", "theme", "caution", "unit", "label", "finest", "analyses", "source"):
        assert getattr(english[0], name) == getattr(dutch[0], name)
    assert [one.pointers for one in english[1].fields] == [one.pointers for one in dutch[1].fields]
    assert [one.sources for one in english[1].themes] == [one.sources for one in dutch[1].themes]


def test_sources_and_what_is_left_out_are_said_in_the_language_of_the_reader(
    tmp_path: Path,
) -> None:
    with opened(write(tmp_path)) as release:
        assert [row.indicator for row in release.left_out] == ["Fietsendiefstal"]
        with speaking("en"):
            assert [row.indicator for row in release.left_out] == ["Bicycle theft"]
            assert release.sources["politie"].title == "Police figures"
            unknown = release.sources["cbs_bevolking"].title
            assert (unknown, type(unknown)) == ("cbs_bevolking", InDutch)
        assert release.sources["politie"].title == "politie"


def test_a_file_of_before_the_words_speaks_dutch_to_everyone(tmp_path: Path) -> None:
    path = write(tmp_path)
    with duckdb.connect(str(path)) as file:
        file.execute("DROP TABLE translation")
    with opened(path) as release, speaking("en"):
        assert say(release) == DUTCH


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_is_hidden_today_is_hidden_in_every_language(tmp_path: Path, language: str) -> None:
    path = write(tmp_path, DRIEHOEK)
    with speaking(language):
        with opened(path) as release:
            assert list(release.indicators) == ["woninginbraken", SECRET]
        with opened(path, hide_secret) as release:
            assert list(release.indicators) == ["woninginbraken"]


def test_words_of_a_hidden_figure_cannot_be_asked(tmp_path: Path) -> None:
    path = write(tmp_path, DRIEHOEK)
    for hide, there in ((hide_nothing, True), (hide_secret, False)):
        connection = open_file(path, hide).connection
        texts = {row[0] for row in connection.execute("SELECT text FROM translation").fetchall()}
        assert "A vulnerable source" not in texts
        connection.close()
        assert ("A vulnerable title" in texts) is there
        assert "Burglaries of dwellings" in texts


def test_no_byte_of_words_about_what_a_file_does_not_hold(tmp_path: Path) -> None:
    found = {
        audience.name: [text for text in SECRETS if text.encode() in path.read_bytes()]
        for audience in (OPENBAAR, DRIEHOEK)
        for path in (write(tmp_path, audience),)
    }
    assert found == {"openbaar": [], "driehoek": list(SECRETS[:4])}
