"""Reads which periods are compared: two that do not overlap, the same months, and a base year."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from regiebeeld.dashboard.charts import is_usable, name_period
from regiebeeld.dashboard.charts.compare_index import Index
from regiebeeld.dashboard.charts.compare_months import Months
from regiebeeld.dashboard.web.choices import Parameters, order_kinds, read_text
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.domain import ContractError, Period, PeriodKind, read_period
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell

STEPS = {
    "jaar": PeriodKind.YEAR,
    "halfjaar": PeriodKind.HALF_YEAR,
    "kwartaal": PeriodKind.QUARTER,
}
Kinds = Mapping[PeriodKind, list[Period]]
Subject = tuple[Indicator, Sequence[ReleasedArea]]
Read = TypeVar("Read")
_FORGIVEN = ("compare_kinds", "compare_overlap")
_WHOLE_YEARS = (PeriodKind.YEAR, PeriodKind.ROLLING)


def link_to_start() -> tuple[tuple[str, str], ...]:
    """Give the next step after a refusal: the page without a choice."""
    return ((TEXTS("compare.title"), "/vergelijk"),)


def find_common(
    release: Release, indicator: Indicator, areas: Sequence[ReleasedArea]
) -> dict[PeriodKind, list[Period]]:
    """Give the periods that hold cells at the level of every area, by kind, in order of time."""
    levels = {area.level for area in areas}
    each = [release.read_periods_of(indicator.id, level) for level in levels]
    common = {
        kind: [p for p in each[0].get(kind, []) if all(p in k.get(kind, []) for k in each[1:])]
        for kind in PeriodKind
    }
    return {kind: periods for kind, periods in common.items() if periods}


def read_pair(
    release: Release, parameters: Parameters, kinds: Kinds, subject: Subject
) -> tuple[str, str | None]:
    """Read the two periods, the later one first; by default the last year and the one before."""
    first, second = (_read_known(parameters, name, kinds) for name in ("periode", "eerder"))
    if first is None and second is not None:
        first, second = second, None
    if first is None:
        first = _find_last(release, kinds, subject)
    if second is None:
        second = find_earlier(first, kinds)
        return first.id, second.id if second else None
    _check_pair(first, second)
    first, second = sorted((first, second), reverse=True)
    return first.id, second.id


def _read_known(parameters: Parameters, name: str, kinds: Kinds) -> Period | None:
    wanted = read_text(parameters, name)
    if wanted is None:
        return None
    try:
        period = read_period(wanted)
    except ContractError as fault:
        raise WebError(400, "period", {"period": wanted}, links=link_to_start()) from fault
    if period not in kinds.get(period.kind, []):
        raise WebError(404, "period_absent", {"period": wanted}, links=link_to_start())
    return period


def _find_last(release: Release, kinds: Kinds, subject: Subject) -> Period:
    """Take the last period of the longest kind with a figure for every area, or else for one."""
    periods = kinds[order_kinds(kinds)[0]]
    found = Counter(
        cell.period
        for cells in _read_cells(release, subject, periods[0].kind)
        for cell in cells
        if is_usable(cell) and cell.period in periods
    )
    every = [period for period in periods if found[period] == len(subject[1])]
    some = [period for period in periods if found[period]]
    return (every or some or periods)[-1]


def _read_cells(
    release: Release, subject: Subject, kind: PeriodKind
) -> Iterable[list[ReleasedCell]]:
    indicator, areas = subject
    return release.read_series(indicator.id, [a.code for a in areas], kind=kind).values()


def find_earlier(period: Period, kinds: Kinds) -> Period | None:
    """Give the same stretch one year before; else the last that ended before it began."""
    before = [known for known in kinds[period.kind] if known.end < period.start]
    wanted = (period.end.year - 1, period.end.month)
    same = [known for known in before if (known.end.year, known.end.month) == wanted]
    return next(reversed(same or before), None)


def _check_pair(first: Period, second: Period) -> None:
    """Raise WebError for periods that share days, or of which one knows a season and one not."""
    names = {"first": name_period(first), "second": name_period(second)}
    if first.kind is not second.kind and not {first.kind, second.kind} <= set(_WHOLE_YEARS):
        raise WebError(400, "compare_kinds", names, links=link_to_start())
    if first.start <= second.end and second.start <= first.end:
        raise WebError(400, "compare_overlap", names, links=link_to_start())


def list_month_years(kinds: Kinds) -> list[int]:
    """Give the years that have months, the last one first."""
    return sorted({period.year for period in kinds.get(PeriodKind.MONTH, [])}, reverse=True)


def read_months(
    release: Release, parameters: Parameters, kinds: Kinds, subject: Subject
) -> Months | None:
    """Read which months of which years; by default those so far of the last year and the one
    before. None where there are no months at the level of every area, or of one year only.
    """
    names = ("jaar", "naast", "van", "tot")
    wanted = {name: _read_number(parameters, name) for name in names}
    years = list_month_years(kinds)
    if len(years) < 2:
        if any(number is not None for number in wanted.values()):
            raise WebError(404, "compare_no_months", links=link_to_start())
        return None
    year, other = _read_years((wanted["jaar"], wanted["naast"]), years, (release, subject))
    newest = max(year, other)
    first = wanted["van"] or 1
    last = wanted["tot"] or max(first, _find_last_month(release, subject, newest))
    if not first <= last <= 12:
        values = {"first": str(first), "last": str(last)}
        raise WebError(400, "compare_months", values, links=link_to_start())
    return Months(newest, min(year, other), first, last)


def _read_years(
    wanted: tuple[int | None, int | None], years: list[int], about: tuple[Release, Subject]
) -> tuple[int, int]:
    for number in wanted:
        if number is not None and number not in years:
            raise WebError(404, "period_absent", {"period": str(number)}, links=link_to_start())
    year = wanted[0] or _find_last_year(*about, years)
    other = wanted[1] or next((y for y in years if y < year), min(y for y in years if y != year))
    if year == other:
        raise WebError(400, "compare_same_year", {"year": str(year)}, links=link_to_start())
    return year, other


def _read_number(parameters: Parameters, name: str) -> int | None:
    text = read_text(parameters, name)
    if text is None:
        return None
    # Other digits than ours are digits to Python too.
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text)):
        raise WebError(400, "compare_number", {"name": name, "text": text}, links=link_to_start())
    return int(text)


def _usable_months(release: Release, subject: Subject) -> list[Period]:
    """Give the months for which every area has a figure, or else those for which one has."""
    every = _read_cells(release, subject, PeriodKind.MONTH)
    found = Counter(cell.period for cells in every for cell in cells if is_usable(cell))
    most = max(found.values(), default=0)
    return sorted(period for period, number in found.items() if number == most)


def _find_last_year(release: Release, subject: Subject, years: list[int]) -> int:
    known = {period.year for period in _usable_months(release, subject)}
    return max(known & set(years), default=years[0])


def _find_last_month(release: Release, subject: Subject, year: int) -> int:
    months = [p.end.month for p in _usable_months(release, subject) if p.year == year]
    return max(months, default=12)


def read_index(parameters: Parameters, kinds: Kinds) -> Index | None:
    """Read the year that is 100 and what the index steps by; by default years, from the first.

    None where no kind of period has figures of two years.
    """
    steps = list_steps(kinds)
    step = _read_step(parameters, steps)
    wanted = read_text(parameters, "basis")
    if wanted is None:
        return Index(list_years(kinds, step)[0], step) if step else None
    base = _read_number(parameters, "basis")
    step = step or PeriodKind.YEAR
    if base is None or base not in list_years(kinds, step):
        raise WebError(404, "period_absent", {"period": wanted}, links=link_to_start())
    return Index(base, step)


def _read_step(parameters: Parameters, steps: Sequence[PeriodKind]) -> PeriodKind | None:
    wanted = read_text(parameters, "stap")
    if wanted is None:
        return next(iter(steps), None)
    if wanted not in STEPS:
        values = {"step": wanted, "known": ", ".join(STEPS)}
        raise WebError(400, "compare_step", values, links=link_to_start())
    if STEPS[wanted] not in steps:
        raise WebError(404, "compare_no_step", {"step": wanted}, links=link_to_start())
    return STEPS[wanted]


def list_steps(kinds: Kinds) -> list[PeriodKind]:
    """Give what an index may step by: the kinds of period with figures of two years or more."""
    return [kind for kind in STEPS.values() if len(list_years(kinds, kind)) > 1]


def list_years(kinds: Kinds, kind: PeriodKind) -> list[int]:
    """Give the years that have periods of a kind, the first one first."""
    return sorted({period.year for period in kinds.get(kind, [])})


def read_kindly(
    read: Callable[[Parameters], Read],
    parameters: Parameters,
    drops: Sequence[tuple[str, ...]],
) -> tuple[Read, tuple[str, ...]]:
    """Read a choice; where it cannot be, without the parameters that may be left out, in turn.

    Gives what was read and what was left out. A form sends every choice at once, and what was
    chosen for one figure may not be there for the next. What is wrong in itself is refused.
    """
    try:
        return read(parameters), ()
    except WebError as fault:
        if not drops or not (fault.status == 404 or fault.key in _FORGIVEN):
            raise
    first, *others = drops
    kept = {name: text for name, text in parameters.items() if name not in first}
    found, more = read_kindly(read, kept, others)
    return found, (*first, *more)
