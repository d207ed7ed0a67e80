"""Reporting delay: how complete the last periods are, and what they will become."""

from regiebeeld.statistics.delay.chain_ladder import ChainLadder, fit_chain_ladder
from regiebeeld.statistics.delay.nowcasts import (
    Completeness,
    Nowcast,
    Readiness,
    compute_completeness,
    nowcast_counts,
)
from regiebeeld.statistics.delay.told_shares import (
    WHOLE,
    ToldShare,
    estimate_variation,
    join_shares,
    nowcast_told,
    read_told_share,
)
from regiebeeld.statistics.delay.triangles import Triangle, build_triangle

__all__ = [
    "WHOLE",
    "ChainLadder",
    "Completeness",
    "Nowcast",
    "Readiness",
    "ToldShare",
    "Triangle",
    "build_triangle",
    "compute_completeness",
    "estimate_variation",
    "fit_chain_ladder",
    "join_shares",
    "nowcast_counts",
    "nowcast_told",
    "read_told_share",
]
