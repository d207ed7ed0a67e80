"""The tables on offer: built when first asked for, and altered by tests that need bad input."""

import csv
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

DATADERDEN, OPENDATA = "dataderden", "opendata"
WHOLE_NUMBERS = {"ID", "Position", "ParentID", "Decimals", "MapYear", "CategoryGroupID"}
Rows: TypeAlias = Any  # an Arrow table, or a sequence of dictionaries


@dataclass(frozen=True, slots=True)
class Table:
    """One OData v3 table: its rows (typed) and its lists, by the name of their entity set."""

    name: str
    host: str
    rows: pa.Table
    lists: Mapping[str, pa.Table]

    @property
    def info(self) -> Mapping[str, object]:
        found = self.lists["TableInfos"].to_pylist()
        return found[0] if found else {}


def as_table(rows: Rows) -> pa.Table:
    """Make an Arrow table of dictionaries; the columns are all keys, in order of appearance."""
    if isinstance(rows, pa.Table):
        return rows
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def read_list(path: Path) -> list[dict[str, object]]:
    """Read one OData v3 list that was saved as CSV; whole numbers become numbers again."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [_typed(row) for row in csv.DictReader(lines)]


def _typed(row: Mapping[str, str]) -> dict[str, object]:
    return {
        name: (int(text) if text else None) if name in WHOLE_NUMBERS else text
        for name, text in row.items()
    }


class Tables:
    """The tables by name; a builder runs once, a change by a test stands until it is undone."""

    def __init__(self, data: Path, builders: Mapping[str, Callable[[Path], Table]]) -> None:
        self.data, self.builders = data, builders
        self.built: dict[str, Table] = {}
        self.changed: dict[str, Table] = {}
        self.removed: set[str] = set()
        self.lock = threading.RLock()

    def names(self) -> list[str]:
        return sorted((set(self.builders) | set(self.changed)) - self.removed)

    def read(self, name: str, host: str = "") -> Table | None:
        """Read a table as it stands now; None when that host does not have it."""
        with self.lock:
            if name in self.removed:
                return None
            table = self.changed.get(name) or self._build(name)
        return table if table and host in ("", table.host) else None

    def change(self, name: str, alter: Callable[[Table], Table]) -> None:
        """Replace a table by an altered one; raise KeyError for an unknown name."""
        table = self.read(name)
        if table is None:
            raise KeyError(name)
        with self.lock:
            self.changed[name] = alter(table)

    def set_list(self, name: str, entity: str, rows: Rows) -> None:
        self.change(name, lambda table: _with_list(table, entity, as_table(rows)))

    def set_modified(self, name: str, moment: str) -> None:
        """Change what TableInfos says about the last change."""
        info = {**self._read(name).info, "Modified": moment, "MetaDataModified": moment}
        self.set_list(name, "TableInfos", [info])

    def restore(self, name: str) -> None:
        """Undo every change of a table."""
        with self.lock:
            self.changed.pop(name, None)
            self.removed.discard(name)

    def _read(self, name: str) -> Table:
        table = self.read(name)
        if table is None:
            raise KeyError(name)
        return table

    def _build(self, name: str) -> Table | None:
        if name in self.builders and name not in self.built:
            self.built[name] = self.builders[name](self.data)
        return self.built.get(name)


def _with_list(table: Table, entity: str, rows: pa.Table) -> Table:
    return replace(table, lists={**table.lists, entity: rows})
