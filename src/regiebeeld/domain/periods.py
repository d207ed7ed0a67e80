"""Periods as the releases name them, and the CBS keys they are read from."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from regiebeeld.domain.errors import ContractError


class PeriodKind(StrEnum):
    """How long a period is; `ROLLING` is twelve months ending in a named month."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    ROLLING = "rolling_12_months"
    YEAR = "year"

    @property
    def days(self) -> int:
        """A nominal length, only to say which of two kinds is coarser."""
        return _NOMINAL_DAYS[self]

    def is_at_least_as_coarse_as(self, other: "PeriodKind") -> bool:
        return self.days >= other.days


_NOMINAL_DAYS = {
    PeriodKind.WEEK: 7,
    PeriodKind.MONTH: 30,
    PeriodKind.QUARTER: 91,
    PeriodKind.HALF_YEAR: 182,
    # Twelve windows a year where a year has one: subtracting two of them tells what months did,
    # so what may be shown a year may not be shown rolling.
    PeriodKind.ROLLING: 364,
    PeriodKind.YEAR: 366,  # a sliding year says more than a fixed one, so it counts as finer
}
_PATTERNS = {
    PeriodKind.YEAR: re.compile(r"([0-9]{4})"),
    PeriodKind.HALF_YEAR: re.compile(r"([0-9]{4})-H([12])"),
    PeriodKind.QUARTER: re.compile(r"([0-9]{4})-Q([1-4])"),
    PeriodKind.MONTH: re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"),
    PeriodKind.WEEK: re.compile(r"([0-9]{4})-W(0[1-9]|[1-4][0-9]|5[0-3])"),
    PeriodKind.ROLLING: re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])/P12M"),
}
_CBS_KEY = re.compile(r"([0-9]{4})(JJ|MM|KW|HJ)([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of time with one spelling: `2026`, `2026-Q2`, `2026-06`, `2026-06/P12M`."""

    start: date
    end: date
    id: str
    kind: PeriodKind

    @property
    def year(self) -> int:
        """The year the period ends in."""
        return self.end.year

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@lru_cache(maxsize=2048)
def read_period(text: str) -> Period:
    """Read the project's own spelling of a period; raise ContractError for any other text."""
    for kind, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(text):
            year = int(found[1])
            number = int(found[2]) if found.lastindex == 2 else 0
            return _period_of(kind, year, number, text)
    raise ContractError(
        f"{text!r} is geen periode; "
        "verwacht wordt bijvoorbeeld 2026, 2026-Q2, 2026-06 of 2026-06/P12M"
    )


def _period_of(kind: PeriodKind, year: int, number: int, text: str) -> Period:
    try:
        start, end = _bounds(kind, year, number)
    except (ValueError, OverflowError) as fault:
        raise ContractError(f"{text!r} bestaat niet in de kalender") from fault
    return Period(start=start, end=end, id=text, kind=kind)


def _bounds(kind: PeriodKind, year: int, number: int) -> tuple[date, date]:
    if kind is PeriodKind.WEEK:
        monday = date.fromisocalendar(year, number, 1)
        return monday, monday + timedelta(days=6)
    if kind is PeriodKind.YEAR:
        return date(year, 1, 1), date(year, 12, 31)
    months = {PeriodKind.HALF_YEAR: 6, PeriodKind.QUARTER: 3}.get(kind, 1)
    last = number * months
    end = date(year, last, monthrange(year, last)[1])
    if kind is PeriodKind.ROLLING:
        return (end + timedelta(days=1)).replace(year=end.year - (last != 12)), end
    return date(year, last - months + 1, 1), end


def read_cbs_period(key: str) -> Period:
    """Read a CBS period key: `2019JJ00`, `2019MM03`, `2019KW01`, `2019HJ02`.

    A year sorts among its months in CBS tables, so the kind is part of the
    answer; the caller never mixes kinds.
    """
    found = _CBS_KEY.fullmatch(key.strip())
    if not found:
        raise ContractError(
            f"{key!r} is geen CBS-periode; verwacht wordt bijvoorbeeld 2019JJ00 of 2019MM03"
        )
    year, letters, number = found.groups()
    spelling = {
        "JJ": year,
        "MM": f"{year}-{number}",
        "KW": f"{year}-Q{int(number)}",
        "HJ": f"{year}-H{int(number)}",
    }[letters]
    if letters == "JJ" and number != "00":
        raise ContractError(f"{key!r} is geen CBS-periode; een jaar eindigt op JJ00")
    return read_period(spelling)


def rolling_year(month: Period) -> Period:
    """Give the twelve months that end with `month`."""
    return read_period(f"{month.id}/P12M")
