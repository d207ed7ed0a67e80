"""The rates of gemeenten and wijken against their size, with the limits of chance.

Never where the definition forbids to rank: what is found by searching, and people in trouble.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.releases.drawn_findings import Funnel
from regiebeeld.releases.findings import Finding
from regiebeeld.statistics.margins import (
    Observed,
    compute_funnel_limits,
    estimate_funnel_dispersion,
)

FEWEST = 5  # areas: of fewer no funnel is drawn
FEWEST_FOR_SPREAD = 10  # areas: of fewer it cannot be told how much they differ beyond chance
_STEPS = 25  # places along the size where the limits are told
_LIMITS = (0.998, 0.95)


def find_funnels(one: ReleasedIndicator) -> Iterator[Finding[Funnel]]:
    """Find which areas differ more than chance and their usual spread have it, in the last year."""
    denominator = one.indicator.denominator
    if not one.may(Analysis.RANKING) or denominator is None:
        return
    for level in (AreaLevel.GEMEENTE, AreaLevel.WIJK):
        kinds = (PeriodKind.ROLLING, PeriodKind.YEAR)
        series = next((one.series[level, k] for k in kinds if (level, k) in one.series), None)
        if series is None:
            continue
        rows = np.flatnonzero(~np.isnan(series.value[:, -1]) & (series.base >= denominator.minimum))
        if len(rows) >= FEWEST and series.value[rows, -1].sum() > 0:
            content = _draw(series, rows, denominator.per)
            period = series.periods[-1].id
            yield Finding(content, level, one.indicator.id, None, period, 0, content.areas)


def _draw(series: Series, rows: NDArray[np.intp], per: int) -> Funnel:
    value, base = series.value[rows, -1], series.base[rows]
    rate = float(value.sum() / base.sum())
    seen = Observed(value, base * rate, series.noise[rows, -1])
    wide = estimate_funnel_dispersion(seen)
    sizes = np.geomspace(base.min() * 0.9, base.max() * 1.3, _STEPS)
    sure, wider = (_limits(sizes, rate, share, wide) for share in _LIMITS)
    curve = np.column_stack([sizes, sure[0], wider[0], wider[1], sure[1]])
    curve[:, 1:] *= per
    figure = series.figure
    return Funnel(
        rate=_round(rate * per),
        per=per,
        base=figure.value if figure else "",
        dispersion=round(wide, 1) if len(rows) >= FEWEST_FOR_SPREAD else None,
        areas=tuple(series.codes[i] for i in rows),
        points=tuple((float(b), _round(v / b * per)) for v, b in zip(value, base, strict=True)),
        places=tuple(_place(series, rows, rate, wide)),
        curve=tuple(tuple(_round(each) for each in line) for line in curve),
    )


def _place(series: Series, rows: NDArray[np.intp], rate: float, wide: float) -> Iterator[str]:
    """Tell where each area lies; of a rounded figure both ends must lie there."""
    base = series.base[rows]
    low, high = (each[rows, -1] / base for each in (series.lower, series.upper))
    sure, wider = (_limits(base, rate, share, wide) for share in _LIMITS)
    for i in range(len(rows)):
        ends = [
            _name(float(end), (sure[0][i], wider[0][i], wider[1][i], sure[1][i]))
            for end in (low[i], high[i])
        ]
        if ends[0] == ends[1]:
            yield ends[0]
        else:
            yield _agree(ends[0], ends[1])


def _agree(low: str, high: str) -> str:
    """Two ends on one side give the milder of the two; else rounding leaves it open."""
    sides = {each.removesuffix("_sure") for each in (low, high)}
    return sides.pop() if len(sides) == 1 else "unclear"


def _name(rate: float, limits: tuple[float, float, float, float]) -> str:
    names = ("low_sure", "low", "within", "high", "high_sure")
    return names[sum((rate >= limits[0], rate >= limits[1], rate > limits[2], rate > limits[3]))]


def _limits(base: Floats, rate: float, share: float, wide: float) -> tuple[Floats, Floats]:
    found = compute_funnel_limits(base * rate, confidence=share, dispersion=wide)
    return found.lower * rate, found.upper * rate


def _round(value: float) -> float:
    """Four figures: more says nothing, and takes room in every page."""
    return float(f"{value:.4g}")
