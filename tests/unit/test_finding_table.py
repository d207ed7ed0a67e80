"""How much of the last months is in goes to each indicator from what is told of its source."""

import numpy as np

from lib.released_series import read_indicator
from regiebeeld.domain import AreaLevel, read_period
from regiebeeld.pipeline.analyses.completing import Lateness
from regiebeeld.pipeline.analyses.series import ReleasedColumns
from regiebeeld.pipeline.run.beside import Beside
from regiebeeld.pipeline.run.finding_table import find_completing
from regiebeeld.releases.findings import Completeness, Finding

DECEMBER = 2025 * 12 + 11


def columns(indicator: str, source: str, *periods: str) -> ReleasedColumns:
    numbers = np.zeros(0, dtype=np.int64)
    return ReleasedColumns(
        read_indicator(indicator), "algemeen", source, tuple(map(read_period, periods)),
        *[numbers.astype(np.int32)] * 2, *[numbers] * 4, numbers.astype(np.int8),
    )  # fmt: skip


def test_each_indicator_gets_the_shares_that_are_told_with_it() -> None:
    told = [
        Finding(Completeness("bron", 1, 0.7, 0.6), AreaLevel.REGIO, "woninginbraken"),
        Finding(Completeness("bron", 2, 1.0, 1.0), AreaLevel.REGIO, "woninginbraken"),
    ]
    lateness = {
        "bron": Lateness({DECEMBER: 1, DECEMBER - 1: 2}),
        "tabel": Lateness(settling=1),
    }
    found = find_completing(
        [
            columns("woninginbraken", "bron", "2025-11", "2025-12"),
            columns("fietsendiefstal", "tabel", "2025-11", "2025-12/P12M"),
            columns("vernieling", "anders", "2025-12"),
            columns("mishandeling", "tabel"),
        ],
        Beside(tuple(told), lateness),
    )

    assert {name: part.count_late(DECEMBER) for name, part in found.items()} == {
        "woninginbraken": 1, "fietsendiefstal": 1, "vernieling": 0, "mishandeling": 0,
    }  # fmt: skip
    assert set(found["woninginbraken"].months) == {DECEMBER}
