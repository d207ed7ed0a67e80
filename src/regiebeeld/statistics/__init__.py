"""Rates, intervals and comparisons: arrays in, results out. Does no I/O."""

from regiebeeld.statistics.comparisons import (
    CountComparison,
    Span,
    Verdict,
    compare_counts,
    compare_spans,
)
from regiebeeld.statistics.intervals import compute_poisson_interval
from regiebeeld.statistics.rates import Rates, compute_rates

__all__ = [
    "CountComparison",
    "Rates",
    "Span",
    "Verdict",
    "compare_counts",
    "compare_spans",
    "compute_poisson_interval",
    "compute_rates",
]
