"""Accepts or refuses one delivered file: read, check, link, count, keep, forget.

On every outcome the file is gone and counts, hash and report remain; a crash is finished later.
A slip of the one who types, or a fault of the machine, leaves the file.
"""

import logging
import os
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.agreements import Agreement, may_use
from regiebeeld.domain import (
    CatalogueError,
    ContractError,
    LedgerError,
    LinkError,
    RegiebeeldError,
    ReleaseError,
)
from regiebeeld.ledger import Delivery, Outcome
from regiebeeld.pipeline.intake.claims import (
    Claim,
    claim_file,
    claim_of,
    give_back,
    private_temp,
    read_hash,
    wipe,
    wipe_others,
)
from regiebeeld.pipeline.intake.coverage import check_declared
from regiebeeld.pipeline.intake.door import Door, agreement_hash, open_door
from regiebeeld.pipeline.intake.findings import DeliveryReport, report_refused_file
from regiebeeld.pipeline.intake.history import REST, drop_state, state_as_of
from regiebeeld.pipeline.intake.judging import Judged, judge_delivery, refuse_without_agreement
from regiebeeld.pipeline.intake.judging_history import LATER_TELLS, SLIP
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.reading_ahead import reading_ahead
from regiebeeld.pipeline.intake.report import write_report
from regiebeeld.pipeline.intake.scopes import gemeente_of, read_scope, refuse_unsaid
from regiebeeld.settings import Settings

log = logging.getLogger(__name__)
MOST_TRIES = 2
_REPORT = "report.json"
_WAITS = "de levering wordt afgemaakt bij de volgende; maak ruimte of herstel de rechten"


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

    @property
    def is_overruled(self) -> bool:
        """Tell whether a later state tells every period of this one, so no figure changes."""
        later = [words for words in self.told if LATER_TELLS in words]
        return bool(later) and len(later) == len(self.delivery.periods)


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
    gemeente: str | None = None,
) -> Accepted | Refused:
    """Accept or refuse a file that a partner delivered, and remove it.

    as_of: the day its figures are of, today when None; declared: first and last period that it
    tells whole; gemeente: the one that it tells, or WHOLE_REGION. Raises CatalogueError for an
    unknown source, ContractError for a path that is no file, a date to come or a gemeente of
    elsewhere, FetchError or LinkError when the region's map cannot be had, LedgerError when the
    ledger cannot be written; the file then stays.
    """
    with open_door(region, settings) as door:
        finish_interrupted(door)
        return accept_at(door, path, source_id, as_of=as_of, declared=declared, gemeente=gemeente)


def accept_at(
    door: Door,
    path: Path,
    source_id: str,
    *,
    as_of: date | None = None,
    declared: tuple[str, str] | None = None,
    gemeente: str | None = None,
) -> Accepted | Refused:
    """Accept or refuse a file at a door that is held; see `accept_delivery`."""
    source = door.source(source_id)
    door.reader.start()  # it loads while the map is read
    received = door.now()
    if as_of and as_of > received.date():
        raise ContractError(f"de stand is van {as_of}, en dat is nog niet geweest")
    atom = source.terms.atom
    check_declared(declared, atom.period if atom else None)
    scope = read_scope(door.region, gemeente)
    with _ahead(door, path, source):
        if door.agreement(source_id):
            _ = door.frame  # a map that cannot be read is no fault of the sender
        file = read_hash(path)
        row = door.ledger.add_delivery(
            region=door.region.id,
            source=source_id,
            file=file,
            moments=(received, as_of or received.date()),
            declared=declared,
            gemeente=scope,
        )
        return _take(door, source, row, lambda: claim_file(path, door.work, row.id), back=path)


def _ahead(door: Door, path: Path, source: Source) -> AbstractContextManager[None]:
    """Read the first file while the map is read; without an agreement no file is read."""
    holds = may_use(door.agreement(source.id), door.today())
    if door.has_frame or holds is not True:
        return nullcontext()
    return reading_ahead(door.reader, door.work, path, source)


