"""A working store with a few counts in it, and the region they are placed on."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from regiebeeld.catalogue import Indicator
from regiebeeld.domain import Area, AreaLevel, Status, read_period
from regiebeeld.pipeline.indicators import Matrix, read_matrices
from regiebeeld.pipeline.indicators.matrices import Reasons
from regiebeeld.pipeline.store import StoredDelivery, StoredObservations, WorkingStore, build_store
from regiebeeld.settings import Settings

SOURCE = "politie"
REGION = "REGIO_klein"


@dataclass(frozen=True)
class Counted:
    """One stored observation; `count` None is a gap with a status and a reason."""

    area: str
    period: str
    count: int | None
    event_set: str = "1.1.1"
    status: Status = Status.SHOWN
    reason: str | None = None
    share: float = 0.0
    provisional: bool = False


def missing(area: str, period: str, reason: str = "leeg", **more: object) -> Counted:
    return Counted(area, period, None, status=Status.MISSING, reason=reason, **more)  # type: ignore[arg-type]


def areas(*codes: str) -> list[Area]:
    """The region and these areas, each with the level its code says."""
    levels = {"GM": AreaLevel.GEMEENTE, "WK": AreaLevel.WIJK, "BU": AreaLevel.BUURT}
    found = [Area(code, levels[code[:2]], code, 2024) for code in codes]
    return [Area(REGION, AreaLevel.REGIO, "Klein", 2024), *found]


@contextmanager
def stored(rows: Sequence[Counted], source: str = SOURCE) -> Iterator[WorkingStore]:
    """A store of one source with these rows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        build_store(Path(folder) / "store.duckdb", Settings(threads=1)) as store,
    ):
        delivery = StoredDelivery(source, "s", "2026-01-01", 2024, "registratie")
        store.add(delivery, _observations(rows))
        yield store


def _observations(rows: Sequence[Counted]) -> StoredObservations:
    lists = [
        list(dict.fromkeys(getattr(row, name) for row in rows))
        for name in ("area", "event_set", "period")
    ]
    reasons = list(dict.fromkeys(row.reason for row in rows if row.reason))
    return StoredObservations(
        areas=lists[0],
        placed=np.ones(len(lists[0]), dtype=np.bool_),
        event_sets=lists[1],
        periods=[read_period(text) for text in lists[2]],
        area=np.array([lists[0].index(row.area) for row in rows], dtype=np.int32),
        event_set=np.array([lists[1].index(row.event_set) for row in rows], dtype=np.int32),
        period=np.array([lists[2].index(row.period) for row in rows], dtype=np.int32),
        count=np.array([-1 if row.count is None else row.count for row in rows], dtype=np.int64),
        status=np.array([list(Status).index(row.status) for row in rows], dtype=np.uint8),
        reason=np.array(
            [reasons.index(row.reason) if row.reason else -1 for row in rows], dtype=np.int16
        ),
        provisional=np.array([row.provisional for row in rows], dtype=np.bool_),
        reasons=reasons,
        estimated_share=np.array([row.share for row in rows], dtype=np.float32),
    )


def matrices(
    rows: Sequence[Counted], on: Sequence[Area], *, event_sets: Sequence[str] = ("1.1.1",)
) -> tuple[list[Matrix], Reasons]:
    reasons = Reasons()
    with stored(rows) as store:
        return read_matrices(store, SOURCE, event_sets, areas=on, reasons=reasons), reasons


def indicator(*finest: tuple[str, str]) -> Indicator:
    """An indicator that may be shown at these levels and periods."""
    return Indicator.model_validate(
        {
            "id": "woninginbraken",
            "title": "Woninginbraken",
            "definition": "Inbraken in woningen.",
            "caution": "Registraties.",
            "unit": "registratie",
            "effort": "brengdelict",
            "label": "openbaar",
            "sources": [{"source": SOURCE, "event_sets": ["1.1.1"]}],
            "finest": [{"level": level, "period": period} for level, period in finest],
        }
    )


def month_ids(first: str, size: int) -> list[str]:
    """Ids of `size` months from `first` (`2024-01`)."""
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(start, start + size)]
