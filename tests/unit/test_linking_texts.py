"""Link keys are read however people write them; what cannot be read is marked, never guessed."""

import numpy as np
import pyarrow as pa
import pytest

from regiebeeld.pipeline.intake.linking.texts import (
    ABSENT,
    UNREADABLE,
    encode_texts,
    read_house_numbers,
    read_numbers,
    read_postcodes4,
    read_postcodes6,
)

SEVEN_FIVE_ONE_ONE_AB = 7511 * 676 + 0 * 26 + 1


@pytest.mark.parametrize(
    "text", ["7511AB", "7511 AB", " 7511ab ", "7511.AB", "7511\u00a0AB", "7511-ab", "75 11 AB"]
)
def test_a_postcode_is_read_with_spaces_dots_and_small_letters(text: str) -> None:
    assert read_postcodes6(pa.array([text])).tolist() == [SEVEN_FIVE_ONE_ONE_AB]


@pytest.mark.parametrize("text", ["0511AB", "7511A", "7511ABC", "7511", "AB7511", "7511A8", "x"])
def test_what_is_no_postcode_is_marked(text: str) -> None:
    assert read_postcodes6(pa.array([text])).tolist() == [UNREADABLE]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("12a", 12), ("12-14", 12), ("12 bis", 12), ("0012", 12), ("12.0", 12),
        ("12/2", 12), ("12,14", 12), (" 12", 12), ("99999", 99999), ("1", 1), ("12A3", 12),
    ],
)  # fmt: skip
def test_a_house_number_is_read_without_its_addition(text: str, number: int) -> None:
    assert read_house_numbers(pa.array([text])).tolist() == [number]


@pytest.mark.parametrize("text", ["a12", "0", "-1", "123456", "bis", "½"])
def test_what_is_no_house_number_is_marked(text: str) -> None:
    assert read_house_numbers(pa.array([text])).tolist() == [UNREADABLE]


def test_house_numbers_may_come_as_numbers() -> None:
    assert read_house_numbers(pa.array([12, None], pa.int64())).tolist() == [12, ABSENT]


@pytest.mark.parametrize(
    ("text", "number"), [("7511", 7511), ("7511AB", 7511), ("7511 ab", 7511), ("7511.0", 7511)]
)
def test_a_pc4_is_read_from_a_pc4_or_a_pc6(text: str, number: int) -> None:
    assert read_postcodes4(pa.array([text])).tolist() == [number]


@pytest.mark.parametrize("text", ["751", "75110", "0511", "7511A", "PC 7511"])
def test_what_is_no_pc4_is_marked(text: str) -> None:
    assert read_postcodes4(pa.array([text])).tolist() == [UNREADABLE]


@pytest.mark.parametrize("empty", ["", "  ", "\t", None])
def test_empty_is_absent_and_not_unreadable(empty: str | None) -> None:
    column = pa.array([empty, "7511AB"])
    assert read_postcodes6(column).tolist() == [ABSENT, SEVEN_FIVE_ONE_ONE_AB]
    assert read_house_numbers(pa.array([empty], pa.string())).tolist() == [ABSENT]
    values, unreadable = read_numbers(pa.array([empty], pa.string()))
    assert np.isnan(values).all()
    assert not unreadable.any()


def test_numbers_are_read_with_point_or_comma_and_others_marked() -> None:
    values, unreadable = read_numbers(pa.array(["234250", "6.55", "6,55", "1e5", "x", "1.2.3"]))
    assert values[:4].tolist() == [234250.0, 6.55, 6.55, 100000.0]
    assert unreadable.tolist() == [False] * 4 + [True, True]


def test_number_columns_pass_and_infinity_is_unreadable() -> None:
    values, unreadable = read_numbers(pa.array([1.5, None, np.inf]))
    assert values[0] == 1.5
    assert np.isnan(values[1])
    assert unreadable.tolist() == [False, False, True]


def test_columns_may_be_chunked_or_encoded_already() -> None:
    texts = ["7511AB", None, "7511AB"]
    chunked = pa.chunked_array([texts[:1], texts[1:]], pa.string())
    for column in (chunked, chunked.dictionary_encode(), chunked.cast(pa.large_string())):
        assert read_postcodes6(column).tolist() == [
            SEVEN_FIVE_ONE_ONE_AB, ABSENT, SEVEN_FIVE_ONE_ONE_AB,
        ]  # fmt: skip
    assert encode_texts(pa.chunked_array([], pa.string())).places.tolist() == []
