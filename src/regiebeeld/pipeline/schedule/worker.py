"""Turns of the worker: inbox, fetches that are due, a release when something is new, freshness."""

import fcntl
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from regiebeeld.catalogue import Catalogue, Region, read_catalogue
from regiebeeld.domain import FetchError, LinkError, RegiebeeldError, ReleaseError
from regiebeeld.ledger import open_ledger, write_freshness
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, finish_interrupted
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.pipeline.run import run_region
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


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn did: deliveries with their outcome, fetches, and the release it made."""

    deliveries: tuple[Accepted | Refused, ...] = ()
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
            _beat(settings, "wacht")
            if stop.wait(settings.work_minutes * 60):
                return turn


def _survive(region: str, settings: Settings, once: bool) -> Turn:
    """Take a turn; a fault in the catalogue or the ledger is told and tried again next time."""
    try:
        return take_turn(region, settings)
    except RegiebeeldError as fault:
        if once:
            raise
        log.error("beurt mislukt: %s", fault)
        return Turn(failed=("turn",))


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
    turn = _take_inbox(region, settings, settled)
    diary = replace(diary, release_due=diary.release_due or _has_news(turn.deliveries))
    write_diary(path, diary)
    for name, part in list_fetches(catalogue, found):
        if diary.task(name).is_due(clock(), timedelta(hours=settings.fetch_hours)):
            _beat(settings, name)
            diary, turn = _fetch(catalogue, part, settings, (name, diary, turn, clock()))
            write_diary(path, diary)
    if diary.release_due and diary.task(RUN).is_due(clock(), timedelta()):
        _beat(settings, RUN)
        diary, turn = _release(region, settings, diary, turn, clock())
        write_diary(path, diary)
    _write_freshness(catalogue, found, settings, diary, clock())
    return turn


def _take_inbox(region: str, settings: Settings, settled: float) -> Turn:
    """Take what lies ready; a map that cannot be had leaves the files for the next turn."""
    done: list[Accepted | Refused] = []
    try:
        with open_door(region, settings) as door:
            make_folders(door)
            done += finish_interrupted(door)
            done += accept_inbox(door, settled=settled)
    except (FetchError, LinkError) as fault:
        log.warning("postvak niet verwerkt: %s", fault)
        return Turn(tuple(done), failed=(INBOX,))
    return Turn(tuple(done))


def _has_news(taken: Sequence[Accepted | Refused]) -> bool:
    return any(isinstance(done, Accepted) and not done.seen_before for done in taken)


def _fetch(
    catalogue: Catalogue, part: Region, settings: Settings, at: tuple[str, Diary, Turn, datetime]
) -> tuple[Diary, Turn]:
    name, diary, turn, now = at
    try:
        sources, layouts = gather_region(catalogue, part, settings, progress=None)
    except RegiebeeldError as fault:
        log.warning("%s mislukt: %s", name, fault)
        task = fail(diary.task(name), now, str(fault))
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
    except RegiebeeldError as fault:
        log.warning("nieuwe versie mislukt, de vorige blijft staan: %s", fault)
        failed = fail(diary.task(RUN), now, str(fault))
        return diary.with_task(RUN, failed), replace(turn, failed=(*turn.failed, RUN))
    diary = diary.with_task(RUN, succeed(diary.task(RUN), now, published.id))
    return replace(diary, release_due=False), replace(turn, release=published.id)


def _write_freshness(
    catalogue: Catalogue, region: Region, settings: Settings, diary: Diary, now: datetime
) -> None:
    ledger = open_ledger(settings)
    try:
        every = timedelta(hours=settings.fetch_hours)
        rows = compute_freshness(catalogue, region, ledger, diary, today=now.date(), every=every)
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
