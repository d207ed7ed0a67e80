"""What is drawn on a map and in which class each area falls; the same classes at every period."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from regiebeeld.dashboard.charts.extremes import Bounds
from regiebeeld.dashboard.charts.figure import LegendRow
from regiebeeld.dashboard.charts.formats import write_count, write_rate
from regiebeeld.dashboard.charts.map_layers import Layer
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import (
    is_masked,
    is_rounded,
    is_usable,
    rate_span,
    span_of,
    write_span,
)
from regiebeeld.disclosure import BASE
from regiebeeld.domain import AreaLevel, Period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.statistics import Span

FEW, NONE = "k-few", "k-none"
_CLASSES = 5
# Counted per home: a figure of a few homes is a figure of their residents.
PER_HOME = frozenset({"woningen", "huishoudens"})
LEAST_HOMES = 100  # as few as for which no rate is given either


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What is drawn: areas of one level with their cells, and how a reader goes on from there.

    measure: `count` or `rate`; breaks: four, the same over time; context: areas drawn
    as outlines only; marked: the area the page is about, of any level; may_rank: whether
    highest and lowest may be named; alone: buurten of one housing complex; layers: what lies
    over the classes.
    """

    indicator: Indicator
    level: AreaLevel
    period: Period
    measure: str
    areas: Sequence[ReleasedArea]
    cells: Mapping[str, ReleasedCell]
    breaks: tuple[float, ...]
    view_box: str
    link: Callable[[ReleasedArea], str]
    context: Sequence[ReleasedArea] = ()
    marked: ReleasedArea | None = None
    may_rank: bool = True
    alone: frozenset[str] = frozenset()
    layers: Sequence[Layer] = ()

    def bounds_of(self, area: ReleasedArea) -> Bounds:
        """Give what the number that colours an area can be after rounding."""
        cell = self.cells[area.code]
        if self.measure == "rate":
            return rate_span(cell) or (0.0, 0.0)
        span = span_of(cell)
        return span.lower, span.upper

    def is_too_few_homes(self, area: ReleasedArea) -> bool:
        """Tell whether an area is a few homes or one complex, which is never drawn alone."""
        if self.level is not AreaLevel.BUURT:
            return False
        cell = self.cells.get(area.code)
        few = (
            cell is not None and cell.base_figure in PER_HOME and 0 < (cell.base or 0) < LEAST_HOMES
        )
        return few or area.code in self.alone


def value_of(wanted: MapRequest, area: ReleasedArea) -> float | None:
    """Give the released number that colours an area, or None."""
    cell = wanted.cells.get(area.code)
    if cell is None or not is_usable(cell) or wanted.is_too_few_homes(area):
        return None
    return cell.rate if wanted.measure == "rate" else float(cell.value or 0)


def find_breaks(wanted: MapRequest) -> tuple[float, ...]:
    """Give the breaks of the release, else four made from the values of this period."""
    if wanted.breaks:
        return wanted.breaks
    values = sorted(
        {value for area in wanted.areas if (value := value_of(wanted, area)) is not None}
    )
    if len(values) < 2:
        return ()
    return tuple(
        sorted(
            {values[len(values) * step // _CLASSES] for step in range(1, _CLASSES)} - {values[0]}
        )
    )


def compute_styles(wanted: MapRequest) -> dict[str, str]:
    """Give the class of every drawn area by code.

    "Unknown" is counted in the table; it has no place on the map and no class.
    """
    breaks = find_breaks(wanted)
    return {area.code: _style(wanted, area, breaks) for area in wanted.areas if area.path}


def _style(wanted: MapRequest, area: ReleasedArea, breaks: tuple[float, ...]) -> str:
    value, cell = value_of(wanted, area), wanted.cells.get(area.code)
    if value is not None:
        return f"k-{bisect_right(breaks, value) + 1}"
    # A count without a rate, and a protected count, are "too few"; anything else is no data.
    return FEW if is_usable(cell) or is_masked(cell) else NONE


def make_legend(wanted: MapRequest, styles: Mapping[str, str]) -> tuple[LegendRow, ...]:
    """Give every class with its bounds and how many areas are in it."""
    counts: dict[str, int] = {}
    for style in styles.values():
        counts[style] = counts.get(style, 0) + 1
    rows = [
        LegendRow(f"k-{number}", label, counts.get(f"k-{number}", 0))
        for number, label in enumerate(_class_labels(wanted), start=1)
        if label
    ]
    rows.append(LegendRow(FEW, TEXTS("map.legend_few"), counts.get(FEW, 0)))
    rows.append(LegendRow(NONE, TEXTS("map.legend_none"), counts.get(NONE, 0)))
    return tuple(row for row in rows if row.count or row.style not in (FEW, NONE))


def _class_labels(wanted: MapRequest) -> list[str]:
    breaks = find_breaks(wanted)
    if not breaks:
        return []
    shown = [cell for cell in wanted.cells.values() if is_usable(cell)]
    if wanted.measure == "count" and shown and all(map(is_rounded, shown)):
        return _rounded_labels(breaks)
    rate = wanted.measure == "rate"
    words = [write_rate(b) if rate else write_count(round(b)) for b in breaks]
    middle = [TEXTS("map.legend_middle", low=low, high=high) for low, high in pairwise(words)]
    return [
        TEXTS("map.legend_first", high=words[0]),
        *middle,
        TEXTS("map.legend_last", low=words[-1]),
    ]


def _rounded_labels(breaks: tuple[float, ...]) -> list[str]:
    """Label each class with what the counts in it can be; empty where no multiple of 5 falls.

    A class of rounded counts from 5 to 10 holds counts of 1 to 9: its bounds alone would lie.
    """
    starts = [0, *(ceil(b / BASE) * BASE for b in breaks)]
    labels = [
        write_span(Span(max(low - BASE + 1, 0), high - 1)) if low < high else ""
        for low, high in pairwise(starts)
    ]
    return [*labels, TEXTS("map.legend_last", low=write_count(max(starts[-1] - BASE + 1, 0)))]
