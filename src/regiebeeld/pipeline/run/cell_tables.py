"""The released cells of every indicator, with rates and map classes made from those cells only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.catalogue import Catalogue, Denominator, Figure, Indicator, Region
from regiebeeld.domain import (
    Area,
    AreaLevel,
    ContractError,
    DisclosureError,
    Period,
    PeriodKind,
    Status,
)
from regiebeeld.pipeline.analyses import Bases, CellRates, compute_breaks, compute_cell_rates
from regiebeeld.pipeline.indicators import Cells, compute_indicator_cells, read_matrices
from regiebeeld.pipeline.indicators.matrices import Reasons
from regiebeeld.pipeline.store import WorkingStore
from regiebeeld.releases.tables import STATUS_NUMBERS

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
    periods: dict[str, Period] = field(default_factory=dict)
    parts: list[pa.Table] = field(default_factory=list)
    breaks: list[tuple[int, str, str, str, list[float]]] = field(default_factory=list)

    def add(self, theme: str, indicator: Indicator, *, source: str, cells: Cells) -> None:
        """Add the protected cells of one indicator, with their rates and map classes."""
        key = len(self.indicators)
        self.indicators.append((theme, indicator, source))
        limits = (cells.value, cells.value, cells.value)  # nothing is rounded in public sources
        rates = compute_cell_rates(
            indicator.denominator,
            self.bases,
            periods=cells.periods,
            cells=(cells.area, cells.period),
            levels=np.array([area.level.depth for area in self.areas], dtype=np.int8),
            limits=limits,
        )
        for period in cells.periods:
            self.periods.setdefault(period.id, period)
        self.parts.append(self._table(key, cells, rates, indicator.denominator))
        self.breaks += self._breaks(key, cells, rates)

    def _table(
        self, key: int, cells: Cells, rates: CellRates, denominator: Denominator | None
    ) -> pa.Table:
        size = len(cells.value)
        numbers = np.array(
            [list(self.periods).index(p.id) for p in cells.periods] or [0], dtype=np.int32
        )
        why = np.array(
            [self.reasons.number(text) for text in rates.reasons] + [-1], dtype=np.int16
        )[rates.why_not]
        has_rate, hidden = rates.figure >= 0, cells.value < 0
        value = pa.array(cells.value.astype(np.int32), mask=hidden)
        figures = pa.DictionaryArray.from_arrays(
            pa.array(rates.figure, mask=~has_rate), pa.array([f.value for f in Figure])
        )
        return pa.table(
            {
                "indicator_key": np.full(size, key, dtype=np.int16),
                "breakdown_key": np.zeros(size, dtype=np.int16),
                "area_key": cells.area,
                "period_key": numbers[cells.period],
                "value": value,
                "lower": value,
                "upper": value,
                "status": _STATUS_NUMBER[cells.status],
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
        self, key: int, cells: Cells, rates: CellRates
    ) -> list[tuple[int, str, str, str, list[float]]]:
        found = []
        levels = np.array([area.level.depth for area in self.areas])[cells.area]
        kinds = np.array([p.kind.value for p in cells.periods] or [""], dtype=object)[cells.period]
        for level in AreaLevel:
            for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.ROLLING, PeriodKind.YEAR):
                mine = (levels == level.depth) & (kinds == kind.value) & (cells.value >= 0)
                if level is AreaLevel.REGIO or not mine.any():
                    continue
                for measure, values in (
                    ("count", cells.value.astype(np.float64)),
                    ("rate", rates.rate),
                ):
                    breaks = compute_breaks(_known(values[mine]))
                    if breaks:
                        found.append((key, level.value, kind.value, measure, breaks))
        return found


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[np.isfinite(values)]


def compute_cell_tables(
    catalogue: Catalogue,
    region: Region,
    store: WorkingStore,
    *,
    areas: Sequence[Area],
    bases: Bases,
    may_show: Callable[[str, str], bool],
) -> CellTables:
    """Compute the cells of every indicator the region's sources can fill.

    The first source of an indicator that the region has, with all its event sets, is
    used, of those that `may_show` (source, theme) allows. Raises DisclosureError when a
    source is of a class that may not be published.
    """
    tables = CellTables(areas, bases, counted=frozenset(store.read_sources()))
    for name, (theme, indicator) in catalogue.indicators_of(region).items():
        chosen = _choose_source(indicator, theme.id, store, may_show)
        if chosen is None:
            tables.absent.append(name)
            continue
        source, event_sets = chosen
        refuse_unpublishable(catalogue, source)
        matrices = read_matrices(store, source, event_sets, areas=areas, reasons=tables.reasons)
        delivered = catalogue.sources[source].terms.is_delivery
        cells = compute_indicator_cells(
            indicator, matrices, areas=areas, reasons=tables.reasons, hides=delivered
        )
        tables.add(theme.id, indicator, source=source, cells=cells)
    if not tables.parts:
        raise ContractError(_tell_nothing(tables.absent, store))
    return tables


def _tell_nothing(absent: list[str], store: WorkingStore) -> str:
    there = "; ".join(
        f"{source}: {', '.join(sorted(store.read_event_sets(source))[:10])}"
        for source in store.read_sources()
    )
    return (
        f"geen van de {len(absent)} indicatoren vindt zijn misdrijven in de tellingen ({there}). "
        "Vergelijk event_sets van de indicatoren met de codes in de bron"
    )


def _choose_source(
    indicator: Indicator, theme: str, store: WorkingStore, may_show: Callable[[str, str], bool]
) -> tuple[str, tuple[str, ...]] | None:
    for wanted in indicator.sources:
        there = store.read_event_sets(wanted.source)
        if may_show(wanted.source, theme) and set(wanted.event_sets) <= there:
            return wanted.source, wanted.event_sets
    return None


def refuse_unpublishable(catalogue: Catalogue, source: str) -> None:
    """Raise DisclosureError unless the rule of the source's class says that it may be published."""
    rule = catalogue.rule_for(catalogue.sources[source].terms.disclosure)
    if not rule.publish:
        raise DisclosureError(
            f"bron {source} is van de klasse {rule.id} en wordt niet uitgegeven. {rule.because} "
            "Haal de bron uit region.yaml, of zet er `release: false` bij: dan telt zij alleen; "
            "er is niets gepubliceerd, de vorige versie blijft staan"
        )
