"""The choropleth: an SVG in which every area is a link with a name and a value, with its table."""

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.extremes import Extreme, find_highest, find_lowest
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count, write_rate
from regiebeeld.dashboard.charts.map_classes import (
    FEW,
    NONE,
    MapRequest,
    compute_styles,
    find_breaks,
    make_legend,
    value_of,
)
from regiebeeld.dashboard.charts.map_layers import draw_layers
from regiebeeld.dashboard.charts.reasons import name_base
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
    is_usable,
    name_unit,
    write_range,
    write_span,
)
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import ReleasedArea
from regiebeeld.statistics import Span

__all__ = ["FEW", "NONE", "MapRequest", "describe_map", "draw_map", "name_map"]


def draw_map(wanted: MapRequest) -> Figure:
    """Draw a choropleth with legend, sentence and table twin of the same cells."""
    title = name_map(wanted)
    styles = compute_styles(wanted)
    svg = _draw(wanted, styles, title) if styles else None
    return Figure(
        title=title,
        summary=describe_map(wanted, styles),
        svg=svg,
        table=_table(wanted, TEXTS("map.caption", **_name_parts(wanted))),
        legend=make_legend(wanted, styles),
    )


def name_map(wanted: MapRequest) -> str:
    """Say what a map shows: the figure, the level and the period."""
    return TEXTS("map.title", **_name_parts(wanted))


def _name_parts(wanted: MapRequest) -> dict[str, str]:
    return {
        "indicator": wanted.indicator.title,
        "level": TEXTS(f"level.{wanted.level}"),
        "period": name_period(wanted.period),
    }


def describe_map(wanted: MapRequest, styles: Mapping[str, str]) -> str:
    """Say the spread of the map, and how many areas have no figure or too few cases."""
    drawn = [area for area in wanted.areas if area.code in styles]
    known = [area for area in drawn if value_of(wanted, area) is not None]
    parts = [_describe_spread(wanted, known)]
    few, none = (
        sum(style == wanted_style for style in styles.values()) for wanted_style in (FEW, NONE)
    )
    masked = sum(is_masked(wanted.cells.get(area.code)) for area in drawn)
    apart = sum(_is_kept_apart(wanted, area) for area in drawn)
    if few > masked + apart:
        parts.append(TEXTS("map.summary_few", few=_count_areas(few - masked - apart, wanted.level)))
    if apart:
        parts.append(TEXTS("map.summary_homes", few=_count_areas(apart, wanted.level)))
    if masked:
        parts.append(TEXTS("map.summary_masked", masked=_count_areas(masked, wanted.level)))
    if none and known:
        parts.append(TEXTS("map.summary_grey", grey=_count_areas(none, wanted.level)))
    if not wanted.breaks and known:
        parts.append(TEXTS("map.scale_period"))
    return " ".join(parts)


def _is_kept_apart(wanted: MapRequest, area: ReleasedArea) -> bool:
    """Tell whether an area has a number that is not drawn, as it would be of a few homes."""
    cell = wanted.cells.get(area.code)
    if not is_usable(cell) or not wanted.is_too_few_homes(area):
        return False
    return wanted.measure == "count" or cell.rate is not None


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
            "rate.short",
            rate=rate,
            per=write_count(first.per or 0),
            base=name_base(first.base_figure),
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
    if _is_kept_apart(wanted, area):
        return TEXTS("map.few_homes")
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
    classes = len(find_breaks(wanted)) + 1
    shapes = "".join(
        _shape(wanted, area, styles[area.code], mark=mark, classes=classes)
        for area in wanted.areas
        if area.path
    )
    marked = wanted.marked.path if wanted.marked else None
    ring = f'<path class="ring" d="{marked}"/>' if marked else ""
    layers = draw_layers(wanted.layers, wanted.view_box)
    return Markup(  # noqa: S704 - paths come from the release, words are escaped
        f'<svg class="map" viewBox="{wanted.view_box}" width="{box[2]:g}" height="{box[3]:g}"'
        f' role="group" aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(total)}</desc>'
        f'<defs><pattern id="{mark}h" width="{step}" height="{step}"'
        f' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path class="hatch" d="M0,0V{step}" stroke-width="{step / 2.5:.2f}"/></pattern></defs>'
        f"{outlines}{shapes}{ring}{layers}</svg>"
    )


def _shape(wanted: MapRequest, area: ReleasedArea, style: str, *, mark: str, classes: int) -> str:
    value = _value_text(wanted, area)
    words = escape(TEXTS("map.area", name=area.name, value=value))
    # Read aloud: name, value and class. Hatched and grey, the value says what it is.
    number = style.removeprefix("k-")
    known = {"name": area.name, "value": value, "number": number, "total": classes}
    spoken = words if style in (FEW, NONE) else escape(TEXTS("map.area_class", **known))
    fill = f' fill="url(#{mark}h)"' if style == FEW else ""
    return (
        f'<a href="{escape(wanted.link(area))}" aria-label="{spoken}">'
        f'<path class="{style}"{fill} d="{area.path}"><title>{words}</title></path></a>'
    )


def _table(wanted: MapRequest, caption: str) -> Table:
    known = next((cell for cell in wanted.cells.values() if cell.per), None)
    rate = (
        TEXTS("trend.column_rate", per=write_count(known.per), base=name_base(known.base_figure))
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
