"""Chain ladder: by how much a count grows from one delay to the next, and how sure that is."""

from dataclasses import dataclass

import numpy as np

from regiebeeld.statistics.delay.triangles import Triangle
from regiebeeld.statistics.intervals import Floats


@dataclass(frozen=True, slots=True)
class ChainLadder:
    """Growth factors between delays and what becomes of each period.

    factors, sigma2: (delays - 1,); ultimate, error: (periods,), NaN where a period has no
    count; total_reserve: still to come over all periods, with its error (a prediction error:
    chance of the future and doubt about the factors together).
    """

    factors: Floats
    sigma2: Floats
    ultimate: Floats
    error: Floats
    total_reserve: float
    total_error: float


def fit_chain_ladder(triangle: Triangle) -> ChainLadder:
    """Fit Mack's distribution-free chain ladder to a triangle of cumulative counts.

    Factors are sums over sums, from the periods known at both delays; corrections (a count
    that falls) simply make a factor below 1. After the last delay nothing is added. Raises
    ValueError where two delays share no period with a count above 0.
    Source: T. Mack, Distribution-free calculation of the standard error of chain ladder
    reserve estimates, ASTIN Bulletin 23 (1993) 213-225.
    """
    factors, sigma2, weights = fit_factors(triangle.counts)
    known = np.flatnonzero(triangle.last_delay >= 0)
    last, latest = triangle.last_delay[known], triangle.latest[known]
    growth = np.append(np.cumprod(factors[::-1])[::-1], 1.0)
    ultimate = latest * growth[last]
    ratio = sigma2 / factors**2
    # Doubt about the factors still to come; two periods share those of the younger one.
    doubt = np.append(np.cumsum((ratio / weights)[::-1])[::-1], 0.0)
    shared = np.outer(ultimate, ultimate) * doubt[np.maximum.outer(last, last)]
    chance = np.array([_chance(latest[row], last[row], factors, ratio) for row in range(len(last))])
    squared = ultimate**2 * chance + np.diag(shared)
    total = (ultimate**2 * chance).sum() + shared.sum()
    rows = np.full((2, len(triangle.periods)), np.nan)
    rows[:, known] = ultimate, np.sqrt(squared)
    reserve = float((ultimate - latest).sum())
    return ChainLadder(factors, sigma2, rows[0], rows[1], reserve, float(np.sqrt(max(total, 0.0))))


def _chance(latest: float, last: int, factors: Floats, ratio: Floats) -> float:
    """Sum the relative variances of the steps still to come, each from the count it starts at."""
    if latest <= 0:
        return 0.0
    reached = latest * np.cumprod(np.append(1.0, factors[last:]))[:-1]
    return float((ratio[last:] / reached).sum())


def fit_factors(counts: Floats) -> tuple[Floats, Floats, Floats]:
    """Give factors, their sigma2 and the sums they rest on, each (delays - 1,)."""
    before, after = counts[:, :-1], counts[:, 1:]
    both = ~(np.isnan(before) | np.isnan(after))
    start, end = np.where(both, before, 0.0), np.where(both, after, 0.0)
    weights = start.sum(axis=0)
    if (weights <= 0).any() or (end.sum(axis=0) <= 0).any():
        place = int(np.argmax((weights <= 0) | (end.sum(axis=0) <= 0)))
        raise ValueError(f"no period counts cases at both delay {place} and {place + 1}")
    factors = end.sum(axis=0) / weights
    used = both & (start > 0)
    away = np.where(used, (end - factors * start) ** 2 / np.where(used, start, 1.0), 0.0)
    freedom = used.sum(axis=0) - 1
    sigma2 = np.where(freedom > 0, away.sum(axis=0) / np.maximum(freedom, 1), np.nan)
    return factors, _extend(sigma2), weights


def _extend(sigma2: Floats) -> Floats:
    """Where one period shows a step, its variance follows the two before, as Mack proposes."""
    filled = sigma2.copy()
    for place in np.flatnonzero(np.isnan(filled)):
        if place >= 2 and filled[place - 2] > 0:
            step = filled[place - 1] ** 2 / filled[place - 2]
            filled[place] = min(step, filled[place - 2], filled[place - 1])
        else:
            filled[place] = filled[place - 1] if place >= 1 else 0.0
    return filled
