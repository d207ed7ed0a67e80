"""Difference-in-differences for counts: treated areas against the course of the controls."""

from dataclasses import dataclass

import numpy as np

from regiebeeld.statistics.effects.estimates import (
    Estimate,
    Method,
    Reason,
    make_estimate,
    make_refusal,
)
from regiebeeld.statistics.effects.expectations import (
    Contrast,
    Course,
    Dispersion,
    compute_contrast,
    compute_course,
    compute_dispersion,
    compute_expected_variance,
)
from regiebeeld.statistics.effects.panels import EffectPanel
from regiebeeld.statistics.effects.power import Power, compute_smallest_visible
from regiebeeld.statistics.effects.ratios import (
    MOST_OUTCOMES,
    compute_exact_ratio_interval,
    compute_ratio_interval,
)


@dataclass(frozen=True, slots=True)
class Differences:
    """Power first, then the estimate; `observed` and `expected` are counts after the start."""

    power: Power | None
    estimate: Estimate
    observed: float
    expected: float
    dispersion: Dispersion


def compute_differences(panel: EffectPanel) -> Differences:
    """Compare treated areas with controls before and after: a ratio of ratios.

    Exact and conditional where the counts are whole, unrounded, start together and vary no
    more than Poisson; else with dispersion and rounding in the margin. Staggered starts
    are added up by their expected counts, never compared with treated areas. The power does
    not look at what happened after the start in the treated areas.
    """
    checked = check_panel(panel)
    course = checked or compute_course(panel)
    if isinstance(course, Reason):
        return _refuse(course)
    contrast = compute_contrast(panel, course, chosen=panel.after)
    if isinstance(contrast, Reason):
        return _refuse(contrast)
    spread = compute_dispersion(panel)
    variance = compute_expected_variance(panel, course, contrast, factor=spread.factor)
    noise = float(panel.treated.noise[contrast.chosen].sum())
    smallest = compute_smallest_visible(
        contrast.expected, log_variance=variance, noise=noise, dispersion=spread
    )
    before = float(np.nansum(np.where(panel.after, 0, panel.treated.counts)))
    limits = _compute_exact(panel, course, contrast, spread) or compute_ratio_interval(
        contrast.observed,
        contrast.expected,
        log_variance=variance,
        noise=noise,
        dispersion=spread,
    )
    ratio = contrast.observed / contrast.expected
    return Differences(
        power=Power(smallest, before, contrast.expected),
        estimate=make_estimate(Method.DIFFERENCES, ratio, limits=limits[:2], p=limits[2]),
        observed=contrast.observed,
        expected=contrast.expected,
        dispersion=spread,
    )


def check_panel(panel: EffectPanel) -> Reason | None:
    """Say why a panel cannot be evaluated at all, or None."""
    counts = panel.treated.counts
    if not counts.shape[0]:
        return Reason.NO_TREATED
    if np.isnan(counts).all():
        return Reason.ALL_MISSING
    if bool((panel.starts < 1).all()):
        return Reason.STARTS_BEFORE_DATA
    if bool((panel.starts >= panel.periods).all()):
        return Reason.STARTS_AFTER_DATA
    return None


def _refuse(reason: Reason) -> Differences:
    refusal = make_refusal(Method.DIFFERENCES, reason)
    return Differences(None, refusal, float("nan"), float("nan"), Dispersion(1.0, 0))


def _compute_exact(
    panel: EffectPanel, course: Course, contrast: Contrast, spread: Dispersion
) -> tuple[float, float, float] | None:
    """The exact interval, or None where its conditions do not hold."""
    rounded = bool(panel.treated.noise.any()) or bool(course.noise.any())
    if rounded or spread.factor > 1 or panel.staggered or not panel.treated.complete:
        return None
    usable, after = course.usable, panel.after[0]
    own = panel.treated.counts.sum(axis=0)
    treated = (own[usable & ~after].sum(), own[usable & after].sum())
    control = (course.counts[usable & ~after].sum(), course.counts[usable & after].sum())
    whole = all(value == np.floor(value) for value in (*treated, *control))
    if not whole or max(treated) > MOST_OUTCOMES or min(treated[0], *control) == 0:
        return None
    # Expected ratio after / before of the treated, over the plain ratio of control counts.
    offset = contrast.expected / treated[0] / (control[1] / control[0])
    return compute_exact_ratio_interval(
        (int(treated[0]), int(treated[1])), (int(control[0]), int(control[1])), offset=offset
    )
