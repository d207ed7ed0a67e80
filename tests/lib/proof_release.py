"""A small release of which one source is about persons, with the rows that its gate left."""

from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from lib.small_release import SmallRelease, shelve_small_release
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, read_manifest, write_manifest

PERSONS = "inbraken_personen"
TITLE = "Inbraken van de politie"
OUTSIDE = "Politie, tabel 47022NED"
CLASSES = (
    ("public", "Al openbaar gemaakt", True, "De eigenaar maakte deze cijfers zelf openbaar."),
    ("not_about_persons", "Niet over mensen", True, "Aantallen groepen, camera's of acties."),
    ("persons", "Over mensen", True, "Afgerond met een geheime sleutel, en getest."),
)


@dataclass(frozen=True)
class Account:
    """A row of gate_account, in the order of its columns."""

    source: str = PERSONS
    events: str = "inbraken"
    figures: int = 23456
    tested: int = 12345
    certified: int = 12345
    masked: int = 321
    known: int = 7
    exact: int = 0
    width: int = 2
    earlier: int = 11
    outside: str = OUTSIDE


GOOD = Account()


def shelve_proof_release(
    folder: Path,
    *accounts: Account,
    persons: bool = True,
    invented: bool = False,
    classes: tuple[tuple[str, str, bool, str], ...] = CLASSES,
) -> Shelf:
    """Put a release on a shelf whose burglaries are about persons, rounded to fives."""
    wanted = SmallRelease(invented=invented)
    shelf = shelve_small_release(folder, wanted)
    path = folder / wanted.release / "openbaar.duckdb"
    with duckdb.connect(str(path)) as file:
        if persons:
            _make_persons(file, PERSONS, TITLE)
            file.execute("UPDATE indicator SET source = ? WHERE indicator_key = 1", [PERSONS])
            _round(file)
        for account in accounts:
            if account.source != PERSONS:
                _make_persons(file, account.source, f"Bron {account.source}")
            _insert(file, "gate_account", list(astuple(account)))
        for row in classes:
            _insert(file, "policy", list(row))
        file.execute(
            "INSERT INTO policy_source SELECT id, CASE WHEN id = ? OR id LIKE 'persoon%'"
            " THEN 'persons' ELSE 'public' END, 'wijk x year' FROM source",
            [PERSONS],
        )
    return seal(shelf)


def seal(shelf: Shelf) -> Shelf:
    """Write down the hash of what was altered, so that it is a whole release again."""
    folder = next(path for path in shelf.folder.iterdir() if path.is_dir())
    path = folder / "openbaar.duckdb"
    manifest = read_manifest(folder)
    write_manifest(folder, {**manifest, "files": {path.name: compute_file_hash(path)}})
    return shelf


def many(number: int) -> list[Account]:
    """Accounts of many sources with long titles."""
    return [
        replace(GOOD, source=f"persoon {i:02d}: overlast bij de wijkteams van de gemeenten")
        for i in range(number)
    ]


def _insert(file: duckdb.DuckDBPyConnection, table: str, row: list[Any]) -> None:
    file.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)


def _make_persons(file: duckdb.DuckDBPyConnection, source: str, title: str) -> None:
    texts = ["Politie", "", "", "", "2026-07-10", "", "openbaar", "Gebeurtenissen."]
    _insert(file, "source", [source, title, *texts, 9, 9, 0, "2019", "2026-06", False, None, None])


def _round(file: duckdb.DuckDBPyConnection) -> None:
    """Round the way of a table: to fives, with the range that goes with it."""
    for table in ("cell_by_area", "cell_by_indicator"):
        file.execute(
            f"UPDATE {table} SET status = 1, value = value // 5 * 5,"
            " lower = greatest(value // 5 * 5 - 4, 0), upper = value // 5 * 5 + 4"
            " WHERE indicator_key = 1 AND status = 0"
        )
