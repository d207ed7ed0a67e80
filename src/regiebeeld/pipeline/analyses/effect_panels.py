"""Lays released cells out as an evaluation wants them: treated, ring and controls, whole periods.

Refuses an intervention in an area that the layout on the map does not have.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Area, AreaLevel, CatalogueError, Intervention, Period, PeriodKind
from regiebeeld.domain.areas import is_drawable, level_of, parent_code
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.statistics.effects import (
    AreaCounts,
    EffectPanel,
    Reason,
    make_area_counts,
    make_panel,
)

Marks = NDArray[np.bool_]
REST = "rest:"  # before the number of a control that is what a gemeente is without its measures
_COUNTS = ("counts", "exposure", "noise")
# Periods a year, the coarsest kind first: the longer a period, the less its rounding weighs.
KINDS = {
    PeriodKind.YEAR: 1,
    PeriodKind.ROLLING: 1,
    PeriodKind.HALF_YEAR: 2,
    PeriodKind.QUARTER: 4,
    PeriodKind.MONTH: 12,
}


@dataclass(frozen=True, slots=True)
class EffectContext:
    """All areas of a release, and the codes of those that touch each area of the same level."""

    areas: Sequence[Area]
    touching: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One intervention at the level of a series: treated codes there, and its days."""

    codes: frozenset[str]
    start: date
    end: date

    def precedes(self, period: Period) -> bool:
        """Tell whether the measure starts after the whole period."""
        return period.end < self.start

    def holds(self, period: Period) -> bool:
        """Tell whether the whole period lies under the measure."""
        return period.start >= self.start and period.end <= self.end


@dataclass(frozen=True, slots=True)
class LaidPanel:
    """A panel and what it was cut from: level, kind and periods, its treated and control areas.

    absent: treated areas without any figure in these periods; spoken: per treated row the areas
    that it is of; together: those areas are told as one; beside: areas of every set that the
    comparison is made of, which the answer tells of as well.
    """

    panel: EffectPanel
    level: AreaLevel
    periods: tuple[Period, ...]
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    absent: tuple[str, ...]
    spoken: tuple[tuple[str, ...], ...] = ()
    together: bool = False
    beside: tuple[str, ...] = ()

    @property
    def areas(self) -> tuple[str, ...]:
        """The treated areas, whether by themselves or as one."""
        return tuple(dict.fromkeys(code for each in self.spoken for code in each))


@dataclass(frozen=True, slots=True)
class NoPanel:
    """Why there is nothing to evaluate; None: the areas fit no level that is released."""

    reason: Reason | None


def refuse_unknown_areas(interventions: Sequence[Intervention], areas: Sequence[Area]) -> None:
    """Raise CatalogueError with every code of an intervention that the layout does not have."""
    known = {area.code for area in areas}
    vintages = ", ".join(str(year) for year in sorted({area.vintage for area in areas}))
    faults = tuple(
        f"interventie {one.id}: {code} bestaat niet in de indeling van {vintages}"
        f"{_tell_nearby(code, known)}"
        for one in interventions
        for code in (*one.areas, *one.ring, *one.comparison)
        if code not in known
    )
    if faults:
        raise CatalogueError(
            "Een interventie noemt gebieden die niet op de kaart staan; zet de codes van nu in "
            "regions/<regio>/interventions. Er is niets gepubliceerd, de vorige versie blijft:",
            faults,
        )


def _tell_nearby(code: str, known: set[str]) -> str:
    """Name codes that share all but the last digits: the most alike spelling may lie elsewhere."""
    for length in (len(code) - 2, 6):
        near = sorted(other for other in known if other[:length] == code[:length])
        if near and length >= 6:
            return f"; daar liggen wel: {', '.join(near[:8])}"
    return ""


def lay_panel(
    one: ReleasedIndicator,
    pool: Sequence[Intervention],
    others: Sequence[Intervention],
    context: EffectContext,
) -> LaidPanel | NoPanel:
    """Lay out the evaluation of an intervention, or of several of one kind, for one indicator.

    others: every intervention with this outcome; what any of them treats is never a control.
    At the level of the areas, else at the nearest coarser one of which they fill whole areas;
    there in the coarsest kind of period that has none half under the measure, else in the
    coarsest without those that have.
    """
    refused = NoPanel(None)
    for level in _levels_from(pool):
        measures = [_place(each, level, context) for each in pool]
        placed = [measure for measure in measures if measure is not None]
        known = [one.series[level, kind] for kind in KINDS if (level, kind) in one.series]
        if not known or len(placed) < len(measures):
            continue
        if (picked := _pick(known, placed)) is not None:
            around = _find_around(pool, others, level, context)
            return lay_out(*picked, measures=placed, around=around)
        refused = refused if refused.reason else NoPanel(_why_none(known[-1], placed))
    return refused


