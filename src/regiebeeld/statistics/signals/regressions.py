"""Quasi-Poisson regression of many series at once on one season factor and one trend.

The design is that small: with a column a season, and time taken within seasons, no matrix needs
solving, and a thousand series cost a few products of arrays.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.special import xlogy

from regiebeeld.statistics.signals.plans import Bools, Floats, Ints, Reference

_CLOSE = 1e-8  # R's rule: the deviance moves by less than this part of itself
_ROUNDING = 1e-13  # what a float can tell of a deviance, as a part of the sum of the counts
_MOST_STEPS = 25  # as in R
_FARTHEST = 100.0  # e to this power is a number, and so is its square
_SMALLEST = 2.2e-16  # R's smallest mean


@dataclass(frozen=True, slots=True)
class Data:
    """counts, weights (0 where missing), offset, noise: series x months; offset_now: a series."""

    counts: Floats
    weights: Floats
    offset: Floats
    noise: Floats
    offset_now: Floats

    def take(self, rows: Bools) -> "Data":
        """The same for some of the series."""
        return Data(*(getattr(self, field.name)[rows] for field in fields(self)))

    def reweighted(self, weights: Floats) -> "Data":
        """The same with other weights."""
        return replace(self, weights=weights)


class Regression:
    """A batch of regressions while it is fitted; `fit` first, then ask.

    level, centre: series x seasons, the height of a season at the weighted mean time of that
    season; slope: a series; pull: the information about the slope.
    """

    def __init__(self, data: Data, reference: Reference, *, trend: bool) -> None:
        self.data, self.reference, self.trend = data, reference, trend
        self.seasons = np.zeros((reference.months.size, reference.now_season + 1))
        self.seasons[np.arange(reference.months.size), reference.season] = 1.0
        self.timed = self.seasons * reference.clock[:, None]
        shape = data.counts.shape
        self.mu, self.w = np.ones(shape), np.ones(shape)
        self.total = np.ones((shape[0], self.seasons.shape[1]))
        self.centre, self.level = np.zeros_like(self.total), np.zeros_like(self.total)
        self.pull, self.slope = np.ones(shape[0]), np.zeros(shape[0])

    def fit(self) -> Bools:
        """Fit by reweighted least squares, each series until its own deviance stands still.

        Returns for each series whether it converged within 25 steps.
        """
        data, rows = self.data, np.arange(len(self.mu))
        sums = (data.weights * data.counts).sum(axis=1)
        full = (data.weights * (xlogy(data.counts, data.counts) - data.counts)).sum(axis=1)
        mu = data.counts + 0.1
        eta = np.log(mu)
        old = _deviance(data, mu, eta, full)
        for _ in range(_MOST_STEPS):
            eta, mu = self._step(rows, data, eta, mu)
            self.mu[rows] = mu
            new = _deviance(data, mu, eta, full)
            moving = np.abs(new - old) >= _CLOSE * (np.abs(new) + 0.1) + _ROUNDING * sums
            rows, old = rows[moving], new[moving]
            if not rows.size:
                break
            if not moving.all():
                data, eta, mu = data.take(moving), eta[moving], mu[moving]
                sums, full = sums[moving], full[moving]
        converged = np.ones(len(self.mu), dtype=np.bool_)
        converged[rows] = False
        return converged

    def _step(self, rows: Ints, data: Data, eta: Floats, mu: Floats) -> tuple[Floats, Floats]:
        w = data.weights * mu
        z = eta - data.offset + (data.counts - mu) / mu
        total = w @ self.seasons
        total[total == 0] = 1.0  # a season without a month: its level is not used
        level = (w * z) @ self.seasons / total
        season = self.reference.season
        linear = level[:, season]
        self.w[rows], self.total[rows], self.level[rows] = w, total, level
        if self.trend:
            centre = w @ self.timed / total
            away = self.reference.clock - centre[:, season]
            leverage = w * away
            pull = (leverage * away).sum(axis=1)
            pull[pull == 0] = 1.0
            slope = (leverage * z).sum(axis=1) / pull
            linear = linear + slope[:, None] * away
            self.centre[rows], self.pull[rows], self.slope[rows] = centre, pull, slope
        eta = np.clip(linear + data.offset, -_FARTHEST, _FARTHEST)
        return eta, np.maximum(np.exp(eta), _SMALLEST)

    def predict(self) -> tuple[Floats, Floats]:
        """The linear predictor of the month that is judged, its variance at dispersion 1."""
        season = self.reference.now_season
        away = self.reference.clock_now - self.centre[:, season]
        variance = 1 / self.total[:, season]
        if self.trend:
            variance = variance + away**2 / self.pull
        eta = self.level[:, season] + self.slope * away + self.data.offset_now
        return np.clip(eta, -_FARTHEST, _FARTHEST), variance

    def freedom(self) -> Floats:
        """Months compared with, less the coefficients they determine."""
        used = (self.data.weights > 0).astype(np.float64)
        filled = (used @ self.seasons > 0).sum(axis=1)
        freedom: Floats = used.sum(axis=1) - filled - int(self.trend)
        return freedom

    def dispersion(self) -> Floats:
        """Pearson's chi-square over the degrees of freedom."""
        return self._mean_square(self.w)

    def working_dispersion(self) -> Floats:
        """The same with the prior weights where the working weights belong, as in R."""
        return self._mean_square(self.data.weights)

    def _mean_square(self, weights: Floats) -> Floats:
        square = weights * ((self.data.counts - self.mu) / self.mu) ** 2
        mean: Floats = square.sum(axis=1) / np.maximum(self.freedom(), 1)
        return mean

    def residuals(self, dispersion: Floats) -> Floats:
        """Standardised Anscombe residuals; 0 for a missing month."""
        season = self.reference.season
        hat = self.w / self.total[:, season]
        if self.trend:
            away = self.reference.clock - self.centre[:, season]
            hat += self.w * away**2 / self.pull[:, None]
        raw = 1.5 * (self.data.counts ** (2 / 3) * self.mu ** (-1 / 6) - np.sqrt(self.mu))
        free = np.maximum(1 - hat, 1e-12)
        size = raw / np.sqrt(dispersion[:, None] * free)
        return np.where(self.data.weights > 0, size, 0.0)


def _deviance(data: Data, mu: Floats, eta: Floats, full: Floats) -> Floats:
    deviance: Floats = 2 * (full + (data.weights * (mu - data.counts * eta)).sum(axis=1))
    return deviance
