"""Faithful all-text copies with their provenance; a snapshot is never changed or thrown away."""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from regiebeeld import __version__
from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources.requests import TableRequest, check_name

_log = logging.getLogger(__name__)
PROVENANCE = "provenance.json"
ROW_GROUP = 122_880  # rows; fixed, so that equal rows give equal bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a snapshot; `sha256` is of the Parquet file."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a source said at one moment.

    `modified` is the source's own word about its last change (for a file: the
    hash of its bytes), `data_part` the part that holds the figures, `facts` what
    the source states beside them (title, status, encoding, remarks).
    """

    folder: Path
    source: str
    kind: str
    table: str
    request: str
    fetched_at: str
    modified: str | None
    data_part: str
    parts: tuple[Part, ...]
    addresses: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    tool: str = f"regiebeeld {__version__}"

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.fetched_at)

    @property
    def part_names(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts)


def read_snapshots(copies: Path, source: str) -> list[Snapshot]:
    """Read every snapshot of a source, oldest first; an unknown source has none.

    Raises ContractError when one has no readable provenance.
    """
    folder = copies / check_name(source, "bron")
    if not folder.is_dir():
        return []
    found = [
        _read_snapshot(each)
        for each in folder.iterdir()
        if each.is_dir() and not each.name.startswith(".")
    ]
    return sorted(found, key=lambda snapshot: snapshot.fetched_at)


def snapshot_as_of(copies: Path, source: str, moment: datetime) -> Snapshot | None:
    """Give what was known of a source at `moment` (with a time zone); None when nothing was."""
    known = [snapshot for snapshot in read_snapshots(copies, source) if snapshot.moment <= moment]
    return known[-1] if known else None


def newest_snapshot(copies: Path, source: str, request: str) -> Snapshot | None:
    """Give the newest snapshot of a source when it answers this very request, else None.

    A damaged one is set aside under another name and not given: the source is then
    read again, and what was left of the copy stays to be looked at.
    """
    known = read_snapshots(copies, source)
    if not known or known[-1].request != request:
        return None
    newest = known[-1]
    if not _is_whole(newest):
        _log.warning("source %s: snapshot %s is damaged and set aside", source, newest.id)
        newest.folder.rename(newest.folder.with_name(f".damaged.{newest.id}"))
        return None
    return newest


def _is_whole(snapshot: Snapshot) -> bool:
    try:
        return all(
            hashlib.sha256((snapshot.folder / f"{part.name}.parquet").read_bytes()).hexdigest()
            == part.sha256
            for part in snapshot.parts
        )
    except OSError:
        return False


def read_part(snapshot: Snapshot, part: str) -> pa.Table:
    """Read one part as text columns, after its hash; raise ContractError when absent or damaged."""
    stated = next((each for each in snapshot.parts if each.name == part), None)
    if stated is None:
        raise ContractError(
            f"Kopie {snapshot.source}/{snapshot.id} heeft geen deel {part!r}; wel: "
            f"{', '.join(snapshot.part_names)}"
        )
    path = snapshot.folder / f"{part}.parquet"
    return read_checked(path, stated.sha256, whose=f"{snapshot.source}/{snapshot.id}")


def read_checked(path: Path, sha256: str, *, whose: str) -> pa.Table:
    """Read a Parquet file whose bytes must have this hash; raise ContractError otherwise."""
    try:
        body = path.read_bytes()
    except OSError as fault:
        raise ContractError(
            f"Kopie {whose}: {path.name} is niet te lezen ({fault}); {_NEXT}"
        ) from fault
    if hashlib.sha256(body).hexdigest() != sha256:
        raise ContractError(
            f"Kopie {whose}: {path.name} is beschadigd, de controlesom klopt niet; {_NEXT}"
        )
    return pq.ParquetFile(pa.BufferReader(body)).read()  # read_table loads far more


_NEXT = "zet de reservekopie terug, of haal de bron opnieuw op"


def write_part(path: Path, table: pa.Table) -> Part:
    """Write a table of text (and geometry) to Parquet; equal tables give equal bytes."""
    odd = [f.name for f in table.schema if f.type not in (pa.string(), pa.binary())]
    if odd:
        raise ContractError(
            f"{path.name}: kolom {odd[0]!r} is geen tekst; een kopie bewaart alleen tekst"
        )
    sink = pa.BufferOutputStream()
    pq.write_table(table.combine_chunks(), sink, compression="zstd", row_group_size=ROW_GROUP)
    body = sink.getvalue().to_pybytes()
    path.write_bytes(body)
    return Part(name=path.stem, rows=table.num_rows, sha256=hashlib.sha256(body).hexdigest())


@dataclass(frozen=True)
class Gathered:
    """What a fetch brought home: its tables by name, which one holds the figures, and the story."""

    tables: Mapping[str, pa.Table]
    data_part: str
    modified: str | None
    addresses: tuple[str, ...]
    facts: Mapping[str, str]


def write_snapshot(
    copies: Path,
    request: TableRequest,
    gathered: Gathered,
    *,
    draft: Path,
    standing: Snapshot | None = None,
) -> Snapshot:
    """Write a snapshot in the folder `draft` and move it into place whole.

    When every part equals `standing` byte for byte, and the source states no
    other date, that one is given back: what was known did not change.
    """
    now = datetime.now(UTC)
    draft.mkdir(parents=True)
    parts = tuple(
        write_part(draft / f"{check_name(n, 'deel')}.parquet", t)
        for n, t in gathered.tables.items()
    )
    if standing and standing.parts == parts and standing.modified == gathered.modified:
        return standing
    place = copies / request.source / f"{now:%Y%m%dT%H%M%S.%fZ}-{request.hash[:8]}"
    snapshot = Snapshot(
        folder=place,
        source=request.source,
        kind=request.kind,
        table=request.table,
        request=request.hash,
        fetched_at=now.isoformat(),
        modified=gathered.modified,
        data_part=gathered.data_part,
        parts=parts,
        addresses=gathered.addresses,
        facts=dict(gathered.facts),
    )
    _write_provenance(draft, snapshot)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft.rename(place)
    return snapshot


def _write_provenance(draft: Path, snapshot: Snapshot) -> None:
    story = {name: value for name, value in asdict(snapshot).items() if name != "folder"}
    (draft / PROVENANCE).write_text(
        json.dumps(story, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def _read_snapshot(folder: Path) -> Snapshot:
    try:
        story = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        parts = tuple(Part(**part) for part in story.pop("parts"))
        addresses = tuple(story.pop("addresses"))
        return Snapshot(folder=folder, parts=parts, addresses=addresses, **story)
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise ContractError(
            f"Kopie {folder} heeft geen leesbare {PROVENANCE} ({fault}); {_NEXT}"
        ) from fault
