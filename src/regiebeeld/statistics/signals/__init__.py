"""Early signals: months that are rarer than chance and season explain, rises and falls."""

from regiebeeld.statistics.signals.discoveries import (
    Discoveries,
    Gate,
    PValues,
    adjust_p,
    find_discoveries,
)
from regiebeeld.statistics.signals.farrington import Judged, Series, judge_series, read_series
from regiebeeld.statistics.signals.found import (
    Direction,
    Found,
    Level,
    Signal,
    find_signals,
    find_since,
)
from regiebeeld.statistics.signals.plans import Bound, FarringtonPlan, Mode, Reason

__all__ = [
    "Bound",
    "Direction",
    "Discoveries",
    "FarringtonPlan",
    "Found",
    "Gate",
    "Judged",
    "Level",
    "Mode",
    "PValues",
    "Reason",
    "Series",
    "Signal",
    "adjust_p",
    "find_discoveries",
    "find_signals",
    "find_since",
    "judge_series",
    "read_series",
]
