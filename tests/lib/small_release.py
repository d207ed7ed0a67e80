"""Builds a tiny audience file through the real schema, so that page tests need no pipeline."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from scipy.stats import chi2

import regiebeeld.releases
from regiebeeld.domain import Period, PeriodKind, Status, read_period
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, write_manifest
from regiebeeld.releases.tables import STATUS_NUMBERS

_SQL = Path(regiebeeld.releases.__file__).parent
REASONS = {
    1: "minder dan 100 woningen: geen verhouding",
    2: "deze maand is nog niet geleverd",
    3: "de politie registreerde dit toen nog niet apart",
}
#   code, level, name, parent, gemeente, dwellings, (x, y, width, height) on a 1000 x 600 sheet
AREAS: tuple[
    tuple[str, str, str, str | None, str | None, int, tuple[int, int, int, int] | None], ...
] = (
    ("RG90", "regio", "Kleine Regio", None, None, 5160, (0, 0, 1000, 600)),
    ("GM9001", "gemeente", "Aldermeer", "RG90", "GM9001", 3060, (0, 0, 600, 600)),
    ("GM9002", "gemeente", "Berkenhove & Veld", "RG90", "GM9002", 2100, (600, 0, 400, 600)),
    ("WK900101", "wijk", "Wijk 01 Centrum", "GM9001", "GM9001", 3060, (0, 0, 600, 600)),
    ("WK900201", "wijk", "Wijk 01 Berkenhove", "GM9002", "GM9002", 2100, (600, 0, 400, 600)),
    ("BU90010101", "buurt", "Binnenstad", "WK900101", "GM9001", 3000, (0, 0, 600, 400)),
    ("BU90010102", "buurt", "Buitengebied Noord", "WK900101", "GM9001", 60, (0, 400, 600, 200)),
    ("BU90020101", "buurt", "De Berken", "WK900201", "GM9002", 1200, (600, 0, 400, 300)),
    ("BU90020102", "buurt", "'t Veld", "WK900201", "GM9002", 900, (600, 300, 400, 300)),
    ("GM0000", "gemeente", "Onbekend", "RG90", "GM0000", 0, None),
)
INDICATORS = (
    (
        1,
        "woninginbraken",
        "woninginbraken",
        "Woninginbraken",
        "brengdelict",
        "woningen",
        ("trend", "comparison", "ranking", "map"),
    ),
    (
        2,
        "fietsendiefstal",
        "algemeen",
        "Fietsendiefstal",
        "brengdelict",
        "inwoners",
        ("trend", "comparison", "ranking", "map"),
    ),
    (
        3,
        "drugshandel",
        "algemeen",
        "Drugs: bezit, handel en productie",
        "haaldelict",
        "inwoners",
        ("trend",),
    ),
)
# The index of themes: a field with a figure this file does not hold, and two themes without a page.
_FIELD = ("wonen", "Veilig wonen", "Hoe veilig het wonen is.", "Handreiking voor gemeenten")
_SHOPS = ("winkels", "Veilig winkelen", "Hoe veilig het is in winkels.", _FIELD[3])
POLICY_FIELDS = (
    (0, *_FIELD, "woninginbraken", None),
    (1, *_FIELD, "brand", None),
    (2, *_FIELD, "algemeen", "fietsendiefstal"),
    (3, *_FIELD, "algemeen", "straatroof"),
    (4, *_SHOPS, "algemeen", "winkeldiefstal"),
)
_FIRES = ("brand", "Brandveiligheid", "Waar brandt het?")
_CYBER = ("cybercrime", "Cybercrime", "Hoeveel inwoners zijn online slachtoffer?")
CATALOGUE_THEMES = (
    (0, "algemeen", "Veiligheid algemeen", "Hoe veilig?", "Misdrijven", "Politie", False),
    (1, *_FIRES, "Meldingen van brand", "Veiligheidsregio", True),
    (2, *_FIRES, "Schoorsteenbranden", "Veiligheidsregio", True),
    (3, *_CYBER, "Misdrijven", "Politie", False),
    (4, *_CYBER, "Aangiften online", "Politie", True),
)
# The second theme and figure have no English words: an English page shows their Dutch ones.
TRANSLATIONS = (
    ("en", "themes", "woninginbraken", "title", "Burglaries of dwellings"),
    ("en", "themes", "woninginbraken", "question", "Where do burglaries happen?"),
    ("en", "indicators", "woninginbraken", "title", "Burglaries of dwellings"),
    ("en", "indicators", "woninginbraken", "definition", "Burglaries: a definition."),
    ("en", "themes", "brand", "title", "Fire safety"),
    ("en", "policy_fields", "wonen", "title", "Safe homes"),
)
_BASE_LEVEL = {1: 16.0, 2: 60.0, 3: 30.0}  # a year's cases per 1,000 dwellings


@dataclass(frozen=True)
class SmallRelease:
    """What a test may vary; the defaults hold every status a page must show."""

    invented: bool = False
    months: bool = True
    release: str = "2026-07-15.1"


def build_small_release(folder: Path, wanted: SmallRelease = SmallRelease()) -> Path:
    """Write `<folder>/openbaar.duckdb` and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "openbaar.duckdb"
    path.write_bytes(_build(wanted))
    return path


