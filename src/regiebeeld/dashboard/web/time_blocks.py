"""Blocks of theme and area pages over time and size: trend, dark months, and the funnel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from regiebeeld.dashboard.charts.dark_months import draw_dark_months
from regiebeeld.dashboard.charts.funnel import FunnelRequest, draw_funnel, list_funnel_cautions
from regiebeeld.dashboard.charts.season_trend import draw_season_trend
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.trend import list_breaks
from regiebeeld.dashboard.charts.words import describe_bare_rate, has_rounded, rate_span
from regiebeeld.dashboard.web.blocks import link_to_area
from regiebeeld.dashboard.web.findings import Asked, FindingBlock, Method, Told, make_block
from regiebeeld.dashboard.web.found import read_found
from regiebeeld.dashboard.web.pages import TEXTS as PAGE
from regiebeeld.domain import AreaLevel, PeriodKind, read_period
from regiebeeld.releases import ReleasedArea
from regiebeeld.releases.drawn_findings import DarkHalf, Funnel, TrendLine
from regiebeeld.releases.findings import Finding

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class TimeBlocks:
    """None where the definition does not allow it, or nothing of the kind was found."""

    course: FindingBlock | None
    dark: FindingBlock | None
    funnel: FindingBlock | None


def read_time_blocks(asked: Asked) -> TimeBlocks:
    """Make the blocks of one indicator, area and level."""
    allowed = asked.indicator.analyses
    return TimeBlocks(
        course=show_course(asked) if "trend" in allowed else None,
        dark=_show_dark(asked) if "trend" in allowed else None,
        funnel=_show_funnel(asked) if "ranking" in allowed else None,
    )


def show_course(asked: Asked) -> FindingBlock | None:
    """Show the trend of the area; else of the gemeente or the region that it lies in."""
    release, indicator = asked.release, asked.indicator
    found = _nearest(asked, read_found(release, TrendLine, indicator.id))
    if not found:
        return None
    shown, line = found[0], found[1][0].content
    months = release.read_series(indicator.id, [shown.code], kind=PeriodKind.MONTH)[shown.code]
    breaks = list_breaks(indicator, invented=release.about.invented)
    figure = draw_season_trend(indicator, shown, line, months, breaks=breaks)
    cautions = [
        *_tell_elsewhere(asked, shown),
        TEXTS("findings.course.caution"),
        TEXTS(f"findings.course.method_{line.method}"),
        *_tell_rounded(has_rounded(months)),
    ]
    method = Method("seizoen", "season.compute_trends")
    return make_block(release, "course", method, Told((figure,), cautions, found=found[1]))


def _show_dark(asked: Asked) -> FindingBlock | None:
    release, indicator = asked.release, asked.indicator
    found = _nearest(asked, read_found(release, DarkHalf, indicator.id))
    if not found:
        return None
    shown, halves = found
    figure = draw_dark_months(indicator, shown, [each.content for each in halves])
    rounded = any(each.content.dark[0] < each.content.dark[1] for each in halves)
    cautions = [
        *_tell_elsewhere(asked, shown),
        TEXTS("findings.dark.caution"),
        *_tell_rounded(rounded),
    ]
    method = Method("seizoen", "season.compare_dark_months")
    return make_block(release, "dark", method, Told((figure,), cautions, found=halves))


def _nearest(
    asked: Asked, found: Sequence[Finding[Content]]
) -> tuple[ReleasedArea, list[Finding[Content]]] | None:
    """Give the findings about the area itself, else about the nearest one around it."""
    area, region = asked.area, asked.release.about.region_code
    for code in (area.code, area.gemeente, region):
        inside = [each for each in found if (each.area or region) == code]
        if inside and code in asked.release.areas:
            return asked.release.areas[code], inside
    return None


def _tell_rounded(rounded: bool) -> list[str]:
    return [PAGE("figure.rounded")] if rounded else []


def _tell_elsewhere(asked: Asked, shown: ReleasedArea) -> list[str]:
    if shown.code == asked.area.code:
        return []
    return [TEXTS("findings.course.elsewhere", area=asked.area.name, whole=shown.name)]


def _show_funnel(asked: Asked) -> FindingBlock | None:
    """Show the wijken where those or finer areas are looked at, else the gemeenten."""
    release, indicator = asked.release, asked.indicator
    found = {each.level: each for each in read_found(release, Funnel, indicator.id)}
    fine = asked.level in (AreaLevel.WIJK, AreaLevel.BUURT)
    wanted = AreaLevel.WIJK if fine and AreaLevel.WIJK in found else AreaLevel.GEMEENTE
    if wanted not in found:
        return None
    one = found[wanted]
    cells = release.read_map(indicator.id, wanted, one.period or "")
    request = FunnelRequest(
        indicator,
        read_period(one.period or ""),
        release.areas,
        link_to_area(indicator),
        asked.area.code if asked.area.level is wanted else asked.area.gemeente,
        {code: describe_bare_rate(cell) for code, cell in cells.items() if rate_span(cell)},
    )
    figure = draw_funnel(request, one.content)
    told = Told((figure,), list_funnel_cautions(one.content), found=[one])
    method = Method("marges", "margins.compute_funnel_limits")
    return make_block(release, "funnel", method, told)
