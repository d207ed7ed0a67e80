"""An audience file holds what its audience may see, and no byte of anything else."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from lib.release_tables import (
    ABOUT,
    ALMELO,
    DRIEHOEK,
    NEIGHBOUR,
    OPEN,
    OPENBAAR,
    SECRETS,
    cell,
    cells,
    release_tables,
)
from regiebeeld.domain import AreaLevel, PeriodKind, ReleaseError
from regiebeeld.releases import Release
from regiebeeld.releases.writing import AudienceFile, ReleaseTables


def write(folder: Path, audience: AudienceFile, **changed: object) -> Path:
    path = folder / f"{audience.name}.duckdb"
    tables = ReleaseTables(release_tables(**changed), about=ABOUT, threads=1)  # type: ignore[arg-type]
    try:
        tables.write(path, audience)
    finally:
        tables.close()
    return path


def found_in(path: Path, words: tuple[str, ...]) -> list[str]:
    content = path.read_bytes()
    return [word for word in words if word.encode() in content]


def test_the_search_finds_every_secret_in_the_file_that_may_hold_them(tmp_path: Path):
    """Without this the tests below could pass because words are stored in another form."""
    assert found_in(write(tmp_path, DRIEHOEK), (*SECRETS, NEIGHBOUR)) == [*SECRETS, NEIGHBOUR]


@pytest.mark.parametrize("audience", [OPENBAAR, ALMELO])
def test_no_byte_of_a_hidden_indicator_is_in_the_file(tmp_path: Path, audience: AudienceFile):
    assert found_in(write(tmp_path, audience), SECRETS) == []


def test_no_byte_of_a_neighbours_buurt_is_in_a_gemeente_file(tmp_path: Path):
    assert found_in(write(tmp_path, ALMELO), (NEIGHBOUR,)) == []
    assert found_in(write(tmp_path, OPENBAAR), (NEIGHBOUR,)) == [NEIGHBOUR]


def test_a_gemeente_sees_its_own_buurten_and_its_neighbours_as_a_whole(tmp_path: Path):
    release = Release(write(tmp_path, ALMELO))
    found = {
        code: [c.value for c in series]
        for code, series in release.read_series(
            "woninginbraken", release.areas, kind=PeriodKind.YEAR
        ).items()
    }
    release.close()
    assert found == {
        "REGIO_klein": [30],
        "GM0141": [10],
        "GM0153": [20],
        "BU01410101": [4],
        "BU01530101": [],
    }


def test_both_sorted_copies_hold_the_same_cells(tmp_path: Path):
    release = Release(write(tmp_path, OPENBAAR))
    by_area, by_indicator = (
        release._rows(f"SELECT * FROM {name} ORDER BY ALL")
        for name in ("cell_by_area", "cell_by_indicator")
    )
    release.close()
    assert by_area == by_indicator
    assert len(by_area) == 6


def test_what_goes_with_the_cells_is_there(tmp_path: Path):
    release = Release(write(tmp_path, OPENBAAR))
    assert list(release.themes) == ["open"]
    assert list(release.periods) == ["2024-01", "2024"]
    assert {f.source for f in release.read_key_figures("GM0141")} == {
        "cbs_gebieden",
        "cbs_bevolking",
    }
    assert list(release.sources) == ["cbs_bevolking", "cbs_gebieden.2024", "politie"]
    assert release.read_map("woninginbraken", AreaLevel.GEMEENTE, "2024")["GM0153"].no_rate == (
        "algemene reden"
    )
    assert release.read_breaks("woninginbraken", AreaLevel.GEMEENTE, PeriodKind.YEAR, "count") == (
        1.0,
        2.0,
    )
    assert release.read_breaks("woninginbraken", AreaLevel.BUURT, PeriodKind.MONTH, "count") == ()
    assert release.about.last_month == "2024-12"
    release.close()


def test_the_count_of_cells_is_told_by_status(tmp_path: Path):
    tables = ReleaseTables(release_tables(), about=ABOUT, threads=1)
    assert tables.write(tmp_path / "a.duckdb", OPENBAAR) == {"0": 5, "3": 1}
    tables.close()


def test_an_audience_without_labels_sees_no_figure(tmp_path: Path):
    nobody = replace(OPENBAAR, name="niemand", labels=())
    release = Release(write(tmp_path, nobody))
    assert (release.indicators, release.periods, release.themes) == ({}, {}, {})
    release.close()


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "A", "a.b", "a\n", "a b", "/a"])
def test_a_name_that_is_a_path_is_refused(name: str):
    with pytest.raises(ReleaseError, match="geen naam van een ontvanger"):
        replace(OPENBAAR, name=name)


def test_a_quote_in_the_folder_is_a_plain_character(tmp_path: Path):
    folder = tmp_path / "it's; DROP"
    folder.mkdir()
    assert write(folder, OPENBAAR).is_file()


def test_columns_may_come_in_any_order(tmp_path: Path):
    tables = release_tables()
    mixed = {n: t.select(list(reversed(t.column_names))) for n, t in tables.items()}
    written = ReleaseTables(mixed, about=ABOUT, threads=1)
    written.write(tmp_path / "a.duckdb", OPENBAAR)
    written.close()
    release = Release(tmp_path / "a.duckdb")
    assert release.read_area_cells("GM0141", period="2024")["woninginbraken"].value == 10
    assert release.areas["GM0141"].level is AreaLevel.GEMEENTE
    release.close()


def test_an_absent_table_is_told():
    tables = release_tables()
    del tables["reason"]
    with pytest.raises(ReleaseError, match="ontbreken de tabellen reason"):
        ReleaseTables(tables, about=ABOUT)


@pytest.mark.parametrize("name", ["indicator", "area", "period", "breakdown"])
def test_a_cell_that_a_filter_would_lose_refuses_the_release(name: str):
    stray = cell(OPEN, "GM0141", "2024", 1, **{f"{name}_key": 99})
    with pytest.raises(ReleaseError, match=f"1 cijfers horen bij geen .* tabel {name}"):
        ReleaseTables(release_tables(cell=[*cells(), stray]), about=ABOUT, threads=1)


def test_a_file_is_never_overwritten(tmp_path: Path):
    path = write(tmp_path, OPENBAAR)
    before = path.read_bytes()
    with pytest.raises(ReleaseError, match="bestaat al"):
        write(tmp_path, OPENBAAR)
    assert path.read_bytes() == before


def without_a_column(tables: dict[str, pa.Table]) -> None:
    tables["source"] = tables["source"].drop_columns(["label"])


def with_a_huge_count(tables: dict[str, pa.Table]) -> None:
    tables["cell"] = pa.Table.from_pylist([cell(OPEN, "GM0141", "2024", 2**31)])


def with_an_unknown_column(tables: dict[str, pa.Table]) -> None:
    tables["theme"] = tables["theme"].append_column("geheim", pa.array(["a", "b"]))


@pytest.mark.parametrize("spoil", [without_a_column, with_a_huge_count, with_an_unknown_column])
def test_a_table_that_does_not_fit_is_a_refusal_that_leaves_no_file(
    tmp_path: Path, spoil: Callable[[dict[str, pa.Table]], None]
):
    tables = release_tables()
    spoil(tables)
    written = ReleaseTables(tables, about=ABOUT, threads=1)
    with pytest.raises(ReleaseError, match="schrijven is mislukt"):
        written.write(tmp_path / "a.duckdb", OPENBAAR)
    assert list(tmp_path.iterdir()) == []
    written.close()


_FULL_DISK = """
import resource, sys
from pathlib import Path
from lib.release_tables import ABOUT, OPENBAAR, release_tables
from regiebeeld.domain import ReleaseError
from regiebeeld.releases.writing import ReleaseTables

tables = ReleaseTables(release_tables(), about=ABOUT, threads=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    tables.write(Path(sys.argv[1]), OPENBAAR)
except ReleaseError as fault:
    print(fault)
"""


def test_a_full_disk_is_a_refusal_that_leaves_no_file(tmp_path: Path):
    """A limit on the size of a file makes writing fail in the middle, as a full disk does."""
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(tmp_path / "a.duckdb")],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{root / 'src'}:{root / 'tests'}"},
    )
    assert "Controleer de ruimte op de schijf" in found.stdout
    assert list(tmp_path.iterdir()) == []
