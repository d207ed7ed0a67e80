"""What an analysis of drivers takes and answers; a refusal is an answer with its reason."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from regiebeeld.statistics.peers.protected import refuse_protected

Floats = NDArray[np.float64]


class Outcome(StrEnum):
    FITTED = "fitted"
    TOO_FEW = "too_few"
    NOT_POSSIBLE = "not_possible"


class Reason(StrEnum):
    FEW_AREAS = "few_areas"
    FEW_CASES = "few_cases"
    FEW_GROUPS = "few_groups"
    CONSTANT = "constant"  # the drivers in `about` are the same everywhere
    COLLINEAR = "collinear"  # the last driver in `about` follows exactly from the others
    ABSORBED = "absorbed"  # the drivers in `about` do not move within areas over time
    NO_FIT = "no_fit"  # the counts are 0 wherever a driver is high or low: no finite answer


class Family(StrEnum):
    POISSON = "poisson"
    NEGATIVE_BINOMIAL = "negative_binomial"


class Effects(StrEnum):
    """What a panel takes out before it looks at drivers."""

    PERIOD = "period"  # season and trend of all areas together
    AREA_AND_PERIOD = "area_and_period"  # also each area's own level


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who borders on whom, as rows of a sparse matrix: indptr (areas + 1,), indices (links,)."""

    indptr: NDArray[np.integer]
    indices: NDArray[np.integer]

    def __post_init__(self) -> None:
        areas = self.indptr.size - 1
        whole = areas >= 0 and self.indptr[0] == 0 and self.indptr[-1] == self.indices.size
        if not whole or (np.diff(self.indptr) < 0).any():
            raise ValueError("indptr must run from 0 up to the number of links")
        if self.indices.size and not (self.indices.min() >= 0 and self.indices.max() < areas):
            raise ValueError(f"a neighbour is not one of the {areas} areas")

    @property
    def areas(self) -> int:
        return int(self.indptr.size - 1)


@dataclass(frozen=True, slots=True)
class DriverTable:
    """One period: counts (areas,), exposure (areas,), drivers (areas, names), noise as counts.

    Missing is NaN, and such an area is left out; so is one with an exposure of 0 or less.
    noise: the variance that rounding added to each count. Raises ValueError for shapes that
    differ, double names, negative counts or noise, and names that tell a protected trait.
    """

    names: tuple[str, ...]
    counts: Floats
    exposure: Floats
    drivers: Floats
    noise: Floats | float = 0.0

    def __post_init__(self) -> None:
        _check_names(self.names)
        areas = np.shape(self.counts)
        if len(areas) != 1 or np.shape(self.exposure) != areas:
            raise ValueError("counts and exposure: expected one for each area")
        _check_shape(np.shape(self.drivers), (*areas, len(self.names)))
        _check_values(self.counts, self.noise, areas)


@dataclass(frozen=True, slots=True)
class PanelTable:
    """More periods: counts and exposure (areas, periods), drivers (names, areas, periods).

    As DriverTable; exposure may be (areas, 1) and drivers (names, areas, 1).
    """

    names: tuple[str, ...]
    counts: Floats
    exposure: Floats
    drivers: Floats
    noise: Floats | float = 0.0

    def __post_init__(self) -> None:
        _check_names(self.names)
        shape = np.shape(self.counts)
        if len(shape) != 2 or np.shape(self.exposure) not in {shape, (shape[0], 1)}:
            raise ValueError("counts and exposure: expected areas by periods")
        once = (len(self.names), shape[0], 1)
        wanted = once if np.shape(self.drivers) == once else (len(self.names), *shape)
        _check_shape(np.shape(self.drivers), wanted)
        _check_values(self.counts, self.noise, shape)


@dataclass(frozen=True, slots=True)
class DriverEffect:
    """The rate ratio that goes with one driver being `step` (one sd) higher, 95 % interval.

    A correlation beside the other drivers, no cause. vif: variance inflation; above 10 this
    driver can hardly be told apart from the others. lagged: the mean of the neighbours.
    """

    name: str
    lagged: bool
    step: float
    ratio: float
    lower: float
    upper: float
    vif: float


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Do counts vary more than chance (Poisson)? alpha: variance = mean + alpha x mean².

    pearson: chi-squared per degree of freedom, 1 when Poisson; p: one-sided test that alpha
    is 0; by likelihood ratio for exact counts, by a regression of squared residuals where
    rounding added noise.
    """

    pearson: float
    alpha: float
    p: float


@dataclass(frozen=True, slots=True)
class ResidualMoran:
    """Moran's I of what the model leaves: p (two-sided, by permutation) below 0.05 means that
    neighbours still resemble each other, so that the intervals are too narrow."""

    statistic: float
    p: float
    areas: int


@dataclass(frozen=True, slots=True)
class DriverModel:
    """The answer: effects where `outcome` is FITTED, else `reason` and the names it is about.

    used, left_out: areas (or area-periods) with and without all figures.
    """

    outcome: Outcome
    used: int
    left_out: int
    reason: Reason | None = None
    about: tuple[str, ...] = ()
    family: Family | None = None
    effects: tuple[DriverEffect, ...] = ()
    dispersion: Dispersion | None = None
    residual_moran: ResidualMoran | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """How well drivers predict areas that the model has not seen, beside the overall rate only.

    deviance: Poisson deviance, absolute_error: mean absolute error of counts; each with its
    figure for one rate for all. groups_better of groups (gemeenten) were predicted better.
    """

    outcome: Outcome
    groups: int
    reason: Reason | None = None
    about: tuple[str, ...] = ()
    deviance: float | None = None
    deviance_of_one_rate: float | None = None
    absolute_error: float | None = None
    absolute_error_of_one_rate: float | None = None
    groups_better: int = 0

    @property
    def helps(self) -> bool:
        """Whether drivers predict better, by both figures, in more than half of the groups."""
        if self.deviance is None or self.deviance_of_one_rate is None:
            return False
        if self.absolute_error is None or self.absolute_error_of_one_rate is None:
            return False
        nearer = self.absolute_error < self.absolute_error_of_one_rate
        fitting = self.deviance < self.deviance_of_one_rate
        return nearer and fitting and 2 * self.groups_better > self.groups


def _check_names(names: tuple[str, ...]) -> None:
    refuse_protected(names)
    if not names:
        raise ValueError("no driver was given")
    if len(set(names)) != len(names):
        raise ValueError("a driver stands twice")


def _check_shape(shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if shape != wanted:
        raise ValueError(f"drivers have shape {shape}, expected {wanted}")


def _check_values(counts: Floats, noise: Floats | float, shape: tuple[int, ...]) -> None:
    if np.shape(noise) not in {(), shape}:
        raise ValueError("noise: expected one number, or one for each count")
    if np.isinf(counts).any() or (np.asarray(counts) < 0).any():
        raise ValueError("a count is negative or infinite; a missing one is NaN")
    if not np.isfinite(noise).all() or np.min(noise, initial=0.0) < 0:
        raise ValueError("noise is a variance: expected 0 or more")
