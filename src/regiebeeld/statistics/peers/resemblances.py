"""Which areas resemble each other by their key figures; a distance with its reasons, no score."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.peers.protected import refuse_protected

Floats = NDArray[np.float64]

# Two areas are compared only when the figures that both have carry this share of the weight.
LEAST_COMPARED = 0.5
_CHUNK = 16  # areas at a time beside all others: the arrays stay in the processor's cache


class Scale(StrEnum):
    ROBUST = "robust"  # distance to the median, in spreads
    RANK = "rank"  # place in the order, from 0 to 1


class Reason(StrEnum):
    TOO_FEW_FIGURES = "too_few_figures"  # the area misses figures that carry half the weight
    TOO_FEW_AREAS = "too_few_areas"  # fewer than `count` areas could be compared


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Key figures of areas: codes (areas,), names (figures,), values (areas, figures).

    A missing figure is NaN. weights: (figures,) greater than 0, equal where None.
    Raises ValueError for shapes that differ, double codes or names, infinite values,
    weights of 0 or less, and names that tell a protected trait of people.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats
    weights: tuple[float, ...] | None = None
    scale: Scale = Scale.ROBUST

    def __post_init__(self) -> None:
        refuse_protected(self.names)
        if np.shape(self.values) != (len(self.codes), len(self.names)):
            raise ValueError(
                f"values have shape {np.shape(self.values)}, expected "
                f"{len(self.codes)} areas by {len(self.names)} figures"
            )
        for words, what in ((self.codes, "area"), (self.names, "figure")):
            if len(set(words)) != len(words):
                raise ValueError(f"an {what} stands twice among the {what}s")
        if np.isinf(self.values).any():
            raise ValueError("a key figure is infinite; a missing one is NaN")
        weights = self.weights
        if weights is not None and (len(weights) != len(self.names) or not min(weights) > 0):
            raise ValueError("weights: expected one greater than 0 for each figure")


@dataclass(frozen=True, slots=True)
class Peer:
    """One area that resembles another: how far off, on which share of the weight, and why.

    distance: weighted mean difference over the figures both have, in spreads (ROBUST) or
    shares of the order (RANK); differences: (name, difference) from closest to farthest,
    above 0 where the peer has more.
    """

    code: str
    distance: float
    compared: float
    differences: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of one area, nearest first; `reason` says why there are fewer than asked.

    unused: figures that are equal, or missing, everywhere and so tell nothing.
    """

    code: str
    peers: tuple[Peer, ...]
    unused: tuple[str, ...]
    reason: Reason | None


def find_peers(
    figures: KeyFigures,
    *,
    count: int = 10,
    wanted: Sequence[str] | None = None,
    apart: ArrayLike | None = None,
) -> tuple[Peers, ...]:
    """Find for each wanted area the `count` areas that resemble it most; ties go by code.

    figures: see KeyFigures; wanted: codes (all where None); apart: (areas,) labels, so that
    peers come from another label only, for example another gemeente. A figure that one of
    two areas lacks does not count for that pair. Raises ValueError for a count below 1, an
    unknown code or labels of another length.
    Source: J. C. Gower, A general coefficient of similarity and some of its properties,
    Biometrics 27 (1971) 857-871; spread by the median absolute deviation: F. R. Hampel,
    Journal of the American Statistical Association 69 (1974) 383-393.
    """
    if count < 1:
        raise ValueError(f"count is {count}, expected 1 or more")
    labels = None if apart is None else np.asarray(apart)
    if labels is not None and labels.shape != (len(figures.codes),):
        raise ValueError(f"apart has shape {labels.shape}, expected one label for each area")
    places = {code: place for place, code in enumerate(figures.codes)}
    unknown = [code for code in wanted or () if code not in places]
    if unknown:
        raise ValueError(f"unknown areas: {', '.join(unknown)}")
    rows = np.array([places[code] for code in (wanted or figures.codes)], dtype=np.intp)
    scaled, unused = scale_figures(figures.values, figures.scale)
    given = np.ones(len(figures.names)) if figures.weights is None else figures.weights
    search = _Search(
        figures=figures,
        scaled=scaled,
        weights=np.where(unused, 0.0, np.asarray(given, dtype=np.float64)),
        labels=labels,
        by_code=np.argsort(np.asarray(figures.codes, dtype=np.str_), kind="stable"),
    )
    chunks = (rows[start : start + _CHUNK] for start in range(0, rows.size, _CHUNK))
    return tuple(peers for chunk in chunks for peers in _search_chunk(search, chunk, count))


@dataclass(frozen=True, slots=True)
class _Search:
    figures: KeyFigures
    scaled: Floats
    weights: Floats
    labels: NDArray[np.generic] | None
    by_code: NDArray[np.intp]


