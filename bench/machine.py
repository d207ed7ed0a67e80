"""Tells on what machine a figure was measured, and runs a command in a process of its own."""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def describe_machine() -> str:
    """Processors, memory, system and Python in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


@dataclass(frozen=True)
class Took:
    """Wall seconds and peak memory (MiB, largest child so far) of a finished command."""

    seconds: float
    memory: float


def run_command(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Took:
    """Run a command to its end; raise CalledProcessError, with its words, when it fails."""
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        done.check_returncode()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Took(time.perf_counter() - started, peak)
