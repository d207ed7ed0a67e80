"""Assigns every cell of the mesh to a gemeente, a wijk and a buurt of the skeleton."""

import numpy as np

from regiebeeld.example.growth import (
    NOBODY,
    clockwise_keys,
    grow_from,
    join_strays,
    order_parts,
    partition,
)
from regiebeeld.example.mesh import Mesh
from regiebeeld.example.plan import GemeentePlan, Kind, plan_buurten, region_plan
from regiebeeld.example.terrain import (
    Floats,
    Ints,
    Settlement,
    Terrain,
    edge_distance,
    gemeente_costs,
    lake_heart,
)

LAKE_RADIUS = 2_300.0
_TOWN_KINDS = (Kind.CENTRUM, Kind.WONEN, Kind.WERK)


class UnluckyError(Exception):
    """This draw leaves an area without ground; another draw of the same seed will do."""


def settle_cells(mesh: Mesh, terrain: Terrain, rng: np.random.Generator) -> Ints:
    """Give each cell the position of its buurt in `plan_buurten()`; NOBODY outside the region."""
    outside = len(region_plan())
    gemeente = gemeente_costs(terrain, mesh.seeds).argmin(axis=1)
    gemeente[edge_distance(terrain, mesh.seeds) < 0] = outside
    gemeente = join_strays(mesh, gemeente, np.zeros_like(gemeente))
    labels = np.full(len(mesh.seeds), NOBODY)
    first = 0
    for index, plan in enumerate(region_plan()):
        members = np.flatnonzero(gemeente == index)
        places = [place for place in terrain.settlements if place.gemeente == index]
        labels[members] = first + _settle_gemeente(mesh, members, plan, places, rng)
        first += len(plan.buurten)
    labels[gemeente == outside] = first
    labels = join_strays(mesh, labels, gemeente)
    _check_ground(labels, first)
    return np.where(labels == first, NOBODY, labels)


def flood_lake(mesh: Mesh, terrain: Terrain, labels: Ints) -> tuple[Ints, int]:
    """Give cells just outside the region to a lake: labels with one more, and its gemeente."""
    heart, owner = lake_heart(terrain)
    number = len(plan_buurten())
    wet = (np.linalg.norm(mesh.seeds - heart, axis=1) < LAKE_RADIUS) & (labels == NOBODY)
    flooded = np.where(wet, number, np.where(labels == NOBODY, number + 1, labels))
    flooded = join_strays(mesh, flooded, np.zeros_like(flooded))
    return np.where(flooded == number + 1, NOBODY, flooded), owner


def _check_ground(labels: Ints, number: int) -> None:
    if missing := sorted(set(range(number)) - set(labels.tolist())):
        code = plan_buurten()[missing[0]].code
        raise UnluckyError(f"buurt {code} en {len(missing) - 1} andere kregen hier geen grond")


def _settle_gemeente(
    mesh: Mesh,
    members: Ints,
    plan: GemeentePlan,
    places: list[Settlement],
    rng: np.random.Generator,
) -> Ints:
    """Give each member the position of its buurt within the gemeente."""
    wijk = np.full(len(mesh.seeds), NOBODY)
    town = members[places[0].depth(mesh.seeds[members]) < 1]
    wijk[town] = _settle_town(mesh, town, plan, places[0], rng)
    land = members[wijk[members] == NOBODY]
    wijk[land] = _settle_land(mesh, land, plan, places)
    outer = np.full(len(mesh.seeds), -2)
    outer[members] = 0
    wijk[outer == -2] = len(plan.wijken)
    wijk = join_strays(mesh, wijk, outer)
    return _settle_wijken(mesh, wijk, plan, places, rng)[members]


