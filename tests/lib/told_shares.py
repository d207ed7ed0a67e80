"""Shares of a month as a release tells them, from invented deliveries with a true share."""

import numpy as np
from numpy.typing import NDArray

from regiebeeld.statistics.delay import (
    ToldShare,
    Triangle,
    compute_completeness,
    estimate_variation,
    read_told_share,
)

STEP, Z = 0.05, 1.96
MONTHS = 14  # that were delivered again, as few as may be


def tell(known: NDArray[np.int64], finals: NDArray[np.int64]) -> ToldShare:
    """Tell the share after one month as a release does: rounded, its lower end rounded down."""
    counts = np.column_stack([known, finals]).astype(float)
    triangle = Triangle(np.arange(len(finals)), counts)
    usual, varies = compute_completeness(triangle), estimate_variation(triangle)
    lower = usual.share[0] - Z * np.hypot(usual.error[0] * usual.share[0], varies[0])
    share = min(round(usual.share[0] / STEP) * STEP, 1.0)
    return read_told_share(share, min(max(np.floor(lower / STEP) * STEP, 0), share), step=STEP)


def draw_shares(
    true: float, varies: float, size: int, draws: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the share of each month, alike or with a standard deviation."""
    if not varies:
        return np.full(size, true)
    both = true * (1 - true) / varies**2 - 1
    return draws.beta(true * both, (1 - true) * both, size)
