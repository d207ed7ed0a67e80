"""The ledger keeps what came in and what became of it, over restarts and on every engine."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from regiebeeld.domain import LedgerError
from regiebeeld.ledger import (
    WHOLE_REGION,
    Delivery,
    Freshness,
    Ledger,
    Outcome,
    open_ledger,
    read_freshness,
    write_freshness,
)
from regiebeeld.ledger.freshness import Quality, compute_days_late
from regiebeeld.ledger.migrating import ALEMBIC, VERSION, is_up_to_date
from regiebeeld.ledger.tables import Base
from regiebeeld.settings import Settings

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def opened(folder: Path) -> Ledger:
    return open_ledger(Settings(var=folder))


def alembic_config(**attributes: object) -> Config:
    config = Config(attributes=attributes)
    for name, value in ALEMBIC.items():
        config.set_main_option(name, value)
    return config


def add(
    ledger: Ledger, *, source: str = "boa_inzet", file: str = "aa", gemeente: str | None = None
) -> Delivery:
    moments = (NOON, date(2026, 3, 1))
    return ledger.add_delivery(
        region="twente", source=source, file=(file, 10), moments=moments, gemeente=gemeente
    )


def accepted(delivery: Delivery) -> Delivery:
    return replace(
        delivery,
        outcome=Outcome.ACCEPTED,
        finished_at=NOON + timedelta(minutes=1),
        rows=5,
        rows_counted=4,
        periods=("2026-01", "2026-02"),
        link_rates={"address": 0.8},
        report="reports/boa_inzet/1.json",
        agreement_hash="cc",
    )


def test_a_delivery_is_there_before_it_has_an_outcome(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    row = add(ledger)
    assert (row.id, row.outcome, row.tries) == (1, Outcome.RECEIVED, 1)
    assert ledger.find_unfinished("twente") == [row]
    assert ledger.find_unfinished("elders") == []
    assert ledger.count_try(1).tries == 2
    ledger.close()


def test_an_outcome_is_kept_over_a_restart(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    done = ledger.finish_delivery(accepted(add(ledger)))
    ledger.close()
    again = opened(tmp_path)
    assert again.read_deliveries("twente", "boa_inzet") == [done]
    assert again.read_deliveries("twente", "anders") == []
    assert again.find_unfinished("twente") == []
    assert done.received_at == NOON
    assert done.link_rates == {"address": 0.8}
    again.close()


def test_an_outcome_is_written_once(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    row = add(ledger)
    ledger.finish_delivery(accepted(row))
    with pytest.raises(LedgerError, match="al afgehandeld"):
        ledger.finish_delivery(replace(row, outcome=Outcome.REFUSED))
    with pytest.raises(LedgerError, match="staat niet in het register"):
        ledger.count_try(99)
    ledger.close()


def test_the_same_file_is_found_only_when_it_was_accepted(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    refused = add(ledger)
    ledger.finish_delivery(replace(refused, outcome=Outcome.REFUSED))
    assert ledger.find_same_file(refused) is None
    first = ledger.finish_delivery(accepted(add(ledger)))
    assert ledger.find_same_file(refused) == first
    for other in (
        {"source": "anders"},
        {"region": "elders"},
        {"file_hash": "bb"},
        {"gemeente": "GM0153"},
    ):
        assert ledger.find_same_file(replace(refused, **other)) is None
    ledger.close()


def test_equal_bytes_of_two_gemeenten_are_two_files(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    one, two = (
        ledger.finish_delivery(accepted(add(ledger, gemeente=code)))
        for code in ("GM0153", "GM0164")
    )
    assert ledger.find_same_file(replace(one, outcome=Outcome.RECEIVED)) == one
    assert ledger.find_same_file(two) == two
    assert ledger.find_same_file(replace(one, gemeente=WHOLE_REGION)) is None
    ledger.close()


def test_rows_of_the_first_version_are_kept_when_the_gemeente_is_added(tmp_path: Path) -> None:
    path = tmp_path / "ledger/ledger.sqlite"
    path.parent.mkdir()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        assert not is_up_to_date(connection)
        command.upgrade(alembic_config(connection=connection), "0001_delivery")
        assert not is_up_to_date(connection)
        assert "gemeente" not in {c["name"] for c in inspect(connection).get_columns("delivery")}
        connection.exec_driver_sql(
            "INSERT INTO delivery (region, source, file_hash, file_bytes, received_at, as_of, "
            "outcome, tries, periods, link_rates) VALUES ('twente', 'boa_inzet', 'aa', 10, "
            "'2026-03-01 12:00:00', '2026-03-01', 'accepted', 1, '[\"2026-01\"]', '{}')"
        )
    engine.dispose()
    ledger = opened(tmp_path)
    (row,) = ledger.read_deliveries("twente")
    assert (row.gemeente, row.periods, row.received_at) == (None, ("2026-01",), NOON)
    assert ledger.find_same_file(add(ledger)) == row
    assert add(ledger, gemeente="GM0153").gemeente == "GM0153"
    assert ledger.read_deliveries("twente")[-1].gemeente == "GM0153"
    ledger.close()


def test_sqlite_is_in_wal_mode_and_wipes_what_it_deletes(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    with sqlite3.connect(tmp_path / "ledger/ledger.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    with ledger._engine.connect() as own:
        assert own.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    ledger.close()


def test_the_migrations_make_what_the_classes_say(tmp_path: Path) -> None:
    opened(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path}/ledger/ledger.sqlite")
    seen = inspect(engine)
    assert set(seen.get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    for name, table in Base.metadata.tables.items():
        there = {(c["name"], c["nullable"]) for c in seen.get_columns(name)}
        assert there == {(c.name, c.nullable) for c in table.columns}
        assert {i["name"] for i in seen.get_indexes(name)} == {i.name for i in table.indexes}
    engine.dispose()


def test_the_version_is_that_of_the_last_migration(tmp_path: Path) -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [VERSION]
    opened(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path}/ledger/ledger.sqlite")
    with engine.connect() as connection:
        assert is_up_to_date(connection)
    engine.dispose()


def test_only_a_ledger_that_is_behind_loads_what_migrates(tmp_path: Path) -> None:
    opens = (
        "import sys; from pathlib import Path; from regiebeeld.ledger import open_ledger; "
        "from regiebeeld.settings import Settings; "
        "open_ledger(Settings(var=Path(sys.argv[1]))).close(); print('alembic' in sys.modules)"
    )
    told = []
    for _ in range(2):
        command_line = [sys.executable, "-c", opens, str(tmp_path)]
        told.append(subprocess.run(command_line, check=True, capture_output=True, text=True).stdout)
    assert told == ["True\n", "False\n"]


def test_a_ledger_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger/ledger.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    connection.close()
    with pytest.raises(LedgerError, match="nieuwere versie"):
        opened(tmp_path)


def test_a_fault_of_the_engine_tells_no_value(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    with sqlite3.connect(tmp_path / "ledger/ledger.sqlite") as connection:
        connection.execute("DROP TABLE delivery")
    connection.close()
    with pytest.raises(LedgerError) as caught:
        add(ledger, file="een geheim")
    assert "een geheim" not in str(caught.value)
    assert caught.value.__cause__ is None
    ledger.close()


def test_an_address_that_leads_nowhere_is_told_without_its_password() -> None:
    with pytest.raises(LedgerError) as caught:
        open_ledger(Settings(ledger_url="postgresql+nodriver://u:geheim@127.0.0.1:1/x"))
    assert "geheim" not in str(caught.value)


def test_a_moment_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    naive = datetime(2026, 3, 1, 12, 0)
    with pytest.raises(LedgerError):
        ledger.add_delivery(
            region="x", source="y", file=("a", 1), moments=(naive, date(2026, 3, 1))
        )
    amsterdam = NOON.astimezone(timezone(timedelta(hours=1)))
    row = ledger.add_delivery(
        region="x", source="y", file=("a", 1), moments=(amsterdam, date(2026, 3, 1))
    )
    assert ledger.read_deliveries("x")[0].received_at == NOON
    assert row.id == 1
    ledger.close()


def test_freshness_is_written_and_read(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    assert read_freshness(settings) is None
    line = Quality("2026-03-01T12:00:00+00:00", "2026-03-01", "accepted", 0, 2, 0.97)
    row = Freshness(
        "boa_inzet", "Inzet", "delivery", "2026-03-01", "2026-02", "2026-04-21", 3, quality=(line,)
    )
    write_freshness(settings, "twente", [row], now=NOON)
    assert read_freshness(settings) == (NOON, (row,))
    assert row.late
    (tmp_path / "ledger/freshness.json").write_text("{")
    with pytest.raises(LedgerError, match="regiebeeld work"):
        read_freshness(settings)


def test_days_late() -> None:
    due = date(2026, 4, 21)
    assert compute_days_late(due, date(2026, 4, 21)) == 0
    assert compute_days_late(due, date(2026, 5, 1)) == 10
    assert compute_days_late(None, date(2026, 5, 1)) is None
