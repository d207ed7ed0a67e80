"""On which part of the week events fall, as a table of shades: shares in steps, never counts."""

from collections.abc import Sequence

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import DAYS, SHORT_DAYS, name_period, write_number
from regiebeeld.dashboard.charts.heat import Shade, draw_heat
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import name_unit
from regiebeeld.domain import read_period
from regiebeeld.releases import Indicator
from regiebeeld.releases.findings import WeekHour

_WEEK = 7
_NAMED = 3  # parts of the week in a sentence; all of them stand in the table
_STEP = 0.5  # of the numbers; the first shade is half the average and less


def draw_week(indicator: Indicator, whole: str, parts: Sequence[WeekHour]) -> Figure:
    """Draw each part of the week beside the average part.

    whole: what the area is called that they are about; parts: of one indicator, in any order.
    """
    title = TEXTS("findings.week.title", indicator=indicator.title, area=whole)
    found = {(part.weekday, part.hour_from): part for part in parts}
    hours = sorted({(part.hour_from, part.hour_to) for part in parts})
    rows = [
        (_name_hours(first, last), [_shade(found.get((day, first))) for day in range(_WEEK)])
        for first, last in hours
    ]
    table = tuple(
        Row(
            DAYS[day].capitalize(),
            tuple(_write(found.get((day, first))) for first, _ in hours),
        )
        for day in range(_WEEK)
    )
    columns = (TEXTS("findings.week.column_day"), *(_name_hours(*each) for each in hours))
    return Figure(
        title=title,
        summary=" ".join([describe_week(indicator, parts), _describe_span(parts)]),
        svg=draw_heat(
            [SHORT_DAYS[day] for day in range(_WEEK)],
            rows,
            title=title,
            description=TEXTS("findings.week.description"),
        ),
        table=Table(title, columns, table),
    )


def describe_week(indicator: Indicator, parts: Sequence[WeekHour]) -> str:
    """Name the busiest and the quietest parts of the week; nothing where all are alike."""
    unit = name_unit(indicator.unit, None)
    high, low = max(part.times for part in parts), min(part.times for part in parts)
    told = []
    if high > 1:
        when = _name_parts([part for part in parts if part.times == high])
        told.append(TEXTS("findings.week.high", when=when, times=_number(high), unit=unit))
    if low < 1:
        when = _name_parts([part for part in parts if part.times == low])
        key = "findings.week.low" if low else "findings.week.lowest"
        told.append(TEXTS(key, when=when, times=_number(low)))
    return " ".join(told) or TEXTS("findings.week.flat")


def _describe_span(parts: Sequence[WeekHour]) -> str:
    first, last = (name_period(read_period(each)) for each in (parts[0].first, parts[0].last))
    return TEXTS("findings.week.span", first=first, last=last)


def _name_parts(parts: Sequence[WeekHour]) -> str:
    """Name parts of the week: days that share their hours together; many are counted."""
    days: dict[tuple[int, int], list[int]] = {}
    for part in sorted(parts, key=lambda each: (each.hour_from, each.weekday)):
        days.setdefault((part.hour_from, part.hour_to), []).append(part.weekday)
    if len(days) > _NAMED or sum(len(d) % _WEEK for d in days.values()) > 2 * _NAMED:
        return TEXTS("findings.week.several", count=len(parts))
    names = [
        TEXTS("findings.week.when", days=_name_days(of), first=first, last=last)
        for (first, last), of in days.items()
    ]
    return _join(names)


def _name_days(days: Sequence[int]) -> str:
    if len(days) == _WEEK:
        return TEXTS("findings.week.every_day")
    return TEXTS("findings.week.on_days", days=_join([DAYS[day] for day in days]))


def _join(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return TEXTS("findings.and", first=", ".join(names[:-1]), last=names[-1])


def _shade(part: WeekHour | None) -> Shade:
    if part is None:
        return Shade("", TEXTS("findings.week.unknown"), None)
    level = min(max(round(part.times / _STEP) - 1, 0), 4)
    words = TEXTS(
        "findings.week.spoken",
        day=DAYS[part.weekday],
        hours=_name_hours(part.hour_from, part.hour_to),
        times=_write(part),
    )
    label = _number(part.times) if part.times else TEXTS("findings.week.least")
    return Shade(label, words, level)


def _write(part: WeekHour | None) -> str:
    if part is None:
        return TEXTS("findings.week.unknown")
    if not part.times:
        return TEXTS("findings.week.hardly")
    return TEXTS("findings.week.times", times=_number(part.times))


def _number(times: float) -> str:
    return write_number(times, 0 if times == round(times) else 1)


def _name_hours(first: int, last: int) -> str:
    return TEXTS("findings.week.hours", first=first, last=last)
