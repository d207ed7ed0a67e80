"""Ways around the rounding in what people get: files, pages and answers of two worlds that differ.

Two deliveries of other counts that round alike must make the same release. And of what only one
audience may see, no byte is left in the file of another.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from httpx import Client
from numpy.typing import NDArray

from lib.door_region import REGION, DoorRegion, make_door_region
from lib.page_server import connect
from lib.release_tables import ABOUT, DRIEHOEK, OPENBAAR, SECRETS, cell, cells, release_tables
from lib.searching import find_words
from lib.small_release import shelve_small_release
from regiebeeld.dashboard.web import create_app
from regiebeeld.disclosure import Protected, Secret, range_of
from regiebeeld.pipeline.gate import judging, protecting
from regiebeeld.pipeline.gate.register import REGISTER
from regiebeeld.pipeline.intake.accepting import Accepted, accept_delivery
from regiebeeld.pipeline.run import drafts, run_region
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import read_manifest
from regiebeeld.releases.writing import ReleaseTables
from regiebeeld.settings import Settings

SOURCE = "woninginbraken_aantallen"
INDICATORS = ("woninginbraken_voltooid", "woninginbraken_pogingen")
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
# What differs between two runs of the same counts.
_MOMENTS = ("made_at", "release", "catalogue_commit", "seconds", "files", "id")
Counts = Mapping[tuple[str, str, str], int]
Tables = dict[str, dict[str, list[tuple[Any, ...]]]]


# --- two worlds that round alike --------------------------------------------------------------


def round_down(_: Secret, counts: NDArray[np.int64], keys: NDArray[np.uint64]) -> Protected:
    """Round down: any multiple of 5 under a base away is a way the rule can fall."""
    assert np.shape(counts) == np.shape(keys)
    value = np.asarray(counts) - np.asarray(counts) % 5
    return Protected(value, *range_of(value))


def count_world(buurten: list[str], *, more: bool) -> dict[tuple[str, str, str], int]:
    """Counts that are multiples of 5, and in the other world 4 events more in three buurten.

    No sum over any areas and periods rises by 5, so that everything rounds down alike.
    """
    counts = {
        (code, month, way): 5 * ((i * (3 if way == "poging" else 2) + m) % 4)
        for i, code in enumerate(buurten)
        for m, month in enumerate(MONTHS)
        for way in ("voltooid", "poging")
    }
    if more:
        for code, month, way, number in (
            (buurten[0], "2025-02", "voltooid", 1), (buurten[0], "2025-11", "voltooid", 1),
            (buurten[-1], "2025-02", "voltooid", 2), (buurten[2], "2025-05", "poging", 3),
        ):  # fmt: skip
            counts[code, month, way] += number
    return counts


@dataclass(frozen=True)
class World:
    """What was delivered, and a copy of the release that was made of it."""

    counts: Counts
    releases: Path
    release: str
    invented: bool = True

    @property
    def folder(self) -> Path:
        return self.releases / self.release

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.releases)


def list_buurten(settings: Settings) -> list[str]:
    release = Shelf(settings.releases).open_current("openbaar")
    try:
        codes = [area.code for area in release.areas.values() if area.level.value == "buurt"]
    finally:
        release.close()
    return sorted(code for code in codes if re.fullmatch(r"BU99\d{6}", code))


def make_world(door: DoorRegion, counts: Counts, kept: Path) -> World:
    door.forget()
    shutil.rmtree(door.settings.unprotected / REGISTER, ignore_errors=True)
    rows: list[dict[str, object]] = [
        {"gebied": code, "periode": month, "poging": way, "aantal": number}
        for (code, month, way), number in counts.items()
    ]
    done = accept_delivery(door.csv(rows), SOURCE, REGION, door.settings)
    assert isinstance(done, Accepted), done
    made = run_region(REGION, door.settings)
    shutil.copytree(door.settings.releases, kept)
    return World(counts, kept, made.id)


@pytest.fixture(scope="module")
def worlds(
    tmp_path_factory: pytest.TempPathFactory, example_region: Settings
) -> Iterator[tuple[World, World]]:
    root = tmp_path_factory.mktemp("werelden")
    door = make_door_region(root, example_region, interpreted=True)
    buurten = list_buurten(example_region)
    patch = pytest.MonkeyPatch()
    for module in (protecting, judging, drafts):
        patch.setattr(module, "protect_counts", round_down)
    try:
        yield tuple(  # type: ignore[misc]
            make_world(door, count_world(buurten, more=more), root / f"wereld_{more}")
            for more in (False, True)
        )
    finally:
        patch.undo()


def read_tables(world: World) -> Tables:
    """Read every table of every file; in what order threads wrote the rows is no matter."""
    found: Tables = {}
    for path in sorted(world.folder.glob("*.duckdb")):
        # Under another name: the server may hold the file itself.
        copy = shutil.copy(path, world.releases / f"_{path.name}")
        with duckdb.connect(str(copy), read_only=True) as file:
            names = [row[0] for row in file.sql("SHOW TABLES").fetchall()]
            found[path.stem] = {
                name: file.sql(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for name in names
            }
        Path(copy).unlink()
        about = found[path.stem]["about"]
        found[path.stem]["about"] = [row for row in about if row[0] not in _MOMENTS]
    return found


@pytest.mark.slow
def test_other_counts_that_round_alike_make_the_same_files(worlds: tuple[World, World]) -> None:
    one, other = worlds
    assert one.counts != other.counts
    first, second = read_tables(one), read_tables(other)
    shown = {str(value) for row in first["regio"]["indicator"] for value in row}
    assert shown >= set(INDICATORS)
    assert first.keys() == second.keys()
    for audience, tables in first.items():
        assert tables.keys() == second[audience].keys()
        for name, rows in tables.items():
            assert rows == second[audience][name], (audience, name)
    manifests = [read_manifest(world.folder) for world in worlds]
    for manifest in manifests:
        for name in _MOMENTS:
            manifest.pop(name, None)
    differing = {n for n in manifests[0] if manifests[0][n] != manifests[1].get(n)}
    assert differing <= {"sources", "basis", "deliveries"}, differing


@pytest.mark.slow
def test_other_counts_that_round_alike_make_the_same_pages(worlds: tuple[World, World]) -> None:
    """Axes, classes and shapes of maps, orders, verdicts, sentences, CSV and JSON: every byte."""
    told: list[dict[str, str]] = []
    for world in worlds:
        with connect(world.shelf, "regio") as client:
            told.append({address: ask(client, address, world) for address in ADDRESSES})
    for address in ADDRESSES:
        assert told[0][address] == told[1][address], address
    assert "afgerond" in told[0][ADDRESSES[1]]


ADDRESSES = (
    "/?gebied=GM9901",
    *(f"/thema/woninginbraken?cijfer={name}" for name in INDICATORS),
    f"/thema/woninginbraken?cijfer={INDICATORS[0]}&maat=aantal&niveau=wijk",
    f"/thema/woninginbraken?cijfer={INDICATORS[0]}&gebied=GM9901&niveau=gemeente",
    f"/gebied/GM9901?cijfer={INDICATORS[0]}",
    *(f"/api/v1/cells?indicator={INDICATORS[1]}&level={level}&period=2025{form}"
      for level in ("wijk", "gemeente", "regio") for form in ("", "&format=csv")),
    "/bronnen",
    "/api/v1/sources",
    "/privacy",
)  # fmt: skip


def ask(client: Client, address: str, world: World) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    made_at = dict(read_about(world))["made_at"]
    return answer.text.replace(made_at, "").replace(world.release, "")


def read_about(world: World) -> list[tuple[str, str]]:
    release = world.shelf.open_current("regio")
    try:
        return [("made_at", release.about.made_at)]
    finally:
        release.close()


@pytest.mark.slow
def test_a_planted_count_in_a_file_is_seen(worlds: tuple[World, World], tmp_path: Path) -> None:
    """The comparison sees one number that follows a count, wherever in a file it stands."""
    one, other = worlds
    spoilt = World(other.counts, tmp_path / "spoilt", other.release)
    shutil.copytree(other.releases, spoilt.releases)
    with duckdb.connect(str(spoilt.folder / "regio.duckdb")) as file:
        file.execute("UPDATE class_break SET breaks = list_append(breaks, 1e6) WHERE rowid = 0")
    with pytest.raises(AssertionError, match="class_break"):
        test_other_counts_that_round_alike_make_the_same_files((one, spoilt))


# --- an audience's file holds nothing of another ----------------------------------------------


def write_file(path: Path, audience: Any, **changed: Any) -> Path:
    tables = ReleaseTables(release_tables(**changed), about=ABOUT, threads=1)
    tables.write(path, audience)
    tables.close()
    return path


def test_bytes_of_deleted_rows_are_found_and_are_not_in_ours(tmp_path: Path) -> None:
    """A file that was copied and emptied keeps what it held; ours are filled from nothing."""
    (tmp_path / "copied").mkdir()
    (tmp_path / "ours").mkdir()
    copied = write_file(tmp_path / "copied" / "openbaar.duckdb", DRIEHOEK)
    with duckdb.connect(str(copied)) as file:
        for table in file.sql("SELECT table_name FROM duckdb_tables()").fetchall():
            file.execute(f'DELETE FROM "{table[0]}"')
    with duckdb.connect(str(copied), read_only=True) as file:
        assert file.sql("SELECT count(*) FROM indicator").fetchall() == [(0,)]
    assert find_words([tmp_path / "copied"], SECRETS)
    write_file(tmp_path / "ours" / "openbaar.duckdb", OPENBAAR)
    assert find_words([tmp_path / "ours"], SECRETS) == []


def test_a_file_does_not_depend_on_what_its_audience_may_not_see(tmp_path: Path) -> None:
    """Not by a key, a period, a class of the map or a count of rows."""
    hidden = [row for row in cells() if row["indicator_key"] == 0]
    more = [
        *hidden,
        *(cell(1, area, "2024", number, no_rate_key=3)
          for area, number in (("GM0141", 913), ("GM0153", 7), ("BU01410101", 441))),
    ]  # fmt: skip
    told = []
    for number, rows in enumerate((cells(), more)):
        path = write_file(tmp_path / f"{number}.duckdb", OPENBAAR, cell=rows)
        with duckdb.connect(str(path), read_only=True) as file:
            names = [row[0] for row in file.sql("SHOW TABLES").fetchall()]
            told.append({n: file.sql(f'SELECT * FROM "{n}" ORDER BY rowid').fetchall()
                         for n in names})  # fmt: skip
    assert told[0] == told[1]
    assert told[0]["cell_by_area"]


# --- areas chosen by a user -------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_small_release(tmp_path_factory.mktemp("releases"))


def test_no_address_takes_a_list_of_areas(small: Shelf) -> None:
    described = create_app(small, audience="openbaar").openapi()
    assert len(described["paths"]) >= 5
    for path, methods in described["paths"].items():
        assert set(methods) == {"get"}, path
        for given in methods["get"].get("parameters", []):
            if (path, given["name"]) == ("/api/v1/compare", "area"):
                continue  # side by side, never added up: test_compare_page attacks that
            kinds = [given["schema"], *given["schema"].get("anyOf", [])]
            assert all(kind.get("type") in ("string", "null", None) for kind in kinds), (
                path,
                given,
            )
            assert given["name"] not in ("areas", "gebieden", "sum", "som")


def test_a_list_of_areas_gives_no_total(small: Shelf) -> None:
    one, other = "BU90010101", "BU90010102"
    base = "/api/v1/cells?indicator=fietsendiefstal&period=2025"
    with connect(small) as client:
        known = {code: client.get(f"{base}&area={code}").json()["cells"] for code in (one, other)}
        for between in (",", "+", "%20", ";", "|"):
            assert client.get(f"{base}&area={one}{between}{other}").status_code == 404
        twice = client.get(f"{base}&area={one}&area={other}").json()["cells"]
        assert twice in known.values()  # one of the two, and no sum
        for address in (f"/gebied/{one},{other}", f"/gebied/{one}+{other}"):
            assert client.get(address).status_code == 404
        page = client.get(f"/thema/algemeen?gebied={one}&gebied={other}")
        assert page.status_code in (200, 400)
    cells_of_both = sum(int(found[0]["value"]) for found in known.values())
    assert not re.search(rf"(?<!\d){cells_of_both}(?!\d)", page.text)
