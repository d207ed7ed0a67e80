"""Draws counts from the expected ones and adds them up, with the events nobody could place."""

from dataclasses import dataclass

import numpy as np

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import parent_code
from regiebeeld.example.offences import EVERY, OFFENCES, TOTAL_CODE
from regiebeeld.example.rates import Expected, months_of
from regiebeeld.example.terrain import Floats, Ints
from regiebeeld.example.truths import Truth, TruthKind, Truths

# Gamma frailty: a month in a buurt (1 / variance), and a month in a whole gemeente.
_BUURT_SHAPE = 6.0
_GEMEENTE_SHAPE = 500.0
UNKNOWN_BUURT = "9999"


@dataclass(frozen=True, slots=True)
class Counts:
    """`values` (areas, offences, months): the total first, then OFFENCES; `areas` in table order.

    `areas` holds gemeenten, wijken and buurten, and per gemeente a wijk and a buurt "unknown".
    """

    areas: tuple[str, ...]
    offences: tuple[str, ...]
    values: Ints


def draw_counts(expected: Expected, truths: Truths, seed: int) -> Counts:
    """Draw every count; parts always add up to their wijk, gemeente and total."""
    rng = np.random.default_rng([seed, 303])
    gemeenten = [parent_code(code, AreaLevel.GEMEENTE) for code in expected.buurten]
    codes, owner = np.unique(gemeenten, return_inverse=True)
    placed = _draw_placed(expected, owner, rng, seed)
    lost = _draw_lost(expected.even, owner, len(codes), rng)
    leaves = (*expected.buurten, *(f"BU{code[2:]}{UNKNOWN_BUURT}" for code in codes))
    values = np.concatenate([placed, lost])
    for truth in truths.of_kind(TruthKind.RISE):
        _raise(values, expected, truth, seed)
    for truth in truths.of_kind(TruthKind.LATE_DELIVERY):
        _empty(values, leaves, truth)
    return _roll_up(leaves, values)


def _draw_placed(expected: Expected, owner: Ints, rng: np.random.Generator, seed: int) -> Ints:
    even, gemeenten = expected.even, int(owner.max()) + 1
    shared = rng.gamma(_GEMEENTE_SHAPE, 1 / _GEMEENTE_SHAPE, (gemeenten, *even.shape[1:]))
    own = rng.gamma(_BUURT_SHAPE, 1 / _BUURT_SHAPE, even.shape)
    luck = shared[owner] * own
    drawn = rng.poisson(even * luck)
    # Drawn anew by itself, so that a planted relation changes the counts of no other offence.
    for kind in np.flatnonzero((expected.means != even).any(axis=(0, 2))):
        means = expected.means[:, kind] * luck[:, kind]
        drawn[:, kind] = np.random.default_rng([seed, 707, int(kind)]).poisson(means)
    return np.asarray(drawn)


def _draw_lost(means: Floats, owner: Ints, gemeenten: int, rng: np.random.Generator) -> Ints:
    """Events that are known to the gemeente only."""
    per_gemeente = np.zeros((gemeenten, *means.shape[1:]))
    np.add.at(per_gemeente, owner, means)
    unknown = np.array([offence.unknown for offence in EVERY])[:, None]
    return np.asarray(rng.poisson(per_gemeente * unknown / (1 - unknown)))


def _raise(values: Ints, expected: Expected, truth: Truth, seed: int) -> None:
    """Add the events of a rise, drawn apart so that every other count stays as it is."""
    rng = np.random.default_rng([seed, 304])
    rows = [i for i, code in enumerate(expected.buurten) if truth.covers(code)]
    kinds = [i for i, offence in enumerate(EVERY) if truth.offence in (None, offence.code)]
    place = np.ix_(rows, kinds, months_of(truth))
    values[place] += rng.poisson(expected.means[place] * ((truth.factor or 1.0) - 1))


def _empty(values: Ints, leaves: tuple[str, ...], truth: Truth) -> None:
    rows = [i for i, code in enumerate(leaves) if truth.covers(code)]
    values[np.ix_(rows, range(values.shape[1]), months_of(truth))] = 0


def _roll_up(leaves: tuple[str, ...], values: Ints) -> Counts:
    total = values.sum(axis=1, keepdims=True)
    values = np.concatenate([total, values[:, : len(OFFENCES)]], axis=1)
    wijken = _sum_by([parent_code(code, AreaLevel.WIJK) for code in leaves], values)
    gemeenten = _sum_by([parent_code(code, AreaLevel.GEMEENTE) for code in leaves], values)
    areas = (*gemeenten[0], *wijken[0], *leaves)
    stacked = np.concatenate([gemeenten[1], wijken[1], values])
    # CBS lists a gemeente, then each wijk followed by its buurten
    order = sorted(range(len(areas)), key=lambda i: (areas[i][2:].ljust(8), areas[i]))
    offences = (TOTAL_CODE, *(offence.code for offence in OFFENCES))
    return Counts(tuple(areas[i] for i in order), offences, stacked[order])


def _sum_by(codes: list[str], values: Ints) -> tuple[tuple[str, ...], Ints]:
    names, position = np.unique(codes, return_inverse=True)
    sums = np.zeros((len(names), *values.shape[1:]), dtype=np.int64)
    np.add.at(sums, position, values)
    return tuple(names.tolist()), sums
