"""Local regression on equally spaced points, for many series at once, as R's stl.f does it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from regiebeeld.statistics.intervals import Floats


@dataclass(frozen=True, slots=True)
class Loess:
    """The tricube weights of one smoother, (knots x points), and the lines between the knots."""

    weights: Floats
    distance: Floats  # point minus knot, where the weight is above 0
    spread: Floats  # (fitted x knots): straight lines between the knots
    nearest: tuple[int, ...]  # the knot's own point, kept where every weight is 0
    around: bool  # the first and last knot lie outside: there the next knot is kept
    degree: int
    least_spread: float  # variance of the points below which no slope is fitted

    def smooth(self, values: Floats, robustness: Floats | None = None) -> Floats:
        """Smooth values (series x points) to (series x fitted), with weights per observation."""
        if robustness is None:
            smoothed: Floats = values @ self.matrix.T
            return smoothed
        return self._fit(values, robustness) @ self.spread.T

    @property
    def matrix(self) -> Floats:
        """The smoother as one matrix (fitted x points): without robustness it is linear."""
        points = self.weights.shape[1]
        knots = self._fit(np.eye(points), np.ones((1, points)))
        return self.spread @ knots.T

    def _fit(self, values: Floats, robustness: Floats) -> Floats:
        """Fit at the knots. Sums over the window are products with matrices all series share."""
        sums = robustness @ self.weights.T
        usable = sums > 0
        total = np.where(usable, sums, 1.0)
        weighted = values * robustness
        level: Floats = weighted @ self.weights.T / total
        if self.degree:
            first = self.weights * self.distance
            middle = robustness @ first.T / total
            variance = robustness @ (first * self.distance).T / total - middle**2
            sloped = variance > self.least_spread
            covariance = weighted @ first.T / total - middle * level
            slope = np.where(sloped, covariance / np.where(sloped, variance, 1.0), 0.0)
            level = level - middle * slope
        kept: Floats = np.where(usable, level, values[:, list(self.nearest)])
        if self.around:
            kept[:, 0] = np.where(usable[:, 0], kept[:, 0], kept[:, 1])
            kept[:, -1] = np.where(usable[:, -1], kept[:, -1], kept[:, -2])
        return kept


@lru_cache(maxsize=64)
def make_loess(points: int, window: int, degree: int, jump: int, *, around: bool = False) -> Loess:
    """Make the smoother of `points` equally spaced points.

    window: points in a neighbourhood (odd; may exceed points); degree: 0 or 1;
    jump: fit every so many points and draw straight lines between; around: fit one
    point before and one after as well. Raises ValueError below one point.
    Source: R. Cleveland, W. Cleveland, J. McRae and I. Terpenning, STL: A
    Seasonal-Trend Decomposition Procedure Based on Loess, J. Official Statistics 6
    (1990) 3-73, and the Fortran of that paper (stl.f), whose edges are kept.
    """
    if points < 1:
        raise ValueError(f"loess over {points} points: expected at least 1")
    places = _knots(points, jump)
    rows = [
        (place, *_neighbours(place, points, window, jumped=len(places) < points))
        for place in places
    ]
    spread = _lines(points, places)
    if around:
        rows = [(-1, 0, min(window, points)), *rows, (points, max(0, points - window), points)]
        wider = np.zeros((points + 2, len(rows)))
        wider[0, 0] = wider[-1, -1] = 1.0
        wider[1:-1, 1:-1] = spread
        spread = wider
    weights = np.array([_tricube(row, points, window) for row in rows])
    distance = np.array([np.arange(points) - row[0] for row in rows], dtype=np.float64)
    nearest = tuple(min(max(row[0], 0), points - 1) for row in rows)
    least = (0.001 * (points - 1)) ** 2
    return Loess(weights, distance, spread, nearest, around, degree, least)


def _knots(points: int, jump: int) -> list[int]:
    step = max(1, min(jump, points - 1))
    places = list(range(0, points, step))
    return places if places[-1] == points - 1 else [*places, points - 1]


def _neighbours(place: int, points: int, window: int, *, jumped: bool) -> tuple[int, int]:
    """Give the first point of the window and the one after its last."""
    if window >= points:
        return 0, points
    half = (window + 1) // 2
    if not jumped:
        first = min(max(place - half + 1, 0), points - window)
    elif place + 1 < half:
        first = 0
    elif place + 1 >= points - half + 1:
        first = points - window
    else:
        first = place - half + 1
    return first, first + window


def _tricube(row: tuple[int, int, int], points: int, window: int) -> Floats:
    place, first, end = row
    reach = max(place - first, end - 1 - place)
    if window > points:
        reach += (window - points) // 2
    away = np.abs(np.arange(points) - place)
    inside = (np.arange(points) >= first) & (np.arange(points) < end) & (away <= 0.999 * reach)
    weight = (1 - (away / max(reach, 1)) ** 3) ** 3
    return np.where(inside, np.where(away <= 0.001 * reach, 1.0, weight), 0.0)


def _lines(points: int, places: list[int]) -> Floats:
    """Give the matrix (points x knots) that draws straight lines between the knots."""
    unit = np.eye(len(places))
    return np.array([np.interp(np.arange(points), places, row) for row in unit]).T
