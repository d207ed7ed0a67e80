"""Season and trend of monthly series: what is usual in which month, and what is left over."""

from regiebeeld.statistics.breaks import (
    NATIONAL_BREAKS,
    DaySpan,
    SeriesBreak,
    find_crossed_breaks,
)
from regiebeeld.statistics.season.decomposing import SeasonTrend, decompose_counts
from regiebeeld.statistics.season.factors import SeasonFactors, compute_season_factors
from regiebeeld.statistics.season.gaps import FilledSeries, SeriesState, fill_gaps
from regiebeeld.statistics.season.halves import DarkMonths, compare_dark_months
from regiebeeld.statistics.season.months import (
    HalfYears,
    compute_month_days,
    correct_month_length,
    list_months,
    sum_dark_months,
    sum_light_months,
)
from regiebeeld.statistics.season.stl import (
    ROBUST,
    Decomposition,
    StlSettings,
    decompose_series,
)
from regiebeeld.statistics.season.trends import TrendMethod, Trends, compute_trends

__all__ = [
    "NATIONAL_BREAKS",
    "ROBUST",
    "DarkMonths",
    "DaySpan",
    "Decomposition",
    "FilledSeries",
    "HalfYears",
    "SeasonFactors",
    "SeasonTrend",
    "SeriesBreak",
    "SeriesState",
    "StlSettings",
    "TrendMethod",
    "Trends",
    "compare_dark_months",
    "compute_month_days",
    "compute_season_factors",
    "compute_trends",
    "correct_month_length",
    "decompose_counts",
    "decompose_series",
    "fill_gaps",
    "find_crossed_breaks",
    "list_months",
    "sum_dark_months",
    "sum_light_months",
]
