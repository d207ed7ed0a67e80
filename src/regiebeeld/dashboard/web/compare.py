"""Reads what is to be compared from an address: up to four areas, two periods, months, a base year.

Refuses in words what may not or cannot stand side by side; leaves nothing open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from regiebeeld.dashboard.charts.compare_months import Months
from regiebeeld.dashboard.web.choices import (
    Parameters,
    check_level,
    find_area,
    order_kinds,
    read_indicator,
    read_text,
)
from regiebeeld.dashboard.web.compare_periods import (
    find_common,
    link_to_start,
    read_base,
    read_months,
    read_pair,
)
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.domain.areas import is_drawable
from regiebeeld.releases import Indicator, Release, ReleasedArea

MOST_AREAS = 4
SINGLE = ("cijfer", "periode", "eerder", "jaar", "naast", "van", "tot", "basis")
Asked = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CompareState:
    """What is compared, with nothing left open; no indicator where every figure is left out."""

    areas: tuple[str, ...]
    indicator: str | None = None
    period: str | None = None
    earlier: str | None = None
    months: Months | None = None
    base: str | None = None

    @property
    def address(self) -> str:
        """The address that shows exactly this."""
        months = self.months
        return link_to_compare(
            self.areas,
            cijfer=self.indicator,
            periode=self.period,
            eerder=self.earlier,
            jaar=str(months.year) if months else None,
            naast=str(months.other) if months else None,
            van=str(months.first) if months else None,
            tot=str(months.last) if months else None,
            basis=self.base,
        )

    @property
    def table_address(self) -> str:
        """The address of the same areas and periods as a table to download."""
        single = {"indicator": self.indicator, "period": self.period, "earlier": self.earlier}
        pairs = [("area", code) for code in self.areas]
        pairs += [(name, value) for name, value in single.items() if value]
        return f"{address_of('api', 'v1', 'compare')}?{urlencode([*pairs, ('format', 'csv')])}"


def link_to_compare(areas: Iterable[str], **query: str | None) -> str:
    """Make the address that sets some areas side by side."""
    pairs = [("gebied", code) for code in areas]
    pairs += [(name, value) for name, value in query.items() if value]
    return f"/vergelijk?{urlencode(pairs)}" if pairs else "/vergelijk"


def list_asked(pairs: Iterable[tuple[str, str]]) -> Asked:
    """Keep what this page knows of an address: every area in its order, else the last of a name."""
    single: dict[str, str] = {}
    areas = []
    for name, value in pairs:
        if name == "gebied" and value.strip():
            areas.append((name, value))
        elif name in SINGLE:
            single[name] = value
    # One more than fits is enough to be told that they are too many.
    return (*areas[: MOST_AREAS + 1], *sorted(single.items()))


def read_compare(release: Release, _: Parameters, *, asked: Asked) -> CompareState:
    """Read what is compared; raise WebError for what is not there or may not be compared."""
    areas = read_areas(release, [value for name, value in asked if name == "gebied"])
    codes = tuple(area.code for area in areas)
    parameters = {name: value for name, value in asked if name != "gebied"}
    if not release.indicators and release.left_out:
        return CompareState(codes)
    if not release.indicators:
        raise WebError(503, "empty_release")
    indicator = read_indicator(parameters, order_indicators(release, areas))
    check_areas(release, indicator, areas)
    kinds = find_common(release, indicator, areas)
    if not order_kinds(kinds):
        values = {"title": indicator.title}
        raise WebError(404, "compare_no_period", values, links=_alone(indicator, areas))
    period, earlier = read_pair(release, parameters, kinds, (indicator, areas))
    return CompareState(
        codes,
        indicator.id,
        period,
        earlier,
        read_months(release, parameters, kinds, (indicator, areas)),
        read_base(parameters, kinds) if may_judge(indicator) else None,
    )


def may_judge(indicator: Indicator) -> bool:
    """Tell whether an indicator may be held against itself and other areas, with a verdict."""
    return "comparison" in indicator.analyses


def may_follow(indicator: Indicator) -> bool:
    """Tell whether two periods of one area may stand side by side, without a verdict."""
    return "trend" in indicator.analyses


def read_areas(release: Release, wanted: Sequence[str]) -> tuple[ReleasedArea, ...]:
    """Find the areas in the order they were chosen; the region when none is."""
    texts = [read_text({"gebied": text}, "gebied") or "" for text in wanted]
    if len(texts) > MOST_AREAS:
        known = [release.areas.get(text) or release.areas.get(text.upper()) for text in texts]
        codes = list(dict.fromkeys(area.code for area in known if area and is_drawable(area.code)))
        there = link_to_compare(codes[:MOST_AREAS])
        raise WebError(
            400, "compare_many", links=((TEXTS("compare.only_first"), there), *link_to_start())
        )
    areas = [find_area(release, text) for text in texts or [release.about.region_code]]
    codes = list(dict.fromkeys(area.code for area in areas))
    if len(codes) < len(areas):
        twice = next(area.name for area in areas if [a.code for a in areas].count(area.code) > 1)
        links = ((TEXTS("compare.each_once"), link_to_compare(codes)), *link_to_start())
        raise WebError(400, "compare_twice", {"name": twice}, links=links)
    for area in areas:
        if not is_drawable(area.code):
            raise WebError(404, "compare_nowhere", {"name": area.name}, links=link_to_start())
    return tuple(areas)


def order_indicators(release: Release, areas: Sequence[ReleasedArea]) -> dict[str, Indicator]:
    """Give every indicator, first those with figures for these areas that may be compared."""

    levels = {area.level for area in areas}

    def rank(indicator: Indicator) -> tuple[bool, bool, bool]:
        has_all = all(release.read_periods_of(indicator.id, level) for level in levels)
        return not has_all, not may_judge(indicator), not may_follow(indicator)

    return {each.id: each for each in sorted(release.indicators.values(), key=rank)}


def check_areas(release: Release, indicator: Indicator, areas: Sequence[ReleasedArea]) -> None:
    """Raise WebError where areas may not be compared, or have no figure at their level."""
    if not may_judge(indicator) and not may_follow(indicator):
        links = ((indicator.title, address_of("thema", indicator.theme, cijfer=indicator.id)),)
        raise WebError(404, "compare_never", {"title": indicator.title}, links=links)
    if len(areas) > 1 and not may_judge(indicator):
        values = {"title": indicator.title}
        raise WebError(404, "compare_not_areas", values, links=_alone(indicator, areas))
    for area in areas:
        check_level(release, indicator, area.level, area)


def _alone(indicator: Indicator, areas: Sequence[ReleasedArea]) -> tuple[tuple[str, str], ...]:
    """Give a link to each area alone, over time."""
    return tuple(
        (f"{indicator.title}, {area.name}", link_to_compare([area.code], cijfer=indicator.id))
        for area in areas
    )
