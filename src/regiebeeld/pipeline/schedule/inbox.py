"""The inbox: a folder a source, where others may only put files; each is accepted or refused.

A source that comes per gemeente has a folder for each in its own: `inbox/<source>/gm0153`.
Refuses to follow links, to read what is still being written, and to keep what has no place.
"""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from regiebeeld.domain import ContractError, ReleaseError
from regiebeeld.ledger import WHOLE_REGION
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_at
from regiebeeld.pipeline.intake.door import Door
from regiebeeld.pipeline.schedule.diary import write_whole
from regiebeeld.pipeline.schedule.settling import (
    DAY_SECONDS,
    Sightings,
    is_unfinished,
    read_sightings,
)
from regiebeeld.pipeline.store.folders import SENDERS, allow

log = logging.getLogger(__name__)
# A file that changed this short ago may still be on its way.
SETTLED_SECONDS = 10.0
SEEN = Path("schedule", "inbox.json")  # below what is unprotected
Ready = tuple[str, str | None, Path]


def make_folders(door: Door) -> None:
    """Make a folder for every source that the region has an agreement about.

    Raises ReleaseError when the inbox itself is a link: what it leads to is not the inbox.
    """
    _refuse_link(door.settings.inbox)
    for source in door.catalogue.agreements.get(door.region.id, {}):
        folder = door.settings.inbox / source
        if not folder.is_symlink():
            folder.mkdir(parents=True, exist_ok=True)
            allow(folder, SENDERS)


def accept_inbox(
    door: Door,
    *,
    settled: float = SETTLED_SECONDS,
    tell: Callable[[], None] = lambda: None,
) -> Iterator[Accepted | Refused]:
    """Accept or refuse every file that lies ready, oldest first; `tell` is called for each.

    A file in no source's folder is removed unread: nobody may hold what no agreement is about.
    Raises ReleaseError for a fault of the machine; what was not taken waits.
    """
    _refuse_link(door.settings.inbox)
    path = door.settings.unprotected / SEEN
    sightings = read_sightings(path)
    remove_strays(door, sightings)
    ready = list_ready(door, settled, sightings)
    write_whole(path, dict(sightings.now))
    for source, gemeente, file in ready:
        tell()
        done = _accept(door, source, gemeente, file)
        if done is not None:
            yield done


def _accept(door: Door, source: str, gemeente: str | None, path: Path) -> Accepted | Refused | None:
    """Accept or refuse one file; None for what is no file, or went meanwhile."""
    try:
        return accept_at(door, path, source, gemeente=gemeente)
    except ContractError as fault:
        if path.is_dir() and not path.is_symlink():
            log.warning(
                "postvak %s: een map die geen gemeente van de regio is, is verwijderd met %d "
                "bestanden; lever ze opnieuw in de goede map",
                source,
                sum(1 for each in path.rglob("*") if each.is_file()),
            )
        else:
            log.warning("postvak %s: %s", source, fault)
        if path.is_symlink() or not path.is_file():
            _remove(path)
    except OSError as fault:
        log.warning(
            "postvak %s: niet gelezen (%s); wordt later opnieuw gedaan", source, fault.errno
        )
    return None


def list_ready(door: Door, settled: float, sightings: Sightings) -> list[Ready]:
    """List the files that lie ready, with their source and gemeente (None: unsaid), oldest first.

    A folder that is no gemeente of the region is given as a file, and cannot be read as one.
    What is called unfinished for a day is removed.
    """
    known = [s.id for s in door.catalogue.sources.values() if s.terms.is_delivery]
    ready = []
    for source in sorted(known):
        for each in _list_source(door, source):
            unfinished = is_unfinished(each[2])
            if not sightings.is_settled(each[2], DAY_SECONDS if unfinished else settled):
                continue
            if unfinished:
                log.warning("postvak %s: een bestand dat een dag lang niet af was, is weg", source)
                _remove(each[2])
            else:
                ready.append(each)
    return sorted(ready, key=lambda each: (_changed_at(each[2]), each[2].name))


def _list_source(door: Door, source: str) -> Iterator[Ready]:
    folder = door.settings.inbox / source
    named = {WHOLE_REGION, *(code.lower() for code in door.region.gemeente_codes)}
    for path in _list_folder(folder):
        if path.name in named and path.is_dir() and not path.is_symlink():
            if _may_empty(path):
                yield from ((source, path.name, below) for below in _list_folder(path))
        else:
            yield source, None, path


def _list_folder(folder: Path) -> list[Path]:
    """List a folder; one that is a link, or that went meanwhile, holds nothing."""
    try:
        return [] if folder.is_symlink() else list(folder.iterdir())
    except OSError:
        return []


def _may_empty(folder: Path) -> bool:
    """Tell whether what lies in a folder of a sender can be taken out; else it holds nothing up."""
    if os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        return True
    log.warning(
        "postvak: een map %s van een ander is hier niet leeg te maken en blijft liggen; geef haar "
        "de rechten van de map van de bron",
        folder.name,
    )
    return False


def _changed_at(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def remove_strays(door: Door, sightings: Sightings) -> int:
    """Remove what lies beside the folders of sources; tell how much, never what it was called.

    A link in the place of a source's folder goes at once; what it leads to is not touched.
    """
    known = {s.id for s in door.catalogue.sources.values() if s.terms.is_delivery}
    found = [
        path
        for path in _list_folder(door.settings.inbox)
        if path.is_symlink()
        or (path.name not in known and sightings.is_settled(path, SETTLED_SECONDS))
    ]
    for path in found:
        _remove(path)
    if found:
        log.warning(
            "postvak: %d bestanden of mappen die bij geen bron horen zijn verwijderd", len(found)
        )
    return len(found)


def _refuse_link(inbox: Path) -> None:
    if inbox.is_symlink():
        raise ReleaseError(f"{inbox} is een verwijzing en wordt niet gelezen; maak er een map van")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
