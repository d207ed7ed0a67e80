"""The index of themes goes into every file alike, and holds definitions only."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from lib.release_tables import ABOUT, OPENBAAR, release_tables
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.pipeline.run.definition_tables import translation_table
from regiebeeld.pipeline.run.theme_index_tables import theme_index_tables
from regiebeeld.releases import Release
from regiebeeld.releases.language import speaking
from regiebeeld.releases.theme_index import Pointer, PossibleSource, ThemeIndex
from regiebeeld.releases.writing import AudienceFile, ReleaseTables

ROOT = Path(__file__).parents[2]
NOBODY = replace(OPENBAAR, name="niemand", labels=())


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def read_index(path: Path, audience: AudienceFile, index: dict[str, pa.Table]) -> ThemeIndex:
    """Write a file of two figures with an index, and read the index back."""
    tables = ReleaseTables({**release_tables(), **index}, about=ABOUT, threads=1)
    tables.write(path / f"{audience.name}.duckdb", audience)
    tables.close()
    release = Release(path / f"{audience.name}.duckdb")
    try:
        return release.theme_index
    finally:
        release.close()


def test_the_index_of_the_catalogue_comes_back_from_a_file(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    index = read_index(tmp_path, OPENBAAR, theme_index_tables(catalogue))
    assert [theme.id for theme in index.themes] == [
        theme.id for theme in sorted(catalogue.themes.values(), key=lambda theme: theme.position)
    ]
    assert catalogue.policy_fields is not None
    assert [field.id for field in index.fields] == [f.id for f in catalogue.policy_fields.fields]
    fires = next(field for field in index.fields if field.id == "fysieke_veiligheid")
    assert fires.pointers == (
        Pointer("brand", None),
        Pointer("algemeen", "verkeersongevallen"),
    )
    assert "Kernbeleid Veiligheid" in fires.origin


def test_a_theme_names_each_source_once_and_whether_it_is_open(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    index = read_index(tmp_path, OPENBAAR, theme_index_tables(catalogue))
    cyber = next(theme for theme in index.themes if theme.id == "cybercrime")
    titles = [one.title for one in cyber.sources]
    assert len(titles) == len(set(titles)) == 2
    source = catalogue.sources["cybercrime_aangiften"]
    assert PossibleSource(source.title, source.terms.publisher, delivered=True) in cyber.sources


def test_every_audience_gets_the_same_index(catalogue: Catalogue, tmp_path: Path) -> None:
    """What differs between files would tell which figures others get."""
    tables = theme_index_tables(catalogue)
    assert read_index(tmp_path, NOBODY, tables) == read_index(tmp_path, OPENBAAR, tables)


def test_a_release_made_without_an_index_has_an_empty_one(tmp_path: Path) -> None:
    assert read_index(tmp_path, OPENBAAR, {}) == ThemeIndex()


def test_a_catalogue_without_policy_fields_has_themes_only(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    index = read_index(
        tmp_path, OPENBAAR, theme_index_tables(replace(catalogue, policy_fields=None))
    )
    assert index.fields == ()
    assert len(index.themes) == len(catalogue.themes)


def test_attempts_find_the_figure_of_what_was_completed(catalogue: Catalogue) -> None:
    pairs = theme_index_tables(catalogue)["attempt_pair"].to_pylist()
    found = {pair["attempts"]: pair["completed"] for pair in pairs}
    assert found == {"woninginbraken_pogingen": "woninginbraken_voltooid"}


def test_attempts_of_other_events_have_no_other_half(catalogue: Catalogue) -> None:
    done = catalogue.indicators["woninginbraken_voltooid"]
    changed = {
        **catalogue.indicators,
        done.id: done.model_copy(update={"sources": done.sources[:1]}),
    }
    tables = theme_index_tables(replace(catalogue, indicators=changed))
    assert tables["attempt_pair"].num_rows == 0


def test_the_index_of_the_catalogue_speaks_english(catalogue: Catalogue, tmp_path: Path) -> None:
    english = catalogue.english
    assert english is not None
    tables = {**theme_index_tables(catalogue), "translation": translation_table(catalogue)}
    with speaking("en"):
        index = read_index(tmp_path, OPENBAAR, tables)
    assert {one.id: (one.title, one.question) for one in index.themes} == {
        name: (words.title, words.question) for name, words in english.themes.items()
    }
    assert {one.id: (one.title, one.words) for one in index.fields} == {
        name: (words.title, words.words) for name, words in english.policy_fields.items()
    }