def finish_interrupted(door: Door) -> list[Accepted | Refused]:
    """Finish what was at work when a process died, and wipe what it left.

    A delivery that broke off twice is refused: a file that kills the process would do so forever.
    """
    finished = []
    unfinished = door.ledger.find_unfinished(door.region.id)
    for row in unfinished:
        try:
            drop_state(door.deliveries, row.source, row.id)
            finished.append(_resume(door, row))
        except LedgerError:
            raise
        except (RegiebeeldError, OSError) as fault:  # one that cannot be finished holds no other up
            log.error("levering %d blijft liggen: %s", row.id, _told(fault))
    still = {row.id for row in door.ledger.find_unfinished(door.region.id)}
    wiped = wipe_others(door.work, still)
    if unfinished or wiped:
        log.warning(
            "%d afgebroken leveringen afgemaakt, %d resten gewist", len(finished), len(wiped)
        )
    return finished


def _resume(door: Door, row: Delivery) -> Accepted | Refused:
    claim = claim_of(door.work, row.id)
    try:
        source = door.source(row.source)
    except CatalogueError:
        words = "De bron staat niet meer in de catalogus. Het bestand is verwijderd."
        return _refuse(door, row.source, row, claim, RefusedFile("no_source", words))
    if row.tries >= MOST_TRIES:
        words = "Het verwerken brak twee keer af. Lever het bestand in kleinere delen."
        return _refuse(door, source.title, row, claim, RefusedFile("interrupted", words))
    file = claim.file
    if file is None or read_hash(file)[0] != row.file_hash:
        words = "Het verwerken brak af voordat het begon. Lever het bestand opnieuw."
        return _refuse(door, source.title, row, claim, RefusedFile("interrupted", words))
    if door.agreement(row.source):
        _ = door.frame  # as in `accept_at`: without the map the file waits
    return _take(door, source, door.ledger.count_try(row.id), lambda: claim)


def _take(
    door: Door,
    source: Source,
    row: Delivery,
    claiming: Callable[[], Claim],
    *,
    back: Path | None = None,
) -> Accepted | Refused:
    """Judge a claimed file; it ends with an outcome and without the file.

    A slip of the one who typed is told as ContractError, and the file goes `back` where it was.
    Raises ReleaseError for a fault of the machine, such as a full disk: a file that was not
    claimed stays where it was, one that was is finished when the door opens again.
    """
    claim = claim_of(door.work, row.id)
    try:
        claim = _claim(door, source, row, claiming)
        with private_temp(claim.temp):
            return _accept(door, source, row, claim)
    except (LedgerError, ReleaseError):
        raise  # the machine or the ledger is at fault: the file stays for the restart
    except RefusedFile as fault:
        slipped = fault.rule == SLIP and back is not None and give_back(claim, back)
        done = _refuse(door, source.title, row, claim, fault)
        if slipped:
            raise ContractError(f"{fault.words}; het bestand staat er nog") from None
        return done
    except (ContractError, LinkError, CatalogueError) as fault:
        refused = RefusedFile(type(fault).__name__, str(fault))
        return _refuse(door, source.title, row, claim, refused)
    except (MemoryError, duckdb.OutOfMemoryException):
        words = "Het verwerken vraagt meer geheugen dan er is. Lever het bestand in kleinere delen."
        return _refuse(door, source.title, row, claim, RefusedFile("too_heavy", words))
    except (OSError, duckdb.IOException) as fault:  # its words may hold a path of the sender
        raise ReleaseError(f"{_machine_words(fault)}: {_WAITS}") from None
    except Exception as fault:  # its words may hold a value, so only its kind and place are told
        if _is_stop(fault):
            _refuse_stopped(door, source, row, claim)
            raise KeyboardInterrupt from None
        log.error("%s, levering %d: %s", source.id, row.id, _place_of(fault))
        words = f"Het verwerken mislukte door een fout in het programma ({type(fault).__name__})."
        return _refuse(door, source.title, row, claim, RefusedFile("internal", words))
    except KeyboardInterrupt:
        _refuse_stopped(door, source, row, claim)
        raise


