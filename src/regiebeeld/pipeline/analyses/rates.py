"""Rates of released cells: which denominator, of which year, and why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Denominator, Figure
from regiebeeld.domain import Period, PeriodKind
from regiebeeld.statistics import compute_rates

# A part of a year as "per 1,000" reads like a whole year, so only whole years get a rate.
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
    area: NDArray[np.int32],
    period: NDArray[np.int32],
    limits: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> CellRates:
    """Compute the rate of each cell against the denominator nearest in time.

    limits: value, lower and upper of each released cell, -1 where there is no
    value. The first figure of the definition that is known within `years_apart`
    is used; its year goes with the rate. No rate below `minimum`, over a part of a
    year, or without a denominator: `why_not` says which.
    """
    value, lower, upper = limits
    chosen = _choose_bases(denominator, bases, [p.year for p in periods])
    base, figure, year = (array[area, period] for array in chosen)
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
    denominator: Denominator | None, bases: Bases, years: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int16]]:
    """Give base, figure and its year as areas x periods; NaN and -1 where unknown."""
    rows = max((len(v) for v in bases.values.values()), default=0)
    base = np.full((rows, len(years)), np.nan)
    figure = np.full(base.shape, -1, dtype=np.int8)
    used = np.zeros(base.shape, dtype=np.int16)
    for name in denominator.figures if denominator else ():
        values = bases.values.get(name)
        if values is None or denominator is None:
            continue
        for column, wanted in enumerate(years):
            # Nearest first; of two equally near years the earlier one.
            near = sorted(range(len(bases.years)), key=lambda i: (abs(bases.years[i] - wanted), bases.years[i]))
            for i in near:
                if abs(bases.years[i] - wanted) > denominator.years_apart:
                    break
                fill = (figure[:, column] < 0) & ~np.isnan(values[:, i])
                base[fill, column] = values[fill, i]
                figure[fill, column] = list(Figure).index(name)
                used[fill, column] = bases.years[i]
    return base, figure, used


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
