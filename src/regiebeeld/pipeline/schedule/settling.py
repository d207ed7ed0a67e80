"""Tells which files in the inbox are whole: unchanged for a while and held open by nobody.

Remembers by inode what did not lie still, never a name: people put names of persons in those.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

DAY_SECONDS = 86_400.0
_AHEAD_SECONDS = 2.0  # what two clocks of one network may differ
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
Seen = tuple[int, int, float]  # bytes, moment of the last change, and since when it is so


def is_unfinished(path: Path) -> bool:
    """Tell whether the name says that it is still on its way."""
    return path.name.startswith(".") or path.suffix.lower() in _UNFINISHED


@dataclass
class Sightings:
    """What lay in the inbox in the turn before, and what was seen in this one.

    Moments are of the clock that only runs on, so a wrong date on a file cannot hold it.
    """

    before: Mapping[str, Seen] = field(default_factory=dict)
    now: dict[str, Seen] = field(default_factory=dict)
    held: frozenset[str] = frozenset()

    def is_settled(self, path: Path, seconds: float) -> bool:
        """Tell whether a file did not change for so long; False for one that just went."""
        try:
            stat = path.lstat()
        except OSError:
            return False
        key, moment = f"{stat.st_dev}:{stat.st_ino}", time.monotonic()
        known = self.before.get(key)
        same = known is not None and known[:2] == (stat.st_size, stat.st_mtime_ns)
        since = known[2] if known and same and known[2] <= moment else moment
        self.now[key] = (stat.st_size, stat.st_mtime_ns, since)
        if (known and not same) or key in self.held:
            return False
        age = time.time() - stat.st_mtime
        ready = age >= seconds or (age < -_AHEAD_SECONDS and same and moment - since >= seconds)
        if ready:
            del self.now[key]  # it will be taken, and a new file may get its number
        return ready


def read_sightings(path: Path) -> Sightings:
    """Read what lay there; nothing when the file is missing or damaged, or of another start."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        before = {str(key): (int(a), int(b), float(c)) for key, (a, b, c) in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        before = {}
    return Sightings(before, held=frozenset(_list_held()))


def _list_held() -> Iterator[str]:
    """Give what other processes hold open, as far as this user may see it (Linux)."""
    own = str(os.getpid())
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == own:
            continue
        try:
            handles = list((process / "fd").iterdir())
        except OSError:
            continue
        for handle in handles:
            try:
                stat = handle.stat()
            except OSError:
                continue
            yield f"{stat.st_dev}:{stat.st_ino}"
