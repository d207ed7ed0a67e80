"""The proof in an audience file: rows of visible sources only, absent in older files."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from lib.proof_release import CLASSES, GOOD, PERSONS, seal, shelve_proof_release
from lib.release_tables import ABOUT, DRIEHOEK, OPENBAAR, release_tables
from regiebeeld.domain import ReleaseError, Status
from regiebeeld.releases import Gate, Release
from regiebeeld.releases.hiding import Hidden
from regiebeeld.releases.writing import PROOF_SCHEMAS, AudienceFile, ReleaseTables

OPEN, HIDDEN = "politie", "kwetsbare bron"
NUMBERS = {
    "figures": 100, "tested": 40, "certified": 40, "masked": 1, "known": 2, "exact": 0,
    "width": 2, "earlier": 3,
}  # fmt: skip


def account(source: str, events: str = "inbraken", **changed: object) -> dict[str, object]:
    return {"source": source, "events": events, **NUMBERS, "outside": "", **changed}


def proof_tables(*accounts: dict[str, object]) -> dict[str, pa.Table]:
    rows = {
        "gate_account": list(accounts),
        "policy": [
            dict(zip(("class", "title", "publish", "words"), row, strict=True)) for row in CLASSES
        ],
        "policy_source": [
            {"source": source, "class": "persons", "finest": "wijk x year"}
            for source in (OPEN, HIDDEN, "cbs_gebieden", "nergens")
        ],
    }
    return {
        name: pa.Table.from_pylist(found, schema=PROOF_SCHEMAS[name])
        for name, found in rows.items()
    }


def write(path: Path, proof: dict[str, pa.Table], audience: AudienceFile = OPENBAAR) -> Release:
    tables = ReleaseTables({**release_tables(), **proof}, about=ABOUT, threads=1)
    tables.write(path, audience)
    tables.close()
    return Release(path)


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Release]:
    found = write(tmp_path / "openbaar.duckdb", proof_tables(account(OPEN), account(HIDDEN)))
    yield found
    found.close()


def test_an_audience_reads_the_proof_of_its_own_sources_only(release: Release) -> None:
    gate = release.read_gate()
    (one,) = gate.accounts
    assert (one.source, one.certified, one.earlier) == (OPEN, 40, 3)
    assert [p.source for p in gate.sources] == ["cbs_gebieden", OPEN]
    assert [p.name for p in gate.classes] == ["not_about_persons", "persons", "public"]
    assert gate.is_recorded
    assert HIDDEN.encode() not in release.path.read_bytes()


def test_another_audience_reads_more(tmp_path: Path) -> None:
    proof = proof_tables(account(OPEN), account(HIDDEN), account(HIDDEN, "overlast"))
    wide = write(tmp_path / "driehoek.duckdb", proof, DRIEHOEK)
    assert [(a.source, a.events) for a in wide.read_gate().accounts] == [
        (HIDDEN, "inbraken"), (HIDDEN, "overlast"), (OPEN, "inbraken"),
    ]  # fmt: skip
    wide.close()


def test_a_run_that_gives_no_proof_has_none_in_its_release(tmp_path: Path) -> None:
    plain = write(tmp_path / "openbaar.duckdb", {})
    assert plain.read_gate() == Gate()
    assert not plain.read_gate().is_recorded
    plain.close()


def test_a_source_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="schrijven is mislukt"):
        write(tmp_path / "openbaar.duckdb", proof_tables(account(OPEN), account(OPEN)))
    assert list(tmp_path.iterdir()) == []


def test_the_schemas_are_those_of_the_file(tmp_path: Path) -> None:
    release = write(tmp_path / "openbaar.duckdb", {})
    kinds = {pa.string(): "VARCHAR", pa.int32(): "INTEGER", pa.bool_(): "BOOLEAN"}
    for name, schema in PROOF_SCHEMAS.items():
        columns = {row[0]: row[1] for row in release._rows(f"DESCRIBE file.{name}")}
        assert columns == {field.name: kinds[field.type] for field in schema}
    release.close()


@pytest.mark.parametrize("gone", [("gate_account",), ("policy_source", "policy", "gate_account")])
def test_a_file_of_before_the_gate_opens_without_a_proof(
    tmp_path: Path, gone: tuple[str, ...]
) -> None:
    shelf = shelve_proof_release(tmp_path, GOOD)
    path = shelf.folder / "2026-07-15.1" / "openbaar.duckdb"
    with duckdb.connect(str(path)) as file:
        for table in gone:
            file.execute(f"DROP TABLE {table}")
    release = seal(shelf).open_current("openbaar")
    assert release.read_gate() == Gate()
    assert release.indicators


def test_a_source_that_is_hidden_now_is_not_told(tmp_path: Path) -> None:
    shelf = shelve_proof_release(tmp_path, GOOD)
    path = shelf.folder / "2026-07-15.1" / "openbaar.duckdb"
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE source SET delivered = true WHERE id = ?", [PERSONS])
    hidden = Release(path, lambda *_: Hidden(((PERSONS, "De afspraak is afgelopen."),)))
    shown = Release(path, lambda *_: Hidden())
    assert [one.source for one in shown.read_gate().accounts] == [PERSONS]
    assert hidden.read_gate().accounts == ()
    assert PERSONS not in [one.source for one in hidden.read_gate().sources]
    assert hidden.read_gate().is_recorded
    hidden.close()
    shown.close()


def test_figures_are_counted_by_status(tmp_path: Path) -> None:
    release = shelve_proof_release(tmp_path, GOOD).open_current("openbaar")
    told = release._rows("SELECT count(*) FROM cell_by_area WHERE indicator_key = 1")[0][0]
    assert release.count_by_status([PERSONS, "nergens"]) == {PERSONS: {Status.ROUNDED: told}}
    assert release.count_by_status([]) == {}
