"""The circular scan: the group of adjoining areas with most more than expected, and the next ones.

Circles only, with the largest size fixed beforehand; it says nothing of the shape of a cluster.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from regiebeeld.statistics.spatial.concentration import round_likewise
from regiebeeld.statistics.spatial.neighbours import Bools, Floats, Ints
from regiebeeld.statistics.spatial.scanning import find_best_circles, raise_chance_maxima
from regiebeeld.statistics.spatial.smoothing import read_counts

Block = tuple[NDArray[np.int32], Bools]
_BLOCK = 256  # centres whose distances are held at once
_MOST = 10_000_000  # events; a table of logs has this length
_MOST_KEPT = 4_000  # areas: 80 MB of orders


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """What is fixed before the scan: `most_share` of all that is expected in one circle.

    clusters: most clusters told; p: the first with a larger p ends the list (it is told itself
    when it is the very first).
    """

    most_share: float = 0.5
    clusters: int = 5
    p: float = 0.05


@dataclass(frozen=True, slots=True)
class Cluster:
    """`areas`: numbers, from the centre outward; `radius` in the unit of the coordinates."""

    areas: Ints
    radius: float
    count: float
    expected: float
    log_ratio: float
    p: float


def scan_circles(
    counts: ArrayLike,
    expected: ArrayLike,
    coordinates: ArrayLike,
    *,
    limits: ScanLimits | None = None,
    chance: tuple[int, int, float] = (999, 0, 0.0),
) -> tuple[Cluster, ...]:
    """Scan all circles for a share of the counts above the share of what is expected.

    counts: (areas,) whole numbers >= 0; expected: (areas,) > 0, any scale (inhabitants, or
    counts expected); coordinates: (areas, 2) centres in metres; areas at one distance enter a
    circle together. chance: (simulations, seed, noise), where noise is the variance that
    rounding added to each count (4 for base 5): the simulated counts are then rounded likewise.
    Returns the best circle, then the best that share no area with those before; none when there
    are no events, or no circle holds more than its share. p of a secondary cluster is that of
    the overall maximum, so too large rather than too small.
    Raises ValueError for missing or negative counts, or other shapes.
    Source: M. Kulldorff, A spatial scan statistic, Communications in Statistics: Theory and
    Methods 26 (1997) 1481-1496.
    """
    limits = limits or ScanLimits()
    table, weight = read_counts(counts, expected)
    places = np.asarray(coordinates, dtype=np.float64)
    _check(table, places, limits)
    cases = np.rint(table).astype(np.int64)
    shares = weight / weight.sum()
    simulated = _simulate(cases, shares, chance)
    most = int(max(cases.sum(), simulated.sum(axis=0).max(initial=0)))
    logs, walk = _tabulate_logs(most), _walk_blocks(places)
    found: list[Cluster] = []
    taken = np.zeros(len(cases), dtype=np.bool_)
    maxima = np.zeros(0)
    while len(found) < limits.clusters:
        given = (limits.most_share, taken, logs)
        best = _find_best(walk(), cases, shares, given)
        if best is None:
            break
        maxima = maxima if found else _simulate_maxima(walk(), simulated, shares, given)
        cluster = _describe(best, (cases, weight, places), maxima)
        if found and cluster.p > limits.p:
            break
        found.append(cluster)
        taken[cluster.areas] = True
    return tuple(found)


def _check(table: Floats, places: Floats, limits: ScanLimits) -> None:
    if places.shape != (len(table), 2) or not np.isfinite(places).all():
        raise ValueError(f"coordinates {places.shape}: expected ({len(table)}, 2), none missing")
    if table.ndim != 1 or (table != np.rint(table)).any() or table.sum() > _MOST:
        raise ValueError(f"counts: expected one whole number an area, together at most {_MOST:,}")
    if not 0 < limits.most_share <= 0.5:
        raise ValueError(f"most_share is {limits.most_share}, expected above 0 and at most 0.5")


def _tabulate_logs(most: int) -> Floats:
    numbers = np.arange(most + 1, dtype=np.float64)
    return numbers * np.log(np.maximum(numbers, 1))


def _simulate(cases: Ints, shares: Floats, chance: tuple[int, int, float]) -> NDArray[np.int32]:
    """Spread all cases by chance over the areas: (areas, simulations)."""
    simulations, seed, noise = chance
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(cases.sum(), shares, size=simulations).T
    return np.ascontiguousarray(round_likewise(drawn, noise, rng), dtype=np.int32)


def _order_blocks(places: Floats) -> Iterator[Block]:
    """Yield blocks of centres: all areas nearest first, and where a circle closes."""
    for start in range(0, len(places), _BLOCK):
        distance = cdist(places[start : start + _BLOCK], places)
        order = np.argsort(distance, axis=1)
        ranked = np.take_along_axis(distance, order, axis=1)
        closed = np.ones(order.shape, dtype=np.bool_)
        closed[:, :-1] = ranked[:, 1:] > ranked[:, :-1] * (1 + 1e-9)
        yield order.astype(np.int32), closed


def _walk_blocks(places: Floats) -> Callable[[], Iterable[Block]]:
    """Give the blocks as often as asked: kept when few, made anew when they would be large."""
    if len(places) > _MOST_KEPT:
        return lambda: _order_blocks(places)
    kept = tuple(_order_blocks(places))
    return lambda: kept


def _find_best(
    blocks: Iterable[Block], cases: Ints, shares: Floats, given: tuple[float, Bools, Floats]
) -> tuple[Ints, float] | None:
    """Find the areas of the best circle and its log ratio; None when no circle has any excess."""
    best, areas = 0.0, None
    for order, closed in blocks:
        ratios, sizes = find_best_circles(order, closed, cases, shares, given)
        centre = int(np.argmax(ratios))
        if ratios[centre] > best:
            best, areas = float(ratios[centre]), order[centre, : sizes[centre]].astype(np.int64)
    return None if areas is None else (areas, best)


def _simulate_maxima(
    blocks: Iterable[Block],
    simulated: NDArray[np.int32],
    shares: Floats,
    given: tuple[float, Bools, Floats],
) -> Floats:
    """Find the best log ratio of each simulation: (simulations,)."""
    most, _, logs = given
    totals = simulated.sum(axis=0, dtype=np.int64)
    maxima = np.zeros(len(totals))
    for order, closed in blocks:
        raise_chance_maxima(order, closed, simulated, shares, (most, totals, logs, maxima))
    return maxima


def _describe(
    best: tuple[Ints, float], given: tuple[Ints, Floats, Floats], maxima: Floats
) -> Cluster:
    areas, ratio = best
    cases, weight, places = given
    reached = np.count_nonzero(maxima >= ratio - 1e-9)
    return Cluster(
        areas=areas,
        radius=float(np.hypot(*(places[areas] - places[areas[0]]).T).max()),
        count=float(cases[areas].sum()),
        expected=float(weight[areas].sum() / weight.sum() * cases.sum()),
        log_ratio=ratio,
        p=(reached + 1) / (len(maxima) + 1),
    )
