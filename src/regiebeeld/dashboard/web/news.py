"""What is new since the release before: figures that came, changed or went, and new signals.

Both are read as this audience may read them now; what is hidden today is new in neither.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from regiebeeld.dashboard.charts import (
    Row,
    Table,
    describe_in_sentence,
    is_usable,
    name_day,
    name_period,
)
from regiebeeld.dashboard.web.answers import Desk
from regiebeeld.dashboard.web.choices import Parameters, order_kinds
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.domain import AreaLevel, Period, PeriodKind, ReleaseError, read_period
from regiebeeld.releases import Indicator, Release, ReleasedCell
from regiebeeld.releases.findings import Finding, Signal

MOST_SIGNALS = 12


@dataclass(frozen=True, slots=True)
class NewPeriod:
    """The newest period of a figure, now and in the release before (None: there was none)."""

    indicator: Indicator
    now: Period
    before: Period | None


@dataclass(frozen=True, slots=True)
class NewSignal:
    """A signal that the release before did not have, with where to read it."""

    words: str
    address: str


def read_news_state(desk: Desk, release: Release, parameters: Parameters) -> str | None:
    """Give the id of the release before this one; None where there is none to be read."""
    del parameters
    older: str | None = None
    for shelved in desk.shelf.read_releases():
        if shelved.id == release.about.release:
            return older
        if not shelved.fault and desk.audience in desk.shelf.list_audiences(shelved.id):
            older = shelved.id
    return None


def show_news(desk: Desk, release: Release, older: str | None) -> dict[str, Any]:
    """Give everything the template shows."""
    shown: dict[str, Any] = {"before": None, "made_at": release.about.made_at}
    with _opened(desk, older) as before:
        if before is None or before.about.region != release.about.region:
            return shown
        news = find_periods(release, before)
        revised = count_revised(release, before)
        return {
            **shown,
            "before": before.about,
            "lead": _tell(news, revised, release, before),
            "periods": table_of_periods(news),
            "revised": table_of_revised(release, revised),
            "gone": [
                i.title for id, i in before.indicators.items() if id not in release.indicators
            ],
            "signals": find_signals(release, before),
        }


@contextmanager
def _opened(desk: Desk, release: str | None) -> Iterator[Release | None]:
    """Open the release before; one that was removed in the meantime is as good as none."""
    if release is None:
        yield None
        return
    hide = partial(desk.present.hide, desk.audience)
    with ExitStack() as stack:
        try:
            before = stack.enter_context(desk.shelf.opened(release, desk.audience, hide))
        except ReleaseError:
            before = None
        yield before


def find_periods(release: Release, before: Release) -> list[NewPeriod]:
    """Find the figures of which a newer period came, those that are new themselves first."""
    found = []
    for id, indicator in release.indicators.items():
        now = _newest(release, id)
        then = _newest(before, id) if id in before.indicators else None
        if now and (then is None or (now.kind is then.kind and now.end > then.end)):
            found.append(NewPeriod(indicator, now, then))
    return sorted(found, key=lambda one: one.before is not None)


def _newest(release: Release, indicator: str) -> Period | None:
    """Give the newest period of the coarsest level that has any."""
    for level in AreaLevel:
        kinds = release.read_periods_of(indicator, level)
        for kind in order_kinds(kinds):
            return kinds[kind][-1]
    return None


def table_of_periods(news: Sequence[NewPeriod]) -> Table | None:
    if not news:
        return None
    rows = tuple(
        Row(
            one.indicator.title,
            (
                name_period(one.now),
                name_period(one.before) if one.before else TEXTS("news.not_there"),
            ),
            link=address_of("thema", one.indicator.theme, cijfer=one.indicator.id),
        )
        for one in news
    )
    columns = tuple(TEXTS(f"news.column_{name}") for name in ("indicator", "now", "before"))
    return Table(TEXTS("news.caption_periods"), columns, rows)


def count_revised(
    release: Release, before: Release
) -> dict[str, list[tuple[ReleasedCell, ReleasedCell]]]:
    """Find the figures of the whole region that read otherwise than before: (before, now)."""
    region = release.about.region_code
    found: dict[str, list[tuple[ReleasedCell, ReleasedCell]]] = {}
    for kind in PeriodKind:
        older = before.read_area_series(region, kind=kind)
        for indicator, cells in release.read_area_series(region, kind=kind).items():
            known = {cell.period: cell for cell in older.get(indicator, ())}
            pairs = [(known[cell.period], cell) for cell in cells if cell.period in known]
            found.setdefault(indicator, []).extend(
                pair for pair in pairs if _told(pair[0]) != _told(pair[1])
            )
    return {indicator: pairs for indicator, pairs in found.items() if pairs}


def _told(cell: ReleasedCell) -> tuple[int | None, int | None, int | None]:
    return cell.value, cell.lower, cell.upper


def table_of_revised(
    release: Release, revised: Mapping[str, Sequence[tuple[ReleasedCell, ReleasedCell]]]
) -> Table | None:
    """Say of each figure how many periods read otherwise, and the newest of them."""
    rows = []
    for id, pairs in revised.items():
        before, now = max(pairs, key=lambda pair: pair[1].period.end)
        example = _give_example(before, now)
        indicator = release.indicators[id]
        link = address_of("thema", indicator.theme, cijfer=id)
        rows.append(Row(indicator.title, (str(len(pairs)), example), link=link))
    columns = tuple(TEXTS(f"news.column_{name}") for name in ("indicator", "revised", "example"))
    return Table(TEXTS("news.caption_revised"), columns, tuple(rows)) if rows else None


def _give_example(before: ReleasedCell, now: ReleasedCell) -> str:
    """Tell one change; what is taken back now is not repeated."""
    told = {"period": name_period(now.period), "now": describe_in_sentence(now)}
    if not is_usable(now):
        return TEXTS("news.taken_back", **told)
    return TEXTS("news.example", before=describe_in_sentence(before), **told)


def find_signals(release: Release, before: Release) -> tuple[tuple[NewSignal, ...], int]:
    """Find signals that were not there before, newest first; and how many there are in all."""
    known = {_name(each) for each in before.read_findings(Signal)}
    new = [each for each in release.read_findings(Signal) if _name(each) not in known]
    new.sort(key=lambda each: each.period or "", reverse=True)
    made = [_signal(release, each) for each in new[:MOST_SIGNALS]]
    return tuple(made), len(new)


def _name(signal: Finding[Signal]) -> tuple[str | None, str | None, str | None, str]:
    return signal.indicator, signal.area, signal.period, signal.content.direction


def _signal(release: Release, signal: Finding[Signal]) -> NewSignal:
    period = read_period(signal.period or "")
    words = TEXTS(
        f"news.signal_{signal.content.direction}",
        indicator=release.indicators[signal.indicator or ""].title,
        area=release.areas[signal.area or ""].name,
        period=name_period(period),
    )
    return NewSignal(words, address_of("signalen", periode=f"{period.end:%Y-%m}"))


def _tell(
    news: Sequence[NewPeriod],
    revised: Mapping[str, object],
    release: Release,
    before: Release,
) -> str:
    """Say in a sentence what is new."""
    counts = {"release": before.about.release, "day": name_day(before.about.made_at)}
    if not news and not revised:
        return TEXTS("news.nothing", **counts)
    return TEXTS(
        "news.lead",
        newer=len(news),
        total=len(release.indicators),
        revised=len(revised),
        **counts,
    )
