"""Every accepted state of a partner source as counts with its as-of date; none is ever changed.

A delivery replaces its own coverage of periods: the newest state that covers a period tells it.
"""

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regiebeeld.domain import ContractError, read_period

FACTS = b"regiebeeld"
DELIVERIES = "deliveries"  # below the unprotected folder
KEYS = ("event_set", "breakdown", "area", "vintage", "period")
COUNTS = pa.schema(
    [
        ("event_set", pa.string()),
        ("breakdown", pa.string()),
        ("area", pa.string()),
        ("vintage", pa.int16()),
        ("period", pa.string()),
        ("count", pa.int64()),
    ]
)
_SOURCE = re.compile(r"[a-z][a-z0-9_]*")
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+\.parquet")


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What one accepted state is: of when, from which delivery, and which periods it replaces.

    `rows` are the rows of the file per period and event set, to compare the next file with.
    """

    source: str
    delivery: int
    as_of: str
    received_at: str
    file_hash: str
    periods: tuple[str, ...]
    unit: str
    contract_version: str
    agreement_hash: str
    rows: tuple[tuple[str, str, int], ...] = ()

    @property
    def order(self) -> tuple[str, int]:
        """A later date goes before an earlier one, and of one day the later delivery."""
        return self.as_of, self.delivery

    @property
    def file_name(self) -> str:
        return f"{self.as_of}.{self.delivery}.parquet"


@dataclass(frozen=True, slots=True)
class State:
    """What was known of a source at one moment; `told_by` says which state tells each period."""

    source: str
    counts: pa.Table
    told_by: Mapping[str, StateFacts]

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(self.told_by)


@dataclass(frozen=True, slots=True)
class Revision:
    """What one state changed in one period: its total, the earlier one, and cells moved.

    `moved` is the sum of the absolute changes of all cells; it is not 0 when events only
    changed place. Both are None for the first state of a period.
    """

    period: str
    as_of: str
    delivery: int
    total: int
    change: int | None
    moved: int | None


def write_state(deliveries: Path, facts: StateFacts, counts: pa.Table) -> Path:
    """Write one state, whole or not at all; give its path.

    counts: the columns of COUNTS. Raises ContractError when the state is there already, names
    a period outside its coverage, or says a cell twice.
    """
    _check_counts(facts, counts)
    folder = _folder(deliveries, facts.source)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / facts.file_name
    if path.exists():
        raise ContractError(f"de stand {facts.file_name} van {facts.source} is er al")
    table = counts.select(COUNTS.names).cast(COUNTS).sort_by([(k, "ascending") for k in KEYS])
    table = table.replace_schema_metadata({FACTS: json.dumps(asdict(facts)).encode()})
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        pq.write_table(table, draft, compression="zstd")
        _sync(draft)
        draft.replace(path)
        _sync(folder)
    finally:
        draft.unlink(missing_ok=True)
    return path


def drop_state(deliveries: Path, source: str, delivery: int) -> None:
    """Remove what a delivery left that was cut off before the ledger knew its outcome."""
    for path in _folder(deliveries, source).glob(f"*.{delivery}.parquet"):
        path.unlink()
    for draft in _folder(deliveries, source).glob(".*.parquet.*"):
        draft.unlink()


def read_states(deliveries: Path, source: str) -> list[StateFacts]:
    """Read what every accepted state of a source is, oldest first; an unknown source has none."""
    folder = _folder(deliveries, source)
    if not folder.is_dir():
        return []
    found = [_read_facts(path) for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda facts: facts.order)


def state_as_of(deliveries: Path, source: str, moment: date | None = None) -> State:
    """Give what was known of a source at the end of `moment` (now when None), period by period.

    A period of which the newest covering state holds no row is known to be empty; a period
    that no state covers is not in `told_by`. A null count was delivered as not known.
    """
    told_by: dict[str, StateFacts] = {}
    for facts in read_states(deliveries, source):
        if moment is None or facts.as_of <= moment.isoformat():
            told_by |= dict.fromkeys(facts.periods, facts)
    ordered = {p: told_by[p] for p in sorted(told_by, key=lambda text: read_period(text))}
    parts = [
        _rows_of(deliveries, facts, [p for p, by in ordered.items() if by == facts])
        for facts in dict.fromkeys(ordered.values())
    ]
    counts = pa.concat_tables(parts) if parts else COUNTS.empty_table()
    return State(source, counts, ordered)


def compute_revisions(deliveries: Path, source: str) -> list[Revision]:
    """Compute how every later state changed each period, in order of period and of state."""
    found: list[Revision] = []
    states = read_states(deliveries, source)
    tables = {facts.order: _rows_of(deliveries, facts) for facts in states}
    periods = sorted({p for facts in states for p in facts.periods}, key=lambda p: read_period(p))
    for period in periods:
        before: pa.Table | None = None
        for facts in states:
            if period not in facts.periods:
                continue
            rows = tables[facts.order]
            rows = rows.filter(pc.equal(rows["period"], period))
            found.append(_revision(period, facts, before, rows))
            before = rows
    return found


def _revision(period: str, facts: StateFacts, before: pa.Table | None, rows: pa.Table) -> Revision:
    total = _total(rows)
    if before is None:
        return Revision(period, facts.as_of, facts.delivery, total, None, None)
    minus = before.set_column(
        before.column_names.index("count"), "count", pc.negate(before["count"])
    )
    changes = pa.concat_tables([rows, minus]).group_by(list(KEYS)).aggregate([("count", "sum")])
    moved = pc.sum(pc.abs(changes["count_sum"])).as_py() or 0
    return Revision(period, facts.as_of, facts.delivery, total, total - _total(before), moved)


def _total(rows: pa.Table) -> int:
    return int(pc.sum(rows["count"]).as_py() or 0)


def _rows_of(deliveries: Path, facts: StateFacts, periods: list[str] | None = None) -> pa.Table:
    table = pq.read_table(_folder(deliveries, facts.source) / facts.file_name)
    if periods is not None:
        table = table.filter(pc.is_in(table["period"], pa.array(periods, pa.string())))
    return table.replace_schema_metadata(None)


def _read_facts(path: Path) -> StateFacts:
    try:
        told: dict[str, Any] = json.loads(pq.read_schema(path).metadata[FACTS])
        rows = tuple((period, name, number) for period, name, number in told["rows"])
        return StateFacts(**{**told, "periods": tuple(told["periods"]), "rows": rows})
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as fault:
        raise ContractError(
            f"{path}: deze stand is niet te lezen; zet het bestand terug uit een kopie"
        ) from fault


def _check_counts(facts: StateFacts, counts: pa.Table) -> None:
    outside = set(counts["period"].unique().to_pylist()) - set(facts.periods)
    if outside:
        raise ContractError(f"tellingen buiten de dekking van de levering: {_few(outside)}")
    if counts.group_by(list(KEYS)).aggregate([]).num_rows != counts.num_rows:
        raise ContractError(f"de stand van {facts.source} noemt een cel twee keer")
    if (pc.min(counts["count"]).as_py() or 0) < 0:
        raise ContractError(f"de stand van {facts.source} heeft een telling onder nul")


def _few(texts: set[str]) -> str:
    return ", ".join(_first(sorted(texts)))


def _first(texts: list[str], most: int = 5) -> Iterator[str]:
    yield from texts[:most]
    if len(texts) > most:
        yield f"en nog {len(texts) - most}"


def _folder(deliveries: Path, source: str) -> Path:
    if not _SOURCE.fullmatch(source):
        raise ContractError(f"{source!r} is geen naam van een bron")
    return deliveries / source


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
