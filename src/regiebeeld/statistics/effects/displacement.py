"""Did it move to the neighbours? The weighted displacement difference, and the ring's own ratio."""

from dataclasses import dataclass, replace

import numpy as np

from regiebeeld.statistics.effects.differences import Differences, compute_differences
from regiebeeld.statistics.effects.estimates import EffectKind, Reason
from regiebeeld.statistics.effects.expectations import compute_dispersion
from regiebeeld.statistics.effects.panels import AreaCounts, EffectPanel

_LIMIT = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Change:
    """Counts before and after, the variance that rounding added to each, and a weight."""

    before: float
    after: float
    noise_before: float = 0.0
    noise_after: float = 0.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Displacement:
    """Cases more (or, negative, fewer) than the controls lead to expect, and standard errors.

    local: treated areas; ring: their neighbours; total: together, with its 95 % interval. kind
    judges the total. reason says why there is no answer; the numbers are then 0.
    """

    local: float = 0.0
    local_error: float = 0.0
    ring: float = 0.0
    ring_error: float = 0.0
    total: float = 0.0
    total_error: float = 0.0
    lower: float = 0.0
    upper: float = 0.0
    kind: EffectKind = EffectKind.NOT_POSSIBLE
    reason: Reason | None = None


def compute_weighted_displacement(
    treated: Change,
    control: Change,
    *,
    ring: tuple[Change, Change] | None = None,
    period_ratio: float = 1.0,
    factor: float = 1.0,
) -> Displacement:
    """Compute the weighted displacement difference: (treated - control) + (ring - its control).

    Each a change in counts; ring: (ring, controls of the ring), other areas than `control`;
    period_ratio: length of the time after over before, by which counts before are multiplied;
    factor: dispersion, 1 is Poisson. The variance is the weighted sum of the counts plus that
    of rounding; the interval is normal, so beware below about 10 cases a cell. Raises
    ValueError for negative counts, weights, ratio or factor.
    Source: A. Wheeler and J. Ratcliffe, A simple weighted displacement difference test to
    evaluate place based crime interventions, Crime Science 7:11 (2018).
    """
    pairs = [(1.0, treated), (-1.0, control)]
    others = [] if ring is None else [(1.0, ring[0]), (-1.0, ring[1])]
    local = _add(pairs, period_ratio=period_ratio, factor=factor)
    spill = _add(others, period_ratio=period_ratio, factor=factor)
    total = _add(pairs + others, period_ratio=period_ratio, factor=factor)
    return _make(local, spill, total)


def _add(
    terms: list[tuple[float, Change]], *, period_ratio: float, factor: float
) -> tuple[float, float]:
    """Weighted sum of changes and its standard error."""
    if period_ratio <= 0 or factor <= 0:
        raise ValueError("weighted displacement: expected a period ratio and factor > 0")
    estimate = variance = 0.0
    for sign, change in terms:
        if min(change.before, change.after, change.weight) < 0:
            raise ValueError(f"{change}: expected counts and weight >= 0")
        weight = sign * change.weight
        estimate += weight * (change.after - period_ratio * change.before)
        after = factor * change.after + change.noise_after
        before = factor * change.before + change.noise_before
        variance += weight**2 * (after + period_ratio**2 * before)
    return estimate, float(np.sqrt(variance))


def _make(
    local: tuple[float, float], spill: tuple[float, float], total: tuple[float, float]
) -> Displacement:
    lower, upper = total[0] - _LIMIT * total[1], total[0] + _LIMIT * total[1]
    kind = EffectKind.NO_EFFECT_SEEN
    if upper < 0:
        kind = EffectKind.DECLINE
    elif lower > 0:
        kind = EffectKind.RISE
    return Displacement(*local, *spill, *total, lower, upper, kind)


def compute_displacement(panel: EffectPanel) -> Displacement:
    """Compute the weighted displacement difference of a panel with one start.

    The controls serve treated areas and ring, each scaled by exposure, and their variance is
    counted for both together. Periods with a missing count in any group are left out.
    """
    ring_areas, reason = panel.ring, _check(panel)
    if reason is not None or ring_areas is None:
        return Displacement(reason=reason)
    groups = (panel.treated, ring_areas, panel.controls)
    known = np.logical_and.reduce([~np.isnan(group.counts).any(axis=0) for group in groups])
    after = panel.after[0]
    before, later = known & ~after, known & after
    if not before.any() or not later.any():
        return Displacement(reason=Reason.TOO_FEW_PERIODS)
    treated, ring, control = (_cut(group, before, later) for group in groups)
    sizes = [float(group.exposure[:, known].sum()) for group in groups]
    factor = compute_dispersion(panel).factor
    shares = (sizes[0] / sizes[2], sizes[1] / sizes[2])
    options = {"period_ratio": float(later.sum() / before.sum()), "factor": factor}
    scaled = [replace(control, weight=share) for share in (*shares, sum(shares))]
    return _make(
        _add([(1.0, treated), (-1.0, scaled[0])], **options),
        _add([(1.0, ring), (-1.0, scaled[1])], **options),
        _add([(1.0, treated), (1.0, ring), (-1.0, scaled[2])], **options),
    )


def _check(panel: EffectPanel) -> Reason | None:
    if panel.ring is None or not panel.ring.counts.shape[0]:
        return Reason.NO_RING
    if not panel.controls.counts.shape[0]:
        return Reason.NO_CONTROLS
    if not panel.treated.counts.shape[0]:
        return Reason.NO_TREATED
    return Reason.STARTS_DIFFER if panel.staggered else None


def _cut(group: AreaCounts, before: np.ndarray, after: np.ndarray) -> Change:
    return Change(
        float(group.counts[:, before].sum()),
        float(group.counts[:, after].sum()),
        float(group.noise[:, before].sum()),
        float(group.noise[:, after].sum()),
    )


def compute_ring_differences(panel: EffectPanel) -> Differences | None:
    """Evaluate the ring as if it were treated: a rise hints at displacement, a decline at reach.

    None without a ring, or where starts differ and the ring is not one row a treated row.
    """
    if panel.ring is None or not panel.ring.counts.shape[0]:
        return None
    rows = panel.ring.counts.shape[0]
    if rows == panel.starts.size:
        starts = panel.starts
    elif not panel.staggered and panel.starts.size:
        starts = np.full(rows, panel.starts[0])
    else:
        return None
    return compute_differences(replace(panel, treated=panel.ring, starts=starts, ring=None))
