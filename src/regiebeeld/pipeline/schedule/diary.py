"""What the worker remembers between turns: when each task last went well, and when to try again."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=24)
_CLOCK_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is done again and again, such as fetching a source."""

    done_at: str | None = None
    failures: int = 0
    failing_since: str | None = None
    not_before: str | None = None
    result: str = ""

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Tell whether it is time: not in the pause after failing, nor too soon after success.

        A moment that the clock has yet to reach was written by a clock that was wrong.
        """
        if self.not_before:
            pause = datetime.fromisoformat(self.not_before) - now
            if timedelta() < pause <= LONGEST_PAUSE:
                return False
        if self.failures or self.done_at is None:
            return True
        passed = now - datetime.fromisoformat(self.done_at)
        return passed >= every or passed < -_CLOCK_STEP


def succeed(task: Task, now: datetime, result: str = "") -> Task:
    """Give the task after it went well: no pause, no failures."""
    del task
    return Task(done_at=now.isoformat(timespec="seconds"), result=result)


def fail(task: Task, now: datetime, kind: str) -> Task:
    """Give the task after it failed: each next pause is twice as long, up to a day."""
    pause = min(FIRST_PAUSE * 2 ** min(task.failures, 10), LONGEST_PAUSE)
    moment = now.isoformat(timespec="seconds")
    return replace(
        task,
        failures=task.failures + 1,
        failing_since=task.failing_since or moment,
        not_before=(now + pause).isoformat(timespec="seconds"),
        result=kind,
    )


@dataclass(frozen=True, slots=True)
class Diary:
    """All tasks by name, and whether something came in that no release holds yet."""

    tasks: Mapping[str, Task] = field(default_factory=dict)
    release_due: bool = False

    def task(self, name: str) -> Task:
        return self.tasks.get(name, Task())

    def with_task(self, name: str, task: Task) -> "Diary":
        return replace(self, tasks={**self.tasks, name: task})


def read_diary(path: Path) -> Diary:
    """Read the diary; a missing or damaged one is empty, so that everything is due."""
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        tasks = {name: Task(**task) for name, task in told["tasks"].items()}
        return Diary(tasks, bool(told["release_due"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Diary()


def write_whole(path: Path, told: Mapping[str, Any]) -> None:
    """Write JSON, swapped whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_diary(path: Path, diary: Diary) -> None:
    tasks = {name: asdict(task) for name, task in diary.tasks.items()}
    write_whole(path, {"tasks": tasks, "release_due": diary.release_due})