def _levels_from(pool: Sequence[Intervention]) -> Iterator[AreaLevel]:
    """Give the coarsest level that the interventions have, and then the coarser ones."""
    first = min(each.level.depth for each in pool)
    for level in reversed(AreaLevel):
        if AreaLevel.REGIO.depth < level.depth <= first:
            yield level


def _place(one: Intervention, level: AreaLevel, context: EffectContext) -> Measure | None:
    """Place an intervention at a level; None where it does not fill whole areas of that level."""
    codes = _fill(one.areas, level, one.level, context)
    if not codes or len(find_within(one.areas, level, context)) > len(codes):
        return None
    return Measure(codes, one.start.start, one.end.end if one.end else date.max)


def find_within(codes: Iterable[str], level: AreaLevel, context: EffectContext) -> frozenset[str]:
    """Give the areas of a level that share ground with any of the codes, of whatever level."""
    found = set()
    for code in codes:
        own = level_of(code)
        if level.is_at_least_as_coarse_as(own):
            found.add(parent_code(code, level))
        else:
            found |= {
                area.code
                for area in context.areas
                if area.level is level and parent_code(area.code, own) == code
            }
    return frozenset(found)


def _fill(
    codes: Iterable[str], level: AreaLevel, own: AreaLevel, context: EffectContext
) -> frozenset[str]:
    """Give the areas of a level that are filled by areas of their own level."""
    if level is own:
        return frozenset(codes)
    parts = defaultdict(set)
    for area in context.areas:
        if area.level is own and area.is_drawable:
            parts[parent_code(area.code, level)].add(area.code)
    given = set(codes)
    return frozenset(code for code, inside in parts.items() if inside <= given)


def _pick(known: Sequence[Series], measures: Sequence[Measure]) -> tuple[Series, list[int]] | None:
    """Choose the kind of period and the columns to compare."""
    for may_lose in (False, True):
        for series in known:
            columns = choose_columns(series, measures, may_lose=may_lose)
            if columns:
                return series, columns
    return None


def choose_columns(series: Series, measures: Sequence[Measure], *, may_lose: bool) -> list[int]:
    """Choose the periods that lie whole before or whole under some measure; [] where none fit.

    Of sliding years those that end in the month before the start and twelve, twenty-four, ...
    months from there: of several measures, before that of the most areas. may_lose: a period
    may be left out because a measure began halfway.
    """
    columns = list(range(len(series.periods)))
    if series.kind is PeriodKind.ROLLING:
        month = _anchor_month(measures)
        columns = [i for i in columns if series.periods[i].start.month == month]
    elif not may_lose and any(
        period.start < measure.start <= period.end
        for period in series.periods
        for measure in measures
    ):
        return []
    used, fits = set(), False
    for measure in measures:
        before = {i for i in columns if measure.precedes(series.periods[i])}
        after = {i for i in columns if measure.holds(series.periods[i])}
        used |= before | after
        fits = fits or bool(before and after)
    return sorted(used) if fits else []


def _anchor_month(measures: Sequence[Measure]) -> int:
    areas: dict[int, int] = defaultdict(int)
    for measure in measures:
        areas[measure.start.month] += len(measure.codes)
    return max(sorted(areas), key=lambda month: areas[month])


def _why_none(series: Series, measures: Sequence[Measure]) -> Reason:
    if not any(m.precedes(p) for m in measures for p in series.periods):
        return Reason.STARTS_BEFORE_DATA
    last = max(period.end for period in series.periods)
    if all(m.end > last for m in measures):
        return Reason.STARTS_AFTER_DATA
    return Reason.TOO_FEW_PERIODS


@dataclass(frozen=True, slots=True)
class Around:
    """Codes of the ring, and of the areas to compare with (None: all that are left)."""

    ring: frozenset[str]
    treated_by_any: frozenset[str]
    comparison: frozenset[str] | None


