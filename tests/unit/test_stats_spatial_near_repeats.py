"""Near repeats against the published table of Burkitt's lymphoma and a slow count."""

import csv
from pathlib import Path

import numpy as np
import pytest

from regiebeeld.statistics.spatial import (
    Bands,
    Evidence,
    compare_near_repeats,
    group_by_block,
    group_by_month,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "stats"


def make_events(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 40, (size, 2)) * 25.0, rng.integers(0, 120, size)


def slow_table(places: np.ndarray, days: np.ndarray, bands: Bands) -> np.ndarray:
    """Every pair of events, band by band."""
    table = np.zeros((1 + len(bands.metres), len(bands.days)), dtype=int)
    for i in range(len(days)):
        for j in range(i):
            gap = np.abs(places[i] - places[j])
            apart = gap.sum() if bands.manhattan else np.hypot(*gap)
            row = 0 if apart == 0 else 1 + sum(apart > end for end in bands.metres)
            column = sum(abs(days[i] - days[j]) > end for end in bands.days)
            if row < len(table) and column < table.shape[1]:
                table[row, column] += 1
    return table


def test_knox_table_of_burkitt() -> None:
    # pointpats 2.5.5, burkitt, delta 20, tau 5: statistic 13, expected 10.1438161 (product of
    # the margins), table [[13, 3416], [39, 14110]].
    with (FIXTURES / "burkitt.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    places = np.array([[float(row["x"]), float(row["y"])] for row in rows])
    days = np.array([int(row["day"]) for row in rows])
    result = compare_near_repeats(places, days, Bands((20.0,), (5, 14_000)), chance=(4999, 0))
    assert result.observed.sum(axis=0).tolist() == [13, 3416]
    together = compare_near_repeats(places, days, Bands((20.0, 1e6), (5, 14_000)), chance=(1, 0))
    assert together.observed[2].tolist() == [39, 14110]
    assert result.expected[:, 0].sum() == pytest.approx(10.1438161, abs=0.15)


@pytest.mark.parametrize("manhattan", [False, True])
def test_bands_hold_their_upper_end(manhattan: bool) -> None:
    places, days = make_events(150, 1)
    bands = Bands((50.0, 100.0, 250.0), (0, 3, 14), manhattan=manhattan)
    result = compare_near_repeats(places, days, bands, chance=(9, 0))
    assert result.observed.tolist() == slow_table(places, days, bands).tolist()


def test_a_hundred_metres_and_three_days_fall_in_the_band_of_three_days() -> None:
    # The numbers are large, as those of the national grid, and the distance is a diagonal.
    places = np.array([[250_000.1, 470_000.1], [250_060.1, 470_080.1], [250_000.1, 470_000.1]])
    result = compare_near_repeats(places, [10, 13, 10], Bands((100.0, 200.0), (3, 7)))
    assert result.observed.tolist() == [[1, 0], [2, 0], [0, 0]]
    assert result.evidence is Evidence.TOO_FEW
    assert (result.p == 1).all()


def test_p_and_expected_equal_a_slow_permutation() -> None:
    places, days = make_events(60, 2)
    bands = Bands((100.0, 300.0), (7, 30))
    result = compare_near_repeats(places, days, bands, chance=(4000, 0))
    rng = np.random.default_rng(5)
    slow = np.array([slow_table(places, rng.permutation(days), bands) for _ in range(250)])
    error = slow.std(axis=0) / np.sqrt(250) + 0.01
    assert (np.abs(result.expected - slow.mean(axis=0)) < 4.5 * error).all()
    reached = (slow >= result.observed).mean(axis=0)
    assert result.p == pytest.approx(reached, abs=0.12)


def test_planted_near_repeats_are_found() -> None:
    rng = np.random.default_rng(6)
    places, days = rng.uniform(0, 5000, (300, 2)), rng.integers(0, 365, 300)
    near = places[:60] + rng.normal(0, 30, (60, 2))
    result = compare_near_repeats(
        np.concatenate([places, near, places[:10]]),
        np.concatenate([days, days[:60] + rng.integers(0, 7, 60), days[:10] + 5]),
        Bands((100.0, 500.0), (7, 28)),
    )
    assert result.p[1, 0] == 0.001
    assert result.ratio[1, 0] > 5
    assert result.p[0, 0] == 0.001


def test_without_interaction_few_cells_are_below_five_percent() -> None:
    small = 0
    for seed in range(100):
        places, days = make_events(80, 100 + seed)
        small += (
            compare_near_repeats(places, days, Bands((150.0,), (7,)), chance=(99, seed)).p[1, 0]
            <= 0.05
        )
    assert small <= 11  # 5 expected; p counts ties whole, so it is a little careful


def test_seasons_of_two_places_are_no_near_repeats_within_blocks() -> None:
    # Camping in summer, town in winter: no event calls up another.
    bands, flagged = Bands((300.0,), (14,)), 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        camping, town = rng.uniform(0, 300, (80, 2)), rng.uniform(2000, 2300, (80, 2))
        places = np.concatenate([camping, town])
        days = np.concatenate([[0], rng.integers(0, 182, 79), rng.integers(182, 364, 80)])
        free = compare_near_repeats(places, days, bands, chance=(99, 0))
        blocks = group_by_block(days, 182)
        within = compare_near_repeats(places, days, bands, groups=blocks, chance=(99, 0))
        assert free.p[1, 0] == 0.01
        flagged += within.p[1, 0] <= 0.05
    assert flagged <= 6  # 2 expected


def test_groups_of_months_and_blocks() -> None:
    dates = np.array(["2023-01-31", "2024-01-01", "2024-12-31"], dtype="datetime64[D]")
    assert group_by_month(dates).tolist() == [0, 0, 11]
    assert group_by_block([100, 190, 191, 400], 91).tolist() == [0, 0, 1, 3]
    with pytest.raises(ValueError, match="at least 1"):
        group_by_block([1], 0)


def test_dates_that_cannot_change_places() -> None:
    places, _ = make_events(30, 3)
    bands = Bands((100.0,), (7,))
    assert compare_near_repeats(places, np.full(30, 5), bands).evidence is Evidence.ONE_DAY
    alone = compare_near_repeats(places, np.arange(30), bands, groups=np.arange(30))
    assert alone.evidence is Evidence.ONE_DAY
    empty = compare_near_repeats(np.zeros((0, 2)), [], bands)
    assert empty.evidence is Evidence.TOO_FEW
    assert empty.observed.sum() == 0


def test_a_band_may_be_longer_than_all_time() -> None:
    places, days = make_events(30, 4)
    result = compare_near_repeats(places, days, Bands((100.0, 1e5), (7, 90_000)), chance=(9, 0))
    assert result.observed.sum() == 30 * 29 // 2


def test_all_at_one_place_are_exact_repeats() -> None:
    days = np.arange(40)
    result = compare_near_repeats(np.ones((40, 2)), days, Bands((100.0,), (1,)))
    assert result.observed.tolist() == [[39], [0]]
    # All pairs are close whatever the dates: nothing can be said, and p says so.
    assert result.p.tolist() == [[1.0], [1.0]]
    assert result.ratio.tolist() == [[1.0], [0.0]]


@pytest.mark.parametrize(
    ("days", "words"),
    [([1, np.nan], "lacks"), ([1, 2.5], "whole"), ([0, 20_000], "40 years"), ([1], "events")],
)
def test_events_that_cannot_be_used_are_refused(days: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        compare_near_repeats([(0, 0), (1, 1)], days, Bands())


@pytest.mark.parametrize(
    "wrong", [((0.0,), (1,)), ((5.0, 5.0), (1,)), ((5.0,), ()), ((5.0,), (-1,))]
)
def test_bands_that_make_no_sense_are_refused(
    wrong: tuple[tuple[float, ...], tuple[int, ...]],
) -> None:
    with pytest.raises(ValueError, match=r"bands|expected"):
        Bands(*wrong)
