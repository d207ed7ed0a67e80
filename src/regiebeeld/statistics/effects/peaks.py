"""Regression to the mean: measures go to peaks, and peaks fall by themselves."""

from dataclasses import dataclass
from math import nan

import numpy as np
from scipy.special import pdtrc

from regiebeeld.statistics.effects.estimates import Reason
from regiebeeld.statistics.effects.expectations import compute_course
from regiebeeld.statistics.effects.panels import EffectPanel
from regiebeeld.statistics.intervals import Floats

_FEWEST_STRETCHES = 3


@dataclass(frozen=True, slots=True)
class PeakWarning:
    """`at_peak`: the last stretch before the start was the highest, beyond likely chance.

    last: its count; usual: the count that the earlier stretches lead to expect; p: chance of
    at least `last` where usual holds; expected_fall: share by which the count is expected to
    fall back by itself (0.2 is 20 %), from shrinkage. NaN and `known` False where the history
    is too short: then nobody can say that the measure did not start at a peak.
    """

    known: bool
    at_peak: bool = False
    last: float = nan
    usual: float = nan
    p: float = nan
    expected_fall: float = nan


def compute_peak_warning(panel: EffectPanel) -> PeakWarning:
    """Compare the last stretch before the start with the earlier ones.

    A stretch is a year, or one period where periods are as long as a year or there are too few
    years; at least three. Counts are set against the course of the controls where there are
    any, so that a rise everywhere is no peak. The expected fall shrinks the last stretch to
    the mean of the others by the share of the variance that is chance or rounding.
    Source: C. E. Davis, The effect of regression to the mean in epidemiologic and clinical
    studies, American Journal of Epidemiology 104 (1976) 493-498; E. Hauer, Observational
    Before-After Studies in Road Safety (1997), ch. 11.
    """
    begins = panel.starts[(panel.starts >= 1) & (panel.starts < panel.periods)]
    if not begins.size:
        return PeakWarning(known=False)
    length = panel.periods_per_year
    if begins.min() < _FEWEST_STRETCHES * length:
        length = 1
    table = _cut_stretches(panel, length)
    if table is None:
        return PeakWarning(known=False)
    counts, loads, noises = table
    last, earlier = counts[-1], counts[:-1]
    level = float(earlier.sum() / loads[:-1].sum())
    usual = level * loads[-1]
    if usual <= 0:
        return PeakWarning(known=False)
    ratios = counts / loads
    chance = float((level * loads[:-1] + noises[:-1]).mean())
    # Spread of the true level between stretches, in counts of the last one.
    squares = float(((earlier - level * loads[:-1]) ** 2).sum() / (earlier.size - 1))
    between = max(0.0, squares - chance)
    own_chance = usual + noises[-1]
    kept = between / (between + own_chance)
    fall = max(0.0, (1 - kept) * (last - usual) / last) if last > 0 else 0.0
    p = _upper_tail(last, usual, variance=own_chance)
    highest = bool(ratios[-1] > ratios[:-1].max())
    return PeakWarning(True, highest and p < 0.1, float(last), float(usual), p, float(fall))


def _upper_tail(last: float, usual: float, *, variance: float) -> float:
    """Poisson chance of at least `last`; rounding makes it wider by scaling both."""
    scale = variance / usual
    return float(pdtrc(max(np.ceil(last / scale) - 1, 0), usual / scale)) if last > 0 else 1.0


def _cut_stretches(panel: EffectPanel, length: int) -> tuple[Floats, Floats, Floats] | None:
    """Counts, load (exposure times the controls' course) and noise of stretches before start."""
    course = compute_course(panel)
    rate = np.ones(panel.periods) if isinstance(course, Reason) else course.rate
    usable = np.ones(panel.periods, bool) if isinstance(course, Reason) else course.usable
    rows = (panel.starts >= 1) & (panel.starts < panel.periods)
    starts = panel.starts[rows]
    total = int(starts.min()) // length
    if total < _FEWEST_STRETCHES:
        return None
    sums = np.zeros((3, total))
    arrays = (panel.treated.counts, panel.treated.exposure * rate, panel.treated.noise)
    for row, start in zip(np.flatnonzero(rows), starts, strict=True):
        first = start - total * length
        cut = [values[row, first:start].reshape(total, length) for values in arrays]
        known = ~np.isnan(cut[0]) & usable[first:start].reshape(total, length)
        sums += np.stack([np.where(known, values, 0.0).sum(axis=1) for values in cut])
    return None if bool((sums[1] <= 0).any()) else (sums[0], sums[1], sums[2])
