"""Map classes: at most five, about equally full, round numbers, no class for nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from regiebeeld.pipeline.analyses import compute_breaks


def test_a_hundred_values_fall_in_five_equal_classes():
    """Quintiles of 1 to 100 lie at 20.8, 40.6, 60.4 and 80.2: two digits each."""
    assert compute_breaks(np.arange(1.0, 101.0)) == [21.0, 41.0, 60.0, 80.0]


def test_zeros_and_gaps_take_no_class():
    values = np.r_[np.zeros(1000), np.full(50, np.nan), np.arange(1.0, 101.0)]
    assert compute_breaks(values) == compute_breaks(np.arange(1.0, 101.0))


@pytest.mark.parametrize("values", [[], [0, 0], [np.nan], [3, 3, 3], [0, 3], [np.inf, 2]])
def test_fewer_than_two_different_values_need_no_classes(values: list[float]):
    assert compute_breaks(np.array(values, dtype=np.float64)) == []


def test_small_rates_are_rounded_to_two_digits_too():
    assert compute_breaks(np.array([0.0012, 0.0034, 0.0056, 0.0078, 0.0099]))[0] == 0.003


@settings(deadline=None)
@given(arrays(np.float64, st.integers(0, 40), elements=st.floats(0, 1e9, allow_subnormal=False)))
def test_breaks_rise_and_lie_within_the_values(values: np.ndarray):
    found = compute_breaks(values)
    assert len(found) <= 4
    assert found == sorted(set(found))
    assert all(values[values > 0].min() <= b <= values.max() for b in found)


def test_whole_numbers_get_whole_breaks_and_the_same_classes():
    """Of 1, 2, 3 and 12 the fifths lie at 1.6, 2.2, 2.8 and 6.6: up to 2, 3 and 7."""
    values = np.array([1.0, 2.0, 3.0, 12.0])
    found = compute_breaks(values)
    assert found == [2.0, 3.0, 7.0]
    fifths = [1.6, 2.2, 2.8, 6.6]
    assert {tuple(values[values < b]) for b in fifths} == {tuple(values[values < b]) for b in found}
