"""The inbox: a folder a source, where others may only put files; each is accepted or refused.

Refuses to follow links, to read what is still being written, and to keep what has no place.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_at
from regiebeeld.pipeline.intake.door import Door

log = logging.getLogger(__name__)
# A file that changed this short ago may still be on its way.
SETTLED_SECONDS = 10.0
_BEING_WRITTEN = (".part", ".tmp", ".crdownload", ".filepart")


def make_folders(door: Door) -> None:
    """Make a folder for every source that the region has an agreement about."""
    for source in door.catalogue.agreements.get(door.region.id, {}):
        (door.settings.inbox / source).mkdir(parents=True, exist_ok=True, mode=0o770)


def accept_inbox(door: Door, *, settled: float = SETTLED_SECONDS) -> list[Accepted | Refused]:
    """Accept or refuse every file that lies ready, oldest first.

    A file in no source's folder is removed unread: nobody may hold what no agreement is about.
    """
    remove_strays(door)
    done = []
    for source, path in list(list_ready(door, settled)):
        try:
            done.append(accept_at(door, path, source))
        except ContractError as fault:
            log.warning("postvak %s: %s", source, fault)
            _remove(path)
    return done


def list_ready(door: Door, settled: float) -> Iterator[tuple[str, Path]]:
    """Give the files that lie ready, with their source, oldest first."""
    known = [s.id for s in door.catalogue.sources.values() if s.terms.is_delivery]
    folders = [door.settings.inbox / name for name in sorted(known)]
    files = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    ready = [path for path in files if _is_ready(path, settled)]
    for path in sorted(ready, key=lambda path: (path.lstat().st_mtime, path.name)):
        yield path.parent.name, path


def _is_ready(path: Path, settled: float) -> bool:
    if path.name.startswith(".") or path.suffix.lower() in _BEING_WRITTEN:
        return False
    return time.time() - path.lstat().st_mtime >= settled


def remove_strays(door: Door) -> int:
    """Remove what lies beside the folders of sources; tell how much, never what it was called."""
    if not door.settings.inbox.is_dir():
        return 0
    known = {s.id for s in door.catalogue.sources.values() if s.terms.is_delivery}
    found = [path for path in door.settings.inbox.iterdir() if path.name not in known]
    found = [path for path in found if _is_settled(path)]
    for path in found:
        _remove(path)
    if found:
        log.warning(
            "postvak: %d bestanden of mappen die bij geen bron horen zijn verwijderd", len(found)
        )
    return len(found)


def _is_settled(path: Path) -> bool:
    return time.time() - path.lstat().st_mtime >= SETTLED_SECONDS


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
