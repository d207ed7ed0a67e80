"""Series of several levels side by side: the same periods, each area under one that is there."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.pipeline.analyses.series import Floats, Series
from regiebeeld.pipeline.analyses.surroundings import Surroundings


def align_levels(levels: Sequence[Series], around: Surroundings) -> list[Series]:
    """Give all levels the periods that any of them has, and leave areas without a parent out.

    levels: of one kind of period, coarsest first. What a level does not have is missing there.
    """
    periods = sorted({p for series in levels for p in series.periods}, key=lambda p: p.end)
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
