"""Suppression by tau-Argus of the same table, and what our attacker recovers from what it prints.

Runs as a program of its own, so that it can be given a time-out, and in a temporary folder: it
leaves files wherever it stands.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.disclosure_tables import BenchTable
from bench.machine import ROOT
from regiebeeld.attack import UNLIMITED, attack_figures
from regiebeeld.attack.tables import Published, find_relations, make_table_statements

SECONDS = 600.0
_PATHS = (str(ROOT), str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")]))
# Fewer than 5 is withheld, and "withheld" is never nothing: zeros are printed.
RULE, METHOD = "FREQ(5,30)", "MOD(1)"


def run_suppression(table: BenchTable, seconds: float = SECONDS) -> None:
    """Print how long tau-Argus takes, how much it withholds, and what can be calculated back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "table.npz", counts=table.counts, wijk=table.wijk, gem=table.gemeente)
        started = time.perf_counter()
        try:
            done = subprocess.run(
                [sys.executable, "-m", "bench.suppression", name],
                capture_output=True, text=True, timeout=seconds, check=False, cwd=folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(_PATHS)},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            print(f"  tau-Argus {METHOD}: not ready after {seconds:.0f} s")
            return
        took = time.perf_counter() - started
        if done.returncode or not (folder / "status.json").is_file():
            last = (done.stderr.strip().splitlines() or ["no words"])[-1]
            print(f"  tau-Argus {METHOD}: failed ({last})")
            return
        _report(table, json.loads((folder / "status.json").read_text()), took)


def _report(table: BenchTable, status: dict[str, str], seconds: float) -> None:
    """Take what was printed as an outsider would: a withheld cell is at least 1."""
    axes = table.axes()
    nodes = tuple(n.ravel() for n in np.indices(tuple(len(axis.holds) for axis in axes)))
    zero = np.zeros(len(nodes[0]), np.int64)
    plain = make_table_statements(Published(nodes, zero, zero), axes)
    true = plain.sums(table.counts.ravel())
    names = [f"{a}|{m}|{t}" for a, m, t in zip(*(n.tolist() for n in nodes), strict=True)]
    hidden = np.array([status.get(name, "S") in "UM" for name in names])
    primary = sum(status.get(name) == "U" for name in names)
    lower, upper = np.where(hidden, 1, true), np.where(hidden, UNLIMITED, true)
    published = Published(nodes, lower, upper)
    found = attack_figures(
        make_table_statements(published, axes),
        table.counts.ravel(),
        np.flatnonzero(hidden),
        find_relations(published, axes),
    )
    print(
        f"  tau-Argus {METHOD}: {seconds:.1f} s, {int(hidden.sum())} of {len(true)} cells withheld "
        f"({primary} small), {int(found.exact.sum())} of them calculated back exactly; "
        f"{int(found.certified.sum())} proven at least {found.width} wide, "
        f"{int(found.undecided.sum())} neither"
    )


def main(folder: Path) -> None:
    from pytauargus import protect
    from pytauargus.hrc import write_hrc

    with np.load(folder / "table.npz") as held:
        counts, wijk, gem = held["counts"], held["wijk"], held["gem"]
    at = np.repeat(np.arange(counts.size), counts.ravel())
    buurt, month, kind = (index.astype(int) for index in np.unravel_index(at, counts.shape))
    places = {
        "b": [f"B{i:03d}" for i in buurt],
        "w": [f"W{wijk[i]:03d}" for i in buurt],
        "g": [f"G{gem[i]:02d}" for i in buurt],
    }
    hierarchy = write_hrc(places, ["b", "w", "g"], hrc_filename=str(folder / "areas.hrc"))
    micro = {
        "b": places["b"],
        "m": [f"M{i:02d}" for i in month],
        "t": [f"T{i:02d}" for i in kind],
        "n": [1.0] * len(at),
    }
    result = protect(
        micro, ["b", "m", "t"], response="n", safety_rules=RULE, suppress=METHOD,
        hrc={"b": hierarchy}, workdir=str(folder),
    )  # fmt: skip
    table = result.tables[0]
    nodes = _name_nodes(counts, wijk, gem)
    last = {axis: len(named) for axis, named in nodes.items()}
    named = {
        "|".join(str(nodes[axis].get(str(row[axis]), last[axis])) for axis in "bmt"): status
        for row, status in zip(table.rows, table.status(), strict=True)
    }
    (folder / "status.json").write_text(json.dumps(named))


def _name_nodes(counts: np.ndarray, wijk: np.ndarray, gem: np.ndarray) -> dict[str, dict[str, int]]:
    """Give the node of each label on its axis: buurten, wijken, gemeenten; the total comes last."""
    size, wijken = counts.shape[0], int(wijk.max()) + 1
    areas = {f"B{i:03d}": i for i in range(size)}
    areas |= {f"W{i:03d}": size + i for i in range(wijken)}
    areas |= {f"G{i:02d}": size + wijken + i for i in range(int(gem.max()) + 1)}
    months = {f"M{i:02d}": i for i in range(counts.shape[1])}
    return {"b": areas, "m": months, "t": {f"T{i:02d}": i for i in range(counts.shape[2])}}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
