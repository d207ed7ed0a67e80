"""Reporting delay: Mack's published chain ladder, plain loops, and coverage of the nowcast."""

import re
from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from regiebeeld.statistics.delay import (
    Readiness,
    Triangle,
    build_triangle,
    compute_completeness,
    fit_chain_ladder,
    nowcast_counts,
)

Floats = NDArray[np.float64]

# G. Taylor and F. Ashe (1983), in the cumulative form of T. Mack, ASTIN Bulletin 23 (1993).
TAYLOR_ASHE = """
357848 1124788 1735330 2218270 2745596 3319994 3466336 3606286 3833515 3901463
352118 1236139 2170033 3353322 3799067 4120063 4647867 4914039 5339085
290507 1292306 2218525 3235179 3985995 4132918 4628910 4909315
310608 1418858 2195047 3757447 4029929 4381982 4588268
443160 1136350 2128333 2897821 3402672 3873311
396132 1333217 2180715 2985752 3691712
440832 1288463 2419861 3483130
359480 1421128 2864498
376686 1363294
344014
"""
DELAYS = np.array([0.55, 0.2, 0.1, 0.07, 0.05, 0.03])
PERIODS = 36


def read_taylor_ashe() -> Triangle:
    table = np.full((10, 10), np.nan)
    for row, line in enumerate(TAYLOR_ASHE.split("\n")[1:-1]):
        values = [float(word) for word in line.split()]
        table[row, : len(values)] = values
    return Triangle(np.arange(10), table)


def hide_the_future(counts: Floats) -> Triangle:
    table = counts.astype(float)
    for row in range(len(table)):
        table[row, max(len(table) - row, 0) :] = np.nan
    return Triangle(np.arange(len(table)), table)


def draw_reports(kind: str, level: float, draws: np.random.Generator) -> Floats:
    """Draw cumulative counts (periods x delays) in a level that moves."""
    mean = level * (1 + 0.3 * np.sin(np.arange(PERIODS) / 2))
    finals = draws.poisson(mean)
    if kind == "overdispersed":
        finals = draws.negative_binomial(5, 5 / (5 + mean))
    shares = np.broadcast_to(DELAYS, (PERIODS, 6))
    if kind == "moving delay":
        shares = draws.dirichlet(40 * DELAYS, PERIODS)
    return draws.multinomial(finals, shares).cumsum(axis=1)


def test_taylor_ashe_gives_macks_published_answers() -> None:
    # Mack (1993), table 2 and section 6.
    found = fit_chain_ladder(read_taylor_ashe())
    published = [3.4906, 1.7473, 1.4574, 1.1739, 1.1038, 1.0863, 1.0539, 1.0766, 1.0177]
    assert found.factors == pytest.approx(published, abs=5e-5)
    assert found.total_reserve == pytest.approx(18_680_856, abs=0.5)
    assert found.total_error == pytest.approx(2_447_095, abs=0.5)


def test_the_errors_of_each_year_are_macks() -> None:
    # Mack (1993), table 3: reserves and standard errors in thousands, years 2 to 10.
    found = fit_chain_ladder(read_taylor_ashe())
    published = [76, 122, 134, 261, 411, 558, 875, 971, 1363]
    assert found.error[1:] / 1000 == pytest.approx(published, abs=0.6)
    assert found.error[0] == 0


def test_the_total_error_equals_macks_formula_in_loops() -> None:
    triangle = read_taylor_ashe()
    found, counts, n = fit_chain_ladder(triangle), triangle.counts, 10
    total = 0.0
    for i in range(1, n):
        shared = sum(
            2 * found.sigma2[k] / found.factors[k] ** 2 / np.nansum(counts[: n - k - 1, k])
            for k in range(n - 1 - i, n - 1)
        )
        total += found.error[i] ** 2 + found.ultimate[i] * found.ultimate[i + 1 :].sum() * shared
    assert found.total_error == pytest.approx(sqrt(total))


