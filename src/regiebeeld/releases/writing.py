"""Writes audience files: each is filled from allowed cells only, never copied and deleted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from regiebeeld.domain import AreaLevel, ReleaseError
from regiebeeld.releases.findings import FINDING_SCHEMA
from regiebeeld.releases.opening import quoted
from regiebeeld.releases.parts import PART_SCHEMA
from regiebeeld.releases.public_places import PUBLIC_PLACE_SCHEMA
from regiebeeld.releases.theme_index import INDEX_SCHEMAS
from regiebeeld.releases.translating import TRANSLATION_SCHEMA

_HERE = Path(__file__).parent
_SCHEMA = (_HERE / "schema.sql").read_text(encoding="utf-8")
_CELLS = (_HERE / "cells.sql").read_text(encoding="utf-8")
_ALLOWED = (_HERE / "allowed_cells.sql").read_text(encoding="utf-8")
_SORTED = {
    "cell_by_indicator": "indicator_key, period_key, area_key, breakdown_key",
    "cell_by_area": "area_key, indicator_key, period_key, breakdown_key",
}
# Tables that say nothing of a cell and go whole into every file.
_OPEN_TABLES = (
    "area", "area_name", "drawing", "area_change", "policy", "public_place", *INDEX_SCHEMAS,
)  # fmt: skip
# Tables of which only the rows go along that something visible uses, each with its own .sql file:
# the words of a hidden figure (why it is missing, its page, its months) would tell of it too.
_USED_TABLES = (
    "withheld", "theme", "breakdown", "part", "period", "reason", "class_break", "source",
    "source_note", "gate_account", "policy_source", "translation",
)  # fmt: skip
_TEXT, _NUMBER = pa.string(), pa.int32()
# The proof of the gate, as a run hands it over; a run that has none leaves the tables out.
PROOF_SCHEMAS = {
    "gate_account": pa.schema(
        {
            "source": _TEXT, "events": _TEXT, "figures": _NUMBER, "tested": _NUMBER,
            "certified": _NUMBER, "masked": _NUMBER, "known": _NUMBER, "exact": _NUMBER,
            "width": _NUMBER, "earlier": _NUMBER, "outside": _TEXT,
        }
    ),
    "policy": pa.schema({"class": _TEXT, "title": _TEXT, "publish": pa.bool_(), "words": _TEXT}),
    "policy_source": pa.schema({"source": _TEXT, "class": _TEXT, "finest": _TEXT}),
}  # fmt: skip
AREA_NAME_SCHEMA = pa.schema({"area_key": _NUMBER, "kind": _TEXT, "name": _TEXT, "place": _NUMBER})
# What a run may leave out: the proof of the gate, what the statistics found, other names, the
# index of themes, and the words of breakdowns.
_OPTIONAL = {
    **PROOF_SCHEMAS,
    "part": PART_SCHEMA,
    "translation": TRANSLATION_SCHEMA,
    **INDEX_SCHEMAS,
    "finding": FINDING_SCHEMA,
    "area_name": AREA_NAME_SCHEMA,
    "public_place": PUBLIC_PLACE_SCHEMA,
}
_USED = {
    name: (_HERE / f"used_{name}.sql").read_text(encoding="utf-8")
    for name in (*_USED_TABLES, "key_figure", "available", "finding")
}
AUDIENCE_NAME = re.compile(r"[a-z0-9_]+")
_KEYS = ("indicator", "breakdown", "area", "period")


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """One file to write: who it is for and what may stand in it.

    `own` is the finest level shown of gemeente `gemeente` (of all when None),
    `elsewhere` of the others; of the sources in `without` nothing is told. Raises ReleaseError
    for a name that is no plain file name.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    own: AreaLevel
    elsewhere: AreaLevel
    gemeente: str | None = None
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not AUDIENCE_NAME.fullmatch(self.name):
            raise ReleaseError(
                f"{self.name!r} is geen naam van een ontvanger; "
                "gebruik kleine letters, cijfers en _"
            )


