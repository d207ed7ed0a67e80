"""The circular scan and concentration against published results and brute force."""

import csv
from math import log
from pathlib import Path

import numpy as np
import pytest

from regiebeeld.statistics.spatial import (
    ScanLimits,
    Spread,
    compute_gini,
    compute_lorenz,
    measure_concentration,
    scan_circles,
)
from regiebeeld.statistics.spatial.scanning import raise_chance_maxima

FIXTURES = Path(__file__).parents[1] / "fixtures" / "stats"


def slow_maximum(counts: np.ndarray, expected: np.ndarray, places: np.ndarray) -> float:
    """Every circle around every centre, ratio by ratio."""
    total, share, best = counts.sum(), expected / expected.sum(), 0.0
    for centre in places:
        distance = np.hypot(*(places - centre).T)
        for radius in distance:
            inside = distance <= radius + 1e-9
            n, e = counts[inside].sum(), share[inside].sum() * total
            if share[inside].sum() > 0.5 or n <= e:
                continue
            ratio = n * log(n / e)
            ratio += (total - n) * log((total - n) / (total - e)) if n < total else 0
            best = max(best, ratio)
    return best


def test_sudden_infant_deaths_in_north_carolina() -> None:
    # Kulldorff (1997), the worked example: 1,503 deaths in 752,354 births, 1974-1984. The most
    # likely cluster is Bladen, Columbus, Hoke, Robeson and Scotland, a secondary one Halifax,
    # Hertford and Northampton.
    with (FIXTURES / "nc_sids.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    cases, births, east, north = (
        np.array([float(row[column]) for row in rows])
        for column in ("cases", "births", "east", "north")
    )
    assert (cases.sum(), births.sum()) == (1503, 752354)
    found = scan_circles(cases, births, np.column_stack([east, north]))
    names = [{rows[i]["county"] for i in cluster.areas} for cluster in found]
    assert names[0] == {"Bladen", "Columbus", "Hoke", "Robeson", "Scotland"}
    assert names[1] == {"Halifax", "Hertford", "Northampton"}
    assert found[0].p == 0.001
    assert found[0].expected == pytest.approx(births[found[0].areas].sum() * 1503 / 752354)


@pytest.mark.parametrize("seed", range(6))
def test_the_best_circle_is_that_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 6, (30, 2)).astype(float)  # many at one place or one distance
    expected = rng.uniform(1, 20, 30)
    counts = rng.poisson(expected)
    found = scan_circles(counts, expected, places, chance=(19, 0, 0.0))
    assert found[0].log_ratio == pytest.approx(slow_maximum(counts, expected, places))


def test_the_simulated_maxima_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(9)
    places, expected = rng.uniform(0, 10, (40, 2)), rng.uniform(1, 9, 40)
    counts = rng.poisson(expected)
    found = scan_circles(counts, expected, places, chance=(99, 5, 0.0))[0]
    share = expected / expected.sum()
    chance = np.random.default_rng(5).multinomial(counts.sum(), share, size=99)
    maxima = np.array([slow_maximum(drawn, expected, places) for drawn in chance])
    assert found.p == ((maxima >= found.log_ratio - 1e-9).sum() + 1) / 100


@pytest.mark.parametrize("mean", [0.3, 3.0, 40.0])
def test_circles_that_are_passed_over_never_hold_a_maximum(mean: float) -> None:
    rng = np.random.default_rng(13)
    places, expected = rng.uniform(0, 10, (30, 2)), rng.uniform(0.1, 2, 30) * mean
    chance = rng.poisson(expected[:, None], (30, 40)).astype(np.int32)
    chance[3] += np.int32(4 * mean)
    distance = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    order = np.argsort(distance, axis=1).astype(np.int32)
    totals, maxima = chance.sum(axis=0, dtype=np.int64), np.zeros(40)
    numbers = np.arange(totals.max() + 1.0)
    given = (0.5, totals, numbers * np.log(np.maximum(numbers, 1)), maxima)
    closed = np.ones((30, 30), dtype=bool)
    raise_chance_maxima(order, closed, chance, expected / expected.sum(), given)
    slow = [slow_maximum(drawn, expected, places) for drawn in chance.T]
    assert maxima == pytest.approx(slow)


def test_secondary_clusters_share_no_area_with_the_first() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform(0, 100, (300, 2))
    expected = np.full(300, 10.0)
    risk = np.ones(300)
    for centre in ((20, 20), (75, 70)):
        risk[np.hypot(*(places - centre).T) < 12] = 2.5
    found = scan_circles(rng.poisson(expected * risk), expected, places, chance=(99, 0, 0.0))
    assert len(found) >= 2
    together = np.concatenate([cluster.areas for cluster in found])
    assert len(np.unique(together)) == len(together)
    hit = {area for cluster in found[:2] for area in cluster.areas}
    assert len(hit & set(np.flatnonzero(risk > 1))) >= 0.9 * (risk > 1).sum()


