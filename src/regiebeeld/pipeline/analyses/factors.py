"""Key figures of the surroundings that may go together with what happens there.

Of places only: nothing about who lives there (domain: no protected trait of people).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Figure
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.surroundings import Surroundings

_MOST_MISSING = 0.2  # of the areas; a figure that more of them lack tells of another region


@dataclass(frozen=True, slots=True)
class Factors:
    """Figures of the areas of one level: names in words, values (areas, names), NaN where absent.

    year: the oldest of the newest years of the figures they are made of.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    values: NDArray[np.float64]
    year: int


def read_factors(level: AreaLevel, bases: Bases, around: Surroundings) -> Factors | None:
    """Read the figures of one level; None when there are none."""
    ground = around.grounds.get(level)
    if ground is None:
        return None
    key = {area.code: i for i, area in enumerate(around.areas)}
    rows = [key[code] for code in ground.codes]
    newest = {figure: _newest(bases, figure)[rows] for figure in Figure}
    with np.errstate(divide="ignore", invalid="ignore"):
        made = {
            "woningen per km² (in verdubbelingen)": np.log2(
                newest[Figure.WONINGEN] / ground.square_km
            ),
            "inwoners per woning": newest[Figure.INWONERS] / newest[Figure.WONINGEN],
            "verkoopprijs van woningen (1.000 euro)": newest[Figure.VERKOOPPRIJS] / 1000,
        }
    kept = {name: np.where(np.isfinite(v), v, np.nan) for name, v in made.items()}
    kept = {n: v for n, v in kept.items() if np.isnan(v).mean() <= _MOST_MISSING and _varies(v)}
    if not kept:
        return None
    return Factors(
        ground.codes, tuple(kept), np.column_stack(list(kept.values())), _oldest(bases, rows)
    )


def _oldest(bases: Bases, rows: Sequence[int]) -> int:
    """Give the oldest of the newest years in which each known figure is there."""
    years = []
    for figure in Figure:
        known = np.flatnonzero(~np.isnan(bases.values[figure][rows]).all(axis=0))
        if len(known):
            years.append(max(bases.years[i] for i in known))
    return min(years)


def _newest(bases: Bases, figure: Figure) -> NDArray[np.float64]:
    values = bases.values[figure]
    found = np.full(len(values), np.nan)
    for column in range(values.shape[1]):
        known = ~np.isnan(values[:, column])
        found[known] = values[known, column]
    return found


def _varies(values: NDArray[np.float64]) -> bool:
    return bool(np.nanmax(values) > np.nanmin(values)) if not np.isnan(values).all() else False
