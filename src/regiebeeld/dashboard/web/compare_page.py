"""The page on which areas and periods stand side by side, with the forms that choose them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from regiebeeld.dashboard.charts import Figure, name_periods
from regiebeeld.dashboard.charts.compare import SideBySide, draw_areas, tell_chance
from regiebeeld.dashboard.charts.compare_index import draw_index
from regiebeeld.dashboard.charts.compare_months import Months, draw_months
from regiebeeld.dashboard.charts.compare_two_periods import draw_periods
from regiebeeld.dashboard.charts.formats import MONTHS
from regiebeeld.dashboard.charts.multiples_gemeenten import draw_gemeenten
from regiebeeld.dashboard.charts.trend import list_breaks
from regiebeeld.dashboard.web.blocks import (
    Provenance,
    describe_available,
    link_to_area,
    note_provenance,
)
from regiebeeld.dashboard.web.choices import is_visible, order_kinds
from regiebeeld.dashboard.web.compare import (
    MOST_AREAS,
    CompareState,
    link_to_compare,
    may_follow,
    may_judge,
    order_indicators,
)
from regiebeeld.dashboard.web.compare_areas import (
    list_areas,
    list_wholes,
    read_area_index,
    read_area_months,
    read_gemeenten,
    set_side_by_side,
)
from regiebeeld.dashboard.web.compare_periods import Kinds, find_common, list_month_years
from regiebeeld.dashboard.web.crumbs import list_steps
from regiebeeld.dashboard.web.found import read_all_found
from regiebeeld.dashboard.web.left_out import show_nothing
from regiebeeld.dashboard.web.overview import list_gemeenten
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.domain import AreaLevel, Period, PeriodKind, read_period
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Peer
from regiebeeld.statistics.breaks import DaySpan, find_crossed_breaks

_PEERS = 3
_FINE = (AreaLevel.WIJK, AreaLevel.BUURT)


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page: a figure with where it comes from, or words that say why not."""

    id: str
    heading: str
    figure: Figure | None
    note: Provenance | None
    words: str = ""
    cautions: tuple[str, ...] = ()


def show_compare(release: Release, state: CompareState) -> dict[str, Any]:
    """Give everything the template shows."""
    if state.indicator is None:
        return show_nothing(release, TEXTS("compare.title"))
    indicator = release.indicators[state.indicator]
    areas = list_areas(release, state)
    side = set_side_by_side(release, state, indicator)
    kinds = find_common(release, indicator, areas)
    room = MOST_AREAS if may_judge(indicator) else 1
    return {
        "areas": areas,
        "path": list_steps(release, areas[0], partial(address_of, "gebied")),
        "indicator": indicator,
        "side": side,
        "parts": list(_list_parts(release, state, side)),
        "chance": tell_chance(side),
        "address": state.address,
        "csv": state.table_address,
        "state": state,
        "indicators": _group_indicators(release, areas),
        "area_groups": _group_areas(release, indicator, areas),
        "slots": [*state.areas, *[""] * (room - len(areas))],
        "may_add": may_judge(indicator),
        "period_groups": _group_periods(kinds),
        "month_years": [(year, str(year)) for year in list_month_years(kinds)],
        "months": [(number, MONTHS[number]) for number in range(1, 13)],
        "base_years": [(year.id, year.id) for year in kinds.get(PeriodKind.YEAR, [])],
        "suggestions": _suggest(release, state, indicator),
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
    if state.base is None:
        return Part("index", heading, None, None, TEXTS("compare.no_index"))
    base = release.periods[state.base]
    found = read_area_index(release, state, indicator, state.base)
    cells = [cell for each in found for cell in each.cells.values()]
    note = note_provenance(release, indicator, cells)
    last = max((cell.period.end for cell in cells), default=base.end)
    told = tell_breaks(release, indicator, (_span(base), DaySpan(base.start, max(last, base.end))))
    return Part("index", heading, draw_index(indicator, found), note, cautions=told)


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


def _group_indicators(
    release: Release, areas: Sequence[ReleasedArea]
) -> list[tuple[str, list[Indicator]]]:
    """Give the indicators to choose from by theme: those with figures at the level of the areas."""
    levels = {area.level for area in areas}
    known = [
        each
        for each in order_indicators(release, areas).values()
        if all(release.read_periods_of(each.id, level) for level in levels)
        and (may_judge(each) or (len(areas) == 1 and may_follow(each)))
    ]
    groups = [(t.title, [i for i in known if i.theme == t.id]) for t in release.themes.values()]
    return [(title, found) for title, found in groups if found]


def _group_areas(
    release: Release, indicator: Indicator, areas: Sequence[ReleasedArea]
) -> list[tuple[str, list[ReleasedArea]]]:
    """Give the areas to choose from: region, gemeenten, and what lies in the chosen gemeenten."""
    levels = {level for level in AreaLevel if release.read_periods_of(indicator.id, level)}
    wide = [area for area in list_gemeenten(release) if area.level in levels]
    groups = [(TEXTS("compare.group_wide"), wide)]
    for code in dict.fromkeys(area.gemeente for area in areas if area.gemeente):
        for level in (level for level in _FINE if level in levels):
            inside = [
                area
                for area in release.areas.values()
                if area.gemeente == code
                and area.level is level
                and is_visible(release, area, level)
            ]
            name = release.areas[code].name
            if inside:
                groups.append((TEXTS(f"compare.group_{level.value}", gemeente=name), inside))
    return groups


def _group_periods(kinds: Kinds) -> list[tuple[str, list[Any]]]:
    return [(name_periods(kind), list(reversed(kinds[kind]))) for kind in order_kinds(kinds)]


def _suggest(release: Release, state: CompareState, indicator: Indicator) -> list[tuple[str, str]]:
    """Give links that add one more area: those that hold the first one, then those like it."""
    if len(state.areas) >= MOST_AREAS or not may_judge(indicator):
        return []
    peers = sorted(
        (f for f in read_all_found(release, Peer) if f.area == state.areas[0]),
        key=lambda f: f.place,
    )
    wholes = list_wholes(release, release.areas[state.areas[0]])
    wanted = dict.fromkeys([*wholes, *(f.content.code for f in peers[:_PEERS])])
    return [
        (release.areas[code].name, link_to_compare((*state.areas, code), cijfer=indicator.id))
        for code in wanted
        if code in release.areas
        and code not in state.areas
        and release.read_periods_of(indicator.id, release.areas[code].level)
    ]
