"""The block "when" of theme and area pages: the season, the last months, and the long line."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace

from regiebeeld.dashboard.charts import Figure, draw_seasons, draw_trend
from regiebeeld.dashboard.charts.trend import list_breaks
from regiebeeld.dashboard.web.choices import order_kinds
from regiebeeld.dashboard.web.nowcasts import draw_late
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.domain import PeriodKind
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell

# The drawing engine lets go of the interpreter: lines are drawn while the map is being written.
_DRAWING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="drawing")
Drawn = tuple[list[Figure], list[ReleasedCell]]


def start_drawing(
    draw: Callable[[Release, Indicator, ReleasedArea], Drawn],
    release: Release,
    indicator: Indicator,
    area: ReleasedArea,
) -> Future[Drawn]:
    """Draw beside what follows, in the language that is spoken here."""
    return _DRAWING.submit(copy_context().run, draw, release, indicator, area)


def draw_when(release: Release, indicator: Indicator, area: ReleasedArea) -> Drawn:
    """Draw the season where there are months, and the long line of years (or of rolling years).

    Nothing where the indicator allows no trend.
    """
    if "trend" not in indicator.analyses:
        return [], []
    years, cells = draw_long(release, indicator, area)
    figures: list[Figure] = []
    seen: list[ReleasedCell] = []
    if release.read_periods_of(indicator.id, area.level).get(PeriodKind.MONTH):
        months = _read_cells(release, indicator, area, PeriodKind.MONTH)
        of_year = read_spreads(release).find_of_year(indicator.id, area.level, area=area.code)
        season = draw_seasons(indicator, area, months, years=cells, spread=of_year)
        figures.append(replace(season, anchor="wanneer-maanden"))
        seen += months
    for number, late in enumerate(draw_late(release, indicator, area), 1):
        figures.append(replace(late, anchor=f"wanneer-laatste-{number}"))
    return [*figures, *years], [*seen, *cells]


def draw_long(release: Release, indicator: Indicator, area: ReleasedArea) -> Drawn:
    """Draw the line of years, or of the longest kind of period there is; give its cells too.

    Nothing where the indicator allows no trend.
    """
    kind = _find_long(release, indicator, area) if "trend" in indicator.analyses else None
    if kind is None:
        return [], []
    cells = _read_cells(release, indicator, area, kind)
    spread = read_spreads(release).find(indicator.id, area.level, kind, area=area.code)
    breaks = list_breaks(indicator, invented=release.about.invented)
    line = draw_trend(indicator, area, cells, kind=kind, breaks=breaks, spread=spread)
    return [replace(line, anchor="wanneer-jaren")], cells


def _find_long(release: Release, indicator: Indicator, area: ReleasedArea) -> PeriodKind | None:
    kinds = release.read_periods_of(indicator.id, area.level)
    wanted = (PeriodKind.YEAR, PeriodKind.ROLLING, *order_kinds(kinds))
    return next((kind for kind in wanted if kinds.get(kind)), None)


def _read_cells(
    release: Release, indicator: Indicator, area: ReleasedArea, kind: PeriodKind
) -> list[ReleasedCell]:
    return release.read_series(indicator.id, [area.code], kind=kind)[area.code]
