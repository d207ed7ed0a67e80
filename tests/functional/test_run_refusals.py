"""What goes wrong on the way to a release is told in words, and nothing is published."""

import itertools
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lib.regions import settings_for
from lib.replay import ReplayServer
from regiebeeld.cli import main
from regiebeeld.domain import (
    AccessError,
    CatalogueError,
    ContractError,
    DisclosureError,
    FetchError,
    LedgerError,
    LinkError,
    ReleaseError,
)
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import check_release
from regiebeeld.settings import Settings

YEARS = "47018NED"
COUNT = "GeregistreerdeMisdrijven_1"
_SECONDS = itertools.count()
OLD_BUURTEN = (
    "BU01531203",
    "BU01531204",
    "BU01531205",
)  # buurten of another layout than the table's


@pytest.fixture(scope="module")
def running(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data) as server:
        yield server


@pytest.fixture(scope="module")
def published(running: ReplayServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A folder in which a good release of Twente is served."""
    settings = settings_for(running, tmp_path_factory.mktemp("served"))
    run_region("twente", settings)
    return settings


@pytest.fixture
def server(running: ReplayServer) -> Iterator[ReplayServer]:
    yield running
    running.faults.clear()
    running.restore()


def _refuses(
    settings: Settings, kind: type[Exception] | tuple[type[Exception], ...], *words: str
) -> None:
    """Run Twente, see it refused with these words, and the earlier release still served, alone."""
    shelf = Shelf(settings.releases)
    before = shelf.read_current_id()
    with pytest.raises(kind) as caught:
        run_region("twente", settings)
    for word in words:
        assert word in str(caught.value)
    assert shelf.read_current_id() == before
    assert {path.name for path in settings.releases.iterdir()} == {before, "current"}
    release = shelf.open_current("regio")
    region = release.about.region_code
    assert release.read_area_cells(region, period="2024")["woninginbraken"].value == 800


def _alter(server: ReplayServer, change: Callable[[pa.Table], pa.Table]) -> None:
    server.patch_rows(YEARS, change)
    # Another moment each time, or the copy of an earlier test would still be the newest.
    server.set_modified(YEARS, f"2031-01-01T02:00:{next(_SECONDS):02d}")


def test_a_wrong_table_id(published: Settings, server: ReplayServer) -> None:
    server.remove_table(YEARS)
    _refuses(published, FetchError, YEARS, "Controleer het tabelnummer")


def test_a_truncated_download(published: Settings, server: ReplayServer) -> None:
    server.set_modified(YEARS, "2031-02-01T02:00:00")
    server.faults.cut("TypedDataSet", 500, times=99)
    _refuses(published, FetchError, "TypedDataSet")


def test_columns_that_moved(published: Settings, server: ReplayServer) -> None:
    def rename(rows: pa.Table) -> pa.Table:
        return rows.rename_columns({COUNT: "Misdrijven_7"})

    _alter(server, rename)
    _refuses(published, ContractError, COUNT)


def test_swapped_columns(published: Settings, server: ReplayServer) -> None:
    def swap(rows: pa.Table) -> pa.Table:
        return rows.rename_columns({COUNT: "SoortMisdrijf", "SoortMisdrijf": COUNT})

    _alter(server, swap)
    _refuses(published, (ContractError, FetchError), YEARS)


def test_duplicate_keys(published: Settings, server: ReplayServer) -> None:
    def repeat(rows: pa.Table) -> pa.Table:
        enschede = pc.equal(rows["WijkenEnBuurten"], "GM0153    ")
        return pa.concat_tables([rows, rows.filter(enschede).slice(0, 1)])

    _alter(server, repeat)
    _refuses(published, ContractError, "dubbele sleutels", "GM0153", "rij")


def test_codes_of_another_year(published: Settings, server: ReplayServer) -> None:
    def add_buurten(rows: pa.Table) -> pa.Table:
        enschede = rows.filter(pc.equal(rows["WijkenEnBuurten"], "GM0153    "))
        old = [
            enschede.set_column(
                enschede.column_names.index("WijkenEnBuurten"),
                "WijkenEnBuurten",
                pa.array([code] * enschede.num_rows),
            )
            for code in OLD_BUURTEN
        ]
        return pa.concat_tables([rows, *old])

    _alter(server, add_buurten)
    _refuses(published, LinkError, "staan niet in de indeling 2024", "vintage")


def test_an_empty_answer(published: Settings, server: ReplayServer) -> None:
    _alter(server, lambda rows: rows.slice(0, 0))
    _refuses(published, (ContractError, FetchError), YEARS)


def test_another_region_in_the_same_folder(published: Settings) -> None:
    with pytest.raises(ReleaseError, match="hoort bij regio twente"):
        run_region("den_haag_eo", published)


def test_an_unknown_region_gets_the_nearest_name(published: Settings) -> None:
    with pytest.raises(CatalogueError, match="bedoelt u 'twente'"):
        run_region("twent", published)


def test_a_source_about_persons_is_refused(
    published: Settings, tmp_path: Path, server: ReplayServer
) -> None:
    """Fail closed: without `disclosure: public` a source is about persons, and is not published."""
    catalogue = tmp_path / "catalogue"
    shutil.copytree(published.catalogue, catalogue)
    contract = catalogue / "sources" / "politie_misdrijven_jaar.odcs.yaml"
    text = contract.read_text(encoding="utf-8")
    assert "disclosure: public" in text
    contract.write_text(text.replace("      disclosure: public\n", ""), encoding="utf-8")
    asked = len(server.requests)
    _refuses(
        replace(published, catalogue=catalogue),
        (DisclosureError, CatalogueError),
        "politie_misdrijven_jaar",
        "persons",
    )
    assert len(server.requests) == asked  # refused before anything was fetched


def _catalogue_with(published: Settings, folder: Path, change: tuple[str, str, str]) -> Settings:
    """Give settings with a copy of the catalogue in which one file says something else."""
    catalogue = folder / "catalogue"
    shutil.copytree(published.catalogue, catalogue)
    name, before, after = change
    path = catalogue / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return replace(published, catalogue=catalogue)


AREAS = "sources/cbs_wijken_en_buurten.odcs.yaml"


@pytest.mark.parametrize(
    "change",
    [
        (AREAS, "      disclosure: public\n", ""),
        (AREAS, "      disclosure: public", "      disclosure: persons"),
        (AREAS, "      label: openbaar", "      label: intern"),
    ],
    ids=["silent", "persons", "closed figures"],
)
def test_an_area_source_is_held_to_the_same_rules(
    change: tuple[str, str, str], published: Settings, tmp_path: Path
) -> None:
    """Its key figures would stand beside every rate, also in the public file."""
    settings = _catalogue_with(published, tmp_path, change)
    _refuses(settings, (DisclosureError, CatalogueError), "cbs_wijken_en_buurten")


def test_no_figure_for_anybody_is_no_release(published: Settings, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(published.catalogue, catalogue)
    for path in [*catalogue.glob("indicators/*/*.yaml"), *catalogue.glob("sources/politie*")]:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("label: openbaar", "label: driehoek"), encoding="utf-8")
    audiences = catalogue / "audiences.yaml"
    text = audiences.read_text(encoding="utf-8")
    audiences.write_text(text.replace(", driehoek]", "]"), encoding="utf-8")
    settings = replace(published, catalogue=catalogue)
    _refuses(settings, (ReleaseError, CatalogueError), "ontvanger")


def test_indicators_that_find_nothing_are_told(published: Settings, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(published.catalogue, catalogue)
    for path in catalogue.glob("indicators/*/*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"event_sets: \[.*\]", 'event_sets: ["3.1.3"]', text), "utf-8")
    settings = replace(published, catalogue=catalogue)
    run_region("twente", replace(settings, var=tmp_path / "one"))  # 3.1.3 is in the table
    for path in catalogue.glob("indicators/*/*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('["3.1.3"]', '["1.2.5"]'), encoding="utf-8")
    _refuses(settings, (ContractError, FetchError), "47018NED")


def test_a_second_run_at_the_same_time_is_refused_and_hurts_nothing(
    published: Settings, server: ReplayServer
) -> None:
    server.set_modified(YEARS, "2031-03-01T02:00:00")
    server.faults.slow("TypedDataSet", 3, times=1)
    first = threading.Thread(target=run_region, args=("twente", published))
    first.start()
    time.sleep(1.5)
    with pytest.raises(ReleaseError, match="al een versie gemaakt"):
        run_region("twente", published, offline=True)
    first.join()
    shelf = Shelf(published.releases)
    folder = published.releases / shelf.read_current_id()
    assert len(list(folder.glob("*.duckdb"))) == 17
    assert check_release(folder) == []


def test_a_damaged_copy_is_set_aside_and_fetched_again(
    published: Settings, server: ReplayServer
) -> None:
    copies = published.unprotected / "copies" / "politie_misdrijven_jaar"
    newest = max(p for p in copies.iterdir() if not p.name.startswith("."))
    part = newest / "TypedDataSet.parquet"
    part.write_bytes(part.read_bytes()[:3000])
    asked = len(server.requests)
    run_region("twente", published)
    assert any("TypedDataSet" in path for _, path in server.requests[asked:])
    assert (copies / f".damaged.{newest.name}").is_dir()


def test_every_kind_of_fault_has_its_own_exit_code() -> None:
    kinds = (
        CatalogueError,
        ContractError,
        FetchError,
        LinkError,
        DisclosureError,
        ReleaseError,
        AccessError,
        LedgerError,
    )
    assert len({kind.exit_code for kind in kinds}) == len(kinds)


def test_the_command_tells_a_fault_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIEBEELD_VAR", str(tmp_path))
    assert main(["release", "use", "2026-01-01.1"]) == ReleaseError.exit_code
    assert "release list" in capsys.readouterr().err
