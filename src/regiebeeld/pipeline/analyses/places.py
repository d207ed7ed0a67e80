"""Where it concentrates: hot spots, circles, how few areas hold half, and rates of small areas.

Looks at two levels at least, for what stands out at one can be an accident of its borders.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.pipeline.analyses.series import ROUNDING, ReleasedIndicator, Series
from regiebeeld.pipeline.analyses.surroundings import Ground, Surroundings
from regiebeeld.releases.findings import Cluster, Concentration, Finding, HotSpot, SmoothedRate
from regiebeeld.statistics.spatial import (
    Fit,
    Spread,
    compute_local_clusters,
    estimate_risks,
    measure_concentration,
    scan_circles,
    standardise_rates,
)

_LEVELS = (AreaLevel.WIJK, AreaLevel.BUURT)
_FEWEST = 10  # events: below it nothing can lie together
_FEWEST_AREAS = 8
_MOST_MISSING = 0.2  # of the areas of a level, in the last period that is looked at
_SIMULATIONS, _SURE = 999, 0.05


@dataclass(frozen=True, slots=True)
class Spot:
    """One level in one period: counts, bases and ground of the areas that have all three.

    based: False where no area has a base; then all stand alike, and no rate may be made.
    """

    one: ReleasedIndicator
    series: Series
    period: str
    ground: Ground
    counts: NDArray[np.float64]
    bases: NDArray[np.float64]
    noise: NDArray[np.float64]
    based: bool = True

    def tell(self, content: Any, code: str | None, place: int, also: tuple[str, ...] = ()) -> Any:
        return Finding(
            content, self.series.level, self.one.indicator.id, code, self.period, place, also
        )


def find_places(one: ReleasedIndicator, around: Surroundings) -> Iterator[Finding[Any]]:
    """Find where one indicator lies together, in the last whole year that is there."""
    if not one.may(Analysis.HOT_SPOTS):
        return
    spots = [spot for level in _LEVELS if (spot := take_spot(one, level, around))]
    for spot in spots:
        yield from _measure(spot)
        if spot.based:
            yield from _find_hot_spots(spot)
            yield from _find_clusters(spot)
    if spots and spots[-1].based and one.may(Analysis.SMALL_AREAS):
        yield from _smooth(spots[-1])


def take_spot(one: ReleasedIndicator, level: AreaLevel, around: Surroundings) -> Spot | None:
    """Take the last period of a level that nearly all areas have; None when there is too little.

    Of rounded figures whole years only: of sliding ones the rounding says more than the events.
    """
    exact = one.series.get((level, PeriodKind.ROLLING))
    rounded = exact is None or exact.rounded
    series = one.series.get((level, PeriodKind.YEAR)) if rounded else exact
    if series is None or level not in around.grounds:
        return None
    based = bool((series.base > 0).any())
    base = series.base if based else np.ones(len(series.base))
    known = ~np.isnan(series.value) & (base > 0)[:, None]
    whole = np.flatnonzero(known.mean(axis=0) >= 1 - _MOST_MISSING)
    if not len(whole):
        return None
    at = int(whole[-1])
    row = {code: i for i, code in enumerate(series.codes)}
    ground = around.grounds[level]
    ground = ground.only([c for c in ground.codes if c in row and known[row[c], at]])
    rows = np.array([row[code] for code in ground.codes], dtype=np.int64)
    if len(rows) < _FEWEST_AREAS or series.value[rows, at].sum() < _FEWEST:
        return None
    return Spot(
        one,
        series,
        series.periods[at].id,
        ground,
        series.value[rows, at],
        base[rows],
        series.noise[rows, at],
        based,
    )


def _find_hot_spots(spot: Spot) -> Iterator[Finding[HotSpot]]:
    rates = standardise_rates(spot.counts, spot.bases, spot.noise)
    found = compute_local_clusters(rates, spot.ground.neighbours)
    marked = found.hot[:, 0] | found.cold[:, 0]
    touching = spot.ground.touching
    order = sorted(np.flatnonzero(marked), key=lambda i: (found.q[i, 0], spot.ground.codes[i]))
    for place, i in enumerate(order):
        kind = "high" if found.hot[i, 0] else "low"
        p, q = (float(f"{each[i, 0]:.3g}") for each in (found.p, found.q))
        content = HotSpot(kind, round(float(found.gi_star[i, 0]), 2), p, q)
        code = spot.ground.codes[i]
        # It is made of what touches it: who may not see those could work them out from it.
        yield spot.tell(content, code, place, tuple(sorted(touching[code])))


def _find_clusters(spot: Spot) -> Iterator[Finding[Cluster]]:
    noise = ROUNDING if spot.noise.any() else 0.0
    found = scan_circles(
        spot.counts, spot.bases, spot.ground.centres, chance=(_SIMULATIONS, 0, noise)
    )
    for place, each in enumerate(one for one in found if one.p <= _SURE):
        codes = tuple(spot.ground.codes[i] for i in each.areas)
        content = Cluster(codes, round(each.count), round(each.expected, 1), each.p)
        yield spot.tell(content, None, place, codes)


def _measure(spot: Spot) -> Iterator[Finding[Concentration]]:
    noise = ROUNDING if spot.noise.any() else 0.0
    found = measure_concentration(spot.counts, spot.bases, noise=noise)
    if found.verdict is Spread.TOO_FEW:
        return
    content = Concentration(
        areas=len(spot.counts),
        half_in=round(found.areas_50, 4),
        gini=round(found.gini_few, 3),
        by_chance=round(found.chance_upper, 3),
    )
    yield spot.tell(content, None, 0)


def _smooth(spot: Spot) -> Iterator[Finding[SmoothedRate]]:
    denominator = spot.one.indicator.denominator
    if denominator is None:
        return
    rate = spot.counts.sum() / spot.bases.sum()
    found = estimate_risks(spot.counts, spot.bases * rate, spot.ground.neighbours, spot.noise)
    if found.fit is not Fit.USABLE:
        return
    for i, code in enumerate(spot.ground.codes):
        mean, low, high = (
            round(float(each[i]) * rate * denominator.per, 3)
            for each in (found.risk, found.lower, found.upper)
        )
        raw = round(float(spot.counts[i] / spot.bases[i]) * denominator.per, 3)
        content = SmoothedRate(mean, low, high, None if spot.noise[i] else raw, denominator.per)
        # Every rate is drawn towards all others, so it speaks of all of them.
        yield spot.tell(content, code, 0, spot.ground.codes)
