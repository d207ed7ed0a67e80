"""Least squares over weights that are 0 or more and add up to 1."""

import numpy as np

from regiebeeld.statistics.intervals import Floats

_ROUNDS = 1000


def solve_simplex(design: Floats, target: Floats) -> Floats:
    """Find w >= 0 with sum 1 that makes |design w - target| smallest.

    design: rows x weights; target: rows. Active set: start at the best single weight, add the
    one that lowers the distance fastest, solve with the others at 0, step back to the border
    where a weight would go below 0. The end is checked: no weight at 0 could lower the
    distance (Karush-Kuhn-Tucker), so it is the minimum; where several are, one of them.
    Source: P. Wolfe, Finding the nearest point in a polytope, Mathematical Programming 11
    (1976) 128-149.
    """
    count = design.shape[1]
    # With weights that add up to 1, the distance to the target is a combination of columns.
    columns = design - target[:, None]
    scale = float(np.abs(columns).max())
    if count == 1 or scale == 0:
        return np.full(count, 1 / count)
    columns = columns / scale
    gram = columns.T @ columns
    weights = np.zeros(count)
    weights[int(np.argmin(np.diag(gram)))] = 1.0
    active = weights > 0
    for _ in range(_ROUNDS):
        slopes = gram @ weights
        gains = weights @ slopes - slopes
        gains[active] = -np.inf
        best = int(np.argmax(gains))
        if gains[best] <= 1e-13:
            break
        active[best] = True
        weights = _solve_face(gram, weights, active)
        active &= weights > 0
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _solve_face(gram: Floats, weights: Floats, active: np.ndarray) -> Floats:
    """Minimise over the active weights; drop those that reach 0 on the way; changes `active`."""
    while True:
        places = np.flatnonzero(active)
        aim = np.zeros_like(weights)
        aim[places] = _solve_equality(gram[np.ix_(places, places)])
        low = places[aim[places] <= 0]
        if not low.size:
            return aim
        drops = weights[low] - aim[low]
        steps = np.where(drops > 0, weights[low] / np.where(drops > 0, drops, 1.0), 0.0)
        weights = np.maximum(weights + float(steps.min()) * (aim - weights), 0.0)
        weights[low[steps <= steps.min()]] = 0.0
        active &= weights > 0


def _solve_equality(gram: Floats) -> Floats:
    """Weights that add up to 1 with the smallest w' gram w."""
    size = gram.shape[0]
    system = np.zeros((size + 1, size + 1))
    system[:size, :size] = gram
    system[:size, size] = system[size, :size] = 1.0
    right = np.zeros(size + 1)
    right[size] = 1.0
    return np.asarray(np.linalg.lstsq(system, right, rcond=None)[0][:size])
