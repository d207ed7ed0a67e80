"""The block "who" of theme and area pages: which figures count people, and that none is split.

Shows totals only: what a contract allows to be split is not in a release yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from regiebeeld.dashboard.charts import Row, Table, describe_value
from regiebeeld.dashboard.charts.words import name_unit
from regiebeeld.dashboard.web.blocks import Headline, note_rounding
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.releases import Indicator, ReleasedArea

PEOPLE = "persoon"  # the unit of figures that count people


@dataclass(frozen=True, slots=True)
class Who:
    """What is said, and the figures that count people; no table where there are none."""

    sentences: tuple[str, ...]
    table: Table | None
    is_rounded: bool


def show_who(
    area: ReleasedArea, headlines: Sequence[Headline], *, chosen: Indicator | None = None
) -> Who:
    """Say who the figures of a page are about; chosen: the one that its drawings show."""
    people = [one for one in headlines if one.indicator.unit == PEOPLE]
    told = [_describe(chosen)] if chosen else []
    told.append(TEXTS("who.listed" if people else "who.none"))
    told.append(TEXTS("who.not_split"))
    return Who(tuple(told), _table(area, people) if people else None, note_rounding(people))


def _describe(indicator: Indicator) -> str:
    key = "who.people" if indicator.unit == PEOPLE else "who.other"
    return TEXTS(key, indicator=indicator.title, unit=name_unit(indicator.unit, None))


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
