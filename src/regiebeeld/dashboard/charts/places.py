"""Where it lies together: areas that stand out with their neighbours, circles, and how uneven."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import hypot

from markupsafe import Markup

from regiebeeld.dashboard.charts.dots import Dot, draw_sizes
from regiebeeld.dashboard.charts.figure import Figure, LegendRow, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count, write_rate
from regiebeeld.dashboard.charts.shares import describe_chance, write_factor, write_percent
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import INK, hash_text
from regiebeeld.dashboard.charts.words import name_unit
from regiebeeld.domain import AreaLevel, read_period
from regiebeeld.releases import Indicator, ReleasedArea
from regiebeeld.releases.findings import Cluster, Concentration, Finding, HotSpot

HIGH, LOW, RING = "#b35806", "#8073ac", "none"  # more and less, never good and bad
_LEAST_RING = 0.02  # of the map
_NAMED = 6  # names in a sentence; all of them stand in the table
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """What is drawn: the areas by code, the outlines behind them, and whether figures are rounded.

    level: of what is drawn; what was found at other levels stands in the sentence and the table.
    within: the name of the gemeente the map is limited to.
    """

    indicator: Indicator
    level: AreaLevel
    areas: Mapping[str, ReleasedArea]
    outlines: Sequence[ReleasedArea]
    view_box: str
    link: Callable[[ReleasedArea], str]
    rounded: bool = False
    within: str | None = None


def draw_places(
    wanted: PlaceRequest,
    spots: Sequence[Finding[HotSpot]],
    clusters: Sequence[Finding[Cluster]],
) -> Figure:
    """Draw what stands out on a map of borders; each of it is a link and a row of the table."""
    spots = [each for each in spots if each.area in wanted.areas]
    title = TEXTS("findings.places.title", indicator=wanted.indicator.title)
    drawn = [each for each in spots if each.level is wanted.level]
    rings = [each for each in clusters if each.level is wanted.level]
    there = bool(drawn or rings) and any(area.path for area in wanted.outlines)
    columns = tuple(
        TEXTS(f"findings.places.column_{name}") for name in ("area", "level", "kind", "period")
    )
    return Figure(
        title=title,
        summary=describe_spots(wanted, spots),
        svg=_draw(wanted, drawn, rings, title) if there else None,
        table=Table(title, columns, tuple(_spot_row(wanted, each) for each in spots)),
        legend=_legend(drawn, rings) if there else (),
    )


def describe_spots(wanted: PlaceRequest, spots: Sequence[Finding[HotSpot]]) -> str:
    """Name the areas that stand out, level by level, the drawn level first."""
    levels = sorted({each.level for each in spots}, key=lambda one: one is not wanted.level)
    parts = []
    for level in levels:
        for kind in ("high", "low"):
            codes = [s.area for s in spots if s.level is level and s.content.kind == kind]
            names = [_name(wanted, code) for code in codes if code]
            if names:
                parts.append(
                    TEXTS(
                        f"findings.places.{kind}_{'one' if len(names) == 1 else 'many'}",
                        count=write_count(len(names)),
                        levels=TEXTS(f"{'level' if len(names) == 1 else 'levels'}.{level}"),
                        names=join_names(names),
                        unit=name_unit(wanted.indicator.unit, None),
                    )
                )
    if not parts and wanted.within:
        return TEXTS("findings.places.nothing_inside", area=wanted.within)
    if not parts:
        return TEXTS("findings.places.nothing")
    return " ".join([*parts, TEXTS("findings.places.sure")])


def draw_clusters(wanted: PlaceRequest, clusters: Sequence[Finding[Cluster]]) -> Figure:
    """Tell each circle of areas beside what an even spread would give."""
    title = TEXTS("findings.clusters.title", indicator=wanted.indicator.title)
    columns = tuple(
        TEXTS(f"findings.clusters.column_{name}")
        for name in ("areas", "observed", "expected", "times", "chance")
    )
    rows = tuple(_cluster_row(wanted, each) for each in clusters)
    return Figure(title, describe_clusters(wanted, clusters), None, Table(title, columns, rows))


def describe_clusters(wanted: PlaceRequest, clusters: Sequence[Finding[Cluster]]) -> str:
    """Say the clearest circle of each level: how many there were, and how many one would think."""
    parts = []
    for level in dict.fromkeys(each.level for each in clusters):
        found = next(each for each in clusters if each.level is level)
        parts.append(
            TEXTS(
                f"findings.clusters.{'one' if len(found.content.areas) == 1 else 'many'}",
                names=_names_of(wanted, found.content.areas),
                where=_where(wanted, found.content.areas),
                observed=_observed(wanted, found.content),
                unit=name_unit(wanted.indicator.unit, None),
                expected=write_rate(found.content.expected),
                chance=describe_chance(found.content.p),
            )
        )
    return " ".join(parts)


def draw_concentration(
    indicator: Indicator, found: Sequence[Finding[Concentration]], *, whole: str
) -> Figure:
    """Draw how uneven it is at each level, beside the most that chance gives."""
    title = TEXTS("findings.concentration.title", indicator=indicator.title, area=whole)
    dots, rows = [], []
    for each in found:
        levels = TEXTS(f"levels.{each.level}")
        gini, most = write_factor(each.content.gini), write_factor(each.content.by_chance)
        for key, value in (("gini", each.content.gini), ("chance", each.content.by_chance)):
            label = TEXTS(f"findings.concentration.dot_{key}", levels=levels)
            words = f"{label}: {write_factor(value)}"
            dots.append(Dot(label, value, None, None, words, faint=key == "chance"))
        half = TEXTS("findings.percent", percent=write_percent(each.content.half_in))
        rows.append(Row(levels.capitalize(), (write_count(each.content.areas), half, gini, most)))
    columns = tuple(
        TEXTS(f"findings.concentration.column_{name}")
        for name in ("level", "areas", "half", "gini", "chance")
    )
    description = TEXTS("findings.concentration.description")
    return Figure(
        title=title,
        summary=describe_concentration(indicator, found),
        svg=draw_sizes(dots, title=title, description=description, top=1.0) if dots else None,
        table=Table(title, columns, tuple(rows)),
    )


def describe_concentration(indicator: Indicator, found: Sequence[Finding[Concentration]]) -> str:
    """Say in which part of the areas half took place, and whether chance alone gives as much."""
    return " ".join(
        TEXTS(
            "findings.concentration.uneven"
            if each.content.gini > each.content.by_chance
            else "findings.concentration.even",
            unit=name_unit(indicator.unit, None),
            percent=write_percent(each.content.half_in),
            levels=TEXTS(f"levels.{each.level}"),
            gini=write_factor(each.content.gini),
            chance=write_factor(each.content.by_chance),
        )
        for each in found
    )


def join_names(names: Sequence[str], most: int = _NAMED) -> str:
    """Join names as a reader says them; the rest is counted."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(TEXTS("findings.others", count=write_count(len(names) - most)))
    if len(shown) == 1:
        return shown[0]
    return TEXTS("findings.and", first=", ".join(shown[:-1]), last=shown[-1])


