"""One setting of BYM2: its mode, and a normal distribution around it for every area."""

from dataclasses import dataclass

import numpy as np

from regiebeeld.statistics.spatial.banded import (
    Factor,
    Field,
    compute_log_determinant,
    compute_variances,
    factorise,
    solve,
)
from regiebeeld.statistics.spatial.neighbours import Floats
from regiebeeld.statistics.spatial.scaled_field import ScaledField

_LEVEL = 0.01  # precision of the overall level: a standard deviation of 10 on the log scale
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Counts:
    """Arrays (areas,): counts, expected counts and the variance that rounding added."""

    count: Floats
    expected: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class Values:
    """Log risks and pattern (areas,) each, in the order of the field, and the overall level."""

    log_risk: Floats
    pattern: Floats
    level: float


@dataclass(frozen=True, slots=True)
class Approximation:
    """The most likely values at one setting (spread, spatial share).

    log_evidence: log probability of the counts, up to a constant that is the same for all
    settings.
    """

    setting: tuple[float, float]
    log_evidence: float
    mode: Values
    factor: Factor


def start_values(data: Counts) -> Values:
    """Start from equal risks."""
    level = float(np.log(data.count.sum() / data.expected.sum()))
    return Values(np.full(len(data.count), level), np.zeros(len(data.count)), level)


def approximate(
    data: Counts, field: ScaledField, setting: tuple[float, float], start: Values
) -> Approximation:
    """Find the mode for one spread and spatial share by Newton's method with halved steps.

    data: in the order of the areas. The information is the expected one, never negative.
    Source: L. Tierney and J. B. Kadane, Accurate approximations for posterior moments and
    marginal densities, JASA 81 (1986) 82-86.
    """
    placed = _place(data, field)
    prior = _make_prior(field, setting)
    mode, value = start, _log_posterior(placed, field, setting, start)
    for _ in range(_STEPS):
        step = _find_step(placed, field, setting, (prior, mode))
        mode, gain = _take_step(placed, field, setting, (mode, step, value))
        value += gain
        if gain < 1e-6:
            break
    factor = factorise(_add_information(prior, _curve(placed, mode.log_risk)[0]))
    evidence = value - 0.5 * compute_log_determinant(factor)
    return Approximation(setting, evidence, mode, factor)


def describe_risks(data: Counts, field: ScaledField, found: Approximation) -> tuple[Floats, Floats]:
    """Give mean and variance of the log risks, (areas,) each, in the order of the areas.

    The mean is moved from the mode by the skewness of the Poisson likelihood, to first order.
    """
    variance = compute_variances(found.factor)[0][0::2]
    skewness = _curve(_place(data, field), found.mode.log_risk)[1]
    push = np.zeros(2 * len(variance))
    push[0::2] = -0.5 * skewness * variance
    mean = found.mode.log_risk + solve(found.factor, push, 0.0)[0][0::2]
    return mean[field.places], variance[field.places]


def _place(data: Counts, field: ScaledField) -> Counts:
    order = np.argsort(field.places)
    return Counts(data.count[order], data.expected[order], data.noise[order])


def _weights(setting: tuple[float, float]) -> tuple[float, float]:
    """Give the precision of the unpatterned part and the slope of the patterned part."""
    spread, share = setting
    return 1 / (spread**2 * (1 - share)), spread * float(np.sqrt(share))


def _make_prior(field: ScaledField, setting: tuple[float, float]) -> Field:
    """Make the prior precision: log risk and pattern of an area stand next to each other."""
    precision, slope = _weights(setting)
    size = field.band.shape[1]
    band = np.zeros((max(2 * len(field.band) - 1, 2), 2 * size))
    band[0 : 2 * len(field.band) - 1 : 2, 1::2] = field.band
    band[0, 0::2] = precision
    band[0, 1::2] += precision * slope**2
    band[1, 0::2] = -precision * slope
    border = np.empty(2 * size)
    border[0::2], border[1::2] = -precision, precision * slope
    sums = np.zeros((len(field.sums), 2 * size))
    sums[:, 1::2] = field.sums
    return Field(band, border, size * precision + _LEVEL, sums)


def _add_information(prior: Field, information: Floats) -> Field:
    band = prior.band.copy()
    band[0, 0::2] += information
    return Field(band, prior.border, prior.corner, prior.sums)


def _curve(data: Counts, log_risk: Floats) -> tuple[Floats, Floats]:
    """Give the expected information about each log risk, and how fast it grows."""
    mean = data.expected * np.exp(log_risk)
    whole = mean + data.noise
    return mean**2 / whole, mean**2 * (mean + 2 * data.noise) / whole**2


def _find_step(
    data: Counts, field: ScaledField, setting: tuple[float, float], at: tuple[Field, Values]
) -> Values:
    prior, mode = at
    precision, slope = _weights(setting)
    mean = data.expected * np.exp(mode.log_risk)
    rest = precision * (mode.log_risk - mode.level - slope * mode.pattern)
    gradient = np.empty(2 * len(mean))
    gradient[0::2] = ((data.count + data.noise) / (mean + data.noise) - 1) * mean - rest
    gradient[1::2] = slope * rest - _times(field, mode.pattern)
    level = float(rest.sum()) - _LEVEL * mode.level
    factor = factorise(_add_information(prior, _curve(data, mode.log_risk)[0]))
    step, change = solve(factor, gradient, level)
    return Values(step[0::2], step[1::2], change)


def _take_step(
    data: Counts,
    field: ScaledField,
    setting: tuple[float, float],
    at: tuple[Values, Values, float],
) -> tuple[Values, float]:
    """Take the step, halved until it is a gain; (the new values, the gain)."""
    mode, step, value = at
    size = 1.0
    for _ in range(30):
        moved = Values(
            mode.log_risk + np.clip(size * step.log_risk, -5, 5),
            mode.pattern + size * step.pattern,
            mode.level + size * step.level,
        )
        gain = _log_posterior(data, field, setting, moved) - value
        if gain >= 0:
            return moved, gain
        size /= 2
    return mode, 0.0


def _log_posterior(
    data: Counts, field: ScaledField, setting: tuple[float, float], at: Values
) -> float:
    precision, slope = _weights(setting)
    mean = data.expected * np.exp(np.minimum(at.log_risk, 50)) + data.noise
    fits = (data.count + data.noise) * np.log(np.maximum(mean, 1e-300)) - mean
    rest = at.log_risk - at.level - slope * at.pattern
    quadratic = precision * float(rest @ rest) + float(at.pattern @ _times(field, at.pattern))
    size = len(rest)
    return (
        float(fits.sum())
        + 0.5 * size * float(np.log(precision))
        - 0.5 * (quadratic + _LEVEL * at.level**2)
    )


def _times(field: ScaledField, pattern: Floats) -> Floats:
    """Multiply the field by a pattern."""
    product = field.band[0] * pattern
    size = len(pattern)
    for offset in range(1, len(field.band)):
        off = field.band[offset, : size - offset]
        product[offset:] += off * pattern[: size - offset]
        product[: size - offset] += off * pattern[offset:]
    return np.asarray(product)
