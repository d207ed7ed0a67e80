"""Rates, intervals and comparisons: arrays in, results out. Does no I/O."""

from regiebeeld.statistics.comparisons import CountComparison, Verdict, compare_counts
from regiebeeld.statistics.intervals import compute_poisson_interval
from regiebeeld.statistics.rates import Rates, compute_rates

__all__ = [
    "CountComparison",
    "Rates",
    "Verdict",
    "compare_counts",
    "compute_poisson_interval",
    "compute_rates",
]