def _name(wanted: PlaceRequest, code: str) -> str:
    """Name an area, with its gemeente where the map shows more than one."""
    area = wanted.areas[code]
    whole = wanted.areas.get(area.gemeente or "")
    if wanted.within or whole is None or whole.code == code:
        return area.name
    return TEXTS("findings.peers.within", area=area.name, gemeente=whole.name)


def _names_of(wanted: PlaceRequest, codes: Sequence[str]) -> str:
    return join_names([wanted.areas[code].name for code in codes if code in wanted.areas])


def _where(wanted: PlaceRequest, codes: Sequence[str]) -> str:
    """Name the gemeenten of some areas: buurten of the same name are no exception."""
    found = (wanted.areas[code].gemeente for code in codes if code in wanted.areas)
    gemeenten = dict.fromkeys(code for code in found if code in wanted.areas)
    return join_names([wanted.areas[code].name for code in gemeenten if code])


def _observed(wanted: PlaceRequest, cluster: Cluster) -> str:
    count = write_count(cluster.observed)
    return TEXTS("findings.about", count=count) if wanted.rounded else count


def _spot_row(wanted: PlaceRequest, spot: Finding[HotSpot]) -> Row:
    area = wanted.areas[spot.area or ""]
    cells = (
        TEXTS(f"level.{spot.level}"),
        TEXTS(f"findings.places.kind_{spot.content.kind}"),
        name_period(read_period(spot.period)) if spot.period else "",
    )
    return Row(_name(wanted, area.code), cells, link=wanted.link(area))