def test_snapshots_become_a_triangle() -> None:
    # Periods 100 to 102; 101 was delivered late; a snapshot of delay 3 falls outside.
    period = [100, 100, 100, 101, 102, 100]
    as_of = [100, 101, 102, 102, 102, 103]
    found = build_triangle(period, as_of, [5, 7, 6, 9, 4, 99], delays=3)
    assert found.periods.tolist() == [100, 101, 102]
    expected = [[5, 7, 6], [np.nan, 9, np.nan], [4, np.nan, np.nan]]
    np.testing.assert_array_equal(found.counts, expected)
    assert found.last_delay.tolist() == [2, 1, 0]
    assert found.latest.tolist() == [6, 9, 4]


@pytest.mark.parametrize("seed", range(5))
def test_a_triangle_equals_one_made_in_a_plain_loop(seed: int) -> None:
    draws = np.random.default_rng(seed)
    period = draws.integers(0, 30, 200)
    as_of = period + draws.integers(0, 9, 200)
    keys = np.unique(np.column_stack([period, as_of]), axis=0)
    counts = draws.integers(0, 50, len(keys))
    plain = np.full((keys[:, 0].max() - keys[:, 0].min() + 1, 6), np.nan)
    for (when, seen), count in zip(keys, counts, strict=True):
        if seen - when < 6:
            plain[when - keys[:, 0].min(), seen - when] = count
    found = build_triangle(keys[:, 0], keys[:, 1], counts, delays=6)
    np.testing.assert_array_equal(found.counts, plain)


@pytest.mark.parametrize(
    ("snapshots", "words"),
    [
        (([], [], []), "one or more snapshots"),
        (([5], [4], [1]), "before its period"),
        (([5], [5], [-1]), "below 0"),
        (([5, 5], [6, 6], [1, 2]), "different counts"),
    ],
)
def test_impossible_snapshots_are_refused(snapshots: tuple[list[int], ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build_triangle(*snapshots, delays=4)


def test_completeness_is_what_a_plain_loop_finds() -> None:
    counts = draw_reports("plain", 30, np.random.default_rng(1))
    triangle = hide_the_future(counts)
    share = [1.0]
    for delay in range(4, -1, -1):
        rows = [row for row in range(PERIODS) if row + delay + 1 < PERIODS]
        share.insert(0, share[0] * counts[rows, delay].sum() / counts[rows, delay + 1].sum())
    found = compute_completeness(triangle)
    assert found.share == pytest.approx(share)
    assert (found.lower <= found.share).all()
    assert (found.share <= found.upper).all()


def test_complete_enough_is_95_percent() -> None:
    counts = draw_reports("plain", 5000, np.random.default_rng(1))
    found = compute_completeness(hide_the_future(counts))
    # The planted shares are 0.55 0.75 0.85 0.92 0.97 1.
    assert found.share == pytest.approx(DELAYS.cumsum(), abs=0.01)
    assert found.readiness == (Readiness.INCOMPLETE,) * 4 + (Readiness.COMPLETE_ENOUGH,) * 2


def test_intervals_of_completeness_hold_the_planted_shares() -> None:
    draws = np.random.default_rng(12)
    held = []
    for _ in range(150):
        found = compute_completeness(hide_the_future(draw_reports("plain", 40, draws)))
        planted = DELAYS.cumsum()[:5]
        held.append((found.lower[:5] <= planted) & (planted <= found.upper[:5]))
    assert np.mean(held) > 0.92


@pytest.mark.parametrize("kind", ["plain", "overdispersed", "moving delay", "rounded"])
@pytest.mark.parametrize("level", [3, 20, 200])
def test_the_nowcast_holds_the_final_counts(kind: str, level: float) -> None:
    draws = np.random.default_rng(9)
    held, off = [], []
    for _ in range(100):
        counts = draw_reports(kind, level, draws)
        found = compute_completeness(hide_the_future(counts))
        known = counts[[-1, -2, -3], [0, 1, 2]].astype(float)
        if kind == "rounded":
            rest = known % 5
            known += 5 * (draws.random(3) < rest / 5) - rest
        cast = nowcast_counts(known, [0, 1, 2], found, noise=4.0 if kind == "rounded" else 0.0)
        finals = counts[[-1, -2, -3], -1]
        held.append((cast.lower <= finals) & (finals <= cast.upper))
        off.append((cast.expected - finals).sum() / (3 * level))
    assert np.mean(held) > 0.93
    assert np.mean(off) == pytest.approx(0, abs=0.06)


def test_nothing_known_yet_is_not_surely_nothing() -> None:
    found = compute_completeness(
        hide_the_future(draw_reports("plain", 30, np.random.default_rng(1)))
    )
    cast = nowcast_counts([0.0, 0.0], [0, 9], found)
    assert cast.upper[0] >= 2
    assert (cast.lower[1], cast.upper[1]) == (0, 0)  # beyond the last delay all is known
    assert cast.readiness.tolist() == [Readiness.INCOMPLETE, Readiness.COMPLETE_ENOUGH]


def test_corrections_downward_are_followed() -> None:
    counts = np.tile([100.0, 120.0, 110.0], (20, 1)) + np.arange(20)[:, None] % 3
    found = compute_completeness(hide_the_future(counts))
    assert found.share == pytest.approx([100 / 110, 120 / 110, 1], abs=0.001)
    cast = nowcast_counts([120.0], [1], found)
    assert cast.expected == pytest.approx([110], abs=0.2)
    assert cast.lower[0] <= 110 <= cast.upper[0] <= 120


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (np.full((1, 3), 5.0), "te weinig leveringen"),
        (np.full((5, 3), 5.0), "te weinig leveringen"),
        (np.full((30, 3), np.nan), "te weinig leveringen"),
        (np.zeros((30, 3)), "te weinig gevallen"),
        (np.tile([5.0, 0.0, 0.0], (30, 1)), "te weinig gevallen|afgevoerd"),
    ],
)
def test_too_short_a_history_is_a_reason(counts: Floats, reason: str) -> None:
    found = compute_completeness(hide_the_future(counts))
    assert re.search(reason, found.reason)
    assert set(found.readiness) == {Readiness.NOT_POSSIBLE}
    cast = nowcast_counts([4.0], [0], found)
    assert np.isnan(cast.expected).all()
    assert cast.readiness.tolist() == [Readiness.NOT_POSSIBLE]


