"""A small release of burglaries by two audience files, with its register, to attack."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

import regiebeeld.releases
from lib.gate_cases import SECRET, Town, make_drafts, months
from regiebeeld.domain import read_period
from regiebeeld.pipeline.gate.judging import Passed, pass_gate
from regiebeeld.pipeline.gate.protecting import ReleasedCells, protect_cells
from regiebeeld.pipeline.gate.register import REGISTER, Register
from regiebeeld.pipeline.gate.union import Atoms
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, write_manifest
from regiebeeld.settings import Settings, read_settings

SOURCE = "woninginbraken_aantallen"
INDICATORS = ("woninginbraken_voltooid", "woninginbraken_pogingen")
SETS = ("woninginbraak/attempt=voltooid", "woninginbraak/attempt=poging")
PERIODS = ("2023", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4")
WIJK, PARTS = "WK990100", ("BU99010000", "BU99010001", "BU99010002")
REGION_CODE = "VR99"
TOWN = Town.make()
_SQL = Path(regiebeeld.releases.__file__).parent
_REST = "0, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"


@dataclass(frozen=True)
class AttackedRelease:
    """Settings of the folder, the release, and the attempts per buurt of the wijk in 2023."""

    settings: Settings
    release: str
    parts: tuple[int, int, int]

    @property
    def register(self) -> Register:
        return Register(self.settings.unprotected / REGISTER)

    def write(self, text: str, name: str = "anderen.csv") -> Path:
        path = self.settings.var / name
        path.write_text(text, encoding="utf-8")
        return path


def draw_planted() -> tuple[Atoms, tuple[int, int, int]]:
    """Draw counts in which the attempts of one wijk in 2023 are 9 and read "1–9".

    All of them lie in the first two buurten; every other wijk has enough to be told.
    """
    drawn = np.random.default_rng(5).poisson(2.0, (len(TOWN.atoms), 12, 2))
    for month in range(12):
        for first in range(1, 9):
            counts = drawn.copy()
            counts[:4, :, 1] = 0
            counts[0, month, 1], counts[1, month, 1] = first, 9 - first
            atoms = Atoms(TOWN.atoms, tuple(map(read_period, months(12))), SETS, counts)
            if _reads_one_to_nine(atoms):
                return atoms, (first, 9 - first, 0)
    raise AssertionError("no draw of these rounds 9 down")


def _reads_one_to_nine(atoms: Atoms) -> bool:
    cells = make_drafts(TOWN, atoms, ["2023"])[2].cells
    at = next(i for i, area in enumerate(TOWN.areas) if area.code == WIJK)
    return int(protect_cells(cells, SECRET).value[at]) == 5


def shelve_attacked(var: Path, release: str = "2026-01-31.1") -> AttackedRelease:
    """Pass the gate with planted counts, and write the register, the files and the manifest."""
    atoms, parts = draw_planted()
    settings = replace(read_settings({}), var=var, quiet=True)
    register = Register(settings.unprotected / REGISTER)
    _, *split = make_drafts(TOWN, atoms, PERIODS)
    drafts = [
        replace(draft, indicator=name, events=SOURCE, sets=frozenset([one]))
        for draft, name, one in zip(split, INDICATORS, SETS, strict=True)
    ]
    passed = pass_gate(drafts, {SOURCE: atoms}, areas=TOWN.areas, secret=SECRET, register=register)
    register.add(release, passed.told)
    folder = settings.releases / release
    folder.mkdir(parents=True)
    # The wijken stand in the file of a gemeente only: an attack reads every file.
    _write_file(folder / "regio.duckdb", drafts, passed, levels=("regio", "gemeente"))
    _write_file(folder / "gm9901.duckdb", drafts, passed, levels=("gemeente", "wijk"))
    seal(settings, release)
    return AttackedRelease(settings, release, parts)


def seal(settings: Settings, release: str) -> None:
    """Write the manifest with the hashes of the files as they are now."""
    folder = settings.releases / release
    files = {path.name: compute_file_hash(path) for path in folder.glob("*.duckdb")}
    write_manifest(folder, {"id": release, "region": "proef", "files": files})
    Shelf(settings.releases).use(release)


def _write_file(path: Path, drafts: list[Any], passed: Passed, *, levels: tuple[str, ...]) -> None:
    with duckdb.connect(str(path)) as file:
        file.execute((_SQL / "schema.sql").read_text(encoding="utf-8"))
        for name in ("cell_by_area", "cell_by_indicator"):
            file.execute((_SQL / "cells.sql").read_text(encoding="utf-8").format(name=name))
        about = {"region": "proef", "region_code": REGION_CODE}
        file.executemany("INSERT INTO about VALUES (?, ?)", list(about.items()))
        file.execute("INSERT INTO breakdown VALUES (0, 'total', 'Totaal')")
        areas = [[i, each.code, each.level.value] for i, each in enumerate(TOWN.areas)]
        file.executemany(
            "INSERT INTO area (area_key, code, level, name, vintage) VALUES (?, ?, ?, '-', 2025)",
            areas,
        )
        for key, name in enumerate(PERIODS):
            kind, first, last = (getattr(read_period(name), c) for c in ("kind", "start", "end"))
            file.execute(
                "INSERT INTO period VALUES (?, ?, ?, ?, ?)", [key, name, kind, first, last]
            )
        for key, (draft, cells) in enumerate(zip(drafts, passed.cells, strict=True)):
            file.execute(
                "INSERT INTO indicator VALUES (?, ?, ?, '-', '-', '-', '-', '-', '-', '-', '-',"
                " '-', [], ?)",
                [key, key, draft.indicator, SOURCE],
            )
            _write_cells(file, key, draft, cells, levels)


def _write_cells(
    file: duckdb.DuckDBPyConnection,
    key: int,
    draft: Any,
    cells: ReleasedCells,
    levels: tuple[str, ...],
) -> None:
    there = [TOWN.areas[area].level.value in levels for area in draft.cells.area]
    names = [PERIODS.index(period.id) for period in draft.cells.periods]
    rows = pa.table(
        {
            "area": draft.cells.area,
            "period": [names[period] for period in draft.cells.period],
            "value": cells.value,
            "lower": cells.lower,
            "upper": cells.upper,
        }
    ).filter(pa.array((cells.value >= 0) & np.array(there)))
    file.register("fresh", rows)
    file.execute(
        f"INSERT INTO cell_by_area SELECT {key}, 0, area, period, value, lower, upper, 1, NULL,"
        f" {_REST} FROM fresh"
    )
    file.unregister("fresh")