def _find_around(
    pool: Sequence[Intervention],
    others: Sequence[Intervention],
    level: AreaLevel,
    context: EffectContext,
) -> Around:
    treated = frozenset().union(
        *(find_within(each.areas, level, context) for each in (*pool, *others))
    )
    ring: set[str] = set()
    for each in pool:
        own = find_within(each.areas, level, context)
        near = (context.touching.get(code, frozenset()) for code in own)
        ring |= find_within(each.ring, level, context) if each.ring else frozenset().union(*near)
    comparison = None
    if all(each.comparison for each in pool):
        comparison = frozenset().union(
            *(_fill(each.comparison, level, each.level, context) for each in pool)
        )
    # What somebody chose to compare with is no ring, also where it touches.
    return Around(frozenset(ring) - treated - (comparison or frozenset()), treated, comparison)


def lay_out(
    series: Series, columns: list[int], *, measures: Sequence[Measure], around: Around
) -> LaidPanel:
    periods = tuple(series.periods[i] for i in columns)
    owner: dict[str, Measure] = {}
    for measure in sorted(measures, key=lambda each: each.start):
        owner.update({code: measure for code in measure.codes if code not in owner})
    cut = _Cut(series, columns)
    treated = [i for i, code in enumerate(series.codes) if code in owner and cut.has_any(i)]
    ring, controls = _choose_beside(series, cut, around)
    rows = [owner[series.codes[i]] for i in treated]
    seen = [[m.precedes(p) or m.holds(p) for p in periods] for m in rows]
    starts = [sum(p.start < m.start for p in periods) for m in rows]
    # Of a ring around several starts nobody can say when its own time began.
    has_ring = ring and len(set(starts)) == 1
    panel = make_panel(
        cut.take(treated, np.array(seen, dtype=np.bool_).reshape(len(rows), len(periods))),
        cut.take(controls),
        np.array(starts or [0], dtype=np.int64),
        ring=cut.take(ring) if has_ring else None,
        periods_per_year=KINDS[series.kind],
    )
    codes = tuple(series.codes[i] for i in treated)
    return LaidPanel(
        panel=panel,
        level=series.level,
        periods=periods,
        treated=codes,
        controls=tuple(series.codes[i] for i in controls),
        absent=tuple(sorted(owner.keys() - set(codes))),
        spoken=tuple((code,) for code in codes),
    )


def add_controls(laid: LaidPanel, more: Sequence[AreaCounts]) -> LaidPanel:
    """Add controls of one row each that are not areas themselves, under a number."""
    every = [laid.panel.controls, *more]
    controls = AreaCounts(
        *(np.concatenate([getattr(each, name) for each in every]) for name in _COUNTS)
    )
    names = (*laid.controls, *(f"{REST}{number}" for number in range(len(more))))
    return replace(laid, panel=replace(laid.panel, controls=controls), controls=names)


def _choose_beside(series: Series, cut: "_Cut", around: Around) -> tuple[list[int], list[int]]:
    """Choose the rows of the ring and of the controls."""
    free = [
        i
        for i, code in enumerate(series.codes)
        if is_drawable(code) and code not in around.treated_by_any
    ]
    ring = [i for i in free if series.codes[i] in around.ring]
    rest = [i for i in free if series.codes[i] not in around.ring]
    if around.comparison is not None:
        rest = [i for i in rest if series.codes[i] in around.comparison]
    return cut.complete(ring), cut.complete(rest)


@dataclass(frozen=True, slots=True)
class _Cut:
    """The chosen columns of a series."""

    series: Series
    columns: list[int]

    def has_any(self, row: int) -> bool:
        return not bool(np.isnan(self.series.value[row, self.columns]).all())

    def complete(self, rows: Sequence[int]) -> list[int]:
        """Leave out areas that miss a period, as long as half of the areas remain."""
        known = [row for row in rows if self.has_any(row)]
        whole = [i for i in known if not np.isnan(self.series.value[i, self.columns]).any()]
        return whole if 2 * len(whole) >= len(known) else known

    def take(self, rows: Sequence[int], seen: Marks | None = None) -> AreaCounts:
        """Take the counts of some areas; missing where `seen` (rows x columns) is False."""
        at = np.ix_(rows, self.columns)
        values = self.series.value[at]
        shown = values if seen is None else np.where(seen, values, np.nan)
        return make_area_counts(shown, self._sizes(rows)[:, None], noise=self.series.noise[at])

    def _sizes(self, rows: Sequence[int]) -> Floats:
        """Give the size of areas; one too small for a rate counts as the smallest that has one."""
        base = self.series.base
        known = base[np.isfinite(base) & (base > 0)]
        smallest = float(known.min()) if known.size else 1.0
        sizes = base[np.array(rows, dtype=np.intp)]
        return np.where(np.isfinite(sizes) & (sizes > 0), sizes, smallest)
