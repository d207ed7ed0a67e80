"""A count with what it was counted over, and the words of a comparison."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.comparisons import FEWEST_TOGETHER, Verdict
from regiebeeld.statistics.intervals import Floats


@dataclass(frozen=True, slots=True)
class Observed:
    """Counts with their exposure (days, homes, inhabitants, an expected count).

    noise: the variance that rounding added to each count, 0 where nothing was rounded.
    All broadcast to one shape.
    """

    count: ArrayLike
    exposure: ArrayLike = 1.0
    noise: ArrayLike = 0.0

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """Give count, exposure and noise in one shape; raise ValueError for what cannot be."""
        parts = (np.asarray(a, dtype=np.float64) for a in (self.count, self.exposure, self.noise))
        count, exposure, noise = np.broadcast_arrays(*parts)
        if not (np.isfinite(count).all() and (count >= 0).all()):
            raise ValueError("a count is missing, infinite or negative: expected 0 or more")
        if not (np.isfinite(exposure).all() and (exposure > 0).all()):
            raise ValueError("an exposure is missing or not above 0")
        if not (np.isfinite(noise).all() and (noise >= 0).all()):
            raise ValueError("a noise is missing or below 0")
        return count, exposure, noise


@dataclass(frozen=True, slots=True)
class RateComparison:
    """Arrays of one shape: the ratio of two rates, never without its 95 % interval.

    ratio is inf where only the second count is 0, and 1 where both are (its interval then
    runs from 0 to inf and the verdict is TOO_FEW).
    """

    ratio: Floats
    lower: Floats
    upper: Floats
    p: Floats
    verdict: NDArray[np.object_]  # of Verdict

    @property
    def percent(self) -> tuple[Floats, Floats, Floats]:
        """The change in percent with its lower and upper limit, which belong on screen too."""
        return 100 * (self.ratio - 1), 100 * (self.lower - 1), 100 * (self.upper - 1)


def judge_ratios(ratio: Floats, p: Floats, together: Floats) -> NDArray[np.object_]:
    """Give the verdict of each comparison; `together` is the number of cases on both sides."""
    verdict = np.full(ratio.shape, Verdict.WITHIN_CHANCE, dtype=object)
    verdict[(p < 0.05) & (ratio > 1)] = Verdict.HIGHER
    verdict[(p < 0.05) & (ratio < 1)] = Verdict.LOWER
    verdict[together < FEWEST_TOGETHER] = Verdict.TOO_FEW
    return verdict


def read_dispersion(dispersion: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Give a dispersion of 1 or more in a shape; raise ValueError for less, or NaN."""
    wide = np.broadcast_to(np.asarray(dispersion, dtype=np.float64), shape)
    if not (wide >= 1).all():
        raise ValueError("a dispersion is under 1 or missing: expected 1 (Poisson) or more")
    return wide
