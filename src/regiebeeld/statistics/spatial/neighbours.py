"""Which areas count as neighbours: contiguity pairs or nearest centres, in compressed rows.

Refuses to guess: an area without neighbours stays one, unless `join_islands` is called.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Neighbours of area i: `indices[indptr[i]:indptr[i + 1]]`, ascending, never i itself."""

    indptr: Ints
    indices: Ints

    @property
    def size(self) -> int:
        return len(self.indptr) - 1

    @property
    def degrees(self) -> Ints:
        return np.diff(self.indptr)

    @property
    def islands(self) -> Bools:
        """True for areas without neighbours: they get no local statistic."""
        return np.asarray(self.degrees == 0)


def build_contiguity(pairs: ArrayLike, size: int) -> Neighbours:
    """Build neighbours from pairs of areas that touch.

    pairs: (m, 2) whole numbers in [0, size), one pair a row, in either order; a pair given twice
    or of an area with itself counts once or not at all. size: number of areas. Raises ValueError
    for a number outside [0, size).
    """
    ends = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    if ends.size and (ends.min() < 0 or ends.max() >= size):
        raise ValueError(f"pairs name an area outside 0 to {size - 1}")
    ends = ends[ends[:, 0] != ends[:, 1]]
    both = np.concatenate([ends, ends[:, ::-1]])
    return _compress(both[:, 0], both[:, 1], size)


def build_nearest(coordinates: ArrayLike, k: int) -> Neighbours:
    """Build neighbours from the k nearest centres.

    coordinates: (n, 2) metres, finite; k: 1 to n - 1. Not symmetric. Of centres at one distance
    those with the lowest number come first, so duplicate coordinates give a fixed answer.
    Raises ValueError for another k or a coordinate that is not finite.
    """
    places = _read_places(coordinates)
    if not 1 <= k < len(places):
        raise ValueError(f"k is {k}, expected 1 to {len(places) - 1} for {len(places)} areas")
    chosen = _nearest(places, np.arange(len(places)), k)
    return _compress(np.repeat(np.arange(len(places)), k), chosen.ravel(), len(places))


def join_islands(neighbours: Neighbours, coordinates: ArrayLike, k: int = 1) -> Neighbours:
    """Give every area without neighbours its k nearest areas, and them this area.

    coordinates: (n, 2) metres. Other areas keep what they have; the result stays symmetric where
    it was. Raises ValueError for a k outside 1 to n - 1.
    """
    places = _read_places(coordinates)
    alone = np.flatnonzero(neighbours.islands)
    if len(places) != neighbours.size:
        raise ValueError(f"{len(places)} coordinates for {neighbours.size} areas")
    if not len(alone):
        return neighbours
    if not 1 <= k < len(places):
        raise ValueError(f"k is {k}, expected 1 to {len(places) - 1} for {len(places)} areas")
    near = _nearest(places, alone, k).ravel()
    rows = np.repeat(np.arange(neighbours.size), neighbours.degrees)
    islands = np.repeat(alone, k)
    return _compress(
        np.concatenate([rows, islands, near]),
        np.concatenate([neighbours.indices, near, islands]),
        neighbours.size,
    )


def select_areas(neighbours: Neighbours, keep: ArrayLike) -> Neighbours:
    """Keep some areas and the neighbours among them; for areas of which a figure is missing.

    keep: (n,) booleans. The areas kept are numbered anew in their order. Raises ValueError for
    another shape.
    """
    kept = np.asarray(keep, dtype=np.bool_)
    if kept.shape != (neighbours.size,):
        raise ValueError(f"keep has shape {kept.shape}, expected ({neighbours.size},)")
    matrix = as_matrix(neighbours)[kept][:, kept]
    matrix.sort_indices()
    return Neighbours(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64))


def as_matrix(neighbours: Neighbours, *, row_standardised: bool = False) -> csr_array:
    """Give the weights as a sparse (n, n) matrix: binary, or rows that add up to 1.

    The row of an area without neighbours is empty in both.
    """
    degrees = neighbours.degrees
    weights = np.repeat(1 / np.maximum(degrees, 1), degrees) if row_standardised else None
    data = np.ones(len(neighbours.indices)) if weights is None else weights
    shape = (neighbours.size, neighbours.size)
    return csr_array((data, neighbours.indices, neighbours.indptr), shape=shape)


def label_components(neighbours: Neighbours) -> Ints:
    """Number the groups of areas that are connected: (n,) whole numbers from 0."""
    if not neighbours.size:
        return np.zeros(0, dtype=np.int64)
    labels = connected_components(as_matrix(neighbours), directed=False)[1]
    return np.asarray(labels, dtype=np.int64)


def _compress(rows: Ints, columns: Ints, size: int) -> Neighbours:
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size)).tocsr()
    matrix.sort_indices()
    return Neighbours(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64))


def _read_places(coordinates: ArrayLike) -> Floats:
    places = np.asarray(coordinates, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(places).all():
        raise ValueError("a coordinate is missing or infinite: leave that area out")
    return places


def _nearest(places: Floats, chosen: Ints, k: int) -> Ints:
    """Give the (len(chosen), k) nearest others, ties by the lowest number."""
    tree = cKDTree(places)
    reach = tree.query(places[chosen], k=k + 1)[0][:, -1]
    near = np.empty((len(chosen), k), dtype=np.int64)
    for row, (area, radius) in enumerate(zip(chosen, reach, strict=True)):
        # A hair wider, so that all areas at the last distance are compared by number.
        found = np.array(tree.query_ball_point(places[area], radius * (1 + 1e-12)), dtype=np.int64)
        found = found[found != area]
        distance = np.hypot(*(places[found] - places[area]).T)
        near[row] = found[np.lexsort((found, distance))[:k]]
    return near
