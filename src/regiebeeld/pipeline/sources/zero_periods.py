"""Tells a counted zero from a period that was not filled and an offence that is not collected."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, Period, PeriodKind, Status
from regiebeeld.domain.areas import level_of, parent_code
from regiebeeld.pipeline.sources.conform_counts import STATUS_CODES, Note, Observations

# A zero is not believed when its chance, given the months around it, is below this.
SMALLEST_CHANCE = 1e-5
# How many periods on either side are "around", and how many are needed to say anything.
AROUND, FEWEST = 18, 6
# An offence that is zero everywhere for this long was not collected, if the table counts enough.
LONGEST_ZERO = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 8, PeriodKind.YEAR: 3}
# Robberies are about one in a thousand offences: from this many offences on, none at all has a
# chance below one in a hundred million. In a smaller region an offence can truly never happen.
ENOUGH_COUNTED = 20_000

_EMPTY_REGION = "in de hele regio is alles nul, ook het totaal: deze periode was nog niet gevuld"
_EMPTY_GEMEENTE = "in deze gemeente is alles nul: deze periode was nog niet gevuld"
_IMPLAUSIBLE = (
    "nul is hier onwaarschijnlijk, gezien de perioden eromheen: waarschijnlijk niet gevuld"
)
_NOT_COLLECTED = "overal en altijd nul: dit soort misdrijf zit niet in deze levering"
REASONS = (_EMPTY_REGION, _EMPTY_GEMEENTE, _IMPLAUSIBLE, _NOT_COLLECTED)
_FILLED = -1


@dataclass(frozen=True, slots=True)
class _Series:
    """Counts per gemeente, event set and period of one kind; NaN where the table has no row."""

    counts: NDArray[np.float64]
    gemeenten: tuple[str, ...]
    places: NDArray[np.intp]  # the period codes of this kind, in order of time
    kind: PeriodKind


def tell_empty_periods(
    seen: Observations, *, total: str | None, rare: Collection[str]
) -> tuple[Observations, list[Note]]:
    """Turn zeros that cannot be true into missing or not collected, each with its reason.

    A period that is zero for the whole region is missing when the total is zero
    too, or when the periods around it make zero implausible (negative binomial,
    chance below SMALLEST_CHANCE). A table without a total is judged by its common
    offences together. A gemeente likewise, where its history makes an empty period
    implausible. Offences in `rare` can truly be zero. Returns new observations and a
    note per event set and reason.
    """
    verdicts: dict[tuple[str, int, int], int] = {}
    for kind in sorted({period.kind for period in seen.periods}):
        series = _read_series(seen, kind)
        if series is not None:
            verdicts |= _judge(series, seen, total=total, rare=frozenset(rare))
    return _apply(seen, verdicts)


def _read_series(seen: Observations, kind: PeriodKind) -> _Series | None:
    places = np.array([i for i, p in enumerate(seen.periods) if p.kind is kind], dtype=np.intp)
    places = places[np.argsort([seen.periods[i].start.toordinal() for i in places], kind="stable")]
    levels = [level_of(code) if code[:2] in ("GM", "WK", "BU") else None for code in seen.areas]
    used = np.zeros(len(seen.areas), dtype=bool)
    used[np.unique(seen.area)] = True
    there = {lv for lv, u in zip(levels, used, strict=True) if u and lv}
    coarsest = min(there, key=lambda level: level.depth, default=None)
    if coarsest is None or not len(places):
        return None
    inside = [parent_code(code, AreaLevel.GEMEENTE) for code in seen.areas]
    gemeenten = tuple(sorted({g for g, u in zip(inside, used, strict=True) if u}))
    number = {gemeente: i for i, gemeente in enumerate(gemeenten)}
    counted = [u and level is coarsest for u, level in zip(used, levels, strict=True)]
    at = np.array([number[g] if c else -1 for g, c in zip(inside, counted, strict=True)])
    order = np.full(len(seen.periods), -1)
    order[places] = np.arange(len(places))
    rows = (at[seen.area] >= 0) & (order[seen.period] >= 0) & (seen.count >= 0)
    shape = (len(gemeenten), len(seen.event_sets), len(places))
    index = np.ravel_multi_index(
        (at[seen.area[rows]], seen.event_set[rows], order[seen.period[rows]]), shape
    )
    size = int(np.prod(shape))
    counts = np.bincount(index, weights=seen.count[rows], minlength=size).astype(np.float64)
    counts[np.bincount(index, minlength=size) == 0] = np.nan
    return _Series(counts.reshape(shape), gemeenten, places, kind)


def _judge(
    series: _Series, seen: Observations, *, total: str | None, rare: frozenset[str]
) -> dict[tuple[str, int, int], int]:
    """Give per (gemeente, event set code, period code) which reason makes its zero no zero."""
    everywhere = np.nansum(series.counts, axis=0)
    everywhere[np.all(np.isnan(series.counts), axis=0)] = np.nan
    total_at = seen.event_sets.index(total) if total in seen.event_sets else None
    # A rare offence may be zero by itself, so it says nothing about a period either.
    common = np.array([code not in rare for code in seen.event_sets])
    region = np.full(everywhere.shape, _FILLED)
    never = _never_collected(everywhere, series.kind, common)
    for m in np.flatnonzero(_empty_periods(everywhere, total_at, common & ~never)):
        region[everywhere[:, m] == 0, m] = 0
    for e in np.flatnonzero(common & ~never):
        region[e, _implausible_zeros(everywhere[e]) & (region[e] == _FILLED)] = 2
    region[never] = 3
    verdicts = {}
    for g, gemeente in enumerate(series.gemeenten):
        own = _judge_gemeente(series.counts[g], total_at, common & ~never)
        both = np.where(region != _FILLED, region, own)
        for e, m in zip(*np.nonzero(both != _FILLED), strict=True):
            verdicts[gemeente, int(e), int(series.places[m])] = int(both[e, m])
    return verdicts


def _judge_gemeente(
    counts: NDArray[np.float64], total_at: int | None, common: NDArray[np.bool_]
) -> NDArray[np.int64]:
    own = np.full(counts.shape, _FILLED)
    empty = _implausible_zeros(_together(counts, total_at, common))
    for m in np.flatnonzero(empty):
        own[counts[:, m] == 0, m] = 1
    for e in np.flatnonzero(common):
        own[e, _implausible_zeros(counts[e]) & (own[e] == _FILLED)] = 2
    return own


def _empty_periods(
    everywhere: NDArray[np.float64], total_at: int | None, common: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell in which periods nothing was filled in for the whole region."""
    together = _together(everywhere, total_at, common)
    if total_at is not None:
        return np.asarray(together == 0)
    # Without a total all may be zero by chance; with too short a history nobody can say.
    judged = int((~np.isnan(together)).sum()) > FEWEST
    several = (~np.isnan(everywhere[common])).sum(axis=0) > 1
    return np.asarray(_implausible_zeros(together) if judged else (together == 0) & several)


