"""The ledger on a real PostgreSQL: made once, by two at once too, and read as it was written."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect

from regiebeeld.domain import LedgerError
from regiebeeld.ledger import Delivery, Ledger, Outcome, open_ledger
from regiebeeld.ledger.migrating import MIGRATION_LOCK
from regiebeeld.ledger.tables import Base
from regiebeeld.settings import Settings

pytestmark = pytest.mark.slow
DEBIAN = Path("/usr/lib/postgresql")  # initdb is not on the PATH there
SERVER_USER = "nobody"  # the server refuses to be root; this user is on every system
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def find_program(name: str) -> str | None:
    """Find a program of the PostgreSQL server, the newest version first."""
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def as_server(*command: str) -> None:
    """Run a command of the server, as another user where we are root."""
    user = SERVER_USER if os.geteuid() == 0 else None
    done = subprocess.run(
        command, user=user, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, cwd="/",
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def socket_folder() -> Iterator[Path]:
    """A server of our own, on a socket in a folder of our own; no port, no password."""
    initdb, control = find_program("initdb"), find_program("pg_ctl")
    if not initdb or not control:
        pytest.skip("PostgreSQL is not installed (apt install postgresql)")
    # A socket's path may not be longer than 107 bytes, and pytest's own folders are closed.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER)
    data = str(folder / "data")
    try:
        as_server(initdb, "-D", data, "-U", "regiebeeld", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        as_server(control, "-D", data, "-w", "-l", f"{data}/log", "-o", options, "start")
        try:
            yield folder
        finally:
            as_server(control, "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def settings(socket_folder: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings that name an empty database of our own."""
    name = "t_" + "".join(c if c.isalnum() else "_" for c in request.node.name)[:40].lower()
    admin = create_engine(address(socket_folder, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        # Another zone than ours and than UTC: a moment may not move with the server's clock.
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET timezone TO 'Asia/Tokyo'")
    admin.dispose()
    return Settings(var=tmp_path, ledger_url=address(socket_folder, name))


def address(folder: Path, database: str) -> str:
    return f"postgresql+psycopg://regiebeeld@/{database}?host={folder}"


def add(ledger: Ledger, file: str = "aa", received: datetime = NOON) -> Delivery:
    return ledger.add_delivery(
        region="twente", source="boa_inzet", file=(file, 3 * 2**31), moments=(received, NOON.date())
    )


def test_a_delivery_is_read_as_it_was_written(settings: Settings) -> None:
    ledger = open_ledger(settings)
    amsterdam = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    row = add(ledger, received=amsterdam)
    assert ledger.find_unfinished("twente") == [row]
    done = ledger.finish_delivery(
        replace(
            row,
            outcome=Outcome.ACCEPTED,
            finished_at=NOON + timedelta(minutes=1),
            rows=5,
            periods=("2026-01", "2026-02"),
            link_rates={"address": 0.8},
            gemeente=None,
        )
    )
    ledger.close()
    again = open_ledger(settings)
    assert again.read_deliveries("twente") == [done]
    assert (done.received_at, done.received_at.utcoffset()) == (NOON, timedelta(0))
    assert done.as_of == date(2026, 3, 1)
    assert (done.periods, done.link_rates) == (("2026-01", "2026-02"), {"address": 0.8})
    assert done.file_bytes == 3 * 2**31  # more than fits in four bytes
    assert again.find_same_file(add(again)) == done
    with pytest.raises(LedgerError, match="al afgehandeld"):
        again.finish_delivery(done)
    again.drop_deliveries("twente")
    assert again.read_regions() == set()
    again.close()


def test_the_migrations_make_what_the_classes_say(settings: Settings) -> None:
    open_ledger(settings).close()
    engine = create_engine(settings.ledger_url)
    seen = inspect(engine)
    assert set(seen.get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    for name, table in Base.metadata.tables.items():
        columns = seen.get_columns(name)
        there = {(c["name"], c["nullable"], c["type"].compile(engine.dialect)) for c in columns}
        assert there == {
            (c.name, c.nullable, c.type.compile(engine.dialect)) for c in table.columns
        }
        assert {i["name"] for i in seen.get_indexes(name)} == {i.name for i in table.indexes}
    moments = {c["name"] for c in seen.get_columns("delivery") if getattr(c["type"], "timezone", 0)}
    assert moments == {"received_at", "finished_at"}
    engine.dispose()


_OPEN = """
import sys
from regiebeeld.ledger import open_ledger
from regiebeeld.settings import Settings
sys.stdin.readline()  # wait for the signal, so that all begin at once
open_ledger(Settings(ledger_url=sys.argv[1])).close()
"""


def test_processes_that_begin_at_once_make_one_ledger(settings: Settings) -> None:
    command = [sys.executable, "-c", _OPEN, settings.ledger_url]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for each in started:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    for each in started:
        _, told = each.communicate(timeout=120)
        assert each.returncode == 0, told
    ledger = open_ledger(settings)
    assert add(ledger).id == 1
    ledger.close()


def waits_for_lock(engine: Engine, process: subprocess.Popen[str]) -> bool:
    """Tell whether a process comes to wait for a lock, before it ends."""
    asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    end = time.monotonic() + 60
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        while time.monotonic() < end and process.poll() is None:
            if other.exec_driver_sql(asked).scalar() == 1:
                return True
            time.sleep(0.05)
    return False


def test_a_migration_waits_for_the_one_at_work(settings: Settings) -> None:
    """The lock of the migrations, held by another: the second waits, and then goes on."""
    engine = create_engine(settings.ledger_url)
    command = [sys.executable, "-c", _OPEN, settings.ledger_url]
    with engine.begin() as holder:
        holder.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        waiting = subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert waiting.stdin is not None
        waiting.stdin.write("\n")
        waiting.stdin.flush()
        assert waits_for_lock(engine, waiting)
        with engine.connect() as other:
            assert not inspect(other).get_table_names()
    _, told = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, told
    engine.dispose()


def test_a_fault_tells_no_value_and_no_password(settings: Settings) -> None:
    ledger = open_ledger(settings)
    engine = create_engine(settings.ledger_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE delivery")
    with pytest.raises(LedgerError) as caught:
        add(ledger, file="een geheim")
    assert "een geheim" not in str(caught.value)
    ledger.close()
    engine.dispose()
    nowhere = "postgresql+psycopg://regiebeeld:wachtwoord1@/er_is_geen?host=/nergens"
    with pytest.raises(LedgerError) as lost:
        open_ledger(Settings(ledger_url=nowhere))
    assert "wachtwoord1" not in str(lost.value)
    assert lost.value.__cause__ is None
