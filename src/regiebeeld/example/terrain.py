"""Where the invented region lies and where its towns are: outline, river, gemeente territories.

The region lies in the North Sea west of Texel (RD New), so nobody can take it for a real place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.example.plan import SIZES, Size, region_plan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CENTRE = np.array([61_000.0, 561_000.0])  # RD New metres; the coast of Texel is at x = 109,000
RADIUS = 21_500.0
TOWN_RADIUS = {Size.STAD: 3_300.0, Size.PLAATS: 2_200.0, Size.LAND: 1_250.0}
VILLAGE_RADIUS = 520.0
_REACH = {Size.STAD: 1.25, Size.PLAATS: 1.08, Size.LAND: 0.95}
_ACROSS_RIVER = 1.5  # how much farther a place feels on the other bank
_SOURCES = 3_000


@dataclass(frozen=True, slots=True)
class Waves:
    """A sum of sines: a smooth random function of one variable."""

    sizes: Floats
    frequencies: Floats
    phases: Floats

    def __call__(self, at: Floats) -> Floats:
        angles = np.multiply.outer(at, self.frequencies) + self.phases
        return np.asarray((self.sizes * np.sin(angles)).sum(axis=-1))


@dataclass(frozen=True, slots=True)
class Settlement:
    """A town or village: a lobed disc with a core."""

    x: float
    y: float
    radius: float
    gemeente: int
    wijk: int  # position of the village wijk in its gemeente; 0 for the town itself
    lobes: Waves

    def depth(self, points: Floats) -> Floats:
        """Distance to the core as a share of the radius there: below 1 is built-up."""
        away = points - (self.x, self.y)
        angle = np.arctan2(away[:, 1], away[:, 0])
        return np.hypot(away[:, 0], away[:, 1]) / (self.radius * (1 + self.lobes(angle)))


@dataclass(frozen=True, slots=True)
class Terrain:
    """Everything that decides the map before any border is drawn."""

    outline: Waves
    meanders: Waves
    slope: float
    warp: tuple[Waves, Waves]
    capitals: Floats  # (14, 2) RD metres
    settlements: tuple[Settlement, ...]


def lay_terrain(rng: np.random.Generator) -> Terrain:
    """Draw outline, river, fourteen capitals and their villages."""
    bare = Terrain(
        outline=_draw_waves(rng, np.array([2.0, 3, 4, 5, 7, 11]), 0.16, power=0.9),
        meanders=_draw_waves(rng, np.array([1 / 3_400, 1 / 1_300, 1 / 560]), 1_500.0, power=0.9),
        slope=float(rng.uniform(0.35, 0.6)),
        warp=(_draw_warp(rng), _draw_warp(rng)),
        capitals=np.empty((0, 2)),
        settlements=(),
    )
    inside = _draw_inside(rng, bare, _SOURCES)
    capitals = _spread_capitals(rng, bare, inside)
    founded = _replace(bare, capitals, ())
    towns = [_draw_town(rng, capitals[index], index) for index in range(len(SIZES))]
    return _replace(founded, capitals, (*towns, *_draw_villages(rng, founded, inside)))


def _replace(bare: Terrain, capitals: Floats, places: tuple[Settlement, ...]) -> Terrain:
    return Terrain(bare.outline, bare.meanders, bare.slope, bare.warp, capitals, places)


def _draw_waves(rng: np.random.Generator, frequencies: Floats, size: float, power: float) -> Waves:
    sizes = (
        size * (frequencies / frequencies[0]) ** -power * rng.uniform(0.6, 1.0, frequencies.size)
    )
    return Waves(sizes, frequencies, rng.uniform(0, 2 * np.pi, frequencies.size))


def _draw_warp(rng: np.random.Generator) -> Waves:
    return _draw_waves(rng, np.array([1 / 2_600, 1 / 1_100, 1 / 500]), 1_300.0, power=0.85)


def edge_distance(terrain: Terrain, points: Floats) -> Floats:
    """Metres to the outline along the ray from the middle; positive inside."""
    away = points - CENTRE
    angle = np.arctan2(away[:, 1], away[:, 0])
    reach = RADIUS * (1 + terrain.outline(angle))
    return np.asarray(reach - np.hypot(away[:, 0], away[:, 1]))


def river_points(terrain: Terrain, step: float) -> Floats:
    """Points about `step` metres apart along the river, from end to end."""
    x = np.arange(-1.4 * RADIUS, 1.4 * RADIUS, step)
    return np.asarray(np.column_stack([x, _river_y(terrain, x)]) + CENTRE)


def _river_y(terrain: Terrain, x: Floats) -> Floats:
    return terrain.slope * x + terrain.meanders(x) - 1_500.0


def river_side(terrain: Terrain, points: Floats) -> NDArray[np.bool_]:
    """Tell which points lie north of the river."""
    away = points - CENTRE
    return np.asarray(away[:, 1] > _river_y(terrain, away[:, 0]))


def gemeente_costs(terrain: Terrain, points: Floats) -> Floats:
    """How far each point (n) feels from each capital (14): the least decides its gemeente."""
    warped = points + np.column_stack(
        [terrain.warp[0](points[:, 1]), terrain.warp[1](points[:, 0])]
    )
    away = np.linalg.norm(warped[:, None] - terrain.capitals[None], axis=2)
    across = river_side(terrain, points)[:, None] != river_side(terrain, terrain.capitals)[None]
    return np.asarray(away * np.where(across, _ACROSS_RIVER, 1.0) / _reaches())


def _reaches() -> Floats:
    return np.array([_REACH[size] for size in SIZES])


def _draw_inside(rng: np.random.Generator, terrain: Terrain, wanted: int) -> Floats:
    points = CENTRE + rng.uniform(-1.4 * RADIUS, 1.4 * RADIUS, (4 * wanted, 2))
    return np.asarray(points[edge_distance(terrain, points) > 1_200][:wanted])


def _spread_capitals(rng: np.random.Generator, terrain: Terrain, inside: Floats) -> Floats:
    """Spread capitals by Lloyd's rounds under the very costs that decide the territories."""
    capitals: Floats = rng.choice(inside, len(SIZES), replace=False)
    for _ in range(14):
        owner = gemeente_costs(_replace(terrain, capitals, ()), inside).argmin(axis=1)
        capitals = np.array(
            [
                inside[owner == index].mean(axis=0) if (owner == index).any() else capitals[index]
                for index in range(len(SIZES))
            ]
        )
    return np.asarray(capitals + rng.uniform(-1_300, 1_300, capitals.shape))


