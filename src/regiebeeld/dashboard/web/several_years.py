"""The block of an area page that shows years together where one year counts few.

Adds up only what is counted anew each year: no persons, who may return, and nothing that stands,
such as cameras.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regiebeeld.dashboard.charts import Row, Table, describe_value, write_count, write_rate
from regiebeeld.dashboard.charts.reasons import name_base
from regiebeeld.dashboard.charts.texts import TEXTS as CHART_TEXTS
from regiebeeld.dashboard.charts.trend import explain_break, list_breaks
from regiebeeld.dashboard.charts.words import describe_span, name_unit, write_range, write_span
from regiebeeld.dashboard.charts.year_sums import (
    NoSum,
    YearSum,
    add_same_years,
    add_years,
    compare_with_rest,
    find_last_year,
)
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.dashboard.web.spreads import Spreads, read_spreads
from regiebeeld.dashboard.web.who import PEOPLE
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell

LEVELS = (AreaLevel.WIJK, AreaLevel.BUURT)
_YEARS = 8  # more than are added up, since the last may not be in yet
_COLUMNS = ("indicator", "years", "count", "rate", "region", "verdict", "status")
Series = Mapping[str, Sequence[ReleasedCell]]


@dataclass(frozen=True, slots=True)
class SeveralYears:
    """A sentence about the chosen figure, and a row for each figure that is small."""

    sentence: str
    notes: tuple[str, ...]
    table: Table
    is_rounded: bool


@dataclass(frozen=True, slots=True)
class _Small:
    """One small figure: its years together, those of the region, and how they compare."""

    indicator: Indicator
    mine: YearSum | NoSum
    whole: YearSum | None
    verdict: str


def show_several_years(
    release: Release, area: ReleasedArea, chosen: Indicator
) -> SeveralYears | None:
    """Give the block of a wijk or buurt; None elsewhere, and where no figure is small."""
    if area.level not in LEVELS:
        return None
    own = release.read_area_series(area.code, kind=PeriodKind.YEAR, last=_YEARS)
    region = release.read_area_series(release.about.region_code, kind=PeriodKind.YEAR, last=_YEARS)
    found = _list_small(release, area, (own, region))
    if not found:
        return None
    told = next((each for each in found if each.indicator.id == chosen.id), None)
    sums = [each.mine for each in found if isinstance(each.mine, YearSum)]
    columns = tuple(TEXTS(f"several.column_{name}") for name in _COLUMNS)
    return SeveralYears(
        sentence=_tell(area, told) if told else TEXTS("several.none", indicator=chosen.title),
        notes=(TEXTS("several.how"), *_explain_breaks(release, sums)),
        table=Table(TEXTS("several.caption", area=area.name), columns, tuple(map(_row, found))),
        is_rounded=any(each.is_rounded for each in sums),
    )


def _list_small(release: Release, area: ReleasedArea, both: tuple[Series, Series]) -> list[_Small]:
    own, region = both
    spreads, small = read_spreads(release), []
    for indicator in release.indicators.values():
        # What may not be compared is not drawn by chance each year: a camera stays where it is.
        if "comparison" not in indicator.analyses or indicator.unit == PEOPLE:
            continue
        breaks = list_breaks(indicator, invented=release.about.invented)
        others = region.get(indicator.id, ())
        mine = add_years(own.get(indicator.id, ()), breaks, until=find_last_year(others))
        if mine is not None:
            small.append(_set_beside(indicator, area, (mine, others), spreads))
    return small


def _set_beside(
    indicator: Indicator,
    area: ReleasedArea,
    found: tuple[YearSum | NoSum, Sequence[ReleasedCell]],
    spreads: Spreads,
) -> _Small:
    mine, others = found
    if isinstance(mine, NoSum):
        return _Small(indicator, mine, None, "")
    whole = add_same_years(others, mine)
    spread = spreads.find(indicator.id, area.level, PeriodKind.YEAR, area=area.code)
    verdict = compare_with_rest(mine, whole, spread=spread)
    name = "unknown" if verdict is None else verdict.value
    words = TEXTS(f"theme.whole_{name}", whole=TEXTS("theme.the_regio"))
    return _Small(indicator, mine, whole, words)


def _explain_breaks(release: Release, sums: Sequence[YearSum]) -> list[str]:
    """Say why some of the years differ, where a time that passed lies among them."""
    if not sums:
        return []
    first = min(each.cells[0].period.start for each in sums)
    last = max(each.cells[-1].period.end for each in sums)
    every = [
        known
        for each in sums
        for known in list_breaks(
            release.indicators[each.cells[0].indicator], invented=release.about.invented
        )
        if known.end is not None and known.start <= last and known.end >= first
    ]
    return list(dict.fromkeys(map(explain_break, every)))


def _tell(area: ReleasedArea, told: _Small) -> str:
    mine = told.mine
    names = {"area": area.name, "indicator": told.indicator.title, "years": _name_years(mine.years)}
    if isinstance(mine, NoSum):
        reason = _name_absent(mine)
        return TEXTS("several.no_sum", **names, reason=reason[:1].upper() + reason[1:])
    count = None if mine.is_rounded else mine.span.lower
    names |= {"count": describe_span(mine.span), "unit": name_unit(told.indicator.unit, count)}
    if mine.base is None:
        return TEXTS("several.sentence_bare", **names)
    region = _rate(told.whole) if told.whole else TEXTS("several.unknown")
    return TEXTS("several.sentence", **names, rate=_rate(mine), region=region, verdict=told.verdict)


def _row(small: _Small) -> Row:
    mine, title = small.mine, small.indicator.title
    years = write_range(*map(str, mine.years))
    if isinstance(mine, NoSum):
        words = TEXTS("several.no_count", reason=_name_absent(mine))
        return Row(title, (years, words, "", "", "", ""))
    region = _rate(small.whole) if small.whole else TEXTS("several.unknown")
    cells = (years, write_span(mine.span), _rate(mine), region, small.verdict, _name_flags(mine))
    return Row(title, cells)


def _name_years(years: tuple[int, int]) -> str:
    return TEXTS("several.years", first=str(years[0]), last=str(years[1]))


def _name_absent(none: NoSum) -> str:
    """Say of each year without a count why: hidden, not in yet, or not there."""
    told = [
        TEXTS("several.absent", year=str(year), reason=describe_value(cell))
        for year, cell in none.absent
    ]
    return "; ".join(told)


def _rate(found: YearSum) -> str:
    """Give the rate a year with its margin, or that there is none."""
    rate, margin, base = found.rate, found.margin, found.base
    if rate is None or margin is None or base is None:
        return CHART_TEXTS("rate.none")
    values = {
        "rate": write_range(*map(write_rate, rate)),
        "per": write_count(base.per),
        "base": name_base(base.figure),
        "lower": write_rate(margin[0]),
        "upper": write_rate(margin[1]),
    }
    return CHART_TEXTS("rate.full_rounded" if found.is_rounded else "rate.full", **values)


def _name_flags(found: YearSum) -> str:
    flags = {
        "provisional": found.is_provisional,
        "estimated": found.is_estimated,
        "rounded": found.is_rounded,
    }
    words = [TEXTS(f"several.{name}") for name, holds in flags.items() if holds]
    return ", ".join(words) or TEXTS("several.final")
