"""Factors, changes and chances as a reader says them: `1,4 keer`, `12 % meer`, `1 op 200`."""

from math import floor, log10

from regiebeeld.dashboard.charts.formats import write_count, write_number
from regiebeeld.dashboard.charts.texts import TEXTS

_LEAST = 0.0001  # a smaller chance is not told apart


def write_factor(factor: float) -> str:
    """Write a factor with two figures that matter: `0,62`, `1,4`, `12`."""
    if factor <= 0:
        return "0"
    if factor < 0.01:
        return TEXTS("findings.below", number=write_number(0.01, 2))
    decimals = min(max(1 - floor(log10(factor) + 1e-9), 0), 2)
    # 0,996 would read 1,00: what rounds up to a whole one has one decimal less.
    if decimals == 2 and round(factor, 2) >= 1:
        decimals = 1
    # Close to 1 one decimal would hide on which side it is: `1,04` and not `1,0`.
    if decimals == 1 and 1 < round(factor, 2) < 1.1:
        decimals = 2
    return write_number(factor, decimals)


def write_percent(share: float) -> str:
    """Write a part as a whole percentage; a part above 0 never reads 0."""
    percent = share * 100
    if 0 < percent < 1:
        return TEXTS("findings.below", number="1")
    return write_number(percent)


def describe_change(ratio: float) -> str:
    """Say a ratio as a change: `12 % meer`, `3,1 keer zo veel`, `40 % minder`, `even veel`."""
    if ratio >= 2:
        return TEXTS("findings.times", factor=write_factor(ratio))
    percent = round(abs(ratio - 1) * 100)
    if percent == 0:
        return TEXTS("findings.equal")
    key = "findings.percent_more" if ratio > 1 else "findings.percent_less"
    return TEXTS(key, percent=write_number(percent))


def describe_margin(lower: float, upper: float) -> str:
    """Say the two ends of a margin of ratios: `5 % tot 20 % meer`, `3 % minder tot 8 % meer`."""
    first, last = describe_change(lower), describe_change(upper)
    low, high = (round(abs(end - 1) * 100) for end in (lower, upper))
    if first == last:
        return first
    if low and high and upper < 1:
        return TEXTS("findings.margin_less", lower=high, upper=low)
    if low and high and lower > 1 and upper < 2:
        return TEXTS("findings.margin_more", lower=low, upper=high)
    return TEXTS("findings.margin", lower=first, upper=last)


def describe_chance(p: float) -> str:
    """Say a probability: `1 op 200`; the smallest are one."""
    if p < _LEAST:
        return TEXTS("findings.chance_least", number=write_count(round(1 / _LEAST)))
    times = 1 / p
    if times < 2:
        return TEXTS("findings.chance_most")
    step: int = 10 ** max(floor(log10(times)) - 1, 0)
    return TEXTS("findings.chance", number=write_count(round(times / step) * step))