def test_only_recent_periods_count_when_reporting_changed() -> None:
    slow, fast = np.tile([50.0, 100.0], (30, 1)), np.tile([80.0, 100.0], (13, 1))
    triangle = hide_the_future(np.vstack([slow, fast]))
    assert compute_completeness(triangle, recent=13).share[0] == pytest.approx(0.8)
    assert compute_completeness(triangle).share[0] < 0.7
    with pytest.raises(ValueError, match="6 or more"):
        compute_completeness(triangle, recent=3)


def test_one_delay_is_complete_at_once_and_huge_counts_fit() -> None:
    found = compute_completeness(Triangle(np.arange(3), np.array([[4.0], [5.0], [6.0]])))
    assert found.readiness == (Readiness.COMPLETE_ENOUGH,)
    huge = np.tile([4e9, 5e9], (12, 1)) * (1 + np.arange(12)[:, None] / 100)
    cast = nowcast_counts(4e9, 0, compute_completeness(hide_the_future(huge)))
    assert cast.lower < 5e9 < cast.upper
    assert cast.upper / cast.lower < 1.001


@pytest.mark.parametrize(("count", "delay"), [(-1.0, 0), (np.nan, 0), (3.0, -1)])
def test_impossible_counts_are_refused(count: float, delay: int) -> None:
    found = compute_completeness(hide_the_future(np.tile([5.0, 9.0], (12, 1))))
    with pytest.raises(ValueError, match="below 0"):
        nowcast_counts(count, delay, found)


@pytest.mark.parametrize("wrong", [[0, 2], [0]])
def test_a_triangle_that_does_not_fit_is_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match=r"follow one another|one row"):
        Triangle(np.array(wrong), np.ones((2, 3)))
