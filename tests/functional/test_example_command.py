"""`regiebeeld example` and `run voorbeeld`: what the invented partners sent, and who sees it."""

import csv
import os
import re
import shlex
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

import regiebeeld
from lib.searching import find_words
from lib.served import open_served
from regiebeeld.catalogue import Catalogue, DisclosureClass, read_catalogue
from regiebeeld.cli import main
from regiebeeld.domain import AreaLevel, ReleaseError
from regiebeeld.example import ExampleDelivery, write_deliveries
from regiebeeld.example.sending import empty_intake
from regiebeeld.ledger import Outcome, open_ledger
from regiebeeld.pipeline.intake.accepting import Accepted, accept_delivery
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.releases import Release
from regiebeeld.releases.shelf import read_manifest
from regiebeeld.settings import Settings, read_settings

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
# Sent by hand after the example: no other figure of the region is this number.
CANARY = 987_613
OPEN = ("cameragebieden", "dor_aansluitingen", "preventiecampagnes", "whatsapp_groepen")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a folder in which an older delivery was already accepted."""
    return replace(read_settings({}), var=tmp_path_factory.mktemp("demo"), quiet=True)


@pytest.fixture(scope="module")
def told(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the command says; a leftover of an earlier time must not be in its way."""
    capture = pytest.MonkeyPatch()
    said: list[str] = []
    _leave_something(settings)
    capture.setattr("builtins.print", lambda *words, **_: said.append(" ".join(map(str, words))))
    try:
        assert main(["--var", str(settings.var), "--quiet", "example"]) == 0, said
    finally:
        capture.undo()
    return "\n".join(said)


def _leave_something(settings: Settings) -> None:
    """Leave what an earlier run of the example leaves: a row, counts and a report."""
    with open_door("voorbeeld", settings) as door:
        moments = (datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 1))
        door.ledger.add_delivery(
            region="voorbeeld", source=OPEN[0], file=("0" * 64, 1), moments=moments
        )
        for folder in (door.deliveries / OPEN[0], door.report_folder(OPEN[0], 99)):
            folder.mkdir(parents=True)
            (folder / "rest").write_text("oud")


@pytest.fixture(scope="module")
def release(settings: Settings, told: str) -> Iterator[Release]:
    """The release after the example and after one more delivery about persons."""
    assert told
    file = settings.var / "woonoverlast.csv"
    file.write_text(
        f"gebied;periode;soort;melder_bij;aantal\nWK990100;2026-H1;geluid;gemeente;{CANARY}\n",
        encoding="utf-8",
    )
    done = accept_delivery(file, "woonoverlast", "voorbeeld", settings)
    assert isinstance(done, Accepted), done
    assert main(["--var", str(settings.var), "--quiet", "run", "voorbeeld"]) == 0
    opened = open_served(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> list[ExampleDelivery]:
    """The files once more, as they were before the door took them."""
    return write_deliveries(tmp_path_factory.mktemp("bewaard"))


@pytest.fixture(scope="module")
def sent(planned: list[ExampleDelivery]) -> dict[str, list[Path]]:
    """The files that count, by source in order of arrival."""
    files: dict[str, list[Path]] = defaultdict(list)
    for one in planned:
        if one.expected.value.startswith("accepted"):
            files[one.source].append(one.path)
    return files


def _read(files: list[Path], *, kind: str) -> dict[tuple[str, str], int]:
    """Read delivered CSV files the slow way: (area, period) to count, a later file replaces."""
    found: dict[tuple[str, str], int] = {}
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                if row["soort"] == kind:
                    found[row["gebied"], row["periode"]] = int(row["aantal"])
    return found


# --- what the command says and leaves -------------------------------------------------------


def test_it_tells_how_many_ended_how_and_where_the_reports_lie(
    told: str, settings: Settings, planned: list[ExampleDelivery]
) -> None:
    number = Counter(one.expected.value for one in planned)
    assert sum(number.values()) == 98
    assert "98 leveringen van 34 bronnen gingen door de deur:" in told
    assert f"- {number['accepted']} aangenomen\n" in told
    assert f"- {number['accepted_with_warnings']} aangenomen met opmerkingen" in told
    assert "- 1 al eerder aangenomen, niet opnieuw geteld: cameragebieden" in told
    assert f"- {number['refused']} geweigerd: " in told
    assert str(settings.unprotected / "reports") in told


def test_the_ledger_holds_what_was_told_and_nothing_older(
    told: str, settings: Settings, planned: list[ExampleDelivery]
) -> None:
    ledger = open_ledger(settings)
    rows = [r for r in ledger.read_deliveries("voorbeeld") if r.as_of < date(2026, 3, 1)]
    ledger.close()
    # A file of a source that nobody knows is refused before it gets a row.
    expected = Counter(one.expected.value for one in planned if one.source != "kentekens")
    assert Counter(row.outcome.value for row in rows) == expected
    assert len({row.file_hash for row in rows}) == 96  # one came twice
    assert told
    for row in rows:
        if row.outcome is not Outcome.SEEN_BEFORE:
            assert (settings.unprotected / str(row.report)).is_file()
    assert not list(settings.unprotected.rglob("rest"))
    assert not list(settings.inbox.rglob("*.*"))


def test_another_regions_folder_is_left_alone(tmp_path: Path) -> None:
    settings = replace(read_settings({}), var=tmp_path, quiet=True)
    with open_door("voorbeeld", settings) as door:
        moments = (datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 1))
        door.ledger.add_delivery(region="twente", source="x", file=("0" * 64, 1), moments=moments)
        kept = door.deliveries / "x" / "counts"
        kept.mkdir(parents=True)
        with pytest.raises(ReleaseError, match="hoort bij regio twente"):
            empty_intake(door)
        assert kept.exists()
        assert len(door.ledger.read_deliveries("twente")) == 1


