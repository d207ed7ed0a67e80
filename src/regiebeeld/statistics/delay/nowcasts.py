"""What the last periods will count once all is reported, and whether that is nearly so now."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.delay.chain_ladder import fit_factors
from regiebeeld.statistics.delay.triangles import Triangle
from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.margins.limits import compute_count_quantile

ENOUGH = 0.95  # from this expected share on a period is complete enough to compare
FEWEST_PERIODS = 6  # that show a step from one delay to the next
_Z = 1.959963985


class Readiness(StrEnum):
    COMPLETE_ENOUGH = "complete_enough"
    INCOMPLETE = "incomplete"
    NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True, slots=True)
class Completeness:
    """Per delay the expected share that is known, with a 95 % interval; (delays,).

    share can exceed 1 where later corrections lower counts. `reason` (Dutch) says why
    readiness is NOT_POSSIBLE; shares are then NaN.
    """

    share: Floats
    lower: Floats
    upper: Floats
    error: Floats  # standard error of the log of the share
    dispersion: float  # variance over Poisson variance of what comes in later, 1 or more
    readiness: tuple[Readiness, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Nowcast:
    """Expected final counts with a 95 % prediction interval, all of the shape of the counts.

    Where readiness is NOT_POSSIBLE the three are NaN.
    """

    expected: Floats
    lower: Floats
    upper: Floats
    readiness: NDArray[np.object_]  # of Readiness


def compute_completeness(
    triangle: Triangle, *, recent: int | None = None, enough: float = ENOUGH
) -> Completeness:
    """Estimate per delay which share of a period's final count is known.

    recent: use only the last so many periods, when reporting changes; enough: the share from
    which a period is complete enough. Every step needs six periods that show it, the last
    delay counts as complete. A history that is too short gives NOT_POSSIBLE with a reason.
    Source: chain ladder, T. Mack, ASTIN Bulletin 23 (1993) 213-225; the dispersion is that of
    A. Renshaw and R. Verrall, British Actuarial Journal 4 (1998) 903-923.
    """
    if recent is not None and recent < FEWEST_PERIODS:
        raise ValueError(f"recent is {recent}, expected {FEWEST_PERIODS} or more")
    counts = triangle.counts if recent is None else triangle.counts[-recent:]
    both = ~(np.isnan(counts[:, :-1]) | np.isnan(counts[:, 1:]))
    seen = both.sum(axis=0)
    if (seen < FEWEST_PERIODS).any():
        delay = int(np.argmax(seen < FEWEST_PERIODS)) + 1
        words = f"te weinig leveringen: {int(seen[delay - 1])} perioden met {delay} later bekend"
        return _impossible(counts.shape[1], f"{words}, nodig zijn er {FEWEST_PERIODS}")
    if (np.where(both, counts[:, :-1], 0.0).sum(axis=0) <= 0).any():
        return _impossible(counts.shape[1], "te weinig gevallen om iets over te zeggen")
    if (np.where(both, counts[:, 1:], 0.0).sum(axis=0) <= 0).any():
        return _impossible(counts.shape[1], "alle gevallen zijn later weer afgevoerd")
    factors, sigma2, weights = fit_factors(counts)
    share = np.append(1 / np.cumprod(factors[::-1])[::-1], 1.0)
    # Where every step so far was exactly alike, chance alone still leaves some doubt.
    doubt = np.maximum(sigma2, np.abs(factors - 1)) / factors**2 / weights
    error = np.sqrt(np.append(np.cumsum(doubt[::-1])[::-1], 0.0))
    reach = np.exp(_Z * error)
    ready = tuple(
        Readiness.COMPLETE_ENOUGH if part >= enough else Readiness.INCOMPLETE for part in share
    )
    dispersion = _estimate_dispersion(counts, factors, share)
    return Completeness(share, share / reach, share * reach, error, dispersion, ready)


def _impossible(delays: int, reason: str) -> Completeness:
    none = np.full(delays, np.nan)
    return Completeness(none, none, none, none, 1.0, (Readiness.NOT_POSSIBLE,) * delays, reason)


def _estimate_dispersion(counts: Floats, factors: Floats, share: Floats) -> float:
    """Give Pearson's statistic of what came in at each step, over what was expected."""
    before, after = counts[:, :-1], counts[:, 1:]
    both = ~(np.isnan(before) | np.isnan(after)) & (np.nan_to_num(before) > 0)
    start = np.where(both, before, 0.0)
    expected = start * np.abs(factors - 1)
    # Given what is known, the step varies by its mean / share: the period's own rate is unsure.
    variance = expected * (share[1:] / share[:-1])
    used = both & (variance > 0.1)
    if not used.any() or used.sum() < 2 * len(factors):
        return 1.0
    away = np.where(used, (np.where(both, after, 0.0) - factors * start) ** 2, 0.0)
    value = (away / np.where(used, variance, 1.0)).sum() / (used.sum() - len(factors))
    return float(max(value, 1.0))


def nowcast_counts(
    counts: ArrayLike, delay: ArrayLike, completeness: Completeness, *, noise: ArrayLike = 0.0
) -> Nowcast:
    """Tell what counts known so far will become, with a 95 % prediction interval.

    counts: >= 0, any shape; delay: of each count, whole, broadcast to it; a delay beyond the
    triangle is complete; noise: variance that rounding added to each count. What is to
    come is negative binomial: mean (count + 1/2) (1 - share) / share, with the variance of the
    Poisson count behind it, the dispersion, the doubt about the share and the rounding.
    Where corrections are expected to lower the count, or it was rounded, the normal law of
    that variance stands in, for then the final count can lie on either side.
    Source: M. Salmon, D. Schumacher, K. Stark and M. Hoehle, Biometrical Journal 57 (2015)
    1051-1067, with a Jeffreys prior for each period's rate instead of a smooth one.
    """
    values, delays, extra = np.broadcast_arrays(
        np.asarray(counts, dtype=np.float64),
        np.asarray(delay, dtype=np.int64),
        np.asarray(noise, dtype=np.float64),
    )
    if not (np.isfinite(values).all() and (values >= 0).all() and (delays >= 0).all()):
        raise ValueError("a count is missing or below 0, or a delay is below 0")
    place = np.minimum(delays, len(completeness.share) - 1)
    verdicts = np.array(completeness.readiness, dtype=object)[place]
    if completeness.reason:
        none = np.full(values.shape, np.nan)
        return Nowcast(none, none, none, verdicts)
    share, error = completeness.share[place], completeness.error[place]
    lower, upper = _predict(values, share, error, completeness.dispersion, extra)
    return Nowcast(values / share, lower, upper, verdicts)


def _predict(
    counts: Floats, share: Floats, error: Floats, dispersion: float, noise: Floats
) -> tuple[Floats, Floats]:
    to_come = (counts + 0.5) * (1 - share) / share
    chance = dispersion * np.abs(to_come) / np.minimum(share, 1.0)
    variance = chance + ((counts + 0.5) * error / share) ** 2 + noise / share**2
    sure = variance <= 1e-9
    both_ways = (to_come <= 0) | (noise > 0)
    mean = np.maximum(to_come, 1e-6)
    ends = []
    for part, sign in ((0.025, -1.0), (0.975, 1.0)):
        normal = np.maximum(counts / share + sign * _Z * np.sqrt(variance), 0.0)
        more = counts + compute_count_quantile(mean, np.maximum(variance, mean), part)
        ends.append(np.where(sure, counts, np.where(both_ways, normal, more)))
    return np.floor(ends[0] + 1e-9), np.ceil(ends[1] - 1e-9)
