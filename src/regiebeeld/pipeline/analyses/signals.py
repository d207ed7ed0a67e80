"""Early signals of a release: months, and sliding years below the gemeente, that stand out.

Never for what police find by looking, nor about persons in trouble: the catalogue says for which
indicators. Rounded figures below an expected 10 say nothing. What is in of a period that is not
whole is held against that part of what is usual; with less than half of it in nothing is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, Period, PeriodKind
from regiebeeld.pipeline.analyses.completing import ALL_IN, NEARLY_WHOLE, Completing
from regiebeeld.pipeline.analyses.levels import align_levels, find_parents
from regiebeeld.pipeline.analyses.nowcasts import nowcast_series
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.pipeline.analyses.sliding import FEWEST_YEARS, judge_last
from regiebeeld.pipeline.analyses.surroundings import Surroundings
from regiebeeld.pipeline.analyses.thinning import judge_thinned
from regiebeeld.releases.findings import Finding, Signal, SignalFamily, Unjudged
from regiebeeld.statistics.breaks import NATIONAL_BREAKS, SeriesBreak
from regiebeeld.statistics.delay import WHOLE, ToldShare
from regiebeeld.statistics.signals import (
    Discoveries,
    FarringtonPlan,
    Found,
    Judged,
    Level,
    Reason,
    find_signals,
)
from regiebeeld.statistics.signals import Signal as Unusual

MONTHS_TOLD = 24  # so that a reader can look back, and see when a signal began
# Of the region there is one series an indicator: at 5 % each, some indicator always stands out.
_SHARE, _SHARE_OF_ONE = 0.05, 0.01
_SMALLEST = 1e-9  # a chance that is told is never 0
_RUN = 12  # months before those in which a run may have begun
_MOST_YEARS = 5
_STEPS = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4}
_ARRAYS = ("observed", "expected", "lower", "upper", "dispersion", "score", "p_rise", "p_fall",
           "trended", "reason")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Family:
    """The levels of one indicator that are judged together, coarsest first."""

    name: str
    kind: PeriodKind
    series: tuple[Series, ...]
    judged: tuple[Judged, ...]
    parents: tuple[NDArray[np.int64], ...]
    shares: tuple[ToldShare, ...]  # of each period

    def until(self, step: int) -> list[Level]:
        """Give the levels as they were known at one judged step."""
        return [
            Level(_cut(judged, step + 1), parent)
            for judged, parent in zip(self.judged, self.parents, strict=True)
        ]


def find_unusual(
    one: ReleasedIndicator, around: Surroundings, completing: Completing = ALL_IN
) -> Iterator[Finding[object]]:
    """Find the signals of one indicator, and say how many series were looked at.

    completing: how much of the last periods is in. A period of which too little is in, or of
    which that is not known, is not judged, or what is still to come in would be told as a fall.
    """
    if not one.may(Analysis.SIGNALS):
        return
    monthly: set[AreaLevel] = set()
    for kind in _STEPS:
        levels = [s for s in one.levels(kind) if s.level not in monthly]
        yield from _tell_unjudged(one.indicator.id, levels, completing)
        levels = [_leave_late_out(s, completing) for s in levels]
        levels = align_levels(levels, around)
        known = _Known(around, completing)
        whole = _judge_months(one.indicator.id, levels[:1], known) if _has_region(levels) else None
        rest = levels[1:] if _has_region(levels) else levels
        if rest and (family := _judge_months(one.indicator.id, rest, known)):
            yield from _tell(family, whole, range(len(rest)))
            monthly |= {s.level for s in rest}
        if whole:
            yield from _tell(whole, None, range(1))
            monthly.add(AreaLevel.REGIO)
    yield from _find_in_years(one, _Known(around, completing, one.touching()), monthly)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known beside the series: the areas, and how much of each period is in."""

    around: Surroundings
    completing: Completing
    breaks: Sequence[SeriesBreak] = ()

    def beside(self, periods: Sequence[Period], places: range) -> list[int]:
        """Give the places of periods that compare with the last: no lasting break in between."""
        last = periods[places[-1]].end
        return [
            place
            for place in places
            if place == places[-1]
            or not any(each.crosses(periods[place].start, last) for each in self.breaks)
        ]

    def shares(self, periods: Sequence[Period]) -> tuple[ToldShare, ...]:
        return tuple(self.completing.find(period) or WHOLE for period in periods)


def _leave_late_out(series: Series, completing: Completing) -> Series:
    """Leave out every period of which too little is in to say anything."""
    judged = [i for i, p in enumerate(series.periods) if completing.may_judge(p)]
    return series if len(judged) == len(series.periods) else _take(series, judged)


