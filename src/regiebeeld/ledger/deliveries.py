"""A delivery as a frozen value: which file, what became of it, and never what stood in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# A sender that says so tells every gemeente of the region, also where single ones told before.
WHOLE_REGION = "regio"


class Outcome(StrEnum):
    """What became of a file. `RECEIVED` is still at work, or was cut off."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    REFUSED = "refused"
    SEEN_BEFORE = "seen_before"

    @property
    def counts(self) -> bool:
        """Tell whether figures of this delivery are used."""
        return self in (Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger table `delivery`.

    `periods` is the coverage that it replaces, `declared` the first and last period the
    sender declared (None when it declared none); `gemeente` is the one that it tells,
    WHOLE_REGION, or None when the sender did not say. `link_rates` is the part of the rows linked
    per method; `report` and `counts` are paths below the unprotected folder. A file name is
    not kept: people put names of persons in them.
    """

    id: int
    region: str
    source: str
    file_hash: str
    file_bytes: int
    received_at: datetime
    as_of: date
    outcome: Outcome = Outcome.RECEIVED
    tries: int = 1
    declared: tuple[str, str] | None = None
    gemeente: str | None = None
    finished_at: datetime | None = None
    rows: int | None = None
    rows_counted: int | None = None
    errors: int | None = None
    warnings: int | None = None
    periods: tuple[str, ...] = ()
    link_rates: Mapping[str, float] = field(default_factory=dict)
    report: str | None = None
    counts: str | None = None
    contract_version: str | None = None
    agreement_hash: str | None = None
    refused_because: str | None = None
