"""The ledger keeps what came in and what became of it, over restarts and on every engine."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from regiebeeld.domain import ReleaseError
from regiebeeld.ledger import (
    Delivery,
    Freshness,
    Ledger,
    Outcome,
    open_ledger,
    read_freshness,
    write_freshness,
)
from regiebeeld.ledger.freshness import Quality, compute_days_late
from regiebeeld.ledger.tables import Base
from regiebeeld.settings import Settings

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def opened(folder: Path) -> Ledger:
    return open_ledger(Settings(var=folder))


def add(ledger: Ledger, *, source: str = "boa_inzet", file: str = "aa") -> Delivery:
    moments = (NOON, date(2026, 3, 1))
    return ledger.add_delivery(region="twente", source=source, file=(file, 10), moments=moments)


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
    with pytest.raises(ReleaseError, match="al afgehandeld"):
        ledger.finish_delivery(replace(row, outcome=Outcome.REFUSED))
    with pytest.raises(ReleaseError, match="staat niet in het register"):
        ledger.count_try(99)
    ledger.close()


def test_the_same_file_is_found_only_when_it_was_accepted(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    refused = add(ledger)
    ledger.finish_delivery(replace(refused, outcome=Outcome.REFUSED))
    assert ledger.find_same_file("twente", "boa_inzet", "aa") is None
    first = ledger.finish_delivery(accepted(add(ledger)))
    assert ledger.find_same_file("twente", "boa_inzet", "aa") == first
    assert ledger.find_same_file("twente", "anders", "aa") is None
    assert ledger.find_same_file("elders", "boa_inzet", "aa") is None
    assert ledger.find_same_file("twente", "boa_inzet", "bb") is None
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


def test_a_ledger_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger/ledger.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    connection.close()
    with pytest.raises(ReleaseError, match="nieuwere versie"):
        opened(tmp_path)


def test_a_fault_of_the_engine_tells_no_value(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    with sqlite3.connect(tmp_path / "ledger/ledger.sqlite") as connection:
        connection.execute("DROP TABLE delivery")
    connection.close()
    with pytest.raises(ReleaseError) as caught:
        add(ledger, file="een geheim")
    assert "een geheim" not in str(caught.value)
    assert caught.value.__cause__ is None
    ledger.close()


def test_an_address_that_leads_nowhere_is_told_without_its_password() -> None:
    with pytest.raises(ReleaseError) as caught:
        open_ledger(Settings(ledger_url="postgresql+nodriver://u:geheim@127.0.0.1:1/x"))
    assert "geheim" not in str(caught.value)


def test_a_moment_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    naive = datetime(2026, 3, 1, 12, 0)
    with pytest.raises(ReleaseError):
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
    with pytest.raises(ReleaseError, match="regiebeeld work"):
        read_freshness(settings)


def test_days_late() -> None:
    due = date(2026, 4, 21)
    assert compute_days_late(due, date(2026, 4, 21)) == 0
    assert compute_days_late(due, date(2026, 5, 1)) == 10
    assert compute_days_late(None, date(2026, 5, 1)) is None
