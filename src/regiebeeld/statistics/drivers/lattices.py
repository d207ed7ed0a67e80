"""Regression of a measured value that spills over borders: spatial lag and spatial error."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log, pi

import numpy as np
from scipy.optimize import minimize_scalar

from regiebeeld.statistics.drivers.designs import as_links, find_fault, standardise
from regiebeeld.statistics.drivers.results import Floats, Neighbours

MOST_AREAS = 4_000  # a dense matrix of areas by areas; one region has hundreds
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class SpatialModel:
    """coefficients and errors (1 + drivers,): the constant first; spatial: rho or lambda.

    direct, total: (drivers,) what one unit more goes with in the area itself, and in all
    areas together when neighbours pass it on; in an error model both are the coefficient.
    """

    coefficients: Floats
    errors: Floats
    spatial: float
    spatial_error: float
    log_likelihood: float
    direct: Floats
    total: Floats


@dataclass(frozen=True, slots=True)
class _Lattice:
    values: Floats
    design: Floats
    weights: Floats  # row-standardised, dense
    roots: Floats  # eigenvalues of weights


def fit_spatial_lag(values: Floats, drivers: Floats, neighbours: Neighbours) -> SpatialModel:
    """Fit values = rho W values + constant + drivers by maximum likelihood.

    values: (areas,), a rate or its logarithm; drivers: (areas, drivers); W: the mean of the
    neighbours. Errors are asymptotic. Raises ValueError for missing values, drivers that are
    constant or follow from each other, borders that do not go both ways, areas without
    neighbours, too few areas or more than MOST_AREAS.
    Source: K. Ord, Estimation methods for models of spatial interaction, Journal of the
    American Statistical Association 70 (1975) 120-126; L. Anselin, Spatial Econometrics
    (1988), chapter 6; effects: J. LeSage and R. K. Pace, Introduction to Spatial
    Econometrics (2009), chapter 2.
    """
    lattice = _read_lattice(values, drivers, neighbours)
    solve = np.linalg.lstsq(lattice.design, np.eye(values.size), rcond=None)[0]
    spread = lattice.weights @ values
    own = values - lattice.design @ (solve @ values)
    theirs = spread - lattice.design @ (solve @ spread)
    rho, likelihood = _search(lattice, lambda at: own - at * theirs)
    coefficients: Floats = np.asarray(solve @ (values - rho * spread), dtype=np.float64)
    passed: Floats = np.asarray(np.linalg.inv(np.eye(values.size) - rho * lattice.weights), float)
    errors = _lag_errors(lattice, coefficients, rho, passed)
    slopes = coefficients[1:]
    return SpatialModel(
        coefficients=coefficients,
        errors=errors[:-1],
        spatial=rho,
        spatial_error=float(errors[-1]),
        log_likelihood=likelihood,
        direct=slopes * float(np.trace(passed)) / values.size,
        total=slopes * float(passed.sum()) / values.size,
    )


def fit_spatial_error(values: Floats, drivers: Floats, neighbours: Neighbours) -> SpatialModel:
    """Fit values = constant + drivers + u, u = lambda W u + noise, by maximum likelihood.

    Shapes, errors and sources as fit_spatial_lag.
    """
    lattice = _read_lattice(values, drivers, neighbours)

    def residuals(at: float) -> Floats:
        filtered = lattice.design - at * (lattice.weights @ lattice.design)
        target = values - at * (lattice.weights @ values)
        found = np.linalg.lstsq(filtered, target, rcond=None)[0]
        return np.asarray(target - filtered @ found)

    at, likelihood = _search(lattice, residuals)
    filtered = lattice.design - at * (lattice.weights @ lattice.design)
    target = values - at * (lattice.weights @ values)
    coefficients: Floats = np.asarray(
        np.linalg.lstsq(filtered, target, rcond=None)[0], dtype=np.float64
    )
    variance = float(residuals(at) @ residuals(at)) / values.size
    covariance = variance * np.linalg.inv(filtered.T @ filtered)
    passed: Floats = np.asarray(np.linalg.inv(np.eye(values.size) - at * lattice.weights), float)
    moved = lattice.weights @ passed
    trace = float(np.trace(moved))
    twice = float(np.sum(moved * moved.T) + np.sum(moved * moved))
    informed = twice - 2 * trace**2 / values.size
    return SpatialModel(
        coefficients=coefficients,
        errors=np.sqrt(np.diag(covariance)),
        spatial=at,
        spatial_error=float(informed**-0.5),
        log_likelihood=likelihood,
        direct=coefficients[1:].copy(),
        total=coefficients[1:].copy(),
    )


def _read_lattice(values: Floats, drivers: Floats, neighbours: Neighbours) -> _Lattice:
    areas = values.size
    if drivers.ndim != 2 or drivers.shape[0] != areas or neighbours.areas != areas:
        raise ValueError("values, drivers and neighbours tell of different areas")
    if not (np.isfinite(values).all() and np.isfinite(drivers).all()):
        raise ValueError("a value is missing or infinite; leave that area out first")
    if not drivers.shape[1] + 3 < areas <= MOST_AREAS:
        raise ValueError(f"{areas} areas: too few for the drivers, or more than {MOST_AREAS}")
    fault = find_fault(*standardise(drivers), [str(j) for j in range(drivers.shape[1])])
    if fault is not None:
        raise ValueError(f"drivers cannot be told apart: {fault[0]} in columns {fault[1]}")
    links = as_links(neighbours).toarray()
    number = links.sum(axis=1)
    if (links != links.T).any():
        raise ValueError("borders must go both ways")
    # The mean of no neighbours would count as a value of 0 and pull rho towards 0.
    if not number.all():
        raise ValueError(f"areas without neighbours: {np.flatnonzero(number == 0).tolist()}")
    # The symmetric matrix with the same eigenvalues as the row-standardised one (Ord 1975).
    roots = np.linalg.eigvalsh(links / np.sqrt(number[:, None] * number[None, :]))
    design = np.column_stack([np.ones(areas), drivers]).astype(np.float64)
    return _Lattice(values, design, links / number[:, None], roots)


def _search(lattice: _Lattice, residuals: Callable[[float], Floats]) -> tuple[float, float]:
    areas = lattice.values.size

    def loss(at: float) -> float:
        left = residuals(at)
        variance = float(left @ left) / areas
        jacobian = float(np.log(1 - at * lattice.roots).sum())
        return areas / 2 * (log(2 * pi * max(variance, 1e-300)) + 1) - jacobian

    ends = (1 / float(lattice.roots.min()) + _EDGE, 1 - _EDGE)
    best = minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-10})
    return float(best.x), -float(best.fun)


def _lag_errors(lattice: _Lattice, coefficients: Floats, rho: float, passed: Floats) -> Floats:
    areas, columns = lattice.design.shape
    moved = lattice.weights @ passed
    fitted = lattice.design @ coefficients
    left = lattice.values - rho * (lattice.weights @ lattice.values) - fitted
    variance = float(left @ left) / areas
    spilled = moved @ fitted
    information = np.zeros((columns + 2, columns + 2))
    information[:columns, :columns] = lattice.design.T @ lattice.design / variance
    information[:columns, columns] = lattice.design.T @ spilled / variance
    information[columns, :columns] = information[:columns, columns]
    twice = float(np.sum(moved * moved.T) + np.sum(moved * moved))
    information[columns, columns] = twice + float(spilled @ spilled) / variance
    information[columns, -1] = information[-1, columns] = float(np.trace(moved)) / variance
    information[-1, -1] = areas / (2 * variance**2)
    return np.sqrt(np.diag(np.linalg.inv(information)))[:-1]
