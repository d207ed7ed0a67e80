"""How a series is compared with its own past: which earlier months count, and in which season."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Mode(StrEnum):
    """TEXTBOOK follows the paper; R_COMPATIBLE follows R's surveillance where it differs.

    R puts the outbreak weights in the place of the weights of the regression before it computes
    the p-value of the trend and the standard errors; the paper does not.
    """

    TEXTBOOK = "textbook"
    R_COMPATIBLE = "r_compatible"


class Bound(StrEnum):
    """PREDICTIVE knows that mean and spread are estimates; the other two are those of R."""

    PREDICTIVE = "predictive"
    NB_PLUGIN = "nb_plugin"
    MUAN = "muan"


class Reason(IntEnum):
    """Why a month was judged, or was not."""

    POSSIBLE = 0
    NO_HISTORY = 1  # the series does not reach back far enough
    MISSING_NOW = 2  # the month itself is missing
    EXCLUDED_NOW = 3  # the month itself lies in a series break
    TOO_FEW_MONTHS = 4  # too few earlier months are left after gaps and series breaks
    TOO_FEW = 5  # too few cases to say anything
    NO_CONVERGENCE = 6  # no model fits


@dataclass(frozen=True, slots=True)
class FarringtonPlan:
    """The settings of Farrington flexible; R's names stand behind each.

    freq: time steps a year; years (b); half_width (w) of the window around the same month of each
    year; periods (noPeriods): seasons of a year, the window included, 1 for the windows alone;
    recent_left_out (pastWeeksNotIncluded); weights_threshold (None: no reweighting); trend and
    trend_p (pThresholdTrend); alpha: the part beyond each bound; fewest_cases: in the months that
    are compared with, together.
    """

    freq: int = 12
    years: int = 5
    half_width: int = 1
    periods: int = 5
    recent_left_out: int = 6
    weights_threshold: float | None = 2.58
    trend: bool = True
    trend_p: float = 1.0
    alpha: float = 0.025
    fewest_cases: int = 5
    bound: Bound = Bound.PREDICTIVE
    mode: Mode = Mode.TEXTBOOK

    def __post_init__(self) -> None:
        if self.freq < 1 or self.years < 1 or self.half_width < 0 or self.recent_left_out < 0:
            raise ValueError(f"{self}: freq and years at least 1, half_width, recent_left_out 0")
        between = self.freq - 2 * self.half_width - 1
        if between < 0 or not 1 <= self.periods <= between + 1:
            raise ValueError(
                f"{self.periods} periods with a half width of {self.half_width}: expected 1 to "
                f"{max(between + 1, 1)} and windows that fit in a year of {self.freq}"
            )
        if not 0 < self.alpha < 0.5 or not 0 < self.trend_p <= 1:
            raise ValueError(f"alpha {self.alpha}, trend_p {self.trend_p}: out of bounds")

    @property
    def reach(self) -> int:
        """How many time steps must lie before the one that is judged."""
        return self.freq * self.years + self.half_width


@dataclass(frozen=True, slots=True)
class Reference:
    """The months one month is compared with: places, season of each, time on a scale near 1.

    Seasons are 0 .. now_season, the last that of the month that is judged.
    """

    months: Ints
    season: Ints
    clock: Floats
    clock_now: float
    now_season: int


def find_reference(now: int, plan: FarringtonPlan, excluded: Bools) -> Reference:
    """Find the months that month `now` is compared with; seasons are numbered from the window on.

    excluded: for each month whether a series break lies there. The seasons between two windows
    share the months between them as evenly as possible, the first ones the longer. The season of
    `now` has the highest number, also when none of its months is left. Raises ValueError where
    the history is too short.
    Source: M. Salmon, D. Schumacher and M. Hoehle, Monitoring count time series in R, Journal of
    Statistical Software 70 (2016) 10.
    """
    if now < plan.reach:
        raise ValueError(f"month {now} has {now} months before it, expected {plan.reach} or more")
    season = np.full(now + 1, -1, dtype=np.int64)
    window = plan.periods - 1
    between = plan.freq - 2 * plan.half_width - 1
    for year in range(1, plan.years + 1):
        centre = now - plan.freq * year
        after = centre + plan.half_width + 1
        season[centre - plan.half_width : after] = window
        if window:
            longer = between % window
            sizes = [between // window + (i < longer) for i in range(window)]
            season[after : after + between] = np.repeat(np.arange(window), sizes)
    season[now - plan.half_width :] = window
    season[max(now - plan.recent_left_out, 0) :] = -1
    season[excluded[: now + 1]] = -1
    months = np.flatnonzero(season >= 0)
    middle, scale = now - plan.reach / 2, max(plan.reach / 2, 1.0)
    clock = np.asarray((months - middle) / scale, dtype=np.float64)
    return Reference(months, season[months], clock, (now - middle) / scale, window)
