"""How complete the last months of a delivered source usually are, from its kept states.

Reads unprotected counts; only shares of the whole region, in steps of 5 %, leave this module.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow.compute as pc

from regiebeeld.catalogue import Catalogue, Region, Source
from regiebeeld.domain import AreaLevel, ContractError, Period, PeriodKind, read_period
from regiebeeld.pipeline.intake.history import REST, State, StateFacts, read_states, state_as_of
from regiebeeld.pipeline.run.delivering import Kept
from regiebeeld.releases.findings import Completeness, Finding
from regiebeeld.statistics.delay import (
    Triangle,
    build_triangle,
    compute_completeness,
    estimate_variation,
)
from regiebeeld.statistics.delay.nowcasts import ENOUGH, FEWEST_PERIODS

FEWEST_EVENTS = 200  # behind every step of the triangle
FEWEST_MONTHS, FEWEST_STATES = 12, 3  # so many months, each told so many times or more
LONGEST = 12  # months after which a month counts as complete
NEWEST = 36  # months of deliveries that are looked at: how people report changes
SETTLED = 0.02  # what may still come in at the last step; with more the end is not in sight
STEP = 0.05
_Z = 1.959963985


def find_completeness(
    catalogue: Catalogue, region: Region, kept: Kept, indicators: Sequence[tuple[str, str]]
) -> list[Finding[Completeness]]:
    """Find per delivered source which share of a month is usually in after 1, 2, ... months.

    indicators: (indicator, the source it is shown from); each gets the findings of its source, so
    that who may not see the indicator does not see them either. An indicator that allows no
    analysis gets none. Raises ContractError when a kept state cannot be read.

    Why this gives no count away: a share is a sum of months over a sum of months, each of the
    whole region and all its events together, and is told in steps of 5 %. Behind every step lie
    `FEWEST_EVENTS` events or more, so a share leaves at least ten values for its sum, which is
    wider than the range that rounding gives one figure of the region; no area, single month or
    breakdown is in it. Two releases cannot be subtracted: a state takes part only when one of a
    later month was received, so a correction within a month alters nothing, and from one month
    to the next all that came in enters at once. What is left is that a share passes from one
    step to the next: that a sum of hundreds passed a bound, not by how much or for which month.
    """
    found = {
        name: list(_find_shares(catalogue.sources[name], region, kept))
        for name in dict.fromkeys(source for _, source in indicators)
        if catalogue.sources[name].terms.is_delivery
    }
    return [
        Finding(share, AreaLevel.REGIO, indicator=indicator, place=share.months_ago)
        for indicator, source in indicators
        if catalogue.indicators[indicator].analyses
        for share in found.get(source, ())
    ]


def _find_shares(source: Source, region: Region, kept: Kept) -> Iterator[Completeness]:
    """Give the shares up to the first that is complete enough; none when the history is short."""
    triangle = read_triangle(source, region, kept)
    chosen = _choose_delays(triangle) if triangle else None
    if triangle is None or chosen is None:
        return
    first, stop = chosen
    shown = Triangle(triangle.periods, triangle.counts[:, first:stop])
    usual = compute_completeness(shown)
    if usual.reason or abs(usual.share[-2] - 1) > SETTLED:
        return
    doubt = _Z * np.hypot(usual.error * usual.share, estimate_variation(shown))
    for place, (share, lower) in enumerate(zip(usual.share, usual.share - doubt, strict=True)):
        told = _in_steps(min(float(share), 1.0))
        least = min(max(_in_steps(float(lower), down=True), 0.0), told)
        yield Completeness(source.id, first + place, told, least)
        if told >= ENOUGH:
            return


def _in_steps(share: float, *, down: bool = False) -> float:
    steps = np.floor(share / STEP + 1e-9) if down else np.rint(share / STEP)
    return round(float(steps) * STEP, 2)


def _choose_delays(triangle: Triangle) -> tuple[int, int] | None:
    """Choose the first delay and the end of the delays whose every step rests on enough."""
    before, after = triangle.counts[:, :-1], triangle.counts[:, 1:]
    both = ~(np.isnan(before) | np.isnan(after))
    least = np.minimum(
        np.where(both, before, 0.0).sum(axis=0), np.where(both, after, 0.0).sum(axis=0)
    )
    enough = (both.sum(axis=0) >= FEWEST_PERIODS) & (least >= FEWEST_EVENTS)
    if not enough.any():
        return None
    first = int(np.argmax(enough))
    length = int(np.argmin(np.append(enough[first:], False)))
    stop = first + length + 1
    told = (~np.isnan(triangle.counts[:, first:stop])).sum(axis=1)
    return (first, stop) if (told >= FEWEST_STATES).sum() >= FEWEST_MONTHS else None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """How many events of one month were known in the month of a delivery."""

    period: int
    as_of: int
    count: int


def read_triangle(source: Source, region: Region, kept: Kept) -> Triangle | None:
    """Read the triangle of a source: its events of each month, as told so many months later.

    A count stands only where the whole region was told again in the month of the delivery: that
    nobody told a month again says nothing about what is still to come. None without months.
    """
    states = [each for each in read_states(kept.deliveries, source.id) if kept.has_accepted(each)]
    newest = max((_received(each) for each in states), default="")
    closed = [each for each in states if _received(each) < newest]
    months = sorted({each.as_of[:7] for each in closed})[-NEWEST:]
    orders = {each.order for each in closed}
    cells = [
        cell
        for month in months
        for cell in _read_month(source, region, kept, (month, orders))
    ]  # fmt: skip
    if not cells:
        return None
    period, as_of, count = zip(*((c.period, c.as_of, c.count) for c in cells), strict=True)
    return build_triangle(period, as_of, count, delays=LONGEST + 1)


def find_ages(kept: Kept, source: str) -> dict[int, int | None]:
    """Find how many months after each month of a delivered source it was last told.

    Gives {number of the month: months}; None where gemeenten told it at different ages. When a
    file came is on the pages anyway; nothing is read of what is in it.
    """
    told: dict[int, dict[str, int]] = {}
    for facts in read_states(kept.deliveries, source):
        if kept.has_accepted(facts):
            as_of = _number(date.fromisoformat(facts.as_of))
            for period in filter(None, map(_read_month_name, facts.periods)):
                month = _number(period.start)
                before = told.get(month, {}) if facts.gemeenten else {}
                told[month] = {**before, **dict.fromkeys(facts.tells, as_of - month)}
    ages = {month: set(by.values()) for month, by in told.items()}
    return {month: found.pop() if len(found) == 1 else None for month, found in ages.items()}


def _received(facts: StateFacts) -> str:
    return facts.received_at[:7]


def _read_month(
    source: Source, region: Region, kept: Kept, told: tuple[str, set[tuple[str, int]]]
) -> Iterator[_Snapshot]:
    """Give what the states of one month, taken together, tell of every month of events."""
    month, orders = told
    state = state_as_of(
        kept.deliveries,
        source.id,
        keep=lambda facts: facts.as_of[:7] == month and facts.order in orders,
    )
    sums = _sum_periods(state, source)
    as_of = _number(date.fromisoformat(f"{month}-01"))
    for name in state.periods:
        period = _read_month_name(name)
        count = sums.get(name, 0)
        if period is not None and count is not None and _is_whole(state, name, region):
            number = _number(period.start)
            if number <= as_of:
                yield _Snapshot(number, as_of, count)


def _is_whole(state: State, period: str, region: Region) -> bool:
    by = state.told_by[period]
    return REST in by or by.keys() >= set(region.gemeente_codes)


def _sum_periods(state: State, source: Source) -> dict[str, int | None]:
    """Sum the counts of each period, None where one was delivered as not known."""
    rows, total = state.counts, source.terms.total
    if total is not None:  # the parts are in it
        rows = rows.filter(pc.equal(rows["event_set"], total))
    whole = pc.ScalarAggregateOptions(skip_nulls=False)
    summed = rows.group_by("period").aggregate([("count", "sum", whole)])
    return dict(zip(summed["period"].to_pylist(), summed["count_sum"].to_pylist(), strict=True))


def _read_month_name(text: str) -> Period | None:
    try:
        period = read_period(text)
    except ContractError:
        return None
    return period if period.kind is PeriodKind.MONTH else None


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