def _settle_town(
    mesh: Mesh, town: Ints, plan: GemeentePlan, place: Settlement, rng: np.random.Generator
) -> Ints:
    """Cut the town in wijken: centre first, then clockwise, the work area out at the edge."""
    wijken = [index for index, wijk in enumerate(plan.wijken) if wijk.kind in _TOWN_KINDS]
    labels = partition(mesh, town, len(wijken), rng)
    points, core = mesh.seeds[town], np.array([place.x, place.y])
    keys = clockwise_keys(points, labels, core) if len(wijken) > 1 else np.zeros(1)
    middle = [points[labels == part].mean(axis=0) for part in range(len(wijken))]
    away = np.linalg.norm(np.array(middle) - core, axis=1)
    keys[away.argmin()] = -1.0
    if plan.wijken[wijken[-1]].kind is Kind.WERK:
        keys[away.argmax()] = 10.0
    return np.array(wijken)[order_parts(labels, keys)]


def _settle_land(mesh: Mesh, land: Ints, plan: GemeentePlan, places: list[Settlement]) -> Ints:
    """Grow the village wijken and the countryside, each from its own heart."""
    hearts = [np.array([place.x, place.y]) for place in places[1:]]
    points = mesh.seeds[land]
    near = [int(np.linalg.norm(points - heart, axis=1).argmin()) for heart in hearts]
    near.append(_country_heart(points, hearts, places[0]))
    wijken = np.array([*(place.wijk for place in places[1:]), len(plan.wijken) - 1, NOBODY])
    return np.asarray(wijken[grow_from(mesh.graph, land[near], land)])


def _country_heart(points: Floats, hearts: list[Floats], town: Settlement) -> int:
    """The spot not far out of town that lies farthest from any village."""
    nearest = np.linalg.norm(points[:, None] - np.array(hearts)[None], axis=2).min(axis=1)
    return int(np.where(town.depth(points) < 2.2, nearest, 0.0).argmax())


def _settle_wijken(
    mesh: Mesh,
    wijk: Ints,
    plan: GemeentePlan,
    places: list[Settlement],
    rng: np.random.Generator,
) -> Ints:
    labels, first = np.full(len(wijk), NOBODY), 0
    core = np.array([places[0].x, places[0].y])
    villages = {place.wijk: place for place in places[1:]}
    for index, wijk_plan in enumerate(plan.wijken):
        members, parts = np.flatnonzero(wijk == index), len(wijk_plan.buurten)
        if len(members) < parts:
            raise UnluckyError(f"{wijk_plan.code} heeft in deze trekking te weinig grond")
        if index in villages:
            own = _settle_village(mesh, members, parts, villages[index], rng)
        else:
            own = partition(mesh, members, parts, rng)
            own = order_parts(own, _buurt_keys(mesh.seeds[members], own, core, wijk_plan.kind))
        labels[members] = np.where(own == NOBODY, NOBODY, first + own)
        first += parts
    return labels


def _buurt_keys(points: Floats, labels: Ints, core: Floats, kind: Kind) -> Floats:
    """In the centre the innermost buurt comes first and the outermost last; elsewhere clockwise."""
    if kind is not Kind.CENTRUM:
        return clockwise_keys(points, labels, core)
    middle = [points[labels == part].mean(axis=0) for part in range(int(labels.max()) + 1)]
    return np.asarray(np.linalg.norm(np.array(middle) - core, axis=1))


def _settle_village(
    mesh: Mesh, members: Ints, parts: int, place: Settlement, rng: np.random.Generator
) -> Ints:
    """The built-up core in all parts but the last; the last is the scattered houses round it."""
    own = np.full(len(members), parts - 1)
    core = place.depth(mesh.seeds[members]) < 1
    if core.sum() < parts - 1:
        raise UnluckyError(f"het dorp bij {place.x:.0f}, {place.y:.0f} heeft te weinig grond")
    cells = members[core]
    labels = partition(mesh, cells, parts - 1, rng)
    points = mesh.seeds[cells]
    east = np.array([-points[labels == part][:, 0].mean() for part in range(parts - 1)])
    middle = np.abs(east + place.x).argmin() if parts > 3 else 0
    east[middle] = -np.inf  # the middle part is the village itself, then east, then west
    own[core] = order_parts(labels, east) if parts > 3 else labels
    return own
