"""Breaks in series: when the way of counting, or life itself, made years hard to compare."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """From `start` on series count something else; with an `end`, only up to that day.

    `themes` names what is touched; empty is everything. police: only what police register.
    `reason` is Dutch; `name` is that of the words of a page, for a drawing and for readers.
    """

    start: date
    end: date | None
    reason: str
    themes: tuple[str, ...] = ()
    name: str = ""
    police: bool = False

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"break from {self.start} to {self.end}: it ends before it starts")

    def touches(self, theme: str, *, police: bool = True) -> bool:
        """Tell whether series of a theme are touched; police: whether police register them."""
        return (not self.themes or theme in self.themes) and (police or not self.police)

    @property
    def lasts(self) -> bool:
        """Tell whether figures from before it never compare with those after it."""
        return self.end is None

    def crosses(self, first: date, last: date) -> bool:
        """Tell whether a lasting break lies within a span of days, both ends included."""
        return self.lasts and first < self.start <= last


CORONA = SeriesBreak(
    date(2020, 3, 1),
    date(2021, 12, 31),
    "In de coronatijd waren mensen vaker thuis. Cijfers over 2020 en 2021 wijken daardoor af.",
    name="corona",
)
CONCURRENT_OFFENCES = SeriesBreak(
    date(2018, 7, 1),
    None,
    "Sinds juli 2018 telt de politie misdrijven die samen zijn gepleegd elk apart. "
    "Aantallen van voor en na die datum zijn niet goed te vergelijken.",
    name="counting",
    police=True,
)
SEXUAL_OFFENCES_ACT = SeriesBreak(
    date(2024, 7, 1),
    None,
    "Op 1 juli 2024 ging de Wet seksuele misdrijven in. Meer gedrag is sindsdien strafbaar.",
    ("zeden",),
    name="law",
)
NATIONAL_BREAKS = (CONCURRENT_OFFENCES, CORONA, SEXUAL_OFFENCES_ACT)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """From `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"from {self.first} to {self.last}: the last day comes first")


def find_crossed_breaks(
    now: DaySpan,
    before: DaySpan,
    *,
    theme: str = "",
    breaks: tuple[SeriesBreak, ...] = NATIONAL_BREAKS,
) -> tuple[SeriesBreak, ...]:
    """Find the breaks that a comparison of two spans of days crosses, in the order given.

    A lasting break is crossed when days from both sides of its start are compared, or
    summed in one span. A break with an end is crossed when either span holds a day of
    it, also when both do: within it months differ from each other. theme: "" means
    unknown, for which breaks of single themes do not count.
    """
    spans = (now, before)
    return tuple(found for found in breaks if found.touches(theme) and any(_crosses(found, spans)))


def _crosses(found: SeriesBreak, spans: tuple[DaySpan, DaySpan]) -> tuple[bool, ...]:
    if found.end is not None:
        return tuple(s.first <= found.end and s.last >= found.start for s in spans)
    first = min(span.first for span in spans)
    last = max(span.last for span in spans)
    return (first < found.start <= last,)
