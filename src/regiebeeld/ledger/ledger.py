"""Opens the ledger and brings it up to date; writes and reads its rows, one transaction each."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from regiebeeld.domain import ReleaseError
from regiebeeld.ledger.deliveries import Delivery, Outcome
from regiebeeld.ledger.tables import DeliveryRow
from regiebeeld.settings import Settings

FILE = "ledger.sqlite"
# It tells every start at the level where people ask for the steps of their own work.
logging.getLogger("alembic").setLevel(logging.WARNING)
_HERE = Path(__file__).parent
# Two migrations at once would both make the same table; PostgreSQL waits here (any fixed number).
_MIGRATION_LOCK = 7_243_001
_ALEMBIC = {
    "script_location": str(_HERE),
    "version_locations": str(_HERE / "migrations"),
    "path_separator": "newline",
}


class Ledger:
    """One open ledger; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        self._engine.dispose()

    def add_delivery(
        self,
        *,
        region: str,
        source: str,
        file: tuple[str, int],
        moments: tuple[datetime, date],
        declared: tuple[str, str] | None = None,
    ) -> Delivery:
        """Write that a file came in, before anything is done with it; give the row.

        file: hash and bytes; moments: when it came in, and the date its figures are of.
        """
        first, last = declared or (None, None)
        row = DeliveryRow(
            region=region, source=source, file_hash=file[0], file_bytes=file[1],
            received_at=moments[0], as_of=moments[1], outcome=Outcome.RECEIVED.value, tries=1,
            declared_first=first, declared_last=last, periods=[], link_rates={},
        )  # fmt: skip
        with self._session() as session:
            session.add(row)
            session.flush()
            return _as_delivery(row)

    def count_try(self, number: int) -> Delivery:
        """Write that a cut-off delivery is tried again; give the row."""
        with self._session() as session:
            row = _find(session, number)
            row.tries += 1
            return _as_delivery(row)

    def finish_delivery(self, finished: Delivery) -> Delivery:
        """Write what became of a delivery; raise ReleaseError when it already had an outcome."""
        with self._session() as session:
            row = _find(session, finished.id)
            if row.outcome != Outcome.RECEIVED.value:
                raise ReleaseError(f"levering {finished.id} is al afgehandeld: {row.outcome}")
            for name in _OUTCOME_FIELDS:
                setattr(row, name, _plain(getattr(finished, name)))
            row.first_period = finished.periods[0] if finished.periods else None
            row.last_period = finished.periods[-1] if finished.periods else None
            session.flush()
            return _as_delivery(row)

    def read_deliveries(self, region: str, source: str | None = None) -> list[Delivery]:
        """Read the deliveries of a region, of one source or of all, in order of arrival."""
        query = select(DeliveryRow).where(DeliveryRow.region == region).order_by(DeliveryRow.id)
        if source is not None:
            query = query.where(DeliveryRow.source == source)
        with self._session() as session:
            return [_as_delivery(row) for row in session.scalars(query)]

    def find_unfinished(self, region: str) -> list[Delivery]:
        """Find what was at work when a process died."""
        found = self.read_deliveries(region)
        return [delivery for delivery in found if delivery.outcome is Outcome.RECEIVED]

    def find_same_file(self, region: str, source: str, file_hash: str) -> Delivery | None:
        """Find the last accepted delivery of these very bytes; None when there is none."""
        found = self.read_deliveries(region, source)
        same = [d for d in found if d.file_hash == file_hash and d.outcome.counts]
        return same[-1] if same else None

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as fault:
            # The engine's own message repeats the values; only its kind is told.
            raise ReleaseError(
                f"het register is niet te lezen of te schrijven ({type(fault).__name__}); "
                "controleer REGIEBEELD_LEDGER_URL en de ruimte op de schijf"
            ) from None


def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger of `settings`, made or brought up to date first.

    Without `ledger_url` it is SQLite in WAL mode at `var/ledger/ledger.sqlite`. Raises
    ReleaseError when it cannot be opened, or was made by a newer version.
    """
    address = settings.ledger_url or f"sqlite:///{(settings.ledger / FILE).resolve()}"
    try:
        engine = _connect(make_url(address))
        with engine.begin() as connection:
            _migrate(connection)
    # A driver that is not there, an address that does not answer, a ledger of a newer version.
    except (SQLAlchemyError, CommandError, ImportError, OSError) as fault:
        raise ReleaseError(
            f"het register is niet te openen ({type(fault).__name__}); controleer "
            "REGIEBEELD_LEDGER_URL en de rechten op de map, of werk regiebeeld bij als een "
            "nieuwere versie dit register heeft gemaakt"
        ) from None
    return Ledger(engine)


def _connect(url: URL) -> Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    del record
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(connection: Connection) -> None:
    """Run the migrations that are not in this ledger yet; they are part of the package."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
    config = Config(attributes={"connection": connection})
    for name, value in _ALEMBIC.items():
        config.set_main_option(name, value.replace("%", "%%"))
    command.upgrade(config, "head")


_OUTCOME_FIELDS = tuple(
    field.name
    for field in fields(Delivery)
    if field.name
    not in (
        "id",
        "region",
        "source",
        "file_hash",
        "file_bytes",
        "received_at",
        "as_of",
        "declared",
        "tries",
    )
)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Outcome) else value


def _find(session: Session, number: int) -> DeliveryRow:
    row = session.get(DeliveryRow, number)
    if row is None:
        raise ReleaseError(f"levering {number} staat niet in het register")
    return row


def _as_delivery(row: DeliveryRow) -> Delivery:
    plain = {f.name: getattr(row, f.name) for f in fields(Delivery) if f.name != "declared"}
    declared = (row.declared_first, row.declared_last)
    plain["declared"] = declared if all(declared) else None
    plain["outcome"], plain["periods"] = Outcome(row.outcome), tuple(row.periods)
    return Delivery(**plain)
