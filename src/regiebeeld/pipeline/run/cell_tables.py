"""The released cells of every indicator, with rates and map classes made from those cells only."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.catalogue import Denominator, Figure, Indicator
from regiebeeld.domain import TOTAL, Area, AreaLevel, DisclosureError, Period, PeriodKind, Status
from regiebeeld.pipeline.analyses import Bases, CellRates, compute_breaks, compute_cell_rates
from regiebeeld.pipeline.analyses.series import ReleasedColumns, Sets
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.passed import Passed
from regiebeeld.pipeline.gate.protecting import ReleasedCells
from regiebeeld.pipeline.indicators import Cells
from regiebeeld.pipeline.indicators.matrices import Reasons
from regiebeeld.pipeline.run.drafts import Chosen, Drafts
from regiebeeld.pipeline.run.treated_sets import collect_together
from regiebeeld.releases.tables import STATUS_NUMBERS

NO_SETS: Sets = {}
_STATUS_NUMBER = np.array([STATUS_NUMBERS.index(status) for status in Status], dtype=np.uint8)


@dataclass(slots=True)
class CellTables:
    """What grows while indicators are added one by one; tables are made at the end."""

    areas: Sequence[Area]
    bases: Bases
    reasons: Reasons = field(default_factory=Reasons)
    indicators: list[tuple[str, Indicator, str]] = field(
        default_factory=list
    )  # theme, definition, source
    absent: list[str] = field(default_factory=list)
    counted: frozenset[str] = frozenset()  # the sources of which anything was counted
    too_fine: set[str] = field(default_factory=set)  # the absent ones of which all was too low
    periods: dict[str, Period] = field(default_factory=dict)
    parts: list[pa.Table] = field(default_factory=list)
    released: list[ReleasedColumns] = field(default_factory=list)  # what the statistics read
    breaks: list[tuple[int, str, str, str, list[float]]] = field(default_factory=list)
    breakdowns: dict[str, int] = field(default_factory=lambda: {TOTAL: 0})

    def add(
        self, chosen: Chosen, cells: Cells, released: ReleasedCells, together: Sets = NO_SETS
    ) -> None:
        """Add the cells of one indicator as they are released, with their rates and map classes.

        Of `cells` no count is read: what is told of them stands in `released`. together: what is
        released of the areas of interventions as one.
        """
        key, indicator = len(self.indicators), chosen.indicator
        self.indicators.append((chosen.theme, indicator, chosen.source))
        rates = self._append((key, 0), cells, released, indicator.denominator)
        self.breaks += self._breaks(key, cells, released, rates)
        self.released.append(
            ReleasedColumns(
                indicator,
                chosen.theme,
                chosen.source,
                cells.periods,
                cells.area,
                cells.period,
                released.value,
                released.lower,
                released.upper,
                rates.base,
                rates.figure,
                together,
            )
        )

    def add_part(self, draft: Draft, cells: Cells, released: ReleasedCells) -> None:
        """Add the cells of one part of an indicator that is there: without rates and map classes.

        Nothing but a page reads them: no statistic is made of a part.
        """
        key = [indicator.id for _, indicator, _ in self.indicators].index(draft.indicator)
        part = self.breakdowns.setdefault(draft.part, len(self.breakdowns))
        self._append((key, part), cells, released, None)

    def _append(
        self,
        keys: tuple[int, int],
        cells: Cells,
        released: ReleasedCells,
        denominator: Denominator | None,
    ) -> CellRates:
        """Append cells with their rates; keys: of the indicator and of the breakdown."""
        rates = compute_cell_rates(
            denominator,
            self.bases,
            periods=cells.periods,
            cells=(cells.area, cells.period),
            levels=np.array([area.level.depth for area in self.areas], dtype=np.int8),
            limits=(released.value, released.lower, released.upper),
        )
        for period in cells.periods:
            self.periods.setdefault(period.id, period)
        self.parts.append(self._table(keys, cells, released, rates, denominator))
        return rates

    def _table(
        self,
        keys: tuple[int, int],
        cells: Cells,
        released: ReleasedCells,
        rates: CellRates,
        denominator: Denominator | None,
    ) -> pa.Table:
        size = len(released.value)
        numbers = np.array(
            [list(self.periods).index(p.id) for p in cells.periods] or [0], dtype=np.int32
        )
        why = np.array(
            [self.reasons.number(text) for text in rates.reasons] + [-1], dtype=np.int16
        )[rates.why_not]
        has_rate, hidden = rates.figure >= 0, released.value < 0
        figures = pa.DictionaryArray.from_arrays(
            pa.array(rates.figure, mask=~has_rate), pa.array([f.value for f in Figure])
        )
        return pa.table(
            {
                "indicator_key": np.full(size, keys[0], dtype=np.int16),
                "breakdown_key": np.full(size, keys[1], dtype=np.int16),
                "area_key": cells.area,
                "period_key": numbers[cells.period],
                "value": pa.array(released.value.astype(np.int32), mask=hidden),
                "lower": pa.array(released.lower.astype(np.int32), mask=hidden),
                "upper": pa.array(released.upper.astype(np.int32), mask=hidden),
                "status": _STATUS_NUMBER[released.status],
                "reason_key": pa.array(cells.reason, mask=cells.reason < 0),
                "estimated_share": cells.estimated_share,
                "provisional": cells.provisional,
                "base": pa.array(rates.base.astype(np.int32), mask=~has_rate),
                "base_figure": figures.cast(pa.string()),
                "base_year": pa.array(rates.year, mask=~has_rate),
                "per": pa.array(
                    np.full(size, denominator.per if denominator else 0, dtype=np.int32),
                    mask=~has_rate,
                ),
                "rate": pa.array(rates.rate, mask=~has_rate),
                "rate_lower": pa.array(rates.lower, mask=~has_rate),
                "rate_upper": pa.array(rates.upper, mask=~has_rate),
                "no_rate_key": pa.array(why, mask=why < 0),
            }
        )

    def _breaks(
        self, key: int, cells: Cells, released: ReleasedCells, rates: CellRates
    ) -> list[tuple[int, str, str, str, list[float]]]:
        found = []
        levels = np.array([area.level.depth for area in self.areas])[cells.area]
        kinds = np.array([p.kind.value for p in cells.periods] or [""], dtype=object)[cells.period]
        for level in AreaLevel:
            for kind in PeriodKind:
                mine = (levels == level.depth) & (kinds == kind.value) & (released.value >= 0)
                if level is AreaLevel.REGIO or not mine.any():
                    continue
                for measure, values in (
                    ("count", released.value.astype(np.float64)),
                    ("rate", rates.rate),
                ):
                    breaks = compute_breaks(_known(values[mine]))
                    if breaks:
                        found.append((key, level.value, kind.value, measure, breaks))
        return found


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[np.isfinite(values)]


def make_cell_tables(
    drafts: Drafts, passed: Passed, *, areas: Sequence[Area], bases: Bases
) -> CellTables:
    """Make the tables of what passed the gate, in the order of the drafts.

    An indicator of which nothing is left is absent, and why stands in `too_fine`. Raises
    DisclosureError when nothing at all is left.
    """
    tables = CellTables(areas, bases, drafts.reasons, counted=drafts.counted)
    tables.absent += drafts.absent
    every = list(zip(passed.cells, passed.kept, strict=True))
    size, last = len(drafts.chosen), len(drafts.chosen) + len(drafts.together)
    together = collect_together(drafts.together, every[size:last])
    for chosen, (released, kept) in zip(drafts.chosen, every[:size], strict=True):
        if kept.any() or not len(kept):
            taken = _take_cells(chosen.draft.cells, kept), _take(released, kept)
            tables.add(chosen, *taken, together.get(chosen.indicator.id, NO_SETS))
            continue
        tables.absent.append(chosen.indicator.id)
        tables.too_fine.add(chosen.indicator.id)
    for draft, (released, kept) in zip(drafts.parts, every[last:], strict=True):
        if kept.any() and draft.indicator not in tables.absent:
            tables.add_part(draft, _take_cells(draft.cells, kept), _take(released, kept))
    if not tables.parts:
        raise DisclosureError(
            "van elk cijfer zou meer dan 20 % als '0–4' of '1–9' te lezen zijn; kies een grover "
            "`finest`. Er is niets gepubliceerd, de vorige versie blijft staan"
        )
    return tables


def _take_cells(cells: Cells, kept: NDArray[np.bool_]) -> Cells:
    columns = ("area", "period", "value", "status", "reason", "estimated_share", "provisional")
    taken = {name: getattr(cells, name)[kept] for name in (*columns, "key")}
    return replace(cells, **taken)


def _take(cells: ReleasedCells, kept: NDArray[np.bool_]) -> ReleasedCells:
    return ReleasedCells(
        cells.value[kept], cells.lower[kept], cells.upper[kept], cells.status[kept]
    )
