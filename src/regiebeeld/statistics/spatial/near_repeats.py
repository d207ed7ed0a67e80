"""Near repeats: are events that lie close together also close in time, more than chance gives.

Works on events inside the intake; the table of counts and ratios is all that comes out.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from regiebeeld.statistics.spatial.neighbours import Floats, Ints
from regiebeeld.statistics.spatial.pairing import count_close_in_time, permute_within

FEWEST_EVENTS = 20
_SETS = 64  # permutations compared at once
_MOST_PAIRS = 20_000_000
_MOST_DAYS = 40 * 366  # differences fit in 16 bits, and so go through the processor fast


class Evidence(StrEnum):
    USABLE = "usable"
    TOO_FEW = "too_few"  # fewer than 20 events
    ONE_DAY = "one_day"  # all dates equal within their groups: nothing can change places


@dataclass(frozen=True, slots=True)
class Bands:
    """Upper ends of the bands, ascending: metres > 0, whole days >= 0; each band holds its end.

    Pairs at distance 0 (exact repeats) form a band of their own before the first. The first band
    of days starts at 0. manhattan: distance along two axes instead of straight.
    """

    metres: tuple[float, ...] = (100.0, 200.0, 300.0, 400.0)
    days: tuple[int, ...] = (7, 14, 28, 56)
    manhattan: bool = False

    def __post_init__(self) -> None:
        for ends, words in ((self.metres, "metres"), (self.days, "days")):
            if not ends or list(ends) != sorted(set(ends)):
                raise ValueError(f"{words} {ends}: expected at least one, ascending")
        if self.metres[0] <= 0 or self.days[0] < 0:
            raise ValueError("bands end at a negative number of days, or at 0 metres or less")


@dataclass(frozen=True, slots=True)
class NearRepeats:
    """Arrays (1 + bands of metres, bands of days); the first row holds exact repeats.

    observed: pairs of events; expected: mean over the permutations; ratio: observed / expected,
    0 where nothing was expected; p: share of permutations with at least as many pairs. Where
    evidence is not USABLE expected and ratio are 0 and p is 1.
    """

    observed: Ints
    expected: Floats
    ratio: Floats
    p: Floats
    evidence: Evidence


def compare_near_repeats(
    coordinates: ArrayLike,
    days: ArrayLike,
    bands: Bands,
    *,
    groups: ArrayLike | None = None,
    chance: tuple[int, int] = (999, 0),
) -> NearRepeats:
    """Count pairs of events per band of distance and time, against permuted dates (Knox).

    coordinates: (events, 2) metres; days: (events,) whole days from any start, within 40 years;
    groups: (events,) whole numbers: dates change places within a group only, see group_by_month
    and group_by_block; chance: (permutations, seed). Raises ValueError for missing values, days
    that are not whole, or more than 20 million close pairs.
    Sources: E. G. Knox, The detection of space-time interactions, Applied Statistics 13 (1964)
    25-29; S. D. Johnson et al., Space-time patterns of risk: a cross national assessment of
    residential burglary victimization, Journal of Quantitative Criminology 23 (2007) 201-219.
    """
    places, dates = _read_events(coordinates, days)
    members = np.zeros(len(dates)) if groups is None else np.asarray(groups)
    if members.shape != dates.shape:
        raise ValueError(f"{members.shape} groups for {dates.shape} events")
    pairs = _find_pairs(places, bands)
    edges = np.minimum(bands.days, _MOST_DAYS).astype(dates.dtype)
    observed = count_close_in_time(*pairs, dates[:, None], edges)[:, :, 0].astype(np.int64)
    observed = np.diff(observed, axis=1, prepend=0)
    evidence = _judge(dates, members)
    if evidence is not Evidence.USABLE:
        nothing = np.zeros(observed.shape)
        return NearRepeats(observed, nothing, nothing.copy(), nothing + 1, evidence)
    permutations, seed = chance
    total = np.zeros(observed.shape)
    reached = np.zeros(observed.shape)
    rng = np.random.default_rng(seed)
    order = np.argsort(members, kind="stable")
    starts = np.append(np.unique(members[order], return_index=True)[1], len(members))
    for start in range(0, permutations, _SETS):
        seeds = rng.integers(0, 2**64, min(_SETS, permutations - start), dtype=np.uint64)
        sets = permute_within(dates, order, starts, seeds)
        counts = np.diff(count_close_in_time(*pairs, sets, edges), axis=1, prepend=0)
        total += counts.sum(axis=2)
        reached += (counts >= observed[:, :, None]).sum(axis=2)
    expected = total / permutations
    ratio = np.where(expected > 0, observed / np.where(expected > 0, expected, 1), 0.0)
    return NearRepeats(observed, expected, ratio, (reached + 1) / (permutations + 1), evidence)


def group_by_month(dates: ArrayLike) -> Ints:
    """Number events by month of the year, so that dates move between equal months only.

    dates: (events,) numpy dates. For deliveries over several years: the season stays as it is.
    """
    months = np.asarray(dates, dtype="datetime64[M]").astype(np.int64)
    return np.asarray(months % 12)


def group_by_block(days: ArrayLike, length: int = 91) -> Ints:
    """Number events by block of so many days, so that dates move within a block only.

    days: (events,) whole days; length: at least 1, and well above the longest band (91 is a
    season). Slow changes, also those of some places only, no longer count as near repeats.
    """
    if length < 1:
        raise ValueError(f"length is {length}, expected at least 1 day")
    whole = np.asarray(days, dtype=np.int64)
    return np.asarray((whole - whole.min()) // length if len(whole) else whole)


def _read_events(coordinates: ArrayLike, days: ArrayLike) -> tuple[Floats, NDArray[np.int16]]:
    places = np.asarray(coordinates, dtype=np.float64).reshape(-1, 2)
    dates = np.asarray(days, dtype=np.float64)
    if dates.shape != (len(places),):
        raise ValueError(f"{dates.shape} days for {len(places)} events")
    if not (np.isfinite(places).all() and np.isfinite(dates).all()):
        raise ValueError("an event lacks its place or its day: leave it out")
    if (dates != np.rint(dates)).any():
        raise ValueError("days: expected whole days")
    dates = dates - dates.min(initial=np.inf) if len(dates) else dates
    if dates.max(initial=0) > _MOST_DAYS:
        raise ValueError("days lie more than 40 years apart")
    return places, dates.astype(np.int16)


def _judge(dates: NDArray[np.int16], members: NDArray[np.generic]) -> Evidence:
    if len(dates) < FEWEST_EVENTS:
        return Evidence.TOO_FEW
    together = np.unique(np.stack([members, dates.astype(members.dtype)]), axis=1).shape[1]
    return Evidence.ONE_DAY if together == len(np.unique(members)) else Evidence.USABLE


def _find_pairs(places: Floats, bands: Bands) -> tuple[Ints, Ints, Ints]:
    """Give both events of each close pair, sorted by band, and where each band starts."""
    ends = np.concatenate([[0.0], bands.metres])
    norm = 1 if bands.manhattan else 2
    if len(places):
        tree = cKDTree(places)
        reach = ends[-1] * (1 + 1e-9)
        if (tree.count_neighbors(tree, reach, p=norm) - len(places)) // 2 > _MOST_PAIRS:
            raise ValueError("more than 20 million close pairs: take a shorter distance or period")
        pairs = tree.query_pairs(reach, p=norm, output_type="ndarray")
    else:
        pairs = np.zeros((0, 2), dtype=np.int64)
    gaps = np.abs(places[pairs[:, 0]] - places[pairs[:, 1]])
    apart = gaps.sum(axis=1) if bands.manhattan else np.hypot(gaps[:, 0], gaps[:, 1])
    # Coordinates are exact to a tenth of a millimetre at most: 100 m is 100 m, however computed.
    band = np.searchsorted(ends, np.round(apart, 4), side="left")
    inside = band < len(ends)
    pairs, band = pairs[inside], band[inside]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], band))
    starts = np.searchsorted(band[order], np.arange(len(ends) + 1))
    return pairs[order, 0].copy(), pairs[order, 1].copy(), starts
