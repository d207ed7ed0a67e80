"""Reads what is to be compared from an address: up to four areas, two periods, months, a base year.

Refuses in words what may not or cannot stand side by side; leaves nothing open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from regiebeeld.dashboard.charts.compare_index import Index
from regiebeeld.dashboard.charts.compare_months import Months
from regiebeeld.dashboard.web.choices import (
    Parameters,
    check_level,
    find_area,
    is_visible,
    order_kinds,
    read_indicator,
    read_text,
)
from regiebeeld.dashboard.web.compare_periods import (
    STEPS,
    Kinds,
    Subject,
    find_common,
    link_to_start,
    read_index,
    read_kindly,
    read_months,
    read_pair,
)
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.domain.areas import is_drawable
from regiebeeld.releases import Indicator, Release, ReleasedArea

MOST_AREAS = 4
# What the form adds, so that what it sends is not refused for what was chosen before.
SENT = "kies"
SINGLE = ("cijfer", "periode", "eerder", "jaar", "naast", "van", "tot", "basis", "stap", SENT)
_STEP_NAMES = {kind: name for name, kind in STEPS.items()}
Asked = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CompareState:
    """What is compared, with nothing left open; no indicator where every figure is left out.

    replaced: the choices of a form that could not be and were filled in, by their parameters.
    """

    areas: tuple[str, ...]
    indicator: str | None = None
    period: str | None = None
    earlier: str | None = None
    months: Months | None = None
    index: Index | None = None
    replaced: tuple[str, ...] = ()

    @property
    def step(self) -> str | None:
        """What the index steps by, as the address names it."""
        return _STEP_NAMES[self.index.kind] if self.index else None

    @property
    def address(self) -> str:
        """The address that shows exactly this."""
        months, index = self.months, self.index
        return link_to_compare(
            self.areas,
            cijfer=self.indicator,
            periode=self.period,
            eerder=self.earlier,
            jaar=str(months.year) if months else None,
            naast=str(months.other) if months else None,
            van=str(months.first) if months else None,
            tot=str(months.last) if months else None,
            basis=str(index.base) if index else None,
            stap=None if self.step == "jaar" else self.step,
        )

    @property
    def table_address(self) -> str:
        """The address of the same areas and periods as a table to download."""
        single = {"indicator": self.indicator, "period": self.period, "earlier": self.earlier}
        pairs = [("area", code) for code in self.areas]
        pairs += [(name, value) for name, value in single.items() if value]
        return f"{address_of('api', 'v1', 'compare')}?{urlencode([*pairs, ('format', 'csv')])}"


def link_to_compare(areas: Iterable[str], **query: str | None) -> str:
    """Make the address that sets some areas side by side, short enough to be sent."""
    known = {"gebied": ",".join(areas), **query}
    pairs = [(name, value) for name, value in known.items() if value]
    return f"/vergelijk?{urlencode(pairs, safe=',/')}" if pairs else "/vergelijk"


def list_asked(pairs: Iterable[tuple[str, str]]) -> Asked:
    """Keep what this page knows of an address: every area in its order, else the last of a name.

    Areas stand there one by one, as a form sends them, or with commas between them.
    """
    single: dict[str, str] = {}
    areas = []
    for name, value in pairs:
        if name == "gebied":
            areas += [(name, code) for code in value.split(",") if code.strip()]
        elif name in SINGLE and value.strip():
            single[name] = value
    # One more than fits is enough to be told that they are too many.
    return (*areas[: MOST_AREAS + 1], *sorted(single.items()))


def is_sent(asked: Asked) -> bool:
    """Tell whether an address is what the form sent."""
    return SENT in dict(asked)


def read_compare(release: Release, _: Parameters, *, asked: Asked) -> CompareState:
    """Read what is compared; raise WebError for what is not there or may not be compared."""
    texts = [value for name, value in asked if name == "gebied"]
    areas = read_areas(release, list(dict.fromkeys(texts)) if is_sent(asked) else texts)
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
        raise WebError(404, "compare_no_period", values, links=_alone(release, indicator, areas))
    try:
        return _read_periods(release, parameters, kinds, (indicator, areas))
    except WebError as fault:
        words = TEXTS("compare.as_usual", title=indicator.title, areas=name_areas(areas))
        fault.links = ((words, link_to_compare(codes, cijfer=indicator.id)), *fault.links)
        raise


def _read_periods(
    release: Release, parameters: Parameters, kinds: Kinds, subject: Subject
) -> CompareState:
    """Read the periods, the months and the index of areas that may stand side by side."""
    indicator, areas = subject
    sent = SENT in parameters
    pair, other_pair = read_kindly(
        partial(read_pair, release, kinds=kinds, subject=subject),
        parameters,
        (("eerder",), ("periode",)) if sent else (),
    )
    months, other_months = read_kindly(
        partial(read_months, release, kinds=kinds, subject=subject),
        parameters,
        (("jaar", "naast"), ("van", "tot")) if sent else (),
    )
    index: Index | None = None
    other_index: tuple[str, ...] = ()
    if may_judge(indicator):
        drops = (("basis",), ("stap",)) if sent else ()
        index, other_index = read_kindly(partial(read_index, kinds=kinds), parameters, drops)
    replaced = (*other_pair, *other_months, *other_index)
    codes = tuple(area.code for area in areas)
    return CompareState(codes, indicator.id, *pair, months, index, replaced)


def name_areas(areas: Sequence[ReleasedArea]) -> str:
    """Name the first area, and the second one or how many there are more."""
    known = {"first": areas[0].name, "second": areas[-1].name, "count": len(areas) - 1}
    return TEXTS(f"compare.named_{min(len(areas), 3)}", **known)


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
    areas = [_find(release, text, texts) for text in texts or [release.about.region_code]]
    codes = list(dict.fromkeys(area.code for area in areas))
    if len(codes) < len(areas):
        twice = next(area.name for area in areas if [a.code for a in areas].count(area.code) > 1)
        links = ((TEXTS("compare.each_once"), link_to_compare(codes)), *link_to_start())
        raise WebError(400, "compare_twice", {"name": twice}, links=links)
    for area in areas:
        if not is_drawable(area.code):
            raise WebError(404, "compare_nowhere", {"name": area.name}, links=link_to_start())
    return tuple(areas)


def _find(release: Release, text: str, among: Sequence[str]) -> ReleasedArea:
    """Find one area; of one that is not there, the next step keeps the others of the address."""
    try:
        return find_area(release, text)
    except WebError as fault:
        known = [release.areas.get(other) or release.areas.get(other.upper()) for other in among]
        others = [area for area in dict.fromkeys(known) if area and is_drawable(area.code)]
        if fault.key == "old_area":
            changes = release.read_area_changes(text.upper())
            found = [release.areas.get(c.new_code) for c in changes if c.old_code == text.upper()]
            ways = [[*others, area] for area in dict.fromkeys(found) if area]
        else:
            ways = [others] if others else []
        fault.links += tuple(_lead_on(way[-MOST_AREAS:]) for way in ways)
        fault.links += link_to_start()
        raise


def _lead_on(areas: Sequence[ReleasedArea]) -> tuple[str, str]:
    words = TEXTS("compare.go_on", areas=name_areas(areas))
    return words, link_to_compare(dict.fromkeys(area.code for area in areas))


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
        raise WebError(404, "compare_not_areas", values, links=_alone(release, indicator, areas))
    for area in areas:
        check_level(release, indicator, area.level, area)


def _alone(
    release: Release, indicator: Indicator, areas: Sequence[ReleasedArea]
) -> tuple[tuple[str, str], ...]:
    """Give a link to each area alone, over time, or to the smallest around it with figures."""
    known = dict.fromkeys(_find_known(release, indicator, area) for area in areas)
    return tuple(
        (f"{indicator.title}, {area.name}", link_to_compare([area.code], cijfer=indicator.id))
        for area in known
        if area is not None
    )


def _find_known(release: Release, indicator: Indicator, area: ReleasedArea) -> ReleasedArea | None:
    """Find the area itself, or the smallest that holds it, at a level with figures."""
    step: ReleasedArea | None = area
    while step is not None:
        if release.read_periods_of(indicator.id, step.level) and is_visible(
            release, step, step.level
        ):
            return step
        step = release.areas.get(step.parent or "")
    return None
