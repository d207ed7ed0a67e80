"""Smoothed rates and BYM2 against spdep, exact dense sums and simulated truth."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from regiebeeld.statistics.spatial import (
    Fit,
    Neighbours,
    as_matrix,
    build_contiguity,
    estimate_risks,
    label_components,
    smooth_over_all,
    smooth_over_neighbours,
)
from regiebeeld.statistics.spatial.banded import (
    Field,
    compute_log_determinant,
    compute_variances,
    factorise,
    solve,
)
from regiebeeld.statistics.spatial.laplace import Counts, approximate, describe_risks, start_values
from regiebeeld.statistics.spatial.scaled_field import scale_field

FIXTURES = Path(__file__).parents[1] / "fixtures" / "stats"


def lattice(side: int, height: int | None = None, extra: int = 0) -> Neighbours:
    """Squares with a common side, and some islands after them."""
    height = height or side
    pairs = [
        (i * side + j, (i + a) * side + j + b)
        for i in range(height)
        for j in range(side)
        for a, b in ((0, 1), (1, 0))
        if i + a < height and j + b < side
    ]
    return build_contiguity(pairs, side * height + extra)


def dense_pattern(neighbours: Neighbours) -> np.ndarray:
    """The scaled covariance of the pattern, each connected group by its own pseudo-inverse."""
    laplacian = np.diag(neighbours.degrees.astype(float)) - as_matrix(neighbours).toarray()
    groups = label_components(neighbours)
    covariance = np.zeros(laplacian.shape)
    for group in range(groups.max() + 1):
        members = np.ix_(groups == group, groups == group)
        if (groups == group).sum() == 1:
            covariance[members] = 1.0
            continue
        inverse = np.linalg.pinv(laplacian[members])
        covariance[members] = inverse / np.exp(np.log(np.diag(inverse)).mean())
    return covariance


def draw_risks(neighbours: Neighbours, spread: float, share: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    covariance = (1 - share) * np.eye(neighbours.size) + share * dense_pattern(neighbours)
    root = np.linalg.cholesky(covariance + 1e-9 * np.eye(neighbours.size))
    return np.exp(spread * (root @ rng.normal(size=neighbours.size)))


def read_sids() -> tuple[list[dict[str, str]], np.ndarray, np.ndarray]:
    with (FIXTURES / "nc_sids.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return rows, *(np.array([float(row[name]) for row in rows]) for name in ("cases", "births"))


def test_rates_drawn_to_the_mean_equal_spdep() -> None:
    rows, cases, births = read_sids()
    expected = [float(row["eb_global"]) for row in rows]
    assert smooth_over_all(cases, births).rate == pytest.approx(expected, rel=1e-9)


def test_rates_drawn_to_the_neighbours_equal_spdep() -> None:
    rows, cases, births = read_sids()
    pairs = [(i, int(j)) for i, row in enumerate(rows) for j in row["neighbours"].split()]
    result = smooth_over_neighbours(cases, births, build_contiguity(pairs, len(rows)))
    assert result.rate == pytest.approx([float(row["eb_local"]) for row in rows], rel=1e-9)
    assert not result.from_all.any()


def test_islands_are_drawn_to_the_mean_of_all() -> None:
    neighbours = lattice(4, extra=1)
    counts = np.random.default_rng(0).poisson(8, 17)
    result = smooth_over_neighbours(counts, np.full(17, 4.0), neighbours)
    assert result.rate[16] == smooth_over_all(counts, np.full(17, 4.0)).rate[16]
    assert result.from_all.tolist() == [False] * 16 + [True]


def test_smoothing_without_events_gives_zero() -> None:
    result = smooth_over_neighbours(np.zeros(16), np.ones(16), lattice(4))
    assert (result.rate == 0).all()
    assert (result.own_share == 0).all()


def test_rounded_rates_are_drawn_further_and_come_closer() -> None:
    rng = np.random.default_rng(1)
    homes = rng.integers(200, 1500, 300)
    rate = 0.01 * rng.gamma(8, 1 / 8, 300)
    counts = rng.poisson(homes * rate)
    rounded = counts - counts % 5 + 5 * (rng.random(300) * 5 < counts % 5)
    aware, unaware = (smooth_over_all(rounded, homes, noise) for noise in (4.0, 0.0))
    assert (aware.own_share < unaware.own_share).all()
    raw, near, far = (
        ((found - rate) ** 2).mean() for found in (rounded / homes, aware.rate, unaware.rate)
    )
    assert near < far < raw


@pytest.mark.parametrize(("counts", "base"), [([1, np.nan], [1, 1]), ([1, 2], [1, 0]), ([], [])])
def test_rates_without_a_base_are_refused(counts: list[float], base: list[float]) -> None:
    with pytest.raises(ValueError, match=r"missing|zero|expected"):
        smooth_over_all(counts, base)


def test_banded_field_equals_a_dense_one() -> None:
    rng = np.random.default_rng(2)
    size, width = 12, 3
    lower = np.tril(np.triu(rng.normal(size=(size, size)), -width)) + 3 * np.eye(size)
    matrix = lower @ lower.T
    band = np.zeros((width + 1, size))
    for k in range(width + 1):
        band[k, : size - k] = np.diag(matrix, -k)
    border, sums = rng.normal(size=size), np.repeat(np.eye(2), 6, axis=1)
    factor = factorise(Field(band, border, 50.0, sums))
    whole = np.block([[matrix, border[:, None]], [border[None], np.array([[50.0]])]])
    # The exact answer in the space where both sums are 0.
    wide = np.column_stack([sums, np.zeros(2)])
    free = np.linalg.svd(wide)[2][2:].T
    inner = free.T @ whole @ free
    exact = free @ np.linalg.inv(inner) @ free.T
    right = rng.normal(size=size + 1)
    values, extra = solve(factor, right[:-1], right[-1])
    assert np.append(values, extra) == pytest.approx(exact @ right)
    variances, last = compute_variances(factor)
    assert np.append(variances, last) == pytest.approx(np.diag(exact))
    other = factorise(Field(band * 2, border * 2, 100.0, sums))
    assert compute_log_determinant(other) - compute_log_determinant(factor) == pytest.approx(
        (size + 1 - 2) * np.log(2)
    )


def test_the_pattern_is_scaled_per_connected_group() -> None:
    pairs = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (4, 6)]
    neighbours = build_contiguity(pairs, 8)
    field = scale_field(neighbours)
    ridged = field.band.copy()
    ridged[0] += 1e-8
    factor = factorise(Field(ridged, np.zeros(8), 1.0, field.sums))
    variances = compute_variances(factor)[0][field.places]
    assert variances == pytest.approx(np.diag(dense_pattern(neighbours)), abs=1e-5)
    for group in ([0, 1, 2, 3], [4, 5, 6], [7]):
        assert np.exp(np.log(variances[group]).mean()) == pytest.approx(1, abs=1e-5)


def test_one_setting_equals_a_dense_laplace_approximation() -> None:
    neighbours = lattice(4, extra=1)
    rng = np.random.default_rng(3)
    data = Counts(rng.poisson(30, 17) * 1.0, np.full(17, 25.0), np.zeros(17))
    found = approximate(data, scale_field(neighbours), (0.3, 0.6), start_values(data))
    covariance = 0.09 * (0.4 * np.eye(17) + 0.6 * dense_pattern(neighbours)) + 100.0
    precision = np.linalg.inv(covariance)
    risk = np.zeros(17)
    for _ in range(50):
        mean = 25.0 * np.exp(risk)
        hessian = precision + np.diag(mean)
        risk = risk + np.linalg.solve(hessian, data.count - mean - precision @ risk)
    mean = 25.0 * np.exp(risk)
    exact = np.linalg.inv(precision + np.diag(mean))
    moved = risk - 0.5 * exact @ (mean * np.diag(exact))
    centre, variance = describe_risks(data, scale_field(neighbours), found)
    assert centre == pytest.approx(moved, abs=1e-5)
    assert variance == pytest.approx(np.diag(exact), rel=1e-5)


def test_evidence_ranks_settings_as_the_exact_integral_does() -> None:
    # Many events: the Laplace approximation is exact but for a constant, and dense sums are easy.
    neighbours = lattice(4)
    rng = np.random.default_rng(4)
    data = Counts(rng.poisson(400, 16) * 1.0, np.full(16, 400.0), np.zeros(16))
    field, log = scale_field(neighbours), {}
    for setting in ((0.05, 0.3), (0.2, 0.3), (0.2, 0.9)):
        spread, share = setting
        covariance = spread**2 * ((1 - share) * np.eye(16) + share * dense_pattern(neighbours))
        covariance += 100.0 + np.diag(1 / data.count)
        y = np.log(data.count / 400)
        exact = -0.5 * (y @ np.linalg.solve(covariance, y) + np.linalg.slogdet(covariance)[1])
        log[setting] = approximate(data, field, setting, start_values(data)).log_evidence - exact
    values = list(log.values())
    assert values == pytest.approx([values[0]] * 3, abs=0.05)


def test_the_move_from_mode_to_mean_is_right_for_one_area() -> None:
    # Four areas without neighbours and a known level: each is a Poisson count with a normal log
    # risk, whose posterior mean follows from numerical integration.
    data = Counts(np.array([2.0, 0.0, 9.0, 5.0]) * 100, np.full(4, 400.0), np.zeros(4))
    data.count[0] = 380.0
    field = scale_field(build_contiguity(np.zeros((0, 2)), 4))
    found = approximate(data, field, (0.5, 0.5), start_values(data))
    centre, variance = describe_risks(data, field, found)
    level = found.mode.level

    def density(x: float) -> float:
        log = 380 * x - 400 * np.exp(x) - (380 * -0.05 - 400 * np.exp(-0.05))
        return float(np.exp(log) * norm.pdf(x, level, 0.5))

    whole = quad(density, -1, 1)[0]
    mean = quad(lambda x: x * density(x), -1, 1)[0] / whole
    assert centre[0] == pytest.approx(mean, abs=0.002)
    assert np.sqrt(variance[0]) == pytest.approx(1 / np.sqrt(380), rel=0.05)


@pytest.mark.parametrize(("base", "noise"), [(3.0, 0.0), (30.0, 0.0), (12.0, 4.0)])
def test_intervals_cover_and_risks_come_closer_than_raw_rates(base: float, noise: float) -> None:
    neighbours = lattice(12, extra=4)
    covered, better = [], []
    for seed in range(3):
        risk = draw_risks(neighbours, 0.4, 0.6, seed)
        rng = np.random.default_rng(100 + seed)
        expected = base * rng.gamma(4, 0.25, neighbours.size)
        counts = rng.poisson(expected * risk)
        if noise:
            counts = counts - counts % 5 + 5 * (rng.random(len(counts)) * 5 < counts % 5)
        result = estimate_risks(counts, expected, neighbours, noise)
        assert result.fit is Fit.USABLE
        covered.append(((result.lower <= risk) & (risk <= result.upper)).mean())
        better.append(((result.risk - risk) ** 2).mean() / ((counts / expected - risk) ** 2).mean())
    assert 0.90 <= np.mean(covered) <= 0.99
    assert max(better) < 0.9


def test_a_pattern_of_neighbours_is_recognised() -> None:
    neighbours = lattice(15)
    expected = np.full(225, 30.0)
    shares = []
    for share in (0.02, 0.98):
        counts = np.random.default_rng(5).poisson(30 * draw_risks(neighbours, 0.5, share, 6))
        result = estimate_risks(counts, expected, neighbours)
        shares.append(result.spatial_share)
        assert 0.35 < result.spread < 0.65
    assert shares[0] < 0.4 < 0.6 < shares[1]


def test_equal_risks_give_little_spread() -> None:
    neighbours = lattice(12)
    result = estimate_risks(
        np.random.default_rng(7).poisson(20, 144), np.full(144, 20.0), neighbours
    )
    assert result.spread < 0.1
    assert ((result.lower < 1) & (result.upper > 1)).mean() > 0.95


def test_disconnected_areas_islands_and_zero_counts_have_an_answer() -> None:
    pairs = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6)]
    counts = [0, 0, 1, 30, 2**33, 5, 0, 3]
    expected = [5, 9, 1, 20, 2**33, 5, 2, 3]
    result = estimate_risks(counts, expected, build_contiguity(pairs, 8))
    for part in (result.risk, result.lower, result.upper, result.above):
        assert np.isfinite(part).all()
    assert (result.lower < result.risk).all()
    assert result.risk[4] == pytest.approx(1, abs=1e-3)
    alone = estimate_risks([4, 9, 2, 7], [5, 5, 5, 5], build_contiguity(np.zeros((0, 2)), 4))
    assert alone.fit is Fit.USABLE


def test_too_few_events_say_nothing() -> None:
    result = estimate_risks(np.zeros(16), np.ones(16), lattice(4))
    assert result.fit is Fit.TOO_FEW
    assert (result.risk == 0).all()
    with pytest.raises(ValueError, match="areas"):
        estimate_risks([1, 2], [1, 1], lattice(4))
