"""The signals of one month: rises, then notable falls; what was looked at; what was not, and why.

A quarter or a sliding year stands under the month it ends in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from regiebeeld.dashboard.charts import (
    Figure,
    SeenSignal,
    Table,
    describe_levels,
    draw_signal,
    name_period,
    table_of_signals,
    write_count,
)
from regiebeeld.dashboard.web.choices import Parameters, read_area, read_text
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.found import find_below
from regiebeeld.dashboard.web.overview import list_gemeenten
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.dashboard.web.signal_families import (
    count_expected_false,
    describe_families,
    list_not_looked_at,
    table_of_families,
    write_about,
)
from regiebeeld.domain import AreaLevel, ContractError, Period, PeriodKind, read_period
from regiebeeld.releases import Release, ReleasedArea, SourceRow
from regiebeeld.releases.findings import KINDS, Finding, Signal, SignalFamily


@dataclass(frozen=True, slots=True)
class SignalsState:
    """The month, None where nothing was looked for; and the area, the region for all."""

    month: str | None
    area: str


@dataclass(frozen=True, slots=True)
class MonthChoice:
    """A month that can be chosen, and how many signals it has."""

    id: str
    title: str
    number: int

    @property
    def words(self) -> str:
        if not self.number:
            return self.title
        return TEXTS("signals.month_with", month=self.title, signals=count_words(self.number))


@dataclass(frozen=True, slots=True)
class Item:
    """One signal in the list: its drawing and sentence, the levels around it, and its links."""

    seen: SeenSignal
    figure: Figure
    levels: str
    theme_link: str
    area_link: str
    place: str
    told: bool = False  # in a month before, of the same unbroken run

    @property
    def since(self) -> str:
        return TEXTS("signals.going_on", since=name_period(self.seen.since))


def read_signals_state(release: Release, parameters: Parameters) -> SignalsState:
    """Read month and area; the newest month that was looked at when none is given."""
    area = read_area(release, parameters)
    months = list_months(release)
    wanted = read_text(parameters, "periode")
    if wanted is None or not months:
        return SignalsState(months[0] if months else None, area.code)
    there = ((TEXTS("signals.title"), "/signalen"),)
    try:
        period = read_period(wanted)
    except ContractError as fault:
        raise WebError(400, "period", {"period": wanted}, links=there) from fault
    if period.id not in months:
        raise WebError(404, "period_absent", {"period": wanted}, links=there)
    return SignalsState(period.id, area.code)


def list_months(release: Release) -> list[str]:
    """Give every month about which signals were sought, the newest first."""
    looked = {month_of(each) for each in release.read_findings(SignalFamily)}
    return sorted(looked | {month_of(each) for each in release.read_findings(Signal)}, reverse=True)


def list_choices_of_month(release: Release, area: ReleasedArea) -> list[MonthChoice]:
    """Give every month to choose from, with how many signals there are in an area."""
    found = release.read_findings(Signal)
    number = Counter(month_of(f) for f in found if lies_in(release, f.area or "", area))
    return [
        MonthChoice(month, name_period(read_period(month)), number[month])
        for month in list_months(release)
    ]


def month_of(finding: Finding[Any]) -> str:
    """Give the month in which the period of a finding ends: `2026-06`."""
    return f"{read_period(finding.period or '').end:%Y-%m}"


def show_signals(release: Release, state: SignalsState) -> dict[str, Any]:
    """Give everything the template shows."""
    area = release.areas[state.area]
    months = list_choices_of_month(release, area)
    around = {
        "area": area,
        "regions": list_choices(release, area),
        "months": months,
        "month": state.month,
    }
    if state.month is None:
        return {**around, "nothing": say_nothing(release)}
    shown = _show_month(release, state.month, area)
    return {**around, "nothing": "", "earlier": find_earlier(months, state.month), **shown}


def find_earlier(months: Sequence[MonthChoice], month: str) -> MonthChoice | None:
    """Give the last month before an empty one that has signals; None where this one has any."""
    if any(choice.number for choice in months if choice.id == month):
        return None
    return next((choice for choice in months if choice.id < month and choice.number), None)


def _show_month(release: Release, month: str, area: ReleasedArea) -> dict[str, Any]:
    families = [f for f in release.read_findings(SignalFamily) if month_of(f) == month]
    found = [f for f in release.read_findings(Signal) if month_of(f) == month]
    here = [f for f in found if lies_in(release, f.area or "", area)]
    items = make_items(release, here, (found, families))
    rises = [item for item in items if item.seen.is_rise]
    falls = [item for item in items if not item.seen.is_rise]
    going_on = [item for item in items if item.told]
    name = name_period(read_period(month))
    return {
        "sentences": [
            *say_month(name, area, (len(rises), len(falls)), (here, families)),
            *say_going_on(len(going_on), len(items)),
        ],
        "rises": [item for item in rises if not item.told],
        "falls": [item for item in falls if not item.told],
        "going_on": going_on,
        "table_of_all": table_of_items(items, name),
        "is_rounded": any(item.seen.is_rounded for item in items),
        "families": table_of_families(release, families, name),
        "families_sentences": describe_families(
            families, found, month=name, region=release.about.region_title
        ),
        "not_looked_at": list_not_looked_at(release, families, month),
        "sources": list_sources(release, here or families),
        "labels": _list_labels(release, here or families),
        "csv": address_of("api", "v1", "signals", period=month, format="csv"),
    }


def list_choices(release: Release, area: ReleasedArea) -> list[ReleasedArea]:
    """Give the areas to choose from; the one that is shown is among them."""
    choices = list_gemeenten(release)
    return choices if area in choices else [*choices, area]


def say_nothing(release: Release) -> str:
    """Say why there is no signal at all: an older release, or no series that can have one."""
    if any(release.read_findings(kind) for kind in KINDS.values()):
        return TEXTS("signals.none_possible")
    return TEXTS("signals.none_older", region=release.about.region)


def say_month(
    month: str,
    area: ReleasedArea,
    counts: tuple[int, int],
    found: tuple[Sequence[Finding[Signal]], Sequence[Finding[SignalFamily]]],
) -> list[str]:
    """Say how many signals there are, of which direction, and how many are chance."""
    rises, falls = counts
    where = "" if area.level is AreaLevel.REGIO else TEXTS("signals.within", area=area.name)
    if not rises + falls:
        tested = sum(family.content.tested for family in found[1])
        key = "signals.summary_none" if not where and tested else "signals.summary_none_here"
        return [
            TEXTS(key, month=month, where=where, tested=write_count(tested)),
            TEXTS("signals.not_nothing"),
        ]
    parts = [_count(name, number) for name, number in (("rise", rises), ("fall", falls)) if number]
    told = {"month": month, "where": where, "signals": count_words(rises + falls)}
    summary = TEXTS("signals.summary", **told, parts=TEXTS("signals.and").join(parts))
    if rises + falls == 1:
        return [summary + " " + TEXTS("signals.chance_only"), TEXTS("signals.question")]
    expected = count_expected_false(*found)
    key = "signals.chance_of_all_many" if expected >= 1.5 else "signals.chance_of_all"
    chance = TEXTS(key, number=write_about(expected))
    return [f"{summary} {chance}", TEXTS("signals.question")]


def say_going_on(told: int, total: int) -> list[str]:
    """Say how many signals were told before; nothing where all are new."""
    if not told:
        return []
    if told == total:
        return [TEXTS("signals.all_going_on")]
    return [TEXTS("signals.some_going_on", new=count_words(total - told), told=told)]


def count_words(number: int) -> str:
    """Write a number of signals: `1 signaal`, `5 signalen`."""
    return _count("signal", number)


def _count(name: str, number: int) -> str:
    return TEXTS(f"signals.{name}_{'one' if number == 1 else 'many'}", number=number)


def lies_in(release: Release, code: str, area: ReleasedArea) -> bool:
    """Tell whether an area is another one or lies in it; all that there is lies in the region."""
    return area.level is AreaLevel.REGIO or (
        code in release.areas
        and any(step.code == area.code for step in climb(release, release.areas[code]))
    )


def climb(release: Release, area: ReleasedArea) -> Iterable[ReleasedArea]:
    """Give an area and those that it lies in, the coarsest last."""
    step: ReleasedArea | None = area
    while step is not None:
        yield step
        step = release.areas.get(step.parent or "")


def make_items(
    release: Release,
    shown: Iterable[Finding[Signal]],
    found: tuple[Sequence[Finding[Signal]], Sequence[Finding[SignalFamily]]],
) -> list[Item]:
    """Make the list of signals, the most certain first; found: all of that month."""
    every, families = found
    order = sorted(shown, key=_certainty)
    see = partial(_see, release, {(f.indicator, f.period, f.level) for f in families}, every)
    before = release.read_findings(Signal)
    return [replace(_make_item(release, see(each)), told=was_told(each, before)) for each in order]


def was_told(one: Finding[Signal], others: Iterable[Finding[Signal]]) -> bool:
    """Tell whether a signal stood in a month before, since the run that it is in began."""
    period, since = read_period(one.period or ""), read_period(one.content.since)
    for each in others:
        same = (each.indicator, each.area, each.content.direction) == (
            one.indicator, one.area, one.content.direction,
        )  # fmt: skip
        if same and each.period != one.period:
            there = read_period(each.period or "")
            if there.kind is period.kind and since.end <= there.end < period.end:
                return True
    return False


def _certainty(one: Finding[Signal]) -> tuple[float, float, int, int]:
    return one.content.q, one.content.p, one.level.depth, one.place


def _see(
    release: Release,
    looked: set[tuple[str | None, str | None, AreaLevel]],
    every: Sequence[Finding[Signal]],
    one: Finding[Signal],
) -> SeenSignal:
    indicator, area = release.indicators[one.indicator or ""], release.areas[one.area or ""]
    period = read_period(one.period or "")
    finer = (level for level in AreaLevel if level.depth > one.level.depth)
    below = find_below(one, every, release.areas)
    return SeenSignal(
        signal=one.content,
        indicator=indicator,
        area=area,
        period=period,
        since=read_period(one.content.since),
        above=find_above(release, indicator.id, area, period),
        below=tuple(release.areas[code] for code in below),
        below_level=next((x for x in finer if (one.indicator, one.period, x) in looked), None),
        cell=release.read_map(indicator.id, area.level, period.id).get(area.code),
    )


def find_above(
    release: Release, indicator: str, area: ReleasedArea, period: Period
) -> ReleasedArea | None:
    """Give the nearest area around another one that has figures over the same period."""
    for step in climb(release, area):
        kinds: Mapping[PeriodKind, list[Period]] = release.read_periods_of(indicator, step.level)
        if step.code != area.code and period in kinds.get(period.kind, []):
            return step
    return None


def _make_item(release: Release, seen: SeenSignal) -> Item:
    indicator, area = seen.indicator, seen.area
    gemeente = release.areas.get(area.gemeente or "")
    link = address_of("gebied", area.code, cijfer=indicator.id)
    around = area.gemeente or release.about.region_code
    return Item(
        seen=seen,
        figure=draw_signal(seen, link=link),
        levels=describe_levels(seen),
        theme_link=address_of("thema", indicator.theme, gebied=around, cijfer=indicator.id),
        area_link=link,
        place=TEXTS(
            f"signals.place_{area.level.value}", gemeente=gemeente.name if gemeente else ""
        ),
    )


def table_of_items(items: Sequence[Item], month: str) -> Table:
    """Join the tables of the drawings: one row a signal."""
    rows = [row for item in items for row in item.figure.table.rows]
    return table_of_signals(rows, TEXTS("signals.caption", month=month))


def list_sources(release: Release, found: Iterable[Finding[Any]]) -> list[SourceRow]:
    """Give the sources behind findings, in their order."""
    names = _gather(release, found, lambda name: release.indicators[name].source)
    return [release.sources[name] for name in names if name in release.sources]


def _list_labels(release: Release, found: Iterable[Finding[Any]]) -> list[str]:
    return _gather(release, found, lambda name: release.indicators[name].label)


def _gather(
    release: Release, found: Iterable[Finding[Any]], tell: Callable[[str], str]
) -> list[str]:
    known = (each.indicator for each in found if each.indicator in release.indicators)
    return list(dict.fromkeys(tell(name) for name in known if name))
