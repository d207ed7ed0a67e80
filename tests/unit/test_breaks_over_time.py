"""The classes of a map are made of the whole history, one set for every kind of period."""

from types import SimpleNamespace

import numpy as np
import pytest

from regiebeeld.domain import Area, AreaLevel, PeriodKind, read_period
from regiebeeld.pipeline.analyses import compute_breaks
from regiebeeld.pipeline.run.cell_tables import CellTables

AREAS = [
    Area(f"GM990{number}", AreaLevel.GEMEENTE, f"Gemeente {number}", 2026, "RG99")
    for number in range(1, 6)
]
PERIODS = {
    PeriodKind.WEEK: ("2024-W01", "2025-W01"),
    PeriodKind.MONTH: ("2024-01", "2025-01"),
    PeriodKind.QUARTER: ("2024-Q1", "2025-Q1"),
    PeriodKind.HALF_YEAR: ("2024-H1", "2025-H1"),
    PeriodKind.ROLLING: ("2024-12/P12M", "2025-12/P12M"),
    PeriodKind.YEAR: ("2024", "2025"),
}


@pytest.mark.parametrize("kind", PeriodKind)
def test_one_set_of_breaks_holds_for_every_period_of_a_kind(kind: PeriodKind) -> None:
    """Of 1 to 5 and 10 to 50 together; of either period alone they would lie elsewhere."""
    low, high = np.arange(1, 6), np.arange(10, 60, 10)
    counts = np.r_[low, high]
    cells = SimpleNamespace(
        periods=[read_period(text) for text in PERIODS[kind]],
        area=np.r_[np.arange(5), np.arange(5)],
        period=np.repeat([0, 1], 5),
    )
    rates = SimpleNamespace(rate=counts / 10)
    tables = CellTables(AREAS, None)  # type: ignore[arg-type]
    found = tables._breaks(0, cells, SimpleNamespace(value=counts), rates)  # type: ignore[arg-type]
    assert [(level, of_kind, measure) for _, level, of_kind, measure, _ in found] == [
        ("gemeente", kind.value, "count"),
        ("gemeente", kind.value, "rate"),
    ]
    # Fifths of 1, 2, 3, 4, 5, 10, 20, 30, 40, 50 lie at 2.8, 4.6, 14 and 32.
    assert found[0][4] == [3.0, 5.0, 14.0, 32.0]
    assert found[0][4] not in (
        compute_breaks(low.astype(np.float64)),
        compute_breaks(high.astype(np.float64)),
    )
