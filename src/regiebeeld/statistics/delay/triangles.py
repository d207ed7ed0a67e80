"""Reporting triangles: what was known of each period, so many periods later."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats


@dataclass(frozen=True, slots=True)
class Triangle:
    """counts: (periods x delays), the number known after each delay; NaN where not delivered.

    periods: whole numbers one apart (months since some month); delay 0 is the period itself.
    """

    periods: NDArray[np.int64]
    counts: Floats

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or len(self.periods) != len(self.counts):
            raise ValueError("a triangle has one row of counts for each period")
        if self.counts.shape[1] < 1 or np.isinf(self.counts).any():
            raise ValueError("a triangle has at least one delay and no infinite counts")
        if (np.diff(self.periods) != 1).any():
            raise ValueError("the periods of a triangle follow one another")

    @property
    def last_delay(self) -> NDArray[np.int64]:
        """The delay of the latest count of each period; -1 where there is none."""
        known = ~np.isnan(self.counts)
        last = known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
        return np.where(known.any(axis=1), last, -1).astype(np.int64)

    @property
    def latest(self) -> Floats:
        """The latest count of each period; NaN where there is none."""
        latest: Floats = self.counts[np.arange(len(self.counts)), self.last_delay]
        return latest


def build_triangle(
    period: ArrayLike, as_of: ArrayLike, count: ArrayLike, *, delays: int
) -> Triangle:
    """Build the triangle from snapshots: count cases of `period` were known at `as_of`.

    period, as_of: whole numbers in one unit (months); count: numbers >= 0, NaN is left out;
    all (snapshots,). delays: columns; a snapshot of a later delay is left out, so after the
    last column a period counts as complete. Two snapshots of one period and as_of must agree.
    Raises ValueError for no snapshots, counts below 0, an as_of before its period, or
    snapshots that contradict each other.
    """
    periods, moments = np.asarray(period, dtype=np.int64), np.asarray(as_of, dtype=np.int64)
    counts = np.asarray(count, dtype=np.float64)
    if not periods.size or periods.shape != moments.shape or periods.shape != counts.shape:
        raise ValueError("expected one or more snapshots: period, as_of and count alike in length")
    if (counts < 0).any() or (moments < periods).any() or delays < 1:
        raise ValueError("a count is below 0, a snapshot lies before its period, or delays < 1")
    rows = np.arange(periods.min(), periods.max() + 1)
    table = np.full((len(rows), delays), np.nan)
    kept = (moments - periods < delays) & ~np.isnan(counts)
    places = periods[kept] - rows[0], (moments - periods)[kept]
    table[places] = counts[kept]
    if (table[places] != counts[kept]).any():
        raise ValueError("two snapshots of one period and moment give different counts")
    return Triangle(rows, table)
