"""The whole catalogue has English words, and no words are about what is not there."""

import re
from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.catalogue.english import English

ROOT = Path(__file__).parents[2]
ENGLISH = "catalogue/english.yaml"
FIELDS = "catalogue/policy_fields.yaml"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


@pytest.fixture(scope="module")
def english(catalogue: Catalogue) -> English:
    assert catalogue.english is not None
    return catalogue.english


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    return copy_catalogue(tmp_path)


def test_everything_of_the_catalogue_has_english_words(
    catalogue: Catalogue, english: English
) -> None:
    assert catalogue.policy_fields is not None
    assert set(english.themes) == set(catalogue.themes)
    assert set(english.indicators) == set(catalogue.indicators)
    assert set(english.policy_fields) == {field.id for field in catalogue.policy_fields.fields}
    assert set(english.sources) == set(catalogue.sources)


def test_words_that_go_by_no_id_have_english_ones(catalogue: Catalogue, english: English) -> None:
    assert catalogue.audiences is not None
    wanted = {audience.title for audience in catalogue.audiences.audiences}
    wanted |= {one.because for one in catalogue.audiences.classes}
    for source in catalogue.sources.values():
        wanted |= {source.terms.publisher, source.licence}
    assert wanted - {""} == set(english.phrases)


def test_no_english_title_or_description_is_still_the_dutch_one(
    catalogue: Catalogue, english: English
) -> None:
    same = [
        name
        for name, words in english.sources.items()
        if words.title == catalogue.sources[name].title
        or words.description == catalogue.sources[name].description
    ]
    assert same == []


def test_an_english_text_names_the_police_codes_of_the_dutch_one(
    catalogue: Catalogue, english: English
) -> None:
    for name, indicator in catalogue.indicators.items():
        dutch, other = (
            f"{words.title} {words.definition} {words.caution}"
            for words in (indicator, english.indicators[name])
        )
        assert _codes_in(other) == _codes_in(dutch), name


def test_what_is_registered_is_called_registered(catalogue: Catalogue, english: English) -> None:
    for name, indicator in catalogue.indicators.items():
        if "geregistreerd" in indicator.definition.lower():
            assert "registered" in english.indicators[name].definition.lower(), name


def test_every_figure_has_a_title_of_its_own(catalogue: Catalogue, english: English) -> None:
    for theme in catalogue.themes.values():
        titles = [english.indicators[name].title for name in theme.indicators]
        assert len(titles) == len(set(titles)), theme.id


# Kind, the id as it stands, with a slip.
SLIPS = [
    ("themes", "beleving", "belevingg"),
    ("indicators", "winkeldiefstal", "winkeldiefstall"),
    ("policy_fields", "fysieke_veiligheid", "fysieke_veiligheit"),
    ("sources", "boa_inzet", "boa_inzett"),
]


def test_words_of_something_unknown_are_refused_with_the_nearest_name(
    copy: CatalogueCopy,
) -> None:
    for _, known, slip in SLIPS:
        copy.edit(ENGLISH, f"\n  {known}:\n", f"\n  {slip}:\n")
    assert copy.faults() == [
        f"{ENGLISH}:{copy.line_of(ENGLISH, f'  {slip}:')}: {kind}.{slip}: {slip!r} bestaat niet; "
        f"bedoelt u {known!r}?"
        for kind, known, slip in SLIPS
    ]


def test_half_a_translation_is_refused(copy: CatalogueCopy) -> None:
    copy.write(ENGLISH, "themes:\n  beleving:\n    title: Experienced safety\n")
    told = copy.faults()
    assert [fault.split(": ")[1] for fault in told] == [
        "themes.beleving.introduction",
        "themes.beleving.question",
    ]


@pytest.mark.parametrize("text", ["", "fields: 1\n"])
def test_no_word_about_a_field_is_a_second_fault(copy: CatalogueCopy, text: str) -> None:
    copy.write(FIELDS, text)
    assert {fault.split(":")[0] for fault in copy.faults()} == {FIELDS}


def test_a_catalogue_may_do_without_english_words(copy: CatalogueCopy) -> None:
    (copy.root / ENGLISH).unlink()
    assert copy.faults() == []


def _codes_in(text: str) -> list[str]:
    return sorted(re.findall(r"\b[A-Z]\d{2,4}\b", text))
