"""How unevenly events are spread over areas: Lorenz curve, Gini, and what chance alone gives.

Few events over many areas always look concentrated; never show a Gini without the chance value.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.spatial.neighbours import Floats, Ints
from regiebeeld.statistics.spatial.smoothing import read_counts

# Below this many events an even spread and a strong concentration look alike.
FEWEST_EVENTS = 10
_SIMULATIONS = 199


class Spread(StrEnum):
    MORE_CONCENTRATED = "more_concentrated"
    MORE_EVEN = "more_even"
    WITHIN_CHANCE = "within_chance"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Concentration:
    """Gini 0 (even) to 1 (all in one area); the shares are of areas, 0 to 1.

    gini_few: corrected for fewer events than areas, equal to gini otherwise; chance_lower and
    chance_upper: where gini_few lies in 95 % of simulations of an even spread; areas_25 and
    areas_50: the smallest share of areas that holds a quarter and half of the events. All are 0
    where verdict is TOO_FEW.
    """

    gini: float
    gini_few: float
    chance_lower: float
    chance_upper: float
    areas_25: float
    areas_50: float
    verdict: Spread


def compute_lorenz(counts: ArrayLike) -> tuple[Floats, Floats]:
    """Give the Lorenz curve: cumulative shares of areas and of events, fewest first.

    counts: (areas,) >= 0. Both have areas + 1 values from 0 to 1; without events the curve is
    the diagonal. Raises ValueError for missing or negative counts.
    Source: M. O. Lorenz, Methods of measuring the concentration of wealth, Publications of the
    American Statistical Association 9 (1905) 209-219.
    """
    table = np.sort(read_counts(counts, np.ones(np.shape(counts)[:1]))[0])
    areas = np.linspace(0, 1, len(table) + 1)
    total = table.sum()
    events = np.concatenate([[0.0], np.cumsum(table) / total]) if total > 0 else areas.copy()
    return areas, events


def compute_gini(counts: ArrayLike, *, few_events: bool = False) -> float:
    """Compute the Gini coefficient of counts over areas; 0 without events.

    counts: (areas,) >= 0; few_events: measure against the most even spread that so few events
    allow (at most one an area), not against equality. Raises ValueError as compute_lorenz.
    Source: W. Bernasco and W. Steenbeek, More places than crimes, Journal of Quantitative
    Criminology 33 (2017) 451-467.
    """
    table = np.sort(read_counts(counts, np.ones(np.shape(counts)[:1]))[0])
    return float(_compute_ginis(table[:, None], few_events=few_events)[0])


def measure_concentration(
    counts: ArrayLike,
    expected: ArrayLike | None = None,
    *,
    noise: float = 0.0,
    seed: int = 0,
) -> Concentration:
    """Measure how concentrated the events are, against what an even risk would give by chance.

    counts: (areas,) whole numbers >= 0; expected: (areas,) > 0 on any scale, such as dwellings
    (by default the same for all areas); noise: variance that rounding added to a count (4 for
    base 5): the simulated counts are rounded likewise, since rounding alone raises the Gini.
    Verdict TOO_FEW below 10 events. Raises ValueError for missing or negative counts.
    Source: W. Bernasco and W. Steenbeek (2017), as compute_gini; the 25 and 50 % shares: D.
    Weisburd, The law of crime concentration, Criminology 53 (2015) 133-157.
    """
    size = np.shape(counts)[:1]
    table, weight = read_counts(counts, np.ones(size) if expected is None else expected)
    total = float(table.sum())
    if total < FEWEST_EVENTS or len(table) < 2:
        return Concentration(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, Spread.TOO_FEW)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(round(total), weight / weight.sum(), size=_SIMULATIONS).T
    chance = _compute_ginis(
        np.sort(round_likewise(drawn, noise, rng), axis=0).astype(np.float64), few_events=True
    )
    lower, upper = np.quantile(chance, [0.025, 0.975])
    gini_few = compute_gini(table, few_events=True)
    return Concentration(
        gini=compute_gini(table),
        gini_few=gini_few,
        chance_lower=float(lower),
        chance_upper=float(upper),
        areas_25=_share_of_areas(table, 0.25),
        areas_50=_share_of_areas(table, 0.5),
        verdict=_judge(gini_few, float(lower), float(upper)),
    )


def round_likewise(counts: Ints, noise: float, rng: np.random.Generator) -> Ints:
    """Round simulated counts up or down without bias, to the base that adds this much variance.

    noise 0 leaves them; base b adds (b^2 - 1) / 6 on average, so 4 stands for base 5.
    """
    if noise <= 0:
        return counts
    base = max(round((6 * noise + 1) ** 0.5), 2)
    rest = counts % base
    up = rng.random(counts.shape) * base < rest
    return np.asarray(counts - rest + base * up)


def _compute_ginis(table: Floats, *, few_events: bool) -> Floats:
    """Compute Gini per column of (areas, columns), each sorted upward."""
    size, total = len(table), table.sum(axis=0)
    ranks = np.arange(1, size + 1)
    shares = table / np.where(total > 0, total, 1.0)
    gini = (2 * (ranks @ shares) - size - 1) / size
    if few_events:
        gini = np.maximum(size / np.maximum(total, 1.0), 1.0) * (gini - 1) + 1
    return np.asarray(np.where(total > 0, np.clip(gini, 0.0, 1.0), 0.0))


def _share_of_areas(table: Floats, share: float) -> float:
    held = np.cumsum(np.sort(table)[::-1])
    # A hair less, so that a sum of shares that is just below by rounding counts as reached.
    return float((np.searchsorted(held, share * held[-1] * (1 - 1e-12)) + 1) / len(table))


def _judge(gini: float, lower: float, upper: float) -> Spread:
    if gini > upper:
        return Spread.MORE_CONCENTRATED
    return Spread.MORE_EVEN if gini < lower else Spread.WITHIN_CHANCE
