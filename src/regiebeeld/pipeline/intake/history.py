"""Every accepted state of a partner source as counts with its as-of date; none is ever changed.

A delivery replaces its own coverage of periods and gemeenten: the newest state that covers a
period of a gemeente tells it.
"""

import json
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
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
REST = ""  # in `told_by`: every gemeente, and unknown place, that no state of its own tells


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What one accepted state is: of when, from which delivery, and what it replaces.

    It replaces `periods` of `gemeenten`; without any, of the whole region. `rows` are the rows
    of the file per period and event set, to compare the next file with. `keep_until` is the last
    day that these counts may be kept, by the agreement under which they came ("" when unknown).
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
    gemeenten: tuple[str, ...] = ()
    keep_until: str = ""

    @property
    def order(self) -> tuple[str, int]:
        """A later date goes before an earlier one, and of one day the later delivery."""
        return self.as_of, self.delivery

    @property
    def file_name(self) -> str:
        return f"{self.as_of}.{self.delivery}.parquet"

    @property
    def tells(self) -> tuple[str, ...]:
        """The gemeenten that it tells, or REST for all of them."""
        return self.gemeenten or (REST,)


Keep = Callable[[StateFacts], bool]


@dataclass(frozen=True, slots=True)
class State:
    """What was known of a source at one moment.

    `told_by` says per period which state tells each gemeente; REST stands for all others.
    """

    source: str
    counts: pa.Table
    told_by: Mapping[str, Mapping[str, StateFacts]]

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(self.told_by)

    @property
    def used(self) -> tuple[StateFacts, ...]:
        """The states that tell something, each once."""
        return _used(self.told_by)

    def teller(self, period: str, gemeente: str) -> StateFacts | None:
        """Give the state that tells a gemeente in a period; None when nobody did."""
        by = self.told_by.get(period, {})
        return by.get(gemeente, by.get(REST))

    def is_told_alone(self, delivery: int, periods: Collection[str], tells: str) -> bool:
        """Tell whether this delivery still tells all of these periods, and nobody a part of them.

        tells: the gemeente that it tells, or REST for the whole region.
        """
        of = [self.told_by.get(period, {}) for period in periods]
        mine = [
            [self.teller(period, tells)] if tells != REST else [*by.values()]
            for period, by in zip(periods, of, strict=True)
        ]
        return bool(mine) and all(
            who and all(f is not None and f.delivery == delivery for f in who) for who in mine
        )

    def tell_later(self, facts: StateFacts) -> dict[str, tuple[StateFacts, ...]]:
        """Give per period of a state the later ones that tell (a part of) what it covers."""
        found = {}
        for period in facts.periods:
            by = self.told_by.get(period, {})
            names = facts.gemeenten or tuple(by)
            who = {f.order: f for name in names if (f := self.teller(period, name)) is not None}
            if later := tuple(f for order, f in sorted(who.items()) if order > facts.order):
                found[period] = later
        return found


def write_state(deliveries: Path, facts: StateFacts, counts: pa.Table) -> Path:
    """Write one state, whole or not at all; give its path.

    counts: the columns of COUNTS. Raises ContractError when the state is there already, names
    a period or a gemeente outside its coverage, or says a cell twice.
    """
    _check_counts(facts, counts)
    path = state_path(deliveries, facts)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        raise ContractError(f"de stand {facts.file_name} van {facts.source} is er al")
    table = counts.select(COUNTS.names).cast(COUNTS).sort_by([(k, "ascending") for k in KEYS])
    table = table.replace_schema_metadata({FACTS: json.dumps(asdict(facts)).encode()})
    write_parquet(path, table)
    return path


def state_path(deliveries: Path, facts: StateFacts) -> Path:
    return _folder(deliveries, facts.source) / facts.file_name


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a table, whole or not at all, and to the disk before anything is told of it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        pq.write_table(table, draft, compression="zstd")
        _sync(draft)
        draft.replace(path)
        _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def read_parquet_file(path: Path) -> pa.Table:
    """Read a table with its metadata; `pq.read_table` gives the same and loads far more."""
    with pq.ParquetFile(path) as file:
        return file.read()


def drop_state(deliveries: Path, source: str, delivery: int) -> None:
    """Remove what a delivery left that was cut off before the ledger knew its outcome."""
    remove_state(deliveries, source, delivery)
    for draft in _folder(deliveries, source).glob(".*.parquet.*"):
        draft.unlink()


def remove_state(deliveries: Path, source: str, delivery: int) -> None:
    """Remove the counts of a delivery, and every table that was kept beside them."""
    for path in _folder(deliveries, source).glob(f"*.{delivery}*.parquet"):
        if path.name.split(".")[1] == str(delivery):
            path.unlink(missing_ok=True)


def read_states(deliveries: Path, source: str) -> list[StateFacts]:
    """Read what every accepted state of a source is, oldest first; an unknown source has none."""
    folder = _folder(deliveries, source)
    if not folder.is_dir():
        return []
    found = [read_facts(path) for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda facts: facts.order)


