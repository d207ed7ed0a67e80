"""How sure a difference is: rates, ratios, earlier years, parents and standards."""

from regiebeeld.statistics.margins.earlier import (
    Dispersion,
    EarlierComparison,
    compare_with_earlier_years,
    compute_pearson,
    estimate_dispersion,
)
from regiebeeld.statistics.margins.observed import Observed, RateComparison
from regiebeeld.statistics.margins.own import shrink_dispersions
from regiebeeld.statistics.margins.ratios import compare_rates, compute_rate_intervals
from regiebeeld.statistics.margins.standards import (
    FunnelLimits,
    ParentComparison,
    compare_with_parent,
    compute_expected_counts,
    compute_funnel_limits,
    compute_standardised_ratios,
    estimate_funnel_dispersion,
)

__all__ = [
    "Dispersion",
    "EarlierComparison",
    "FunnelLimits",
    "Observed",
    "ParentComparison",
    "RateComparison",
    "compare_rates",
    "compare_with_earlier_years",
    "compare_with_parent",
    "compute_expected_counts",
    "compute_funnel_limits",
    "compute_pearson",
    "compute_rate_intervals",
    "compute_standardised_ratios",
    "estimate_dispersion",
    "estimate_funnel_dispersion",
    "shrink_dispersions",
]