@cache
def _build(wanted: SmallRelease) -> bytes:
    """Build a file once a process: the same wish gives the same bytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "openbaar.duckdb"
        connection = duckdb.connect(str(path))
        connection.execute((_SQL / "schema.sql").read_text(encoding="utf-8"))
        _write_about(connection, wanted)
        _write_definitions(connection)
        _write_areas(connection)
        _write_cells(connection, wanted)
        connection.close()
        return path.read_bytes()


def shelve_small_release(folder: Path, wanted: SmallRelease | None = None) -> Shelf:
    """Put a small release on a shelf with its manifest, and serve it."""
    wanted = wanted or SmallRelease()
    path = build_small_release(folder / wanted.release, wanted)
    write_manifest(
        path.parent, {"id": wanted.release, "files": {path.name: compute_file_hash(path)}}
    )
    shelf = Shelf(folder)
    shelf.use(wanted.release)
    return shelf


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    # One statement for all rows: row by row, 6,000 cells would take ten seconds.
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        marks = ",".join(["(" + ",".join("?" * len(part[0])) + ")"] * len(part))
        connection.execute(
            f"INSERT INTO {table} VALUES {marks}", [value for row in part for value in row]
        )


def _write_about(connection: duckdb.DuckDBPyConnection, wanted: SmallRelease) -> None:
    about = {
        "release": wanted.release,
        "region": "klein",
        "region_title": "Kleine Regio",
        "audience": "openbaar",
        "audience_title": "Iedereen",
        "made_at": "2026-07-15T06:30:00+00:00",
        "invented": str(wanted.invented).lower(),
        "vintage": "2026",
        "region_code": "RG90",
        "catalogue_hash": "0" * 64,
    }
    if wanted.months:
        about["last_month"] = "2026-06"
    _insert(connection, "about", list(about.items()))


def _write_definitions(connection: duckdb.DuckDBPyConnection) -> None:
    _insert(
        connection,
        "theme",
        [
            (
                1,
                "woninginbraken",
                "Woninginbraken",
                "Waar wordt ingebroken, en verandert dat?",
                "Inbraken in woningen, geteld zoals de politie ze registreert.",
            ),
            (
                2,
                "algemeen",
                "Veiligheid algemeen",
                "Hoe staat het met de veiligheid?",
                "De belangrijkste cijfers.",
            ),
        ],
    )
    _insert(connection, "policy_field", list(POLICY_FIELDS))
    _insert(connection, "catalogue_theme", list(CATALOGUE_THEMES))
    _insert(connection, "translation", list(TRANSLATIONS))
    finest = "buurt x rolling_12_months; gemeente x month"
    _insert(
        connection,
        "indicator",
        [
            (
                key,
                key,
                name,
                theme,
                title,
                f"{title}: definitie.",
                "Registraties, geen ervaren veiligheid.",
                "A20 A30",
                "registratie",
                effort,
                "openbaar",
                finest if key < 3 else "gemeente x year",
                list(analyses),
                "politie_klein",
            )
            for key, name, theme, title, effort, _, analyses in INDICATORS
        ],
    )
    _insert(connection, "breakdown", [(1, "total", "Totaal")])
    _insert(connection, "reason", list(REASONS.items()))
    _insert(
        connection,
        "source",
        [
            (
                "politie_klein",
                "Geregistreerde misdrijven",
                "Politie",
                "CC BY 4.0",
                "47022NED",
                "https://dataderden.example/47022NED",
                "2026-07-14T05:00:00+00:00",
                "2026-07-10T00:00:00",
                "openbaar",
                "Maandcijfers van de politie.",
                1000,
                990,
                10,
                "2019-01",
                "2026-06",
                False,
                None,
                None,
            )
        ],
    )
    _insert(connection, "source_note", [("politie_klein", "refused", 10, "dubbele sleutel")])


def _write_areas(connection: duckdb.DuckDBPyConnection) -> None:
    rows: list[tuple[Any, ...]] = []
    for key, (code, level, name, parent, gemeente, _, box) in enumerate(AREAS, start=1):
        shape: list[Any] = [None] * 7
        if box:
            x, y, width, height = box
            shape = [
                f"M{x},{y}h{width}v{height}h-{width}Z",
                x + width / 2,
                y + height / 2,
                x,
                y,
                x + width,
                y + height,
            ]
        rows.append((key, code, level, name, 2026, parent, gemeente, *shape))
    _insert(connection, "area", rows)
    names = [
        (2, "alias", "Alderstad", 0),
        (6, "postcode", "9001AB", 0),
        (7, "postcode", "9001AB", 1),
        (7, "postcode", "9001AC", 0),
    ]
    _insert(connection, "area_name", names)
    _insert(
        connection,
        "drawing",
        [
            (level, "0 0 1000 600", '{"type":"FeatureCollection","features":[]}')
            for level in ("regio", "gemeente", "wijk", "buurt")
        ],
    )
    _insert(
        connection,
        "area_change",
        [
            (
                "GM8001",
                "Oud Aldermeer",
                2020,
                "GM9001",
                "Aldermeer",
                2026,
                "gemeente",
                "merged",
                1.0,
            ),
            ("GM8002", "Splithuizen", 2020, "GM9001", "Aldermeer", 2026, "gemeente", "split", 0.25),
            (
                "GM8002",
                "Splithuizen",
                2020,
                "GM9002",
                "Berkenhove & Veld",
                2026,
                "gemeente",
                "split",
                0.75,
            ),
        ],
    )
    _insert(
        connection,
        "key_figure",
        [
            (2, "inwoners", 2025, 6500.0, 0, "85984NED"),
            (2, "woningen", 2025, 3060.0, 0, "85984NED"),
            (2, "inwoners", 2026, 6600.0, 0, "85984NED"),
            (7, "inwoners", 2026, None, 3, "85984NED"),
            (7, "woningen", 2026, 60.0, 0, "85984NED"),
        ],
    )


def _months() -> list[Period]:
    return [
        read_period(f"{year}-{month:02d}")
        for year in range(2019, 2027)
        for month in range(1, 13)
        if (year, month) <= (2026, 6)
    ]


def _released_periods(wanted: SmallRelease) -> list[Period]:
    years = [read_period(str(year)) for year in range(2019, 2026)]
    if not wanted.months:
        return years
    months = _months()
    rolling = [read_period(f"{month.id}/P12M") for month in months[11:]]
    return sorted([*months, *rolling, *years], key=lambda period: (period.end, period.start))


def count_of(indicator: int, dwellings: int, period: Period, *, area_key: int = 0) -> int:
    """Give the planted count: a winter peak, a falling level, a sharp rise of bicycle theft."""
    if period.kind is PeriodKind.MONTH:
        season = 1 + 0.4 * math.cos((period.start.month - 1) / 12 * 2 * math.pi) * (indicator == 1)
        level = _BASE_LEVEL[indicator] * (1 - 0.05 * (period.year - 2019) * (indicator == 1))
        rise = 1.8 if indicator == 2 and period.id >= "2025-10" else 1.0
        return int(
            level * dwellings / 1000 / 12 * season * rise
            + (area_key * 7 + period.start.month) % 10 / 10
        )
    return sum(
        count_of(indicator, dwellings, month, area_key=area_key)
        for month in _months()
        if period.start <= month.start and month.end <= period.end
    )


def _write_cells(connection: duckdb.DuckDBPyConnection, wanted: SmallRelease) -> None:
    periods = _released_periods(wanted)
    _insert(
        connection,
        "period",
        [
            (key, period.id, period.kind.value, period.start, period.end)
            for key, period in enumerate(periods, start=1)
        ],
    )
    cells = list(_cells(periods, wanted))
    for name in ("cell_by_area", "cell_by_indicator"):
        connection.execute((_SQL / "cells.sql").read_text(encoding="utf-8").format(name=name))
    _insert(connection, "cell_by_area", cells)
    connection.execute(
        "INSERT INTO cell_by_indicator SELECT * FROM cell_by_area"
        " ORDER BY indicator_key, period_key"
    )
    levels = {key: area[1] for key, area in enumerate(AREAS, start=1)}
    seen = sorted({(cell[0], levels[cell[2]], cell[3]) for cell in cells})
    _insert(connection, "available", seen)
    _insert(
        connection,
        "class_break",
        [
            (indicator, level, kind.value, measure, breaks)
            for indicator in (1, 2)
            for level in ("gemeente", "wijk", "buurt")
            for kind in PeriodKind
            for measure, breaks in (
                ("count", [1.0, 3.0, 8.0, 20.0]),
                ("rate", [0.5, 1.0, 2.0, 8.0]),
            )
        ],
    )


def _is_released(indicator: int, level: str, kind: PeriodKind, wanted: SmallRelease) -> bool:
    if indicator == 3 or not wanted.months:
        return kind is PeriodKind.YEAR and level in ("regio", "gemeente")
    if level in ("wijk", "buurt"):
        return kind is not PeriodKind.MONTH
    return True


def _cells(periods: list[Period], wanted: SmallRelease) -> Iterator[tuple[Any, ...]]:
    for indicator, _, _, _, _, base, _ in INDICATORS:
        for area_key, (code, level, _, _, _, dwellings, _) in enumerate(AREAS, start=1):
            for period_key, period in enumerate(periods, start=1):
                if _is_released(indicator, level, period.kind, wanted):
                    yield _cell((indicator, area_key, period_key), code, dwellings, period, base)


def _cell(
    keys: tuple[int, int, int], code: str, dwellings: int, period: Period, base: str
) -> tuple[Any, ...]:
    indicator, area_key, period_key = keys
    status, reason = _status_of(indicator, code, period)
    value = count_of(indicator, dwellings, period, area_key=area_key) if status.has_value else None
    share = 0.12 if code == "BU90020101" and period.year < 2021 else 0.0
    number = STATUS_NUMBERS.index(status)
    head = (
        indicator,
        1,
        area_key,
        period_key,
        value,
        value,
        value,
        number,
        reason,
        share,
        period.end.year >= 2026,
    )
    if value is None or dwellings < 100:
        # As in a real release: what has no rate names no base.
        return (*head, None, None, None, None, None, None, None, 1 if value is not None else None)
    rates = [count / dwellings * 1000 for count in (value, *_poisson_limits(value))]
    return (*head, dwellings, base, 2026, 1000, *rates, None)


@cache
def _poisson_limits(count: int) -> tuple[float, float]:
    lower = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return lower, float(chi2.ppf(0.975, 2 * count + 2)) / 2


def _status_of(indicator: int, code: str, period: Period) -> tuple[Status, int | None]:
    if indicator == 2 and code == "GM9002" and period.id == "2026-06":
        return Status.MISSING, 2
    if indicator == 3 and period.year == 2019:
        return Status.NOT_COLLECTED, 3
    return Status.SHOWN, None
