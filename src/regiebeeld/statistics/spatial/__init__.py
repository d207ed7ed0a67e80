"""Where and how events lie together: clusters, near repeats, concentration, small-area rates."""

from regiebeeld.statistics.false_discovery import adjust_false_discovery
from regiebeeld.statistics.spatial.bym2 import Fit, SmallAreaRisks, estimate_risks
from regiebeeld.statistics.spatial.concentration import (
    Concentration,
    Spread,
    compute_gini,
    compute_lorenz,
    measure_concentration,
)
from regiebeeld.statistics.spatial.global_moran import GlobalMoran, compute_global_moran
from regiebeeld.statistics.spatial.local_clusters import (
    LocalClusters,
    LocalKind,
    compute_local_clusters,
)
from regiebeeld.statistics.spatial.near_repeats import (
    Bands,
    Evidence,
    NearRepeats,
    compare_near_repeats,
    group_by_block,
    group_by_month,
)
from regiebeeld.statistics.spatial.neighbourhoods import Neighbourhoods, compare_neighbourhoods
from regiebeeld.statistics.spatial.neighbours import (
    Neighbours,
    as_matrix,
    build_contiguity,
    build_nearest,
    join_islands,
    label_components,
    select_areas,
)
from regiebeeld.statistics.spatial.scan import Cluster, ScanLimits, scan_circles
from regiebeeld.statistics.spatial.smoothing import (
    SmoothedRates,
    smooth_over_all,
    smooth_over_neighbours,
    standardise_rates,
)

__all__ = [
    "Bands",
    "Cluster",
    "Concentration",
    "Evidence",
    "Fit",
    "GlobalMoran",
    "LocalClusters",
    "LocalKind",
    "NearRepeats",
    "Neighbourhoods",
    "Neighbours",
    "ScanLimits",
    "SmallAreaRisks",
    "SmoothedRates",
    "Spread",
    "adjust_false_discovery",
    "as_matrix",
    "build_contiguity",
    "build_nearest",
    "compare_near_repeats",
    "compare_neighbourhoods",
    "compute_gini",
    "compute_global_moran",
    "compute_local_clusters",
    "compute_lorenz",
    "estimate_risks",
    "group_by_block",
    "group_by_month",
    "join_islands",
    "label_components",
    "measure_concentration",
    "scan_circles",
    "select_areas",
    "smooth_over_all",
    "smooth_over_neighbours",
    "standardise_rates",
]
