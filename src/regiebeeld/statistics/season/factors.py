"""Season of counts by a Poisson model: how many times as much a month usually brings.

Gaps need no filling here: a month without a count simply does not weigh.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import make_interp_spline
from scipy.special import fdtrc, stdtrit

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.season.fitting import MONTH_COLUMNS, Fit, fit_counts
from regiebeeld.statistics.season.gaps import SeriesState
from regiebeeld.statistics.season.months import MEAN_DAYS, Months, compute_month_days

FEWEST_CASES = 60  # five for each month of the year
FEWEST_MONTHS = 24
_YEARS_A_KNOT = 2  # the trend may bend once in two years, so that it leaves the season alone


@dataclass(frozen=True, slots=True)
class SeasonFactors:
    """Arrays per series; NaN in every row whose state is not usable, never shown as a number.

    factor, lower, upper: (series x 12), January first; times as much per day as in the
    average month, with a 95 % interval. p: whether there is a season at all.
    trend, expected: (series x months), counts per average month and per month.
    """

    factor: Floats
    lower: Floats
    upper: Floats
    p: Floats
    trend: Floats
    expected: Floats
    dispersion: Floats  # variance over Poisson (and rounding) variance, 1 or more
    states: tuple[SeriesState, ...]


def compute_season_factors(
    counts: ArrayLike, months: Months, *, noise: ArrayLike = 0.0, left_out: ArrayLike = False
) -> SeasonFactors:
    """Estimate month factors and a smooth trend of every series by quasi-Poisson regression.

    counts: (series x months), whole numbers >= 0, NaN where missing; months: datetime64[M];
    noise: variance that rounding added, a scalar or the shape of counts; left_out: months
    that may not weigh (a series break), True or False per month. The log of the days is an
    offset, the trend a natural cubic spline with a knot every two years. A series needs 24
    known months, each month of the year at least once, and 60 cases. Raises ValueError for
    negative counts or shapes that do not fit.
    Source: P. McCullagh and J. Nelder, Generalized Linear Models (1989), chapter 6 and 9.
    """
    series = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if series.shape[1] != len(months):
        raise ValueError(f"{series.shape[1]} counts for {len(months)} months: expected as many")
    if (series < 0).any() or np.isinf(series).any():
        raise ValueError("a count is negative or infinite, expected 0 or more, or NaN for missing")
    ignored = np.broadcast_to(np.asarray(left_out, dtype=np.bool_), series.shape)
    used: NDArray[np.bool_] = ~(np.isnan(series) | ignored)
    states = _judge(series, used, months)
    usable = np.array([state.is_usable for state in states], dtype=np.bool_)
    extra = np.broadcast_to(np.asarray(noise, dtype=np.float64), series.shape)
    knots = _trend_basis(len(months))
    design = np.hstack([knots, _month_contrasts(months)])
    days = compute_month_days(months) / MEAN_DAYS
    fit = fit_counts(
        np.where(used, series, 0.0)[usable], used[usable], design, days, noise=extra[usable]
    )
    found = [
        SeriesState.NO_FIT if state.is_usable and not settled else state
        for state, settled in zip(states, _spread(fit.settled, usable, fill=False), strict=True)
    ]
    return _read_factors(fit, usable, design, days, found)


def _judge(series: Floats, used: NDArray[np.bool_], months: Months) -> list[SeriesState]:
    place = months.astype(np.int64) % 12
    each = np.column_stack([used[:, place == month].sum(axis=1) for month in range(12)])
    held: NDArray[np.bool_] = each.min(axis=1) > 0
    cases = np.where(used, series, 0.0).sum(axis=1)
    known = used.sum(axis=1)
    states = []
    for row in range(len(series)):
        if not known[row]:
            states.append(SeriesState.ALL_MISSING)
        elif series.shape[1] < FEWEST_MONTHS:
            states.append(SeriesState.TOO_SHORT)
        elif known[row] < FEWEST_MONTHS or not held[row]:
            states.append(SeriesState.TOO_MANY_GAPS)
        elif cases[row] < FEWEST_CASES:
            states.append(SeriesState.TOO_FEW)
        else:
            states.append(SeriesState.COMPLETE)
    return states


def _trend_basis(months: int) -> Floats:
    """Give the natural cubic spline that takes each knot's value there: (months x knots)."""
    knots = max(2, round(months / (12 * _YEARS_A_KNOT)) + 1)
    places = np.linspace(0, max(months - 1, 1), knots)
    now = np.arange(months)
    if knots == 2:
        share = now / places[-1]
        return np.column_stack([1 - share, share])
    spline = make_interp_spline(places, np.eye(knots), k=3, bc_type="natural")
    basis: Floats = spline(now)
    return basis


def _month_contrasts(months: Months) -> Floats:
    """Give eleven columns whose twelve effects sum to 0; December is minus the rest."""
    place = months.astype(np.int64) % 12
    contrasts = np.vstack([np.eye(11), -np.ones((1, 11))])
    return contrasts[place]


def _read_factors(
    fit: Fit, usable: NDArray[np.bool_], design: Floats, days: Floats, states: list[SeriesState]
) -> SeasonFactors:
    contrasts = np.vstack([np.eye(11), -np.ones((1, 11))])
    knots = design.shape[1] - MONTH_COLUMNS
    effect = fit.effects[:, knots:] @ contrasts.T
    share = np.exp(effect) / np.exp(effect).sum(axis=1, keepdims=True)
    # Delta method on the log: the factor is exp(effect) over the mean of the twelve.
    slopes = (np.eye(12) - share[:, None, :]) @ contrasts
    covariance = fit.covariance[:, knots:, knots:]
    variance = np.einsum("sij,sjk,sik->si", slopes, covariance, slopes)
    reach = stdtrit(fit.freedom, 0.975)[:, None] * np.sqrt(np.maximum(variance, 0.0))
    wald = np.einsum(
        "si,si->s",
        fit.effects[:, knots:],
        np.linalg.solve(covariance, fit.effects[:, knots:, None])[..., 0],
    )
    trend = np.exp(fit.effects[:, :knots] @ design[:, :knots].T)
    level = 12 * share
    keep = usable.copy()
    keep[usable] = fit.settled
    factor, lower, upper, p, height, expected, dispersion = (
        _spread(part[fit.settled], keep, fill=np.nan)
        for part in (
            level,
            level * np.exp(-reach),
            level * np.exp(reach),
            fdtrc(MONTH_COLUMNS, fit.freedom, wald / MONTH_COLUMNS),
            trend * np.exp(effect).mean(axis=1, keepdims=True),
            fit.expected * days,
            fit.dispersion,
        )
    )
    return SeasonFactors(
        factor=factor,
        lower=lower,
        upper=upper,
        p=p,
        trend=height,
        expected=expected,
        dispersion=dispersion,
        states=tuple(states),
    )


def _spread(part: NDArray[np.generic], rows: NDArray[np.bool_], *, fill: float) -> Floats:
    """Put the rows of the usable series back among all series."""
    whole = np.full((len(rows), *part.shape[1:]), fill, dtype=np.float64)
    whole[rows] = part
    return whole
