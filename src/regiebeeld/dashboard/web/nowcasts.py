"""The last months that are not all in, on the pages of a theme and of an area."""

from collections.abc import Iterable

from regiebeeld.dashboard.charts.figure import Figure
from regiebeeld.dashboard.charts.nowcast import describe_nowcast, draw_nowcast
from regiebeeld.dashboard.web.found import read_found
from regiebeeld.domain import PeriodKind, read_period
from regiebeeld.releases import Indicator, Release, ReleasedArea
from regiebeeld.releases.findings import Nowcast

_KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER)


def draw_late(release: Release, indicator: Indicator, area: ReleasedArea) -> list[Figure]:
    """Draw the last months or quarters of an area, where not all of them is in."""
    found = find_nowcasts(release, indicator, area)
    figures = []
    for kind in _KINDS:
        mine = {p: cast for p, cast in found.items() if read_period(p).kind is kind}
        if mine:
            cells = release.read_series(indicator.id, [area.code], kind=kind)[area.code]
            figures.append(draw_nowcast(indicator, area, cells, mine))
    return figures


def find_nowcasts(release: Release, indicator: Indicator, area: ReleasedArea) -> dict[str, Nowcast]:
    """Find what the last periods of an area become by estimate, by period in order of time."""
    found = read_found(release, Nowcast, indicator.id)
    mine = {each.period or "": each.content for each in found if each.area == area.code}
    return dict(sorted(mine.items()))


def list_late(
    release: Release, indicators: Iterable[Indicator], area: ReleasedArea
) -> list[tuple[str, str]]:
    """Give title and sentence of each indicator whose last period is not all in."""
    told = []
    for indicator in indicators:
        found = find_nowcasts(release, indicator, area)
        if found:
            last = max(found)
            cell = release.read_area_cells(area.code, period=last)[indicator.id]
            told.append((indicator.title, describe_nowcast(indicator, cell, found[last])))
    return told