def test_chance_alone_seldom_gives_a_cluster_also_when_rounded() -> None:
    rng = np.random.default_rng(11)
    places, expected = rng.uniform(0, 10, (60, 2)), rng.uniform(3, 20, 60)
    alarms = {0.0: 0, 4.0: 0}
    for run in range(200):
        counts = rng.poisson(expected)
        rounded = counts - counts % 5 + 5 * (rng.random(60) * 5 < counts % 5)
        for noise, given in ((0.0, counts), (4.0, rounded)):
            found = scan_circles(given, expected, places, chance=(99, run, noise))
            alarms[noise] += bool(found) and found[0].p <= 0.05
    # 10 of 200 expected; 20 or more has a chance below 0.3 %.
    assert max(alarms.values()) < 20
    assert min(alarms.values()) > 1


def test_a_scan_without_events_or_room_gives_nothing() -> None:
    places = [(0, 0), (1, 0), (2, 0)]
    assert scan_circles([0, 0, 0], [1, 1, 1], places) == ()
    assert scan_circles([9, 1, 1], [5, 1, 1], places, limits=ScanLimits(most_share=0.1)) == ()
    assert scan_circles([3], [1], [(0, 0)]) == ()


@pytest.mark.parametrize(
    ("counts", "expected", "words"),
    [
        ([1, np.nan], [1, 1], "missing"),
        ([1, -1], [1, 1], "negative"),
        ([1, 1], [1, 0], "zero"),
        ([1, 0.5], [1, 1], "whole"),
        ([2**32, 1], [1, 1], "at most"),
    ],
)
def test_a_scan_refuses_what_it_cannot_count(
    counts: list[float], expected: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        scan_circles(counts, expected, [(0, 0), (1, 1)])
    with pytest.raises(ValueError, match="most_share"):
        scan_circles([1, 1], [1, 1], [(0, 0), (1, 1)], limits=ScanLimits(most_share=0.9))


def test_gini_by_hand() -> None:
    # Sorted 0 0 2 6: (2 (3 * 2 + 4 * 6) / 8 - 5) / 4 = 0.625.
    assert compute_gini([6, 0, 2, 0]) == pytest.approx(0.625)
    assert compute_gini([3, 3, 3]) == pytest.approx(0)
    assert compute_gini([0, 0, 0]) == 0


def test_few_events_each_in_another_area_are_not_concentrated() -> None:
    # Bernasco and Steenbeek (2017): 5 crimes at 5 of 100 places have Gini 0.95 and corrected 0;
    # all at one place 1.
    counts = np.zeros(100)
    counts[:5] = 1
    assert compute_gini(counts) == pytest.approx(0.95)
    assert compute_gini(counts, few_events=True) == pytest.approx(0)
    assert compute_gini([5] + [0] * 99, few_events=True) == pytest.approx(
        1 - 100 / 5 * (1 - compute_gini([5] + [0] * 99))
    )


def test_gini_is_twice_the_area_above_the_lorenz_curve() -> None:
    counts = np.random.default_rng(0).negative_binomial(1, 0.2, 80)
    areas, events = compute_lorenz(counts)
    assert compute_gini(counts) == pytest.approx(1 - 2 * np.trapezoid(events, areas))
    assert (areas[0], events[0], areas[-1], events[-1]) == (0, 0, 1, pytest.approx(1))


def test_the_share_of_areas_that_holds_half() -> None:
    result = measure_concentration([50, 20, 10, 10, 5, 5, 0, 0, 0, 0])
    assert (result.areas_25, result.areas_50) == (0.1, 0.1)
    assert result.verdict is Spread.MORE_CONCENTRATED
    even = measure_concentration([10] * 10)
    assert (even.areas_25, even.areas_50) == (0.3, 0.5)
    assert even.verdict is Spread.MORE_EVEN


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_an_even_risk_is_within_chance(noise: float) -> None:
    rng = np.random.default_rng(12)
    homes = rng.integers(100, 1000, 60)
    outside = 0
    for run in range(150):
        counts = rng.poisson(homes * 0.006)
        if noise:
            counts = counts - counts % 5 + 5 * (rng.random(60) * 5 < counts % 5)
        result = measure_concentration(counts, homes, noise=noise, seed=run)
        outside += result.verdict is not Spread.WITHIN_CHANCE
    assert outside <= 18  # 7.5 expected


def test_too_few_events_say_nothing_of_concentration() -> None:
    for counts in ([0, 0, 0], [4, 5, 0], [40]):
        assert measure_concentration(counts).verdict is Spread.TOO_FEW
    with pytest.raises(ValueError, match="missing"):
        measure_concentration([1, np.nan])
