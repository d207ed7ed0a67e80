"""The trend without its season, and the dark half of the year beside the light one."""

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from regiebeeld.statistics import Verdict
from regiebeeld.statistics.season import (
    ROBUST,
    TrendMethod,
    compare_dark_months,
    compute_trends,
    decompose_counts,
    list_months,
)

MONTHS = list_months(date(2018, 1, 1), 96)
PLACE = MONTHS.astype(np.int64) % 12
SEASON = 1 + 0.4 * np.cos(2 * np.pi * PLACE / 12)
COURSE = np.linspace(60.0, 40.0, len(MONTHS))
Floats = NDArray[np.float64]


def draw(level: Floats | float, seed: int = 4) -> Floats:
    return np.random.default_rng(seed).poisson(level * SEASON).astype(float)


def test_the_planted_course_is_found_and_the_season_is_not_in_it() -> None:
    found = compute_trends(np.stack([draw(COURSE, seed) for seed in range(40)]), MONTHS)

    assert set(found.methods) <= {TrendMethod.STL, TrendMethod.ROBUST}
    # The season goes from 0.6 to 1.4 times 50: what is left of it in the line must be far less.
    away = np.sqrt(((found.trend - COURSE) ** 2).mean(axis=0))
    assert away[12:-12].max() < 3
    # At its ends a straight line through few months is at least twice as unsure.
    assert away[[0, -1]].max() < 6.5


def test_one_wild_month_hardly_moves_the_line() -> None:
    calm = draw(COURSE)
    wild = calm.copy()
    wild[50] += 400

    found = compute_trends(np.stack([calm, wild]), MONTHS)

    assert found.methods == (TrendMethod.STL, TrendMethod.ROBUST)
    assert np.abs(found.trend[1] - found.trend[0]).max() < 4
    # The plain line does move: without the choice of the robust one this would be seen.
    plain = decompose_counts(wild, MONTHS).trend[0]
    assert np.abs(plain - found.trend[0]).max() > 15
    assert np.allclose(found.trend[1], decompose_counts(wild, MONTHS, ROBUST).trend[0])


def test_low_counts_get_the_line_of_a_model_of_counts() -> None:
    found = compute_trends(draw(3.0), MONTHS)

    assert found.methods == (TrendMethod.POISSON,)
    assert found.trend[0] == pytest.approx(np.full(96, 3.0), rel=0.5)


def test_no_line_runs_over_another_way_of_counting() -> None:
    cut = np.datetime64("2022-01", "M")
    level = np.where(cut > MONTHS, 40.0, 80.0)

    found = compute_trends(draw(level), MONTHS, breaks=[cut])

    before, after = found.trend[0][:48], found.trend[0][48:]
    assert before.max() < 55 < 65 < after.min()
    smooth = compute_trends(draw(level), MONTHS).trend[0]
    assert ((smooth > 55) & (smooth < 65)).any()


def test_a_stretch_that_is_too_short_has_no_line_and_the_other_has() -> None:
    found = compute_trends(draw(COURSE), MONTHS, breaks=[np.datetime64("2018-07", "M")])

    assert np.isnan(found.trend[0][:6]).all()
    assert not np.isnan(found.trend[0][6:]).any()


def test_months_before_the_first_and_after_the_last_known_one_have_none() -> None:
    counts = draw(COURSE)
    counts[:3] = counts[-2:] = np.nan

    found = compute_trends(counts, MONTHS)

    assert found.methods == (TrendMethod.STL,)
    assert list(np.flatnonzero(np.isnan(found.trend[0]))) == [0, 1, 2, 94, 95]


@pytest.mark.parametrize("kept", [0, 12])
def test_what_is_missing_or_short_has_no_trend(kept: int) -> None:
    counts = draw(COURSE)
    counts[kept:] = np.nan

    found = compute_trends(counts, MONTHS)

    assert found.methods == (None,)
    assert np.isnan(found.trend).all()


def test_a_series_of_zeros_and_a_constant_one_are_answered() -> None:
    found = compute_trends(np.stack([np.zeros(96), np.full(96, 20.0)]), MONTHS)

    assert found.methods[0] is None
    assert found.trend[1] == pytest.approx(np.full(96, 20.0), rel=0.05)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="expected as many"):
        compute_trends(np.ones(3), MONTHS)
    with pytest.raises(ValueError, match="negative"):
        compute_trends(np.full(96, 30.0) * np.where(np.arange(96) == 5, -1, 1), MONTHS)


def flat(dark: float, light: float) -> Floats:
    return np.where((PLACE >= 9) | (PLACE <= 2), dark, light).astype(float)


def test_dark_months_are_laid_beside_the_light_ones_before_them_per_day() -> None:
    found = compare_dark_months(flat(30, 20), MONTHS)

    # The series ends in December 2025: that winter still runs.
    assert list(found.year) == list(range(2018, 2025))
    assert set(found.dark) == {180.0}
    assert set(found.light) == {120.0}
    # October 2018 to March 2019 has 182 days, April to September 183.
    assert found.comparison.ratio[0] == pytest.approx(180 / 182 / (120 / 183))
    # October 2019 to March 2020 has a leap day.
    assert found.comparison.ratio[1] == pytest.approx(180 / 183 / (120 / 183))
    assert all(each == Verdict.HIGHER for each in found.comparison.verdict)


def test_a_half_year_with_a_month_missing_is_left_out() -> None:
    counts = flat(30, 20)
    counts[np.flatnonzero(np.datetime64("2020-12") == MONTHS)] = np.nan

    assert 2020 not in compare_dark_months(counts, MONTHS).year


def test_rounding_and_waves_make_the_margin_wider() -> None:
    counts = flat(12, 10)

    plain, rounded, waves = (
        compare_dark_months(counts, MONTHS, **how).comparison
        for how in ({}, {"noise": 4.0}, {"dispersion": 3.0})
    )

    for wide in (rounded, waves):
        assert (wide.upper / wide.lower > plain.upper / plain.lower).all()


def test_less_than_a_year_has_no_dark_half_to_lay_beside() -> None:
    assert compare_dark_months(np.ones(2), MONTHS[:2]).year.size == 0
