"""The tables of a small release with planted secrets: words that only some audiences may hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.domain import AreaLevel, Status, read_period
from regiebeeld.releases.shelf import compute_file_hash, replacing, write_manifest
from regiebeeld.releases.tables import STATUS_NUMBERS
from regiebeeld.releases.writing import AudienceFile, ReleaseTables

ABOUT = {
    "release": "2026-06-30.1",
    "region": "klein",
    "region_title": "Kleine regio",
    "region_code": "REGIO_klein",
    "made_at": "2026-06-30T06:00:00+00:00",
    "invented": "true",
    "vintage": "2024",
    "catalogue_hash": "0" * 64,
    "last_month": "2031-07",
}
AREAS = ("REGIO_klein", "GM0141", "GM0153", "BU01410101", "BU01530101")
OPEN, SECRET = 0, 1  # indicators
PERIODS = ("2024", "2024-01", "2031-07")  # the last one belongs to the secret indicator only
# Words that stand only with the secret indicator, whose label is driehoek.
SECRETS = (
    "Kwetsbare Titel", "kwetsbare_cijfers", "Kwetsbaar thema", "kwetsbare reden",
    "kwetsbare bron", "kwetsbare opmerking", "kwetsbaar kerncijfer", "2031-07", "kwetsbare deling",
)  # fmt: skip
NEIGHBOUR = "alleen in de buurt van Enschede"  # why a buurt of GM0153 has no number
REASONS = ("kwetsbare reden", "algemene reden", NEIGHBOUR, "kwetsbare deling")
OPENBAAR = AudienceFile("openbaar", "Iedereen", ("openbaar",), AreaLevel.BUURT, AreaLevel.BUURT)
DRIEHOEK = AudienceFile(
    "driehoek", "Driehoek", ("openbaar", "intern", "driehoek"), AreaLevel.BUURT, AreaLevel.BUURT
)
ALMELO = AudienceFile(
    "gm0141", "Almelo", ("openbaar", "intern"), AreaLevel.BUURT, AreaLevel.GEMEENTE, "GM0141"
)


def cell(indicator: int, area: str, period: str, value: int | None, **more: Any) -> dict[str, Any]:
    status = Status.SHOWN if value is not None else Status.MISSING
    return {
        "indicator_key": indicator, "breakdown_key": 0, "area_key": AREAS.index(area),
        "period_key": PERIODS.index(period), "value": value, "lower": value, "upper": value,
        "status": STATUS_NUMBERS.index(status), "reason_key": None, "estimated_share": 0.0,
        "provisional": False, "base": None, "base_figure": None, "base_year": None, "per": None,
        "rate": None, "rate_lower": None, "rate_upper": None, "no_rate_key": None, **more,
    }  # fmt: skip


def cells() -> list[dict[str, Any]]:
    return [
        cell(OPEN, "REGIO_klein", "2024", 30),
        cell(OPEN, "GM0141", "2024", 10),
        cell(OPEN, "GM0153", "2024", 20, no_rate_key=1),
        cell(OPEN, "GM0141", "2024-01", 1),
        cell(OPEN, "BU01410101", "2024", 4),
        cell(OPEN, "BU01530101", "2024", None, reason_key=2),
        cell(SECRET, "GM0141", "2024", 77, no_rate_key=3),
        cell(SECRET, "GM0141", "2031-07", None, reason_key=0),
    ]


def _indicator(key: int, name: str, theme: str, title: str, label: str) -> dict[str, Any]:
    texts = dict.fromkeys(("definition", "caution", "police_codes", "unit", "effort", "finest"), "")
    return {
        "indicator_key": key, "position": key, "id": name, "theme": theme, "title": title,
        **texts, "label": label, "analyses": ["trend"],
        "source": "politie" if label == "openbaar" else "kwetsbare bron",
    }  # fmt: skip


def _source(name: str, label: str) -> dict[str, Any]:
    texts = ("publisher", "licence", "table_id", "address", "fetched_at", "modified", "description")
    return {
        "id": name, "title": name, **dict.fromkeys(texts, ""), "label": label,
        "rows_in": 1, "rows_kept": 1, "rows_refused": 0,
        "first_period": "2024" if label == "openbaar" else "2031-07", "last_period": None,
        "delivered": False, "agreement_start": None, "agreement_end": None,
    }  # fmt: skip


def area_row(key: int, code: str) -> dict[str, Any]:
    level = {"R": "regio", "G": "gemeente", "W": "wijk", "B": "buurt"}[code[0]]
    shape = dict.fromkeys(("path", "label_x", "label_y", "min_x", "min_y", "max_x", "max_y"))
    return {
        "area_key": key, "code": code, "level": level, "name": code, "vintage": 2024,
        "parent": None, "gemeente": None if level == "regio" else f"GM{code[2:6]}", **shape,
    }  # fmt: skip


def _theme(position: int, name: str, title: str) -> dict[str, Any]:
    return {
        "position": position, "id": name, "title": title, "question": "?", "introduction": "",
    }  # fmt: skip


def _period(key: int, text: str) -> dict[str, Any]:
    period = read_period(text)
    days: dict[str, date] = {"first_day": period.start, "last_day": period.end}
    return {"period_key": key, "id": text, "kind": period.kind.value, **days}


def withheld_row(position: int, audience: str, theme: str, indicator: str) -> dict[str, Any]:
    return {
        "position": position, "audience": audience, "theme": theme, "indicator": indicator,
        "source": "Bron van een partner", "words": "Er is geen afspraak over deze bron.",
        "next_step": "Maak die.",
    }  # fmt: skip


def _class(key: int, level: str, kind: str) -> dict[str, Any]:
    return {
        "indicator_key": key, "level": level, "period_kind": kind,
        "measure": "count", "breaks": [1.0, 2.0],
    }  # fmt: skip


def _figure(area: int, source: str) -> dict[str, Any]:
    name = "inwoners" if "kwetsbaar" not in source else source
    return {
        "area_key": area, "figure": name, "year": 2024, "value": 5.0, "status": 0, "source": source
    }  # fmt: skip


def release_tables(**changed: Sequence[Mapping[str, Any]]) -> dict[str, pa.Table]:
    """Every table of a release; a keyword replaces the rows of one."""
    rows: dict[str, Sequence[Mapping[str, Any]]] = {
        "theme": [_theme(1, "open", "Open thema"), _theme(2, "dicht", "Kwetsbaar thema")],
        "indicator": [
            _indicator(OPEN, "woninginbraken", "open", "Woninginbraken", "openbaar"),
            _indicator(SECRET, "kwetsbare_cijfers", "dicht", "Kwetsbare Titel", "driehoek"),
        ],
        "breakdown": [{"breakdown_key": 0, "id": "total", "title": "Totaal"}],
        "period": [_period(i, text) for i, text in enumerate(PERIODS)],
        "area": [area_row(i, code) for i, code in enumerate(AREAS)],
        "drawing": [{"level": "gemeente", "view_box": "0 0 1 1", "geojson": "{}"}],
        "area_change": [
            {"old_code": "GM0001", "old_name": "Oud", "old_vintage": 2020, "new_code": "GM0141",
             "new_name": "Almelo", "new_vintage": 2024, "level": "gemeente", "kind": "merged",
             "share": 1.0},
        ],
        "key_figure": [
            _figure(1, "cbs_gebieden"), _figure(1, "cbs_bevolking"),
            _figure(1, "kwetsbaar kerncijfer"),
        ],
        "reason": [{"reason_key": i, "text": text} for i, text in enumerate(REASONS)],
        "class_break": [
            _class(OPEN, "gemeente", "year"), _class(OPEN, "buurt", "month"),
            _class(SECRET, "gemeente", "year"),
        ],
        "source": [
            _source("politie", "openbaar"), _source("cbs_gebieden.2024", "openbaar"),
            _source("cbs_bevolking", "openbaar"), _source("kwetsbare bron", "driehoek"),
            _source("kwetsbaar kerncijfer", "driehoek"),
        ],
        "withheld": [
            withheld_row(0, "openbaar", "open", "Fietsendiefstal"),
            withheld_row(1, "driehoek", "dicht", "Kwetsbare Titel"),
        ],
        "source_note": [
            {"source": "politie", "kind": "missing", "rows": 1, "text": "algemene opmerking"},
            {"source": "kwetsbare bron", "kind": "missing", "rows": 1,
             "text": "kwetsbare opmerking"},
        ],
        "cell": cells(),
        **changed,
    }  # fmt: skip
    return {name: pa.Table.from_pylist(list(found)) for name, found in rows.items()}


def shelve(folder: Path, release: str, *, value: int = 10, **manifest: Any) -> Path:
    """Put a whole release of one figure on a shelf, without serving it."""
    about = {**ABOUT, "release": release}
    only = [cell(OPEN, "GM0141", "2024", value)]
    written = ReleaseTables(release_tables(cell=only), about=about, threads=1)
    with replacing(folder / release) as draft:
        draft.mkdir(parents=True)
        written.write(draft / "openbaar.duckdb", OPENBAAR)
        files = {path.name: compute_file_hash(path) for path in draft.iterdir()}
        whole = {"id": release, "region": "klein", "files": files, **manifest}
        write_manifest(draft, whole)
    written.close()
    return folder / release
