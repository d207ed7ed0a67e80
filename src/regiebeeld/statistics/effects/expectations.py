"""What treated areas would have counted had they followed the controls, and how sure that is."""

from dataclasses import dataclass

import numpy as np

from regiebeeld.statistics.effects.estimates import Reason
from regiebeeld.statistics.effects.panels import Bools, EffectPanel
from regiebeeld.statistics.intervals import Floats

# Fewer control areas than this say nothing about how areas differ in their change.
FEWEST_FOR_SPREAD = 6
_FEWEST_FREEDOM = 4


@dataclass(frozen=True, slots=True)
class Course:
    """The controls together, by period; `usable` is False where a count is missing."""

    rate: Floats
    exposure: Floats
    counts: Floats
    noise: Floats
    usable: Bools


@dataclass(frozen=True, slots=True)
class Dispersion:
    """`factor` (>= 1) by which counts vary more than Poisson; freedom 0 where not measurable."""

    factor: float
    freedom: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """Observed and expected counts over the chosen cells.

    `treated_weights` (rows x periods) and `control_weights` (periods) are the derivatives of
    log expected to each count.
    """

    observed: float
    expected: float
    treated_weights: Floats
    control_weights: Floats
    chosen: Bools


def compute_course(panel: EffectPanel) -> Course | Reason:
    """Add the controls up to one course over the periods.

    Control areas with a missing period are left out as long as half remain; else the
    periods that miss one are left out.
    """
    controls = panel.controls
    if not controls.counts.shape[0]:
        return Reason.NO_CONTROLS
    known = ~np.isnan(controls.counts)
    if not known.any():
        return Reason.ALL_MISSING
    whole = known.all(axis=1)
    rows = whole if 2 * whole.sum() >= whole.size else known.any(axis=1)
    usable: Bools = np.asarray(known[rows].all(axis=0))
    if not usable.any():
        return Reason.ALL_MISSING
    counts = np.where(usable, np.where(known, controls.counts, 0)[rows].sum(axis=0), 0.0)
    exposure = controls.exposure[rows].sum(axis=0)
    if not counts.any():
        return Reason.CONTROLS_EMPTY
    return Course(counts / exposure, exposure, counts, controls.noise[rows].sum(axis=0), usable)


def compute_contrast(panel: EffectPanel, course: Course, *, chosen: Bools) -> Contrast | Reason:
    """Compare the counts in the chosen cells with what the controls' course leads to expect.

    chosen: treated rows x periods. Each row's own level is its count before its start over
    the controls' course there; rows with nothing usable before their start are left out.
    Already treated areas are never a comparison, so staggered starts do no harm.
    Source: K. Borusyak, X. Jaravel and J. Spiess, Revisiting event-study designs, Review of
    Economic Studies 91 (2024) 3253-3285 (imputation), in its multiplicative form.
    """
    usable = ~np.isnan(panel.treated.counts) & course.usable[None, :]
    counts = np.where(usable, panel.treated.counts, 0.0)
    load = panel.treated.exposure * course.rate[None, :]
    before = usable & ~panel.after
    base = (load * before).sum(axis=1)
    picked = usable & chosen & (base > 0)[:, None]
    target = (load * picked).sum(axis=1)
    if not picked.any():
        return Reason.TOO_FEW_PERIODS
    safe = np.where(base > 0, base, 1.0)
    own = (counts * before).sum(axis=1)
    expected = float((own * target / safe).sum())
    if expected <= 0:
        return Reason.TOO_FEW_CASES
    scale = target / safe / expected
    exposure = panel.treated.exposure / course.exposure[None, :]
    pulls = picked * (own / safe)[:, None] - before * (own * target / safe**2)[:, None]
    return Contrast(
        observed=float((counts * picked).sum()),
        expected=expected,
        treated_weights=before * scale[:, None],
        control_weights=(pulls * exposure).sum(axis=0) / expected,
        chosen=picked,
    )


def compute_expected_variance(
    panel: EffectPanel, course: Course, contrast: Contrast, *, factor: float
) -> float:
    """Compute the variance of log expected: what controls and the time before leave open."""
    counts = np.nan_to_num(panel.treated.counts)
    treated = contrast.treated_weights**2 * (factor * counts + panel.treated.noise)
    control = contrast.control_weights**2 * (factor * course.counts + course.noise)
    return float(treated.sum() + control.sum())


def compute_dispersion(panel: EffectPanel) -> Dispersion:
    """Measure how much more counts vary between areas and periods than chance makes them.

    From six control areas on: Pearson's chi-square of before against after over the areas,
    so that slow drift counts in full. With fewer: over the periods before the start, treated
    and control rows together. Variance of rounding is taken off first. Never below 1.
    Source: M. Bertrand, E. Duflo and S. Mullainathan, How much should we trust
    differences-in-differences estimates?, Quarterly Journal of Economics 119 (2004) 249-275
    (collapse to before and after).
    """
    controls = panel.controls
    known = ~np.isnan(controls.counts).any(axis=1)
    counts, noise = controls.counts[known], controls.noise[known]
    if counts.shape[0] >= FEWEST_FOR_SPREAD:
        middle = min(max(int(np.median(panel.starts)), 1), panel.periods - 1)
        halves = [slice(None, middle), slice(middle, None)]
        table, rounding = (
            np.stack([values[:, half].sum(axis=1) for half in halves], axis=1)
            for values in (counts, noise)
        )
        return _measure_spread(table, rounding)
    first = max(0, int(panel.starts.min())) if panel.starts.size else 0
    rows = ~np.isnan(panel.treated.counts[:, :first]).any(axis=1)
    treated = [values[rows].sum(axis=0) for values in (panel.treated.counts, panel.treated.noise)]
    table, rounding = (
        np.vstack([values, added])[:, :first]
        for values, added in zip((counts, noise), treated, strict=True)
    )
    return _measure_spread(table, rounding)


def _measure_spread(counts: Floats, noise: Floats) -> Dispersion:
    """Pearson's chi-square over its degrees of freedom in a table, rounding taken off."""
    counts, noise = (values[counts.sum(axis=1) > 0] for values in (counts, noise))
    kept = counts.sum(axis=0) > 0
    counts, noise = counts[:, kept], noise[:, kept]
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    if freedom < _FEWEST_FREEDOM:
        return Dispersion(1.0, 0)
    fitted = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    share = freedom / counts.size
    factor = float((((counts - fitted) ** 2 - share * noise) / fitted).sum() / freedom)
    return Dispersion(max(1.0, factor), freedom)
