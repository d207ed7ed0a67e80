"""Key figures of the surroundings that may go together with what happens there.

Of places only: nothing about who lives there (domain: no protected trait of people).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Factor, Figure
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.surroundings import Surroundings

_MOST_MISSING = 0.2  # of the areas; a figure that more of them lack tells of another region
_DOUBLINGS = (Factor.WONINGDICHTHEID, Factor.ADRESSENDICHTHEID)  # ten times as dense is no rarity


@dataclass(frozen=True, slots=True)
class Factors:
    """Figures of the areas of one level: ids of factors, values (areas, names), NaN where absent.

    Densities in doublings, a sale price in 1,000 euro, the others as their key figure.
    year: the oldest of the newest years of the figures they are made of. left_out: factors that
    were asked for and are not known here.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    values: NDArray[np.float64]
    year: int
    left_out: tuple[str, ...] = ()

    def first(self, number: int) -> "Factors":
        """Give the first so many of them; the others are left out."""
        rest = (*self.left_out, *self.names[number:])
        return Factors(
            self.codes, self.names[:number], self.values[:, :number], self.year, left_out=rest
        )


def read_factors(
    level: AreaLevel, bases: Bases, around: Surroundings, wanted: Sequence[Factor] = tuple(Factor)
) -> Factors | None:
    """Read the wanted factors of one level, in that order; None when there are none."""
    ground = around.grounds.get(level)
    if ground is None:
        return None
    key = {area.code: i for i, area in enumerate(around.areas)}
    rows = [key[code] for code in ground.codes]
    made = {factor: _make(factor, bases, rows, ground.square_km) for factor in wanted}
    kept = {f: v for f, v in made.items() if np.isnan(v).mean() <= _MOST_MISSING and _varies(v)}
    if not kept:
        return None
    return Factors(
        ground.codes,
        tuple(factor.value for factor in kept),
        np.column_stack(list(kept.values())),
        min(_newest_year(bases, _figure_of(factor), rows) for factor in kept),
        tuple(factor.value for factor in wanted if factor not in kept),
    )


def _figure_of(factor: Factor) -> Figure:
    return Figure.WONINGEN if factor is Factor.WONINGDICHTHEID else Figure(factor.value)


def _make(
    factor: Factor, bases: Bases, rows: Sequence[int], square_km: NDArray[np.float64]
) -> NDArray[np.float64]:
    values = _newest(bases, _figure_of(factor))[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        if factor is Factor.WONINGDICHTHEID:
            values = values / square_km
        if factor is Factor.VERKOOPPRIJS:
            values = values / 1000
        if factor in _DOUBLINGS:
            values = np.log2(values)
    return np.where(np.isfinite(values), values, np.nan)


def _newest_year(bases: Bases, figure: Figure, rows: Sequence[int]) -> int:
    known = np.flatnonzero(~np.isnan(bases.values[figure][rows]).all(axis=0))
    return max(bases.years[i] for i in known)


def _newest(bases: Bases, figure: Figure) -> NDArray[np.float64]:
    values = bases.values[figure]
    found = np.full(len(values), np.nan)
    for column in range(values.shape[1]):
        known = ~np.isnan(values[:, column])
        found[known] = values[known, column]
    return found


def _varies(values: NDArray[np.float64]) -> bool:
    return bool(np.nanmax(values) > np.nanmin(values)) if not np.isnan(values).all() else False
