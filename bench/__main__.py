"""Prints every figure: `python -m bench [name ...]`."""

import sys
from importlib import import_module

from bench.machine import describe_machine

NAMES = (
    "conform",
    "region_run",
    "pages",
    "view",
    "readers",
    "lighthouse",
    "linking",
    "intake_door",
    "accepting",
    "disclosure",
    "disclosure_history",
    "signals",
    "season",
    "spatial",
    "drivers",
    "effects",
    "analyses",
    "demo_from_nothing",
)


def main() -> None:
    """Run the benchmarks that are named, or all of them in order."""
    wanted = sys.argv[1:] or NAMES
    if unknown := set(wanted) - set(NAMES):
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    print(f"machine: {describe_machine()}", flush=True)
    for name in wanted:
        import_module(f"bench.{name}").main()
        sys.stdout.flush()


if __name__ == "__main__":
    main()
