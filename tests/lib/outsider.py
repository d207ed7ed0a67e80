"""An outsider who kept all that was ever published, and an attack that shares no code with ours.

Knows the rules (areas, months, parts, what a printed figure can be), and which counts were
corrected when; never what they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from lib.outsider_region import INDICATORS, KINDS, WAYS, Counts

Key = tuple[str, str, str]  # indicator, area, period
BASE = 5
_NEARLY = 1e-6
_CELLS = """
SELECT i.id AS indicator, a.code AS area, p.id AS period, c.* EXCLUDE (indicator_key, area_key,
       period_key, breakdown_key, reason_key, no_rate_key)
FROM {table} c JOIN indicator i USING (indicator_key) JOIN area a USING (area_key)
JOIN period p USING (period_key)
"""


@dataclass(frozen=True)
class Cell:
    """One released figure, with every column that stands beside it."""

    value: int | None
    lower: int | None
    upper: int | None
    status: object
    estimated_share: float
    provisional: bool
    base: int | None
    base_figure: str | None
    base_year: int | None
    per: int | None
    rate: float | None
    rate_lower: float | None
    rate_upper: float | None

    def bounds(self) -> tuple[int, int] | None:
        """Say between which numbers the true count lies, by any of the columns."""
        if self.value is None or self.lower is None or self.upper is None:
            return None
        if self.value % BASE:
            return self.value, self.value
        if self.rate is not None and self.base and self.per:
            implied = self.rate * self.base / self.per
            if abs(implied - self.value) > 1e-6 * max(self.value, 1):
                return round(implied), round(implied)
        return self.lower, self.upper


Released = Mapping[Key, frozenset[Cell]]


def read_cells(files: Sequence[Path]) -> dict[Key, frozenset[Cell]]:
    """Read every cell of every table of the audience files of one release."""
    found: dict[Key, set[Cell]] = {}
    for path in files:
        with duckdb.connect(str(path), read_only=True) as file:
            for table in ("cell_by_area", "cell_by_indicator"):
                rows = file.sql(_CELLS.format(table=table)).fetchall()
                for indicator, area, period, *rest in rows:
                    found.setdefault((indicator, area, period), set()).add(Cell(*rest))
    return {key: frozenset(cells) for key, cells in found.items()}


def read_tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Read every table of a file whole, whether a page shows it or not."""
    with duckdb.connect(str(path), read_only=True) as file:
        names = [row[0] for row in file.sql("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: file.sql(f'SELECT * FROM "{name}"').fetchall() for name in names}


def months_of(period: str) -> list[str]:
    """List the months of a period as the releases name it."""
    if period.endswith("/P12M"):
        last = int(period[:4]) * 12 + int(period[5:7]) - 1
        return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(last - 11, last + 1)]
    first, number = {"Q": (3, 3), "H": (6, 6)}.get(period[5:6], (0, 0))
    if number:
        start = (int(period[6]) - 1) * first + 1
        return [f"{period[:4]}-{m:02d}" for m in range(start, start + number)]
    if len(period) == len("2024"):
        return [f"{period}-{m:02d}" for m in range(1, 13)]
    return [period]


class Layout:
    """The places of the atoms on four axes, and which of them each figure adds up."""

    def __init__(self, truth: Counts) -> None:
        self.axes = [sorted({atom[k] for atom in truth}) for k in range(2)]
        self.shape = (len(self.axes[0]), len(self.axes[1]), len(KINDS), len(WAYS))

    def lay(self, counts: Counts) -> NDArray[np.int64]:
        """Give the counts in place; -1 where nothing was delivered yet."""
        table = np.full(self.shape, -1, dtype=np.int64)
        at = [{name: i for i, name in enumerate(names)} for names in (*self.axes, KINDS, WAYS)]
        for atom, count in counts.items():
            table[tuple(axis[name] for axis, name in zip(at, atom, strict=True))] = count
        return table

    def members(self, key: Key) -> NDArray[np.int64]:
        """Give the places of the atoms that a figure adds up."""
        indicator, area, period = key
        kinds, ways = INDICATORS[indicator]
        whole = area[:2] not in ("GM", "WK", "BU")
        inside = [
            [i for i, n in enumerate(self.axes[0]) if whole or n[2:].startswith(area[2:])],
            [i for i, n in enumerate(self.axes[1]) if n in months_of(period)],
            [KINDS.index(kind) for kind in kinds],
            [WAYS.index(way) for way in ways],
        ]
        grid = np.ix_(*(np.array(each, dtype=np.int64) for each in inside))
        return np.ravel_multi_index(grid, self.shape).ravel()


@dataclass(frozen=True)
class Puzzle:
    """All that was ever told, as sums of unknowns between bounds.

    An unknown is a count of an atom for as long as it stands; those that no figure tells apart
    are one. names: of each statement the release and the figure that told it first.
    """

    sets: csr_array
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    names: list[tuple[int, Key]]
    redrawn: list[tuple[int, Key]]  # the same events that were told otherwise before

    @cached_property
    def constraints(self) -> LinearConstraint:
        """Give all that is known of the unknowns."""
        more = _differences(self)
        ones, none = np.ones(more.shape[0]), np.full(more.shape[0], np.inf)
        return LinearConstraint(
            vstack([self.sets, more], format="csr"),
            np.concatenate([self.lower, ones]),
            np.concatenate([self.upper, none]),
        )

    def find_small(self) -> NDArray[np.int64]:
        """Find the statements of which the number can be 1 to 4."""
        return np.flatnonzero((self.lower <= 4) & (self.upper >= 1))

    def bound(self, statement: int) -> tuple[int, int]:
        """Give the least and the most that a figure can be in any table that fits.

        Tables of fractions count too, rounded inwards: whole ones alone take hours.
        """
        own = self.sets[[statement]].toarray().ravel().astype(float)
        ends = []
        for sign in (1, -1):
            solved = milp(sign * own, constraints=self.constraints, bounds=Bounds(0, np.inf))
            assert solved.status == 0, solved.message
            ends.append(sign * float(solved.fun))
        return ceil(ends[0] - _NEARLY), floor(ends[1] + _NEARLY)


def make_puzzle(releases: Sequence[Released], truths: Sequence[Counts]) -> Puzzle:
    """Lay everything told side by side; the truth only says which counts stayed the same."""
    layout = Layout(truths[-1])
    tables = [layout.lay(truth).ravel() for truth in truths]
    unknowns: dict[tuple[int, int], int] = {}
    counts: list[int] = []
    rows: dict[bytes, tuple[NDArray[np.int64], int, int, tuple[int, Key]]] = {}
    events: dict[bytes, tuple[int, int]] = {}
    redrawn = []
    for number, (told, table) in enumerate(zip(releases, tables, strict=True)):
        for key, cells in told.items():
            if key[0] not in INDICATORS:
                continue
            places = layout.members(key)
            mine = []
            for place in places.tolist():
                atom = (place, int(table[place]))
                if atom not in unknowns:
                    unknowns[atom] = len(counts)
                    counts.append(atom[1])
                mine.append(unknowns[atom])
            at = np.array(sorted(mine), dtype=np.int64)
            there = at[[counts[i] > 0 for i in at]]  # what holds no event changes no set of events
            for cell in cells:
                bounds = cell.bounds()
                if bounds is None:
                    continue
                name = at.tobytes()
                if events.setdefault(there.tobytes(), bounds) != bounds:
                    redrawn.append((number, key))
                old = rows.get(name, (at, *bounds, (number, key)))
                rows[name] = (at, max(old[1], bounds[0]), min(old[2], bounds[1]), old[3])
    return _join(list(rows.values()), len(counts), redrawn)


def _join(
    rows: list[tuple[NDArray[np.int64], int, int, tuple[int, Key]]],
    size: int,
    redrawn: list[tuple[int, Key]],
) -> Puzzle:
    starts = np.concatenate([[0], np.cumsum([len(row[0]) for row in rows])])
    members = np.concatenate([row[0] for row in rows])
    sets = csr_array((np.ones(len(members)), members, starts), shape=(len(rows), size)).tocsc()
    columns: dict[bytes, int] = {}
    for k in range(size):
        columns.setdefault(sets.indices[sets.indptr[k] : sets.indptr[k + 1]].tobytes(), k)
    kept = sets[:, list(columns.values())].tocsr()
    low, high = (np.array([row[k] for row in rows], dtype=np.int64) for k in (1, 2))
    return Puzzle(kept, low, high, [row[3] for row in rows], redrawn)


def _differences(puzzle: Puzzle) -> csr_array:
    """Where a set lies in another and they read differently, something lies between them."""
    sets = puzzle.sets
    sizes = np.asarray(sets.sum(axis=1)).ravel()
    shared = (sets @ sets.T).tocoo()
    part, total = shared.coords
    low, high = puzzle.lower, puzzle.upper
    differs = (low[part] != low[total]) | (high[part] != high[total])
    ranged = (low[part] < high[part]) & (low[total] < high[total])
    found = (
        (shared.data == sizes[part])
        & (sizes[total] > sizes[part])
        & (low[total] <= high[part])
        & differs
        & ranged
    )
    return sets[total[found]] - sets[part[found]]
