"""The page on which areas and periods stand side by side, with the form that chooses them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from regiebeeld.dashboard.charts import Figure
from regiebeeld.dashboard.charts.compare import SideBySide, draw_areas, tell_chance
from regiebeeld.dashboard.charts.compare_index import draw_index
from regiebeeld.dashboard.charts.compare_months import Months, draw_months
from regiebeeld.dashboard.charts.compare_two_periods import draw_periods
from regiebeeld.dashboard.charts.multiples_gemeenten import draw_gemeenten
from regiebeeld.dashboard.charts.trend import list_breaks
from regiebeeld.dashboard.web.blocks import (
    Provenance,
    describe_available,
    link_to_area,
    note_provenance,
)
from regiebeeld.dashboard.web.choices import Parameters
from regiebeeld.dashboard.web.compare import (
    MOST_AREAS,
    Asked,
    CompareState,
    link_to_compare,
    may_judge,
    read_compare,
)
from regiebeeld.dashboard.web.compare_areas import (
    list_areas,
    list_wholes,
    read_area_index,
    read_area_months,
    read_gemeenten,
    set_side_by_side,
)
from regiebeeld.dashboard.web.compare_form import (
    describe_choice,
    describe_replaced,
    offer_choices,
)
from regiebeeld.dashboard.web.compare_link import write_whole
from regiebeeld.dashboard.web.compare_periods import find_common
from regiebeeld.dashboard.web.crumbs import list_steps
from regiebeeld.dashboard.web.found import read_all_found
from regiebeeld.dashboard.web.left_out import show_nothing
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.domain import Period, read_period
from regiebeeld.releases import Indicator, Release, ReleasedCell
from regiebeeld.releases.findings import Peer
from regiebeeld.statistics.breaks import DaySpan, find_crossed_breaks

_PEERS = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page: a figure with where it comes from, or words that say why not."""

    id: str
    heading: str
    figure: Figure | None
    note: Provenance | None
    words: str = ""
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: a comparison, on which site, and whether anything was chosen yet."""

    state: CompareState
    site: str
    is_start: bool


def read_shown(release: Release, parameters: Parameters, *, asked: Asked, site: str) -> Shown:
    """Read what is shown; raise WebError for what is not there or may not be compared."""
    return Shown(read_compare(release, parameters, asked=asked), site, not asked)


def show_compare(release: Release, shown: Shown) -> dict[str, Any]:
    """Give everything the template shows."""
    state = shown.state
    if state.indicator is None:
        return show_nothing(release, TEXTS("compare.title"))
    indicator = release.indicators[state.indicator]
    areas = list_areas(release, state)
    side = set_side_by_side(release, state, indicator)
    kinds = find_common(release, indicator, areas)
    periods = [period for period in (side.period, side.earlier) if period is not None]
    return {
        "areas": areas,
        "path": list_steps(release, areas[0], partial(address_of, "gebied")),
        "indicator": indicator,
        "chosen": describe_choice(areas, periods),
        "replaced": describe_replaced(state),
        "is_start": shown.is_start,
        "parts": list(_list_parts(release, state, side)),
        "chance": tell_chance(side),
        "address": state.address,
        "whole_address": write_whole(shown.site, state.address),
        "csv": state.table_address,
        "state": state,
        "may_add": may_judge(indicator),
        "suggestions": _suggest(release, state, indicator),
        **offer_choices(release, state, kinds, areas),
    }


def _list_parts(release: Release, state: CompareState, side: SideBySide) -> Iterator[Part]:
    indicator = side.indicator
    cells = [cell for cell in side.cells if cell is not None]
    note = note_provenance(release, indicator, cells)
    heading = TEXTS("compare.areas" if len(side.areas) > 1 else "compare.one_area")
    yield Part("gebieden", heading, draw_areas(side), note)
    if side.earlier is None:
        yield Part("perioden", TEXTS("compare.periods"), None, None, TEXTS("compare.no_earlier"))
    else:
        told = tell_breaks(release, indicator, (_span(side.period), _span(side.earlier)))
        heading = TEXTS("compare.periods")
        yield Part("perioden", heading, draw_periods(side), note, cautions=told)
    yield _make_months(release, state, indicator)
    if may_judge(indicator):
        yield _make_index(release, state, indicator)
        yield _make_gemeenten(release, indicator)


def _make_months(release: Release, state: CompareState, indicator: Indicator) -> Part:
    heading = TEXTS("compare.months")
    if state.months is None:
        available = describe_available(release, indicator)
        words = TEXTS("compare.no_months", available=available)
        return Part("maanden", heading, None, None, words)
    found = read_area_months(release, state, indicator, state.months)
    figure = draw_months(indicator, found, is_judged=may_judge(indicator))
    years = (state.months.year, state.months.other)
    cells = [c for each in found for (year, _), c in each.cells.items() if year in years]
    note = note_provenance(release, indicator, cells)
    told = tell_breaks(release, indicator, _span_months(state.months))
    return Part("maanden", heading, figure, note, cautions=told)


def _make_index(release: Release, state: CompareState, indicator: Indicator) -> Part:
    heading = TEXTS("compare.index")
    if state.index is None:
        return Part("index", heading, None, None, TEXTS("compare.no_index"))
    base = read_period(str(state.index.base))
    found = read_area_index(release, state, indicator, state.index)
    cells = [cell for each in found for cell in each.cells.values()]
    note = note_provenance(release, indicator, cells)
    last = max((cell.period.end for cell in cells), default=base.end)
    told = tell_breaks(release, indicator, (_span(base), DaySpan(base.start, max(last, base.end))))
    figure = draw_index(indicator, found, state.index.kind)
    return Part("index", heading, figure, note, cautions=told)


def _span_months(months: Months) -> tuple[DaySpan, DaySpan]:
    now, before = (
        DaySpan(
            read_period(f"{year}-{months.first:02d}").start,
            read_period(f"{year}-{months.last:02d}").end,
        )
        for year in (months.year, months.other)
    )
    return now, before


def _span(period: Period) -> DaySpan:
    return DaySpan(period.start, period.end)


def tell_breaks(
    release: Release, indicator: Indicator, spans: tuple[DaySpan, DaySpan]
) -> tuple[str, ...]:
    """Say what changed in the way of counting, or in life, between two stretches of days."""
    known = list_breaks(indicator, invented=release.about.invented)
    crossed = find_crossed_breaks(*spans, theme=indicator.theme, breaks=known)
    return tuple(each.reason for each in crossed)


def _make_gemeenten(release: Release, indicator: Indicator) -> Part:
    heading = TEXTS("compare.gemeenten")
    found = read_gemeenten(release, indicator)
    if found is None:
        return Part("gemeenten", heading, None, None, TEXTS("compare.no_gemeenten"))
    cells: list[ReleasedCell] = found.cells
    note = note_provenance(release, indicator, cells)
    return Part("gemeenten", heading, draw_gemeenten(found, link_to_area(indicator)), note)


def _suggest(release: Release, state: CompareState, indicator: Indicator) -> list[tuple[str, str]]:
    """Give links that add one more area: those that hold the first one, then those like it.

    The periods stay as they are, as far as they are there for the area that is added.
    """
    if len(state.areas) >= MOST_AREAS or not may_judge(indicator):
        return []
    peers = sorted(
        (f for f in read_all_found(release, Peer) if f.area == state.areas[0]),
        key=lambda f: f.place,
    )
    wholes = list_wholes(release, release.areas[state.areas[0]])
    wanted = dict.fromkeys([*wholes, *(f.content.code for f in peers[:_PEERS])])
    areas = list_areas(release, state)
    known = find_common(release, indicator, areas)
    found = []
    for area in (release.areas[code] for code in wanted if code in release.areas):
        if area in areas or not release.read_periods_of(indicator.id, area.level):
            continue
        codes = (*state.areas, area.code)
        keeps = find_common(release, indicator, [*areas, area]) == known
        address = replace(state, areas=codes).address
        there = address if keeps else link_to_compare(codes, cijfer=indicator.id)
        found.append((area.name, there))
    return found