def _draw_town(rng: np.random.Generator, at: Floats, gemeente: int) -> Settlement:
    radius = TOWN_RADIUS[SIZES[gemeente]] * rng.uniform(0.9, 1.1)
    lobes = _draw_waves(rng, np.array([1.0, 2, 3, 5, 7]), 0.18, power=0.25)
    return Settlement(float(at[0]), float(at[1]), float(radius), gemeente, 0, lobes)


def _draw_villages(rng: np.random.Generator, terrain: Terrain, inside: Floats) -> list[Settlement]:
    costs = np.sort(gemeente_costs(terrain, inside), axis=1)
    owner = gemeente_costs(terrain, inside).argmin(axis=1)
    roomy = (costs[:, 1] / costs[:, 0] > 1.5) & (edge_distance(terrain, inside) > 1_700)
    return [
        village
        for index in range(len(SIZES))
        for village in _found_villages(
            rng, terrain.capitals[index], inside[roomy & (owner == index)], index
        )
    ]


def _found_villages(
    rng: np.random.Generator, capital: Floats, room: Floats, gemeente: int
) -> list[Settlement]:
    """Found each village as far as can be from the town and the other villages."""
    plan = region_plan()[gemeente]
    far = TOWN_RADIUS[SIZES[gemeente]] * 1.25 + 900
    room = room[np.linalg.norm(room - capital, axis=1) > far]
    places, villages = [capital], []
    for wijk, candidate in enumerate(plan.wijken):
        if candidate not in plan.villages:
            continue
        choice = rng.choice(room, min(14, len(room)), replace=False)
        nearest = np.linalg.norm(choice[:, None] - np.array(places)[None], axis=2).min(axis=1)
        at = choice[nearest.argmax()]
        places.append(at)
        villages.append(_draw_village(rng, at, gemeente, wijk))
    return villages


def _draw_village(rng: np.random.Generator, at: Floats, gemeente: int, wijk: int) -> Settlement:
    lobes = _draw_waves(rng, np.array([1.0, 2, 3]), 0.2, power=0.4)
    radius = VILLAGE_RADIUS * rng.uniform(0.75, 1.35)
    return Settlement(float(at[0]), float(at[1]), float(radius), gemeente, wijk, lobes)


def lake_heart(terrain: Terrain) -> tuple[Floats, int]:
    """Where the lake lies (just outside the outline) and which gemeente it belongs to."""
    owner = int(edge_distance(terrain, terrain.capitals).argmin())
    away = terrain.capitals[owner] - CENTRE
    angle = float(np.arctan2(away[1], away[0]))
    reach = RADIUS * (1 + float(terrain.outline(np.array(angle))))
    return CENTRE + (reach + 700) * np.array([np.cos(angle), np.sin(angle)]), owner
