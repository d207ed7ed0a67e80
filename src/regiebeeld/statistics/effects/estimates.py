"""What every method answers with: a ratio with its margin, or the reason why there is none."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

# No burglary measure is known to do better than halving; what only shows beyond that is not seen.
LARGEST_PLAUSIBLE_DECLINE = 0.5


class Method(StrEnum):
    DIFFERENCES = "differences"  # observed over expected from the controls
    AREA_MODEL = "area_model"  # Poisson with area and period effects, errors by area
    STAGGERED = "staggered"  # Callaway-Sant'Anna
    INTERRUPTED_SERIES = "interrupted_series"
    SYNTHETIC_CONTROL = "synthetic_control"
    DISPLACEMENT = "displacement"  # weighted displacement difference, ring included


class EffectKind(StrEnum):
    DECLINE = "decline"
    RISE = "rise"
    NO_EFFECT_SEEN = "no_effect_seen"
    TOO_FEW = "too_few"
    NOT_POSSIBLE = "not_possible"


class Reason(StrEnum):
    """Why a method has no answer."""

    STARTS_BEFORE_DATA = "starts_before_data"
    STARTS_AFTER_DATA = "starts_after_data"
    NO_TREATED = "no_treated"
    NO_CONTROLS = "no_controls"
    CONTROLS_EMPTY = "controls_empty"
    ALL_MISSING = "all_missing"
    TOO_FEW_PERIODS = "too_few_periods"
    TOO_FEW_AREAS = "too_few_areas"
    TOO_FEW_CASES = "too_few_cases"
    STARTS_DIFFER = "starts_differ"
    NO_RING = "no_ring"
    NO_CLOSE_FIT = "no_close_fit"
    NOT_SOLVED = "not_solved"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Ratio of what happened to what was expected (0.6 is a decline of 40 %), 95 % interval.

    `reason` is None where there is an answer; else ratio, lower, upper and p are NaN and kind
    is NOT_POSSIBLE or TOO_FEW. `lower` and `upper` are NaN, with a p, for placebo inference
    (synthetic control with too few donors for an interval).
    """

    method: Method
    kind: EffectKind
    ratio: float = nan
    lower: float = nan
    upper: float = nan
    p: float = nan
    reason: Reason | None = None


def make_estimate(
    method: Method, ratio: float, *, limits: tuple[float, float], p: float
) -> Estimate:
    """Make an estimate with the kind that its interval says."""
    lower, upper = limits
    kind = EffectKind.NO_EFFECT_SEEN
    if upper < 1:
        kind = EffectKind.DECLINE
    elif lower > 1:
        kind = EffectKind.RISE
    return Estimate(method, kind, float(ratio), float(lower), float(upper), float(p))


def make_refusal(method: Method, reason: Reason) -> Estimate:
    """Make the answer of a method that cannot say anything."""
    few = reason is Reason.TOO_FEW_CASES
    return Estimate(method, EffectKind.TOO_FEW if few else EffectKind.NOT_POSSIBLE, reason=reason)
