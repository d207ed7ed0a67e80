"""The blocks of a page that tell what the statistics found: sentence, drawing, table, small print.

Reads findings of one release and nothing else; an analysis that a definition does not allow has
no block at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from regiebeeld.dashboard.access import find_own_gemeente
from regiebeeld.dashboard.charts import Figure, name_period, say_told
from regiebeeld.dashboard.charts.drivers import draw_drivers, list_driver_cautions
from regiebeeld.dashboard.charts.effects import (
    draw_effect,
    is_seen,
    list_effect_notes,
    tell_unseen,
)
from regiebeeld.dashboard.charts.places import (
    PlaceRequest,
    draw_clusters,
    draw_concentration,
    draw_places,
)
from regiebeeld.dashboard.charts.repeats import draw_repeats
from regiebeeld.dashboard.charts.season_factors import draw_season_factors
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.weeks import draw_week
from regiebeeld.dashboard.web.blocks import Provenance, link_to_area
from regiebeeld.dashboard.web.choices import name_level
from regiebeeld.dashboard.web.found import read_found
from regiebeeld.domain import AreaLevel, PeriodKind, read_period
from regiebeeld.releases import Indicator, Release, ReleasedArea
from regiebeeld.releases.findings import (
    Cluster,
    Concentration,
    Driver,
    Effect,
    Finding,
    HotSpot,
    NearRepeat,
    NoDrivers,
    SeasonFactor,
    WeekHour,
)

METHODS = "docs/explanation/methods"
Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure, what must be known beside that one, and which indicator it alone is about."""

    figure: Figure
    notes: tuple[str, ...] = ()
    about: Provenance | None = None

    @property
    def is_map(self) -> bool:
        return self.figure.svg is not None and self.figure.svg.startswith('<svg class="map"')


@dataclass(frozen=True, slots=True)
class FindingBlock:
    """One question with its answer; `words` say why there is no figure.

    trace: name and value of each thing that leads from a number to where it was made.
    """

    id: str
    heading: str
    figures: tuple[Shown, ...]
    words: str
    cautions: tuple[str, ...]
    trace: tuple[tuple[str, str], ...]

    @property
    def trace_title(self) -> str:
        return TEXTS("findings.trace.title")


@dataclass(frozen=True, slots=True)
class Method:
    """The page that explains a method, the function that computes it, and what goes into it."""

    page: str
    function: str
    origin: str = "from_cells"
    package: str = "statistics"


@dataclass(frozen=True, slots=True)
class Told:
    """What a block tells: its figures or the words why there are none, and from which findings."""

    figures: Sequence[Figure | Shown] = ()
    cautions: Sequence[str] = ()
    words: str = ""
    found: Sequence[Finding[Any]] = ()


