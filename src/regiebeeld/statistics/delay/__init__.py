"""Reporting delay: how complete the last periods are, and what they will become."""

from regiebeeld.statistics.delay.chain_ladder import ChainLadder, fit_chain_ladder
from regiebeeld.statistics.delay.nowcasts import (
    Completeness,
    Nowcast,
    Readiness,
    compute_completeness,
    nowcast_counts,
)
from regiebeeld.statistics.delay.triangles import Triangle, build_triangle

__all__ = [
    "ChainLadder",
    "Completeness",
    "Nowcast",
    "Readiness",
    "Triangle",
    "build_triangle",
    "compute_completeness",
    "fit_chain_ladder",
    "nowcast_counts",
]
