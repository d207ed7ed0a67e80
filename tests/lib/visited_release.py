"""Two versions of the small release for a new user's walk: three gemeenten, signals, a figure out.

The version before lacks the newest month and counts May otherwise; it has no signals.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from lib.map_release import shelve_map_release
from lib.small_release import SmallRelease, build_small_release
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, read_manifest, write_manifest
from regiebeeld.statistics import compute_rates

BEFORE, NEW_MONTH = "2026-06-15.1", "2026-06"
REVISED = ("2026-05", 2)  # of bicycle thefts in the whole region: so many more than before
LEFT_OUT = (
    "algemeen",
    "Zakkenrollerij",
    "Geregistreerde misdrijven",
    "Er is geen afspraak over deze bron.",
    "Vraag de politie om een afspraak.",
)
THIRD, THIRD_KEY = ("GM9003", "Duinrade"), 11
_SECOND_KEY = 3
_TABLES = ("cell_by_area", "cell_by_indicator")


def shelve_visited_release(folder: Path) -> Shelf:
    """Put both versions on a shelf and serve the newer."""
    shelf = shelve_map_release(folder)
    current = folder / SmallRelease().release
    with duckdb.connect(str(current / "openbaar.duckdb")) as file:
        file.execute("INSERT INTO withheld VALUES (?, ?, ?, ?, ?)", LEFT_OUT)
        _add_third(file)
    path = current / "openbaar.duckdb"
    manifest = read_manifest(current)
    write_manifest(current, {**manifest, "files": {path.name: compute_file_hash(path)}})
    _add_before(folder)
    return shelf


def _add_before(folder: Path) -> None:
    path = build_small_release(folder / BEFORE, SmallRelease(invented=True))
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE about SET value = ? WHERE name = 'release'", [BEFORE])
        file.execute(
            "UPDATE about SET value = '2026-06-15T06:30:00+00:00' WHERE name = 'made_at'",
        )
        newest = "SELECT period_key FROM period WHERE last_day > '2026-05-31'"
        for table in (*_TABLES, "available"):
            file.execute(f"DELETE FROM {table} WHERE period_key IN ({newest})")
        file.execute("DELETE FROM period WHERE last_day > '2026-05-31'")
        period, difference = REVISED
        for table in _TABLES:
            file.execute(
                f"UPDATE {table} SET value = value - $less, lower = value - $less,"
                " upper = value - $less WHERE indicator_key = 2 AND area_key = 1 AND period_key ="
                " (SELECT period_key FROM period WHERE id = $period)",
                {"less": difference, "period": period},
            )
    write_manifest(path.parent, {"id": BEFORE, "files": {path.name: compute_file_hash(path)}})


def _add_third(file: duckdb.DuckDBPyConnection) -> None:
    """Add a gemeente in the lower half of the second, with half as many cases again."""
    code, name = THIRD
    file.execute(
        "INSERT INTO area SELECT * REPLACE (? AS area_key, ? AS code, ? AS name, ? AS gemeente,"
        " 'M600,300h400v300h-400Z' AS path, 450 AS label_y, 300 AS min_y) FROM area"
        " WHERE area_key = ?",
        [THIRD_KEY, code, name, code, _SECOND_KEY],
    )
    file.execute(
        "UPDATE area SET path = 'M600,0h400v300h-400Z', label_y = 150, max_y = 300"
        " WHERE area_key = ?",
        [_SECOND_KEY],
    )
    columns = ("indicator_key", "period_key", "value", "base", "per")
    rows = file.execute(
        f"SELECT {', '.join(columns)} FROM cell_by_area"
        " WHERE area_key = ? AND value IS NOT NULL AND per IS NOT NULL",
        [_SECOND_KEY],
    ).fetchnumpy()
    value = rows["value"] * 3 // 2
    rates = compute_rates(value, value, value, base=rows["base"], per=rows["per"])
    made = {
        "indicator_key": rows["indicator_key"], "period_key": rows["period_key"], "value": value,
        "rate": rates.rate, "rate_lower": rates.lower, "rate_upper": rates.upper,
    }  # fmt: skip
    file.register("made", pa.table({name: list(map(float, of)) for name, of in made.items()}))
    for table in _TABLES:
        file.execute(
            f"INSERT INTO {table} SELECT c.* REPLACE (? AS area_key, m.value AS value,"
            " m.value AS lower, m.value AS upper, m.rate AS rate, m.rate_lower AS rate_lower,"
            f" m.rate_upper AS rate_upper) FROM {table} AS c JOIN made AS m"
            " USING (indicator_key, period_key) WHERE c.area_key = ?",
            [THIRD_KEY, _SECOND_KEY],
        )
    file.unregister("made")
