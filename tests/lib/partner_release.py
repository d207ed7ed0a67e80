"""A small release with one partner's source in it, and the agreement about it to alter."""

import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from lib.small_release import AREAS, SmallRelease, shelve_small_release
from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, read_manifest, write_manifest
from regiebeeld.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
SOURCE, SOURCE_TITLE = "cameragebieden", "Lijst van de gemeenten"
INDICATOR, TITLE = "cameras", "Plekken met toezicht"
NUMBER = 73913  # in no other figure of the small release
PARTNER_KEY = 4
START, END = date(2024, 1, 1), date(2027, 12, 31)
DAY = date(2026, 7, 15)


@dataclass
class Today:
    """A day that a test moves."""

    day: date = DAY

    def __call__(self) -> date:
        return self.day


def add_partner(path: Path, *, end: date | None = END, only: bool = False) -> None:
    """Write a partner's source with one figure a year into an audience file."""
    with duckdb.connect(str(path)) as file:
        if only:
            for table in ("cell_by_area", "cell_by_indicator", "available", "class_break"):
                file.execute(f"DELETE FROM {table}")
            file.execute("DELETE FROM indicator")
            file.execute("DELETE FROM theme WHERE id <> 'algemeen'")
        texts = ["Gemeenten", "", "", "", "2026-01-05", "", "openbaar", "Waar camera's hangen."]
        file.execute(
            f"INSERT INTO source VALUES ({','.join('?' * 18)})",
            [SOURCE, SOURCE_TITLE, *texts, 1, 1, 0, "2024", "2024", True,
             START.isoformat(), end.isoformat() if end else None],
        )  # fmt: skip
        file.execute(
            "INSERT INTO source_note VALUES (?, 'missing', 1, 'opmerking van de partner')", [SOURCE]
        )
        file.execute(
            f"INSERT INTO indicator VALUES ({','.join('?' * 14)})",
            [PARTNER_KEY, PARTNER_KEY, INDICATOR, "algemeen", TITLE, "definitie", "let op", "",
             "registratie", "nvt", "openbaar", "buurt x year", ["trend", "ranking"], SOURCE],
        )  # fmt: skip
        file.execute("INSERT INTO key_figure VALUES (2, 'woningen', 2031, 73913, 0, ?)", [SOURCE])
        _add_cells(file)


def _add_cells(file: duckdb.DuckDBPyConnection) -> None:
    period = file.execute("SELECT period_key FROM period WHERE id = '2024'").fetchall()[0][0]
    # A period that only this source has tells of it too.
    file.execute("INSERT INTO period VALUES (999, '2017', 'year', '2017-01-01', '2017-12-31')")
    for key, (_, level, *_) in enumerate(AREAS[:-1], start=1):
        for of in (period, 999):
            numbers = (NUMBER, NUMBER, NUMBER)
            row = (PARTNER_KEY, 1, key, of, *numbers, 0, None, 0.0, False, *[None] * 8)
            for table in ("cell_by_area", "cell_by_indicator"):
                marks = ",".join("?" * len(row))
                file.execute(f"INSERT INTO {table} VALUES ({marks})", row)
            file.execute("INSERT INTO available VALUES (?, ?, ?)", (PARTNER_KEY, level, of))
    for level in ("gemeente", "wijk", "buurt"):
        file.execute(
            "INSERT INTO class_break VALUES (?, ?, 'year', 'count', [73913])", (PARTNER_KEY, level)
        )


def shelve_partner_release(
    folder: Path,
    release: str = "2026-07-15.1",
    *,
    end: date | None = END,
    only: bool = False,
    audience: str = "openbaar",
) -> Shelf:
    """Put a release with a partner's source on a shelf, for one audience, and serve it."""
    wanted = SmallRelease(release=release)
    shelf = shelve_small_release(folder, wanted)
    built = folder / release / "openbaar.duckdb"
    add_partner(built, end=end, only=only)
    path = built.rename(built.with_name(f"{audience}.duckdb"))
    manifest = read_manifest(path.parent)
    files = {path.name: compute_file_hash(path)}
    write_manifest(path.parent, {**manifest, "region": "klein", "files": files})
    return shelf


@dataclass(frozen=True)
class Agreed:
    """A copy of the catalogue with region `klein`, whose agreement a test alters."""

    settings: Settings

    @property
    def agreement(self) -> Path:
        return self.settings.regions / "klein" / "agreements" / f"{SOURCE}.yaml"

    def edit(self, old: str, new: str) -> None:
        text = self.agreement.read_text(encoding="utf-8")
        assert old in text, f"the agreement no longer holds {old!r}"
        self.agreement.write_text(text.replace(old, new, 1), encoding="utf-8")

    def present(self, today: Today | None = None) -> PresentAgreements:
        """Look at the files at every question, so that a test need not wait."""
        return PresentAgreements(self.settings, clock=today or Today(), look=0)


def copy_agreed(root: Path, *, var: Path | None = None) -> Agreed:
    """Copy the catalogue, with an agreement of region `klein` about the partner's source."""
    for folder in ("catalogue", "regions"):
        shutil.copytree(ROOT / folder, root / folder)
    home = root / "regions" / "klein"
    shutil.copytree(root / "regions" / "voorbeeld", home)
    text = (home / "region.yaml").read_text(encoding="utf-8")
    (home / "region.yaml").write_text(text.replace("id: voorbeeld", "id: klein", 1))
    settings = replace(
        read_settings({}), catalogue=root / "catalogue", regions=root / "regions", quiet=True,
        var=var or root / "var",
    )  # fmt: skip
    agreed = Agreed(settings)
    lines = agreed.agreement.read_text(encoding="utf-8").splitlines()
    days = {"start": START, "end": END}
    kept = [
        f"{name}: {days[name]}" if (name := line.partition(":")[0]) in days else line
        for line in lines
    ]
    agreed.agreement.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return agreed
