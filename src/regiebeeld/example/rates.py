"""Expected counts per buurt, offence and month: common course first, then what is planted."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import read_period
from regiebeeld.example.homes import average_trait, settle_homes
from regiebeeld.example.layout import Ground
from regiebeeld.example.offences import EVERY, Offence
from regiebeeld.example.people import YEARS, People
from regiebeeld.example.terrain import Floats
from regiebeeld.example.traits import Trait
from regiebeeld.example.truths import Truth, TruthKind, Truths

MONTHS = tuple(f"{year}-{month:02d}" for year in YEARS for month in range(1, 13))
_FRAILTY = 0.28  # spread between like buurten on the log scale
# The dark half leans to December and the light half to spring; each half has mean 1.
_DARK = {10: 0.82, 11: 1.05, 12: 1.20, 1: 1.10, 2: 0.83}
_LIGHT = {3: 1.06, 4: 1.0, 5: 0.97, 6: 0.94, 7: 0.97, 8: 1.0, 9: 1.06}


@dataclass(frozen=True, slots=True)
class Expected:
    """`means` (buurten, offences, months) in the order of `buurten`, EVERY and MONTHS.

    `even`: the same before the planted relations moved offences between buurten.
    """

    buurten: tuple[str, ...]
    means: Floats
    even: Floats


def compute_expected(ground: Ground, people: People, truths: Truths, seed: int) -> Expected:
    """Expected counts in the newest layout with what is planted, but no late rows or rise."""
    buurten = tuple(sorted({piece.new for piece in ground.pieces}))
    place = {code: position for position, code in enumerate(buurten)}
    exposure = np.zeros((5, len(buurten), len(YEARS)))
    members: list[list[int]] = [[] for _ in buurten]
    for position, piece in enumerate(ground.pieces):
        exposure[:, place[piece.new]] += people.exposure[:, position]
        members[place[piece.new]].append(position)
    rng = np.random.default_rng([seed, 202])
    shares = np.stack([_share(offence, exposure, rng) for offence in EVERY], axis=1)
    course = _course(truths, people.inhabitants.sum(axis=0))
    means = np.repeat(shares, 12, axis=2) * course[None]
    for truth in truths.truths:
        _plant(means, buurten, truth)
    homes = settle_homes(ground, people, seed)
    leaning = _lean(shares, truths, lambda t: average_trait(homes, people, t, members))
    return Expected(buurten, means * np.repeat(leaning, 12, axis=2), means)


def _share(offence: Offence, exposure: Floats, rng: np.random.Generator) -> Floats:
    """The part of the region's count that falls in each buurt (n, 8); sums to 1 each year."""
    parts = exposure / exposure.sum(axis=1, keepdims=True)
    share = np.tensordot(np.array(offence.where), parts, axes=1)
    share = share * rng.lognormal(0, _FRAILTY, (share.shape[0], 1))
    return np.asarray(share / share.sum(axis=0))


def _lean(shares: Floats, truths: Truths, average: Callable[[Trait], Floats]) -> Floats:
    """How much more or less falls in each buurt by the planted relations (n, offences, 8).

    What one buurt has more, others have less: the region as a whole keeps its counts.
    """
    factors = np.ones_like(shares)
    for truth in truths.of_kind(TruthKind.RELATION):
        rows = [i for i, offence in enumerate(EVERY) if offence.code == truth.offence]
        if truth.trait is None or truth.step is None or truth.factor is None:
            continue
        steps = average(truth.trait) / truth.step
        factors[:, rows] *= (truth.factor ** (steps - steps.mean()))[:, None, None]
    moved = (factors != 1).any(axis=(0, 2))
    factors[:, moved] /= (shares * factors)[:, moved].sum(axis=0, keepdims=True)
    return factors


def _course(truths: Truths, inhabitants: NDArray[np.int64]) -> Floats:
    """The region's expected counts (offences, months); all together they follow the trend."""
    years = (np.arange(len(MONTHS)) + 0.5) / 12
    days = np.array([read_period(month).days for month in MONTHS]) / (365.25 / 12)
    levels = np.array([o.rate * o.tilt**years for o in EVERY])
    target = levels.sum(axis=0)[0] * _trend(truths) ** (years - years[0])
    levels *= target / levels.sum(axis=0)
    seasons = np.array([_season(offence, truths) for offence in EVERY])
    people = np.repeat(inhabitants, 12) / 1000.0
    return np.asarray(levels / 12 * np.tile(seasons, len(YEARS)) * days * people)


def _trend(truths: Truths) -> float:
    factor = 1.0
    for truth in truths.of_kind(TruthKind.TREND):
        factor *= truth.factor or 1.0
    return factor


def _season(offence: Offence, truths: Truths) -> Floats:
    """Twelve factors a day with mean 1."""
    months = np.arange(1, 13)
    for truth in truths.of_kind(TruthKind.SEASON):
        if truth.offence == offence.code:
            return _planted_season(truth)
    return np.asarray(1 + offence.swing * np.cos(2 * np.pi * (months - offence.peak) / 12))


def _planted_season(truth: Truth) -> Floats:
    high = np.isin(np.arange(1, 13), truth.months)
    shape = np.array([(_DARK | _LIGHT)[month] for month in range(1, 13)])
    for half in (high, ~high):
        shape[half] /= shape[half].mean()
    factors = shape * np.where(high, truth.factor or 1.0, 1.0)
    return np.asarray(factors / factors.mean())


def _plant(means: Floats, buurten: tuple[str, ...], truth: Truth) -> None:
    if truth.kind not in (TruthKind.OUTBREAK, TruthKind.HOT_SPOT, TruthKind.INTERVENTION):
        return
    rows = [i for i, buurt in enumerate(buurten) if truth.covers(buurt)]
    kinds = [i for i, offence in enumerate(EVERY) if truth.offence in (None, offence.code)]
    means[np.ix_(rows, kinds, months_of(truth))] *= truth.factor or 1.0


def months_of(truth: Truth) -> list[int]:
    """Positions in MONTHS of the months in which a truth holds."""
    return [i for i, month in enumerate(MONTHS) if truth.start <= month <= truth.end]
