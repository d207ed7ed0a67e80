"""Drivers on one scale: one sd, neighbours' means, and which cannot be told apart."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from regiebeeld.statistics.drivers.results import Floats, Neighbours, Reason

# What is left of a driver's variance, beside the others, below which it follows from them.
_NOTHING = 1e-8


def average_neighbours(values: Floats, neighbours: Neighbours) -> Floats:
    """Average each column over the neighbours of each area: (areas, columns) to the same.

    Neighbours without a figure do not count; NaN for an area that has none with a figure.
    """
    links = as_links(neighbours)
    known = ~np.isnan(values)
    number = links @ known.astype(np.float64)
    total = links @ np.where(known, values, 0.0)
    return np.where(number > 0, total / np.where(number > 0, number, 1.0), np.nan)


def add_lags(
    values: Floats, names: tuple[str, ...], lagged: Sequence[str], neighbours: Neighbours | None
) -> tuple[Floats, tuple[str, ...], tuple[bool, ...]]:
    """Put the neighbours' means of some drivers behind the drivers themselves.

    values: (names, areas, periods). Returns values, names and which are lagged. Raises
    ValueError for neighbours of another number of areas, or lagged names that are unknown.
    """
    if neighbours is not None and neighbours.areas != values.shape[1]:
        raise ValueError(f"neighbours of {neighbours.areas} areas, expected {values.shape[1]}")
    unknown = [name for name in lagged if name not in names]
    if unknown or (lagged and neighbours is None):
        raise ValueError(f"lagged needs neighbours and known names; unknown: {unknown}")
    flags = tuple(False for _ in names)
    if neighbours is None or not lagged:
        return values, names, flags
    means = [average_neighbours(values[names.index(name)], neighbours) for name in lagged]
    both = np.concatenate([values, np.stack(means)])
    return both, (*names, *lagged), (*flags, *(True for _ in lagged))


def as_links(neighbours: Neighbours) -> csr_array:
    """Make the sparse matrix of ones (areas, areas) that neighbours stand for."""
    ones = np.ones(neighbours.indices.size)
    shape = (neighbours.areas, neighbours.areas)
    return csr_array((ones, neighbours.indices, neighbours.indptr), shape=shape)


def standardise(columns: Floats) -> tuple[Floats, Floats]:
    """Bring columns (rows, columns) to mean 0 and sd 1; returns them and the sd (columns,).

    The sd is 0 for a column whose values are equal up to rounding errors; it becomes 0.
    """
    centred = columns - columns.mean(axis=0)
    sd = centred.std(axis=0)
    size = np.abs(columns).max(axis=0, initial=0.0)
    sd = np.where(sd > 1e-12 * size, sd, 0.0)
    return np.where(sd > 0, centred / np.where(sd > 0, sd, 1.0), 0.0), sd


def find_fault(
    scaled: Floats, sd: Floats, names: Sequence[str]
) -> tuple[Reason, tuple[str, ...]] | None:
    """Find why columns cannot be fitted together, naming which; None where they can.

    scaled, sd: as standardise gives them. Constant columns first; else the first column that
    follows exactly from those before it, behind those it follows from.
    """
    constant = tuple(name for name, spread in zip(names, sd, strict=True) if spread == 0)
    if constant:
        return Reason.CONSTANT, constant
    for j in range(1, scaled.shape[1]):
        before, column = scaled[:, :j], scaled[:, j]
        shares = np.linalg.lstsq(before, column, rcond=None)[0]
        left = column - before @ shares
        if left @ left < _NOTHING * (column @ column):
            from_these = [names[i] for i in range(j) if abs(shares[i]) > 1e-6]
            return Reason.COLLINEAR, (*from_these, names[j])
    return None


def compute_vif(scaled: Floats) -> Floats:
    """Compute the variance inflation factor of each column of (rows, columns), 1 or more.

    Source: D. W. Marquardt, Generalized inverses, ridge regression, biased linear estimation,
    and nonlinear estimation, Technometrics 12 (1970) 591-612.
    """
    together = scaled.T @ scaled / scaled.shape[0]
    return np.asarray(np.diag(np.linalg.inv(together)) * np.diag(together), dtype=np.float64)