def _is_stop(fault: Exception) -> bool:
    """Tell whether somebody stopped a query: DuckDB makes a RuntimeError of KeyboardInterrupt."""
    return isinstance(fault, RuntimeError) and str(fault) == "Query interrupted"


def _refuse_stopped(door: Door, source: Source, row: Delivery, claim: Claim) -> None:
    words = "Het verwerken is met de hand afgebroken. Lever het bestand opnieuw."
    _refuse(door, source.title, row, claim, RefusedFile("interrupted", words))


def _claim(door: Door, source: Source, row: Delivery, claiming: Callable[[], Claim]) -> Claim:
    """Claim a file; one for which there is no room stays with the sender, and that is written."""
    try:
        return claiming()
    except OSError as fault:
        because = _machine_words(fault)
        words = f"Het bestand is niet overgenomen: {because}. Lever het later opnieuw."
        claim = claim_of(door.work, row.id)
        with suppress(OSError, RegiebeeldError):  # a full disk holds no report either
            _refuse(door, source.title, row, claim, RefusedFile("machine", words))
        raise ReleaseError(f"{because}: het bestand staat er nog; maak ruimte") from None


def _told(fault: Exception) -> str:
    return str(fault) if isinstance(fault, RegiebeeldError) else _machine_words(fault)


def _machine_words(fault: Exception) -> str:
    """Say what the machine could not do, without the path that it was about."""
    number = fault.errno if isinstance(fault, OSError) else None
    return os.strerror(number) if number else "lezen of schrijven op de schijf mislukte"


def _accept(door: Door, source: Source, row: Delivery, claim: Claim) -> Accepted | Refused:
    agreement = refuse_without_agreement(door, source)
    same = door.ledger.find_same_file(row)
    folder = door.report_folder(source.id, row.id)
    if same and _still_tells(door, same, row, (source, agreement)):
        words = (
            f"dit bestand is op {same.received_at:%d-%m-%Y} al aangenomen als levering {same.id}; "
            "het telt niet nog een keer"
        )
        done = _finish(door, row, outcome=Outcome.SEEN_BEFORE)
        wipe(claim)
        return Accepted(done, None, door.report_folder(source.id, same.id), (words,))
    refuse_unsaid(door.deliveries, row)
    judged = judge_delivery(door, source, row, claim, agreement)
    if same:
        words = f"dit zijn dezelfde bytes als van levering {same.id}, die nu niet alles vertelt"
        judged = replace(judged, told=(words, *judged.told))
    write_report(judged.report, folder)
    if judged.state is None:
        return _finish_refused(door, row, claim, judged.report, folder)
    done = _finish(
        door, _as_told(door, row, judged, folder), outcome=Outcome(judged.report.outcome)
    )
    wipe(claim)
    log.info("%s: %d rijen, %s geteld", source.id, judged.report.rows, done.rows_counted)
    return Accepted(done, judged.report, folder, judged.told)


def _still_tells(door: Door, same: Delivery, row: Delivery, by: tuple[Source, Agreement]) -> bool:
    """Tell whether an earlier delivery of the same bytes says now what this one would say.

    Not after a correction, with another date or declaration, or under a changed contract or
    agreement: then the file is a delivery like any other.
    """
    source, agreement = by
    before = (same.as_of, same.declared, same.contract_version, same.agreement_hash)
    if before != (row.as_of, row.declared, source.version, agreement_hash(agreement)):
        return False
    state = state_as_of(door.deliveries, source.id)
    return state.is_told_alone(same.id, same.periods, gemeente_of(row) or REST)


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


def _refuse(door: Door, title: str, row: Delivery, claim: Claim, fault: RefusedFile) -> Refused:
    wipe(claim)  # first: writing what follows may fail, and nothing of the file is needed for it
    report = report_refused_file(row.source, title, fault, door.today())
    folder = door.report_folder(row.source, row.id)
    drop_state(door.deliveries, row.source, row.id)
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