class ReleaseTables:
    """The one protected cell set with its dimension tables, ready to be filtered per audience.

    tables: Arrow tables named and shaped as in schema.sql, `cell` as in cells.sql, with rows and
    columns in any order; those of _OPTIONAL may be absent, and are then empty. Raises
    ReleaseError when another table is absent, or a cell names an indicator, area, period or
    breakdown that is not there.
    """

    def __init__(
        self, tables: Mapping[str, pa.Table], *, about: Mapping[str, str], threads: int = 2
    ) -> None:
        absent = {name: schema.empty_table() for name, schema in _OPTIONAL.items()}
        tables = {**absent, **tables}
        wanted = {*_OPEN_TABLES, *_USED_TABLES, "key_figure", "indicator", "cell", "finding"}
        if missing := sorted(wanted - set(tables)):
            raise ReleaseError(f"voor een versie ontbreken de tabellen {', '.join(missing)}")
        self.about = dict(about)
        self._connection = duckdb.connect(":memory:", config={"threads": threads})
        self._connection.execute("SET enable_progress_bar = false")
        for name in sorted(wanted):
            self._connection.register(f"arrow_{name}", tables[name])
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_{name}")
            self._connection.unregister(f"arrow_{name}")
        levels = [(level.value, level.depth) for level in AreaLevel]
        self._connection.execute("CREATE TABLE depth (level VARCHAR, depth INTEGER)")
        self._connection.executemany("INSERT INTO depth VALUES (?, ?)", levels)
        self._check_cells()
        self._sort_cells()

    def _sort_cells(self) -> None:
        """Sort once: filtering keeps the order but for a few rows, and sorting takes longest."""
        for name, order in _SORTED.items():
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM cell ORDER BY {order}")
        self._connection.execute("DROP TABLE cell")

    def _check_cells(self) -> None:
        """Refuse cells that a filter would lose without a word."""
        for name in _KEYS:
            lost = self._connection.execute(
                f"SELECT count(*) FROM cell ANTI JOIN {name} USING ({name}_key)"
            ).fetchall()[0][0]
            if lost:
                raise ReleaseError(
                    f"{lost} cijfers horen bij geen enkele regel van de tabel {name}; "
                    "er wordt niets uitgegeven"
                )

    def close(self) -> None:
        self._connection.close()

    def write(self, path: Path, audience: AudienceFile) -> dict[str, int]:
        """Write one audience file; give how many cells it holds by status.

        path must not exist. The file holds no row, and no byte of a deleted row, that the
        audience may not see. Raises ReleaseError when it cannot be written (a full disk, a
        table of another shape); then nothing is left at `path`.
        """
        if path.exists():
            raise ReleaseError(f"{path} bestaat al; een versie wordt nooit overschreven")
        try:
            return self._write(path, audience)
        except duckdb.Error as fault:
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".wal").unlink(missing_ok=True)
            raise ReleaseError(
                f"{path}: schrijven is mislukt ({fault}). Controleer de ruimte op de schijf; "
                "de vorige versie blijft staan"
            ) from fault

    def _write(self, path: Path, audience: AudienceFile) -> dict[str, int]:
        run = self._connection.execute
        run(f"ATTACH '{quoted(path)}' AS file")
        try:
            run("USE file")
            run(_SCHEMA)
            for name in _OPEN_TABLES:
                run(f"INSERT INTO file.{name} BY NAME SELECT * FROM memory.main.{name}")
            self._write_cells(audience)
            self._write_used(audience)
            self._write_about(audience)
            statuses = run(
                "SELECT status, count(*) FROM file.cell_by_area GROUP BY ALL ORDER BY ALL"
            ).fetchall()
            run("CHECKPOINT file")
        finally:
            run("USE memory")
            run("DETACH file")
        return {str(status): rows for status, rows in statuses}

    def _write_cells(self, audience: AudienceFile) -> None:
        run = self._connection.execute
        labels = list(audience.labels)
        run(
            "INSERT INTO file.indicator BY NAME SELECT * FROM memory.main.indicator"
            " WHERE label IN (SELECT unnest(?::VARCHAR[]))"
            " AND source NOT IN (SELECT unnest(?::VARCHAR[])) ORDER BY position",
            [labels, list(audience.without)],
        )
        rule: dict[str, Any] = {
            "labels": labels,
            "without": list(audience.without),
            "own": audience.own.depth,
            "elsewhere": audience.elsewhere.depth,
            "gemeente": audience.gemeente,
        }
        for name in _SORTED:
            run(_CELLS.format(name=f"file.{name}"))
            run(f"INSERT INTO file.{name} BY NAME {_ALLOWED.format(name=name)}", rule)

    def _write_used(self, audience: AudienceFile) -> None:
        """Fill the tables beside the cells with what those cells and this audience's labels use."""
        rule = {
            "labels": list(audience.labels),
            "without": list(audience.without),
            "audience": audience.name,
            "title": audience.title,
            "own": audience.own.depth,
            "elsewhere": audience.elsewhere.depth,
            "gemeente": audience.gemeente,
        }
        for name in ("available", *_USED_TABLES, "key_figure", "finding"):
            values = {key: value for key, value in rule.items() if f"${key}" in _USED[name]}
            self._connection.execute(
                f"INSERT INTO file.{name} BY NAME {_USED[name]}", values or None
            )

    def _write_about(self, audience: AudienceFile) -> None:
        rows = {**self.about, "audience": audience.name, "audience_title": audience.title}
        last = self._connection.execute("SELECT max(last_day) FROM file.period").fetchall()[0][0]
        if last and "last_month" in rows:
            # The last month of a hidden figure is nobody else's business.
            rows["last_month"] = f"{last:%Y-%m}"
        self._connection.executemany("INSERT INTO file.about VALUES (?, ?)", sorted(rows.items()))
