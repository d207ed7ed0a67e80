"""Sets the figures of chosen areas side by side; every area has its own cells, never a sum."""

from collections.abc import Sequence

from regiebeeld.dashboard.charts import compare_cells, is_usable
from regiebeeld.dashboard.charts.compare import Compared, SideBySide, Whole, invert
from regiebeeld.dashboard.charts.compare_index import AreaIndex, Index
from regiebeeld.dashboard.charts.compare_months import AreaMonths, Months
from regiebeeld.dashboard.charts.comparing import compare_rates
from regiebeeld.dashboard.charts.multiples_gemeenten import Gemeenten
from regiebeeld.dashboard.charts.words import span_of
from regiebeeld.dashboard.web.compare import CompareState, may_judge
from regiebeeld.dashboard.web.pages import address_of
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.domain import AreaLevel, Period, PeriodKind
from regiebeeld.domain.areas import is_drawable
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell
from regiebeeld.statistics import CountComparison

# Years first: a square has no room for a line of sliding months.
_KINDS_OF_LINES = (
    PeriodKind.YEAR,
    PeriodKind.HALF_YEAR,
    PeriodKind.QUARTER,
    PeriodKind.ROLLING,
    PeriodKind.MONTH,
)


def list_areas(release: Release, state: CompareState) -> list[ReleasedArea]:
    return [release.areas[code] for code in state.areas]


def set_side_by_side(release: Release, state: CompareState, indicator: Indicator) -> SideBySide:
    """Read both periods of every area, and compare each area with the first and with itself.

    state: with a period. Raises KeyError for one without.
    """
    period = release.periods[state.period or ""]
    earlier = release.periods[state.earlier] if state.earlier else None
    spreads, judged = read_spreads(release), may_judge(indicator)
    cells = _read_cells(release, state, indicator, (period, earlier))
    areas = list_areas(release, state)
    compared = []
    for area in areas:
        now = cells.get((period.id, area.code))
        before = cells.get((earlier.id, area.code)) if earlier else None
        spread = spreads.find(indicator.id, area.level, period.kind)
        beside, whole = None, None
        if area is not areas[0] and judged:
            first = cells.get((period.id, areas[0].code))
            beside, whole = _compare(release, indicator, (areas[0], first), (area, now))
        in_time = compare_cells(now, before, is_judged=judged, spread=spread)
        link = address_of("gebied", area.code, cijfer=indicator.id)
        compared.append(Compared(area, in_time, beside, link, whole))
    return SideBySide(indicator, period, earlier, tuple(compared))


def _read_cells(
    release: Release,
    state: CompareState,
    indicator: Indicator,
    periods: Sequence[Period | None],
) -> dict[tuple[str, str], ReleasedCell]:
    """Read the cells of the areas in some periods, by period and area."""
    return {
        (cell.period.id, code): cell
        for kind in {period.kind for period in periods if period is not None}
        for code, series in release.read_series(indicator.id, state.areas, kind=kind).items()
        for cell in series
        if cell.period in periods
    }


def _compare(
    release: Release,
    indicator: Indicator,
    first: tuple[ReleasedArea, ReleasedCell | None],
    other: tuple[ReleasedArea, ReleasedCell | None],
) -> tuple[CountComparison | None, Whole | None]:
    """Compare the rate of an area with that of the first; which of them holds the other, if any.

    A whole is compared without its part, where the counts are exact.
    """
    (one, one_cell), (two, two_cell) = first, other
    if not is_usable(one_cell) or not is_usable(two_cell):
        return None, None
    if one_cell.rate is None or two_cell.rate is None:
        return None, None
    spreads, kind = read_spreads(release), two_cell.period.kind
    exact = span_of(one_cell).is_exact and span_of(two_cell).is_exact
    if two.code in list_wholes(release, one):
        spread = spreads.find(indicator.id, one.level, kind)
        result = compare_rates(one_cell, two_cell, holds=True, spread=spread)
        return invert(result) if result else None, "other" if exact and result else None
    holds = one.code in list_wholes(release, two)
    spread = spreads.find(indicator.id, two.level, kind)
    result = compare_rates(two_cell, one_cell, holds=holds, spread=spread)
    return result, "first" if holds and exact and result else None


def list_wholes(release: Release, area: ReleasedArea) -> list[str]:
    """Give the codes of the areas that one lies in, the smallest first."""
    wholes: list[str] = []
    step = area.parent
    while step is not None and step in release.areas and step not in wholes:
        wholes.append(step)
        step = release.areas[step].parent
    return wholes


def read_area_months(
    release: Release, state: CompareState, indicator: Indicator, asked: Months
) -> list[AreaMonths]:
    """Read the asked months of every area, and its whole years."""
    months, years = (
        release.read_series(indicator.id, state.areas, kind=kind)
        for kind in (PeriodKind.MONTH, PeriodKind.YEAR)
    )
    spreads = read_spreads(release)
    return [
        AreaMonths(
            area,
            asked,
            {(cell.period.year, cell.period.end.month): cell for cell in months[area.code]},
            {cell.period.year: cell for cell in years[area.code]},
            spreads.find_of_year(indicator.id, area.level),
        )
        for area in list_areas(release, state)
    ]


def read_area_index(
    release: Release, state: CompareState, indicator: Indicator, asked: Index
) -> list[AreaIndex]:
    """Read the years, half years or quarters of every area, with the year that is 100."""
    series = release.read_series(indicator.id, state.areas, kind=asked.kind)
    spreads = read_spreads(release)
    return [
        AreaIndex(
            area,
            asked.base,
            {cell.period: cell for cell in series[area.code]},
            spreads.find(indicator.id, area.level, asked.kind),
        )
        for area in list_areas(release, state)
    ]


def read_gemeenten(release: Release, indicator: Indicator) -> Gemeenten | None:
    """Read the lines of every gemeente; None where the indicator has none, or only one gemeente."""
    kinds = release.read_periods_of(indicator.id, AreaLevel.GEMEENTE)
    kind = next((known for known in _KINDS_OF_LINES if kinds.get(known)), None)
    areas = [
        area
        for area in release.areas.values()
        if area.level is AreaLevel.GEMEENTE and is_drawable(area.code)
    ]
    if kind is None or len(areas) < 2:
        return None
    series = release.read_series(indicator.id, [area.code for area in areas], kind=kind)
    spread = read_spreads(release).find(indicator.id, AreaLevel.GEMEENTE, kind)
    return Gemeenten(indicator, areas, series, kind, spread)
