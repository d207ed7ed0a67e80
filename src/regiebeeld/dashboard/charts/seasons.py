"""The year so far over the grey band of the same months in up to five earlier years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import MONTHS, SHORT_MONTHS, name_months, write_count
from regiebeeld.dashboard.charts.lines import count_axis, is_soft, line_layer, split_points
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import BAND, WIDTH, draw_svg
from regiebeeld.dashboard.charts.words import describe_flags, describe_value, is_usable, name_unit
from regiebeeld.domain import Status
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell
from regiebeeld.statistics import Verdict, compare_counts

EARLIER_YEARS = 5
_FEWEST_YEARS = 2  # from one earlier year nothing is "usual"

Cells = Mapping[tuple[int, int], ReleasedCell]


@dataclass(frozen=True, slots=True)
class Season:
    """The months of `year` that can be summed, and what the same months were in earlier years."""

    year: int
    months: tuple[int, ...]
    left_out: tuple[int, ...]
    total: int
    totals_before: tuple[int, ...]


def draw_seasons(
    indicator: Indicator, area: ReleasedArea, series: Sequence[ReleasedCell]
) -> Figure:
    """Draw the last year of a month series against earlier years, with sentence and table."""
    names = {"indicator": indicator.title, "area": area.name}
    cells = {(cell.period.year, cell.period.start.month): cell for cell in series}
    if not any(is_usable(cell) for cell in series):
        title = TEXTS("seasons.caption", **names)
        return Figure(title, TEXTS("seasons.none", **names), None, _table(names, cells, []))
    year = max(year for (year, _), cell in cells.items() if is_usable(cell))
    before = _earlier_years(cells, year)
    title = TEXTS(
        "seasons.title" if before else "seasons.title_short", **names, year=year, count=len(before)
    )
    description = TEXTS("seasons.description", year=year, count=len(before))
    svg = _draw(cells, year, before, (title, description))
    return Figure(
        title, describe_season(indicator, cells, year), svg, _table(names, cells, [year, *before])
    )


def describe_season(indicator: Indicator, cells: Cells, year: int) -> str:
    """Say the months so far, what is usual in them, and whether the difference can be chance."""
    season = compute_season(cells, year)
    months = name_months(season.months[0], season.months[-1], year) if season.months else str(year)
    known = {
        "months": months[:1].upper() + months[1:],
        "count": write_count(season.total),
        "unit": name_unit(indicator.unit, season.total),
    }
    if len(season.totals_before) < _FEWEST_YEARS:
        sentence = TEXTS("seasons.summary_short", **known)
    else:
        sentence = TEXTS(
            "seasons.summary",
            **known,
            low=write_count(min(season.totals_before)),
            high=write_count(max(season.totals_before)),
            years=len(season.totals_before),
            verdict=_verdict(season),
        )
    if season.left_out:
        sentence += " " + TEXTS(
            "seasons.excluded", months=", ".join(MONTHS[month] for month in season.left_out)
        )
    return sentence


def compute_season(cells: Cells, year: int) -> Season:
    """Sum the exact months of a year and the same months of each earlier year that has them all."""
    there = sorted(month for known, month in cells if known == year)
    months = tuple(month for month in there if _is_exact(cells.get((year, month))))
    before = [
        sum(cells[earlier, month].value or 0 for month in months)
        for earlier in range(year - EARLIER_YEARS, year)
        if months and all(_is_exact(cells.get((earlier, month))) for month in months)
    ]
    return Season(
        year=year,
        months=months,
        left_out=tuple(month for month in there if month not in months),
        total=sum(cells[year, month].value or 0 for month in months),
        totals_before=tuple(before),
    )


def _is_exact(cell: ReleasedCell | None) -> bool:
    # Rounded months do not add up to a rounded year, so they are never summed.
    return cell is not None and is_usable(cell) and cell.status is Status.SHOWN


def _verdict(season: Season) -> str:
    # The sentence names the range of the earlier years: inside it nothing is unusual, and outside
    # it only a clear distance to the nearest of those years is.
    before = season.totals_before
    nearest = min(max(season.total, min(before)), max(before))
    if nearest != season.total:
        verdict = compare_counts(season.total, nearest, 1.0).verdict
    else:
        mean = compare_counts(season.total, sum(before), 1 / len(before)).verdict
        verdict = mean if mean is Verdict.TOO_FEW else Verdict.WITHIN_CHANCE
    return TEXTS(f"seasons.{verdict.value}")


def _earlier_years(cells: Cells, year: int) -> list[int]:
    known = {earlier for (earlier, _), cell in cells.items() if is_usable(cell)}
    return [
        earlier for earlier in range(year - 1, year - EARLIER_YEARS - 1, -1) if earlier in known
    ]


def _table(names: Mapping[str, str], cells: Cells, years: Sequence[int]) -> Table:
    columns = (TEXTS("seasons.column_month"), *(str(year) for year in years))
    rows = (
        [
            Row(MONTHS[month], tuple(_cell_text(cells.get((year, month))) for year in years))
            for month in range(1, 13)
        ]
        if years
        else []
    )
    return Table(TEXTS("seasons.caption", **names), columns, tuple(rows))


def _cell_text(cell: ReleasedCell | None) -> str:
    if cell is None:
        return ""
    flags = describe_flags(cell) if is_soft(cell) else ""
    return (
        f"{describe_value(cell)} ({flags})" if flags and is_usable(cell) else describe_value(cell)
    )


def _draw(cells: Cells, year: int, before: Sequence[int], words: tuple[str, str]) -> Markup:
    there = [(month, cells[year, month]) for month in range(1, 13) if (year, month) in cells]
    firm, dashed = split_points(
        [{"month": month} for month, _ in there], [cell for _, cell in there]
    )
    data = {"band": _band(cells, before), "firm": firm, "dashed": dashed}
    title, description = words
    return draw_svg(_spec(has_dashes=bool(dashed)), data, title=title, description=description)


def _spec(*, has_dashes: bool) -> dict[str, Any]:
    axis = {
        "labelAngle": 0,
        "labelExpr": f"{_short_names()}[datum.value - 1]",
        "grid": False,
        "labelOverlap": True,
    }
    scale = {"type": "point", "padding": 0.3, "domain": list(range(1, 13))}
    x = {"field": "month", "type": "ordinal", "title": None, "scale": scale, "axis": axis}
    band = {"x": x, "y": count_axis("low"), "y2": {"field": "high"}}
    layers = [
        {"data": {"name": "band"}, "mark": {"type": "area", "color": BAND}, "encoding": band},
        line_layer("firm", x, dashed=False, size=40),
    ]
    if has_dashes:
        layers.append(line_layer("dashed", x, dashed=True, size=40))
    return {"width": WIDTH, "height": 200, "layer": layers}


def _short_names() -> str:
    return "['" + "','".join(SHORT_MONTHS[month] for month in range(1, 13)) + "']"


def _band(cells: Cells, before: Sequence[int]) -> list[dict[str, Any]]:
    band = []
    for month in range(1, 13):
        values = [
            cells[year, month].value or 0 for year in before if is_usable(cells.get((year, month)))
        ]
        if values:
            band.append({"month": month, "low": min(values), "high": max(values)})
    return band
