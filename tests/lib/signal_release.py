"""The small release with signals in it, written by the production writer for each audience."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lib.small_release import SmallRelease, build_small_release
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Shelf
from regiebeeld.releases.findings import (
    Completeness,
    Finding,
    Signal,
    SignalFamily,
    write_findings,
)
from regiebeeld.releases.shelf import compute_file_hash, replacing, write_manifest
from regiebeeld.releases.writing import AudienceFile, ReleaseTables

RELEASE = "2026-07-15.1"
MONTH, BEFORE, YEAR = "2026-06", "2026-05", "2026-06/P12M"
_TABLES = (
    "theme", "indicator", "breakdown", "period", "area", "drawing", "area_change", "key_figure",
    "reason", "class_break", "source", "source_note",
)  # fmt: skip
_WITHHELD = ("theme", "indicator", "source", "words", "next_step", "audience")
OPENBAAR = AudienceFile("openbaar", "Iedereen", ("openbaar",), AreaLevel.BUURT, AreaLevel.BUURT)
OWN = AudienceFile(
    "gm9001", "Aldermeer", ("openbaar",), AreaLevel.BUURT, AreaLevel.GEMEENTE, "GM9001"
)


def signal(observed: int = 23, **changed: Any) -> Signal:
    """Make a rise of 23 where 6 to 14 is usual; a keyword changes what a test is about."""
    known: dict[str, Any] = {
        "direction": "rise", "observed": observed, "observed_lower": observed,
        "observed_upper": observed, "expected": 9.4, "usual_lower": 6.0, "usual_upper": 14.0,
        "since": MONTH, "p": 0.0012, "q": 0.01, "above": None,
    }  # fmt: skip
    return Signal(**{**known, **changed})


def found_in(
    area: str, content: Signal, *, indicator: str = "fietsendiefstal", period: str = MONTH
) -> Finding[Any]:
    levels = {"R": "regio", "G": "gemeente", "W": "wijk", "B": "buurt"}
    level = AreaLevel(levels[area[0]])
    return Finding(content, level, indicator, area, period)


def family(
    level: AreaLevel, tested: int, *, skipped: int = 0, found: int = 0, false: float = 0.0,
    indicator: str = "fietsendiefstal", period: str = MONTH,
) -> Finding[Any]:  # fmt: skip
    return Finding(SignalFamily(tested, skipped, found, false), level, indicator, None, period)


def fall(**changed: Any) -> Signal:
    known = {"direction": "fall", "expected": 12.0, "usual_lower": 7.0, "usual_upper": 19.0}
    return signal(2, **{**known, **changed})


# Four rises (one rounded) and a fall in the newest month; none in the month before.
FINDINGS: tuple[Finding[Any], ...] = (
    found_in("GM9001", signal(since="2026-03", above=False)),
    found_in("GM9002", signal(51, expected=31.0, usual_upper=43.0, usual_lower=21.0, above=True)),
    found_in(
        "BU90020101",
        signal(145, expected=101.0, usual_lower=80.0, usual_upper=123.0, since=YEAR, above=True,
               observed_lower=141, observed_upper=149),
        period=YEAR,
    ),
    found_in("RG90", signal(74, expected=40.0, usual_lower=30.0, usual_upper=52.0)),
    found_in("GM9001", fall(above=False, q=0.04), indicator="woninginbraken"),
    family(AreaLevel.REGIO, 1, found=1, false=0.05),
    family(AreaLevel.GEMEENTE, 2, skipped=1, found=2, false=0.1),
    family(AreaLevel.GEMEENTE, 2, found=1, false=0.05, indicator="woninginbraken"),
    family(AreaLevel.BUURT, 3, skipped=1, found=1, false=0.05, period=YEAR),
    family(AreaLevel.GEMEENTE, 3, period=BEFORE),
)  # fmt: skip
# Other statistics, and no word of signals.
OTHERS = (Finding(Completeness("politie_klein", 1, 0.9, 0.85), AreaLevel.GEMEENTE),)


def shelve_signal_release(
    folder: Path,
    findings: Sequence[Finding[Any]] = FINDINGS,
    *,
    invented: bool = False,
    audiences: Sequence[AudienceFile] = (OPENBAAR, OWN),
) -> Shelf:
    """Put a release with findings on a shelf, and serve it."""
    plain = build_small_release(folder / ".plain", SmallRelease(invented=invented))
    tables, about = _read_tables(plain)
    codes = tables["area"].sort_by("area_key")["code"].to_pylist()
    names = tables["indicator"].sort_by("indicator_key")["id"].to_pylist()
    # Keys of the small release start at 1.
    tables["finding"] = write_findings(findings, indicators=["", *names], areas=["", *codes])
    written = ReleaseTables(tables, about=about, threads=1)
    with replacing(folder / RELEASE) as draft:
        draft.mkdir(parents=True)
        for audience in audiences:
            written.write(draft / f"{audience.name}.duckdb", audience)
        files = {path.name: compute_file_hash(path) for path in draft.iterdir()}
        write_manifest(draft, {"id": RELEASE, "region": "klein", "files": files})
    written.close()
    shelf = Shelf(folder)
    shelf.use(RELEASE)
    return shelf


def _read_tables(path: Path) -> tuple[dict[str, pa.Table], dict[str, str]]:
    with duckdb.connect(str(path), read_only=True) as file:
        tables = {name: file.sql(f"FROM {name}").to_arrow_table() for name in _TABLES}
        tables["cell"] = file.sql("FROM cell_by_area").to_arrow_table()
        about = dict(file.execute("SELECT name, value FROM about").fetchall())
    path.unlink()
    path.parent.rmdir()
    fields = {**dict.fromkeys(_WITHHELD, pa.string()), "position": pa.int32()}
    tables["withheld"] = pa.schema(fields).empty_table()
    return tables, about
