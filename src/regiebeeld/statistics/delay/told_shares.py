"""Nowcasts from shares as they are told: in coarse steps, with a lower bound, and nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.delay.nowcasts import (
    ENOUGH,
    Completeness,
    Nowcast,
    Readiness,
    nowcast_counts,
)
from regiebeeld.statistics.delay.triangles import Triangle
from regiebeeld.statistics.intervals import Floats

_Z = 1.959963985


@dataclass(frozen=True, slots=True)
class ToldShare:
    """The part of a period that is in, above 0 and at most 1, with its standard error."""

    share: float
    error: float


WHOLE = ToldShare(1.0, 0.0)


def read_told_share(share: float, lower: float, *, step: float) -> ToldShare:
    """Read a share that was told in steps, with the lower end of its 95 % interval.

    What telling in steps adds is the variance of an even spread over one step. Raises ValueError
    for a share outside (0, 1] or a lower end above it.
    """
    if not 0 < share <= 1 or not 0 <= lower <= share:
        raise ValueError(f"share {share} with lower end {lower}: expected 0 <= lower <= share <= 1")
    return ToldShare(share, float(np.hypot((share - lower) / _Z, step / np.sqrt(12))))


def join_shares(parts: list[ToldShare]) -> ToldShare:
    """Give the share of months taken together, each as heavy as the next.

    Their errors are added as if they always went the same way, which is the widest.
    """
    if not parts:
        raise ValueError("no months to join")
    share = float(np.mean([part.share for part in parts]))
    return ToldShare(share, float(np.mean([part.error for part in parts])))


def estimate_variation(triangle: Triangle) -> Floats:
    """Estimate per delay how much the share of one month differs from the usual, beside chance.

    Gives a standard deviation of the share, (delays,). Of the months that are told at the delay
    and at the last one; what is expected of chance, share (1 - share) / final count, is taken
    out. Zero where fewer than three months show it.
    """
    counts, last = triangle.counts, triangle.counts[:, -1]
    found = np.zeros(counts.shape[1])
    for delay in range(counts.shape[1] - 1):
        used = ~np.isnan(counts[:, delay]) & (np.nan_to_num(last) > 0)
        if used.sum() < 3:
            continue
        shares, final = counts[used, delay] / last[used], last[used]
        usual = counts[used, delay].sum() / final.sum()
        spread = (final * (shares - usual) ** 2).sum() / (used.sum() - 1)
        chance = max(usual * (1 - usual), 0.0)
        found[delay] = np.sqrt(max(spread - chance, 0.0) / final.mean())
    return found


def nowcast_told(
    counts: ArrayLike, told: list[ToldShare], *, noise: ArrayLike = 0.0, least: ArrayLike = 0.0
) -> Nowcast:
    """Tell what counts of periods will become, from the told share of each period.

    counts: (areas x periods), >= 0; told: of each period; noise: variance that rounding added;
    least: what is surely in already, under which no final count lies. Gives expected counts with
    a 95 % prediction interval, in whole cases, as in nowcast_counts: chance, doubt about the share
    and rounding together.
    """
    share = np.array([part.share for part in told])
    error = np.array([part.error for part in told]) / share
    reach = np.exp(_Z * error)
    ready = tuple(
        Readiness.COMPLETE_ENOUGH if part >= ENOUGH else Readiness.INCOMPLETE for part in share
    )
    usual = Completeness(share, share / reach, share * reach, error, 1.0, ready)
    found = nowcast_counts(counts, np.arange(len(told)), usual, noise=noise)
    floor = np.asarray(least, dtype=np.float64)
    return Nowcast(
        np.maximum(found.expected, floor),
        np.maximum(found.lower, floor),
        np.maximum(found.upper, floor),
        found.readiness,
    )
