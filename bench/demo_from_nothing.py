"""`make demo` in a fresh clone with empty caches, until the first page answers."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.machine import ROOT

LONGEST = 600


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def main() -> None:
    """Print the seconds from `make demo` to the first page (target 240)."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        empty = {
            "HOME": folder,
            "XDG_CACHE_HOME": f"{folder}/cache",
            "PIP_CACHE_DIR": f"{folder}/pip",
            "npm_config_cache": f"{folder}/npm",
        }
        started = time.perf_counter()
        log = Path(folder) / "log"
        with (
            log.open("w") as out,
            subprocess.Popen(
                ["make", "demo", f"PORT={port}"],
                cwd=clone,
                env={**os.environ, **empty},
                stdout=out,
                stderr=out,
                start_new_session=True,
            ) as demo,
        ):
            try:
                seconds = _wait_for(f"http://127.0.0.1:{port}/", demo, started)
            finally:
                os.killpg(demo.pid, signal.SIGTERM)
        words = (
            "failed:\n" + log.read_text() if seconds is None else f"{seconds:.0f} s (target 240)"
        )
        shutil.rmtree(clone, ignore_errors=True)
    print(f"make demo from nothing to the first page: {words}")


def _wait_for(address: str, demo: "subprocess.Popen[bytes]", started: float) -> float | None:
    while time.perf_counter() - started < LONGEST and demo.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # loopback only
                if answer.status == 200:
                    return time.perf_counter() - started
        except OSError:
            time.sleep(0.5)
    return None


if __name__ == "__main__":
    main()
