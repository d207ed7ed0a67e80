"""Inhabitants, households, dwellings, shops and firms of each piece of ground."""

from dataclasses import dataclass

import numpy as np
import shapely

from regiebeeld.example.layout import Ground, Piece
from regiebeeld.example.plan import Kind, Size, region_plan
from regiebeeld.example.terrain import Floats, Ints

YEARS = tuple(range(2018, 2026))
SECRET_BELOW = 50  # inhabitants; CBS shows no other figures of smaller buurten
# inhabitants (middle, spread on the log scale), persons a household, shops, firms
_KINDS = {
    Kind.CENTRUM: (1_500, 0.35, 1.65, 1.00, 0.40),
    Kind.WONEN: (1_650, 0.40, 2.20, 0.05, 0.06),
    Kind.NIEUW: (1_500, 0.30, 2.55, 0.03, 0.03),
    Kind.WERK: (25, 0.80, 1.90, 0.12, 1.00),
    Kind.KERN: (1_050, 0.40, 2.40, 0.08, 0.10),
    Kind.BUITEN: (420, 0.65, 2.60, 0.01, 0.08),
}
_SCALE = {Size.STAD: 1.25, Size.PLAATS: 1.1, Size.LAND: 0.9}
_SHOPS = {Size.STAD: 2.2, Size.PLAATS: 1.0, Size.LAND: 0.7}
# Estates have hardly any inhabitants: some none, some a single household.
_ESTATES = (0, 5, 35, 15, 0, 60, 10, 45)


@dataclass(frozen=True, slots=True)
class People:
    """Whole numbers per piece and year (n, 8); `exposure` (5, n, 8) is what offences fall on."""

    inhabitants: Ints
    households: Ints
    dwellings: Ints
    exposure: Floats


def settle_people(ground: Ground, seed: int) -> People:
    """Draw the people of every piece for each year; the same seed gives the same people."""
    rng = np.random.default_rng([seed, 101])
    pieces = ground.pieces
    first = _first_year(pieces, rng)
    growth = _growth(pieces, rng)
    inhabitants = np.rint(first[:, None] * growth).astype(np.int64)
    size = np.array([_KINDS[p.plan.kind][2] for p in pieces]) * rng.normal(1, 0.06, len(pieces))
    households = np.rint(inhabitants / size[:, None]).astype(np.int64)
    households = np.maximum(households, inhabitants > 0)
    dwellings = np.rint(households * rng.uniform(0.97, 1.04, (len(pieces), 1))).astype(np.int64)
    return People(
        inhabitants, households, dwellings, _exposure(ground, inhabitants, dwellings, rng)
    )


def _first_year(pieces: tuple[Piece, ...], rng: np.random.Generator) -> Floats:
    sizes = {gemeente.code: gemeente.size for gemeente in region_plan()}
    scale = np.array([_SCALE[sizes[p.plan.gemeente]] for p in pieces])
    kinds = np.array([_KINDS[p.plan.kind][:2] for p in pieces])
    drawn = kinds[:, 0] * scale * np.exp(rng.normal(0, 1, len(pieces)) * kinds[:, 1])
    estates = [i for i, p in enumerate(pieces) if p.plan.kind is Kind.WERK]
    drawn[estates] = [_ESTATES[i % len(_ESTATES)] for i in range(len(estates))]
    return np.asarray(drawn / np.array([p.parts for p in pieces]))


def _growth(pieces: tuple[Piece, ...], rng: np.random.Generator) -> Floats:
    """A new estate fills up from a quarter; other buurten grow or shrink slowly."""
    steps = np.arange(len(YEARS))
    slow = (1 + rng.normal(0.003, 0.005, len(pieces)))[:, None] ** steps
    new = np.array([p.plan.kind is Kind.NIEUW for p in pieces])[:, None]
    estate = np.array([p.plan.kind is Kind.WERK for p in pieces])[:, None]
    filling = 0.25 + 0.75 * np.minimum(steps / 6, 1.0)
    return np.where(estate, 1.0, np.where(new, filling, slow))


def _exposure(
    ground: Ground, inhabitants: Ints, dwellings: Ints, rng: np.random.Generator
) -> Floats:
    sizes = {gemeente.code: gemeente.size for gemeente in region_plan()}
    kinds = np.array([_KINDS[p.plan.kind][3:] for p in ground.pieces])
    luck = rng.lognormal(0, 0.4, (len(ground.pieces), 2))
    share = np.array([[1 / p.parts] for p in ground.pieces])
    places = kinds * luck * share
    places[:, 0] *= [_SHOPS[sizes[p.plan.gemeente]] for p in ground.pieces]
    land = shapely.area(ground.shapes) ** 0.5
    steady = np.column_stack([places, land])
    over_years = np.repeat(steady.T[:, :, None], len(YEARS), axis=2)
    return np.concatenate([[inhabitants, dwellings], over_years]).astype(float)
