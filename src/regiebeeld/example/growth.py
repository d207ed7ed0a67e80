"""Grows connected groups of cells: gemeenten, wijken, buurten. Knows cells, not people."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from regiebeeld.example.mesh import Mesh
from regiebeeld.example.terrain import Floats, Ints

NOBODY = -1


def grow_from(graph: csr_array, sources: Ints, members: Ints) -> Ints:
    """Give each member the position of the source that reaches it first within `members`.

    `sources` and `members` are cell numbers; a member that no source reaches gets NOBODY.
    """
    place = np.full(graph.shape[0], NOBODY)
    place[members] = np.arange(len(members))
    inner = graph[members][:, members]
    _, _, reached = dijkstra(
        inner, directed=False, indices=place[sources], min_only=True, return_predecessors=True
    )
    rank = np.full(len(members) + 1, NOBODY)
    rank[place[sources]] = np.arange(len(sources))
    return np.asarray(rank[np.where(reached < 0, len(members), reached)])


def partition(mesh: Mesh, members: Ints, parts: int, rng: np.random.Generator) -> Ints:
    """Cut `members` into connected parts of about equally many cells; labels 0..parts-1."""
    if parts == 1:
        return np.zeros(len(members), dtype=np.int64)
    points = mesh.seeds[members]
    centres = _spread_centres(points, parts, rng)
    chosen: list[int] = []
    for centre in centres:
        away = np.linalg.norm(points - centre, axis=1)
        away[chosen] = np.inf
        chosen.append(int(away.argmin()))
    return grow_from(mesh.graph, members[chosen], members)


def _spread_centres(points: Floats, parts: int, rng: np.random.Generator) -> Floats:
    """A few of Lloyd's rounds from points that lie far apart."""
    chosen = [int(rng.integers(len(points)))]
    nearest = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < parts:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[chosen[-1]], axis=1))
    centres = points[chosen]
    for _ in range(6):
        owner = np.linalg.norm(points[:, None] - centres[None], axis=2).argmin(axis=1)
        centres = np.array([points[owner == part].mean(axis=0) for part in range(parts)])
    return centres


def order_parts(labels: Ints, keys: Floats) -> Ints:
    """Renumber parts so that the part with the least key comes first."""
    rank = np.empty(len(keys), dtype=np.int64)
    rank[np.argsort(keys, kind="stable")] = np.arange(len(keys))
    return np.asarray(rank[labels])


def clockwise_keys(points: Floats, labels: Ints, around: Floats) -> Floats:
    """A key per part that runs clockwise from the part nearest to due north."""
    parts = int(labels.max()) + 1
    middle = np.array([points[labels == part].mean(axis=0) for part in range(parts)]) - around
    bearing = np.arctan2(middle[:, 0], middle[:, 1])
    first = bearing[np.abs(bearing).argmin()]
    return np.asarray((bearing - first + 1e-9) % (2 * np.pi))


def join_strays(mesh: Mesh, labels: Ints, within: Ints) -> Ints:
    """Give every loose piece of a label to the neighbour label it touches most.

    `within` (n) keeps pieces inside a coarser area: only neighbours with the same
    value count. Afterwards each label that had cells is one connected group.
    """
    labels = labels.copy()
    for _ in range(12):
        pieces, stray = _find_strays(mesh, labels)
        if not stray.any():
            return labels
        _hand_over(mesh, labels, within, np.where(stray[pieces], pieces, NOBODY))
    return labels


def _find_strays(mesh: Mesh, labels: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Number the connected pieces; all but the largest of a label, and all of nobody, are stray."""
    first, second = mesh.pairs.T
    same = labels[first] == labels[second]
    links = csr_array((np.ones(same.sum()), (first[same], second[same])), shape=mesh.graph.shape)
    number, pieces = connected_components(links, directed=False)
    sizes = np.bincount(pieces, minlength=number)
    label_of = np.empty(number, dtype=np.int64)
    label_of[pieces] = labels
    order = np.lexsort((-sizes, label_of))
    leading = np.ones(number, dtype=bool)
    leading[1:] = label_of[order][1:] != label_of[order][:-1]
    stray = np.ones(number, dtype=bool)
    stray[order[leading & (label_of[order] != NOBODY)]] = False
    return pieces, stray


def _hand_over(mesh: Mesh, labels: Ints, within: Ints, pieces: Ints) -> None:
    first, second = np.concatenate([mesh.pairs, mesh.pairs[:, ::-1]]).T
    use = (pieces[first] != NOBODY) & (pieces[second] != pieces[first])
    use &= within[first] == within[second]
    for piece in np.unique(pieces[first[use]]):
        touching = second[use & (pieces[first] == piece)]
        touching = touching[pieces[touching] == NOBODY]
        if len(touching):
            labels[pieces == piece] = np.bincount(labels[touching] + 1).argmax() - 1
