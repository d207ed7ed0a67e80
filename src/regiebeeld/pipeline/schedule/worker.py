"""Turns of the worker: inbox, fetches that are due, a release when something is new, freshness."""

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from regiebeeld.catalogue import Catalogue, Region, read_catalogue
from regiebeeld.domain import ContractError, FetchError, LinkError, RegiebeeldError, ReleaseError
from regiebeeld.ledger import open_ledger, write_freshness
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, finish_interrupted
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.pipeline.intake.retention import forget_counts
from regiebeeld.pipeline.run import run_region
from regiebeeld.pipeline.run.basis import is_release_due
from regiebeeld.pipeline.run.gathering import gather_region
from regiebeeld.pipeline.schedule.diary import (
    Diary,
    fail,
    read_diary,
    succeed,
    write_diary,
    write_whole,
)
from regiebeeld.pipeline.schedule.freshness import compute_freshness, list_fetches
from regiebeeld.pipeline.schedule.inbox import SETTLED_SECONDS, accept_inbox, make_folders
from regiebeeld.settings import Settings

log = logging.getLogger(__name__)
FOLDER, HEARTBEAT, DIARY = "schedule", "heartbeat.json", "diary.json"
INBOX, RUN = "inbox", "run"
Clock = Callable[[], datetime]
_FAULTS = (RegiebeeldError, OSError)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn did: deliveries with their outcome, fetches, and the release it made.

    `forgotten` are the states whose counts could not be kept any longer.
    """

    deliveries: tuple[Accepted | Refused, ...] = ()
    forgotten: int = 0
    fetched: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    release: str | None = None


def work(region: str, settings: Settings, *, once: bool = False) -> Turn:
    """Take turns until a signal says stop, or one turn; give the last one.

    Raises ReleaseError when another worker is at work on this region's folder, and CatalogueError
    when the catalogue has faults. A fault of one source does not end the work.
    """
    stop = threading.Event()
    with _only_worker(settings), _signals(stop):
        while True:
            turn = _survive(region, settings, once)
            if once or stop.is_set():
                return turn
            with suppress(OSError):  # a full disk; the next turn tells it
                _beat(settings, "wacht")
            if stop.wait(settings.work_minutes * 60):
                return turn


def _survive(region: str, settings: Settings, once: bool) -> Turn:
    """Take a turn; a fault in the catalogue, the ledger or the machine is tried again next time."""
    try:
        return take_turn(region, settings)
    except _FAULTS as fault:
        if once:
            raise
        log.error("beurt mislukt: %s", _words(fault))
        return Turn(failed=("turn",))


def _words(fault: Exception) -> str:
    """Say what went wrong; the words of the machine may hold the name of a file."""
    if isinstance(fault, RegiebeeldError):
        return str(fault)
    number = fault.errno if isinstance(fault, OSError) else None
    return os.strerror(number) if number else type(fault).__name__


def take_turn(
    region: str,
    settings: Settings,
    *,
    clock: Clock = lambda: datetime.now(UTC),
    settled: float = SETTLED_SECONDS,
) -> Turn:
    """Do everything that is due now, each task on its own, and write what was done."""
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    found = catalogue.read_region(region)
    path = settings.unprotected / FOLDER / DIARY
    diary = read_diary(path)
    _beat(settings, INBOX)
    turn = _take_inbox(region, settings, settled, clock().date())
    diary = replace(diary, release_due=diary.release_due or turn.forgotten > 0)
    write_diary(path, diary)
    for name, part in list_fetches(catalogue, found):
        if diary.task(name).is_due(clock(), timedelta(hours=settings.fetch_hours)):
            _beat(settings, name)
            diary, turn = _fetch(catalogue, part, settings, (name, diary, turn, clock()))
            write_diary(path, diary)
    is_due = diary.task(RUN).is_due(clock(), timedelta())
    if is_due and (diary.release_due or _stands_on_less(catalogue, found, settings, clock())):
        _beat(settings, RUN)
        diary, turn = _release(region, settings, diary, turn, clock())
        write_diary(path, diary)
    _write_freshness(catalogue, found, settings, diary, clock())
    return turn


def _take_inbox(region: str, settings: Settings, settled: float, today: date) -> Turn:
    """Forget what may not be kept, and take what lies ready.

    A map that cannot be had leaves the files for the next turn.
    """
    done: list[Accepted | Refused] = []
    forgotten = 0
    try:
        with open_door(region, settings) as door:
            forgotten = forget_counts(door.catalogue, region, settings, today)
            make_folders(door)
            done += finish_interrupted(door)
            for each in accept_inbox(door, settled=settled, tell=lambda: _beat(settings, INBOX)):
                done.append(each)
    except (FetchError, LinkError, ReleaseError, OSError) as fault:
        log.warning("postvak niet verwerkt: %s", _words(fault))
        return Turn(tuple(done), forgotten, failed=(INBOX,))
    return Turn(tuple(done), forgotten)


def _stands_on_less(
    catalogue: Catalogue, region: Region, settings: Settings, now: datetime
) -> bool:
    """Tell whether the last release lacks something, however that came in; see `run.basis`."""
    try:
        return is_release_due(catalogue, region, settings, now.date())
    except ContractError:
        return True  # a state that cannot be read: the run tells which


def _fetch(
    catalogue: Catalogue, part: Region, settings: Settings, at: tuple[str, Diary, Turn, datetime]
) -> tuple[Diary, Turn]:
    name, diary, turn, now = at
    try:
        sources, layouts = gather_region(catalogue, part, settings, progress=None)
    except _FAULTS as fault:
        log.warning("%s mislukt: %s", name, _words(fault))
        task = fail(diary.task(name), now, _words(fault))
        return diary.with_task(name, task), replace(turn, failed=(*turn.failed, name))
    ids = ",".join(s.id for each in (*sources, *layouts) for s in each.snapshots.values())
    is_new = ids != diary.task(name).result
    task = succeed(diary.task(name), now, ids)
    diary = replace(diary.with_task(name, task), release_due=diary.release_due or is_new)
    return diary, replace(turn, fetched=(*turn.fetched, name))


def _release(
    region: str, settings: Settings, diary: Diary, turn: Turn, now: datetime
) -> tuple[Diary, Turn]:
    try:
        published = run_region(region, settings, offline=True)
    except _FAULTS as fault:
        log.warning("nieuwe versie mislukt, de vorige blijft staan: %s", _words(fault))
        failed = fail(diary.task(RUN), now, _words(fault))
        return diary.with_task(RUN, failed), replace(turn, failed=(*turn.failed, RUN))
    diary = diary.with_task(RUN, succeed(diary.task(RUN), now, published.id))
    return replace(diary, release_due=False), replace(turn, release=published.id)


def _write_freshness(
    catalogue: Catalogue, region: Region, settings: Settings, diary: Diary, now: datetime
) -> None:
    ledger = open_ledger(settings)
    try:
        every = timedelta(hours=settings.fetch_hours)
        rows = compute_freshness(
            catalogue,
            region,
            ledger,
            diary,
            today=now.date(),
            every=every,
            reports=settings.unprotected,
        )
    finally:
        ledger.close()
    write_freshness(settings, region.id, rows, now=now)


def _beat(settings: Settings, doing: str) -> None:
    """Write that the worker lives, and at what; a watcher tells by the moment when it hangs."""
    told = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "doing": doing}
    write_whole(settings.unprotected / FOLDER / HEARTBEAT, told)


@contextmanager
def _only_worker(settings: Settings) -> Iterator[None]:
    path: Path = settings.unprotected / FOLDER / "lock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseError(
                f"in {settings.var} is al een werker bezig; stop die eerst, of geef met --var "
                "een andere map"
            ) from None
        yield


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Let a stop signal wait for the task at hand; outside the main thread nothing is changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
