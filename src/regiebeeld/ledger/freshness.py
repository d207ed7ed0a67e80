"""How fresh each source is, as the worker last wrote it; what a page may show of deliveries."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from regiebeeld.domain import LedgerError
from regiebeeld.settings import Settings

FILE = "freshness.json"


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that a delivery met, in words, and what to do about it; never in how many rows."""

    title: str
    what_to_do: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """One delivery on the line of quality over time; it holds no number of rows or events."""

    received_at: str
    as_of: str
    outcome: str
    errors: int
    warnings: int
    linked: float | None
    rules: tuple[RuleHit, ...] = ()


@dataclass(frozen=True, slots=True)
class Freshness:
    """One source: when it last came, until when it tells, when it is due next, and how late.

    `days_late` is 0 when it is in time and None when nothing says when it is due.
    """

    source: str
    title: str
    kind: str
    last_delivery: str | None
    last_period: str | None
    next_due: str | None
    days_late: int | None
    failing_since: str | None = None
    words: str = ""
    quality: tuple[Quality, ...] = field(default=())

    @property
    def late(self) -> bool:
        return bool(self.days_late)


def write_freshness(
    settings: Settings, region: str, rows: Sequence[Freshness], *, now: datetime | None = None
) -> Path:
    """Write the freshness of a region's sources beside the ledger, swapped whole; give the path."""
    path = settings.ledger / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    told = {"region": region, "written_at": moment, "sources": [asdict(row) for row in rows]}
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def read_freshness(settings: Settings) -> tuple[datetime, tuple[Freshness, ...]] | None:
    """Read what the worker last wrote and when; None when it never ran.

    Raises LedgerError when the file is damaged.
    """
    path = settings.ledger / FILE
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(_as_row(row) for row in told["sources"])
        return datetime.fromisoformat(told["written_at"]), rows
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise LedgerError(
            f"{path}: niet te lezen; haal het weg, `regiebeeld work` schrijft het opnieuw"
        ) from fault


def compute_days_late(due: date | None, today: date) -> int | None:
    """Give how many days a delivery is late: 0 in time, None when nothing is due."""
    return None if due is None else max((today - due).days, 0)


def _as_row(row: Mapping[str, Any]) -> Freshness:
    quality = tuple(_as_quality(each) for each in row["quality"])
    return Freshness(**{**row, "quality": quality})


def _as_quality(told: Mapping[str, Any]) -> Quality:
    rules = tuple(RuleHit(**each) for each in told.get("rules", ()))
    return Quality(**{**told, "rules": rules})
