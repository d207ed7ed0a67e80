"""Neighbours, Moran, Gi* and neighbourhoods against published numbers and slow versions."""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from regiebeeld.statistics.spatial import (
    LocalKind,
    Neighbours,
    adjust_false_discovery,
    as_matrix,
    build_contiguity,
    build_nearest,
    compare_neighbourhoods,
    compute_global_moran,
    compute_local_clusters,
    join_islands,
    label_components,
    select_areas,
    standardise_rates,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "stats"


def read_table(name: str) -> list[dict[str, str]]:
    with (FIXTURES / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def read_neighbours(rows: list[dict[str, str]], column: str = "neighbours") -> Neighbours:
    pairs = [(i, int(j)) for i, row in enumerate(rows) for j in row[column].split()]
    return build_contiguity(pairs, len(rows))


def numbers(rows: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in rows])


def lattice(side: int) -> Neighbours:
    """Squares that touch, corners included."""
    steps = ((0, 1), (1, 0), (1, 1), (1, -1))
    pairs = [
        (i * side + j, (i + a) * side + j + b)
        for i in range(side)
        for j in range(side)
        for a, b in steps
        if i + a < side and 0 <= j + b < side
    ]
    return build_contiguity(pairs, side * side)


def test_global_moran_of_columbus() -> None:
    # libpysal/esda, columbus, CRIME, queen, row-standardised: 0.5001885571828611.
    rows = read_table("columbus_crime.csv")
    result = compute_global_moran(numbers(rows, "crime"), read_neighbours(rows, "queen"))
    assert result.moran[0] == pytest.approx(0.5001885571828611)
    assert result.expected == pytest.approx(-1 / 48)
    assert result.p[0] == pytest.approx(2 / 1000)


def test_local_moran_and_gi_star_equal_spdep() -> None:
    rows = read_table("columbus_crime.csv")
    result = compute_local_clusters(numbers(rows, "crime"), read_neighbours(rows))
    assert result.moran[:, 0] == pytest.approx(numbers(rows, "local_moran"), abs=1e-12)
    assert result.gi_star[:, 0] == pytest.approx(numbers(rows, "gi_star"), abs=1e-12)


def test_permutations_agree_with_every_possible_draw() -> None:
    rng = np.random.default_rng(4)
    neighbours = build_contiguity([(0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 6), (1, 4)], 8)
    values = rng.poisson(2.0, 8)
    result = compute_local_clusters(values, neighbours, permutations=40_000)
    for area in range(7):
        near = neighbours.indices[neighbours.indptr[area] : neighbours.indptr[area + 1]]
        others = [value for i, value in enumerate(values) if i != area]
        sums = np.array([sum(chosen) for chosen in combinations(others, len(near))])
        seen = values[near].sum()
        tails = [(sums < seen).mean(), (sums > seen).mean()]
        exact = min(1.0, 2 * (min(tails) + 0.5 * (sums == seen).mean()))
        assert result.p[area, 0] == pytest.approx(exact, abs=0.015)
    assert result.kind[7, 0] == LocalKind.NO_NEIGHBOURS


def test_noise_is_flagged_as_often_as_it_says() -> None:
    # methods.md: on Poisson(2), n = 2,000, esda's p_sim <= 0.05 flags 11.5 %.
    counts = np.random.default_rng(1).poisson(2.0, (2025, 40))
    result = compute_local_clusters(counts, lattice(45), permutations=999)
    assert 0.04 <= (result.p <= 0.05).mean() <= 0.06


def test_after_adjustment_noise_seldom_gives_a_cluster() -> None:
    counts = np.random.default_rng(2).poisson(2.0, (400, 60))
    result = compute_local_clusters(counts, lattice(20), permutations=16_000)
    assert (result.q <= 0.05).any(axis=0).mean() <= 0.07


def test_rounded_noise_is_flagged_as_often_too() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(4.0, (2025, 40))
    rounded = counts - counts % 5 + 5 * (rng.random(counts.shape) * 5 < counts % 5)
    result = compute_local_clusters(rounded, lattice(45), permutations=999)
    assert 0.035 <= (result.p <= 0.05).mean() <= 0.06


def test_a_planted_cluster_is_found_and_named() -> None:
    counts = np.random.default_rng(5).poisson(3.0, 400).reshape(20, 20)
    counts[5:9, 5:9] += 12
    counts[15, 15] = 40
    result = compute_local_clusters(counts.ravel(), lattice(20))
    kind = result.kind[:, 0].reshape(20, 20)
    assert (kind[6:8, 6:8] == LocalKind.HIGH_AMONG_HIGH).all()
    assert result.hot[:, 0].reshape(20, 20)[6:8, 6:8].all()
    flagged = (result.q <= 0.05).reshape(20, 20)
    near = np.zeros((20, 20), dtype=bool)
    near[4:10, 4:10] = near[14:17, 14:17] = True
    # 5 % of what is flagged may be chance.
    assert (flagged & ~near).sum() <= 0.1 * flagged.sum()
    assert not (result.hot & result.cold).any()
    assert kind[15, 15] != LocalKind.HIGH_AMONG_HIGH


def test_types_share_one_pass_and_do_not_disturb_each_other() -> None:
    counts = np.random.default_rng(6).poisson(2.0, (100, 5))
    together = compute_local_clusters(counts, lattice(10), permutations=499)
    alone = compute_local_clusters(counts[:, 3], lattice(10), permutations=499)
    assert together.p[:, 3] == pytest.approx(alone.p[:, 0])


def test_equal_values_and_islands_have_a_defined_answer() -> None:
    neighbours = build_contiguity([(0, 1), (1, 2), (2, 3)], 5)
    result = compute_local_clusters(np.zeros(5), neighbours)
    assert list(result.kind[:, 0]) == [LocalKind.NOT_POSSIBLE] * 4 + [LocalKind.NO_NEIGHBOURS]
    assert (result.p == 1).all()
    assert (result.moran == 0).all()
    whole = compute_global_moran(np.zeros(5), neighbours)
    assert not whole.usable[0]
    assert whole.p[0] == 1
    alone = compute_global_moran([1.0, 2.0, 3.0, 4.0], build_contiguity(np.zeros((0, 2)), 4))
    assert not alone.usable[0]


def test_three_areas_that_all_touch_say_nothing() -> None:
    result = compute_local_clusters([1, 5, 9], build_contiguity([(0, 1), (1, 2), (0, 2)], 3))
    assert (result.kind == LocalKind.NOT_POSSIBLE).all()


def test_input_that_may_not_be_written_is_left_as_it_is() -> None:
    counts = np.random.default_rng(9).poisson(2.0, (25, 2))
    before = counts.copy()
    counts.flags.writeable = False
    result = compute_local_clusters(counts, lattice(5), permutations=99)
    again = compute_local_clusters(counts, lattice(5), permutations=99)
    assert (counts == before).all()
    assert (result.p == again.p).all()


def test_no_areas_are_refused() -> None:
    none = build_contiguity(np.zeros((0, 2)), 0)
    with pytest.raises(ValueError, match="shape"):
        compute_local_clusters(np.zeros((0, 2)), none)
    assert not compute_global_moran(np.zeros((0, 2)), none).usable.any()


@pytest.mark.parametrize("wrong", [[1.0, np.nan, 2.0, 3.0], [1.0, 2.0], [2.0**50, 1, 2, 3]])
def test_values_that_cannot_be_used_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match=r"missing|shape|above"):
        compute_local_clusters(wrong, build_contiguity([(0, 1), (1, 2), (2, 3)], 4))


