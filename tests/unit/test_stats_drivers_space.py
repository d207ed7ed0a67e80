"""Neighbours in residuals and in values: columbus, with the numbers others published for it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from regiebeeld.statistics.drivers import (
    Neighbours,
    check_residuals,
    compute_moran,
    fit_spatial_error,
    fit_spatial_lag,
)
from regiebeeld.statistics.drivers.designs import average_neighbours

_FILE = Path(__file__).parents[1] / "fixtures" / "stats" / "columbus_drivers.csv"


def read_columbus() -> tuple[np.ndarray, np.ndarray, Neighbours]:
    with _FILE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    crime = np.array([float(row["crime"]) for row in rows])
    drivers = np.array([[float(row["inc"]), float(row["hoval"])] for row in rows])
    borders = [[int(j) for j in row["neighbours"].split()] for row in rows]
    indptr = np.cumsum([0, *(len(border) for border in borders)])
    return crime, drivers, Neighbours(indptr, np.array([j for border in borders for j in border]))


def grid(side: int) -> Neighbours:
    """Make the rook neighbours of a square of side by side areas, by a plain loop."""
    borders: list[list[int]] = []
    for place in range(side * side):
        y, x = divmod(place, side)
        steps = ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x))
        borders.append([a * side + b for a, b in steps if 0 <= a < side and 0 <= b < side])
    return Neighbours(
        np.cumsum([0, *map(len, borders)]), np.array([j for border in borders for j in border])
    )


def test_moran_of_columbus_is_the_known_one() -> None:
    crime, _, neighbours = read_columbus()
    # Queen, row-standardised: libpysal and esda documentation.
    assert compute_moran(crime, neighbours) == pytest.approx(0.5001885571828611, abs=1e-9)
    checked = check_residuals(crime, neighbours)
    assert checked is not None
    assert checked.statistic == pytest.approx(0.5001885571828611, abs=1e-9)
    assert checked.p == 0.001


def test_spatial_lag_of_columbus_is_the_published_one() -> None:
    crime, drivers, neighbours = read_columbus()
    plain = np.linalg.lstsq(np.column_stack([np.ones(49), drivers]), crime, rcond=None)[0]
    assert plain == pytest.approx([68.6189611, -1.59731083, -0.27393148], abs=1e-7)
    model = fit_spatial_lag(crime, drivers, neighbours)
    assert model.coefficients == pytest.approx([45.60325, -1.048728, -0.266335], abs=1e-5)
    assert model.spatial == pytest.approx(0.4233254, abs=1e-6)
    # spreg 1.9.0, ML_Lag(method="full") on the same neighbours.
    assert model.errors == pytest.approx([7.2574039, 0.30740592, 0.08909629], abs=1e-5)
    assert model.spatial_error == pytest.approx(0.11951045, abs=1e-5)
    assert model.log_likelihood == pytest.approx(-182.67397201, abs=1e-6)


def test_spatial_error_of_columbus_is_that_of_spreg() -> None:
    crime, drivers, neighbours = read_columbus()
    model = fit_spatial_error(crime, drivers, neighbours)
    # spreg 1.9.0, ML_Error(method="full") on the same neighbours.
    assert model.coefficients == pytest.approx([60.2794697, -0.95730534, -0.30455926], abs=1e-5)
    assert model.spatial == pytest.approx(0.54675303, abs=1e-6)
    assert model.errors == pytest.approx([5.36559381, 0.33423075, 0.09204732], abs=1e-4)
    assert model.spatial_error == pytest.approx(0.13805078, abs=1e-4)
    assert model.log_likelihood == pytest.approx(-183.7494280620572, abs=1e-6)


def test_what_neighbours_pass_on_is_the_sum_of_all_rounds() -> None:
    crime, drivers, neighbours = read_columbus()
    model = fit_spatial_lag(crime, drivers, neighbours)
    weights = np.zeros((49, 49))
    for area in range(49):
        border = neighbours.indices[neighbours.indptr[area] : neighbours.indptr[area + 1]]
        weights[area, border] = 1 / border.size
    rounds, step = np.zeros((49, 49)), np.eye(49)
    for _ in range(200):
        rounds += step
        step = model.spatial * weights @ step
    assert model.direct == pytest.approx(model.coefficients[1:] * np.trace(rounds) / 49)
    assert model.total == pytest.approx(model.coefficients[1:] / (1 - model.spatial))


def test_residuals_without_pattern_alarm_one_time_in_twenty() -> None:
    random, neighbours = np.random.default_rng(3), grid(12)
    checks = [
        check_residuals(random.normal(size=144), neighbours, permutations=99, seed=seed)
        for seed in range(200)
    ]
    alarms = sum(check is not None and check.p <= 0.05 for check in checks)
    assert 1 <= alarms <= 21  # binomial 99.9 % limits around 10


def test_islands_and_equal_values_have_a_defined_answer() -> None:
    lonely = Neighbours(np.array([0, 1, 2, 2]), np.array([1, 0]))
    assert check_residuals(np.array([1.0, 2.0, 3.0]), lonely) is None
    assert check_residuals(np.ones(144), grid(12)) is None
    assert check_residuals(np.full(144, np.nan), grid(12)) is None
    with pytest.raises(ValueError, match="differ"):
        compute_moran(np.ones(144), grid(12))
    mean = average_neighbours(np.array([[1.0], [np.nan], [5.0]]), lonely)
    assert np.isnan(mean[[0, 2]]).all()
    assert mean[1, 0] == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("missing", "missing"),
        ("constant", "told apart"),
        ("one_way", "both ways"),
        ("island", r"without neighbours: \[49\]"),
        ("few", "too few"),
        ("other", "different areas"),
    ],
)
def test_lattices_that_cannot_be_fitted_are_refused(change: str, words: str) -> None:
    crime, drivers, neighbours = read_columbus()
    if change == "missing":
        crime[3] = np.nan
    if change == "constant":
        drivers = np.column_stack([drivers, np.ones(49)])
    if change == "one_way":
        neighbours = Neighbours(np.array([0, 1, *([1] * 48)]), np.array([1]))
    if change == "island":
        crime, drivers = np.append(crime, 30.0), np.vstack([drivers, drivers.mean(axis=0)])
        ends = np.append(neighbours.indptr, neighbours.indptr[-1])
        neighbours = Neighbours(ends, neighbours.indices)
    if change == "few":
        crime, drivers, neighbours = crime[:4], drivers[:4], grid(2)
    if change == "other":
        neighbours = grid(3)
    with pytest.raises(ValueError, match=words):
        fit_spatial_lag(crime, drivers, neighbours)


def test_borders_that_name_nobody_are_refused() -> None:
    with pytest.raises(ValueError, match="not one of"):
        Neighbours(np.array([0, 1]), np.array([7]))
    with pytest.raises(ValueError, match="indptr"):
        Neighbours(np.array([0, 3]), np.array([0]))
