"""Writes and reads the working store; nothing outside the pipeline ever opens it."""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import TOTAL, ContractError, Period, ReleaseError, read_period
from regiebeeld.settings import Settings

NO_REASON = -1
_SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """Where observations came from and in which layout they are counted."""

    source: str
    snapshot: str
    as_of: str
    vintage: int
    unit: str


@dataclass(frozen=True, slots=True)
class StoredObservations:
    """Observations as columns of one length; area, event_set, period index the lists beside them.

    `count` is -1 and `status` says why where there is no number; `reason` indexes
    `reasons`, NO_REASON where none. `event_key` is the key of the events of each row, for a
    source that must be protected.
    """

    areas: Sequence[str]
    placed: NDArray[np.bool_]
    event_sets: Sequence[str]
    periods: Sequence[Period]
    area: NDArray[np.int32]
    event_set: NDArray[np.int32]
    period: NDArray[np.int32]
    count: NDArray[np.int64]
    status: NDArray[np.uint8]
    reason: NDArray[np.int16]
    provisional: NDArray[np.bool_]
    reasons: Sequence[str]
    estimated_share: NDArray[np.float32]
    event_key: NDArray[np.uint64] | None = None


class WorkingStore:
    """One open store; `add` while it is built, `read` afterwards."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        kinds = ("area", "period", "reason", "event_set")
        self._keys: dict[str, dict[Any, int]] = {kind: {} for kind in kinds}

    def add(self, delivery: StoredDelivery, seen: StoredObservations) -> None:
        """Add the observations of one delivery; raise ContractError when its source is there.

        Two deliveries of one source in one store would be read as one, and say a cell twice.
        """
        if delivery.source in self.read_sources():
            raise ContractError(
                f"bron {delivery.source} staat al in deze opslag; "
                "noem elke bron een keer in region.yaml"
            )
        number = self._connection.sql("SELECT count(*) FROM delivery").fetchall()[0][0]
        self._connection.execute(
            "INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?)",
            [number, *astuple(delivery)],
        )
        placed = [bool(each) for each in seen.placed]
        area = self._add_names("area", list(zip(seen.areas, placed, strict=True)))
        event = self._add_names("event_set", [(delivery.source, code) for code in seen.event_sets])
        period = self._add_names("period", [(p.id, p.kind.value) for p in seen.periods])
        texts = self._add_names("reason", [(text,) for text in seen.reasons])
        reason = np.append(texts, NO_REASON)
        rows = pa.table(
            {
                "delivery_key": pa.array(np.full(len(seen.count), number, dtype=np.int32)),
                "event_set_key": event[seen.event_set],
                "area_key": area[seen.area],
                "period_key": period[seen.period],
                "breakdown": pa.repeat(TOTAL, len(seen.count)),
                "count": pa.array(seen.count, mask=seen.count < 0),
                "status": seen.status,
                "reason_key": pa.array(reason[seen.reason].astype(np.int16), mask=seen.reason < 0),
                "estimated_share": seen.estimated_share,
                "provisional": seen.provisional,
                "event_key": _event_keys(seen),
            }
        )
        self._connection.register("fresh", rows)
        self._connection.execute("INSERT INTO observation SELECT * FROM fresh")
        self._connection.unregister("fresh")

    def _add_names(self, table: str, names: list[tuple[Any, ...]]) -> NDArray[np.int32]:
        """Give the key of each name, adding the ones that are new."""
        known = self._keys[table]
        fresh = [name for name in dict.fromkeys(names) if name not in known]
        for name in fresh:
            known[name] = len(known)
        if fresh:
            columns = zip(*((known[name], *name) for name in fresh), strict=True)
            rows = pa.table({f"c{i}": pa.array(column) for i, column in enumerate(columns)})
            self._connection.register("names", rows)
            self._connection.execute(f"INSERT INTO {table} SELECT * FROM names")
            self._connection.unregister("names")
        return np.array([known[name] for name in names], dtype=np.int32)

    def read_sources(self) -> list[str]:
        rows = self._connection.sql("SELECT DISTINCT source FROM delivery ORDER BY 1").fetchall()
        return [row[0] for row in rows]

    def read_event_sets(self, source: str) -> set[str]:
        sql = "SELECT code FROM event_set WHERE source = ?"
        return {row[0] for row in self._connection.execute(sql, [source]).fetchall()}

    def read_names(self) -> tuple[list[str], NDArray[np.bool_], list[Period], list[str]]:
        """Read the lists that the keys of `read_rows` index: areas, placed, periods, reasons."""
        sql = self._connection.sql
        areas = sql("SELECT code, placed FROM area ORDER BY area_key").fetchall()
        periods = sql("SELECT id FROM period ORDER BY period_key").fetchall()
        reasons = sql("SELECT text FROM reason ORDER BY reason_key").fetchall()
        return (
            [row[0] for row in areas],
            np.array([row[1] for row in areas], dtype=np.bool_),
            [read_period(row[0]) for row in periods],
            [row[0] for row in reasons],
        )

    def read_rows(self, source: str, event_set: str) -> dict[str, NDArray[Any]]:
        """Read one event set of a source as arrays of keys and counts (-1 where no number is)."""
        return dict(self._connection.execute(_READ_ROWS, [source, event_set]).fetchnumpy())


def _event_keys(seen: StoredObservations) -> NDArray[np.uint64]:
    return np.zeros(len(seen.count), np.uint64) if seen.event_key is None else seen.event_key


_READ_ROWS = (Path(__file__).parent / "read_rows.sql").read_text(encoding="utf-8")


@contextmanager
def build_store(path: Path, settings: Settings) -> Iterator[WorkingStore]:
    """Yield an empty store to fill and read; it replaces `path` only if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    spill = draft.with_name(draft.name + ".spill")
    config: dict[str, Any] = {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(str(draft), config=config)
    try:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(_SCHEMA)
        yield WorkingStore(connection)
        connection.close()
        draft.replace(path)
    except duckdb.Error as fault:
        raise ReleaseError(
            f"{path}: het werkbestand is niet te schrijven ({fault}). Controleer de ruimte op de "
            "schijf; er is niets gepubliceerd"
        ) from fault
    finally:
        connection.close()
        _remove(draft, draft.with_name(draft.name + ".wal"), spill)


def _remove(draft: Path, log: Path, spill: Path) -> None:
    for path in (draft, log):
        path.unlink(missing_ok=True)
    if spill.is_dir():
        shutil.rmtree(spill)