def _cluster_row(wanted: PlaceRequest, found: Finding[Cluster]) -> Row:
    cluster = found.content
    names = [wanted.areas[code].name for code in cluster.areas if code in wanted.areas]
    cells = (
        _observed(wanted, cluster),
        write_rate(cluster.expected),
        write_factor(cluster.observed / cluster.expected) if cluster.expected else "",
        describe_chance(cluster.p),
    )
    levels = TEXTS(f"{'level' if len(names) == 1 else 'levels'}.{found.level}")
    told = {"count": len(names), "levels": levels, "where": _where(wanted, cluster.areas)}
    return Row(TEXTS("findings.clusters.row", **told, names=join_names(names, most=40)), cells)


def _draw(
    wanted: PlaceRequest,
    spots: Sequence[Finding[HotSpot]],
    clusters: Sequence[Finding[Cluster]],
    title: str,
) -> Markup:
    mark = f"p{hash_text(title + wanted.view_box):x}"
    box = [float(number) for number in wanted.view_box.split()]
    behind = "".join(
        f'<path class="outline" d="{area.path}"/>' for area in wanted.outlines if area.path
    )
    shapes = "".join(_shape(wanted, spot) for spot in spots)
    least = max(box[2], box[3]) * _LEAST_RING
    rings = "".join(_ring(wanted, each.content.areas, least) for each in clusters)
    description = TEXTS("findings.places.description")
    return Markup(  # noqa: S704 - paths come from the release, words are escaped
        f'<svg class="map" viewBox="{wanted.view_box}" width="{box[2]:g}" height="{box[3]:g}"'
        f' role="group" aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title>'
        f'<desc id="{mark}d">{escape(description)}</desc>'
        f"{behind}{shapes}{rings}</svg>"
    )


def _ring(wanted: PlaceRequest, codes: Sequence[str], least: float) -> str:
    """Draw a circle around some areas, wide enough to be seen."""
    boxes = [box for c in codes if c in wanted.areas and (box := wanted.areas[c].box)]
    if not boxes:
        return ""
    left, top = (min(box[side] for box in boxes) for side in (0, 1))
    right, bottom = (max(box[side] for box in boxes) for side in (2, 3))
    radius = max(hypot(right - left, bottom - top) / 2, least)
    return (
        f'<circle cx="{(left + right) / 2:.1f}" cy="{(top + bottom) / 2:.1f}" r="{radius:.1f}"'
        f' fill="none" stroke="{INK}" stroke-width="2" vector-effect="non-scaling-stroke"'
        f' pointer-events="none"/>'
    )


def _shape(wanted: PlaceRequest, spot: Finding[HotSpot]) -> str:
    area = wanted.areas[spot.area or ""]
    if not area.path:
        return ""
    kind = TEXTS(f"findings.places.kind_{spot.content.kind}")
    words = escape(TEXTS("map.area", name=area.name, value=kind))
    fill = HIGH if spot.content.kind == "high" else LOW
    return (
        f'<a href="{escape(wanted.link(area))}" aria-label="{words}">'
        f'<path fill="{fill}" d="{area.path}"><title>{words}</title></path></a>'
    )


def _legend(
    spots: Sequence[Finding[HotSpot]], clusters: Sequence[Finding[Cluster]]
) -> tuple[LegendRow, ...]:
    """Say what the colours mean, of those that are there; `style` is the colour itself."""
    kinds = [spot.content.kind for spot in spots]
    rows = [
        LegendRow(fill, TEXTS(f"findings.places.legend_{kind}"), kinds.count(kind))
        for kind, fill in (("high", HIGH), ("low", LOW))
        if kind in kinds
    ]
    if clusters:
        rows.append(LegendRow(RING, TEXTS("findings.places.legend_ring"), len(clusters)))
    return tuple(rows)
