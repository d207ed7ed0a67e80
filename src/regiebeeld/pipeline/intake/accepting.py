"""Accepts or refuses one delivered file: read, check, link, count, keep, forget.

On every outcome the file is gone and counts, hash and report remain; a crash is finished later.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from regiebeeld.catalogue import Source
from regiebeeld.domain import CatalogueError, ContractError, LinkError, ReleaseError
from regiebeeld.ledger import Delivery, Outcome
from regiebeeld.pipeline.intake.claims import (
    Claim,
    claim_file,
    claim_of,
    private_temp,
    read_hash,
    wipe,
    wipe_others,
)
from regiebeeld.pipeline.intake.door import Door, open_door
from regiebeeld.pipeline.intake.findings import DeliveryReport, report_refused_file
from regiebeeld.pipeline.intake.history import drop_state
from regiebeeld.pipeline.intake.judging import Judged, judge_delivery, refuse_without_agreement
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.report import write_report
from regiebeeld.settings import Settings

log = logging.getLogger(__name__)
MOST_TRIES = 2
_REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery whose counts are kept; or one that was kept before (`seen_before`).

    `told` are remarks on linking and coverage; `folder` holds the report to send back.
    """

    delivery: Delivery
    report: DeliveryReport | None
    folder: Path
    told: tuple[str, ...] = ()

    @property
    def seen_before(self) -> bool:
        return self.delivery.outcome is Outcome.SEEN_BEFORE


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery of which nothing is kept but its hash and its report; `because` in words."""

    delivery: Delivery
    report: DeliveryReport
    folder: Path
    because: str


def accept_delivery(
    path: Path,
    source_id: str,
    region: str,
    settings: Settings,
    *,
    as_of: date | None = None,
    declared: tuple[str, str] | None = None,
) -> Accepted | Refused:
    """Accept or refuse a file that a partner delivered, and remove it.

    as_of: the day its figures are of, today when None; declared: first and last period that it
    tells whole. Raises CatalogueError for an unknown source, ContractError for a path that is no
    file or a date to come, FetchError or LinkError when the region's map cannot be had,
    ReleaseError when the ledger cannot be written; the file then stays.
    """
    with open_door(region, settings) as door:
        finish_interrupted(door)
        return accept_at(door, path, source_id, as_of=as_of, declared=declared)


def accept_at(
    door: Door,
    path: Path,
    source_id: str,
    *,
    as_of: date | None = None,
    declared: tuple[str, str] | None = None,
) -> Accepted | Refused:
    """Accept or refuse a file at a door that is held; see `accept_delivery`."""
    source = door.source(source_id)
    received = door.now()
    if as_of and as_of > received.date():
        raise ContractError(f"de stand is van {as_of}, en dat is nog niet geweest")
    if door.agreement(source_id):
        _ = door.frame  # a map that cannot be read is no fault of the sender
    file = read_hash(path)
    row = door.ledger.add_delivery(
        region=door.region.id,
        source=source_id,
        file=file,
        moments=(received, as_of or received.date()),
        declared=declared,
    )
    return _take(door, source, row, lambda: claim_file(path, door.work, row.id))


def finish_interrupted(door: Door) -> list[Accepted | Refused]:
    """Finish what was at work when a process died, and wipe what it left.

    A delivery that broke off twice is refused: a file that kills the process would do so forever.
    """
    finished = []
    unfinished = door.ledger.find_unfinished(door.region.id)
    for row in unfinished:
        drop_state(door.deliveries, row.source, row.id)
        finished.append(_resume(door, row))
    wiped = wipe_others(door.work, set())
    if unfinished or wiped:
        log.warning(
            "%d afgebroken leveringen afgemaakt, %d resten gewist", len(unfinished), len(wiped)
        )
    return finished


def _resume(door: Door, row: Delivery) -> Accepted | Refused:
    source, claim = door.source(row.source), claim_of(door.work, row.id)
    if row.tries >= MOST_TRIES:
        words = "Het verwerken brak twee keer af. Lever het bestand in kleinere delen."
        return _refuse(door, source, row, claim, RefusedFile("interrupted", words))
    file = claim.file
    if file is None or read_hash(file)[0] != row.file_hash:
        words = "Het verwerken brak af voordat het begon. Lever het bestand opnieuw."
        return _refuse(door, source, row, claim, RefusedFile("interrupted", words))
    return _take(door, source, door.ledger.count_try(row.id), lambda: claim)


def _take(
    door: Door, source: Source, row: Delivery, claiming: Callable[[], Claim]
) -> Accepted | Refused:
    """Judge a claimed file; whatever happens, it ends with an outcome and without the file."""
    claim = claim_of(door.work, row.id)
    try:
        claim = claiming()
        with private_temp(claim.temp):
            return _accept(door, source, row, claim)
    except ReleaseError:
        raise  # the ledger cannot be written: the file stays for the restart
    except RefusedFile as fault:
        return _refuse(door, source, row, claim, fault)
    except (ContractError, LinkError, CatalogueError) as fault:
        return _refuse(door, source, row, claim, RefusedFile(type(fault).__name__, str(fault)))
    except Exception as fault:  # its words may hold a value, so only its kind and place are told
        log.error("%s, levering %d: %s", source.id, row.id, _place_of(fault))
        words = f"Het verwerken mislukte door een fout in het programma ({type(fault).__name__})."
        return _refuse(door, source, row, claim, RefusedFile("internal", words))
    except KeyboardInterrupt:
        words = "Het verwerken is met de hand afgebroken. Lever het bestand opnieuw."
        _refuse(door, source, row, claim, RefusedFile("interrupted", words))
        raise


def _accept(door: Door, source: Source, row: Delivery, claim: Claim) -> Accepted | Refused:
    agreement = refuse_without_agreement(door, source)
    same = door.ledger.find_same_file(row.region, row.source, row.file_hash)
    folder = door.report_folder(source.id, row.id)
    if same and same.declared == row.declared:
        words = (
            f"dit bestand is op {same.received_at:%d-%m-%Y} al aangenomen als levering {same.id}; "
            "het telt niet nog een keer"
        )
        done = _finish(door, row, outcome=Outcome.SEEN_BEFORE)
        wipe(claim)
        return Accepted(done, None, door.report_folder(source.id, same.id), (words,))
    judged = judge_delivery(door, source, row, claim, agreement)
    write_report(judged.report, folder)
    if judged.state is None:
        return _finish_refused(door, row, claim, judged.report, folder)
    done = _finish(
        door, _as_told(door, row, judged, folder), outcome=Outcome(judged.report.outcome)
    )
    wipe(claim)
    log.info("%s: %d rijen, %s geteld", source.id, judged.report.rows, done.rows_counted)
    return Accepted(done, judged.report, folder, judged.told)


def _as_told(door: Door, row: Delivery, judged: Judged, folder: Path) -> Delivery:
    below = door.settings.unprotected
    state = judged.state
    return replace(
        row,
        rows=judged.report.rows,
        rows_counted=judged.rows_counted,
        errors=len(judged.report.errors),
        warnings=len(judged.report.warnings),
        periods=judged.periods,
        link_rates=judged.link_rates,
        report=(folder / _REPORT).relative_to(below).as_posix(),
        counts=state.relative_to(below).as_posix() if state else None,
        contract_version=judged.contract_version,
        agreement_hash=judged.agreement_hash,
    )


def _refuse(door: Door, source: Source, row: Delivery, claim: Claim, fault: RefusedFile) -> Refused:
    report = report_refused_file(source.id, source.title, fault, door.today())
    folder = door.report_folder(source.id, row.id)
    drop_state(door.deliveries, source.id, row.id)
    write_report(report, folder)
    return _finish_refused(door, row, claim, report, folder)


def _finish_refused(
    door: Door, row: Delivery, claim: Claim, report: DeliveryReport, folder: Path
) -> Refused:
    because = "; ".join(dict.fromkeys(found.words for found in report.errors)) or "geweigerd"
    refused = replace(
        row,
        rows=report.rows or None,
        errors=len(report.errors),
        warnings=len(report.warnings),
        report=(folder / _REPORT).relative_to(door.settings.unprotected).as_posix(),
        refused_because=because,
    )
    done = _finish(door, refused, outcome=Outcome.REFUSED)
    wipe(claim)
    log.info("%s: levering %d geweigerd, %d fouten", row.source, row.id, len(report.errors))
    return Refused(done, report, folder, because)


def _finish(door: Door, row: Delivery, *, outcome: Outcome) -> Delivery:
    return door.ledger.finish_delivery(replace(row, outcome=outcome, finished_at=door.now()))


def _place_of(fault: BaseException) -> str:
    """Give the kind and the place of a fault, never its words."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} in {Path(last.filename).name}:{last.lineno}"
