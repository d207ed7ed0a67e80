"""Writes audience files: each is filled from allowed cells only, never copied and deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from regiebeeld.domain import AreaLevel, ReleaseError

_HERE = Path(__file__).parent
_SCHEMA = (_HERE / "schema.sql").read_text(encoding="utf-8")
_CELLS = (_HERE / "cells.sql").read_text(encoding="utf-8")
_ALLOWED = (_HERE / "allowed_cells.sql").read_text(encoding="utf-8")
_SORTED = {
    "cell_by_indicator": "indicator_key, period_key, area_key, breakdown_key",
    "cell_by_area": "area_key, indicator_key, period_key, breakdown_key",
}
# Tables that say nothing of a cell and go whole into every file.
_OPEN_TABLES = ("theme", "breakdown", "period", "area", "drawing", "area_change", "key_figure", "reason")


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """One file to write: who it is for and what may stand in it.

    `own` is the finest level shown of gemeente `gemeente` (of all when None),
    `elsewhere` of the others.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    own: AreaLevel
    elsewhere: AreaLevel
    gemeente: str | None = None


class ReleaseTables:
    """The one protected cell set with its dimension tables, ready to be filtered per audience.

    tables: Arrow tables named and shaped as in schema.sql, `cell` as in cells.sql,
    with its rows in any order. Raises ReleaseError when one is absent.
    """

    def __init__(self, tables: Mapping[str, pa.Table], *, about: Mapping[str, str], threads: int = 2) -> None:
        wanted = {*_OPEN_TABLES, "indicator", "cell", "class_break", "source", "source_note"}
        if missing := sorted(wanted - set(tables)):
            raise ReleaseError(f"voor een versie ontbreken de tabellen {', '.join(missing)}")
        self.about = dict(about)
        self._connection = duckdb.connect(":memory:", config={"threads": threads})
        self._connection.execute("SET enable_progress_bar = false")
        for name, table in tables.items():
            self._connection.register(f"arrow_{name}", table)
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_{name}")
            self._connection.unregister(f"arrow_{name}")
        levels = [(level.value, level.depth) for level in AreaLevel]
        self._connection.execute("CREATE TABLE depth (level VARCHAR, depth INTEGER)")
        self._connection.executemany("INSERT INTO depth VALUES (?, ?)", levels)

    def close(self) -> None:
        self._connection.close()

    def write(self, path: Path, audience: AudienceFile) -> dict[str, int]:
        """Write one audience file; give how many cells it holds by status.

        path must not exist. The file holds no row, and no byte of a deleted row,
        that the audience may not see.
        """
        if path.exists():
            raise ReleaseError(f"{path} bestaat al; een versie wordt nooit overschreven")
        run = self._connection.execute
        run(f"ATTACH '{_quoted(path)}' AS file")
        try:
            run("USE file")
            run(_SCHEMA)
            for name in _OPEN_TABLES:
                run(f"INSERT INTO file.{name} SELECT * FROM memory.main.{name}")
            self._write_filtered(audience)
            self._write_about(audience)
            statuses = run("SELECT status, count(*) FROM file.cell_by_area GROUP BY ALL ORDER BY ALL").fetchall()
            run("USE memory")
            run("CHECKPOINT file")
        finally:
            run("USE memory")
            run("DETACH file")
        return {str(status): rows for status, rows in statuses}

    def _write_filtered(self, audience: AudienceFile) -> None:
        run = self._connection.execute
        labels = list(audience.labels)
        run(
            "INSERT INTO file.indicator SELECT * FROM memory.main.indicator"
            " WHERE label IN (SELECT unnest(?::VARCHAR[])) ORDER BY position",
            [labels],
        )
        rule: dict[str, Any] = {
            "labels": labels,
            "own": audience.own.depth,
            "elsewhere": audience.elsewhere.depth,
            "gemeente": audience.gemeente,
        }
        for name, order in _SORTED.items():
            run(_CELLS.format(name=f"file.{name}"))
            run(f"INSERT INTO file.{name} {_ALLOWED} ORDER BY {order}", rule)
        run(
            "INSERT INTO file.available SELECT DISTINCT c.indicator_key, a.level, c.period_key"
            " FROM file.cell_by_indicator c JOIN file.area a USING (area_key)"
        )
        run(
            "INSERT INTO file.class_break SELECT b.* FROM memory.main.class_break b"
            " WHERE EXISTS (SELECT 1 FROM file.available v WHERE v.indicator_key = b.indicator_key"
            " AND v.indicator_level = b.level)"
        )
        run(
            "INSERT INTO file.source SELECT * FROM memory.main.source"
            " WHERE label IN (SELECT unnest(?::VARCHAR[]))",
            [labels],
        )
        run(
            "INSERT INTO file.source_note SELECT n.* FROM memory.main.source_note n"
            " WHERE n.source IN (SELECT id FROM file.source)"
        )

    def _write_about(self, audience: AudienceFile) -> None:
        rows = {**self.about, "audience": audience.name, "audience_title": audience.title}
        self._connection.executemany("INSERT INTO file.about VALUES (?, ?)", sorted(rows.items()))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