def test_counts_above_two_to_the_31_are_exact() -> None:
    counts = np.array([2**33, 2**33 + 1, 2**33, 2**33 + 5, 2**33])
    result = compute_local_clusters(counts, build_contiguity([(0, 1), (1, 2), (2, 3), (3, 4)], 5))
    assert np.isfinite(result.moran).all()
    assert (result.p <= 1).all()


def test_neighbours_from_pairs() -> None:
    neighbours = build_contiguity([(2, 0), (0, 2), (1, 1), (0, 1)], 4)
    assert list(neighbours.indptr) == [0, 2, 3, 4, 4]
    assert list(neighbours.indices) == [1, 2, 0, 0]
    assert list(neighbours.islands) == [False, False, False, True]
    rows = as_matrix(neighbours, row_standardised=True).toarray()
    assert rows.tolist() == [[0, 0.5, 0.5, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    with pytest.raises(ValueError, match="outside"):
        build_contiguity([(0, 4)], 4)


def test_islands_are_joined_to_the_nearest_on_request() -> None:
    places = [(0, 0), (1, 0), (2, 0), (2.5, 3)]
    joined = join_islands(build_contiguity([(0, 1), (1, 2)], 4), places)
    assert not joined.islands.any()
    assert list(joined.indices[joined.indptr[3] :]) == [2]
    assert label_components(joined).max() == 0


def test_nearest_with_duplicate_places_takes_the_lowest_number() -> None:
    neighbours = build_nearest([(0, 0), (0, 0), (0, 0), (5, 0)], 1)
    assert list(neighbours.indices) == [1, 0, 0, 0]
    with pytest.raises(ValueError, match="expected 1 to 3"):
        build_nearest(np.zeros((4, 2)), 4)
    with pytest.raises(ValueError, match="missing"):
        build_nearest([(0, np.nan), (1, 1)], 1)


def test_areas_can_be_left_out() -> None:
    kept = select_areas(build_contiguity([(0, 1), (1, 2), (2, 3)], 4), [True, False, True, True])
    assert list(kept.indptr) == [0, 0, 1, 2]
    assert list(kept.indices) == [2, 1]


def test_standardised_rates_give_the_moran_of_spdep() -> None:
    # spdep 1.2-7, EBImoran.mc on nc.sids (ncCR85.nb, style B): statistic 0.2588117.
    rows = read_table("nc_sids.csv")
    z = standardise_rates(numbers(rows, "cases"), numbers(rows, "births"))
    result = compute_global_moran(z, read_neighbours(rows), row_standardised=False)
    assert result.moran[0] == pytest.approx(0.2588117, abs=5e-8)


def test_standardised_rates_keep_noise_at_nominal() -> None:
    rng = np.random.default_rng(7)
    homes = rng.integers(100, 4000, 2025)
    z = standardise_rates(rng.poisson(homes[:, None] * 0.01, (2025, 20)), homes)
    result = compute_local_clusters(z, lattice(45), permutations=999)
    assert 0.04 <= (result.p <= 0.05).mean() <= 0.06
    assert (standardise_rates([0, 0, 0], [1, 2, 3]) == 0).all()


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_neighbourhoods_keep_noise_at_nominal(noise: float) -> None:
    rng = np.random.default_rng(8)
    homes = rng.integers(200, 2000, 2025)
    counts = rng.multinomial(9 * 2025, homes / homes.sum())
    if noise:
        counts = counts - counts % 5 + 5 * (rng.random(2025) * 5 < counts % 5)
    result = compare_neighbourhoods(counts, homes, lattice(45), noise)
    assert 0.03 <= (result.p <= 0.05).mean() <= 0.065


def test_neighbourhoods_equal_the_binomial_by_hand() -> None:
    # 3 of 4 events where half is expected: P(>3) + P(3) / 2 = 1/16 + 4/32, twice.
    pair = build_contiguity([(0, 1)], 4)
    result = compare_neighbourhoods([2, 1, 1, 0], [1, 1, 1, 1], pair)
    assert result.p[0] == pytest.approx(2 * (1 / 16 + 4 / 32))
    assert result.observed.tolist() == [3, 3, 1, 0]
    assert (compare_neighbourhoods([0, 0, 0, 0], [1, 1, 1, 1], pair).p == 1).all()


def test_adjusted_p_values_of_the_paper() -> None:
    # Benjamini and Hochberg (1995), section 4.1: at 5 % the first four of 15 are rejected.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (adjust_false_discovery(p) <= 0.05).sum() == 4
    with pytest.raises(ValueError, match="outside"):
        adjust_false_discovery([0.2, np.nan])