def test_with_a_folder_the_files_are_written_and_nothing_is_sent(tmp_path: Path) -> None:
    var, folder = tmp_path / "var", tmp_path / "los"
    arguments = ["--var", str(var), "--quiet", "example", "--folder", str(folder)]
    assert main(arguments) == 0
    assert len(list((folder / "leveringen").rglob("*.*"))) == 98
    assert (folder / "pc6hnr2025.csv").is_file()
    assert not var.exists()


# --- what is in the release -----------------------------------------------------------------


def test_whatsapp_groups_are_those_that_were_delivered(
    release: Release, sent: dict[str, list[Path]]
) -> None:
    delivered = _read(sent["whatsapp_groepen"], kind="whatsapp_groep")
    seen = release.read_map("whatsapp_groepen", AreaLevel.BUURT, "2025-Q4")
    assert len(seen) > 480
    assert {code: cell.value for code, cell in seen.items()} == {
        code: delivered.get((code, "2025-Q4"), 0) for code in seen
    }
    gemeenten: dict[str, int] = defaultdict(int)
    for (area, period), count in delivered.items():
        gemeenten[f"GM{area[2:6]}", period] += count
    periods = sorted({period for _, period in delivered})
    assert len(periods) == 12
    for period in periods:
        cells = release.read_map("whatsapp_groepen", AreaLevel.GEMEENTE, period)
        assert {c: cell.value for c, cell in cells.items()} == {
            code: gemeenten[code, period] for code in cells
        }
        region = release.read_area_cells(release.about.region_code, period=period)
        assert region["whatsapp_groepen"].value == sum(cell.value for cell in cells.values())


@pytest.mark.parametrize(
    ("indicator", "source", "kind", "level"),
    [
        ("dor_aansluitingen", "dor_aansluitingen", "aangesloten", AreaLevel.GEMEENTE),
        (
            "dor_nog_niet_aangesloten",
            "dor_aansluitingen",
            "moet_nog_aansluiten",
            AreaLevel.GEMEENTE,
        ),
        ("whatsapp_bereik", "whatsapp_groepen", "bereikte_woningen", AreaLevel.BUURT),
        ("campagne_bereik", "preventiecampagnes", "bereikte_woningen", AreaLevel.WIJK),
        ("campagne_brieven", "preventiecampagnes", "brief_of_folder", AreaLevel.WIJK),
        ("campagne_bijeenkomsten", "preventiecampagnes", "bijeenkomst", AreaLevel.WIJK),
    ],
)
def test_figures_equal_the_delivered_file(
    release: Release,
    sent: dict[str, list[Path]],
    indicator: str,
    source: str,
    kind: str,
    level: AreaLevel,
) -> None:
    delivered = _read(sent[source], kind=kind)
    for period in ("2025-Q1", "2025-Q3", "2025-Q4"):
        cells = release.read_map(indicator, level, period)
        assert cells
        assert {code: cell.value for code, cell in cells.items()} == {
            code: delivered.get((code, period), 0) for code in cells
        }
    assert sum(delivered.values())


def test_measures_have_their_own_periods_and_no_others(release: Release) -> None:
    kinds = {
        name: {
            k.value
            for k, found in release.read_periods_of(name, AreaLevel.GEMEENTE).items()
            if found
        }
        for name in ("whatsapp_groepen", "dor_aansluitingen", "campagne_brieven", "cameras")
    }
    assert kinds == {
        "whatsapp_groepen": {"quarter"},
        "dor_aansluitingen": {"quarter"},
        "campagne_brieven": {"quarter"},
        "cameras": {"year"},
    }
    assert not release.read_periods_of("dor_aansluitingen", AreaLevel.WIJK)


def test_only_what_is_open_is_in_the_open_file(release: Release, settings: Settings) -> None:
    assert release.indicators.keys() >= {"cameras", "whatsapp_groepen"}
    everybody = open_served(settings, "openbaar")
    try:
        assert "cameras" in everybody.indicators
        assert "whatsapp_groepen" not in everybody.indicators
    finally:
        everybody.close()


