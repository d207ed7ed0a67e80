"""The exact own figures of who delivered them: back to the owner of a source, and to nobody else.

Refuses a gemeente that did not deliver its own part, a place that the web server reads, and an
existing file. The gate counts what an owner knows as known (`gate.owners`), so this file gives
nothing away that was not reckoned with.
"""

import csv
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import read_catalogue
from regiebeeld.catalogue.agreements import may_use
from regiebeeld.domain import AccessError, ContractError
from regiebeeld.pipeline.intake.history import REST, State
from regiebeeld.pipeline.run.delivering import read_kept
from regiebeeld.settings import Settings

_COLUMNS = ("event_set", "breakdown", "area", "vintage", "period", "count")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """What was written: where, how many rows, and of whom ("" for a source told as a whole)."""

    path: Path
    rows: int
    gemeente: str


def write_own_figures(
    source: str, settings: Settings, *, region: str, gemeente: str | None, path: Path
) -> OwnFile:
    """Write the exact counts that one owner delivered itself, as CSV that only this user reads.

    gemeente: the owner of a part; None for a source that one partner delivers for the whole
    region. Raises AccessError for who is not the owner or an agreement that does not hold, and
    ContractError for a source that was never delivered or a file that is already there.
    """
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    found = catalogue.read_region(region)
    if source not in catalogue.sources or not catalogue.sources[source].terms.is_delivery:
        raise ContractError(f"bron {source} bestaat niet of is geen levering; zie `regiebeeld law`")
    holds = may_use(catalogue.agreement_for(region, source), datetime.now(UTC).date())
    if holds is not True:
        raise AccessError(f"bron {source}: {holds.words}. Er is niets geschreven")
    _refuse_open_place(path, settings)
    state = read_kept(found, settings).state_of(source)
    if not state.periods:
        raise ContractError(f"bron {source} heeft nog geen levering; er is niets geschreven")
    rows = _take_own(state, gemeente)
    _write(path, rows)
    return OwnFile(path, rows.num_rows, gemeente or "")


def _refuse_open_place(path: Path, settings: Settings) -> None:
    """Refuse a folder that the web server reads: exact figures about people never lie there."""
    target = path.resolve()
    if settings.releases.resolve() in target.parents:
        raise AccessError(
            f"{path}: in deze map leest de webserver; kies een plek die alleen de eigenaar van de "
            "cijfers ziet. Er is niets geschreven"
        )
    if target.exists():
        raise ContractError(f"{path} bestaat al; kies een andere naam. Er is niets geschreven")


def _take_own(state: State, gemeente: str | None) -> pa.Table:
    """Take the counts of the periods that this owner told itself, of its own area only."""
    tellers = {period: set(by) for period, by in state.told_by.items()}
    if gemeente is None:
        if any(names != {REST} for names in tellers.values()):
            raise AccessError(
                f"bron {state.source} is door meer dan één geleverd; noem met --gemeente wie de "
                "eigen cijfers krijgt. Er is niets geschreven"
            )
        return state.counts
    own = [period for period, names in tellers.items() if gemeente in names]
    if not own:
        raise AccessError(
            f"gemeente {gemeente} leverde van bron {state.source} niets zelf; alleen wie iets "
            "leverde krijgt het terug. Er is niets geschreven"
        )
    here = pc.equal(pc.utf8_slice_codeunits(state.counts["area"], 2, 6), gemeente[2:6])
    when = pc.is_in(state.counts["period"], pa.array(own, pa.string()))
    return state.counts.filter(pc.and_(here, when))


def _write(path: Path, rows: pa.Table) -> None:
    order = [(name, "ascending") for name in ("event_set", "breakdown", "period", "area")]
    try:
        # Never readable by others, not even while it is being written.
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise ContractError(f"{path} is niet te schrijven: {fault.strerror}") from fault
    with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        columns = rows.sort_by(order).select(_COLUMNS).to_pydict()
        writer.writerows(zip(*(columns[name] for name in _COLUMNS), strict=True))
