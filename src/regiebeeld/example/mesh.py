"""A fine mesh of cells: small in towns, large on the land, mirrored along the river."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import Voronoi, cKDTree

from regiebeeld.example.terrain import (
    CENTRE,
    RADIUS,
    Floats,
    Ints,
    Settlement,
    Terrain,
    river_points,
    river_side,
)

_TOWN_SPACING = 170.0  # metres between cells in a centre
_EDGE_SPACING = 310.0
_VILLAGE_SPACING = 185.0
_LAND_SPACING = 800.0
_RIVER_STEP = 420.0
_RIVER_BANK = 190.0
_OVER_WATER = 2.6  # a neighbour on the other bank is less of a neighbour


@dataclass(frozen=True, slots=True)
class Mesh:
    """Cells with their seeds (n, 2), neighbour pairs (m, 2) and the border each pair shares."""

    seeds: Floats
    pairs: Ints
    corners: Floats  # (m, 2, 2): both ends of the shared border
    graph: csr_array


def lay_mesh(rng: np.random.Generator, terrain: Terrain) -> Mesh:
    """Scatter seeds, cut the plane into the cells nearest to each, and weigh neighbours."""
    seeds = _scatter_seeds(rng, terrain)
    cut = Voronoi(seeds)
    ends = np.array(cut.ridge_vertices)
    closed = (ends >= 0).all(axis=1)
    pairs = cut.ridge_points[closed].astype(np.int64)
    corners = cut.vertices[ends[closed]]
    return Mesh(seeds, pairs, corners, _weigh_pairs(rng, terrain, seeds, pairs))


def _weigh_pairs(
    rng: np.random.Generator, terrain: Terrain, seeds: Floats, pairs: Ints
) -> csr_array:
    length = np.linalg.norm(seeds[pairs[:, 0]] - seeds[pairs[:, 1]], axis=1)
    north = river_side(terrain, seeds)
    length *= np.where(north[pairs[:, 0]] != north[pairs[:, 1]], _OVER_WATER, 1.0)
    length *= rng.uniform(0.8, 1.3, length.size)
    weights = np.concatenate([length, length])
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    return csr_array((weights, (rows, columns)), shape=(len(seeds), len(seeds)))


def _scatter_seeds(rng: np.random.Generator, terrain: Terrain) -> Floats:
    banks = _river_banks(terrain)
    built = [_candidates(rng, place) for place in terrain.settlements]
    land = CENTRE + rng.uniform(-1.55 * RADIUS, 1.55 * RADIUS, (24_000, 2))
    points = np.concatenate([banks, *built, land])
    spacing = compute_spacing(terrain, points)
    spacing[: len(banks)] = np.minimum(spacing[: len(banks)], _RIVER_BANK * 1.6)
    order = np.concatenate(
        [np.arange(len(banks)), len(banks) + rng.permutation(len(points) - len(banks))]
    )
    return _thin(points[order], spacing[order])


def _river_banks(terrain: Terrain) -> Floats:
    """Pairs of seeds mirrored over the river, so that the cells' common border is the river."""
    line = river_points(terrain, _RIVER_STEP)
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1)[:, None]
    across = _RIVER_BANK * np.column_stack([-along[:, 1], along[:, 0]])
    return np.concatenate([line + across, line - across])


def _candidates(rng: np.random.Generator, place: Settlement) -> Floats:
    reach = place.radius * 1.6
    number = int(np.pi * reach**2 / _TOWN_SPACING**2 * 4)
    angle, away = rng.uniform(0, 2 * np.pi, number), reach * np.sqrt(rng.uniform(0, 1, number))
    heart = np.array([place.x, place.y])
    points = heart + np.column_stack([np.cos(angle) * away, np.sin(angle) * away])
    return points[place.depth(points) < 1.15]


def compute_spacing(terrain: Terrain, points: Floats) -> Floats:
    """Metres to keep free round each point: least in a centre, most on the land."""
    spacing = np.full(len(points), _LAND_SPACING)
    for place in terrain.settlements:
        depth = place.depth(points)
        core, edge = _spacing_of(place)
        beyond = edge + np.maximum(depth - 1, 0) * place.radius * 0.8
        spacing = np.minimum(spacing, np.where(depth < 1, core + (edge - core) * depth, beyond))
    return spacing


def _spacing_of(place: Settlement) -> tuple[float, float]:
    return (_VILLAGE_SPACING,) * 2 if place.wijk else (_TOWN_SPACING, _EDGE_SPACING)


def _thin(points: Floats, spacing: Floats) -> Floats:
    """Keep a point when no earlier kept point lies within its own spacing (dart throwing)."""
    near = cKDTree(points).query_ball_point(points, spacing)
    alive: NDArray[np.bool_] = np.ones(len(points), dtype=bool)
    for index, crowd in enumerate(near):
        if alive[index]:
            alive[crowd] = False
            alive[index] = True
    return points[alive]
