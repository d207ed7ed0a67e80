"""What an evaluation starts from: treated areas, controls, ring and the start of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regiebeeld.statistics.intervals import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """Arrays of areas x periods: counts (NaN is missing), exposure (> 0) and rounding variance."""

    counts: Floats
    exposure: Floats
    noise: Floats

    @property
    def complete(self) -> bool:
        return not bool(np.isnan(self.counts).any())


@dataclass(frozen=True, slots=True)
class EffectPanel:
    """One evaluation: `starts` holds for each treated row the first period under the measure.

    The ring (neighbours of treated areas) is a group of its own and never a control.
    """

    treated: AreaCounts
    controls: AreaCounts
    starts: Ints
    ring: AreaCounts | None = None
    periods_per_year: int = 1

    @property
    def periods(self) -> int:
        return int(self.treated.counts.shape[1])

    @property
    def after(self) -> Bools:
        """Treated rows x periods: True from each row's start on."""
        return np.arange(self.periods)[None, :] >= self.starts[:, None]

    @property
    def staggered(self) -> bool:
        return bool(np.unique(self.starts).size > 1)


def make_area_counts(
    counts: ArrayLike, exposure: ArrayLike = 1.0, *, noise: ArrayLike = 0.0
) -> AreaCounts:
    """Make the counts of one group of areas.

    counts: areas x periods, or periods for one pooled cell; NaN is missing. exposure:
    dwellings or inhabitants, > 0; noise: variance that rounding added per cell, in counts
    squared (about 4 for base 5); both of any shape that broadcasts. Raises ValueError for
    negative or infinite counts, an exposure of 0 or less, a negative noise.
    """
    values = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if values.ndim != 2:
        raise ValueError(f"counts have {values.ndim} dimensions, expected areas x periods")
    if bool(np.isinf(values).any()) or bool((values < 0).any()):
        raise ValueError("a count is negative or infinite, expected 0 or more (NaN if missing)")
    sizes = _fill(exposure, values.shape)
    variances = _fill(noise, values.shape)
    if not bool((sizes > 0).all()) or not bool(np.isfinite(sizes).all()):
        raise ValueError("an exposure is 0, negative or missing, expected more than 0")
    if not bool((variances >= 0).all()) or not bool(np.isfinite(variances).all()):
        raise ValueError("a noise variance is negative or missing, expected 0 or more")
    return AreaCounts(values, sizes, variances)


def _fill(values: ArrayLike, shape: tuple[int, ...]) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), shape).copy()


def make_panel(
    treated: AreaCounts,
    controls: AreaCounts,
    starts: ArrayLike,
    *,
    ring: AreaCounts | None = None,
    periods_per_year: int = 1,
) -> EffectPanel:
    """Make a panel after checking that its groups share their periods.

    starts: first period under the measure, counted from 0, one for all treated rows or one
    a row; below 1 or beyond the last period is kept and answered later as not possible. A
    period in which a measure began halfway is best given as missing (NaN) for its areas.
    Raises ValueError where the groups differ in periods or starts in length.
    """
    rows, periods = treated.counts.shape
    for name, group in (("controls", controls), ("ring", ring)):
        if group is not None and group.counts.shape[0] and group.counts.shape[1] != periods:
            raise ValueError(f"{name} have {group.counts.shape[1]} periods, treated {periods}")
    given = np.atleast_1d(np.asarray(starts))
    if given.dtype.kind not in "iu" or given.size not in (1, rows):
        raise ValueError(f"starts: expected 1 or {rows} whole numbers, got {given.tolist()}")
    if periods_per_year < 1:
        raise ValueError(f"periods_per_year is {periods_per_year}, expected 1 or more")
    begin = np.broadcast_to(given, (rows,)).astype(np.int64)
    return EffectPanel(treated, controls, begin, ring, periods_per_year)


def pool_areas(areas: AreaCounts) -> AreaCounts:
    """Add areas up to one cell a period: counts, exposure and noise; missing where one is."""
    summed = (values.sum(axis=0, keepdims=True) for values in _arrays(areas))
    return AreaCounts(*summed)


def pool_panels(panels: Sequence[EffectPanel]) -> EffectPanel:
    """Pool interventions of one type over the region: treated rows and rings under each other.

    panels: at least one, all with the same periods and the same controls (areas that no
    intervention of this type touched). Raises ValueError otherwise.
    """
    if not panels:
        raise ValueError("pool_panels: expected at least one intervention")
    first = panels[0]
    for other in panels[1:]:
        same = np.array_equal(other.controls.counts, first.controls.counts, equal_nan=True)
        if not same or other.periods != first.periods:
            raise ValueError("pool_panels: interventions differ in periods or in controls")
    rings = [panel.ring for panel in panels if panel.ring is not None]
    return replace(
        first,
        treated=_stack([panel.treated for panel in panels]),
        starts=np.concatenate([panel.starts for panel in panels]),
        ring=_stack(rings) if len(rings) == len(panels) else None,
    )


def _stack(groups: Sequence[AreaCounts]) -> AreaCounts:
    columns = zip(*(_arrays(group) for group in groups), strict=True)
    return AreaCounts(*(np.concatenate(column) for column in columns))


def _arrays(areas: AreaCounts) -> tuple[Floats, Floats, Floats]:
    return areas.counts, areas.exposure, areas.noise
