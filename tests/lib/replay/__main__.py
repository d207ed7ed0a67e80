"""Runs the replay server by hand: `python -m lib.replay --test-data ../shared/data --port 8009`."""

import argparse
import sys
import threading
from pathlib import Path

from lib.replay.server import ReplayServer


def main() -> int:
    """Serve until interrupted, after printing the settings that point the product here."""
    parser = argparse.ArgumentParser(prog="python -m lib.replay", description=__doc__)
    parser.add_argument("--test-data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--port", type=int, default=8009)
    parser.add_argument("--page-size", type=int, default=10_000)
    options = parser.parse_args()
    if not options.test_data.is_dir():
        parser.error(f"no such folder: {options.test_data}")
    with ReplayServer(options.test_data, options.page_size, port=options.port) as server:
        for name, value in server.environment.items():
            print(f"export {name}={value}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
