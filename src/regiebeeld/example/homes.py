"""What stands on each piece of ground: which homes, how old and dear, and what lies near them."""

from dataclasses import dataclass

import numpy as np
import shapely

from regiebeeld.example.layout import Ground, Shape
from regiebeeld.example.people import YEARS, People
from regiebeeld.example.plan import Kind, Size, region_plan
from regiebeeld.example.terrain import Floats
from regiebeeld.example.traits import Trait

# Middle shares of single-family homes and of homes of before 2000, and km to a supermarket.
_KINDS = {
    Kind.CENTRUM: (0.30, 0.72, 0.5),
    Kind.WONEN: (0.62, 0.75, 0.8),
    Kind.NIEUW: (0.72, 0.06, 1.0),
    Kind.WERK: (0.60, 0.50, 1.4),
    Kind.KERN: (0.80, 0.70, 0.9),
    Kind.BUITEN: (0.90, 0.78, 2.4),
}
_WIJK, _BUURT = 0.8, 0.7  # spreads on the scale of logits, between wijken and within them
_DEARER = 1.06  # a year
_SLIP_ROADS = 6
_DETOUR = 1.3  # a road is this much longer than a bee line
_AROUND = 1_500.0  # metres: homes as near as this make the density of addresses


@dataclass(frozen=True, slots=True)
class Homes:
    """Traits per piece (n,): per cent of the homes, km, homes per km2, WOZ in 1,000 euro.

    The value is that of the first year.
    """

    woz_waarde: Floats
    eengezinswoningen: Floats
    bouwjaar_voor_2000: Floats
    onbewoond: Floats
    koopwoningen: Floats
    adressendichtheid: Floats
    afstand_supermarkt: Floats
    afstand_treinstation: Floats
    afstand_oprit: Floats

    def of(self, trait: Trait) -> Floats:
        """Give one trait of every piece."""
        return np.asarray(getattr(self, trait.value))


def settle_homes(ground: Ground, people: People, seed: int) -> Homes:
    """Draw the homes of every piece; the same seed gives the same homes.

    Owning goes with single-family homes and value with both, as in any town; the distances follow
    from the map, and all else is chance.
    """
    rng = np.random.default_rng([seed, 606])
    single, old = (_draw_share(ground, column, rng) for column in (0, 1))
    size = len(ground.pieces)
    owned = _logistic(_logit(single) * 0.7 - 0.1 + rng.normal(0, 0.9, size))
    vacant = np.minimum(0.03 * rng.lognormal(0, 0.5, size), 0.2)
    value = 190 * np.exp(0.5 * single + 0.35 * owned + rng.normal(0, 0.16, size))
    shops = np.array([_KINDS[p.plan.kind][2] for p in ground.pieces])
    return Homes(
        woz_waarde=value,
        eengezinswoningen=100 * single,
        bouwjaar_voor_2000=100 * old,
        onbewoond=100 * vacant,
        koopwoningen=100 * owned,
        adressendichtheid=_density(ground, people),
        afstand_supermarkt=shops * rng.lognormal(0, 0.4, size),
        afstand_treinstation=_distance(ground, _stations(ground)),
        afstand_oprit=_distance(ground, _draw_slip_roads(ground, rng)),
    )


def compute_traits(homes: Homes, people: People, shape: Shape, year: int) -> dict[Trait, float]:
    """Average the traits of the pieces of an area over its homes in a year; none without homes."""
    own = list(shape.pieces)
    weights = people.dwellings[own, YEARS.index(year)].astype(float)
    if not weights.sum():
        return {}
    found = {trait: float(np.average(homes.of(trait)[own], weights=weights)) for trait in Trait}
    found[Trait.WOZ_WAARDE] *= _DEARER ** YEARS.index(year)
    return found


def average_trait(homes: Homes, people: People, trait: Trait, members: list[list[int]]) -> Floats:
    """Average one trait over the homes of the last year, for groups of pieces (groups,)."""
    weights = people.dwellings[:, -1] + 1e-9  # a place without homes still has a trait
    return np.array([np.average(homes.of(trait)[own], weights=weights[own]) for own in members])


def _draw_share(ground: Ground, column: int, rng: np.random.Generator) -> Floats:
    middle = np.array([_KINDS[p.plan.kind][column] for p in ground.pieces])
    wijken = sorted({p.plan.wijk for p in ground.pieces})
    shared = dict(zip(wijken, rng.normal(0, _WIJK, len(wijken)), strict=True))
    apart = np.array([shared[p.plan.wijk] for p in ground.pieces])
    return _logistic(_logit(middle) + apart + rng.normal(0, _BUURT, len(middle)))


def _logit(share: Floats) -> Floats:
    return np.asarray(np.log(share / (1 - share)))


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))


def _centres(ground: Ground) -> Floats:
    points = shapely.centroid(ground.shapes)
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def _density(ground: Ground, people: People) -> Floats:
    at = _centres(ground)
    near = np.linalg.norm(at[:, None] - at[None], axis=2) < _AROUND
    return np.asarray(near @ people.dwellings[:, -1] / (np.pi * (_AROUND / 1000) ** 2))


def _stations(ground: Ground) -> Floats:
    """Every gemeente with a town has a station, in the first buurt of its centre."""
    towns = {g.code for g in region_plan() if g.size is not Size.LAND}
    first: dict[str, int] = {}
    for position, piece in enumerate(ground.pieces):
        if piece.plan.gemeente in towns and piece.plan.kind is Kind.CENTRUM:
            first.setdefault(piece.plan.gemeente, position)
    return _centres(ground)[list(first.values())]


def _draw_slip_roads(ground: Ground, rng: np.random.Generator) -> Floats:
    return np.asarray(rng.choice(_centres(ground), _SLIP_ROADS, replace=False))


def _distance(ground: Ground, places: Floats) -> Floats:
    """Km by road to the nearest of some places, and a little within a buurt itself."""
    away = np.linalg.norm(_centres(ground)[:, None] - places[None], axis=2).min(axis=1)
    return np.asarray((away * _DETOUR + 250) / 1000)
