"""Nowcasts from shares that are told in steps of 5 %: they hold the final counts all the same."""

from itertools import product

import numpy as np
import pytest

from lib.told_shares import MONTHS, STEP, Z, draw_shares, tell
from regiebeeld.statistics.delay import (
    WHOLE,
    ToldShare,
    Triangle,
    estimate_variation,
    join_shares,
    nowcast_told,
    read_told_share,
)


@pytest.mark.parametrize("varies", [0.0, 0.05])
def test_the_interval_holds_the_final_count(varies: float) -> None:
    draws = np.random.default_rng(27)
    held, rounded = [], []
    for true, level in product((0.63, 0.774, 0.9), (60, 300)):
        for _ in range(45):
            finals = draws.poisson(level, MONTHS + 1)
            part = draw_shares(true, varies, MONTHS + 1, draws)
            known = draws.binomial(finals, part)
            told = tell(known[:MONTHS], finals[:MONTHS])
            cast = nowcast_told([[float(known[-1])]], [told], least=[[float(known[-1])]])
            held.append(cast.lower[0, 0] <= finals[-1] <= cast.upper[0, 0])
            # A gemeente that has an eighth of it, rounded to base 5 by chance.
            final = draws.poisson(level / 8)
            now = draws.binomial(final, part[-1])
            shown = now - now % 5 + 5 * (draws.random() < now % 5 / 5)
            cast = nowcast_told([[float(shown)]], [told], noise=4.0, least=[[max(shown - 4.0, 0)]])
            rounded.append(cast.lower[0, 0] <= final <= cast.upper[0, 0])
    # 270 draws have a standard error of 1.3 %.
    assert np.mean(held) >= 0.925
    assert np.mean(rounded) >= 0.925


def test_what_telling_in_steps_hides_is_in_the_error() -> None:
    told = read_told_share(0.7, 0.7, step=STEP)
    # A true share lies evenly from 0.675 to 0.725.
    even = np.linspace(0.675, 0.725, 100_001)
    assert told.error == pytest.approx(even.std(), rel=1e-3)
    wide = read_told_share(0.7, 0.6, step=STEP)
    assert wide.error == pytest.approx(np.hypot(0.1 / Z, even.std()), rel=1e-3)


@pytest.mark.parametrize(("share", "lower"), [(0.0, 0.0), (1.05, 1.0), (0.7, 0.75), (0.7, -0.1)])
def test_an_impossible_share_is_refused(share: float, lower: float) -> None:
    with pytest.raises(ValueError, match="expected 0 <= lower <= share <= 1"):
        read_told_share(share, lower, step=STEP)


def test_a_quarter_is_its_months_together() -> None:
    quarter = join_shares([WHOLE, ToldShare(0.9, 0.02), ToldShare(0.7, 0.04)])
    assert quarter.share == pytest.approx(2.6 / 3)
    assert quarter.error == pytest.approx(0.02)  # as if both doubts went the same way
    assert join_shares([WHOLE, WHOLE, WHOLE]) == WHOLE
    with pytest.raises(ValueError, match="no months"):
        join_shares([])


@pytest.mark.parametrize("varies", [0.0, 0.03, 0.08])
def test_how_much_months_differ_is_found_beside_chance(varies: float) -> None:
    draws = np.random.default_rng(4)
    found = []
    for _ in range(100):
        finals = draws.poisson(400, 30)
        known = draws.binomial(finals, draw_shares(0.7, varies, 30, draws))
        counts = np.column_stack([known, finals]).astype(float)
        found.append(estimate_variation(Triangle(np.arange(30), counts))[0] ** 2)
    # Chance alone gives sqrt(0.7 x 0.3 / 400) = 0.023; what is below 0 counts as 0.
    assert np.sqrt(np.mean(found)) == pytest.approx(varies, abs=0.011)


def test_two_months_show_no_difference() -> None:
    counts = np.array([[1.0, 100.0], [90.0, 100.0]])
    assert estimate_variation(Triangle(np.arange(2), counts)).tolist() == [0, 0]


def test_no_final_count_lies_below_what_is_surely_in() -> None:
    cast = nowcast_told([[20.0]], [ToldShare(0.95, 0.02)], noise=4.0, least=[[16.0]])
    assert cast.lower[0, 0] == 16
    free = nowcast_told([[20.0]], [ToldShare(0.95, 0.02)], noise=4.0)
    assert free.lower[0, 0] < 17
