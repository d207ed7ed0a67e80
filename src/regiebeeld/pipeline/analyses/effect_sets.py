"""Lays the areas of interventions that are told as one out for an evaluation.

Uses them only where all interventions of a question have them; else areas by themselves are used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from regiebeeld.domain import AreaLevel, Intervention, Period, PeriodKind
from regiebeeld.pipeline.analyses.effect_panels import (
    KINDS,
    Around,
    EffectContext,
    LaidPanel,
    Measure,
    NoPanel,
    add_controls,
    choose_columns,
    find_within,
    lay_out,
    lay_panel,
)
from regiebeeld.pipeline.analyses.series import COMPARED, TREATED, ReleasedIndicator, Series
from regiebeeld.statistics.effects import AreaCounts, make_area_counts


def lay_evaluation(
    one: ReleasedIndicator,
    pool: Sequence[Intervention],
    others: Sequence[Intervention],
    context: EffectContext,
) -> LaidPanel | NoPanel:
    """Lay out the evaluation of one or several interventions: their areas as one, else by area."""
    return _lay_together(one, pool, others, context) or lay_panel(one, pool, others, context)


def _lay_together(
    one: ReleasedIndicator,
    pool: Sequence[Intervention],
    others: Sequence[Intervention],
    context: EffectContext,
) -> LaidPanel | None:
    """Lay the sets out beside what was chosen to compare with, or beside untouched gemeenten.

    In the coarsest kind of period that has none half under a measure, else in the finest, which
    loses least.
    """
    laid = (_join(one, pool, kind) for kind in KINDS)
    known = [series for series in laid if series is not None]
    if not known or _is_compared_with_treated(pool, others):
        return None
    areas = {_name(one, each): each.areas for each in pool}
    measures = [
        Measure(frozenset([name]), each.start.start, each.end.end if each.end else date.max)
        for name, each in zip(areas, pool, strict=True)
    ]
    around = _find_around(pool, others, context)
    around = replace(around, treated_by_any=around.treated_by_any | areas.keys())
    tries = [
        *((series, False) for series in known),
        *((series, True) for series in reversed(known)),
    ]
    for series, may_lose in tries:
        columns = choose_columns(series, measures, may_lose=may_lose)
        if columns:
            found = lay_out(series, columns, measures=measures, around=around)
            spoken = tuple(areas[name] for name in found.treated)
            rests = [] if _have_comparison(pool) else _list_rests(one, found, others, context)
            compared = [code for each in pool for code in each.comparison]
            taken = [code for each in rests for code in each.taken]
            found = replace(found, spoken=spoken, together=True, beside=(*compared, *taken))
            return add_controls(found, [each.counts for each in rests])
    return None


def _have_comparison(pool: Sequence[Intervention]) -> bool:
    return all(each.comparison for each in pool)


def _is_compared_with_treated(pool: Sequence[Intervention], others: Sequence[Intervention]) -> bool:
    """Tell whether areas to compare with, which are one figure, were treated in part."""
    treated = {code[2:] for each in (*pool, *others) for code in each.areas}
    return any(
        code[2:].startswith(other) or other.startswith(code[2:])
        for each in pool
        for code in each.comparison
        for other in treated
    )


def _name(one: ReleasedIndicator, each: Intervention) -> str:
    """Give the name of the row of an intervention's areas."""
    return next(iter(one.together[each.id, TREATED].values())).codes[0]


def _join(one: ReleasedIndicator, pool: Sequence[Intervention], kind: PeriodKind) -> Series | None:
    """Lay the sets of a pool and what to compare with under each other; None where one lacks."""
    wanted = [(each.id, TREATED) for each in pool]
    beside = []
    if _have_comparison(pool):
        wanted += [(each.id, COMPARED) for each in pool]
    else:
        beside = [one.series.get((AreaLevel.GEMEENTE, kind))]
    parts = [*(one.together.get(name, {}).get(kind) for name in wanted), *beside]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    shared = set.intersection(*(set(part.periods) for part in known))
    periods = tuple(period for period in known[0].periods if period in shared)
    columns = [[part.periods.index(period) for period in periods] for part in known]
    value, lower, upper = (
        np.concatenate([getattr(p, name)[:, at] for p, at in zip(known, columns, strict=True)])
        for name in ("value", "lower", "upper")
    )
    return Series(
        AreaLevel.GEMEENTE,
        kind,
        tuple(code for part in known for code in part.codes),
        periods,
        value,
        lower,
        upper,
        np.concatenate([part.base for part in known]),
        known[0].figure,
    )