def _tell_unjudged(
    name: str, levels: Sequence[Series], completing: Completing
) -> Iterator[Finding[object]]:
    """Tell once which of the last periods are not judged, and why."""
    late = sorted({p for s in levels for p in s.periods if not completing.may_judge(p)})
    if not late:
        return
    unknown = any(completing.find(period) is None for period in late)
    told = Unjudged(late[0].id, late[-1].id, "not_known" if unknown else "too_little")
    yield Finding(told, levels[0].level, name, period=late[-1].id)


def _has_region(levels: Sequence[Series]) -> bool:
    return bool(levels) and levels[0].level is AreaLevel.REGIO


def _find_in_years(
    one: ReleasedIndicator, known: _Known, monthly: set[AreaLevel]
) -> Iterator[Finding[object]]:
    """Look at sliding years where no shorter period is released: at gemeenten month after month."""
    years = align_levels(list(one.levels(PeriodKind.ROLLING)), known.around)
    years = [_leave_late_out(s, known.completing) for s in years if s.level is not AreaLevel.REGIO]
    if not years or not years[0].periods:
        return
    name = one.indicator.id
    told = max(MONTHS_TOLD // _slides_by(years[0].periods), 1)
    if years[0].level is AreaLevel.GEMEENTE and AreaLevel.GEMEENTE not in monthly:
        if family := _judge_years(name, years[:1], known, told):
            yield from _tell(family, None, range(1))
        monthly = {*monthly, AreaLevel.GEMEENTE}
    below = [depth for depth, series in enumerate(years) if series.level not in monthly]
    if below and (family := _judge_years(name, years, known, 1)):
        yield from _tell(family, None, below)


def _judge_months(name: str, levels: Sequence[Series], known: _Known) -> _Family | None:
    """Judge the last months or quarters of each series by the same ones of earlier years."""
    steps = _STEPS[levels[0].kind]
    size = len(levels[0].periods)
    told = MONTHS_TOLD * steps // 12
    years = min(_MOST_YEARS, (size - steps - 1) // steps)
    if years < FEWEST_YEARS:
        return None
    plan = FarringtonPlan(
        freq=steps,
        years=years,
        half_width=1 if steps == 12 else 0,
        periods=5 if steps == 12 else 4,
        recent_left_out=6 * steps // 12,
    )
    first = max(plan.reach, size - told - _RUN * steps // 12)
    return _judge(name, levels, known, (plan, list(range(first, size))))


def _judge_years(name: str, levels: Sequence[Series], known: _Known, told: int) -> _Family | None:
    """Judge the last sliding years of each series by whole years before them without overlap.

    told: how many sliding years, the last one included.
    """
    periods = levels[0].periods
    shares = known.shares(periods)
    slides = _slides_by(periods)
    if 12 % slides:
        return None  # years that end in other months do not lie side by side
    steps = 12 // slides
    ends = range(max(len(periods) - told, FEWEST_YEARS * steps), len(periods))
    if not len(ends):
        return None
    judged = []
    for series in levels:
        columns = []
        for end in ends:
            first = max(end - _MOST_YEARS * steps, end % steps)
            apart = _take(series, known.beside(periods, range(first, end + 1, steps)))
            broken = np.array([_in_break(p) for p in apart.periods], dtype=np.bool_)
            columns.append(judge_last(apart, broken, shares[end]))
        judged.append(_side_by_side(columns, list(ends)))
    parents = tuple(find_parents(levels, depth, known.around) for depth in range(len(levels)))
    return _Family(name, levels[0].kind, tuple(levels), tuple(judged), parents, shares)


def _slides_by(periods: Sequence[Period]) -> int:
    """Give how many months a sliding year moves on: one, or three where quarters are the finest."""
    if len(periods) < 2:
        return 12
    last, before = periods[-1].end, periods[-2].end
    return max((last.year - before.year) * 12 + last.month - before.month, 1)


def _side_by_side(columns: Sequence[Judged], ends: Sequence[int]) -> Judged:
    arrays = {name: np.concatenate([getattr(c, name) for c in columns], axis=1) for name in _ARRAYS}
    return replace(columns[0], times=np.array(ends), **arrays)


def _judge(
    name: str,
    levels: Sequence[Series],
    known: _Known,
    how: tuple[FarringtonPlan, list[int]],
) -> _Family:
    plan, times = how
    periods = levels[0].periods
    shares = known.shares(periods)
    broken = np.array([_in_break(p) for p in periods], dtype=np.bool_)
    if len(times) and broken[times].all():
        broken = np.zeros_like(broken)
    judged = [judge_thinned(series, (times, plan), broken, shares) for series in levels]
    parents = [find_parents(levels, depth, known.around) for depth in range(len(levels))]
    return _Family(name, levels[0].kind, tuple(levels), tuple(judged), tuple(parents), shares)


def _in_break(period: Period) -> bool:
    """Tell whether a period lies in a passing break, such as the corona years."""
    return any(
        each.end is not None and each.start <= period.end and period.start <= each.end
        for each in NATIONAL_BREAKS
        if not each.themes
    )


def _tell(
    family: _Family, whole: _Family | None, depths: Sequence[int]
) -> Iterator[Finding[object]]:
    """Tell the signals of every judged step that a reader may look back to."""
    steps = len(family.judged[0].times)
    told = MONTHS_TOLD * _STEPS.get(family.kind, 12) // 12
    for step in range(max(steps - told, 0), steps):
        found = find_signals(family.until(step), share=_share(family))
        period = family.series[0].periods[int(family.judged[0].times[step])]
        region = _region_leans(whole, step) if whole else None
        for place, unusual in enumerate(found.signals):
            if unusual.level in depths:
                yield _make_signal(family, unusual, region, place)
        for depth in depths:
            yield _make_count(family, found, depth, step, period)


def _share(family: _Family) -> float:
    return _SHARE_OF_ONE if len(family.series[0].codes) == 1 else _SHARE


def _make_signal(
    family: _Family, unusual: Unusual, region: str | None, place: int
) -> Finding[object]:
    series = family.series[unusual.level]
    lower, upper = (
        int(matrix[unusual.unit, unusual.time]) for matrix in (series.lower, series.upper)
    )
    above: bool | None = unusual.parent_agrees if unusual.above is not None else None
    if above is None and region is not None:
        above = region == unusual.direction.value
    told = Signal(
        direction=unusual.direction.value,
        observed=round(unusual.observed),
        observed_lower=lower,
        observed_upper=upper,
        expected=round(unusual.expected, 2),
        usual_lower=round(unusual.lower, 2),
        usual_upper=round(unusual.upper, 2),
        since=series.periods[unusual.since].id,
        p=max(float(f"{unusual.p:.3g}"), _SMALLEST),
        q=max(float(f"{unusual.q:.3g}"), _SMALLEST),
        above=above,
    )
    return Finding(
        _as_whole(told, series, unusual, family.shares[unusual.time]),
        series.level,
        family.name,
        series.codes[unusual.unit],
        series.periods[unusual.time].id,
        place,
    )


def _as_whole(told: Signal, series: Series, unusual: Unusual, share: ToldShare) -> Signal:
    """Tell a signal of a part as one of the whole period: an estimate beside what is usual."""
    if share.share >= NEARLY_WHOLE:
        return told
    cast = nowcast_series(series, [unusual.time], [share])
    estimate, low, high = (
        round(float(part[unusual.unit, 0])) for part in (cast.expected, cast.lower, cast.upper)
    )
    return replace(
        told,
        expected=round(unusual.expected / share.share, 2),
        usual_lower=round(unusual.lower / share.share, 2),
        usual_upper=round(unusual.upper / share.share, 2),
        share=share.share,
        estimate=estimate,
        estimate_lower=low,
        estimate_upper=high,
    )


def _make_count(
    family: _Family, found: Found, depth: int, step: int, period: Period
) -> Finding[object]:
    level: Discoveries = found.levels[depth]
    skipped = int((family.judged[depth].reason[:, step] != Reason.POSSIBLE).sum())
    return Finding(
        SignalFamily(
            tested=level.tests,
            skipped=skipped,
            found=int(level.alarm.sum()),
            expected_false=round(float(level.expected_false), 3),
        ),
        family.series[depth].level,
        family.name,
        None,
        period.id,
    )


def _region_leans(whole: _Family, step: int) -> str | None:
    """Give the direction in which the region as a whole stands out; "" where it does not."""
    if step >= len(whole.judged[0].times) or not whole.judged[0].possible[0, step]:
        return None
    found = find_signals(whole.until(step), share=_share(whole)).signals
    return found[0].direction.value if found else ""


def _cut(judged: Judged, size: int) -> Judged:
    cut = {name: getattr(judged, name)[:, :size] for name in _ARRAYS}
    return replace(judged, times=judged.times[:size], **cut)


def _take(series: Series, places: Sequence[int]) -> Series:
    def only(matrix: Floats) -> Floats:
        return matrix[:, list(places)]

    return replace(
        series,
        periods=tuple(series.periods[i] for i in places),
        value=only(series.value),
        lower=only(series.lower),
        upper=only(series.upper),
    )
