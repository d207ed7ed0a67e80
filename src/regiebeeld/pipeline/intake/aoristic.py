"""Spreads events that happened somewhere between two moments over weekday x hour.

Refuses dates without a time: they would put every event at midnight.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import ContractError

DAYS, HOURS = 7, 24
SHARE_UNITS = 10**9  # the parts one event is divided in, so that sums stay exact
LONGEST_HOURS = 7 * 24  # a longer interval says nothing about weekday or hour
_HOUR = 3600
_BINS = DAYS * HOURS
_WEEK = _BINS * _HOUR
_THURSDAY = 3 * 24 * _HOUR  # 1970-01-01 was a Thursday; weeks here begin on Monday


class TooLong(StrEnum):
    """What to do with an interval that is longer than the stated maximum."""

    SPREAD = "spread"  # evenly over the whole week
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True, eq=False)
class Aoristic:
    """Weekday (0 = Monday) x hour, in parts of SHARE_UNITS an event, and what was done.

    `units` sums to `events` * SHARE_UNITS exactly. `moments` events had one moment (equal or no
    end); `too_long` were spread evenly or left out; `reversed` ended before they began and
    `without_begin` had no begin: both are left out.
    """

    units: NDArray[np.int64]
    events: int
    moments: int
    too_long: int
    left_out: int
    reversed: int
    without_begin: int
    longest_hours: int

    @property
    def weights(self) -> NDArray[np.float64]:
        """The expected number of events in each of the 7 x 24 hours."""
        return np.asarray(self.units / SHARE_UNITS)

    def sentences(self) -> tuple[str, ...]:
        """Tell in Dutch what a reader of the table must know."""
        spread = self.too_long and not self.left_out
        what = "gelijk over de week verdeeld" if spread else "niet meegeteld"
        told = [
            f"{self.events} voorvallen verdeeld over dag en uur: elk telt in gelijke delen mee in "
            "alle uren tussen begin en einde",
            f"{self.moments} voorvallen hebben één tijdstip en tellen in dat uur",
        ]
        if self.too_long:
            told.append(f"{self.too_long} duurden langer dan {self.longest_hours} uur: {what}")
        if self.reversed:
            told.append(f"{self.reversed} eindigen voor zij beginnen: niet meegeteld")
        if self.without_begin:
            told.append(f"{self.without_begin} hebben geen begin: niet meegeteld")
        return tuple(told)


def compute_aoristic(
    begin: NDArray[np.datetime64],
    end: NDArray[np.datetime64],
    *,
    longest_hours: int = LONGEST_HOURS,
    too_long: TooLong = TooLong.SPREAD,
) -> Aoristic:
    """Compute the weekday x hour table of events from `begin` to `end` (local time, NaT = none).

    Every second of [begin, end) gets an equal share of the event; an event of one moment counts
    whole in its hour. Clock changes are not corrected: two nights a year. Raises ContractError
    for dates without a time. Source: Ratcliffe and McCullagh (1998), Aoristic crime analysis,
    IJGIS 12(7); Ratcliffe (2002), Aoristic signatures and the spatio-temporal analysis of high
    volume crime patterns, Journal of Quantitative Criminology 18(1).
    """
    starts, stops = _seconds(begin), _seconds(end)
    known = ~np.isnat(begin)
    # No end is a known moment.
    lengths = np.where(known & ~np.isnat(end), stops - starts, 0)
    good = known & (lengths >= 0)
    long = good & (lengths > longest_hours * _HOUR)
    dated = good & ~long
    table = _spread(starts[dated], lengths[dated])
    spread = int(long.sum()) if too_long is TooLong.SPREAD else 0
    events = int(dated.sum()) + spread
    return Aoristic(
        units=_whole_units(table + spread / _BINS, events).reshape(DAYS, HOURS),
        events=events,
        moments=int((good & (lengths == 0)).sum()),
        too_long=int(long.sum()),
        left_out=int(long.sum()) - spread,
        reversed=int((known & (lengths < 0)).sum()),
        without_begin=int((~known).sum()),
        longest_hours=longest_hours,
    )


def _seconds(moments: NDArray[np.datetime64]) -> NDArray[np.int64]:
    unit = np.datetime_data(moments.dtype)[0]
    if unit in ("Y", "M", "W", "D"):
        raise ContractError(
            "de tijden zijn alleen datums, zonder uur; lever begin en einde met uren en minuten"
        )
    return moments.astype("datetime64[s]").astype(np.int64)


def _spread(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the expected events of each hour of the week; NaT-free, no negative lengths."""
    # In one order, so that the last bits do not depend on the order of the file.
    order = np.lexsort((starts, lengths))
    begins, lengths = (starts[order] + _THURSDAY) % _WEEK, lengths[order]
    hour = begins // _HOUR
    moments = lengths == 0
    table = np.bincount(hour[moments], minlength=_BINS).astype(np.float64)
    begins, lengths, hour = begins[~moments], lengths[~moments], hour[~moments]
    weeks, rest = np.divmod(lengths, _WEEK)
    table += (weeks * _HOUR / lengths).sum()
    # What is left is shorter than a week: part of a first hour, whole hours, part of a last one.
    ends = begins + rest
    last = ends // _HOUR
    first_part = np.minimum(ends, (hour + 1) * _HOUR) - begins
    last_part = np.where(last > hour, ends - last * _HOUR, 0)
    firsts = np.bincount(hour, first_part / lengths, minlength=2 * _BINS + 1)
    lasts = np.bincount(last, last_part / lengths, minlength=2 * _BINS + 1)
    folded = firsts + lasts + _whole_hours(hour + 1, last, _HOUR / lengths)
    return np.asarray(table + folded[:_BINS] + folded[_BINS : 2 * _BINS])


def _whole_hours(
    first: NDArray[np.int64], stop: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add `share` to every hour from `first` up to `stop`, all events at once."""
    some = stop > first
    rises = np.bincount(first[some], share[some], minlength=2 * _BINS + 1)
    falls = np.bincount(stop[some], share[some], minlength=2 * _BINS + 1)
    return np.maximum(np.cumsum(rises - falls), 0.0)


def _whole_units(table: NDArray[np.float64], events: int) -> NDArray[np.int64]:
    """Divide the units of all events over the hours by the largest remainder, exactly."""
    total = events * SHARE_UNITS
    exact = table * SHARE_UNITS
    whole = np.floor(exact).astype(np.int64)
    short = total - int(whole.sum())
    step, few = divmod(short, len(whole))
    order = np.lexsort((np.arange(len(whole)), whole - exact))
    whole += step
    whole[order[:few]] += 1
    return whole
