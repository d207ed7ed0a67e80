"""Reads the state of a page from its address: known values or defaults, all else refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from regiebeeld.dashboard.access import find_finest
from regiebeeld.dashboard.charts import describe_finest
from regiebeeld.dashboard.charts.map_layers import LAYERS
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.domain import AreaLevel, ContractError, Period, PeriodKind, read_period
from regiebeeld.releases import Indicator, Release, ReleasedArea

Parameters = Mapping[str, str | None]
PARAMETERS = ("gebied", "cijfer", "niveau", "periode", "maat", "woord", "laag")
# A year is long enough to say something about a small area, so it comes before a month.
_KIND_ORDER = (
    PeriodKind.ROLLING,
    PeriodKind.YEAR,
    PeriodKind.HALF_YEAR,
    PeriodKind.QUARTER,
    PeriodKind.MONTH,
    PeriodKind.WEEK,
)
MEASURES = {"verhouding": "rate", "aantal": "count"}
_LONGEST = 80  # no code, id or period is longer; what is longer is not echoed


@dataclass(frozen=True, slots=True)
class View:
    """What a page with a map shows, with nothing left open. Hashable: it is the cache key."""

    area: str
    indicator: str
    level: AreaLevel | None
    period: str | None
    measure: str
    layers: tuple[str, ...] = ()


def read_parameters(query: QueryParams) -> dict[str, str | None]:
    """Give the parameters that pages know; of `laag`, which may stand there several times, all."""
    known: dict[str, str | None] = {name: query.get(name) for name in PARAMETERS}
    return {**known, "laag": ",".join(query.getlist("laag")) or None}


def read_text(parameters: Parameters, name: str) -> str | None:
    """Give a parameter without blanks around it; empty is not given, absurd length is refused."""
    text = (parameters.get(name) or "").strip()
    if len(text) > _LONGEST:
        raise WebError(400, "long", {"name": name}, links=(("start", "/"),))
    return text or None


def read_area(release: Release, parameters: Parameters) -> ReleasedArea:
    """Find the area a page is about; the region when none is given."""
    return find_area(release, read_text(parameters, "gebied") or release.about.region_code)


def find_area(release: Release, code: str) -> ReleasedArea:
    """Find an area by code; an old code is answered with its successors, another with a 404."""
    found = release.areas.get(code) or release.areas.get(code.upper())
    if found is not None:
        return found
    changes = [
        change
        for change in release.read_area_changes(code.upper())
        if change.old_code == code.upper()
    ]
    successors = tuple(
        dict.fromkeys(
            (f"{change.new_name} ({change.new_code})", address_of("gebied", change.new_code))
            for change in changes
            if change.new_code in release.areas
        )
    )
    if successors:
        known = changes[-1]
        values = {"code": code.upper(), "name": known.old_name, "year": str(known.old_vintage)}
        raise WebError(410, "old_area", values, links=successors)
    raise WebError(404, "area", {"code": code[:_LONGEST]}, links=(("start", "/"),))


def read_indicator(parameters: Parameters, among: Mapping[str, Indicator]) -> Indicator:
    """Find the indicator a page shows; the first of `among` when none is given."""
    wanted = read_text(parameters, "cijfer")
    if wanted is None:
        return next(iter(among.values()))
    if wanted not in among:
        raise WebError(404, "indicator", {"id": wanted}, links=(("start", "/"),))
    return among[wanted]


def order_kinds(kinds: Mapping[PeriodKind, list[Period]]) -> list[PeriodKind]:
    return [kind for kind in _KIND_ORDER if kinds.get(kind)]


def list_levels(release: Release, indicator: Indicator) -> list[AreaLevel]:
    """Give the levels finer than the region that hold cells of an indicator."""
    levels = (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT)
    return [level for level in levels if release.read_periods_of(indicator.id, level)]


def list_visible_levels(
    release: Release, indicator: Indicator, area: ReleasedArea
) -> list[AreaLevel]:
    """Give those of `list_levels` that this audience may see of the gemeente of an area."""
    levels = list_levels(release, indicator)
    return [level for level in levels if is_visible(release, area, level)]


def is_visible(release: Release, area: ReleasedArea, level: AreaLevel) -> bool:
    """Tell whether this audience may see a level of the gemeente of an area."""
    finest = find_finest(release.about.audience, area.gemeente)
    return level.is_at_least_as_coarse_as(finest)


def check_level(
    release: Release, indicator: Indicator, level: AreaLevel, area: ReleasedArea | None
) -> None:
    """Raise WebError, with a link to what there is, for a level that can hold no figure.

    403 for figures that are not for this audience, 404 for figures that nobody has.
    """
    if not release.read_periods_of(indicator.id, level):
        raise _refuse_absent(indicator, level)
    if area is not None and not is_visible(release, area, level):
        values = name_hidden(release, area, level)
        finest = find_finest(release.about.audience, area.gemeente)
        known = {"cijfer": indicator.id, "niveau": finest.value}
        there = address_of("thema", indicator.theme, gebied=area.gemeente, **known)
        words = TEXTS("figure.per_level", title=indicator.title, level=values["visible"])
        raise WebError(403, "level_hidden", values, links=((words, there),))


def name_hidden(release: Release, area: ReleasedArea, level: AreaLevel) -> dict[str, str]:
    """Give the words of the sentence that says that figures are not for this audience."""
    about = release.about
    visible = find_finest(about.audience, area.gemeente)
    known = {"level": name_level(level), "visible": name_level(visible)}
    return {**known, "audience": about.audience_title}


def name_level(level: AreaLevel) -> str:
    return TEXTS(f"level_name.{level.value}")


def _refuse_absent(indicator: Indicator, level: AreaLevel) -> WebError:
    there = address_of("thema", indicator.theme, cijfer=indicator.id)
    values = {"level": name_level(level), "finest": describe_finest(indicator.finest)}
    return WebError(404, "level_absent", values, links=((indicator.title, there),))


def read_view(release: Release, parameters: Parameters, among: Mapping[str, Indicator]) -> View:
    """Read area, indicator, level, period and measure; raise WebError for what is not there."""
    area = read_area(release, parameters)
    indicator = read_indicator(parameters, among)
    level = _read_level(release, parameters, indicator, area)
    period = _read_period(release, parameters, indicator, level)
    return View(
        area.code,
        indicator.id,
        level,
        period,
        _read_measure(release, parameters, indicator, level, period),
        _read_layers(parameters),
    )


def _read_layers(parameters: Parameters) -> tuple[str, ...]:
    wanted = [name for name in (read_text(parameters, "laag") or "").split(",") if name]
    unknown = next((name for name in wanted if name not in LAYERS), None)
    if unknown is not None:
        values = {"layer": unknown, "known": ", ".join(LAYERS)}
        raise WebError(400, "layer", values, links=(("start", "/"),))
    return tuple(name for name in LAYERS if name in wanted)


def _read_level(
    release: Release, parameters: Parameters, indicator: Indicator, area: ReleasedArea
) -> AreaLevel | None:
    wanted = read_text(parameters, "niveau")
    if wanted is None:
        return _default_level(release, list_visible_levels(release, indicator, area), area)
    if wanted not in {level.value for level in AreaLevel}:
        raise WebError(400, "level", {"level": wanted}, links=(("start", "/"),))
    level = AreaLevel(wanted)
    if level is AreaLevel.REGIO:  # the whole region is one area: nothing to map or compare
        raise _refuse_absent(indicator, level)
    check_level(release, indicator, level, area)
    return level


def _default_level(
    release: Release, levels: list[AreaLevel], area: ReleasedArea
) -> AreaLevel | None:
    """Take the coarsest level that divides the area; else the finest there is."""
    for level in levels:
        parts = (a for a in release.areas.values() if a.level is level and a.path)
        inside = [a for a in parts if area.level is AreaLevel.REGIO or a.gemeente == area.gemeente]
        if level.depth > area.level.depth and len(inside) > 1:
            return level
    return levels[-1] if levels else None


def _read_period(
    release: Release, parameters: Parameters, indicator: Indicator, level: AreaLevel | None
) -> str | None:
    kinds = release.read_periods_of(indicator.id, level) if level else {}
    wanted = read_text(parameters, "periode")
    if wanted is None:
        first = next(iter(order_kinds(kinds)), None)
        return kinds[first][-1].id if first else None
    try:
        period = read_period(wanted)
    except ContractError as fault:
        raise WebError(400, "period", {"period": wanted}, links=(("start", "/"),)) from fault
    if period not in kinds.get(period.kind, []):
        there = address_of(
            "thema", indicator.theme, cijfer=indicator.id, niveau=level.value if level else None
        )
        raise WebError(404, "period_absent", {"period": wanted}, links=((indicator.title, there),))
    return period.id


def _read_measure(
    release: Release,
    parameters: Parameters,
    indicator: Indicator,
    level: AreaLevel | None,
    period: str | None,
) -> str:
    wanted = read_text(parameters, "maat")
    if wanted is not None and wanted not in MEASURES:
        raise WebError(400, "measure", {"measure": wanted}, links=(("start", "/"),))
    if wanted is not None:
        return MEASURES[wanted]
    if level is None or period is None:
        return "count"
    has_breaks = release.read_breaks(indicator.id, level, read_period(period).kind, "rate")
    cells = release.read_map(indicator.id, level, period) if not has_breaks else {}
    return (
        "rate" if has_breaks or any(cell.rate is not None for cell in cells.values()) else "count"
    )
