"""Missing months: filled between known ones and flagged, or refused; never counted as zero."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats

LONGEST_GAP = 3
MOST_MISSING = 0.1  # of the months of a series


class SeriesState(StrEnum):
    """What was done with a series, or why nothing could be."""

    COMPLETE = "complete"
    FILLED = "filled"  # short gaps inside were filled; `filled` tells which months
    ALL_MISSING = "all_missing"
    TOO_SHORT = "too_short"
    TOO_MANY_GAPS = "too_many_gaps"
    GAP_AT_THE_END = "gap_at_the_end"  # the first or last month is missing: nothing lies beyond
    TOO_FEW = "too_few"  # too few cases to say anything about a season
    NO_FIT = "no_fit"  # the model did not settle

    @property
    def is_usable(self) -> bool:
        return self in (SeriesState.COMPLETE, SeriesState.FILLED)


@dataclass(frozen=True, slots=True)
class FilledSeries:
    """values: (series x periods), NaN only in series whose state is not usable."""

    values: Floats
    filled: NDArray[np.bool_]
    states: tuple[SeriesState, ...]


def fill_gaps(values: ArrayLike, *, period: int = 12, longest: int = LONGEST_GAP) -> FilledSeries:
    """Fill short gaps inside each series; say of every series whether it can be used.

    values: (series x periods), NaN where missing. A missing month becomes the mean of
    the same month one period before and after (the known one of the two), else lies on
    the straight line between its neighbours. Refused: more than `longest` missing in a
    row, more than a tenth in all, a missing first or last month, under two periods.
    """
    series = np.atleast_2d(np.array(values, dtype=np.float64))
    if np.isinf(series).any():
        raise ValueError("a series holds an infinite value; expected numbers or NaN for missing")
    missing = np.isnan(series)
    states = [_judge(row, period, longest) for row in missing]
    for index, state in enumerate(states):
        if state is SeriesState.FILLED:
            series[index] = _fill(series[index], period)
    usable = np.array([state.is_usable for state in states], dtype=np.bool_)
    return FilledSeries(series, missing & usable[:, None], tuple(states))


def _judge(missing: NDArray[np.bool_], period: int, longest: int) -> SeriesState:
    if missing.all():
        return SeriesState.ALL_MISSING
    if missing.size < 2 * period:
        return SeriesState.TOO_SHORT
    if not missing.any():
        return SeriesState.COMPLETE
    if missing.mean() > MOST_MISSING or _longest_run(missing) > longest:
        return SeriesState.TOO_MANY_GAPS
    return SeriesState.GAP_AT_THE_END if missing[0] or missing[-1] else SeriesState.FILLED


def _longest_run(missing: NDArray[np.bool_]) -> int:
    known = np.flatnonzero(np.concatenate([[True], ~missing, [True]]))
    return int(np.diff(known).max()) - 1


def _fill(row: Floats, period: int) -> Floats:
    places = np.flatnonzero(np.isnan(row))
    known = np.flatnonzero(~np.isnan(row))
    lines = np.interp(places, known, row[known])
    filled = row.copy()
    for place, line in zip(places, lines, strict=True):
        beside = [row[p] for p in (place - period, place + period) if 0 <= p < row.size]
        same = [value for value in beside if not np.isnan(value)]
        filled[place] = np.mean(same) if same else line
    return filled