@dataclass(frozen=True, slots=True)
class ThemeFindings:
    """The blocks of a theme page; None where the definition does not allow the analysis.

    week, near: of deliveries with times and places; None where nothing of them was found.
    """

    season: FindingBlock | None
    week: FindingBlock | None
    near: FindingBlock | None
    places: FindingBlock | None
    drivers: FindingBlock | None
    effects: FindingBlock | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the blocks are about; rounded: whether the figures of the indicator are."""

    release: Release
    indicator: Indicator
    area: ReleasedArea
    level: AreaLevel | None
    rounded: bool = False


def read_theme_findings(asked: Asked) -> ThemeFindings:
    """Make the blocks of the theme page for one indicator, area and level."""
    allowed = asked.indicator.analyses
    return ThemeFindings(
        season=_show_season(asked) if "trend" in allowed else None,
        week=_show_week(asked),
        near=_show_near(asked),
        places=_show_places(asked) if "hot_spots" in allowed else None,
        drivers=_show_drivers(asked) if "drivers" in allowed else None,
        effects=_show_effects(asked) if "effects" in allowed else None,
    )


def make_block(release: Release, name: str, method: Method, told: Told) -> FindingBlock:
    """Make a block; without a figure it says why, in the words of `told` or of its kind."""
    trace = {
        "release": release.about.release,
        "source": TEXTS(f"findings.trace.{method.origin}"),
        "period": ", ".join(list_once(name_any(f.period) for f in told.found if f.period)),
        "level": ", ".join(list_once(name_level(each.level) for each in told.found)),
        "method": f"{METHODS}/{method.page}.md",
        "function": f"regiebeeld.{method.package}.{method.function}",
    }
    return FindingBlock(
        name,
        TEXTS(f"findings.{name}.heading"),
        tuple(each if isinstance(each, Shown) else Shown(each) for each in told.figures),
        "" if told.figures else told.words or TEXTS(f"findings.{name}.none"),
        tuple(told.cautions),
        tuple((TEXTS(f"findings.trace.{key}"), value) for key, value in trace.items() if value),
    )


def name_any(period: str) -> str:
    return name_period(read_period(period))


def _show_season(asked: Asked) -> FindingBlock | None:
    """Show the months of the area; else of the gemeente or the region it lies in."""
    release, area = asked.release, asked.area
    levels = (AreaLevel.REGIO, AreaLevel.GEMEENTE)
    periods = (release.read_periods_of(asked.indicator.id, level) for level in levels)
    if not any(PeriodKind.MONTH in kinds for kinds in periods):
        return None
    every = read_found(release, SeasonFactor, asked.indicator.id)
    by_area: dict[str, list[Finding[SeasonFactor]]] = {}
    for each in every:
        by_area.setdefault(each.area or release.about.region_code, []).append(each)
    codes = (area.code, area.gemeente or "", release.about.region_code)
    code = next((code for code in codes if code in by_area), None)
    method = Method("seizoen", "season.compute_season_factors")
    if code is None:
        return make_block(release, "season", method, Told())
    shown = release.areas[code]
    figure = draw_season_factors(asked.indicator, shown, [f.content for f in by_area[code]])
    # In an invented country there was no corona to leave out.
    key = "caution_invented" if release.about.invented else "caution"
    cautions = [TEXTS(f"findings.season.{key}")]
    if code != area.code:
        told = {"area": area.name, "whole": shown.name}
        cautions.insert(0, TEXTS("findings.season.elsewhere", **told))
    return make_block(release, "season", method, Told((figure,), cautions, found=by_area[code]))


def _show_week(asked: Asked) -> FindingBlock | None:
    found = read_found(asked.release, WeekHour, asked.indicator.id)
    if not found:
        return None
    whole = asked.release.about.region_title
    figure = draw_week(asked.indicator, whole, [each.content for each in found])
    method = Method("weekuren", "run.week_hours.find_week_hours", "from_deliveries", "pipeline")
    cautions = [TEXTS("findings.week.caution"), *_tell_whole(asked)]
    return make_block(asked.release, "week", method, Told((figure,), cautions, found=found))


def _show_near(asked: Asked) -> FindingBlock | None:
    found = read_found(asked.release, NearRepeat, asked.indicator.id)
    if not found:
        return None
    bands = [each.content for each in found]
    figure = draw_repeats(asked.indicator, asked.release.about.region_title, bands)
    method = Method("herhaling", "spatial.compare_near_repeats", "from_deliveries")
    cautions = [TEXTS("findings.near.caution"), *_tell_whole(asked)]
    if any(not band.metres_to for band in bands):
        cautions.insert(1, TEXTS("findings.near.same_point"))
    return make_block(asked.release, "near", method, Told((figure,), cautions, found=found))


def _tell_whole(asked: Asked) -> list[str]:
    """Say that it is about the whole region where another area is asked about."""
    if asked.area.level is AreaLevel.REGIO:
        return []
    whole = asked.release.about.region_title
    return [TEXTS("findings.week.whole", whole=whole, area=asked.area.name)]


def _show_places(asked: Asked) -> FindingBlock:
    release, name = asked.release, asked.indicator.id
    spots = _newest(read_found(release, HotSpot, name))
    clusters = _newest(read_found(release, Cluster, name))
    uneven = _newest(read_found(release, Concentration, name))
    found: list[Finding[Any]] = [*spots, *clusters, *uneven]
    method = Method("plekken", "spatial")
    if not found:
        return make_block(release, "places", method, Told(words=_explain_absence(release)))
    wanted = _place_request(asked, found)
    inside = [each for each in spots if _lies_in(asked, each.area)]
    near = [c for c in clusters if any(_lies_in(asked, code) for code in c.content.areas)]
    figures: list[Figure | Shown] = [draw_places(wanted, inside, near)]
    if uneven:
        title = release.about.region_title
        drawn = draw_concentration(asked.indicator, uneven, whole=title)
        figures.append(Shown(drawn, (TEXTS("findings.concentration.caution"),)))
    if near:
        figures.append(draw_clusters(wanted, near))
    cautions = [TEXTS("findings.places.caution"), TEXTS("findings.places.borders")]
    return make_block(release, "places", method, Told(figures, cautions, found=found))


def _explain_absence(release: Release) -> str:
    """Say that a gemeente's own file holds nothing of the whole region; else nothing special."""
    if find_own_gemeente(release.about.audience) is None:
        return ""
    return TEXTS("findings.not_here", audience=release.about.audience_title)


