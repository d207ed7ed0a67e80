"""The block "who" of theme and area pages: figures that count people, and whom some are about.

Parts are shown where a contract allows them and the release holds them; elsewhere it says that
nothing is split. Nothing is computed from what is withheld.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from regiebeeld.dashboard.charts import Figure, Row, Table, describe_value, is_usable
from regiebeeld.dashboard.charts.parts import SeenPart, draw_parts
from regiebeeld.dashboard.charts.words import name_unit
from regiebeeld.dashboard.web.blocks import Headline, Provenance, note_provenance, note_rounding
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.domain import Period, PeriodKind
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell

PEOPLE = "persoon"  # the unit of figures that count people


@dataclass(frozen=True, slots=True)
class WhoFigure:
    """The parts of one figure as bars, and what they may not be used for."""

    figure: Figure
    provenance: Provenance
    caution: str


@dataclass(frozen=True, slots=True)
class Who:
    """What is said, and the figures that count people; no table where there are none."""

    sentences: tuple[str, ...]
    table: Table | None
    is_rounded: bool
    figures: tuple[WhoFigure, ...] = ()


def show_who(
    release: Release,
    area: ReleasedArea,
    headlines: Sequence[Headline],
    *,
    chosen: Indicator | None = None,
) -> Who:
    """Say who the figures of a page are about; chosen: the one that its drawings show."""
    people = [one for one in headlines if one.indicator.unit == PEOPLE]
    figures = tuple(_list_figures(release, area, headlines))
    told = [_describe(chosen)] if chosen else []
    if people or not figures:
        told.append(TEXTS("who.listed" if people else "who.none"))
    if not figures:
        told.append(TEXTS("who.not_split"))
    table = _table(area, people) if people else None
    return Who(tuple(told), table, note_rounding(people), figures)


def _describe(indicator: Indicator) -> str:
    key = "who.people" if indicator.unit == PEOPLE else "who.other"
    return TEXTS(key, indicator=indicator.title, unit=name_unit(indicator.unit, None))


def _list_figures(
    release: Release, area: ReleasedArea, headlines: Sequence[Headline]
) -> Iterator[WhoFigure]:
    """Draw every figure of the page that has parts here."""
    for indicator in (one.indicator for one in headlines):
        found = _read_newest(release, indicator, area)
        if found is None:
            continue
        period, seen = found
        figure = draw_parts(indicator, area, seen, period=period)
        yield WhoFigure(
            replace(figure, anchor=f"wie-{indicator.id}"),
            note_provenance(release, indicator, [one.cell for one in seen]),
            seen[0].part.caution,
        )


def _read_newest(
    release: Release, indicator: Indicator, area: ReleasedArea
) -> tuple[Period, list[SeenPart]] | None:
    """Read all parts of the last year of which the whole and any part is told; None without."""
    parts = release.read_parts(indicator.id)
    if not parts:
        return None
    wholes = _read_years(release, indicator, area)
    found = [_read_years(release, indicator, area, part.breakdown) for part in parts]
    for period in sorted(wholes, reverse=True):
        cells = [years.get(period) for years in found]
        if is_usable(wholes[period]) and any(is_usable(cell) for cell in cells):
            seen = [SeenPart(p, c) for p, c in zip(parts, cells, strict=True) if c is not None]
            return (period, seen) if len(seen) == len(parts) else None
    return None


def _read_years(
    release: Release, indicator: Indicator, area: ReleasedArea, *breakdown: str
) -> dict[Period, ReleasedCell]:
    named = {"breakdown": breakdown[0]} if breakdown else {}
    series = release.read_series(indicator.id, [area.code], kind=PeriodKind.YEAR, **named)
    return {cell.period: cell for cell in series[area.code]}


def _table(area: ReleasedArea, people: Sequence[Headline]) -> Table:
    names = ("indicator", "period", "count", "rate", "before", "verdict")
    rows = tuple(
        Row(
            one.indicator.title,
            (one.period, describe_value(one.now), one.rate_brief, one.before, one.verdict_full),
            link=one.link,
        )
        for one in people
    )
    columns = tuple(TEXTS(f"theme.column_{name}") for name in names)
    return Table(TEXTS("who.caption", area=area.name), columns, rows)
