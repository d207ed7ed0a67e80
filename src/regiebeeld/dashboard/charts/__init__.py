"""Figures: a drawing, a sentence and a table, always the three together."""

from regiebeeld.dashboard.charts.comparing import Comparison, compare_cells, describe_comparison
from regiebeeld.dashboard.charts.figure import Figure, LegendRow, Row, Table
from regiebeeld.dashboard.charts.formats import (
    name_day,
    name_period,
    name_periods,
    write_count,
    write_number,
    write_rate,
)
from regiebeeld.dashboard.charts.maps import MapRequest, draw_map
from regiebeeld.dashboard.charts.ranking import draw_ranking
from regiebeeld.dashboard.charts.reasons import say_told
from regiebeeld.dashboard.charts.seasons import draw_seasons
from regiebeeld.dashboard.charts.signals import (
    SeenSignal,
    describe_levels,
    draw_signal,
    table_of_signals,
)
from regiebeeld.dashboard.charts.sparkline import draw_sparkline
from regiebeeld.dashboard.charts.texts import Texts, read_texts
from regiebeeld.dashboard.charts.trend import draw_trend
from regiebeeld.dashboard.charts.vega import warm_up
from regiebeeld.dashboard.charts.words import (
    describe_finest,
    describe_flags,
    describe_in_sentence,
    describe_rate,
    describe_value,
    has_rounded,
    is_masked,
    is_rounded,
    is_usable,
    rate_span,
)

__all__ = [
    "Comparison",
    "Figure",
    "LegendRow",
    "MapRequest",
    "Row",
    "SeenSignal",
    "Table",
    "Texts",
    "compare_cells",
    "describe_comparison",
    "describe_finest",
    "describe_flags",
    "describe_in_sentence",
    "describe_levels",
    "describe_rate",
    "describe_value",
    "draw_map",
    "draw_ranking",
    "draw_seasons",
    "draw_signal",
    "draw_sparkline",
    "draw_trend",
    "has_rounded",
    "is_masked",
    "is_rounded",
    "is_usable",
    "name_day",
    "name_period",
    "name_periods",
    "rate_span",
    "read_texts",
    "say_told",
    "table_of_signals",
    "warm_up",
    "write_count",
    "write_number",
    "write_rate",
]
