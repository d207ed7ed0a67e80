"""Rates of released cells: which denominator, of which year, and why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Denominator, Figure
from regiebeeld.domain import Period, PeriodKind
from regiebeeld.statistics import compute_rates

# A part of a year as "per 1,000" reads like a whole year, so only whole years get a rate.
MOST_AREAS = 0.5  # a denominator that fewer areas of a level have is not used there
WHOLE_YEARS = (PeriodKind.YEAR, PeriodKind.ROLLING)
NO_BASE = "er is geen noemer bekend voor dit gebied en jaar"
PART_OF_YEAR = "een cijfer per 1.000 wordt alleen over twaalf maanden gegeven"
NO_DENOMINATOR = "voor dit onderwerp bestaat geen zinnige noemer"
TOO_SMALL = "minder dan {minimum} {figure}: te klein voor een cijfer per {per}"


@dataclass(frozen=True, slots=True)
class Bases:
    """Known denominators: per figure an areas x years array, NaN where unknown."""

    years: tuple[int, ...]
    values: dict[Figure, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class CellRates:
    """Columns beside the cells: base 0 and figure -1 where there is no rate, and then why."""

    base: NDArray[np.int64]
    figure: NDArray[np.int8]  # index into tuple(Figure)
    year: NDArray[np.int16]
    rate: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    why_not: NDArray[np.int16]  # index into `reasons`, -1 where there is a rate or no value
    reasons: tuple[str, ...]


def compute_cell_rates(
    denominator: Denominator | None,
    bases: Bases,
    *,
    periods: Sequence[Period],
    cells: tuple[NDArray[np.int32], NDArray[np.int32]],
    levels: NDArray[np.int8],
    limits: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> CellRates:
    """Compute the rate of each cell against the denominator nearest in time.

    cells: the row of the areas and the place in `periods` of each cell; levels: the
    depth of the level of each area; limits: value, lower and upper of each released
    cell, -1 where there is no value. One figure serves a whole level, so that its
    areas can be compared: the first of the definition that most of them have, taken
    from the nearest year within `years_apart`, which goes with the rate. No rate below
    `minimum`, over a part of a year, or without a denominator: `why_not` says which.
    """
    value, lower, upper = limits
    area, period = cells
    years = [p.year for p in periods]
    bases_, figures_, years_ = _choose_bases(denominator, bases, years=years, levels=levels)
    base, figure, year = bases_[area, period], figures_[area, period], years_[area, period]
    whole = np.array([p.kind in WHOLE_YEARS for p in periods] or [False])[period]
    why = _why_not(denominator, base, figure, whole=whole, has_value=value >= 0)
    usable = (why < 0) & (value >= 0)
    rates = compute_rates(
        np.where(usable, value, -1),
        np.where(usable, lower, 0),
        np.where(usable, upper, 0),
        base=np.where(usable, base, 0),
        per=denominator.per if denominator else 1,
    )
    return CellRates(
        base=np.where(usable, base, 0).astype(np.int64),
        figure=np.where(usable, figure, -1).astype(np.int8),
        year=np.where(usable, year, 0).astype(np.int16),
        rate=rates.rate,
        lower=rates.lower,
        upper=rates.upper,
        why_not=why,
        reasons=_reasons(denominator),
    )


def _choose_bases(
    denominator: Denominator | None, bases: Bases, *, years: list[int], levels: NDArray[np.int8]
) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int16]]:
    """Give base, figure and its year as areas x periods; NaN and -1 where unknown."""
    base = np.full((len(levels), len(years)), np.nan)
    figure = np.full(base.shape, -1, dtype=np.int8)
    used = np.zeros(base.shape, dtype=np.int16)
    for level in np.unique(levels):
        rows = np.flatnonzero(levels == level)
        name = _choose_figure(denominator, bases, rows)
        if name is None or denominator is None:
            continue
        for column, wanted in enumerate(years):
            for i in _nearest_years(bases.years, wanted, denominator.years_apart):
                values = bases.values[name][rows, i]
                fill = rows[(figure[rows, column] < 0) & ~np.isnan(values)]
                base[fill, column] = bases.values[name][fill, i]
                figure[fill, column] = list(Figure).index(name)
                used[fill, column] = bases.years[i]
    return base, figure, used


def _choose_figure(
    denominator: Denominator | None, bases: Bases, rows: NDArray[np.intp]
) -> Figure | None:
    """One figure a level, so that areas can be compared: the first that most of them have."""
    for name in denominator.figures if denominator else ():
        known = ~np.isnan(bases.values[name][rows]).all(axis=1)
        if known.mean() >= MOST_AREAS:
            return name
    return None


def _nearest_years(years: Sequence[int], wanted: int, apart: int) -> list[int]:
    """Places of the years within reach, nearest first; of two equally near the earlier one."""
    near = [i for i, year in enumerate(years) if abs(year - wanted) <= apart]
    return sorted(near, key=lambda i: (abs(years[i] - wanted), years[i]))


def _reasons(denominator: Denominator | None) -> tuple[str, ...]:
    if denominator is None:
        return (NO_DENOMINATOR, PART_OF_YEAR, NO_BASE)
    per = f"{denominator.per:,}".replace(",", ".")
    small = (TOO_SMALL.format(minimum=denominator.minimum, figure=f.value, per=per) for f in Figure)
    return (NO_DENOMINATOR, PART_OF_YEAR, NO_BASE, *small)


def _why_not(
    denominator: Denominator | None,
    base: NDArray[np.float64],
    figure: NDArray[np.int8],
    *,
    whole: NDArray[np.bool_],
    has_value: NDArray[np.bool_],
) -> NDArray[np.int16]:
    if denominator is None:
        return np.where(has_value, 0, -1).astype(np.int16)
    small = np.nan_to_num(base, nan=0.0) < denominator.minimum
    why = np.where(~whole, 1, np.where(figure < 0, 2, np.where(small, 3 + figure, -1)))
    return np.where(has_value, why, -1).astype(np.int16)
