"""Early signals of a release: months, and sliding years below the gemeente, that stand out.

Never for what police find by looking, nor about persons in trouble: the catalogue says for which
indicators. Rounded figures below an expected 10 say nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, Period, PeriodKind
from regiebeeld.pipeline.analyses.levels import align_levels, find_parents
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.pipeline.analyses.sliding import FEWEST_YEARS, judge_last
from regiebeeld.pipeline.analyses.surroundings import Surroundings
from regiebeeld.releases.findings import Finding, Signal, SignalFamily
from regiebeeld.statistics.season import NATIONAL_BREAKS
from regiebeeld.statistics.signals import (
    Discoveries,
    FarringtonPlan,
    Found,
    Judged,
    Level,
    Reason,
    find_signals,
    judge_series,
    read_series,
)
from regiebeeld.statistics.signals import Signal as Unusual

MONTHS_TOLD = 24  # so that a reader can look back, and see when a signal began
# Of the region there is one series an indicator: at 5 % each, some indicator always stands out.
_SHARE, _SHARE_OF_ONE = 0.05, 0.01
_SMALLEST = 1e-9  # a chance that is told is never 0
_RUN = 12  # months before those in which a run may have begun
_MOST_YEARS = 5
_STEPS = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4}


@dataclass(frozen=True, slots=True)
class _Family:
    """The levels of one indicator that are judged together, coarsest first."""

    name: str
    kind: PeriodKind
    series: tuple[Series, ...]
    judged: tuple[Judged, ...]
    parents: tuple[NDArray[np.int64], ...]

    def until(self, step: int) -> list[Level]:
        """Give the levels as they were known at one judged step."""
        return [
            Level(_cut(judged, step + 1), parent)
            for judged, parent in zip(self.judged, self.parents, strict=True)
        ]


def find_unusual(one: ReleasedIndicator, around: Surroundings) -> Iterator[Finding[object]]:
    """Find the signals of one indicator, and say how many series were looked at."""
    if not one.may(Analysis.SIGNALS):
        return
    shortest = next((kind for kind in _STEPS if (AreaLevel.GEMEENTE, kind) in one.series), None)
    if shortest is not None:
        every = align_levels(list(one.levels(shortest)), around)
        top = [s for s in every if s.level is AreaLevel.REGIO]
        whole = _judge_months(one.indicator.id, top, around) if top else None
        rest = [s for s in every if s.level is not AreaLevel.REGIO]
        if family := _judge_months(one.indicator.id, rest, around):
            yield from _tell(family, whole, range(len(family.series)))
        if whole:
            yield from _tell(whole, None, range(1))
    years = align_levels(list(one.levels(PeriodKind.ROLLING)), around)
    years = [s for s in years if s.level is not AreaLevel.REGIO]
    if len(years) > 1 and (family := _judge_years(one.indicator.id, years, around)):
        finest = {s.level for s in one.levels(shortest)} if shortest else set()
        below = [d for d, s in enumerate(family.series) if s.level not in finest]
        yield from _tell(family, None, below)


def _judge_months(name: str, levels: Sequence[Series], around: Surroundings) -> _Family | None:
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
    return _judge(name, levels, around, (plan, list(range(first, size))))


def _judge_years(name: str, levels: Sequence[Series], around: Surroundings) -> _Family | None:
    """Judge the last sliding year of each series by whole years before it that do not overlap."""
    size = len(levels[0].periods)
    places = list(range((size - 1) % 12, size, 12))
    if len(places) <= FEWEST_YEARS:
        return None
    apart = [_take(series, places) for series in levels]
    broken = np.array([_in_break(p) for p in apart[0].periods], dtype=np.bool_)
    judged = tuple(judge_last(series, broken) for series in apart)
    parents = tuple(find_parents(apart, depth, around) for depth in range(len(apart)))
    return _Family(name, apart[0].kind, tuple(apart), judged, parents)


def _judge(
    name: str,
    levels: Sequence[Series],
    around: Surroundings,
    how: tuple[FarringtonPlan, list[int]],
) -> _Family:
    plan, times = how
    days = np.array([float((p.end - p.start).days + 1) for p in levels[0].periods])
    broken = np.array([_in_break(p) for p in levels[0].periods], dtype=np.bool_)
    if len(times) and broken[times].all():
        broken = np.zeros_like(broken)
    judged = [
        judge_series(
            read_series(
                series.value,
                exposure=np.broadcast_to(days / days.mean(), series.value.shape),
                noise=series.noise,
                excluded=broken,
            ),
            times,
            plan,
        )
        for series in levels
    ]
    parents = [find_parents(levels, depth, around) for depth in range(len(levels))]
    return _Family(name, levels[0].kind, tuple(levels), tuple(judged), tuple(parents))


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
    told = 1 if family.kind is PeriodKind.ROLLING else MONTHS_TOLD * _STEPS[family.kind] // 12
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
    below = family.series[unusual.level + 1].codes if unusual.below else ()
    lower, upper = (
        int(matrix[unusual.unit, unusual.time]) for matrix in (series.lower, series.upper)
    )
    above: bool | None = unusual.parent_agrees if unusual.above is not None else None
    if above is None and region is not None:
        above = region == unusual.direction.value
    names = tuple(below[i] for i in unusual.below)
    return Finding(
        Signal(
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
            below=names,
        ),
        series.level,
        family.name,
        series.codes[unusual.unit],
        series.periods[unusual.time].id,
        place,
        names,
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
    if step >= len(whole.judged[0].times):
        return None
    found = find_signals(whole.until(step), share=_share(whole)).signals
    return found[0].direction.value if found else ""


def _cut(judged: Judged, size: int) -> Judged:
    names = ("observed", "expected", "lower", "upper", "dispersion", "score", "p_rise", "p_fall",
             "trended", "reason")  # fmt: skip
    cut = {name: getattr(judged, name)[:, :size] for name in names}
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
