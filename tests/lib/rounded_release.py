"""The small release with bicycle theft as a source about persons has it: rounded, some masked."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from lib.small_release import SmallRelease, shelve_small_release
from regiebeeld.domain import Status
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, read_manifest, write_manifest
from regiebeeld.releases.tables import STATUS_NUMBERS
from regiebeeld.statistics import compute_rates

INDICATOR = "fietsendiefstal"
_KEY = 2
_SHOWN, _ROUNDED, _MASKED = (
    STATUS_NUMBERS.index(status) for status in (Status.SHOWN, Status.ROUNDED, Status.MASKED)
)
MASKED_AREA = "BU90010102"  # in every period
MASKED_MONTH = ("GM9001", "2026-04")
# Whole years of the region and a gemeente are lifted to numbers that stand nowhere else.
LIFTED, LIFT = ("RG90", "GM9001"), 7000


def shelve_rounded_release(folder: Path, wanted: SmallRelease | None = None) -> Shelf:
    """Put a release with rounded, masked and shown cells on a shelf, and serve it."""
    wanted = wanted or SmallRelease()
    shelf = shelve_small_release(folder, wanted)
    path = folder / wanted.release / "openbaar.duckdb"
    with duckdb.connect(str(path)) as file:
        for table in ("cell_by_area", "cell_by_indicator"):
            _round_table(file, table)
    manifest = read_manifest(path.parent)
    write_manifest(path.parent, {**manifest, "files": {path.name: compute_file_hash(path)}})
    return shelf


def _round_table(file: duckdb.DuckDBPyConnection, table: str) -> None:
    rows = file.execute(
        f"SELECT area_key, period_key, code, id, kind, value, base, per FROM {table}"
        " JOIN area USING (area_key) JOIN period USING (period_key)"
        f" WHERE indicator_key = {_KEY} AND status = {_SHOWN} ORDER BY ALL"
    ).fetchall()
    draws = np.random.default_rng(5)
    changed = [_round_row(row, float(draws.random())) for row in rows]
    names = (
        "area_key", "period_key", "value", "lower", "upper", "status", "rate", "rate_lower",
        "rate_upper", "estimated_share",
    )  # fmt: skip
    columns = dict(zip(names, map(list, zip(*changed, strict=True)), strict=True))
    file.register("changed", pa.table(columns))
    file.execute(
        f"UPDATE {table} AS t SET value = c.value, lower = c.lower, upper = c.upper,"
        " status = c.status, rate = c.rate, rate_lower = c.rate_lower,"
        " rate_upper = c.rate_upper, estimated_share = c.estimated_share FROM changed AS c"
        f" WHERE t.indicator_key = {_KEY} AND t.area_key = c.area_key"
        " AND t.period_key = c.period_key"
    )
    file.unregister("changed")


def _round_row(row: tuple[Any, ...], draw: float) -> list[Any]:
    area_key, period_key, code, period, kind, value, base, per = row
    if code == MASKED_AREA or (code, period) == MASKED_MONTH:
        return [area_key, period_key, None, None, None, _MASKED, None, None, None, 0.0]
    if code in LIFTED and kind != "month":
        value += LIFT
    rounded = value - value % 5 + (5 if draw < value % 5 / 5 else 0)
    lower, upper = max(rounded - 4, 0), rounded + 4
    rates: list[float | None] = [None, None, None]
    if per:
        found = compute_rates([rounded], [lower], [upper], base=base, per=per)
        rates = [float(part[0]) for part in (found.rate, found.lower, found.upper)]
    share = 1.0 if code == "BU90020101" and period < "2021" else 0.0
    return [area_key, period_key, rounded, lower, upper, _ROUNDED, *rates, share]
