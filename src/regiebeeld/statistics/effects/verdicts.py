"""One answer about an intervention: power first, the methods beside each other, the cautions."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from regiebeeld.statistics.effects.area_model import compute_area_model
from regiebeeld.statistics.effects.differences import Differences, compute_differences
from regiebeeld.statistics.effects.displacement import (
    Displacement,
    compute_displacement,
    compute_ring_differences,
)
from regiebeeld.statistics.effects.estimates import EffectKind, Estimate, Reason
from regiebeeld.statistics.effects.events import EventStudy, PreTrend, compute_event_study
from regiebeeld.statistics.effects.expectations import FEWEST_FOR_SPREAD
from regiebeeld.statistics.effects.interrupted import compute_interrupted_ratio
from regiebeeld.statistics.effects.panels import EffectPanel
from regiebeeld.statistics.effects.peaks import PeakWarning, compute_peak_warning
from regiebeeld.statistics.effects.staggered import compute_staggered_ratio
from regiebeeld.statistics.effects.synthetic import compute_synthetic_ratio

SURE_OF_HARM = 0.01  # of chance alone, before a rise is called one


class Caution(StrEnum):
    """What a reader must be told beside the answer."""

    PRE_TREND_SEEN = "pre_trend_seen"
    PRE_TREND_NOT_TESTABLE = "pre_trend_not_testable"
    STARTED_AT_PEAK = "started_at_peak"
    PEAK_NOT_KNOWN = "peak_not_known"
    FEW_CONTROLS = "few_controls"  # how areas differ could not be measured
    RING_RISES = "ring_rises"  # displacement possible
    RING_DECLINES = "ring_declines"  # reach beyond the area, or the controls are no match
    METHODS_DISAGREE = "methods_disagree"


@dataclass(frozen=True, slots=True)
class EffectVerdict:
    """Everything a sentence and a figure about one intervention need.

    kind: TOO_FEW where a decline by half would not show, whatever happened; else what the
    interval of `ratio` says. smallest_visible: share (0.3 is 30 %), None where even a fall to
    zero would not show or nothing could be computed. ratio, lower, upper: observed over
    expected; NaN where kind is NOT_POSSIBLE, and then `reason` says why. observed, expected:
    counts after the start. agreeing of compared: methods that say the same as the answer, of
    those that could say anything (the first included).
    """

    kind: EffectKind
    reason: Reason | None
    smallest_visible: float | None
    ratio: float
    lower: float
    upper: float
    p: float
    before: float
    observed: float
    expected: float
    dispersion: float
    estimates: tuple[Estimate, ...]
    agreeing: int
    compared: int
    cautions: tuple[Caution, ...]
    events: EventStudy | None
    peak: PeakWarning | None
    displacement: Displacement | None
    ring: Estimate | None


def compute_effect_verdict(panel: EffectPanel) -> EffectVerdict:
    """Evaluate an intervention by every method that its data allow.

    The power verdict comes first and decides whether anything is said. Without controls
    NOT_POSSIBLE, though an interrupted series may stand among the estimates. A panel of
    several areas or interventions is pooled by the expected counts of its treated rows.
    """
    differences = compute_differences(panel)
    estimates = _list_estimates(panel, differences)
    reason = differences.estimate.reason
    if reason is not None:
        return _refuse(differences.estimate.kind, reason, estimates)
    power = differences.power
    enough = power is not None and power.enough
    kind = _decide(differences.estimate) if enough else EffectKind.TOO_FEW
    ring = compute_ring_differences(panel)
    displacement = compute_displacement(panel)
    kinds = [one.kind for one in estimates if one.reason is None]
    kinds += [displacement.kind] if displacement.reason is None else []
    events, peak = compute_event_study(panel), compute_peak_warning(panel)
    cautions = _list_cautions(differences, events, peak, ring.estimate if ring else None)
    if _oppose(differences.estimate.kind, kinds):
        cautions.append(Caution.METHODS_DISAGREE)
    return EffectVerdict(
        kind=kind,
        reason=None if enough else Reason.TOO_FEW_CASES,
        smallest_visible=power.smallest if power else None,
        ratio=differences.estimate.ratio,
        lower=differences.estimate.lower,
        upper=differences.estimate.upper,
        p=differences.estimate.p,
        before=power.before if power else nan,
        observed=differences.observed,
        expected=differences.expected,
        dispersion=differences.dispersion.factor,
        estimates=estimates,
        agreeing=kinds.count(differences.estimate.kind),
        compared=len(kinds),
        cautions=tuple(cautions),
        events=events,
        peak=peak,
        displacement=displacement if displacement.reason is None else None,
        ring=ring.estimate if ring else None,
    )


def _decide(main: Estimate) -> EffectKind:
    """A decline is what was meant; that a measure does harm takes more than one chance in forty."""
    if main.kind is EffectKind.RISE and main.p >= SURE_OF_HARM:
        return EffectKind.NO_EFFECT_SEEN
    return main.kind


def _list_estimates(panel: EffectPanel, differences: Differences) -> tuple[Estimate, ...]:
    """The main estimate and every other that is possible or says why not."""
    if differences.estimate.reason not in (None, Reason.NO_CONTROLS, Reason.CONTROLS_EMPTY):
        return (differences.estimate,)
    rest = [
        compute_area_model(panel),
        compute_interrupted_ratio(panel).level,
        compute_synthetic_ratio(panel).estimate,
    ]
    if panel.staggered:
        rest.append(compute_staggered_ratio(panel))
    return (differences.estimate, *rest)


def _refuse(kind: EffectKind, reason: Reason, estimates: tuple[Estimate, ...]) -> EffectVerdict:
    blank = dict.fromkeys(("ratio", "lower", "upper", "p", "before", "observed", "expected"), nan)
    return EffectVerdict(
        kind=kind,
        reason=reason,
        smallest_visible=None,
        **blank,
        dispersion=1.0,
        estimates=estimates,
        agreeing=0,
        compared=0,
        cautions=(),
        events=None,
        peak=None,
        displacement=None,
        ring=None,
    )


def _oppose(kind: EffectKind, kinds: list[EffectKind]) -> bool:
    """Some method finds the opposite, or most say otherwise than a decline or rise."""
    clear = {EffectKind.DECLINE, EffectKind.RISE}
    if clear <= set(kinds):
        return True
    return 2 * kinds.count(kind) < len(kinds)


def _list_cautions(
    differences: Differences, events: EventStudy, peak: PeakWarning, ring: Estimate | None
) -> list[Caution]:
    cautions = []
    if events.pre_trend is PreTrend.SEEN:
        cautions.append(Caution.PRE_TREND_SEEN)
    if events.pre_trend is PreTrend.NOT_TESTABLE:
        cautions.append(Caution.PRE_TREND_NOT_TESTABLE)
    if not peak.known:
        cautions.append(Caution.PEAK_NOT_KNOWN)
    if peak.at_peak:
        cautions.append(Caution.STARTED_AT_PEAK)
    if differences.dispersion.freedom < FEWEST_FOR_SPREAD - 1:
        cautions.append(Caution.FEW_CONTROLS)
    if ring is not None and ring.kind is EffectKind.RISE:
        cautions.append(Caution.RING_RISES)
    if ring is not None and ring.kind is EffectKind.DECLINE:
        cautions.append(Caution.RING_DECLINES)
    return cautions
