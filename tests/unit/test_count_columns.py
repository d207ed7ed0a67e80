"""Every spelling of a code or a count is read once, in one way, or refused with its reason."""

import time

import pyarrow as pa
import pytest

from regiebeeld.domain import ContractError, LinkError
from regiebeeld.pipeline.sources.count_columns import (
    LARGEST_COUNT,
    MARKERS,
    Count,
    read_any_area,
    read_column,
    read_count,
    read_event_set,
)


def column(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def test_equal_values_of_different_spellings_share_a_code():
    found = read_column(column("1719", "GM1719", " gm1719  ", "GM0153"), read_any_area)
    assert found.values == ("GM1719", "GM0153")
    assert found.codes.tolist() == [0, 0, 0, 1]
    assert found.unread == ()


def test_an_unread_spelling_is_told_with_its_first_row():
    found = read_column(column("3", "drie", "-4", "drie", None), read_count)
    assert found.codes.tolist() == [0, -1, -1, -1, 1]
    assert found.rows_unread() == 3
    assert found.unread == ((2, "'drie' is geen heel getal"), (3, "'-4' is negatief"))


def test_null_reads_as_empty_in_plain_and_in_dictionary_columns():
    plain = column("7", None)
    coded = pa.chunked_array([plain.combine_chunks().dictionary_encode()])
    for each in (plain, coded):
        found = read_column(each, read_count)
        assert [found.values[code] for code in found.codes] == [
            Count(7),
            Count(None, MARKERS[""]),
        ]


def test_a_column_without_nulls_holds_no_empty_value():
    assert read_column(column("7"), read_count).values == (Count(7),)


def test_chunks_with_dictionaries_of_their_own_are_one_column():
    chunks = [pa.array(["1", "2"]).dictionary_encode(), pa.array(["2", "3"]).dictionary_encode()]
    found = read_column(pa.chunked_array(chunks), read_count)
    assert [found.values[code].number for code in found.codes] == [1, 2, 2, 3]


@pytest.mark.parametrize("chunks", [[], [pa.array([], pa.string())]])
def test_a_column_without_rows_gives_nothing(chunks: list[pa.Array]):
    found = read_column(pa.chunked_array(chunks, pa.string()), read_count)
    assert (found.codes.tolist(), found.values, found.unread) == ([], (), ())


def test_a_column_of_nothing_but_nulls_is_read():
    found = read_column(pa.chunked_array([pa.nulls(3)]), read_count)
    assert found.codes.tolist() == [0, 0, 0]


def test_a_column_of_numbers_is_refused_since_zero_would_read_as_empty():
    with pytest.raises(ContractError, match="int64 is geen tekst"):
        read_column(pa.chunked_array([[0, 1]]), read_count)


def test_many_unreadable_spellings_take_no_more_time_than_readable_ones():
    size = 60_000
    started = time.perf_counter()
    found = read_column(column(*(f"x{i}" for i in range(size))), read_count)
    # Looking for the first row of each spelling in the whole column took a minute here.
    assert time.perf_counter() - started < 5
    assert len(found.unread) == size


@pytest.mark.parametrize(
    "text",
    ["", "   ", "GM", "GM01534", "7511AB", "0363AA", "Almelo", "1.1.1", "GM 153", "123456789"],
)
def test_what_is_no_area_code_is_refused(text: str):
    with pytest.raises(LinkError, match="geen"):
        read_any_area(text)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_offence_is_refused(text: str):
    with pytest.raises(ContractError, match="lege code"):
        read_event_set(text)


@pytest.mark.parametrize("text", ["1.5", "1,0", "1.000", "12.000", "1 000", "1e3", "٣", "NaN", "*"])
def test_what_is_no_whole_number_is_refused(text: str):
    """Three zeros behind a point are a Dutch thousand: reading 1 would lose 999."""
    with pytest.raises(ContractError, match="geen heel getal"):
        read_count(text)


@pytest.mark.parametrize("text", ["-1", "-5.0", "-99999996"])
def test_a_negative_number_that_is_no_marker_is_refused(text: str):
    with pytest.raises(ContractError, match="negatief"):
        read_count(text)


def test_a_count_that_a_release_cannot_hold_is_refused():
    assert read_count(str(LARGEST_COUNT)).number == 2_147_483_647
    for text in (str(LARGEST_COUNT + 1), "9" * 30, "9" * 5000):
        with pytest.raises(ContractError, match="groter dan een telling kan zijn"):
            read_count(text)


def test_leading_zeros_do_not_make_a_number_large():
    assert read_count("0" * 5000 + "12").number == 12
