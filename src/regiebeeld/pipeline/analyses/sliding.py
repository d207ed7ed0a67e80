"""The last sliding year of each area beside whole years before it that do not overlap.

A handful of years says too little of how much one buurt varies, so that is taken from all areas
of its level together.
"""

import numpy as np
from numpy.typing import NDArray

from regiebeeld.pipeline.analyses.series import Floats, Series
from regiebeeld.statistics.delay import WHOLE, ToldShare
from regiebeeld.statistics.margins import (
    Dispersion,
    Observed,
    compare_with_earlier_years,
    estimate_dispersion,
)
from regiebeeld.statistics.signals import Judged, Reason

FEWEST_TOGETHER = 10  # cases of all years: fewer say nothing
FEWEST_ROUNDED = 10.0  # expected of a rounded figure: methods.md
FEWEST_YEARS = 3


def judge_last(series: Series, skipped: NDArray[np.bool_], share: ToldShare = WHOLE) -> Judged:
    """Judge the last period of each area by the others; skipped: periods in a passing break.

    series: periods that do not overlap; share: the part of the last one that is in, and it is held
    against that part of the others. An area without an answer has its reason.
    """
    now, noise = series.value[:, -1], series.noise[:, -1]
    used = ~skipped[:-1] if (~skipped[:-1]).sum() >= FEWEST_YEARS else np.ones_like(skipped[:-1])
    before, noise_before = series.value[:, :-1][:, used], series.noise[:, :-1][:, used]
    days = np.array([float((p.end - p.start).days + 1) for p in series.periods])
    reason = _find_reasons(now, before, noise)
    rows = np.flatnonzero(reason == Reason.POSSIBLE)
    out = _prepare(series, reason)
    if not len(rows):
        return out
    usual_days = days[:-1][used]
    doubt = (np.nanmean(before[rows] / usual_days, axis=1) * days[-1] * share.error) ** 2
    usual = compare_with_earlier_years(
        Observed(now[rows], days[-1] * share.share, noise[rows] + doubt),
        Observed(before[rows], usual_days, noise_before[rows]),
        dispersion=_spread_at(
            estimate_dispersion(before.T[None], noise=noise_before.T[None]),
            np.nanmean(before[rows], axis=1),
        ),
    )
    rises = usual.comparison.ratio > 1
    half = usual.comparison.p / 2
    out.expected[rows, 0] = usual.expected
    out.lower[rows, 0], out.upper[rows, 0] = usual.usual_lower, usual.usual_upper
    out.p_rise[rows, 0] = np.where(rises, half, 1 - half)
    out.p_fall[rows, 0] = np.where(rises, 1 - half, half)
    return out


def _find_reasons(now: Floats, before: Floats, noise: Floats) -> NDArray[np.int64]:
    years = (~np.isnan(before)).sum(axis=1)
    total = np.nansum(before, axis=1)
    mean = total / np.maximum(years, 1)
    few = (total + np.nan_to_num(now) < FEWEST_TOGETHER) | ((noise > 0) & (mean < FEWEST_ROUNDED))
    return np.select(
        [np.isnan(now), years < FEWEST_YEARS, few],
        [Reason.MISSING_NOW, Reason.TOO_FEW_MONTHS, Reason.TOO_FEW],
        Reason.POSSIBLE,
    ).astype(np.int64)


def _spread_at(pooled: Dispersion, mean: Floats) -> Floats:
    """Give the dispersion of each area from that of its level; with too few areas chance alone."""
    if not pooled.known[0]:
        return np.ones_like(mean)
    size = len(mean)
    return Dispersion(
        value=np.repeat(pooled.value, size),
        growth=np.repeat(pooled.growth, size),
        freedom=np.repeat(pooled.freedom, size),
        known=np.ones(size, dtype=np.bool_),
    ).at(mean)


def _prepare(series: Series, reason: NDArray[np.int64]) -> Judged:
    shape = (len(reason), 1)
    empty = {name: np.full(shape, np.nan) for name in
             ("expected", "lower", "upper", "dispersion", "score", "p_rise", "p_fall")}  # fmt: skip
    return Judged(
        times=np.array([len(series.periods) - 1]),
        observed=series.value[:, -1:],
        trended=np.zeros(shape, dtype=np.bool_),
        reason=reason[:, None],
        **empty,
    )