def list_state_files(deliveries: Path) -> list[tuple[str, Path]]:
    """List the source and the file of every accepted state, in order of their names."""
    found = sorted(deliveries.glob("*/*.parquet"))
    return [(path.parent.name, path) for path in found if _NAME.fullmatch(path.name)]


def state_as_of(
    deliveries: Path, source: str, moment: date | None = None, *, keep: Keep | None = None
) -> State:
    """Give what was known of a source at the end of `moment` (now when None), period by period.

    keep: only the states for which it is true, such as those that the ledger says were accepted.
    A period of which the newest covering state holds no row is known to be empty; a period
    that no state covers is not in `told_by`. A null count was delivered as not known.
    """
    ordered = _read_told_by(deliveries, source, moment, keep)
    parts = [part for facts in _used(ordered) for part in _told_rows(deliveries, facts, ordered)]
    counts = pa.concat_tables(parts) if parts else COUNTS.empty_table()
    return State(source, counts, ordered)


def read_used(deliveries: Path, source: str, keep: Keep) -> tuple[StateFacts, ...]:
    """Give the states that tell something now, without their counts."""
    return _used(_read_told_by(deliveries, source, None, keep))


def _read_told_by(
    deliveries: Path, source: str, moment: date | None, keep: Keep | None
) -> Mapping[str, Mapping[str, StateFacts]]:
    told_by: dict[str, dict[str, StateFacts]] = {}
    for facts in read_states(deliveries, source):
        if (moment is None or facts.as_of <= moment.isoformat()) and (not keep or keep(facts)):
            for period in facts.periods:
                before = told_by.get(period, {}) if facts.gemeenten else {}
                told_by[period] = {**before, **dict.fromkeys(facts.tells, facts)}
    return {p: told_by[p] for p in sorted(told_by, key=lambda text: read_period(text))}


def _used(told_by: Mapping[str, Mapping[str, StateFacts]]) -> tuple[StateFacts, ...]:
    return tuple({facts.order: facts for by in told_by.values() for facts in by.values()}.values())


def _told_rows(
    deliveries: Path, facts: StateFacts, told_by: Mapping[str, Mapping[str, StateFacts]]
) -> Iterator[pa.Table]:
    """Give the rows of a state that nothing newer replaces, per kind of what it still tells."""
    rows = read_counts(deliveries, facts)
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for period in facts.periods:
        by = told_by[period]
        mine = tuple(name for name, teller in by.items() if teller.order == facts.order)
        others = tuple(name for name in by if name not in mine)
        if mine:
            groups.setdefault((mine, others), []).append(period)
    for (mine, others), periods in groups.items():
        of_periods = rows.filter(pc.is_in(rows["period"], pa.array(periods, pa.string())))
        yield rows_within(of_periods, mine, but=others)


def rows_within(
    rows: pa.Table, gemeenten: Collection[str], *, but: Collection[str] = ()
) -> pa.Table:
    """Keep the rows of these gemeenten; with REST among them all rows, but those of `but`."""
    theirs = pc.binary_join_element_wise("GM", pc.utf8_slice_codeunits(rows["area"], 2, 6), "")
    if REST not in gemeenten:
        return rows.filter(pc.is_in(theirs, pa.array(sorted(gemeenten), pa.string())))
    return rows.filter(pc.invert(pc.is_in(theirs, pa.array(sorted(but), pa.string()))))


def read_counts(deliveries: Path, facts: StateFacts) -> pa.Table:
    """Read the counts of a state; raise ContractError when they are just removed."""
    try:
        table = read_parquet_file(state_path(deliveries, facts))
    except FileNotFoundError as fault:
        raise ContractError(
            f"de stand {facts.file_name} van {facts.source} is net verwijderd; probeer het opnieuw"
        ) from fault
    return table.replace_schema_metadata(None)


def read_facts(path: Path) -> StateFacts:
    """Read what a state is; raise ContractError when its file is damaged or of another kind."""
    try:
        told: dict[str, Any] = json.loads(pq.read_schema(path).metadata[FACTS])
        rows = tuple((period, name, number) for period, name, number in told["rows"])
        lists = {"periods": tuple(told["periods"]), "gemeenten": tuple(told.get("gemeenten", ()))}
        return StateFacts(**{**told, **lists, "rows": rows})
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as fault:
        raise ContractError(
            f"{path}: deze stand is niet te lezen; zet het bestand terug uit een kopie"
        ) from fault


def _check_counts(facts: StateFacts, counts: pa.Table) -> None:
    outside = set(counts["period"].unique().to_pylist()) - set(facts.periods)
    if outside:
        raise ContractError(f"tellingen buiten de dekking van de levering: {_few(outside)}")
    if facts.gemeenten and rows_within(counts, facts.gemeenten).num_rows != counts.num_rows:
        raise ContractError(f"tellingen van een andere gemeente dan {_few(set(facts.gemeenten))}")
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
