"""What came of interventions, judged on released cells: each by itself, and pooled by its kind.

Never for an indicator whose definition does not allow it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import Intervention
from regiebeeld.pipeline.analyses.effect_panels import (
    EffectContext,
    LaidPanel,
    NoPanel,
    refuse_unknown_areas,
)
from regiebeeld.pipeline.analyses.effect_sets import lay_evaluation
from regiebeeld.pipeline.analyses.effect_words import (
    list_remarks,
    tell_displacement,
    tell_reach,
    tell_reason,
    tell_share,
    tell_verdict,
)
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.releases.findings import Effect, Finding
from regiebeeld.statistics.effects import (
    AreaCounts,
    AttemptCounts,
    Caution,
    EffectKind,
    EffectVerdict,
    Method,
    ShareReading,
    compute_effect_verdict,
    compute_share_change,
)

__all__ = ["EffectContext", "find_effects", "refuse_unknown_areas"]
ATTEMPTS, COMPLETED = "woninginbraken_pogingen", "woninginbraken_voltooid"
_BURGLARY = {"woninginbraken", ATTEMPTS, COMPLETED}
POOLED, SHARE = "type:", "share:"  # before the kind, or the id, of what an effect is about
Row = tuple[str, float | None, float | None, float | None, str]


def find_effects(
    released: Sequence[ReleasedIndicator],
    interventions: Sequence[Intervention],
    context: EffectContext,
) -> Iterator[Finding[Effect]]:
    """Judge every intervention by each of its outcomes that is released.

    Where one kind has several, they are judged together first: `type:<kind>`. Where attempts and
    completed burglaries lie side by side at a level that the areas fill, their share is an outcome
    of its own: `share:<id>`, with a ShareReading as verdict. Raises CatalogueError for an area
    that the layout does not have.
    """
    refuse_unknown_areas(interventions, context.areas)
    known = {one.indicator.id: one for one in released if one.may(Analysis.EFFECTS)}
    for place, found in enumerate(_judge_all(known, interventions, context)):
        yield replace(found, place=place)


def _judge_all(
    known: Mapping[str, ReleasedIndicator],
    interventions: Sequence[Intervention],
    context: EffectContext,
) -> Iterator[Finding[Effect]]:
    for name, one in known.items():
        mine = [each for each in interventions if name in each.indicators]
        for pool in _list_pools(mine):
            yield _judge(one, pool, mine, context)
    if ATTEMPTS in known and COMPLETED in known and _may_stand_together(known):
        mine = [each for each in interventions if _BURGLARY & set(each.indicators)]
        for each in mine:
            yield from _judge_share(known, each, mine, context)


def _may_stand_together(known: Mapping[str, ReleasedIndicator]) -> bool:
    """Tell whether who sees attempts sees completed ones too: a share tells of both."""
    tried, done = known[ATTEMPTS], known[COMPLETED]
    return tried.source == done.source and tried.indicator.label is done.indicator.label


def _list_pools(interventions: Sequence[Intervention]) -> Iterator[Sequence[Intervention]]:
    """Give the kinds of which there are several, and then each intervention by itself."""
    for kind in dict.fromkeys(each.kind for each in interventions):
        pool = [each for each in interventions if each.kind == kind]
        if len(pool) > 1:
            yield pool
    yield from ([each] for each in interventions)


def _judge(
    one: ReleasedIndicator,
    pool: Sequence[Intervention],
    others: Sequence[Intervention],
    context: EffectContext,
) -> Finding[Effect]:
    laid = lay_evaluation(one, pool, others, context)
    if isinstance(laid, NoPanel):
        level = min((each.level for each in pool), key=lambda each: each.depth)
        effect = _state(pool, EffectKind.NOT_POSSIBLE, tell_reason(laid.reason))
        return Finding(effect, level, indicator=one.indicator.id, also=effect.areas)
    verdict = _round_verdict(compute_effect_verdict(laid.panel))
    effect = replace(
        _state(pool, verdict.kind, tell_verdict(verdict)),
        baseline=_count_last_year(laid),
        smallest=verdict.smallest_visible,
        ratio=_number(verdict.ratio),
        lower=_number(verdict.lower),
        upper=_number(verdict.upper),
        agree=Caution.METHODS_DISAGREE not in verdict.cautions if verdict.compared > 1 else None,
        methods=tuple(_list_methods(verdict)),
        remarks=tuple(list_remarks(verdict, laid, pool, others, one)),
    )
    pooled = effect.areas if len(pool) > 1 else ()
    also = _join_areas(laid.areas, pooled, laid.beside)
    return Finding(effect, laid.level, indicator=one.indicator.id, also=also)


def _join_areas(*parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for part in parts for code in part))


def _round_verdict(verdict: EffectVerdict) -> EffectVerdict:
    """Round what is told of a verdict: all digits of a ratio give the counts it was made of."""
    smallest = verdict.smallest_visible
    return replace(
        verdict,
        smallest_visible=None if smallest is None else _round(smallest),
        ratio=_round(verdict.ratio),
        lower=_round(verdict.lower),
        upper=_round(verdict.upper),
        estimates=tuple(
            replace(one, ratio=_round(one.ratio), lower=_round(one.lower), upper=_round(one.upper))
            for one in verdict.estimates
        ),
    )


def _round(value: float) -> float:
    """Round to three significant figures."""
    return float(f"{value:.3g}")


def _state(pool: Sequence[Intervention], verdict: str, why: str) -> Effect:
    """Give what is known without any figure."""
    first = pool[0]
    together = len(pool) > 1
    kind = first.kind.replace("_", " ")
    return Effect(
        intervention=f"{POOLED}{first.kind}" if together else first.id,
        title=f"Alle interventies van de soort {kind} samen" if together else first.title,
        kind=first.kind,
        start=min(each.start for each in pool).id,
        reach=tell_reach(pool),
        areas=tuple(sorted({code for each in pool for code in each.areas})),
        baseline=0.0,
        verdict=str(verdict),
        smallest=None,
        ratio=None,
        lower=None,
        upper=None,
        agree=None,
        why=why,
        methods=(),
        remarks=(),
    )


def _count_last_year(laid: LaidPanel) -> float:
    """Count the cases in the treated areas in the year, or what there is of it, before each start.

    A period that is missing because a measure began halfway is skipped.
    """
    total = 0.0
    for counts, start in zip(laid.panel.treated.counts, laid.panel.starts, strict=True):
        before = counts[:start]
        total += float(before[~np.isnan(before)][-laid.panel.periods_per_year :].sum())
    return total


def _list_methods(verdict: EffectVerdict) -> Iterator[Row]:
    for each in verdict.estimates:
        why = tell_reason(each.reason) if each.reason else ""
        limits = (_number(each.lower), _number(each.upper))
        yield (each.method.value, _number(each.ratio), *limits, why)
    if verdict.displacement is not None:
        # Counted in cases, not as a ratio, so it can only be said in words.
        words = tell_displacement(verdict.displacement)
        yield (Method.DISPLACEMENT.value, None, None, None, words)


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _judge_share(
    known: Mapping[str, ReleasedIndicator],
    one: Intervention,
    others: Sequence[Intervention],
    context: EffectContext,
) -> Iterator[Finding[Effect]]:
    tried = lay_evaluation(known[ATTEMPTS], [one], others, context)
    done = lay_evaluation(known[COMPLETED], [one], others, context)
    if isinstance(tried, NoPanel) or isinstance(done, NoPanel):
        return
    places = [(each.level, each.periods, each.treated) for each in (tried, done)]
    if places[0] != places[1] or not tried.treated:
        return
    found = compute_share_change(
        *_add_up(tried.panel.treated, done.panel.treated, tried.panel.starts[0]),
        controls=_add_up_controls(tried, done),
        completed=compute_effect_verdict(done.panel).kind,
    )
    few = found.reading is ShareReading.TOO_FEW
    difference, lower, upper = (
        _number(_round(each)) for each in (found.difference, found.lower, found.upper)
    )
    effect = replace(
        # Of a share nobody works out beforehand which change would show.
        _state([one], EffectKind.NOT_POSSIBLE if few else found.reading, tell_share(found)),
        intervention=f"{SHARE}{one.id}",
        title=f"{one.title}: aandeel pogingen",
        baseline=_count_last_year(tried) + _count_last_year(done),
        methods=() if few else (("share_of_attempts", difference, lower, upper, ""),),
    )
    also = _join_areas(tried.areas, tried.beside, done.beside)
    yield Finding(effect, tried.level, indicator=ATTEMPTS, also=also)


def _add_up_controls(
    tried: LaidPanel, done: LaidPanel
) -> tuple[AttemptCounts, AttemptCounts] | None:
    shared = [code for code in tried.controls if code in set(done.controls)]
    if not shared:
        return None
    sides = [
        _choose(laid.panel.controls, [laid.controls.index(code) for code in shared])
        for laid in (tried, done)
    ]
    return _add_up(sides[0], sides[1], tried.panel.starts[0])


def _choose(areas: AreaCounts, rows: Sequence[int]) -> AreaCounts:
    at = np.array(rows, dtype=np.intp)
    return AreaCounts(areas.counts[at], areas.exposure[at], areas.noise[at])


def _add_up(
    tried: AreaCounts, done: AreaCounts, start: np.int64
) -> tuple[AttemptCounts, AttemptCounts]:
    """Add up before and after, over the cells that both have."""
    both = ~np.isnan(tried.counts) & ~np.isnan(done.counts)
    sides = []
    for part in (slice(None, start), slice(start, None)):
        cells = both[:, part]
        sums = [
            (float(each.counts[:, part][cells].sum()), float(each.noise[:, part][cells].sum()))
            for each in (tried, done)
        ]
        noise = max(sums[0][1], sums[1][1])
        sides.append(AttemptCounts(sums[0][0], sums[1][0], noise))
    return sides[0], sides[1]