def _find_around(
    pool: Sequence[Intervention], others: Sequence[Intervention], context: EffectContext
) -> Around:
    """Find what is no comparison: gemeenten that an intervention, or its ring, touches.

    What somebody chose to compare with stands in the series alone.
    """
    touched = [find_within(each.areas, AreaLevel.GEMEENTE, context) for each in (*pool, *others)]
    rings = [find_within(each.ring, AreaLevel.GEMEENTE, context) for each in pool if each.ring]
    return Around(frozenset(), frozenset().union(*touched, *rings), None)


@dataclass(frozen=True, slots=True)
class _Rest:
    """What gemeenten are without the sets in them; taken: the areas of those sets.

    Who knows the rest and the gemeenten knows the sets.
    """

    counts: AreaCounts
    taken: tuple[str, ...]


def _list_rests(
    one: ReleasedIndicator,
    laid: LaidPanel,
    others: Sequence[Intervention],
    context: EffectContext,
) -> list[_Rest]:
    """List what gemeenten that interventions touch are without those: sums of released cells.

    Gemeenten that share an intervention are taken together. Nothing where one of the sets is not
    released in this kind of period, where two overlap, or where a ring lies.
    """
    kind = laid.periods[0].kind
    whole = one.series[AreaLevel.GEMEENTE, kind]
    rings = [find_within(each.ring, AreaLevel.GEMEENTE, context) for each in others if each.ring]
    found = []
    for gemeenten, inside in _group(others, context):
        parts = [one.together.get((each.id, TREATED), {}).get(kind) for each in inside]
        sets = [part for part in parts if part is not None]
        known = len(sets) == len(parts) and gemeenten <= set(whole.codes)
        if known and not _overlap(inside) and gemeenten.isdisjoint(frozenset().union(*rings)):
            counts = _subtract(whole, sorted(gemeenten), sets, laid.periods)
            found.append(_Rest(counts, tuple(code for each in inside for code in each.areas)))
    return found


def _group(
    interventions: Sequence[Intervention], context: EffectContext
) -> list[tuple[frozenset[str], list[Intervention]]]:
    """Group interventions that touch the same gemeenten, with all that they touch."""
    groups: list[tuple[frozenset[str], list[Intervention]]] = []
    for each in interventions:
        mine = find_within(each.areas, AreaLevel.GEMEENTE, context)
        near = [group for group in groups if not mine.isdisjoint(group[0])]
        groups = [group for group in groups if group not in near]
        joined = [one for group in near for one in group[1]]
        groups.append((mine.union(*(group[0] for group in near)), [*joined, each]))
    return groups


def _overlap(inside: Sequence[Intervention]) -> bool:
    codes = [code[2:] for each in inside for code in each.areas]
    return any(a.startswith(b) for i, a in enumerate(codes) for j, b in enumerate(codes) if i != j)


def _subtract(
    whole: Series, gemeenten: Sequence[str], sets: Sequence[Series], periods: Sequence[Period]
) -> AreaCounts:
    """Take sets from the gemeenten they lie in; what rounding adds to each adds up."""
    rows = [whole.codes.index(code) for code in gemeenten]
    value, noise = np.zeros(len(periods)), np.zeros(len(periods))
    for sign, part, mine in ((1, whole, rows), *((-1, each, [0]) for each in sets)):
        at = [part.find(period) for period in periods]
        for column, place in enumerate(at):
            value[column] += sign * part.value[mine, place].sum() if place is not None else np.nan
            noise[column] += part.noise[mine, place].sum() if place is not None else 0.0
    return make_area_counts(np.maximum(value, 0.0), noise=noise)
