"""The choropleth: an SVG in which every area is a link with a name and a value, with its table."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil

from markupsafe import Markup

from regiebeeld.dashboard.charts.extremes import Bounds, Extreme, find_highest, find_lowest
from regiebeeld.dashboard.charts.figure import Figure, LegendRow, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count, write_rate
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import hash_text
from regiebeeld.dashboard.charts.words import (
    count_in_unit,
    describe_bare_rate,
    describe_flags,
    describe_interval,
    describe_rate,
    describe_value,
    is_masked,
    is_rounded,
    is_usable,
    name_unit,
    rate_span,
    span_of,
    write_range,
    write_span,
)
from regiebeeld.disclosure import BASE
from regiebeeld.domain import AreaLevel, Period
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.statistics import Span

FEW, NONE = "k-few", "k-none"
_CLASSES = 5


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What is drawn: areas of one level with their cells, and how a reader goes on from there.

    measure: `count` or `rate`; breaks: four, the same over time; context: areas drawn
    as outlines only; marked: the area the page is about, of any level; may_rank: whether
    highest and lowest may be named.
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

    def bounds_of(self, area: ReleasedArea) -> Bounds:
        """Give what the number that colours an area can be after rounding."""
        cell = self.cells[area.code]
        if self.measure == "rate":
            return rate_span(cell) or (0.0, 0.0)
        span = span_of(cell)
        return span.lower, span.upper


def draw_map(wanted: MapRequest) -> Figure:
    """Draw a choropleth with legend, sentence and table twin of the same cells."""
    breaks = wanted.breaks or _breaks_of(wanted)
    names = {
        "indicator": wanted.indicator.title,
        "level": TEXTS(f"level.{wanted.level}"),
        "period": name_period(wanted.period),
    }
    title = TEXTS("map.title", **names)
    # "Unknown" is counted in the table; it has no place on the map and no class.
    styles = {area.code: _style(wanted, area, breaks) for area in wanted.areas if area.path}
    svg = _draw(wanted, styles, title) if styles else None
    return Figure(
        title=title,
        summary=describe_map(wanted, styles),
        svg=svg,
        table=_table(wanted, TEXTS("map.caption", **names)),
        legend=_legend(wanted, styles, breaks),
    )


def value_of(wanted: MapRequest, area: ReleasedArea) -> float | None:
    """Give the released number that colours an area, or None."""
    cell = wanted.cells.get(area.code)
    if cell is None or not is_usable(cell):
        return None
    return cell.rate if wanted.measure == "rate" else float(cell.value or 0)


def _style(wanted: MapRequest, area: ReleasedArea, breaks: tuple[float, ...]) -> str:
    value, cell = value_of(wanted, area), wanted.cells.get(area.code)
    if value is not None:
        return f"k-{bisect_right(breaks, value) + 1}"
    # A count without a rate, and a protected count, are "too few"; anything else is no data.
    return FEW if is_usable(cell) or is_masked(cell) else NONE


def _breaks_of(wanted: MapRequest) -> tuple[float, ...]:
    """Make four breaks from these values, for a release that holds none for this map."""
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


def describe_map(wanted: MapRequest, styles: Mapping[str, str]) -> str:
    """Say the spread of the map, and how many areas have no figure or too few cases."""
    drawn = [area for area in wanted.areas if area.code in styles]
    known = [area for area in drawn if value_of(wanted, area) is not None]
    parts = [_describe_spread(wanted, known)]
    few, none = (
        sum(style == wanted_style for style in styles.values()) for wanted_style in (FEW, NONE)
    )
    masked = sum(is_masked(wanted.cells.get(area.code)) for area in drawn)
    if few > masked:
        parts.append(TEXTS("map.summary_few", few=_count_areas(few - masked, wanted.level)))
    if masked:
        parts.append(TEXTS("map.summary_masked", masked=_count_areas(masked, wanted.level)))
    if none and known:
        parts.append(TEXTS("map.summary_grey", grey=_count_areas(none, wanted.level)))
    if not wanted.breaks and known:
        parts.append(TEXTS("map.scale_period"))
    return " ".join(parts)


def _describe_spread(wanted: MapRequest, known: Sequence[ReleasedArea]) -> str:
    words = {
        "level": TEXTS(f"level.{wanted.level}"),
        "levels": TEXTS(f"levels.{wanted.level}"),
        "total": len(known),
    }
    if not known:
        return TEXTS("map.summary_none", **words)
    if not wanted.may_rank:
        return TEXTS("map.summary_neutral", **words)
    low, high = (find(known, wanted.bounds_of) for find in (find_lowest, find_highest))
    if low.lower < low.upper and len(known) > 1 and _share_an_area(low, high):
        whole = Extreme(low.lower, high.upper, low.items)
        return TEXTS("map.summary_close", **words, figure=_write_extreme(wanted, whole))
    words |= {"low_name": _name_areas(wanted, low), "high_name": _name_areas(wanted, high)}
    key = "map.summary_one" if len(known) == 1 else "map.summary_spread"
    return TEXTS(key, **words, low=_write_extreme(wanted, low), high=_write_extreme(wanted, high))


def _share_an_area(low: Extreme[ReleasedArea], high: Extreme[ReleasedArea]) -> bool:
    return bool({area.code for area in low.items} & {area.code for area in high.items})


def _name_areas(wanted: MapRequest, found: Extreme[ReleasedArea]) -> str:
    if found.only is not None:
        return found.only.name
    return TEXTS("map.one_of", count=len(found.items), levels=TEXTS(f"levels.{wanted.level}"))


def _write_extreme(wanted: MapRequest, found: Extreme[ReleasedArea]) -> str:
    first = wanted.cells[found.items[0].code]
    if wanted.measure == "rate":
        rate = write_range(write_rate(found.lower), write_rate(found.upper))
        return TEXTS(
            "rate.short", rate=rate, per=write_count(first.per or 0), base=first.base_figure
        )
    span = Span(int(found.lower), int(found.upper))
    unit = name_unit(wanted.indicator.unit, span.lower if span.is_exact else None)
    return TEXTS("map.count", count=write_span(span), unit=unit)


def _count_areas(count: int, level: AreaLevel) -> str:
    kind = "level" if count == 1 else "levels"
    return f"{write_count(count)} {TEXTS(f'{kind}.{level}')}"


def _value_text(wanted: MapRequest, area: ReleasedArea) -> str:
    cell = wanted.cells.get(area.code)
    if cell is None or not is_usable(cell):
        return describe_value(cell)
    if wanted.measure == "rate":
        return describe_rate(cell)
    return TEXTS(
        "map.count",
        count=describe_value(cell),
        unit=name_unit(wanted.indicator.unit, count_in_unit(cell)),
    )


def _draw(wanted: MapRequest, styles: Mapping[str, str], title: str) -> Markup:
    mark = f"m{hash_text(title + (wanted.marked.code if wanted.marked else '')):x}"
    box = [float(number) for number in wanted.view_box.split()]
    step = round(max(box[2], box[3]) / 60, 2)
    total = TEXTS("map.description", total=len(styles), levels=TEXTS(f"levels.{wanted.level}"))
    outlines = "".join(
        f'<path class="outline" d="{area.path}"/>' for area in wanted.context if area.path
    )
    shapes = "".join(
        _shape(wanted, area, styles[area.code], mark) for area in wanted.areas if area.path
    )
    marked = wanted.marked.path if wanted.marked else None
    ring = f'<path class="ring" d="{marked}"/>' if marked else ""
    return Markup(  # noqa: S704 - paths come from the release, words are escaped
        f'<svg class="map" viewBox="{wanted.view_box}" width="{box[2]:g}" height="{box[3]:g}"'
        f' role="group" aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(total)}</desc>'
        f'<defs><pattern id="{mark}h" width="{step}" height="{step}"'
        f' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path class="hatch" d="M0,0V{step}" stroke-width="{step / 2.5:.2f}"/></pattern></defs>'
        f"{outlines}{shapes}{ring}</svg>"
    )


def _shape(wanted: MapRequest, area: ReleasedArea, style: str, mark: str) -> str:
    words = escape(TEXTS("map.area", name=area.name, value=_value_text(wanted, area)))
    fill = f' fill="url(#{mark}h)"' if style == FEW else ""
    return (
        f'<a href="{escape(wanted.link(area))}" aria-label="{words}">'
        f'<path class="{style}"{fill} d="{area.path}"><title>{words}</title></path></a>'
    )


def _legend(
    wanted: MapRequest, styles: Mapping[str, str], breaks: tuple[float, ...]
) -> tuple[LegendRow, ...]:
    counts: dict[str, int] = {}
    for style in styles.values():
        counts[style] = counts.get(style, 0) + 1
    rows = [
        LegendRow(f"k-{number}", label, counts.get(f"k-{number}", 0))
        for number, label in enumerate(_class_labels(wanted, breaks), start=1)
        if label
    ]
    rows.append(LegendRow(FEW, TEXTS("map.legend_few"), counts.get(FEW, 0)))
    rows.append(LegendRow(NONE, TEXTS("map.legend_none"), counts.get(NONE, 0)))
    return tuple(row for row in rows if row.count or row.style not in (FEW, NONE))


def _class_labels(wanted: MapRequest, breaks: tuple[float, ...]) -> list[str]:
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


def _table(wanted: MapRequest, caption: str) -> Table:
    known = next((cell for cell in wanted.cells.values() if cell.per), None)
    rate = (
        TEXTS("trend.column_rate", per=write_count(known.per), base=known.base_figure)
        if known and known.per
        else TEXTS("trend.column_rate_plain")
    )
    columns = (
        TEXTS("map.column_area"),
        TEXTS("map.column_count"),
        rate,
        TEXTS("trend.column_interval"),
        TEXTS("trend.column_status"),
    )
    return Table(caption, columns, tuple(_row(wanted, area) for area in wanted.areas))


def _row(wanted: MapRequest, area: ReleasedArea) -> Row:
    cell = wanted.cells.get(area.code)
    words = (
        describe_value(cell),
        describe_bare_rate(cell),
        describe_interval(cell),
        describe_flags(cell),
    )
    marked = wanted.marked is not None and area.code == wanted.marked.code
    return Row(area.name, words, link=wanted.link(area), marked=marked)
