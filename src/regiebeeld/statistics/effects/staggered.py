"""Callaway and Sant'Anna's estimator, for areas that started at different times."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from regiebeeld.statistics.effects.estimates import (
    Estimate,
    Method,
    Reason,
    make_estimate,
    make_refusal,
)
from regiebeeld.statistics.effects.panels import EffectPanel
from regiebeeld.statistics.intervals import Floats

# Margins come from how areas differ within a start: one area has no spread.
FEWEST_PER_START, FEWEST_CONTROLS = 5, 10


@dataclass(frozen=True, slots=True)
class StaggeredEffects:
    """Average effects on the treated in the outcome's own unit, each (value, standard error).

    simple: over all treated area-periods; dynamic: over time since the start; by_start: per
    first period; by_time: per period since the start (negative is before).
    """

    simple: tuple[float, float]
    dynamic: tuple[float, float]
    by_start: dict[int, tuple[float, float]]
    by_time: dict[int, tuple[float, float]]


def compute_staggered(outcomes: ArrayLike, starts: ArrayLike) -> StaggeredEffects:
    """Compute Callaway-Sant'Anna effects without covariates, never treated areas as controls.

    outcomes: areas x periods, no missing; starts: first treated period per area counted from
    0, -1 for never. Raises ValueError without never treated areas, or where a start is 0
    or beyond the last period.
    Source: B. Callaway and P. Sant'Anna, Difference-in-differences with multiple time
    periods, Journal of Econometrics 225 (2021) 200-230; computed by the library diff-diff.
    """
    values, begin = np.asarray(outcomes, dtype=np.float64), np.asarray(starts)
    if not (begin == -1).any() or not (begin > 0).any():
        raise ValueError("compute_staggered: expected never treated and treated areas")
    if bool((begin == 0).any()) or bool((begin < -1).any()) or begin.max() >= values.shape[1]:
        raise ValueError("compute_staggered: a start is not inside the periods")
    if np.isnan(values).any():
        raise ValueError("compute_staggered: a value is missing")
    return _fit(values, begin)


def _fit(values: Floats, begin: np.ndarray) -> StaggeredEffects:
    # Loads pandas: two seconds that only staggered starts should cost.
    import pandas as pd  # type: ignore[import-untyped]
    from diff_diff import CallawaySantAnna  # type: ignore[import-untyped]

    areas, periods = values.shape
    table = pd.DataFrame(
        {
            "area": np.repeat(np.arange(areas), periods),
            "period": np.tile(np.arange(1, periods + 1), areas),
            "start": np.repeat(begin + 1, periods),
            "outcome": values.ravel(),
        }
    )
    with warnings.catch_warnings():
        # Its warnings tell of small groups; this module refuses those itself.
        warnings.simplefilter("ignore")
        fitted = CallawaySantAnna().fit(
            table, outcome="outcome", unit="area", time="period", first_treat="start"
        )
        simple, groups, events = (fitted.aggregate(kind) for kind in _KINDS)
    later = np.flatnonzero(np.asarray(events.event_time) >= 0)
    spread = np.asarray(events.vcov)[np.ix_(later, later)]
    return StaggeredEffects(
        simple=(float(simple.att[0]), float(simple.se[0])),
        dynamic=(float(np.mean(events.att[later])), float(np.sqrt(spread.mean()))),
        by_start=_pair([int(label) - 1 for label in groups.label], groups.att, groups.se),
        by_time=_pair([int(step) for step in events.event_time], events.att, events.se),
    )


def _pair(keys: list[int], values: Floats, errors: Floats) -> dict[int, tuple[float, float]]:
    numbers = zip(values, errors, strict=True)
    return {key: (float(v), float(e)) for key, (v, e) in zip(keys, numbers, strict=True)}


def compute_staggered_ratio(panel: EffectPanel) -> Estimate:
    """Estimate the ratio of treated areas' rate to what it would have been, start by start.

    Rates per exposure; the average over treated area-periods, over the rate without the
    measure. Needs five treated areas for every start, ten controls and no missing counts.
    The margin comes from how areas differ, rounding included.
    """
    never = np.full(panel.controls.counts.shape[0], -1)
    if never.size < FEWEST_CONTROLS:
        return make_refusal(Method.STAGGERED, Reason.TOO_FEW_AREAS)
    inside = (panel.starts > 0) & (panel.starts < panel.periods)
    inside &= ~np.isnan(panel.treated.counts).any(axis=1)
    starts = panel.starts[inside]
    if not starts.size or np.unique(starts, return_counts=True)[1].min() < FEWEST_PER_START:
        return make_refusal(Method.STAGGERED, Reason.TOO_FEW_AREAS)
    if np.isnan(panel.controls.counts).any():
        return make_refusal(Method.STAGGERED, Reason.TOO_FEW_AREAS)
    rates = panel.treated.counts[inside] / panel.treated.exposure[inside]
    others = panel.controls.counts / panel.controls.exposure
    effect, error = compute_staggered(
        np.concatenate([rates, others]), np.concatenate([starts, never])
    ).simple
    without = float(rates[panel.after[inside]].mean()) - effect
    if without <= 0 or error <= 0:
        return make_refusal(Method.STAGGERED, Reason.TOO_FEW_CASES)
    low, high = (1 + (effect + side * 1.96 * error) / without for side in (-1, 1))
    limits = (max(0.0, low), high)
    p = 2 * float(ndtr(-abs(effect) / error))
    return make_estimate(Method.STAGGERED, 1 + effect / without, limits=limits, p=p)


_KINDS = ("simple", "group", "event_study")