def _search_chunk(search: _Search, rows: NDArray[np.intp], count: int) -> Iterator[Peers]:
    distance, share = compute_distances(search.scaled, search.weights, rows)
    distance[np.arange(rows.size), rows] = np.nan
    if search.labels is not None:
        distance[search.labels[rows, None] == search.labels[None, :]] = np.nan
    codes = search.figures.codes
    unused = tuple(
        name
        for name, weight in zip(search.figures.names, search.weights, strict=True)
        if weight == 0
    )
    for place, row in enumerate(rows):
        near = _nearest(distance[place], search.by_code, count)
        peers = tuple(
            Peer(codes[j], float(distance[place, j]), float(share[place, j]), _tell(search, row, j))
            for j in near
        )
        reason = None if len(near) == count else _reason(search, row)
        yield Peers(codes[row], peers, unused, reason)


def _nearest(distance: Floats, by_code: NDArray[np.intp], count: int) -> list[int]:
    ordered = distance[by_code]
    ordered = np.where(np.isnan(ordered), np.inf, ordered)
    # Only those up to the count-th distance are sorted, all that are equal to it included.
    furthest = np.partition(ordered, min(count, ordered.size) - 1)[min(count, ordered.size) - 1]
    within = np.flatnonzero((ordered <= furthest) & np.isfinite(ordered))
    chosen = within[np.argsort(ordered[within], kind="stable")][:count]
    return [int(j) for j in by_code[chosen]]


def scale_figures(values: ArrayLike, scale: Scale) -> tuple[Floats, NDArray[np.bool_]]:
    """Put figures on one scale: (areas, figures) to the same shape, and (figures,) unused.

    ROBUST: (value - median) / (1.4826 x median absolute deviation); where more than half
    the areas share one value, the mean absolute deviation x 1.2533 stands in, as the first
    would be 0. RANK: mid-rank from 0 to 1. NaN stays NaN; a figure that is equal or missing
    everywhere becomes 0 (NaN where missing) and is unused.
    """
    table = np.asarray(values, dtype=np.float64)
    scaled = np.full(table.shape, np.nan)
    unused = np.zeros(table.shape[1], dtype=bool)
    for j, column in enumerate(table.T):
        known = ~np.isnan(column)
        figures = column[known]
        unused[j] = figures.size == 0 or figures.min() == figures.max()
        if unused[j]:
            scaled[known, j] = 0.0
        elif scale is Scale.RANK:
            scaled[known, j] = _mid_ranks(figures)
        else:
            off = figures - np.median(figures)
            spread = 1.4826 * float(np.median(np.abs(off))) or 1.2533 * float(np.abs(off).mean())
            scaled[known, j] = off / spread
    return scaled, unused


def compute_distances(
    scaled: Floats, weights: Floats, rows: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Compute Gower's distance from some areas to all, and the share of weight compared.

    scaled: (areas, figures), NaN where missing; weights: (figures,) >= 0; rows: (some,).
    Returns two arrays (some, areas); the distance is NaN where less than LEAST_COMPARED of
    the weight is known for both.
    """
    known = ~np.isnan(scaled)
    filled = np.where(known, scaled, 0.0)
    total = np.zeros((rows.size, scaled.shape[0]))
    weight = np.zeros_like(total)
    for j in np.flatnonzero(weights > 0):
        column = np.ascontiguousarray(filled[:, j])
        gap = column[rows, None] - column[None, :]
        np.abs(gap, out=gap)
        gap *= weights[j]
        if known[:, j].all():
            weight += weights[j]
        else:
            both = known[rows, j, None] & known[None, :, j]
            gap *= both
            weight += weights[j] * both
        total += gap
    share = weight / max(float(weights.sum()), 1e-300)
    enough = share >= LEAST_COMPARED
    return np.where(enough, total / np.where(enough, weight, 1.0), np.nan), share


def _mid_ranks(figures: Floats) -> Floats:
    ordered = np.sort(figures)
    below = np.searchsorted(ordered, figures, side="left")
    up_to = np.searchsorted(ordered, figures, side="right")
    return np.asarray((below + up_to - 1) / 2 / (figures.size - 1), dtype=np.float64)


def _tell(search: _Search, row: int, peer: int) -> tuple[tuple[str, float], ...]:
    gaps = search.scaled[peer] - search.scaled[row]
    told = [
        (name, float(gap))
        for name, gap, weight in zip(search.figures.names, gaps, search.weights, strict=True)
        if weight > 0 and not np.isnan(gap)
    ]
    return tuple(sorted(told, key=lambda pair: (abs(pair[1]), pair[0])))


def _reason(search: _Search, row: int) -> Reason:
    known = search.weights[~np.isnan(search.scaled[row])].sum()
    missing = known == 0 or known < LEAST_COMPARED * search.weights.sum()
    return Reason.TOO_FEW_FIGURES if missing else Reason.TOO_FEW_AREAS
