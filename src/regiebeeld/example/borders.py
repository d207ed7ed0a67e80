"""Turns groups of cells into shapes: straight borders get wiggles, shared ones stay shared."""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from regiebeeld.example.growth import NOBODY
from regiebeeld.example.mesh import Mesh
from regiebeeld.example.settle import UnluckyError
from regiebeeld.example.terrain import Floats, Ints

Shapes = NDArray[np.object_]

_SMOOTHING = 110.0  # metres; takes the zigzag of the cells out of the borders
_WIGGLE = 0.11  # sideways step as a share of the length
_SHORTEST = 90.0  # metres; a shorter line stays straight
_ROUNDS = 4


def draw_shapes(mesh: Mesh, labels: Ints, rng: np.random.Generator) -> Shapes:
    """Give one polygon (RD metres) a label 0..n-1, without gaps or overlaps."""
    faces = _outline_faces(mesh, labels)
    smooth = shapely.coverage_simplify(faces, _SMOOTHING)
    wiggle, seed = _WIGGLE, int(rng.integers(2**62))
    for _ in range(5):
        shapes = _wiggle_shapes(smooth, wiggle, np.random.default_rng(seed))
        if shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes):
            return shapes
        wiggle /= 2  # two wiggles crossed: calmer ones cannot
    return np.asarray(smooth)


def _outline_faces(mesh: Mesh, labels: Ints) -> Shapes:
    between = labels[mesh.pairs[:, 0]] != labels[mesh.pairs[:, 1]]
    lines = shapely.linestrings(mesh.corners[between])
    faces = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    owner = labels[cKDTree(mesh.seeds).query(inside)[1]]
    faces, owner = faces[owner != NOBODY], owner[owner != NOBODY]
    number = int(labels.max()) + 1
    if sorted(owner.tolist()) != list(range(number)):
        raise UnluckyError("een buurt ligt in deze trekking uiteen")
    return np.asarray(faces[np.argsort(owner)])


def _wiggle_shapes(shapes: Shapes, wiggle: float, rng: np.random.Generator) -> Shapes:
    """Displace midpoints of all borders, the same for both neighbours, a few times over."""
    for _ in range(_ROUNDS):
        shapes = _split_borders(shapes, wiggle, rng)
    return shapes


def _split_borders(shapes: Shapes, wiggle: float, rng: np.random.Generator) -> Shapes:
    rings, owners = _rings_of(shapes)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring[:-1] == ring[1:])
    first, second = points[starts], points[starts + 1]
    middle = _displaced(first, second, wiggle, rng)
    use = np.linalg.norm(second - first, axis=1) > _SHORTEST
    places = np.concatenate([np.arange(len(points)), starts[use] + 0.5])
    order = np.argsort(places, kind="stable")
    longer = np.concatenate([points, middle[use]])[order]
    new_ring = np.concatenate([ring, ring[starts[use]]])[order]
    # the first ring of an owner is the shell, the others are its holes
    return np.asarray(
        shapely.polygons(shapely.linearrings(longer, indices=new_ring), indices=owners)
    )


def _displaced(first: Floats, second: Floats, wiggle: float, rng: np.random.Generator) -> Floats:
    """One midpoint a line, moved sideways; equal for a line and its reverse."""
    same = first[:, 0] == second[:, 0]
    swap = (first[:, 0] > second[:, 0]) | (same & (first[:, 1] > second[:, 1]))
    low, high = np.where(swap[:, None], second, first), np.where(swap[:, None], first, second)
    lines, position = np.unique(np.hstack([low, high]), axis=0, return_inverse=True)
    step = rng.normal(0.0, wiggle, len(lines)).clip(-2 * wiggle, 2 * wiggle)[position.ravel()]
    along = high - low
    across = np.column_stack([-along[:, 1], along[:, 0]])
    return np.asarray(np.round((low + high) / 2 + step[:, None] * across, 3))


def _rings_of(shapes: Shapes) -> tuple[Shapes, Ints]:
    rings, owner = shapely.get_rings(shapes, return_index=True)
    return rings, owner
