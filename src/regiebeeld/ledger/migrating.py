"""Brings a ledger to the tables of this version, and tells whether that is needed.

Nearly every start finds a ledger that is up to date, so what migrates is loaded only when not.
"""

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect

from regiebeeld.domain import LedgerError

VERSION = "0002_gemeente"  # the last of the migrations
# Two migrations at once would both make the same table; PostgreSQL waits here (any fixed number).
MIGRATION_LOCK = 7_243_001
_HERE = Path(__file__).parent
ALEMBIC = {
    "script_location": str(_HERE),
    "version_locations": str(_HERE / "migrations"),
    "path_separator": "newline",
}


def is_up_to_date(connection: Connection) -> bool:
    """Tell whether the last migration ran here; False for a ledger that is new, old or newer."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    return [row[0] for row in found] == [VERSION]


def migrate(connection: Connection) -> None:
    """Run the migrations that are not in this ledger yet; they are part of the package.

    Raises LedgerError for a ledger that a newer version made.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    # It tells every start at the level where people ask for the steps of their own work.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    config = Config(attributes={"connection": connection})
    for name, value in ALEMBIC.items():
        config.set_main_option(name, value.replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as fault:
        raise cannot_open(fault) from None


def cannot_open(fault: Exception) -> LedgerError:
    """Say that a ledger cannot be opened, with the kind of the fault and nothing of its words."""
    return LedgerError(
        f"het register is niet te openen ({type(fault).__name__}); controleer "
        "REGIEBEELD_LEDGER_URL en de rechten op de map, of werk regiebeeld bij als een "
        "nieuwere versie dit register heeft gemaakt"
    )