def _together(
    counts: NDArray[np.float64], total_at: int | None, common: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Give the total a period, or the sum of the common offences; NaN where there is neither."""
    if total_at is not None:
        return np.asarray(counts[total_at], dtype=np.float64)
    summed = np.nansum(counts[common], axis=0)
    return np.where(np.isnan(counts[common]).all(axis=0), np.nan, summed)


def _never_collected(
    everywhere: NDArray[np.float64], kind: PeriodKind, common: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    known = ~np.isnan(everywhere)
    zero = np.where(known, everywhere == 0, True).all(axis=1) & known.any(axis=1)
    long_enough = known.sum(axis=1) >= LONGEST_ZERO.get(kind, 12)
    enough = float(np.nansum(everywhere)) >= ENOUGH_COUNTED
    return np.asarray(zero & long_enough & common & enough)


def _implausible_zeros(series: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which zeros of one series are too unlikely, given what is around their stretch."""
    found = np.zeros(len(series), dtype=bool)
    edges = np.flatnonzero(np.diff(np.r_[0, series == 0, 0].astype(np.int8)))
    for first, end in edges.reshape(-1, 2):
        around = np.r_[series[max(0, first - AROUND) : first], series[end : end + AROUND]]
        around = around[~np.isnan(around)]
        found[first:end] = len(around) >= FEWEST and _chance_of_zero(around) < SMALLEST_CHANCE
    return found


def _chance_of_zero(around: NDArray[np.float64]) -> float:
    """Chance of 0 under a negative binomial with the moments of `around`; Poisson if not wider."""
    mean, variance = float(around.mean()), float(around.var(ddof=1))
    if variance <= mean:
        return float(np.exp(-mean))
    size = mean**2 / (variance - mean)
    return float((1 + mean / size) ** -size)


def _apply(
    seen: Observations, verdicts: dict[tuple[str, int, int], int]
) -> tuple[Observations, list[Note]]:
    if not verdicts:
        return seen, []
    gemeente = [
        parent_code(c, AreaLevel.GEMEENTE) if c[:2] in ("GM", "WK", "BU") else ""
        for c in seen.areas
    ]
    names = {name: i for i, name in enumerate(sorted(set(gemeente)))}
    shape = (len(names), len(seen.event_sets), len(seen.periods))
    why = np.full(shape, _FILLED, dtype=np.int8)
    for (name, e, p), reason in verdicts.items():
        why[names[name], e, p] = reason
    of_row = why[
        np.array([names[name] for name in gemeente])[seen.area], seen.event_set, seen.period
    ]
    of_row[seen.count != 0] = _FILLED
    hit = of_row != _FILLED
    status = np.where(of_row == 3, STATUS_CODES[Status.NOT_COLLECTED], STATUS_CODES[Status.MISSING])
    changed = replace(
        seen,
        count=np.where(hit, -1, seen.count),
        status=np.where(hit, status, seen.status).astype(np.uint8),
        reason=np.where(hit, of_row + len(seen.reasons), seen.reason).astype(np.int16),
        reasons=seen.reasons + REASONS,
    )
    return changed, _notes(seen, verdicts)


def _notes(seen: Observations, verdicts: dict[tuple[str, int, int], int]) -> list[Note]:
    """One note an event set and reason, with the periods it is about."""
    grouped: dict[tuple[int, int], set[tuple[str, int]]] = {}
    for (gemeente, e, p), reason in verdicts.items():
        grouped.setdefault((reason, e), set()).add((gemeente, p))
    notes = []
    for (reason, e), places in sorted(grouped.items()):
        periods: list[Period] = sorted({seen.periods[p] for _, p in places})
        gemeenten = sorted({gemeente for gemeente, _ in places})
        span = f"{len(periods)} perioden, {periods[0].id} tot en met {periods[-1].id}"
        named = periods[0].id if len(periods) == 1 else span
        where = gemeenten[0] if len(gemeenten) == 1 else f"{len(gemeenten)} gemeenten"
        text = f"{seen.event_sets[e]}, {named}, {where}: {REASONS[reason]}"
        notes.append(Note("missing", len(places), text))
    return notes
