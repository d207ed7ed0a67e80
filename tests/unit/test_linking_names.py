"""Names are found however people write them; one that fits two areas is never chosen."""

import pytest

from regiebeeld.pipeline.intake.linking.names import AMBIGUOUS, list_names, normalise_name

GEMEENTEN = list_names(
    [
        ("Hengelo", "GM0164"), ("Hengelo (O.)", "GM0164"), ("Rijssen-Holten", "GM1742"),
        ("Rijssen", "GM1742"), ("'s-Gravenhage", "GM0518"), ("'s-Hertogenbosch", "GM0796"),
        ("Groningen (gemeente)", "GM0014"), ("Bergen (NH.)", "GM0373"), ("Bergen (L.)", "GM0893"),
        ("Súdwest-Fryslân", "GM1900"), ("Sint-Michielsgestel", "GM0845"),
        ("Nuenen, Gerwen en Nederwetten", "GM0820"), ("Hof van Twente", "GM1735"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Rijssen", "GM1742"), ("RIJSSEN-HOLTEN", "GM1742"), ("Rijssen Holten", "GM1742"),
        ("Hengelo (O.)", "GM0164"), ("Hengelo (O)", "GM0164"), ("Hengelo", "GM0164"),
        ("gemeente Hengelo", "GM0164"), ("Hengelo (gemeente)", "GM0164"),
        ("Den Haag", "GM0518"), ("'s-Gravenhage", "GM0518"), ("’s Gravenhage", "GM0518"),
        ("s-gravenhage (gemeente)", "GM0518"), ("Den Bosch", "GM0796"), ("Groningen", "GM0014"),
        ("Groningen (gemeente)", "GM0014"), ("Sudwest Fryslan", "GM1900"),
        ("SÚDWEST-FRYSLÂN", "GM1900"), ("St. Michielsgestel", "GM0845"),
        ("Sint Michielsgestel", "GM0845"), ("Nuenen, Gerwen & Nederwetten", "GM0820"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(text: str, code: str) -> None:
    assert GEMEENTEN.find(text) == code


@pytest.mark.parametrize("text", ["Hengelo (Gld.)", "Groningen (PV)", "Holten", "Zwolle", "", "-"])
def test_another_place_with_part_of_the_name_is_not_found(text: str) -> None:
    assert GEMEENTEN.find(text) is None


def test_namesakes_are_ambiguous_without_their_mark() -> None:
    assert GEMEENTEN.find("Bergen") == AMBIGUOUS
    assert GEMEENTEN.find("Bergen (NH.)") == "GM0373"


def test_a_full_name_goes_before_the_unmarked_form_of_another() -> None:
    names = list_names([("Hengelo", "GM0164"), ("Hengelo (Gld.)", "GM0269")])
    assert names.find("Hengelo") == "GM0164"
    assert names.find("Hengelo (Gld.)") == "GM0269"


@pytest.mark.parametrize("text", ["Nuenen, Gerw…", "Nuenen...", "Nuenen, Gerwen en .."])
def test_a_name_cut_off_with_an_ellipsis_is_found(text: str) -> None:
    assert GEMEENTEN.find(text) == "GM0820"


def test_a_cut_name_that_fits_two_areas_is_ambiguous() -> None:
    names = list_names([("Binnenstad-Noord", "BU00140000"), ("Binnenstad-Zuid", "BU00140001")])
    assert names.find("Binnensta…") == AMBIGUOUS
    assert names.find("Bin…") is None  # too short to say anything


def test_names_that_fill_their_column_may_be_cut_and_shorter_ones_not() -> None:
    column = ["Nuenen, Gerwen", "Sint-Michielsg", "Rijssen-Ho", "Hof van Twente"]
    assert GEMEENTEN.find_all(column) == ["GM0820", "GM0845", None, "GM1735"]


def test_one_longest_name_says_nothing_about_the_width_of_a_column() -> None:
    assert GEMEENTEN.find_all(["Nuenen, Gerwen", "Rijssen"]) == [None, "GM1742"]


def test_a_narrow_column_is_not_taken_as_cut() -> None:
    assert GEMEENTEN.find_all(["Nuenen", "Hof va"]) == [None, None]


def test_normalising_keeps_letters_and_digits_only() -> None:
    assert normalise_name(" Wijk 00 – Élan & co. ") == "wijk00elanenco"
