"""`regiebeeld run den_haag_eo` and the example region as whole processes: time and memory."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.machine import ROOT, run_command

RUN = [sys.executable, "-m", "regiebeeld.cli", "--quiet"]


def replay_environment(server: "subprocess.Popen[str]") -> dict[str, str]:
    """Read the settings that the replay server prints when it is ready."""
    found = {}
    while len(found) < 5 and server.stdout is not None:
        name, _, value = server.stdout.readline().removeprefix("export ").strip().partition("=")
        found[name] = value
    return found


def measure_den_haag() -> None:
    """Fetch, conform, count and publish 245,520 source rows (target 30 s and 1 GB)."""
    command = [sys.executable, "-m", "lib.replay", "--port", "0"]
    environment = {"PYTHONPATH": str(ROOT / "tests")}
    with subprocess.Popen(
        command, cwd=ROOT, env={**environment}, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            addresses = replay_environment(server)
            with tempfile.TemporaryDirectory() as var:
                cold = run_command([*RUN, "--var", var, "run", "den_haag_eo"], addresses)
                warm = run_command([*RUN, "--var", var, "run", "den_haag_eo"], addresses)
        finally:
            server.terminate()
    print(
        f"run den_haag_eo: {cold.seconds:.1f} s with fetching (target 30), "
        f"{warm.seconds:.1f} s when nothing is new, peak {cold.memory:.0f} MiB (target 1024)"
    )


def measure_example() -> None:
    """Make the files of the example region and publish it (target 45 s)."""
    with tempfile.TemporaryDirectory() as var:
        made = run_command([*RUN, "--var", var, "example"])
        ran = run_command([*RUN, "--var", var, "run", "voorbeeld"])
        size = sum(f.stat().st_size for f in Path(var).glob("releases/*/*.duckdb")) / 2**20
    print(
        f"voorbeeld: files {made.seconds:.1f} s + release {ran.seconds:.1f} s = "
        f"{made.seconds + ran.seconds:.1f} s (target 45), "
        f"peak {ran.memory:.0f} MiB, release {size:.0f} MiB"
    )


def main() -> None:
    measure_den_haag()
    measure_example()


if __name__ == "__main__":
    main()