# --- and what is not ------------------------------------------------------------------------


def test_every_partner_source_with_an_agreement_is_counted_and_may_be_shown(
    release: Release, settings: Settings, catalogue: Catalogue
) -> None:
    agreed = set(catalogue.agreements["voorbeeld"])
    manifest = read_manifest(settings.releases / release.about.release)
    # Of energy fraud the agreement ended: not even counted.
    assert set(manifest["withheld"]) == {"netbeheerder_fraude"}
    assert set(manifest["agreements"]) == agreed - {"netbeheerder_fraude"}
    store = settings.unprotected / "store" / "store.duckdb"
    with duckdb.connect(str(store), read_only=True) as connection:
        counted = {
            row[0] for row in connection.sql("SELECT DISTINCT source FROM delivery").fetchall()
        }
    assert agreed - counted == {"netbeheerder_fraude"}


def test_every_figure_about_persons_is_rounded_in_every_audience_file(
    release: Release, settings: Settings, catalogue: Catalogue, tmp_path: Path
) -> None:
    closed = {
        source.id
        for source in catalogue.sources.values()
        if source.terms.disclosure is DisclosureClass.PERSONS
    }
    assert len(closed) == 29
    # Under another name, for one of them is open as a release.
    for file in (settings.releases / release.about.release).iterdir():
        os.link(file, tmp_path / file.name)
    files = sorted(tmp_path.glob("*.duckdb"))
    assert len(files) == 17
    seen: set[str] = set()
    for path in files:
        with duckdb.connect(str(path), read_only=True) as connection:
            named = connection.sql("SELECT indicator_key, source FROM indicator").fetchall()
            mine = [key for key, source in named if source in closed]
            seen |= {source for _, source in named if source in closed}
            for table in ("cell_by_indicator", "cell_by_area"):
                assert _faults(connection, table, mine) == 0, (path, table)
            assert not list(_columns_holding(connection, CANARY)), path
    assert len(seen) > 15
    assert _holds_canary(settings.unprotected / "store" / "store.duckdb")
    assert not find_words([tmp_path], [str(CANARY)])


def _faults(connection: duckdb.DuckDBPyConnection, table: str, indicators: list[int]) -> int:
    """Count cells that tell more than a multiple of five and what it can be."""
    sql = f"""
        SELECT count(*) FROM {table}
        WHERE list_contains(?, indicator_key) AND NOT (
            estimated_share IN (0, 1) AND CASE
                WHEN value IS NULL THEN
                    status IN (2, 3, 4) AND lower IS NULL AND upper IS NULL AND rate IS NULL
                ELSE status = 1 AND value % 5 = 0
                    AND lower = greatest(value - 4, 0) AND upper = value + 4
            END
        )"""
    return int(connection.execute(sql, [indicators]).fetchall()[0][0])


def _holds_canary(path: Path) -> bool:
    with duckdb.connect(str(path), read_only=True) as connection:
        return bool(list(_columns_holding(connection, CANARY)))


def _columns_holding(connection: duckdb.DuckDBPyConnection, number: int) -> Iterator[str]:
    """Give every column of a file that holds a number, lists of numbers too."""
    sql = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    for table, column, kind in connection.sql(sql).fetchall():
        if not re.match("U?(TINY|SMALL|BIG)?INT|FLOAT|DOUBLE", kind):
            continue
        value = f'unnest("{column}")' if kind.endswith("[]") else f'"{column}"'
        asked = f'SELECT count(*) FROM (SELECT {value} AS v FROM "{table}") WHERE v = ?'
        if connection.execute(asked, [number]).fetchall()[0][0]:
            yield f"{table}.{column}"


def test_the_tutorial_can_be_followed(told: str, release: Release, settings: Settings) -> None:
    """Every block of the page after `make demo`, on what the command left."""
    assert told
    assert release
    page = (ROOT / "docs/tutorials/voorbeeld.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    folder = settings.var.parent / "rondleiding"
    for name in ("catalogue", "regions"):
        (folder / "var").mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(ROOT / name)
    (folder / "var" / "voorbeeld").symlink_to(settings.var)
    python = shlex.join([sys.executable, "-m", "regiebeeld.cli"])
    here = shlex.quote(str(Path(regiebeeld.__file__).parents[1]))
    before = f'regiebeeld() {{ PYTHONPATH={here} {python} "$@"; }}\n'
    said = []
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", before + block],
            cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        said.append(done.stdout)
    assert "woonoverlast" in said[0]
    assert "jeugdoverlast" in said[0]
    assert "burgerservicenummer" in said[1]
    assert "afgelopen op 31-12-2025" in said[1]
    assert "Deze levering voldoet aan het contract" in said[2]
    assert "al eerder aangenomen" in said[3]
    assert "boa_inzet" in said[4]
    assert "certified" in said[4]
