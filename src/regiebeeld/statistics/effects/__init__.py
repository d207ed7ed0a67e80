"""Effect of an intervention: power first, then several methods, then one verdict."""

from regiebeeld.statistics.effects.displacement import (
    Change,
    Displacement,
    compute_weighted_displacement,
)
from regiebeeld.statistics.effects.estimates import EffectKind, Estimate, Method, Reason
from regiebeeld.statistics.effects.events import EventStudy, PreTrend, compute_event_study
from regiebeeld.statistics.effects.interrupted import (
    InterruptedSeries,
    compute_interrupted_series,
)
from regiebeeld.statistics.effects.panels import (
    AreaCounts,
    EffectPanel,
    make_area_counts,
    make_panel,
    pool_areas,
    pool_panels,
)
from regiebeeld.statistics.effects.peaks import PeakWarning, compute_peak_warning
from regiebeeld.statistics.effects.power import Power, compute_smallest_visible
from regiebeeld.statistics.effects.shares import (
    AttemptCounts,
    ShareChange,
    ShareReading,
    compute_share_change,
)
from regiebeeld.statistics.effects.synthetic import SyntheticControl, compute_synthetic_control
from regiebeeld.statistics.effects.verdicts import (
    Caution,
    EffectVerdict,
    compute_effect_verdict,
)

__all__ = [
    "AreaCounts",
    "AttemptCounts",
    "Caution",
    "Change",
    "Displacement",
    "EffectKind",
    "EffectPanel",
    "EffectVerdict",
    "Estimate",
    "EventStudy",
    "InterruptedSeries",
    "Method",
    "PeakWarning",
    "Power",
    "PreTrend",
    "Reason",
    "ShareChange",
    "ShareReading",
    "SyntheticControl",
    "compute_effect_verdict",
    "compute_event_study",
    "compute_interrupted_series",
    "compute_peak_warning",
    "compute_share_change",
    "compute_smallest_visible",
    "compute_synthetic_control",
    "compute_weighted_displacement",
    "make_area_counts",
    "make_panel",
    "pool_areas",
    "pool_panels",
]
