"""Series of several levels side by side: the same periods, each area under one that is there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Period, PeriodKind, read_period
from regiebeeld.pipeline.analyses.series import Floats, Series
from regiebeeld.pipeline.analyses.surroundings import Surroundings


def align_levels(levels: Sequence[Series], around: Surroundings) -> list[Series]:
    """Give all levels the same periods without a gap, and leave areas without a parent out.

    levels: of one kind of period, coarsest first. What a level does not have is missing there, so
    that the same month of another year is always as many places away.
    """
    periods = fill_periods({p for series in levels for p in series.periods})
    found: list[Series] = []
    for series in levels:
        places = [series.find(period) for period in periods]
        kept = np.arange(len(series.codes))
        if found:
            there = set(found[-1].codes)
            level = found[-1].level
            kept = np.array(
                [i for i, c in enumerate(series.codes) if around.parent_at(c, level) in there],
                dtype=np.int64,
            )
        if not len(kept):
            break
        found.append(
            replace(
                series,
                codes=tuple(series.codes[i] for i in kept),
                periods=tuple(periods),
                base=series.base[kept],
                value=_spread(series.value[kept], places),
                lower=_spread(series.lower[kept], places),
                upper=_spread(series.upper[kept], places),
            )
        )
    return found


def fill_series(series: Series) -> Series:
    """Give a series with every period between its first and its last; what is absent is missing."""
    periods = fill_periods(series.periods)
    places = [series.find(period) for period in periods]
    return replace(
        series,
        periods=tuple(periods),
        value=_spread(series.value, places),
        lower=_spread(series.lower, places),
        upper=_spread(series.upper, places),
    )


def fill_periods(periods: Iterable[Period]) -> list[Period]:
    """Give periods of one kind in order of time, with those that are missing between them."""
    there = sorted(periods, key=_month)
    if len(there) < 3 or there[0].kind not in _NAMES:
        return there
    step = min(_month(b) - _month(a) for a, b in pairwise(there))
    known = {_month(period): period for period in there}
    return [
        known.get(month) or read_period(_NAMES[there[0].kind](month))
        for month in range(_month(there[0]), _month(there[-1]) + 1, max(step, 1))
    ]


def _month(period: Period) -> int:
    """Number the month in which a period ends."""
    return period.end.year * 12 + period.end.month - 1


_NAMES: dict[PeriodKind, Callable[[int], str]] = {
    PeriodKind.MONTH: lambda m: f"{m // 12}-{m % 12 + 1:02d}",
    PeriodKind.QUARTER: lambda m: f"{m // 12}-Q{m % 12 // 3 + 1}",
    PeriodKind.ROLLING: lambda m: f"{m // 12}-{m % 12 + 1:02d}/P12M",
}


def _spread(matrix: Floats, places: Sequence[int | None]) -> Floats:
    found = np.full((len(matrix), len(places)), np.nan)
    for column, place in enumerate(places):
        if place is not None:
            found[:, column] = matrix[:, place]
    return found


def find_parents(levels: Sequence[Series], depth: int, around: Surroundings) -> NDArray[np.int64]:
    """Give for each area of a level its place in the level above; -1 in the first level."""
    if not depth:
        return np.full(len(levels[0].codes), -1, dtype=np.int64)
    above = {code: i for i, code in enumerate(levels[depth - 1].codes)}
    level = levels[depth - 1].level
    found = [above[around.parent_at(code, level) or ""] for code in levels[depth].codes]
    return np.array(found, dtype=np.int64)
