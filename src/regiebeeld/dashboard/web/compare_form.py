"""What the one form of the compare page offers, and in words what is chosen."""

from collections.abc import Sequence
from typing import Any

from regiebeeld.dashboard.charts import name_period, name_periods
from regiebeeld.dashboard.charts.formats import MONTHS, SHORT_MONTHS
from regiebeeld.dashboard.charts.places import join_names
from regiebeeld.dashboard.web.choices import is_visible, order_kinds
from regiebeeld.dashboard.web.compare import (
    MOST_AREAS,
    CompareState,
    may_follow,
    may_judge,
    name_areas,
    order_indicators,
)
from regiebeeld.dashboard.web.compare_periods import (
    STEPS,
    Kinds,
    find_earlier,
    list_month_years,
    list_steps,
    list_years,
)
from regiebeeld.dashboard.web.overview import list_gemeenten
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.domain import AreaLevel, Period, PeriodKind
from regiebeeld.releases import Indicator, Release, ReleasedArea

_FINE = (AreaLevel.WIJK, AreaLevel.BUURT)
Choices = list[tuple[Any, str]]


def offer_choices(
    release: Release, state: CompareState, kinds: Kinds, areas: Sequence[ReleasedArea]
) -> dict[str, Any]:
    """Give what the template of the form asks: every choice with what can be chosen.

    state: with an indicator. Raises KeyError for one without.
    """
    indicator = release.indicators[state.indicator or ""]
    room = MOST_AREAS if may_judge(indicator) else 1
    period = release.periods[state.period or ""]
    earlier = find_earlier(period, kinds)
    return {
        "indicators": _group_indicators(release, areas),
        "area_groups": _group_areas(release, indicator, areas),
        "slots": [*state.areas, *[""] * (room - len(areas))],
        "period_groups": _group_periods(kinds),
        # Whoever changes the one period only, then gets the one that belongs beside it.
        "is_year_earlier": earlier is not None and earlier.id == state.earlier,
        "month_years": [(year, str(year)) for year in list_month_years(kinds)],
        "months": [(number, MONTHS[number]) for number in range(1, 13)],
        "base_years": _list_base_years(state, kinds),
        "steps": _list_steps(kinds),
    }


def _list_base_years(state: CompareState, kinds: Kinds) -> Choices:
    kind = state.index.kind if state.index else PeriodKind.YEAR
    return [(year, str(year)) for year in list_years(kinds, kind)]


def _list_steps(kinds: Kinds) -> Choices:
    known = list_steps(kinds)
    return [(name, name_periods(kind)) for name, kind in STEPS.items() if kind in known]


def describe_choice(areas: Sequence[ReleasedArea], periods: Sequence[Period]) -> str:
    """Say in one line which areas and periods stand side by side.

    periods: the period, and the one beside it where there is one.
    """
    names = [_name_short(period) for period in periods]
    told = TEXTS("compare.beside").join(names)
    return TEXTS("compare.chosen", areas=name_areas(areas), periods=told)


def _name_short(period: Period) -> str:
    """Name a period with short months: `jun 2026`, `jul 2025–jun 2026`."""
    if period.kind not in (PeriodKind.MONTH, PeriodKind.ROLLING):
        return name_period(period)
    first, last = (f"{SHORT_MONTHS[day.month]} {day.year}" for day in (period.start, period.end))
    if period.kind is PeriodKind.MONTH:
        return last
    return TEXTS("compare.span", first=first, last=last)


def describe_replaced(state: CompareState) -> str:
    """Say which choices could not be and were filled in; nothing where all could."""
    names = [TEXTS(f"compare.replaced_{name}") for name in state.replaced]
    if not names:
        return ""
    return TEXTS("compare.replaced", names=join_names(list(dict.fromkeys(names)), len(names)))


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
