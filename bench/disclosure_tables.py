"""Tables of counts for the disclosure benchmark: the one that lies ready, and a denser one."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.tables import Axis

SHAPE = (500, 12, 10)  # buurten, months, types
WIJKEN, GEMEENTEN = 100, 14
DENSER_MEAN = 3.0


@dataclass(frozen=True)
class BenchTable:
    """Counts of buurten x months x types, with the wijk and gemeente of each buurt."""

    name: str
    counts: NDArray[np.int64]
    wijk: NDArray[np.int64]
    gemeente: NDArray[np.int64]

    def axes(self) -> tuple[Axis, Axis, Axis]:
        """Give areas (buurt, wijk, gemeente, region), months and types, each with its totals."""
        return self._areas(), _with_total(self.counts.shape[1]), _with_total(self.counts.shape[2])

    def _areas(self) -> Axis:
        size, wijken = len(self.wijk), int(self.wijk.max()) + 1
        gemeenten = int(self.gemeente.max()) + 1
        holds = [np.array([i]) for i in range(size)]
        holds += [np.flatnonzero(self.wijk == w) for w in range(wijken)]
        holds += [np.flatnonzero(self.gemeente == g) for g in range(gemeenten)]
        parts: list[list[tuple[int, ...]]] = [[] for _ in range(size)]
        parts += [[tuple(np.flatnonzero(self.wijk == w).tolist())] for w in range(wijken)]
        for g in range(gemeenten):
            inside = np.unique(self.wijk[self.gemeente == g])
            parts.append([tuple((size + inside).tolist())])
        first = size + wijken
        parts.append([tuple(range(first, first + gemeenten))])
        return Axis(size, [*holds, np.arange(size)], parts)


def _with_total(size: int) -> Axis:
    holds = [*(np.array([i]) for i in range(size)), np.arange(size)]
    return Axis(size, holds, [*([] for _ in range(size)), [tuple(range(size))]])


def read_table(path: Path) -> BenchTable:
    """Read the invented counts of the test data (mean 0.6 a cell)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {key: sorted({row[key] for row in rows}) for key in rows[0] if key != "n"}
    at = {key: {name: i for i, name in enumerate(found)} for key, found in names.items()}
    counts = np.zeros(SHAPE, dtype=np.int64)
    wijk, gemeente = np.zeros((2, SHAPE[0]), dtype=np.int64)
    for row in rows:
        buurt = at["buurt"][row["buurt"]]
        counts[buurt, at["month"][row["month"]], at["type"][row["type"]]] = int(row["n"])
        wijk[buurt], gemeente[buurt] = at["wijk"][row["wijk"]], at["gem"][row["gem"]]
    return BenchTable("mean 0.6", counts, wijk, gemeente)


def make_denser_table(seed: int = 3) -> BenchTable:
    """Make counts of mean 3 a cell: buurten, months and types differ, as they do in life."""
    generator = np.random.default_rng(seed)
    wijk = np.sort(np.concatenate([np.arange(WIJKEN), generator.integers(0, WIJKEN, 400)]))
    of_wijk = np.sort(np.concatenate([np.arange(GEMEENTEN), generator.integers(0, GEMEENTEN, 86)]))
    rate = generator.gamma(0.8, 1.0, SHAPE[0])[:, None, None]
    rate = rate * generator.gamma(2.0, 1.0, SHAPE[2])[None, None, :]
    rate = rate * (1 + 0.3 * np.cos(np.arange(SHAPE[1]) / 6 * np.pi))[None, :, None]
    counts = generator.poisson(rate * DENSER_MEAN / rate.mean())
    return BenchTable(f"mean {DENSER_MEAN:.1f}", counts.astype(np.int64), wijk, of_wijk[wijk])


def take_corner(
    table: BenchTable, gemeenten: int = 2, months: int = 3, kinds: int = 3
) -> BenchTable:
    """Take the first gemeenten, months and types of a table, to try a benchmark out."""
    inside = table.gemeente < gemeenten
    counts = table.counts[inside, :months, :kinds]
    return BenchTable(f"corner of {table.name}", counts, table.wijk[inside], table.gemeente[inside])
