"""Event study: the ratio in each period around the start, and what came before it, honestly."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

import numpy as np
from scipy.special import chdtrc, ndtr

from regiebeeld.statistics.effects.estimates import Reason
from regiebeeld.statistics.effects.expectations import (
    FEWEST_FOR_SPREAD,
    Contrast,
    Course,
    Dispersion,
    compute_contrast,
    compute_course,
    compute_dispersion,
)
from regiebeeld.statistics.effects.panels import Bools, EffectPanel
from regiebeeld.statistics.effects.power import compute_critical_value
from regiebeeld.statistics.intervals import Floats

_FEWEST_BEFORE = 3


class PreTrend(StrEnum):
    """Not seeing a trend is no proof that there is none."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    NOT_TESTABLE = "not_testable"


@dataclass(frozen=True, slots=True)
class EventStudy:
    """`since` counts periods from the start (0 is the first under the measure).

    ratio, lower, upper: treated over expected, 1 is the average before the start; NaN where
    `usable` is False. joint_p: all ratios before the start equal 1; trend_p: no straight
    line in them; trend: that line's factor per period with its interval, what a reader may
    prolong to see how much a trend that stayed would explain. NaN where not testable.
    """

    since: tuple[int, ...]
    ratio: Floats
    lower: Floats
    upper: Floats
    usable: Bools
    pre_trend: PreTrend
    joint_p: float = nan
    trend_p: float = nan
    trend: float = nan
    trend_lower: float = nan
    trend_upper: float = nan


def compute_event_study(panel: EffectPanel) -> EventStudy:
    """Compare treated areas with the controls' course, period by period around the start.

    Intervals and tests include dispersion, rounding and the uncertainty of the controls. The
    pre-trend is SEEN when the joint test or the test on a straight line has p below 0.05 (with
    few controls against Poisson chance alone, which warns sooner); fewer than three usable
    periods before: NOT_TESTABLE.
    Source: J. Roth, Pretest with caution, American Economic Review: Insights 4 (2022) 305-322.
    """
    course = compute_course(panel)
    since = _list_periods(panel)
    blank = np.full(len(since), nan)
    empty = EventStudy(since, blank, blank, blank, ~np.isnan(blank), PreTrend.NOT_TESTABLE)
    if isinstance(course, Reason) or not since:
        return empty
    distance = np.arange(panel.periods)[None, :] - panel.starts[:, None]
    pieces = [compute_contrast(panel, course, chosen=distance == step) for step in since]
    found = [
        (step, piece)
        for step, piece in zip(since, pieces, strict=True)
        if isinstance(piece, Contrast)
    ]
    if not found:
        return empty
    spread = compute_dispersion(panel)
    kept = [piece for _, piece in found]
    ratios = np.array([piece.observed / piece.expected for _, piece in found])
    covariance = _compute_covariance(panel, course, kept, spread=spread, at=ratios)
    margins = np.sqrt(np.diag(covariance)) * compute_critical_value(spread)
    places = [since.index(step) for step, _ in found]
    drawn = (blank.copy(), blank.copy(), blank.copy())
    for line, values in zip(drawn, (ratios, ratios - margins, ratios + margins), strict=True):
        line[places] = np.maximum(values, 0.0)
    steps = np.array([step for step, _ in found])
    # With few controls dispersion was measured in these very periods: it would explain any trend.
    few = panel.controls.counts.shape[0] < FEWEST_FOR_SPREAD
    chance = Dispersion(1.0, 0) if few else spread
    covariance = _compute_covariance(panel, course, kept, spread=chance, at=np.ones(len(kept)))
    tests = _test_before(steps, ratios, covariance)
    return EventStudy(since, drawn[0], drawn[1], drawn[2], ~np.isnan(drawn[0]), *tests)


def _list_periods(panel: EffectPanel) -> tuple[int, ...]:
    """Steps that at least one treated area with something before its start has."""
    starts = panel.starts[panel.starts >= 1]
    if not starts.size:
        return ()
    return tuple(range(-int(starts.max()), panel.periods - int(starts.min())))


def _compute_covariance(
    panel: EffectPanel, course: Course, contrasts: list[Contrast], *, spread: Dispersion, at: Floats
) -> Floats:
    """Covariance of the ratios observed / expected where the true ratios are `at`."""
    treated = np.stack(
        [
            (piece.chosen / piece.expected - ratio * piece.treated_weights).ravel()
            for piece, ratio in zip(contrasts, at, strict=True)
        ]
    )
    control = np.stack(
        [-ratio * piece.control_weights for piece, ratio in zip(contrasts, at, strict=True)]
    )
    # Neighbouring counts as the controls lead to expect: a cell that happens to be 0 is not sure.
    load = panel.treated.exposure * course.rate[None, :]
    before = ~np.isnan(panel.treated.counts) & ~panel.after
    own = np.where(before, panel.treated.counts, 0).sum(axis=1)
    level = own / np.maximum((load * before).sum(axis=1), 1e-300)
    fitted = spread.factor * level[:, None] * load + panel.treated.noise
    shared = spread.factor * course.counts + course.noise
    return np.asarray((treated * fitted.ravel()) @ treated.T + (control * shared) @ control.T)


def _test_before(
    steps: Floats, ratios: Floats, covariance: Floats
) -> tuple[PreTrend, float, float, float, float, float]:
    before = steps < 0
    if before.sum() < _FEWEST_BEFORE:
        return PreTrend.NOT_TESTABLE, nan, nan, nan, nan, nan
    gaps, spread = ratios[before] - 1, covariance[np.ix_(before, before)]
    values, vectors = np.linalg.eigh(spread)
    # The ratios before average 1, so one direction has no variance of its own.
    kept = values > values.max() * 1e-9
    score = float((((vectors[:, kept].T @ gaps) ** 2) / values[kept]).sum())
    joint = float(chdtrc(int(kept.sum()), score))
    line = steps[before] - steps[before].mean()
    line = line / (line @ line)
    slope, error = float(line @ gaps), float(np.sqrt(line @ spread @ line))
    trend_p = 2 * float(ndtr(-abs(slope) / error)) if error > 0 else nan
    seen = joint < 0.05 or trend_p < 0.05
    verdict = PreTrend.SEEN if seen else PreTrend.NOT_SEEN
    return verdict, joint, trend_p, 1 + slope, 1 + slope - 1.96 * error, 1 + slope + 1.96 * error