def _newest(found: Sequence[Finding[Content]]) -> list[Finding[Content]]:
    """Keep the last period of each level."""
    last: dict[AreaLevel, str] = {}
    for each in found:
        period = each.period or ""
        if each.level not in last or _ends(period) > _ends(last[each.level]):
            last[each.level] = period
    kept = (each for each in found if (each.period or "") == last[each.level])
    return sorted(kept, key=lambda each: (-each.level.depth, each.place))


def _ends(period: str) -> str:
    return read_period(period).end.isoformat() if period else ""


def _lies_in(asked: Asked, code: str | None) -> bool:
    area = asked.release.areas.get(code or "")
    return area is not None and asked.area.gemeente in (None, area.gemeente)


def _place_request(asked: Asked, found: Sequence[Finding[Any]]) -> PlaceRequest:
    """Ask for a map of the chosen level where something was found there, else of the finest."""
    levels = {each.level for each in found}
    finest = max(levels, key=lambda level: level.depth)
    areas = asked.release.areas
    return PlaceRequest(
        indicator=asked.indicator,
        level=asked.level if asked.level in levels and asked.level else finest,
        areas=areas,
        outlines=[a for a in areas.values() if a.level is AreaLevel.GEMEENTE],
        view_box=_frame(asked),
        link=link_to_area(asked.indicator),
        rounded=asked.rounded,
        within=areas[asked.area.gemeente].name if asked.area.gemeente in areas else None,
    )


def _frame(asked: Asked) -> str:
    areas, gemeente = asked.release.areas, asked.area.gemeente
    box = areas[gemeente].box if gemeente in areas and gemeente else None
    if box is None:
        return asked.release.view_boxes.get(AreaLevel.GEMEENTE, "0 0 1000 1000")
    left, top, right, bottom = box
    edge = max(right - left, bottom - top) * 0.06
    frame = (left - edge, top - edge, right - left + 2 * edge, bottom - top + 2 * edge)
    return " ".join(f"{number:.1f}" for number in frame)


def _show_drivers(asked: Asked) -> FindingBlock:
    release, name = asked.release, asked.indicator.id
    drivers = _newest(read_found(release, Driver, name))
    method = Method("verbanden", "drivers.fit_drivers")
    if not drivers:
        none = read_found(release, NoDrivers, name)
        told = " ".join(list_once(each.content.why for each in none))
        why = say_told(told) or _explain_absence(release)
        return make_block(release, "drivers", method, Told(words=why, found=none))
    level = asked.level if any(d.level is asked.level for d in drivers) else drivers[0].level
    shown = [each for each in drivers if each.level is level]
    contents = [each.content for each in shown]
    figure = draw_drivers(asked.indicator, shown[0].level, contents)
    cautions = list_driver_cautions(contents)
    return make_block(release, "drivers", method, Told((figure,), cautions, found=shown))


def _show_effects(asked: Asked) -> FindingBlock:
    """Show each intervention about which something can be said; else the first, and a list."""
    release = asked.release
    found = read_found(release, Effect, asked.indicator.id)
    effects = [each.content for each in found]
    drawn = [each for each in effects if is_seen(each)] or effects[:1]
    unseen = [each for each in effects if each not in drawn]
    figures = [Shown(draw_effect(asked.indicator, e), list_effect_notes(e)) for e in drawn]
    if unseen:
        figures.append(Shown(tell_unseen(unseen)))
    method = Method("effect", "effects.compute_effect_verdict")
    cautions = [TEXTS("findings.effects.comparison")] if drawn else []
    told = Told(figures, cautions, words=_explain_absence(release), found=found)
    return make_block(release, "effects", method, told)


def list_once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
