"""The two layouts of the invented region: pieces of ground with a code in each vintage."""

from dataclasses import dataclass

import numpy as np
import shapely

from regiebeeld.domain import AreaLevel, CatalogueError
from regiebeeld.domain.areas import PREFIXES, parent_code
from regiebeeld.example.borders import Shapes, draw_shapes
from regiebeeld.example.growth import order_parts, partition
from regiebeeld.example.mesh import Mesh, lay_mesh
from regiebeeld.example.names import LAKE_NAME
from regiebeeld.example.plan import BuurtPlan, plan_buurten, region_plan
from regiebeeld.example.settle import UnluckyError, flood_lake, settle_cells
from regiebeeld.example.terrain import Ints, lay_terrain
from regiebeeld.example.truths import AreaChange, Truths

_TRIES = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """The largest ground that lies in one buurt in both layouts."""

    plan: BuurtPlan
    old: str
    new: str
    part: int  # 0 for the whole or northern part, 1 for the southern
    parts: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Pieces with their shapes (RD metres) in the same order, and the lake."""

    pieces: tuple[Piece, ...]
    shapes: Shapes
    lake: shapely.Polygon
    lake_gemeente: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One area of one vintage; `pieces` are positions in `Ground.pieces`, none for water."""

    code: str
    name: str
    polygon: shapely.Geometry
    pieces: tuple[int, ...]


def make_ground(truths: Truths, seed: int) -> Ground:
    """Draw the map; the same seed gives the same map. Raises CatalogueError if all draws fail."""
    for attempt in range(_TRIES):
        try:
            return _draw_ground(truths, np.random.default_rng([seed, attempt]))
        except UnluckyError as fault:
            last = fault
    raise CatalogueError(f"zaad {seed} geeft geen kaart na {_TRIES} trekkingen: {last}") from last


def _draw_ground(truths: Truths, rng: np.random.Generator) -> Ground:
    terrain = lay_terrain(rng)
    mesh = lay_mesh(rng, terrain)
    labels, owner = flood_lake(mesh, terrain, settle_cells(mesh, terrain, rng))
    pieces, labels = _cut_pieces(mesh, labels, truths, rng)
    shapes = draw_shapes(mesh, labels, rng)
    return Ground(tuple(pieces), shapes[:-1], shapes[-1], region_plan()[owner].code)


def _cut_pieces(
    mesh: Mesh, labels: Ints, truths: Truths, rng: np.random.Generator
) -> tuple[list[Piece], Ints]:
    """Cut each buurt that a planted change splits or merges in two; the lake comes last."""
    changes = {change.planned: change for change in truths.changes}
    pieces: list[Piece] = []
    cut = np.full_like(labels, -1)
    for position, plan in enumerate(plan_buurten()):
        members = np.flatnonzero(labels == position)
        own = _pieces_of(plan, changes.get(plan.code))
        cut[members] = len(pieces) + _halves(mesh, members, len(own), rng)
        pieces += own
    cut[labels == len(plan_buurten())] = len(pieces)
    return pieces, cut


def _pieces_of(plan: BuurtPlan, change: AreaChange | None) -> list[Piece]:
    if change is None:
        return [Piece(plan, plan.code, plan.code, 0, 1)]
    parts = max(len(change.old), len(change.new))
    old, new = change.old * (parts // len(change.old)), change.new * (parts // len(change.new))
    return [Piece(plan, old[part], new[part], part, parts) for part in range(parts)]


def _halves(mesh: Mesh, members: Ints, parts: int, rng: np.random.Generator) -> Ints:
    if parts == 1:
        return np.zeros(len(members), dtype=np.int64)
    if len(members) < parts:
        raise UnluckyError("een buurt is in deze trekking te klein om te splitsen")
    own = partition(mesh, members, parts, rng)
    south = [-mesh.seeds[members][own == part][:, 1].mean() for part in range(parts)]
    return order_parts(own, np.array(south))


def draw_layout(ground: Ground, *, oldest: bool) -> dict[AreaLevel, list[Shape]]:
    """Give the shapes of each level in code order; water last, with a code that nobody draws."""
    codes = [piece.old if oldest else piece.new for piece in ground.pieces]
    buurten = _gather(ground, codes, AreaLevel.BUURT)
    return {
        AreaLevel.GEMEENTE: [*_gather(ground, codes, AreaLevel.GEMEENTE), _water(ground, "")],
        AreaLevel.WIJK: [*_gather(ground, codes, AreaLevel.WIJK), _water(ground, "99")],
        AreaLevel.BUURT: [*buurten, _water(ground, "9997")],
    }


def _gather(ground: Ground, codes: list[str], level: AreaLevel) -> list[Shape]:
    members: dict[str, list[int]] = {}
    for position, code in enumerate(codes):
        members.setdefault(parent_code(code, level), []).append(position)
    return [
        Shape(code, _name(ground, code, level, own), _join(ground.shapes[own]), tuple(own))
        for code, own in sorted(members.items())
    ]


def _join(shapes: Shapes) -> shapely.Geometry:
    return shapes[0] if len(shapes) == 1 else shapely.coverage_union_all(shapes)


def _name(ground: Ground, code: str, level: AreaLevel, own: list[int]) -> str:
    if level is not AreaLevel.BUURT:
        return area_names()[code]
    piece = ground.pieces[own[0]]
    side = "" if len(own) == piece.parts else (" noordzijde", " zuidzijde")[piece.part]
    return piece.plan.name + side


def area_names() -> dict[str, str]:
    """Names of gemeenten and wijken by code: the same in both layouts."""
    names = {gemeente.code: gemeente.name for gemeente in region_plan()}
    return names | {wijk.code: wijk.name for g in region_plan() for wijk in g.wijken}


def _water(ground: Ground, tail: str) -> Shape:
    level = {"": AreaLevel.GEMEENTE, "99": AreaLevel.WIJK}.get(tail, AreaLevel.BUURT)
    code = PREFIXES[level] + ground.lake_gemeente[2:] + tail
    name = area_names()[code] if level is AreaLevel.GEMEENTE else LAKE_NAME
    return Shape(code, name, ground.lake, ())
